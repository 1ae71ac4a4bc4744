//! Indicators of compromise as reports and tickets write them, and lists of indicators, which are not queries.

use super::fields::{self, Index};
use super::syntax::network::Network;
use super::syntax::quote::quote;
use super::syntax::scan::{field_name, operator_len};
use crate::text;

/// The type of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IocKind {
    /// 32 hexadecimal digits.
    Md5,
    /// 40 hexadecimal digits; the server has no field for it.
    Sha1,
    /// 64 hexadecimal digits.
    Sha256,
    /// An IPv4 address or network.
    Ipv4,
    /// An IPv6 address or network.
    Ipv6,
    Domain,
    /// A URL, of which only the host can be searched for.
    Url,
    /// A file name without directories.
    File,
    /// A file path.
    Path,
}

/// An indicator as a report or a ticket lists it, without a field name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ioc {
    pub kind: IocKind,
    /// The value to search for: refanged and without a port; of a URL only the host.
    pub value: String,
}

impl Ioc {
    /// Parses a word, defanged or not; `None` if it is no indicator.
    pub fn parse(word: &str) -> Option<Self> {
        /// The maximum length of a domain name; hashes and addresses are shorter, and URLs have no limit.
        const MAX_LEN: usize = 253;
        // A leading minus makes it a negated term.
        if word.starts_with('-') {
            return None;
        }
        let word = text::refang(word);
        let new = |kind, value: &str| Some(Self { kind, value: value.to_owned() });
        if let Some(host) = url_host(&word) {
            return new(IocKind::Url, host);
        }
        if word.len() > MAX_LEN {
            return None;
        }
        if word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            match word.len() {
                32 => return new(IocKind::Md5, &word),
                40 => return new(IocKind::Sha1, &word),
                64 => return new(IocKind::Sha256, &word),
                _ => {}
            }
        }
        let (host, _) = split_port(&word);
        if let Some(network) = Network::parse(host) {
            let kind = if network.is_v4() { IocKind::Ipv4 } else { IocKind::Ipv6 };
            return new(kind, host);
        }
        if text::is_domain(host) {
            return new(IocKind::Domain, host);
        }
        text::is_file_name(&word).then(|| new(IocKind::File, &word)).flatten()
    }

    /// Returns the term that finds the indicator; `None` if `index` has no field for it.
    pub(super) fn query_term(&self, index: Index) -> Option<String> {
        let in_index = |name: &'static str| fields::find_field(index, name).map(|_| name);
        let field = match self.kind {
            IocKind::Md5 => in_index("md5"),
            IocKind::Sha1 => None,
            IocKind::Sha256 => in_index("sha256"),
            IocKind::Ipv4 => in_index("ipaddr"),
            IocKind::Ipv6 => in_index("ipv6addr"),
            IocKind::Domain => in_index("domain"),
            IocKind::Url => match Network::parse(&self.value) {
                Some(network) if network.is_v4() => in_index("ipaddr"),
                Some(_) => in_index("ipv6addr"),
                None => in_index("domain"),
            },
            // Bare terms search the names and paths of processes, modules and written files: all are default fields.
            IocKind::File | IocKind::Path => return Some(quote(&self.value)),
        };
        // Alerts have one field for the indicator that matched, of any type.
        let field = field.or_else(|| {
            let is_supported = !matches!(self.kind, IocKind::Sha1);
            is_supported.then(|| in_index("ioc_value")).flatten()
        });
        Some(format!("{}:{}", field?, quote(&self.value)))
    }

    /// Returns the type as a noun with its article.
    pub(super) fn describe(&self) -> &'static str {
        match self.kind {
            IocKind::Md5 | IocKind::Sha1 | IocKind::Sha256 => "a hash",
            IocKind::Ipv4 | IocKind::Ipv6 if self.value.contains('/') => "a network",
            IocKind::Ipv4 | IocKind::Ipv6 => "an address",
            IocKind::Domain => "a domain",
            IocKind::Url => "a URL",
            IocKind::File => "a file name",
            IocKind::Path => "a path",
        }
    }

    /// Returns whether several indicators of this type on one line are a list rather than a query that requires all of
    /// them.
    fn is_list_item(&self) -> bool {
        !matches!(self.kind, IocKind::Domain | IocKind::File | IocKind::Path)
    }
}

/// Returns the host of a URL; `None` without a scheme or a host.
fn url_host(word: &str) -> Option<&str> {
    let (scheme, rest) = word.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+');
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, _) = split_port(host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (is_scheme && !host.is_empty()).then_some(host)
}

/// Splits a host from the port after it. The colons of an IPv6 address do not begin a port.
fn split_port(word: &str) -> (&str, Option<&str>) {
    match word.rsplit_once(':') {
        Some((host, port))
            if (!host.contains(':') || host.ends_with(']'))
                && !port.is_empty()
                && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (host, Some(port))
        }
        _ => (word, None),
    }
}

