//! Suggests a known field for an unknown name.

use super::super::fields::{self, Index};

/// Other names in use for fields, which are too different to be found as typing errors.
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

/// Returns the field name that is most similar to `name`; `None` if none is similar enough.
pub(in crate::query) fn suggest(index: Option<Index>, name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let exists = |name: &str| index.is_none_or(|index| fields::find_field(index, name).is_some());
    let alias = ALIASES.iter().find(|(alias, field)| *alias == lower && exists(field));
    if let Some((_, field)) = alias {
        return Some(field);
    }
    let nearest = Index::ALL
        .into_iter()
        .filter(|candidate| index.is_none_or(|index| index == *candidate))
        .flat_map(fields::fields)
        .filter(|field| !field.has_placeholder())
        .map(|field| (strsim::levenshtein(&lower, field.name), field.name))
        .min()?;
    // With more than a third of the letters wrong it is another word.
    (nearest.0 <= lower.len() / 3).then_some(nearest.1)
}
