//! The details of an object as text: its name, and one property per line.

use crate::text::{self, Untrusted};

/// Returns the name and the properties that have a value.
pub(super) fn card(name: &Untrusted, properties: &[(&str, Option<Untrusted>)]) -> String {
    let present = properties.iter().filter_map(|(name, value)| Some((name, value.as_ref()?.non_empty()?)));
    let lines = present.map(|(name, value)| format!("  {name:<14} {}\n", text::make_visible(value)));
    format!("{}\n{}", text::make_visible(name), lines.collect::<String>())
}

/// Returns a value of this program as a property.
pub(super) fn property<T: ToString>(value: Option<T>) -> Option<Untrusted> {
    value.map(|value| value.to_string().into())
}

/// Returns "yes" or "no".
pub(super) fn flag(value: Option<bool>) -> Option<&'static str> {
    value.map(|is| if is { "yes" } else { "no" })
}

/// Returns the state of what can be enabled and disabled, in words.
pub(super) fn describe_switch(is_enabled: Option<bool>) -> &'static str {
    match is_enabled {
        Some(true) => "enabled",
        Some(false) => "disabled",
        None => "unknown",
    }
}
