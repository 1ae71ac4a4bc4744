//! The fields of the four indexes (API reference, sections 3.3 and 3.5): one table for completion, lint and matching.

/// What is searched.
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
    /// Every index.
    pub const ALL: [Self; 4] = [Self::Process, Self::Binary, Self::Alert, Self::Report];

    /// What a document of it is called, in the plural.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Process => "processes",
            Self::Binary => "binaries",
            Self::Alert => "alerts",
            Self::Report => "threat reports",
        }
    }
}

/// How the values of a field are stored and compared (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The whole value, whatever its letter case.
    Keyword,
    /// A keyword that is also found by what follows its last backslash.
    Username,
    /// A process GUID, or a number on 4.x servers; compared as a keyword.
    Guid,
    /// 32 hexadecimal digits.
    Md5,
    /// 64 hexadecimal digits.
    Sha256,
    /// Words, split at whitespace and punctuation.
    Text,
    /// Directories and a file name, or registry keys.
    Path,
    /// The tokens of a command line (section 3.6).
    Cmdline,
    /// The labels of a domain name (section 3.7).
    Domain,
    /// An IPv4 address or network.
    Ip,
    /// An IPv6 address or network.
    Ipv6,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// The verdict on a signature.
    Sign,
    /// A moment (section 3.4).
    Time,
    /// One of the fixed words of [`Field::words`].
    Status,
    /// One of the fixed words of [`Field::words`], underscores aside.
    Crossproc,
}

impl Kind {
    /// What a value of this kind is, as a person would call it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Keyword => "a whole value",
            Self::Username => "a user name",
            Self::Guid => "a process id",
            Self::Md5 => "an MD5 of 32 hexadecimal digits",
            Self::Sha256 => "a SHA-256 of 64 hexadecimal digits",
            Self::Text => "words",
            Self::Path => "a path",
            Self::Cmdline => "a command line",
            Self::Domain => "a domain name",
            Self::Ip => "an IPv4 address or network",
            Self::Ipv6 => "an IPv6 address or network",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Bool => "true or false",
            Self::Sign => "the verdict on a signature",
            Self::Time => "a time",
            Self::Status | Self::Crossproc => "one of its fixed words",
        }
    }

    /// Whether `[a TO b]` makes sense for it.
    pub fn is_ordered(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Time | Self::Ip | Self::Ipv6)
    }
}

/// Where a field can be used in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Not at all.
    Absent,
    /// By its name.
    Named,
    /// By its name, and by bare terms.
    Default,
}

/// A searchable field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name. `<id>` and `<feed>` at the end stand for whatever is typed there.
    pub name: &'static str,
    /// How its values are stored and compared.
    pub kind: Kind,
    /// What it holds, in one line.
    pub help: &'static str,
    /// A value it could hold, written as in a query.
    pub sample: &'static str,
    /// The only values there are, if there are only a few; written as in a query.
    pub words: &'static [&'static str],
    /// One letter for process, binary, alert and report each: `*` default, `+` named, `-` absent.
    places: [u8; 4],
}

impl Field {
    /// Where it can be used in `index`.
    pub fn place(&self, index: Index) -> Place {
        let at = match index {
            Index::Process => 0,
            Index::Binary => 1,
            Index::Alert => 2,
            Index::Report => 3,
        };
        match self.places[at] {
            b'*' => Place::Default,
            b'+' => Place::Named,
            _ => Place::Absent,
        }
    }

    /// Whether the name ends in a placeholder: a watchlist, a feed.
    pub fn is_family(&self) -> bool {
        self.name.ends_with('>')
    }

    /// The name up to its placeholder; all of it for most fields.
    pub fn stem(&self) -> &'static str {
        self.name.split('<').next().unwrap_or(self.name)
    }

    /// Whether it is a property of a binary that a process search reaches through a hash.
    fn is_joined(&self) -> bool {
        let own = ["group", "hostname", "md5", "os_type"];
        self.place(Index::Process) != Place::Absent
            && self.place(Index::Binary) != Place::Absent
            && !self.is_family()
            && !own.contains(&self.name)
    }

    fn is_named(&self, name: &str) -> bool {
        if self.is_family() {
            name.len() > self.stem().len() && name.starts_with(self.stem())
        } else {
            name == self.name
        }
    }
}

