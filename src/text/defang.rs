//! Defanging: addresses and links written so that no program follows them, and the reverse.

use super::{Untrusted, make_visible};

/// Makes the text visible and defangs all addresses and links in it: `hxxp`, `[.]`, `[@]`.
pub fn defang(text: &Untrusted) -> String {
    let mut out = make_visible(text);
    for (from, to) in [("http://", "hxxp://"), ("https://", "hxxps://"), ("ftp://", "fxp://")] {
        out = replace_folded(&out, from, to);
    }
    out.replace('.', "[.]").replace('@', "[@]")
}

/// Makes the text visible, and defangs it if a program might take part of it for a link. Other text stays readable.
pub fn defang_cell(text: &Untrusted) -> String {
    let mut words = text.raw().split([' ', '"', '\'', ',', ';', '(', ')', '=', '|']);
    if words.any(is_link) { defang(text) } else { make_visible(text) }
}

/// Whether a program might turn `word` into a link: a URL, an IP address, a domain or a mailbox.
fn is_link(word: &str) -> bool {
    if word.contains("://") || word.contains('@') {
        return true;
    }
    // A path is not a link, even if a part of it could be a domain.
    if word.contains('\\') {
        return false;
    }
    let is_ip = |host: &str| {
        let parts: Vec<_> = host.split('.').collect();
        parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
    };
    let mut hosts = word.split(['/', ':']);
    hosts.any(|host| is_ip(host) || is_domain(host))
}

/// Endings of file names that are not top-level domains.
const FILE_ENDINGS: [&str; 22] = [
    "exe", "dll", "sys", "bat", "cmd", "vbs", "js", "hta", "lnk", "msi", "tmp", "log", "txt", "dat", "bin", "doc",
    "docm", "docx", "xlsx", "xlsm", "pdf", "gz",
];

/// Whether `word` can be a domain: labels separated by dots, the last one of letters. A name that could also be a file,
/// such as `invoice.zip`, counts as a domain; a name with a single dot and the ending of a program or document does
/// not.
pub fn is_domain(word: &str) -> bool {
    let labels: Vec<_> = word.split('.').collect();
    let is_label = |label: &&str| {
        let mut chars = label.chars();
        !label.is_empty() && chars.all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
    };
    let [_, .., last] = &labels[..] else {
        return false;
    };
    let is_top = last.len() > 1 && (last.chars().all(char::is_alphabetic) || last.starts_with("xn--"));
    labels.iter().all(is_label) && is_top && (labels.len() > 2 || !is_file_ending(last))
}

/// Whether `word` is the name of a program, a script or a document, without a directory.
pub fn is_file_name(word: &str) -> bool {
    let is_name = |char: char| char.is_alphanumeric() || "-_.$+~{}@&".contains(char);
    word.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && is_file_ending(ending))
        && word.chars().all(is_name)
}

fn is_file_ending(ending: &str) -> bool {
    FILE_ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Reverts [`defang`], and the other ways of defanging that are common in reports.
pub fn refang(text: &str) -> String {
    let mut out = text.to_owned();
    // Few words are defanged, and a query may have many: skip the replacements.
    if !text.contains(['[', '(', '{']) && !text.contains("://") {
        return out;
    }
    for (from, to) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[://]", "://"),
        ("[:]", ":"),
        ("[@]", "@"),
        ("[at]", "@"),
        ("hxxps://", "https://"),
        ("hxxp://", "http://"),
        ("fxp://", "ftp://"),
    ] {
        out = replace_folded(&out, from, to);
    }
    out
}

/// Replaces `from` (in lower case) by `to`, ignoring the letter case of `text`.
fn replace_folded(text: &str, from: &str, to: &str) -> String {
    let folded = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    while let Some(offset) = folded[start..].find(from) {
        out.push_str(&text[start..start + offset]);
        out.push_str(to);
        start += offset + from.len();
    }
    out.push_str(&text[start..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_and_addresses_are_defanged() {
        for (text, expected) in [
            ("curl http://10.0.0.1/a", "curl hxxp://10[.]0[.]0[.]1/a"),
            ("ping 10.0.0.1", "ping 10[.]0[.]0[.]1"),
            ("10.0.0.1:443", "10[.]0[.]0[.]1:443"),
            ("img-cache.example", "img-cache[.]example"),
            ("domain:evil.example -a", "domain:evil[.]example -a"),
            ("ana@corp.example", "ana[@]corp[.]example"),
            ("www.evil.com", "www[.]evil[.]com"),
            ("evil.com", "evil[.]com"),
            ("invoice.zip", "invoice[.]zip"),
            ("process_name:msiexec.exe", "process_name:msiexec.exe"),
            (r"c:\users\a.b\x.example", r"c:\users\a.b\x.example"),
            ("2026-11-29T15:50:00.000942Z", "2026-11-29T15:50:00.000942Z"),
            ("006.002.001.70406", "006.002.001.70406"),
            ("1.5", "1.5"),
        ] {
            assert_eq!(defang_cell(&text.into()), expected);
        }
    }
}
