//! One thing in plain words: its name, and one fact a line.

use crate::text::{self, Untrusted};

/// The name, and the facts that are known.
pub(super) fn card(name: &Untrusted, facts: &[(&str, Option<Untrusted>)]) -> String {
    let known = facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?.non_empty()?)));
    let lines = known.map(|(name, value)| format!("  {name:<14} {}\n", text::make_visible(value)));
    format!("{}\n{}", text::make_visible(name), lines.collect::<String>())
}

/// A fact of ours.
pub(super) fn property<T: ToString>(value: Option<T>) -> Option<Untrusted> {
    value.map(|value| value.to_string().into())
}

/// Yes or no.
pub(super) fn flag(value: Option<bool>) -> Option<&'static str> {
    value.map(|is| if is { "yes" } else { "no" })
}