/// Whose binary a process search looks at: the suffix of a joined field (section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Join {
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

impl Join {
    /// The suffixes and what they mean.
    pub const SUFFIXES: [(&'static str, Self); 4] = [
        ("_filewrite", Self::Filewrite),
        ("_parent", Self::Parent),
        ("_child", Self::Child),
        ("_modload", Self::Modload),
    ];
}

/// The fields of an index, in alphabetical order.
pub fn fields(index: Index) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |field| field.place(index) != Place::Absent)
}

/// The field of this name in this index. `watchlist_14` and `alliance_score_nvd` are found by their family,
/// `digsig_result_modload` by the field before its suffix.
pub fn field(index: Index, name: &str) -> Option<&'static Field> {
    let own = rows(name).find(|field| field.place(index) != Place::Absent);
    own.or_else(|| match index {
        Index::Process => join(name).map(|(field, _)| field),
        Index::Binary | Index::Alert | Index::Report => None,
    })
}

/// The field of this name in any index.
pub(super) fn known(name: &str) -> Option<&'static Field> {
    rows(name).next().or_else(|| join(name).map(|(field, _)| field))
}

/// The rows of this name, then those of its family.
fn rows(name: &str) -> impl Iterator<Item = &'static Field> {
    let from = FIELDS.partition_point(|field| field.name < name);
    let exact = FIELDS[from..].iter().take_while(move |field| field.name == name);
    let family = FIELDS.iter().filter(move |field| field.is_family() && field.is_named(name));
    exact.chain(family)
}

/// A property of a binary by its name in a process search, and whose binary is meant.
/// Nothing for the fields of the process itself.
pub fn join(name: &str) -> Option<(&'static Field, Join)> {
    let joined = |name: &str| {
        let at = FIELDS.partition_point(|field| field.name < name);
        let field = FIELDS.get(at)?;
        (field.name == name && field.is_joined()).then_some(field)
    };
    if let Some(field) = joined(name) {
        return Some((field, Join::Own));
    }
    Join::SUFFIXES.into_iter().find_map(|(suffix, join)| Some((joined(name.strip_suffix(suffix)?)?, join)))
}

const BOOL: &[&str] = &["true", "false"];
const BLOCKED: &[&str] = &[
    "a-ProcessTerminated",
    "b-NotTerminatedCBProcess",
    "c-NotTerminatedSystemProcess",
    // The spelling of the next two is the server's.
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

const fn row(name: &'static str, places: [u8; 4], kind: Kind, help: &'static str, sample: &'static str) -> Field {
    Field {
        name,
        kind,
        help,
        sample,
        words: match kind {
            Kind::Bool => BOOL,
            Kind::Sign => SIGN,
            Kind::Crossproc => CROSSPROC,
            _ => &[],
        },
        places,
    }
}

const fn words(
    name: &'static str,
    places: [u8; 4],
    kind: Kind,
    help: &'static str,
    words: &'static [&'static str],
) -> Field {
    Field { name, kind, help, sample: words[0], words, places }
}

