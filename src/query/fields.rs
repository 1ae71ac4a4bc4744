//! The fields of the four indexes (API reference, sections 3.3 and 3.5): one table for completion, lint and matching.

/// An index of the server that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Index {
    /// Processes: `/api/v1/process`.
    Process,
    /// Binaries: `/api/v1/binary`.
    Binary,
    /// Alerts: `/api/v2/alert`.
    Alert,
    /// Threat reports: `/api/v1/threat_report`.
    Report,
}

impl Index {
    /// All indexes.
    pub const ALL: [Self; 4] = [Self::Process, Self::Binary, Self::Alert, Self::Report];

    /// Returns the name of the documents of this index, in the plural.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Process => "processes",
            Self::Binary => "binaries",
            Self::Alert => "alerts",
            Self::Report => "threat reports",
        }
    }
}

/// How the values of a field are stored and compared (API reference, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Compared as a whole, ignoring letter case.
    Keyword,
    /// A keyword that also matches by the part after its last backslash.
    Username,
    /// A process GUID, or a number on 4.x servers; compared as a keyword.
    Guid,
    /// 32 hexadecimal digits.
    Md5,
    /// 64 hexadecimal digits.
    Sha256,
    /// Words, separated by whitespace and punctuation.
    Text,
    /// Directories and a file name, or registry keys.
    Path,
    /// The tokens of a command line (API reference, section 3.6).
    Cmdline,
    /// The labels of a domain name (API reference, section 3.7).
    Domain,
    /// An IPv4 address or network.
    Ip,
    /// An IPv6 address or network.
    Ipv6,
    Integer,
    Float,
    Bool,
    /// The result of a signature check, one of [`QueryField::allowed_values`].
    Sign,
    /// A point in time (API reference, section 3.4).
    Time,
    /// One of [`QueryField::allowed_values`].
    Status,
    /// One of [`QueryField::allowed_values`], ignoring underscores.
    Crossproc,
}

impl FieldType {
    /// Returns what a value of this type is, in words: `a path`.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Keyword => "a full value",
            Self::Username => "a user name",
            Self::Guid => "a process id",
            Self::Md5 => "a 32-digit MD5",
            Self::Sha256 => "a 64-digit SHA-256",
            Self::Text => "words",
            Self::Path => "a path",
            Self::Cmdline => "a command line",
            Self::Domain => "a domain name",
            Self::Ip => "an IPv4 address or CIDR",
            Self::Ipv6 => "an IPv6 address or CIDR",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Bool => "true or false",
            Self::Sign => "a signature verdict",
            Self::Time => "a time",
            Self::Status | Self::Crossproc => "one of its allowed values",
        }
    }

    /// Returns whether values of this type have an order, so that `[a TO b]` makes sense.
    pub fn is_ordered(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Time | Self::Ip | Self::Ipv6)
    }
}

/// How queries of an index can use a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldUse {
    /// The index does not have the field.
    Absent,
    /// Only as `name:value`.
    ByName,
    /// As `name:value`, and bare terms search it too.
    Default,
}

/// A searchable field.
#[derive(Debug, PartialEq, Eq)]
pub struct QueryField {
    /// `<id>` or `<feed>` at the end is a placeholder for what the user types.
    pub name: &'static str,
    pub kind: FieldType,
    /// What the field holds, in one line.
    pub help: &'static str,
    /// An example value, as written in a query.
    pub sample: &'static str,
    /// All possible values, as written in a query; empty if they are not a fixed list.
    pub allowed_values: &'static [&'static str],
    /// One byte each for process, binary, alert and report: `*` default, `+` by name, `-` absent.
    uses: [u8; 4],
}

impl QueryField {
    /// Returns how queries of `index` can use the field.
    pub fn use_in(&self, index: Index) -> FieldUse {
        let at = match index {
            Index::Process => 0,
            Index::Binary => 1,
            Index::Alert => 2,
            Index::Report => 3,
        };
        match self.uses[at] {
            b'*' => FieldUse::Default,
            b'+' => FieldUse::ByName,
            _ => FieldUse::Absent,
        }
    }

    /// Returns whether the name ends in a placeholder for a watchlist or a feed.
    pub fn has_placeholder(&self) -> bool {
        self.name.ends_with('>')
    }

