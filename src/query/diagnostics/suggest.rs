//! The field that was probably meant.

use super::super::fields::{self, Index};

/// What people call a field, where no slip of the finger leads to its name.
const ALIASES: [(&str, &str); 14] = [
    ("command", "cmdline"),
    ("command_line", "cmdline"),
    ("commandline", "cmdline"),
    ("hash", "md5"),
    ("host", "hostname"),
    ("image", "process_name"),
    ("ip", "ipaddr"),
    ("ip_address", "ipaddr"),
    ("port", "ipport"),
    ("process", "process_name"),
    ("registry", "regmod"),
    ("score", "alert_severity"),
    ("severity", "alert_severity"),
    ("user", "username"),
];

/// The name of a field that is like this one.
pub(in crate::query) fn suggest(index: Option<Index>, name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let is_there = |name: &str| index.is_none_or(|index| fields::find_field(index, name).is_some());
    let alias = ALIASES.iter().find(|(alias, field)| *alias == lower && is_there(field));
    if let Some((_, field)) = alias {
        return Some(field);
    }
    let all = Index::ALL.into_iter().filter(|home| index.is_none_or(|index| index == *home));
    let near = all
        .flat_map(fields::fields)
        .filter(|field| !field.has_placeholder())
        .map(|field| (edit_distance(&lower, field.name), field.name))
        .min()?;
    // A third of the letters wrong is another word.
    (near.0 <= lower.len() / 3).then_some(near.1)
}

/// How many letters must be added, dropped or replaced to make one name of the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (to, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[to + 1];
            row[to + 1] = replaced.min(row[to] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