/// Every field, in alphabetical order; a name stands twice where two indexes store it differently.
#[rustfmt::skip]
const FIELDS: &[Field] = &[
    row("alert_severity", *b"--+-", Kind::Float, "severity of the alert, 0 to 100", "[50 TO *]"),
    words("alert_type", *b"--+-", Kind::Keyword, "what raised the alert", ALERT_TYPES),
    row("alliance_data_<feed>", *b"++--", Kind::Keyword, "report of the feed that matched", "CI-118"),
    row("alliance_score_<feed>", *b"++--", Kind::Integer, "score of the feed report that matched, -100 to 100", "[10 TO *]"),
    row("assigned_to", *b"--*-", Kind::Keyword, "user the alert is assigned to", "mlopez"),
    row("blocked_md5", *b"*---", Kind::Md5, "MD5 of a process that was blocked", MD5),
    row("blocked_sha256", *b"+---", Kind::Sha256, "SHA-256 of a process that was blocked (7.x)", SHA256),
    words("blocked_status", *b"+---", Kind::Status, "what became of a blocked process", BLOCKED),
    row("childproc_count", *b"+---", Kind::Integer, "number of child processes", "[1 TO *]"),
    row("childproc_md5", *b"*---", Kind::Md5, "MD5 of a child process", MD5),
    row("childproc_name", *b"*---", Kind::Keyword, "file name of a child process", "cmd.exe"),
    row("childproc_sha256", *b"*---", Kind::Sha256, "SHA-256 of a child process (7.x)", SHA256),
    row("cmdline", *b"*---", Kind::Cmdline, "command line", "\"net use\""),
    row("comments", *b"+*--", Kind::Text, "comments in the version resource", "installer"),
    row("company_name", *b"+*--", Kind::Text, "company in the version resource", "microsoft"),
    row("copied_mod_len", *b"++--", Kind::Integer, "bytes of the file the server has", "[1 TO *]"),
    row("create_time", *b"---+", Kind::Time, "when the report was created", "-24h"),
    row("created_time", *b"--+-", Kind::Time, "when the alert was raised, server clock", "-24h"),
    row("crossproc_count", *b"+---", Kind::Integer, "number of cross-process events", "[1 TO *]"),
    row("crossproc_md5", *b"+---", Kind::Md5, "MD5 of the other process of a cross-process event", MD5),
    row("crossproc_name", *b"+---", Kind::Keyword, "file name of the other process of a cross-process event", "lsass.exe"),
    row("crossproc_sha256", *b"+---", Kind::Sha256, "SHA-256 of the other process of a cross-process event (7.x)", SHA256),
    row("crossproc_type", *b"*---", Kind::Crossproc, "what one process did to another", "remote_thread"),
    row("description", *b"---*", Kind::Text, "description of the report", "ransomware"),
    row("digsig_issuer", *b"+*--", Kind::Text, "issuer of the certificate", "digicert"),
    row("digsig_prog_name", *b"+*--", Kind::Text, "program name in the signature", "chrome"),
    row("digsig_publisher", *b"+*--", Kind::Text, "publisher in the signature", "\"microsoft corporation\""),
    row("digsig_result", *b"+*--", Kind::Sign, "verdict on the signature", "Unsigned"),
    row("digsig_sign_time", *b"++--", Kind::Time, "when the file was signed", "[2021-01-01 TO *]"),
    row("digsig_subject", *b"+*--", Kind::Text, "subject of the certificate", "google"),
    row("domain", *b"*---", Kind::Domain, "domain name of a network connection", "example.com"),
    row("domain", *b"---*", Kind::Domain, "domain name among the indicators of the report", "example.com"),
    row("feed_category", *b"---*", Kind::Text, "category of the feed", "partner"),
    row("feed_id", *b"--++", Kind::Integer, "number of the feed; -1 for watchlists", "-1"),
    row("feed_name", *b"--**", Kind::Keyword, "name of the feed", "nvd"),
    row("file_desc", *b"+*--", Kind::Text, "file description in the version resource", "\"windows explorer\""),
    row("file_version", *b"+*--", Kind::Text, "file version in the version resource", "10.0*"),
    row("filemod", *b"*---", Kind::Path, "path of a file the process changed", "windows\\system32\\*"),
    row("filemod_count", *b"+---", Kind::Integer, "number of file changes", "[100 TO *]"),
    row("filewrite_md5", *b"*---", Kind::Md5, "MD5 of a file the process wrote", MD5),
    row("filewrite_sha256", *b"*---", Kind::Sha256, "SHA-256 of a file the process wrote (7.x)", SHA256),
    row("group", *b"**+-", Kind::Keyword, "sensor group", "\"default group\""),
    row("has_emet_config", *b"+---", Kind::Bool, "EMET was set up for the process", "true"),
    row("has_emet_event", *b"+---", Kind::Bool, "EMET reported an event", "true"),
    row("host_count", *b"-+--", Kind::Integer, "number of hosts that saw the binary", "[1 TO 3]"),
    words("host_type", *b"*---", Kind::Keyword, "kind of the host", HOST_TYPES),
    row("hostname", *b"***-", Kind::Keyword, "name of the host", "fin-ws-042"),
    row("internal_name", *b"+*--", Kind::Text, "internal name in the version resource", "explorer"),
    row("ioc_value", *b"--*-", Kind::Keyword, "indicator that matched", "example.com"),
    row("ipaddr", *b"+---", Kind::Ip, "remote IPv4 address or network of a connection", "192.168.0.0/16"),
    row("ipaddr", *b"---+", Kind::Ip, "IPv4 address among the indicators of the report", "192.168.0.0/16"),
    row("ipport", *b"+---", Kind::Integer, "remote port of a connection", "443"),
    row("ipv6addr", *b"+-+-", Kind::Ipv6, "remote IPv6 address or network of a connection (6.1)", "2001:db8::/32"),
    row("is_64bit", *b"++--", Kind::Bool, "64-bit file", "true"),
    row("is_executable_image", *b"++--", Kind::Bool, "program rather than library or driver", "true"),
    row("is_ignored", *b"---+", Kind::Bool, "report that raises no alerts", "false"),
    row("ja3", *b"+---", Kind::Keyword, "TLS fingerprint of the client (7.x)", MD5),
    row("ja3s", *b"+---", Kind::Keyword, "TLS fingerprint of the server (7.x)", MD5),
    row("last_server_update", *b"+---", Kind::Time, "last event of the process, server clock", "-1h"),
    row("last_update", *b"+---", Kind::Time, "last event of the process, clock of the host", "-1h"),
    row("legal_copyright", *b"+*--", Kind::Text, "copyright in the version resource", "microsoft"),
    row("legal_trademark", *b"+*--", Kind::Text, "trademark in the version resource", "microsoft"),
    row("md5", *b"**--", Kind::Md5, "MD5 of the process, its parent, a child, a module or a written file; of the binary", MD5),
    row("md5", *b"--*-", Kind::Md5, "MD5 the alert is about", MD5),
    row("md5", *b"---*", Kind::Md5, "MD5 among the indicators of the report", MD5),
    row("modload", *b"*---", Kind::Path, "path of a module the process loaded", "ws2_32.dll"),
    row("modload_count", *b"+---", Kind::Integer, "number of modules loaded", "[100 TO *]"),
    row("netconn_count", *b"+---", Kind::Integer, "number of network connections", "[1 TO *]"),
    row("observed_filename", *b"+*--", Kind::Path, "path at which the binary was seen", "temp\\*"),
    row("observed_filename", *b"--*-", Kind::Keyword, "path at which the binary was seen, as a whole", "c:\\temp\\a.exe"),
    row("orig_mod_len", *b"++--", Kind::Integer, "size of the file in bytes", "[* TO 100000]"),
    row("original_filename", *b"+*--", Kind::Text, "file name in the version resource", "explorer.exe"),
    words("os_type", *b"++--", Kind::Keyword, "operating system", OS_TYPES),
    row("parent_id", *b"+---", Kind::Guid, "id of the parent process", "00000007-0000-0b00-01d7-10ccae568ec0"),
    row("parent_md5", *b"*---", Kind::Md5, "MD5 of the parent process", MD5),
    row("parent_name", *b"*---", Kind::Keyword, "file name of the parent process", "winword.exe"),
    row("parent_sha256", *b"*---", Kind::Sha256, "SHA-256 of the parent process (7.x)", SHA256),
    row("path", *b"*---", Kind::Path, "path of the executable", "system32\\cmd.exe"),
    row("private_build", *b"+*--", Kind::Text, "private build in the version resource", "test"),
    row("process_id", *b"+---", Kind::Guid, "id of the process", "00000007-0000-1092-01d7-10df4de391b0"),
    row("process_md5", *b"*---", Kind::Md5, "MD5 of the executable", MD5),
    row("process_name", *b"*-*-", Kind::Keyword, "file name of the process", "svchost.exe"),
    row("process_path", *b"--*-", Kind::Path, "path of the executable", "system32\\cmd.exe"),
    row("process_pid", *b"+---", Kind::Integer, "number of the process on its host; not in the reference", "4242"),
    row("process_sha256", *b"*---", Kind::Sha256, "SHA-256 of the executable (7.x)", SHA256),
    row("product_desc", *b"+*--", Kind::Text, "product description in the version resource", "\"operating system\""),
    row("product_name", *b"+*--", Kind::Text, "product in the version resource", "\"visual studio\""),
    row("product_version", *b"+*--", Kind::Text, "product version in the version resource", "10.0*"),
    row("regmod", *b"*---", Kind::Path, "registry key the process changed, without a leading backslash", "registry\\machine\\software\\*"),
    row("regmod_count", *b"+---", Kind::Integer, "number of registry changes", "[1 TO *]"),
    row("report_id", *b"---+", Kind::Keyword, "id of the report", "CI-118"),
    row("report_score", *b"--+-", Kind::Float, "score of the report behind the alert, -100 to 100", "[75 TO *]"),
    row("resolved_time", *b"--+-", Kind::Time, "when the alert was resolved", "-24h"),
    row("sensor_id", *b"+---", Kind::Integer, "number of the sensor", "7"),
    row("server_added_timestamp", *b"-+--", Kind::Time, "when the server first saw the binary", "-24h"),
    row("sha256", *b"*---", Kind::Sha256, "SHA-256 of the process, its parent, a child, a module or a written file (7.x)", SHA256),
    row("sha256", *b"--+-", Kind::Sha256, "SHA-256 the alert is about (7.x)", SHA256),
    row("signed", *b"-+--", Kind::Sign, "verdict on the signature, like digsig_result", "Unsigned"),
    row("special_build", *b"+*--", Kind::Text, "special build in the version resource", "test"),
    row("start", *b"+---", Kind::Time, "when the process started, clock of the host", "-24h"),
    words("status", *b"--+-", Kind::Status, "state of the alert", STATUS),
    row("tags", *b"---*", Kind::Text, "tags of the report", "apt"),
    row("tampered", *b"++--", Kind::Bool, "the sensor was tampered with", "true"),
    row("title", *b"---+", Kind::Text, "title of the report", "locky"),
    row("unique_id", *b"--+-", Kind::Keyword, "id of the alert", "6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845"),
    row("update_time", *b"---+", Kind::Time, "when the report was last changed", "-24h"),
    row("username", *b"*-*-", Kind::Username, "user, with or without the domain", "mlopez"),
    row("watchlist_<id>", *b"++--", Kind::Time, "when this watchlist tagged it", "*"),
    row("watchlist_id", *b"--*-", Kind::Keyword, "number of the watchlist, or id of the feed report", "14"),
    row("watchlist_name", *b"--*-", Kind::Keyword, "name of the watchlist, or title of the feed report", "\"Newly Executed Applications\""),
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
            assert_eq!(field(index, name).map(|field| field.name), expected);
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
        assert_eq!(join("digsig_result").map(|(_, join)| join), Some(Join::Own));
        assert_eq!(join("digsig_result_child").map(|(_, join)| join), Some(Join::Child));
        assert_eq!(join("process_name"), None);
        assert_eq!(join("md5"), None);
    }

    #[test]
    fn a_field_may_differ_between_indexes() {
        let kind = |index| field(index, "observed_filename").map(|field| field.kind);
        assert_eq!(kind(Index::Binary), Some(Kind::Path));
        assert_eq!(kind(Index::Alert), Some(Kind::Keyword));
    }

    #[test]
    fn bare_terms_search_the_starred_fields() {
        let count = |index| fields(index).filter(|field| field.place(index) == Place::Default).count();
        assert_eq!(Index::ALL.map(count), [25, 22, 11, 6], "process, binary, alert, report");
    }
}
