//! Spells values and conditions as parts of a query.

use super::print::{push_escaped, quote_phrase};
use super::scan::{field_name, operator_len};

/// Returns `value` as it must be written after `field:` to be read literally: unchanged or in quotes.
///
/// A value that ends in a backslash cannot be quoted, and unquoted the backslash would escape the space after it. Its
/// last character becomes the wildcard `?`, and so do tabs, line breaks and a leading bracket in it, which have no
/// spelling outside quotes.
pub fn quote(value: &str) -> String {
    if let Some(value) = value.strip_suffix('\\') {
        let mut out = String::new();
        for char in value.chars() {
            match char {
                ' ' => push_escaped(&mut out, char),
                char if char.is_whitespace() => out.push('?'),
                '[' if out.is_empty() => out.push('?'),
                char => push_escaped(&mut out, char),
            }
        }
        out.push('?');
        return out;
    }
    let is_plain = !value.is_empty()
        && !value.starts_with(['-', '['])
        && !value.contains(['*', '?', '"', '(', ')'])
        && !value.contains(char::is_whitespace)
        && operator_len(value) == 0
        && field_name(value).is_none_or(|name| name.len() == 1);
    if is_plain { value.to_owned() } else { quote_phrase(value) }
}

/// Writes a value with wildcards or a trailing backslash as an escaped word, and any other like [`quote`].
pub(in crate::query) fn escape_value(value: &str) -> String {
    if !value.contains(['*', '?']) && !value.ends_with('\\') {
        return quote(value);
    }
    let mut out = String::new();
    value.chars().for_each(|char| push_escaped(&mut out, char));
    out
}

/// Joins conditions by `OR`, with parentheses if there are several.
pub fn or_conditions(conditions: &[String]) -> String {
    match conditions {
        [one] => one.clone(),
        many => format!("({})", many.join(" OR ")),
    }
}
