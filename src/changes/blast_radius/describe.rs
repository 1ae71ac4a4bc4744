//! How the blast radius is told.

use crate::model::Facets;
use crate::text;
use crate::text::Untrusted;

/// As many are named; the others are counted.
const MAX_NAMES: usize = 6;

/// Cells of a name.
const NAME_CELLS: usize = 32;

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
pub(super) fn security_vendor(words: &str) -> Option<&'static str> {
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
fn display_name(name: &Untrusted) -> String {
    let named = name.non_empty().map(|name| text::fit(name, NAME_CELLS));
    named.unwrap_or_else(|| "(empty)".into())
}

/// The first few names, and how many more there are.
pub(super) fn abbreviate_names<'t>(names: impl ExactSizeIterator<Item = &'t Untrusted>) -> String {
    let n_more = names.len().saturating_sub(MAX_NAMES);
    let shown: Vec<_> = names.take(MAX_NAMES).map(display_name).collect();
    let more = match n_more {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    if shown.is_empty() { "no names".into() } else { format!("{}{more}", shown.join(", ")) }
}

/// So many hosts.
pub(super) fn host_count(n: usize) -> String {
    text::pluralize(n, "host", "hosts")
}

/// The first few names with their counts.
pub(super) fn describe_counts(counts: &[(&Untrusted, u64)]) -> String {
    let named = counts.iter().take(MAX_NAMES);
    let named: Vec<_> = named.map(|(name, count)| format!("{} ({count})", display_name(name))).collect();
    let more = match counts.len().saturating_sub(MAX_NAMES) {
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
pub(super) fn describe_source(what: &str, facets: &Facets) -> String {
    let limits = if facets.is_incomplete { ", INCOMPLETE" } else { "" };
    let hidden = match facets.hidden {
        0 => String::new(),
        n => format!(", {n} hidden (no permission)"),
    };
    let unread = match facets.n_unreadable {
        0 => String::new(),
        n => format!(", {} unreadable", text::pluralize(n, "value", "values")),
    };
    let n = text::pluralize(facets.total, "process segment", "process segments");
    format!("{what}, {n}{limits}{unread}{hidden}")
}

/// Whether a path is one that no ban reaches. A pattern names the end of a path, below a directory of the system if it
/// begins with a variable.
pub(super) fn is_unbannable(pattern: &Untrusted, path: &Untrusted) -> bool {
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
        assert_eq!(security_vendor("carbon black, inc."), Some("carbon black"));
        assert_eq!(security_vendor("eset, spol. s r.o."), Some("eset"));
        assert_eq!(security_vendor("reset software"), None);
    }

    #[test]
    fn a_path_that_no_ban_reaches_is_known_by_its_end() {
        let pattern = r"%SystemRoot%\system32\svchost.exe".into();
        assert!(is_unbannable(&pattern, &r"c:\windows\system32\svchost.exe".into()));
        assert!(!is_unbannable(&pattern, &r"c:\users\x\svchost.exe".into()));
        assert!(!is_unbannable(&pattern, &r"c:\windows\xsystem32\svchost.exe".into()));
    }

    #[test]
    fn names_beyond_the_first_few_are_counted() {
        let names: Vec<Untrusted> = (0..8).map(|n| n.to_string().into()).collect();
        assert_eq!(abbreviate_names(names.iter()), "0, 1, 2, 3, 4, 5 and 2 more");
        assert_eq!(abbreviate_names([].iter()), "no names");
        // A user or a host without a name is one, all the same.
        let names: [Untrusted; 2] = ["".into(), "ana".into()];
        assert_eq!(abbreviate_names(names.iter()), "(empty), ana");
        assert_eq!(describe_counts(&[(&"".into(), 3)]), "(empty) (3)");
    }
}
