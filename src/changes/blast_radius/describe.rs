//! How the blast radius is told.

use crate::model::Facets;
use crate::text;
use crate::text::Untrusted;

/// As many are named; the others are counted.
const NAMED: usize = 6;

/// Cells of a name.
const WIDE: usize = 32;

/// Makers of what protects hosts, as they call themselves in signatures.
const SECURITY: [&str; 22] = [
    "bit9",
    "carbon black",
    "vmware",
    "crowdstrike",
    "sentinelone",
    "sophos",
    "mcafee",
    "trellix",
    "symantec",
    "broadcom",
    "trend micro",
    "kaspersky",
    "eset",
    "bitdefender",
    "malwarebytes",
    "palo alto networks",
    "cylance",
    "fireeye",
    "f-secure",
    "withsecure",
    "avast",
    "tanium",
];

/// The maker of security tools among these words, which are in small letters.
pub(super) fn security_maker(words: &str) -> Option<&'static str> {
    let is_word = |maker: &str| {
        words.match_indices(maker).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let after = words[at + maker.len()..].chars().next();
            let is_edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
            is_edge(before) && is_edge(after)
        })
    };
    SECURITY.into_iter().find(|maker| is_word(maker))
}

/// A name that is not too long; one that is empty is said to be.
fn shown(name: &Untrusted) -> String {
    let named = name.non_empty().map(|name| text::fit(name, WIDE));
    named.unwrap_or_else(|| "(empty)".into())
}

/// The first few names, and how many more there are.
pub(super) fn few<'t>(names: impl ExactSizeIterator<Item = &'t Untrusted>) -> String {
    let n_more = names.len().saturating_sub(NAMED);
    let shown: Vec<_> = names.take(NAMED).map(shown).collect();
    let more = match n_more {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    if shown.is_empty() { "no names".into() } else { format!("{}{more}", shown.join(", ")) }
}

/// So many hosts.
pub(super) fn hosts(n: usize) -> String {
    text::counted(n, "host", "hosts")
}

/// The first few names with their counts.
pub(super) fn tally(counts: &[(&Untrusted, u64)]) -> String {
    let named = counts.iter().take(NAMED);
    let named: Vec<_> = named.map(|(name, count)| format!("{} ({count})", shown(name))).collect();
    let more = match counts.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// What stands before a count that may be too small.
pub(super) fn at_least(is_less: bool) -> &'static str {
    if is_less { "at least " } else { "" }
}

/// Where a count comes from: how much was counted, and whether that is all.
pub(super) fn source(what: &str, facets: &Facets) -> String {
    let limits = if facets.is_incomplete { ", INCOMPLETE" } else { "" };
    let hidden = match facets.hidden {
        0 => String::new(),
        n => format!(", {n} hidden (no permission)"),
    };
    let unread = match facets.broken {
        0 => String::new(),
        n => format!(", {} unreadable", text::counted(n, "value", "values")),
    };
    let n = text::counted(facets.total, "process segment", "process segments");
    format!("{what}, {n}{limits}{unread}{hidden}")
}

/// Whether a path is one that no ban reaches. A pattern names the end of a path, below a directory of the system if it
/// begins with a variable.
pub(super) fn is_restricted(pattern: &Untrusted, path: &Untrusted) -> bool {
    let pattern = pattern.raw().to_lowercase();
    let path = path.raw().to_lowercase();
    let end = pattern.strip_prefix("%systemroot%").unwrap_or(&pattern);
    let end = end.trim_start_matches('\\');
    path == end || path.ends_with(&format!("\\{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_is_a_whole_word() {
        assert_eq!(security_maker("carbon black, inc."), Some("carbon black"));
        assert_eq!(security_maker("eset, spol. s r.o."), Some("eset"));
        assert_eq!(security_maker("reset software"), None);
    }

    #[test]
    fn a_path_that_no_ban_reaches_is_known_by_its_end() {
        let pattern = r"%SystemRoot%\system32\svchost.exe".into();
        assert!(is_restricted(&pattern, &r"c:\windows\system32\svchost.exe".into()));
        assert!(!is_restricted(&pattern, &r"c:\users\x\svchost.exe".into()));
        assert!(!is_restricted(&pattern, &r"c:\windows\xsystem32\svchost.exe".into()));
    }

    #[test]
    fn names_beyond_the_first_few_are_counted() {
        let names: Vec<Untrusted> = (0..8).map(|n| n.to_string().into()).collect();
        assert_eq!(few(names.iter()), "0, 1, 2, 3, 4, 5 and 2 more");
        assert_eq!(few([].iter()), "no names");
        // A user or a host without a name is one, all the same.
        let names: [Untrusted; 2] = ["".into(), "ana".into()];
        assert_eq!(few(names.iter()), "(empty), ana");
        assert_eq!(tally(&[(&"".into(), 3)]), "(empty) (3)");
    }
}
