//! Values that cannot be in the field they are looked for in.

use std::ops::Range;

use super::super::fields::{Field, Kind};
use super::super::syntax::dates::Date;
use super::super::syntax::network::Network;
use super::super::syntax::parser::Parser;
use super::problem::{Cause, Fix};

/// Warns of a value that cannot be in a field of this kind.
pub(in crate::query) fn misfit(
    parser: &mut Parser<'_>,
    name: &str,
    field: &Field,
    text: &str,
    has_wildcard: bool,
    span: &Range<usize>,
) {
    if fits(field, text, has_wildcard) || !parser.has_room() {
        return;
    }
    let is_hash = matches!(field.kind, Kind::Md5 | Kind::Sha256);
    let found = if is_hash && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        format!("has {}", text.len())
    } else {
        "is none".to_owned()
    };
    let noun = field.kind.noun();
    let hint = match field.kind {
        Kind::Md5 | Kind::Sha256 => "type all of it, or * for the digits you do not know".to_owned(),
        Kind::Status | Kind::Crossproc | Kind::Sign => {
            format!("write one of {}", field.words.join(", "))
        }
        Kind::Ip if Network::read(text).is_some() => format!("write ipv6addr:{text}"),
        Kind::Ipv6 if Network::read(text).is_some() => format!("write ipaddr:{text}"),
        Kind::Time => {
            format!("write {name}:2021-03-04, {name}:[2021-03-04T10:00:00 TO *] or {name}:-24h")
        }
        Kind::Bool => format!("write {name}:true or {name}:false"),
        _ => format!("write {name}:{}", field.sample),
    };
    let fix = fitting(parser, name, field, text, span);
    parser.problem(Cause::Misfit, span.clone(), format!("{name} holds {noun}; this {found}"), hint).fix(fix);
}

/// The change that makes it fit, where only one thing can have been meant.
fn fitting(parser: &Parser<'_>, name: &str, field: &Field, text: &str, span: &Range<usize>) -> Option<Fix> {
    let rename = |other: &str| {
        let before = parser.text[..span.start].trim_end();
        let end = before.strip_suffix(':')?.len();
        let is_named = before[..end].ends_with(name);
        is_named.then(|| parser.change(end - name.len()..end, format!("write {other}"), other)).flatten()
    };
    let value = |text: &str| parser.change(span.clone(), format!("write {text}"), text);
    // An end of a range is not all that stands there.
    if parser.text[span.clone()].trim_matches('"') != text {
        return None;
    }
    match field.kind {
        Kind::Ip if Network::read(text).is_some() => rename("ipv6addr"),
        Kind::Ipv6 if Network::read(text).is_some() => rename("ipaddr"),
        Kind::Bool => match text.to_ascii_lowercase().as_str() {
            "yes" | "1" | "on" => value("true"),
            "no" | "0" | "off" => value("false"),
            _ => None,
        },
        Kind::Integer | Kind::Float => compared(text).and_then(|range| value(&range)),
        Kind::Time => {
            let ago = format!("-{text}");
            Date::read(&ago).and_then(|_| value(&ago))
        }
        _ => None,
    }
}

/// The range for `>5` and its like.
fn compared(text: &str) -> Option<String> {
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

/// Whether a value can be in a field.
pub(in crate::query) fn fits(field: &Field, text: &str, has_wildcard: bool) -> bool {
    let is_hash = |len: usize| has_wildcard || (text.len() == len && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let is_word = || {
        let bare = |word: &str| word.trim_matches('"').to_owned();
        has_wildcard || field.words.iter().any(|word| bare(word).eq_ignore_ascii_case(text))
    };
    match field.kind {
        Kind::Md5 => is_hash(32),
        Kind::Sha256 => is_hash(64),
        Kind::Ip => has_wildcard || Network::read(text).is_some_and(Network::is_v4),
        Kind::Ipv6 => has_wildcard || Network::read(text).is_some_and(|network| !network.is_v4()),
        Kind::Integer => text.parse::<i64>().is_ok(),
        Kind::Float => text.parse::<f64>().is_ok_and(f64::is_finite),
        Kind::Bool => ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        Kind::Time => Date::read(text).is_some(),
        Kind::Sign | Kind::Status | Kind::Crossproc => is_word(),
        Kind::Keyword | Kind::Username | Kind::Guid | Kind::Text | Kind::Path | Kind::Cmdline | Kind::Domain => true,
    }
}
