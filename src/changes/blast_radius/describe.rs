//! Texts that the probes of the blast radius share.

use crate::model::Facets;
use crate::text;
use crate::text::Untrusted;

/// The maximum number of names; the others are counted.
const MAX_NAMES: usize = 6;

/// Maximum width of a name, in cells.
const NAME_CELLS: usize = 32;

/// Security vendors, as their signatures name them, in lower case.
const SECURITY_VENDORS: [&str; 22] = [
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

/// Returns the security vendor that `words`, in lower case, contains as complete words.
pub(super) fn security_vendor(words: &str) -> Option<&'static str> {
    let contains_word = |vendor: &str| {
        words.match_indices(vendor).any(|(at, _)| {
            let before = words[..at].chars().next_back();
            let after = words[at + vendor.len()..].chars().next();
            let is_edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
            is_edge(before) && is_edge(after)
        })
    };
    SECURITY_VENDORS.into_iter().find(|vendor| contains_word(vendor))
}

/// Returns a name cut to its maximum width, or "(empty)".
fn display_name(name: &Untrusted) -> String {
    name.non_empty().map_or_else(|| "(empty)".into(), |name| text::fit(name, NAME_CELLS))
}

/// Returns the first few names, and the number of the others.
pub(super) fn abbreviate_names<'t>(names: impl ExactSizeIterator<Item = &'t Untrusted>) -> String {
    let n_more = names.len().saturating_sub(MAX_NAMES);
    let shown: Vec<_> = names.take(MAX_NAMES).map(display_name).collect();
    let more = match n_more {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    if shown.is_empty() { "no names".into() } else { format!("{}{more}", shown.join(", ")) }
}

/// Returns the number of hosts in words.
pub(super) fn host_count(n: usize) -> String {
    text::pluralize(n, "host", "hosts")
}

/// Returns the first few names with their counts, and the number of the others.
pub(super) fn describe_counts(counts: &[(&Untrusted, u64)]) -> String {
    let named: Vec<_> =
        counts.iter().take(MAX_NAMES).map(|(name, count)| format!("{} ({count})", display_name(name))).collect();
    let more = match counts.len().saturating_sub(MAX_NAMES) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// The prefix of a count that may be too low.
pub(super) const AT_LEAST: &str = "at least ";

/// Describes the source of a count: how much was counted, and whether that is everything.
pub(super) fn describe_source(source: &str, facets: &Facets) -> String {
    let limits = if facets.is_incomplete { ", INCOMPLETE" } else { "" };
    let hidden = match facets.hidden {
        0 => String::new(),
        n => format!(", {n} hidden (no permission)"),
    };
    let unreadable = match facets.n_unreadable {
        0 => String::new(),
        n => format!(", {} unreadable", text::pluralize(n, "value", "values")),
    };
    let n = text::pluralize(facets.total, "process segment", "process segments");
    format!("{source}, {n}{limits}{unreadable}{hidden}")
}

/// Returns whether a ban restriction exempts a path. A pattern is the end of a path, below a system directory if it
/// begins with a variable.
pub(super) fn is_unbannable(pattern: &Untrusted, path: &Untrusted) -> bool {
    let pattern = pattern.raw().to_lowercase();
    let path = path.raw().to_lowercase();
    let end = pattern.strip_prefix("%systemroot%").unwrap_or(&pattern).trim_start_matches('\\');
    path == end || path.ends_with(&format!("\\{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_is_matched_as_a_complete_word() {
        assert_eq!(security_vendor("carbon black, inc."), Some("carbon black"));
        assert_eq!(security_vendor("eset, spol. s r.o."), Some("eset"));
        assert_eq!(security_vendor("reset software"), None);
    }

    #[test]
    fn a_ban_restriction_matches_the_end_of_a_path() {
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
        // A user or a host without a name counts as well.
        let names: [Untrusted; 2] = ["".into(), "ana".into()];
        assert_eq!(abbreviate_names(names.iter()), "(empty), ana");
        assert_eq!(describe_counts(&[(&"".into(), 3)]), "(empty) (3)");
    }
}