/// Parses a list of indicators; `None` if the text may be a query.
///
/// A list is several lines of indicators without fields, operators or parentheses, except for one repeated label such
/// as `md5:`; or a single line of several hashes, addresses or URLs. Comments (`#`), bullets, headings and separators
/// are ignored.
pub fn parse_list(text: &str) -> Option<Vec<Ioc>> {
    let mut iocs = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    let (mut n_ioc_lines, mut n_other_lines) = (0_usize, 0_usize);
    for line in text::lines(text) {
        match ListLine::parse(line)? {
            ListLine::Empty => {}
            ListLine::Other => n_other_lines += 1,
            ListLine::Iocs(line) => {
                n_ioc_lines += 1;
                iocs.extend(line);
            }
            ListLine::Labelled(label, ioc) => {
                n_ioc_lines += 1;
                labels.push(label);
                iocs.push(ioc);
            }
        }
    }
    // Lines with different fields may be a query of several lines; lines with one repeated field are a list.
    let has_list_labels =
        labels.is_empty() || labels.len() > 1 && labels.iter().all(|label| label.eq_ignore_ascii_case(labels[0]));
    let is_list = match n_ioc_lines {
        0 => false,
        1 => n_other_lines == 0 && iocs.len() > 1 && labels.is_empty() && iocs.iter().all(Ioc::is_list_item),
        n => n_other_lines <= n && has_list_labels,
    };
    is_list.then_some(iocs)
}

/// A line of a possible list of indicators.
enum ListLine<'a> {
    /// Blank, or a comment.
    Empty,
    /// A heading, or prose.
    Other,
    /// One or more indicators.
    Iocs(Vec<Ioc>),
    /// An indicator after a label, such as `md5: …`.
    Labelled(&'a str, Ioc),
}

impl<'a> ListLine<'a> {
    /// Parses a line; `None` if it is a query or a part of one.
    fn parse(line: &'a str) -> Option<Self> {
        let line = strip_list_marker(line);
        if line.is_empty() || line.starts_with('#') {
            return Some(Self::Empty);
        }
        if let Some(labelled) = Self::parse_labelled(line) {
            return Some(labelled);
        }
        if let Some(path) = parse_path(line) {
            return Some(Self::Iocs(vec![path]));
        }
        let is_gap = |char: char| char.is_whitespace() || matches!(char, ',' | ';' | '|' | '"' | '\'' | '<' | '>');
        let mut iocs = Vec::new();
        let mut n_words = 0_usize;
        for word in line.split(is_gap).filter(|word| !word.is_empty()) {
            n_words += 1;
            match Ioc::parse(word) {
                Some(ioc) => iocs.push(ioc),
                None if is_query_syntax(word) => return None,
                None => {}
            }
        }
        // A table row has separators between its indicators and other words; without them the line is prose.
        let is_list = !iocs.is_empty() && (iocs.len() == n_words || line.contains([',', ';', '\t']));
        Some(if is_list { Self::Iocs(iocs) } else { Self::Other })
    }

    /// Parses a line that labels its indicator with the type.
    fn parse_labelled(line: &'a str) -> Option<Self> {
        const LABELS: [&str; 16] = [
            "md5", "sha1", "sha-1", "sha256", "sha-256", "hash", "ip", "ipv4", "ipv6", "ipaddr", "ipv6addr", "address",
            "domain", "url", "uri", "host",
        ];
        let (label, value) = line.split_once([':', '=', ','])?;
        let label = label.trim_matches(|char: char| char.is_whitespace() || char == '"');
        let is_label = LABELS.iter().any(|known| known.eq_ignore_ascii_case(label));
        let value = value.trim_matches(|char: char| char.is_whitespace() || matches!(char, '"' | '\'' | ',' | ';'));
        let ioc = is_label.then(|| Ioc::parse(value)).flatten()?;
        Some(Self::Labelled(label, ioc))
    }
}

/// Parses a line that is a single file path, which may contain spaces; `None` for a command line.
fn parse_path(line: &str) -> Option<Ioc> {
    let path = line.trim_matches(['"', '\'', ',', ';']).trim();
    let bytes = path.as_bytes();
    let has_drive = bytes.first().is_some_and(u8::is_ascii_alphabetic) && path.get(1..3) == Some(":\\");
    let is_rooted = path.starts_with('/') && path.matches('/').count() > 1 && !path.contains(char::is_whitespace);
    let is_path = (has_drive || path.starts_with("\\\\") || is_rooted)
        && !path.contains(['*', '?', '"', '(', ')', '|'])
        && !path.contains(" -")
        && !path.contains(" /")
        // A second path would be a second term.
        && !path.contains(" \\")
        && path.matches(":\\").count() <= 1;
    is_path.then(|| Ioc { kind: IocKind::Path, value: path.to_owned() })
}

/// Removes a bullet, a number or a byte order mark from the beginning of a line.
fn strip_list_marker(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}').trim();
    for bullet in ["- ", "* ", "\u{2022} "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return rest.trim_start();
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].strip_prefix(['.', ')']) {
        Some(rest) if (1..5).contains(&digits) && rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => line,
    }
}

/// Returns whether a word can only be query syntax: an operator, a group, a field or a wildcard.
fn is_query_syntax(word: &str) -> bool {
    let is_field = |word: &str| field_name(word).is_some_and(|name| fields::find_in_any_index(name).is_some());
    word.starts_with(['(', ')', '-'])
        || word.ends_with(')')
        || word.contains('*')
        || operator_len(word) == word.len()
        || is_field(word)
}