    /// Returns the name up to its placeholder; the full name if it has none.
    pub fn stem(&self) -> &'static str {
        self.name.split('<').next().unwrap_or(self.name)
    }

    /// Returns whether the field is a property of a binary that process searches join by hash.
    fn is_binary_property(&self) -> bool {
        // Processes have these fields themselves and need no join.
        let process_fields = ["group", "hostname", "md5", "os_type"];
        self.use_in(Index::Process) != FieldUse::Absent
            && self.use_in(Index::Binary) != FieldUse::Absent
            && !self.has_placeholder()
            && !process_fields.contains(&self.name)
    }

    fn matches_name(&self, name: &str) -> bool {
        if self.has_placeholder() {
            name.len() > self.stem().len() && name.starts_with(self.stem())
        } else {
            name == self.name
        }
    }
}

/// The binary that a joined field of a process search describes, given by a suffix of its name (API reference, section
/// 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryJoin {
    /// The executable of the process: no suffix.
    Own,
    /// A binary the process wrote: `_filewrite`.
    Filewrite,
    /// The executable of the parent: `_parent`.
    Parent,
    /// The executable of a child: `_child`.
    Child,
    /// A module the process loaded: `_modload`.
    Modload,
}

impl BinaryJoin {
    /// The suffixes of joined fields; [`Self::Own`] has none.
    pub const SUFFIXES: [(&'static str, Self); 4] = [
        ("_filewrite", Self::Filewrite),
        ("_parent", Self::Parent),
        ("_child", Self::Child),
        ("_modload", Self::Modload),
    ];
}

/// Returns the fields of an index, in alphabetical order.
pub fn fields(index: Index) -> impl Iterator<Item = &'static QueryField> {
    FIELDS.iter().filter(move |field| field.use_in(index) != FieldUse::Absent)
}

/// Returns the field called `name` in `index`. `watchlist_14` and `alliance_score_nvd` match names with a placeholder,
/// `digsig_result_modload` matches the field without its suffix.
pub fn find_field(index: Index, name: &str) -> Option<&'static QueryField> {
    let own = matching_fields(name).find(|field| field.use_in(index) != FieldUse::Absent);
    own.or_else(|| match index {
        Index::Process => find_joined(name).map(|(field, _)| field),
        Index::Binary | Index::Alert | Index::Report => None,
    })
}

/// Returns the first field called `name` in any index.
pub(super) fn find_in_any_index(name: &str) -> Option<&'static QueryField> {
    matching_fields(name).next().or_else(|| find_joined(name).map(|(field, _)| field))
}

/// Returns the fields called exactly `name`, then those with a placeholder that `name` fits.
fn matching_fields(name: &str) -> impl Iterator<Item = &'static QueryField> {
    let from = FIELDS.partition_point(|field| field.name < name);
    let exact = FIELDS[from..].iter().take_while(move |field| field.name == name);
    let placeholders = FIELDS.iter().filter(move |field| field.has_placeholder() && field.matches_name(name));
    exact.chain(placeholders)
}

/// Returns the property of a binary that process searches call `name`, and which binary of the process it describes;
/// `None` for fields of the process itself.
pub fn find_joined(name: &str) -> Option<(&'static QueryField, BinaryJoin)> {
    let joined = |name: &str| {
        let at = FIELDS.partition_point(|field| field.name < name);
        let field = FIELDS.get(at)?;
        (field.name == name && field.is_binary_property()).then_some(field)
    };
    if let Some(field) = joined(name) {
        return Some((field, BinaryJoin::Own));
    }
    BinaryJoin::SUFFIXES.into_iter().find_map(|(suffix, join)| Some((joined(name.strip_suffix(suffix)?)?, join)))
}

const BOOL: &[&str] = &["true", "false"];
const BLOCKED: &[&str] = &[
    "a-ProcessTerminated",
    "b-NotTerminatedCBProcess",
    "c-NotTerminatedSystemProcess",
    // The server misspells the next two.
    "d-NotTerminatedCriticialSystemProcess",
    "e-NotTerminatedWhiltestedPath",
    "f-NotTerminatedOpenProcessError",
    "g-NotTerminatedTerminateError",
];
const CROSSPROC: &[&str] =
    &["remote_thread", "process_open", "remotethread", "processopen", "remotethreadtarget", "processopentarget"];
