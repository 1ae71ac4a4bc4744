//! Checks whether a value fits the type of its field.

use std::ops::Range;

use super::super::fields::{FieldType, QueryField};
use super::super::syntax::dates::Date;
use super::super::syntax::network::Network;
use super::collector::Diagnostics;
use super::problem::{Cause, Fix};

/// The text of a value in a query.
#[derive(Clone, Copy, Debug)]
pub(in crate::query) struct ValueText<'a> {
    pub(in crate::query) text: &'a str,
    /// Whether it has `*` or `?` that stand for other characters.
    pub(in crate::query) has_wildcard: bool,
}

impl<'a> ValueText<'a> {
    /// A value without quotes, in which `*` and `?` are wildcards.
    pub(in crate::query) fn bare(text: &'a str) -> Self {
        Self { text, has_wildcard: text.contains(['*', '?']) }
    }

    /// A value in quotes or at the end of a range.
    pub(in crate::query) fn literal(text: &'a str) -> Self {
        Self { text, has_wildcard: false }
    }
}

/// Warns of a value that does not fit the type of its field.
pub(in crate::query) fn check_type(
    diagnostics: &mut Diagnostics<'_>,
    name: &str,
    field: &QueryField,
    value: ValueText<'_>,
    span: &Range<usize>,
) {
    let text = value.text;
    if fits_type(field, value) || !diagnostics.accepts_warnings() {
        return;
    }
    let is_hash = matches!(field.kind, FieldType::Md5 | FieldType::Sha256);
    let found = if is_hash && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        format!(", this has {}", text.len())
    } else {
        String::new()
    };
    let noun = field.kind.describe();
    let hint = match field.kind {
        FieldType::Md5 | FieldType::Sha256 => "use * for unknown digits".to_owned(),
        FieldType::Status | FieldType::Crossproc | FieldType::Sign => {
            format!("use one of {}", field.allowed_values.join(", "))
        }
        FieldType::Ip if Network::parse(text).is_some() => format!("write ipv6addr:{text}"),
        FieldType::Ipv6 if Network::parse(text).is_some() => format!("write ipaddr:{text}"),
        FieldType::Time => {
            format!("write {name}:2021-03-04, {name}:[2021-03-04T10:00:00 TO *] or {name}:-24h")
        }
        FieldType::Bool => format!("write {name}:true or {name}:false"),
        _ => format!("write {name}:{}", field.sample),
    };
    let fix = type_fix(diagnostics, name, field, text, span);
    diagnostics.add_problem(Cause::WrongType, span.clone(), format!("{name} needs {noun}{found}"), hint).add_fix(fix);
}

/// Returns a fix that makes the value fit; `None` if the intention is not clear.
fn type_fix(
    diagnostics: &Diagnostics<'_>,
    name: &str,
    field: &QueryField,
    text: &str,
    span: &Range<usize>,
) -> Option<Fix> {
    let rename = |other: &str| {
        let before = diagnostics.text[..span.start].trim_end();
        let end = before.strip_suffix(':')?.len();
        let is_named = before[..end].ends_with(name);
        is_named.then(|| diagnostics.replacement_fix(end - name.len()..end, format!("write {other}"), other)).flatten()
    };
    let value = |text: &str| diagnostics.replacement_fix(span.clone(), format!("write {text}"), text);
    // In a range the value is only a part of `span`.
    if diagnostics.text[span.clone()].trim_matches('"') != text {
        return None;
    }
    match field.kind {
        FieldType::Ip if Network::parse(text).is_some() => rename("ipv6addr"),
        FieldType::Ipv6 if Network::parse(text).is_some() => rename("ipaddr"),
        FieldType::Bool => match text.to_ascii_lowercase().as_str() {
            "yes" | "1" | "on" => value("true"),
            "no" | "0" | "off" => value("false"),
            _ => None,
        },
        FieldType::Integer | FieldType::Float => comparison_range(text).and_then(|range| value(&range)),
        FieldType::Time => {
            let ago = format!("-{text}");
            Date::parse(&ago).and_then(|_| value(&ago))
        }
        _ => None,
    }
}

/// Returns the range for a comparison such as `>5`; `None` if `text` is no comparison.
fn comparison_range(text: &str) -> Option<String> {
    let bound = |rest: &str, by: i64| {
        let number: i64 = rest.trim_start_matches('=').parse().ok()?;
        number.checked_add(if rest.starts_with('=') { 0 } else { by })
    };
    match text.split_at_checked(1)? {
        (">", rest) => Some(format!("[{} TO *]", bound(rest, 1)?)),
        ("<", rest) => Some(format!("[* TO {}]", bound(rest, -1)?)),
        _ => None,
    }
}

/// Returns whether the type of `field` allows a value.
pub(in crate::query) fn fits_type(field: &QueryField, value: ValueText<'_>) -> bool {
    let ValueText { text, has_wildcard } = value;
    let is_hash = |len: usize| has_wildcard || (text.len() == len && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let is_word = || {
        let bare = |word: &str| word.trim_matches('"').to_owned();
        has_wildcard || field.allowed_values.iter().any(|word| bare(word).eq_ignore_ascii_case(text))
    };
    match field.kind {
        FieldType::Md5 => is_hash(32),
        FieldType::Sha256 => is_hash(64),
        FieldType::Ip => has_wildcard || Network::parse(text).is_some_and(Network::is_v4),
        FieldType::Ipv6 => has_wildcard || Network::parse(text).is_some_and(|network| !network.is_v4()),
        FieldType::Integer => text.parse::<i64>().is_ok(),
        FieldType::Float => text.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Bool => ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        FieldType::Time => Date::parse(text).is_some(),
        FieldType::Sign | FieldType::Status | FieldType::Crossproc => is_word(),
        FieldType::Keyword
        | FieldType::Username
        | FieldType::Guid
        | FieldType::Text
        | FieldType::Path
        | FieldType::Cmdline
        | FieldType::Domain => true,
    }
}