const HOST_TYPES: &[&str] = &["workstation", "server", "domain_controller"];
const OS_TYPES: &[&str] = &["windows", "osx", "linux"];
const SIGN: &[&str] = &[
    "Signed",
    "Unsigned",
    "\"Bad Signature\"",
    "\"Invalid Signature\"",
    "Expired",
    "\"Invalid Chain\"",
    "\"Untrusted Root\"",
    "\"Explicit Distrust\"",
    "\"(Unknown)\"",
];
const STATUS: &[&str] = &["Unresolved", "\"In Progress\"", "Resolved", "\"False Positive\""];
const ALERT_TYPES: &[&str] = &[
    "watchlist.hit.ingress.process",
    "watchlist.hit.ingress.binary",
    "watchlist.hit.ingress.host",
    "watchlist.hit.query.process",
    "watchlist.hit.query.binary",
];

const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
const SHA256: &str = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";

const fn new_field(
    name: &'static str,
    uses: [u8; 4],
    kind: FieldType,
    help: &'static str,
    sample: &'static str,
) -> QueryField {
    QueryField {
        name,
        kind,
        help,
        sample,
        allowed_values: match kind {
            FieldType::Bool => BOOL,
            FieldType::Sign => SIGN,
            FieldType::Crossproc => CROSSPROC,
            _ => &[],
        },
        uses,
    }
}

const fn new_choice_field(
    name: &'static str,
    uses: [u8; 4],
    kind: FieldType,
    help: &'static str,
    allowed_values: &'static [&'static str],
) -> QueryField {
    QueryField { name, kind, help, sample: allowed_values[0], allowed_values, uses }
}

/// Every field, in alphabetical order; a name that indexes store differently is listed more than once.
#[rustfmt::skip]
const FIELDS: &[QueryField] = &[
    new_field("alert_severity", *b"--+-", FieldType::Float, "severity of the alert, 0 to 100", "[50 TO *]"),
    new_choice_field("alert_type", *b"--+-", FieldType::Keyword, "what raised the alert", ALERT_TYPES),
    new_field("alliance_data_<feed>", *b"++--", FieldType::Keyword, "report of the feed that matched", "CI-118"),
    new_field("alliance_score_<feed>", *b"++--", FieldType::Integer, "score of the feed report that matched, -100 to 100", "[10 TO *]"),
    new_field("assigned_to", *b"--*-", FieldType::Keyword, "user the alert is assigned to", "mlopez"),
    new_field("blocked_md5", *b"*---", FieldType::Md5, "MD5 of a process that was blocked", MD5),
    new_field("blocked_sha256", *b"+---", FieldType::Sha256, "SHA-256 of a process that was blocked (7.x)", SHA256),
    new_choice_field("blocked_status", *b"+---", FieldType::Status, "result of the block", BLOCKED),
    new_field("childproc_count", *b"+---", FieldType::Integer, "number of child processes", "[1 TO *]"),
    new_field("childproc_md5", *b"*---", FieldType::Md5, "MD5 of a child process", MD5),
    new_field("childproc_name", *b"*---", FieldType::Keyword, "file name of a child process", "cmd.exe"),
    new_field("childproc_sha256", *b"*---", FieldType::Sha256, "SHA-256 of a child process (7.x)", SHA256),
    new_field("cmdline", *b"*---", FieldType::Cmdline, "command line", "\"net use\""),
    new_field("comments", *b"+*--", FieldType::Text, "comments in the version resource", "installer"),
    new_field("company_name", *b"+*--", FieldType::Text, "company in the version resource", "microsoft"),
    new_field("copied_mod_len", *b"++--", FieldType::Integer, "bytes of the collected file", "[1 TO *]"),
    new_field("create_time", *b"---+", FieldType::Time, "creation time of the report", "-24h"),
    new_field("created_time", *b"--+-", FieldType::Time, "creation time of the alert, server clock", "-24h"),
    new_field("crossproc_count", *b"+---", FieldType::Integer, "number of cross-process events", "[1 TO *]"),
    new_field("crossproc_md5", *b"+---", FieldType::Md5, "MD5 of the other process of a cross-process event", MD5),
    new_field("crossproc_name", *b"+---", FieldType::Keyword, "file name of the other process of a cross-process event", "lsass.exe"),
    new_field("crossproc_sha256", *b"+---", FieldType::Sha256, "SHA-256 of the other process of a cross-process event (7.x)", SHA256),
    new_field("crossproc_type", *b"*---", FieldType::Crossproc, "type of a cross-process event", "remote_thread"),
    new_field("description", *b"---*", FieldType::Text, "description of the report", "ransomware"),
    new_field("digsig_issuer", *b"+*--", FieldType::Text, "issuer of the certificate", "digicert"),
    new_field("digsig_prog_name", *b"+*--", FieldType::Text, "program name in the signature", "chrome"),
    new_field("digsig_publisher", *b"+*--", FieldType::Text, "publisher in the signature", "\"microsoft corporation\""),
    new_field("digsig_result", *b"+*--", FieldType::Sign, "signature verdict", "Unsigned"),
    new_field("digsig_sign_time", *b"++--", FieldType::Time, "signing time", "[2021-01-01 TO *]"),
    new_field("digsig_subject", *b"+*--", FieldType::Text, "subject of the certificate", "google"),
    new_field("domain", *b"*---", FieldType::Domain, "domain name of a network connection", "example.com"),
    new_field("domain", *b"---*", FieldType::Domain, "domain name among the indicators of the report", "example.com"),
    new_field("feed_category", *b"---*", FieldType::Text, "category of the feed", "partner"),
    new_field("feed_id", *b"--++", FieldType::Integer, "ID of the feed, -1 for watchlists", "-1"),
    new_field("feed_name", *b"--**", FieldType::Keyword, "name of the feed", "nvd"),
    new_field("file_desc", *b"+*--", FieldType::Text, "file description in the version resource", "\"windows explorer\""),
    new_field("file_version", *b"+*--", FieldType::Text, "file version in the version resource", "10.0*"),
    new_field("filemod", *b"*---", FieldType::Path, "path of a modified file", "windows\\system32\\*"),
    new_field("filemod_count", *b"+---", FieldType::Integer, "number of file changes", "[100 TO *]"),
    new_field("filewrite_md5", *b"*---", FieldType::Md5, "MD5 of a file the process wrote", MD5),
    new_field("filewrite_sha256", *b"*---", FieldType::Sha256, "SHA-256 of a file the process wrote (7.x)", SHA256),
    new_field("group", *b"**+-", FieldType::Keyword, "sensor group", "\"default group\""),
    new_field("has_emet_config", *b"+---", FieldType::Bool, "EMET is configured for the process", "true"),
    new_field("has_emet_event", *b"+---", FieldType::Bool, "EMET event", "true"),
    new_field("host_count", *b"-+--", FieldType::Integer, "number of hosts with the binary", "[1 TO 3]"),
    new_choice_field("host_type", *b"*---", FieldType::Keyword, "host type", HOST_TYPES),
    new_field("hostname", *b"***-", FieldType::Keyword, "host name", "fin-ws-042"),
    new_field("internal_name", *b"+*--", FieldType::Text, "internal name in the version resource", "explorer"),
    new_field("ioc_value", *b"--*-", FieldType::Keyword, "indicator that matched", "example.com"),
    new_field("ipaddr", *b"+---", FieldType::Ip, "remote IPv4 address or CIDR of a connection", "192.168.0.0/16"),
    new_field("ipaddr", *b"---+", FieldType::Ip, "IPv4 address among the indicators of the report", "192.168.0.0/16"),
    new_field("ipport", *b"+---", FieldType::Integer, "remote port of a connection", "443"),
    new_field("ipv6addr", *b"+-+-", FieldType::Ipv6, "remote IPv6 address or CIDR of a connection (6.1)", "2001:db8::/32"),
    new_field("is_64bit", *b"++--", FieldType::Bool, "64-bit file", "true"),
    new_field("is_executable_image", *b"++--", FieldType::Bool, "executable (not a library or driver)", "true"),
    new_field("is_ignored", *b"---+", FieldType::Bool, "ignored report", "false"),
    new_field("ja3", *b"+---", FieldType::Keyword, "TLS fingerprint of the client (7.x)", MD5),
    new_field("ja3s", *b"+---", FieldType::Keyword, "TLS fingerprint of the server (7.x)", MD5),
    new_field("last_server_update", *b"+---", FieldType::Time, "last event of the process, server clock", "-1h"),
    new_field("last_update", *b"+---", FieldType::Time, "last event of the process, host clock", "-1h"),
    new_field("legal_copyright", *b"+*--", FieldType::Text, "copyright in the version resource", "microsoft"),
    new_field("legal_trademark", *b"+*--", FieldType::Text, "trademark in the version resource", "microsoft"),
    new_field("md5", *b"**--", FieldType::Md5, "MD5 of the process, its parent, a child, a module or a written file; of the binary", MD5),
    new_field("md5", *b"--*-", FieldType::Md5, "MD5 of the alert", MD5),
    new_field("md5", *b"---*", FieldType::Md5, "MD5 among the indicators of the report", MD5),
    new_field("modload", *b"*---", FieldType::Path, "path of a loaded module", "ws2_32.dll"),
    new_field("modload_count", *b"+---", FieldType::Integer, "number of modules loaded", "[100 TO *]"),
    new_field("netconn_count", *b"+---", FieldType::Integer, "number of network connections", "[1 TO *]"),
    new_field("observed_filename", *b"+*--", FieldType::Path, "observed path of the binary", "temp\\*"),
    new_field("observed_filename", *b"--*-", FieldType::Keyword, "observed path of the binary, in full", "c:\\temp\\a.exe"),
    new_field("orig_mod_len", *b"++--", FieldType::Integer, "size of the file in bytes", "[* TO 100000]"),
    new_field("original_filename", *b"+*--", FieldType::Text, "file name in the version resource", "explorer.exe"),
    new_choice_field("os_type", *b"++--", FieldType::Keyword, "operating system", OS_TYPES),
    new_field("parent_id", *b"+---", FieldType::Guid, "ID of the parent process", "00000007-0000-0b00-01d7-10ccae568ec0"),
    new_field("parent_md5", *b"*---", FieldType::Md5, "MD5 of the parent process", MD5),
    new_field("parent_name", *b"*---", FieldType::Keyword, "file name of the parent process", "winword.exe"),
    new_field("parent_sha256", *b"*---", FieldType::Sha256, "SHA-256 of the parent process (7.x)", SHA256),
    new_field("path", *b"*---", FieldType::Path, "path of the executable", "system32\\cmd.exe"),
    new_field("private_build", *b"+*--", FieldType::Text, "private build in the version resource", "test"),
    new_field("process_id", *b"+---", FieldType::Guid, "ID of the process", "00000007-0000-1092-01d7-10df4de391b0"),
    new_field("process_md5", *b"*---", FieldType::Md5, "MD5 of the executable", MD5),
    new_field("process_name", *b"*-*-", FieldType::Keyword, "file name of the process", "svchost.exe"),
    new_field("process_path", *b"--*-", FieldType::Path, "path of the executable", "system32\\cmd.exe"),
    new_field("process_pid", *b"+---", FieldType::Integer, "PID on the host (undocumented field)", "4242"),
    new_field("process_sha256", *b"*---", FieldType::Sha256, "SHA-256 of the executable (7.x)", SHA256),
    new_field("product_desc", *b"+*--", FieldType::Text, "product description in the version resource", "\"operating system\""),
    new_field("product_name", *b"+*--", FieldType::Text, "product in the version resource", "\"visual studio\""),
    new_field("product_version", *b"+*--", FieldType::Text, "product version in the version resource", "10.0*"),
    new_field("regmod", *b"*---", FieldType::Path, "modified registry key, without leading backslash", "registry\\machine\\software\\*"),
    new_field("regmod_count", *b"+---", FieldType::Integer, "number of registry changes", "[1 TO *]"),
    new_field("report_id", *b"---+", FieldType::Keyword, "ID of the report", "CI-118"),
    new_field("report_score", *b"--+-", FieldType::Float, "score of the report behind the alert, -100 to 100", "[75 TO *]"),
    new_field("resolved_time", *b"--+-", FieldType::Time, "time of the resolution", "-24h"),
    new_field("sensor_id", *b"+---", FieldType::Integer, "sensor ID", "7"),
    new_field("server_added_timestamp", *b"-+--", FieldType::Time, "time the server first saw the binary", "-24h"),
    new_field("sha256", *b"*---", FieldType::Sha256, "SHA-256 of the process, its parent, a child, a module or a written file (7.x)", SHA256),
    new_field("sha256", *b"--+-", FieldType::Sha256, "SHA-256 of the alert (7.x)", SHA256),
    new_field("signed", *b"-+--", FieldType::Sign, "signature verdict, like digsig_result", "Unsigned"),
    new_field("special_build", *b"+*--", FieldType::Text, "special build in the version resource", "test"),
    new_field("start", *b"+---", FieldType::Time, "process start, host clock", "-24h"),
    new_choice_field("status", *b"--+-", FieldType::Status, "status of the alert", STATUS),
    new_field("tags", *b"---*", FieldType::Text, "tags of the report", "apt"),
    new_field("tampered", *b"++--", FieldType::Bool, "sensor tampering", "true"),
    new_field("terminated", *b"+---", FieldType::Bool, "ended process", "false"),
    new_field("title", *b"---+", FieldType::Text, "title of the report", "locky"),
    new_field("unique_id", *b"--+-", FieldType::Keyword, "ID of the alert", "6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845"),
    new_field("update_time", *b"---+", FieldType::Time, "last change of the report", "-24h"),
    new_field("username", *b"*-*-", FieldType::Username, "user, with or without domain", "mlopez"),
    new_field("watchlist_<id>", *b"++--", FieldType::Time, "time this watchlist tagged it", "*"),
    new_field("watchlist_id", *b"--*-", FieldType::Keyword, "ID of the watchlist or feed report", "14"),
    new_field("watchlist_name", *b"--*-", FieldType::Keyword, "name of the watchlist, or title of the feed report", "\"Newly Executed Applications\""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_no_field_twice_in_an_index() {
        assert!(FIELDS.is_sorted_by_key(|field| field.name));
        for index in Index::ALL {
            let names: Vec<_> = fields(index).map(|field| field.name).collect();
            assert!(names.is_sorted_by(|a, b| a < b), "{index:?}");
        }
    }

    #[test]
    fn families_and_joins_are_found_by_their_stem() {
        #[track_caller]
        fn check(index: Index, name: &str, expected: Option<&str>) {
            assert_eq!(find_field(index, name).map(|field| field.name), expected);
        }
        check(Index::Process, "watchlist_14", Some("watchlist_<id>"));
        check(Index::Process, "watchlist_", None);
        check(Index::Alert, "watchlist_id", Some("watchlist_id"));
        check(Index::Alert, "watchlist_14", None);
        check(Index::Binary, "alliance_score_nvd", Some("alliance_score_<feed>"));
        check(Index::Process, "digsig_result_modload", Some("digsig_result"));
        check(Index::Process, "product_name_parent", Some("product_name"));
        check(Index::Binary, "digsig_result_modload", None);
        check(Index::Process, "hostname_parent", None);
        check(Index::Process, "process_pid", Some("process_pid"));
        check(Index::Process, "Process_Name", None);
        check(Index::Process, "title", None);
        check(Index::Report, "title", Some("title"));
        assert_eq!(find_joined("digsig_result").map(|(_, join)| join), Some(BinaryJoin::Own));
        assert_eq!(find_joined("digsig_result_child").map(|(_, join)| join), Some(BinaryJoin::Child));
        assert_eq!(find_joined("process_name"), None);
        assert_eq!(find_joined("md5"), None);
    }

    #[test]
    fn a_field_may_differ_between_indexes() {
        let kind = |index| find_field(index, "observed_filename").map(|field| field.kind);
        assert_eq!(kind(Index::Binary), Some(FieldType::Path));
        assert_eq!(kind(Index::Alert), Some(FieldType::Keyword));
    }

    #[test]
    fn bare_terms_search_the_starred_fields() {
        let count = |index| fields(index).filter(|field| field.use_in(index) == FieldUse::Default).count();
        assert_eq!(Index::ALL.map(count), [25, 22, 11, 6], "process, binary, alert, report");
    }
}
