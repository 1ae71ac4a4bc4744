//! Members of records that clients send.

use serde_json::{Map, Value};

/// A record as it was sent.
pub(super) type Sent = Map<String, Value>;

/// A member that cannot be what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InvalidMember;

/// A yes or no, which may be a word: programs written in Python send `"True"`.
pub(crate) fn parse_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A whole number, which may be written as text.
pub(super) fn parse_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

/// A member that is there and not null.
pub(super) fn non_null<'s>(sent: &'s Sent, name: &str) -> Option<&'s Value> {
    sent.get(name).filter(|value| !value.is_null())
}

/// Takes over a yes or no, if one was sent.
pub(super) fn take_flag(sent: &Sent, name: &str, into: &mut bool) -> Result<(), InvalidMember> {
    if let Some(value) = non_null(sent, name) {
        *into = parse_flag(value).ok_or(InvalidMember)?;
    }
    Ok(())
}

/// Takes over a text that must not be empty, if the member was sent.
pub(super) fn take_text(sent: &Sent, name: &str, into: &mut String) -> Result<(), InvalidMember> {
    match sent.get(name) {
        None => Ok(()),
        Some(Value::String(text)) if !text.is_empty() => {
            text.clone_into(into);
            Ok(())
        }
        Some(_) => Err(InvalidMember),
    }
}

/// Takes over a text or null, if the member was sent.
pub(super) fn take_note(sent: &Sent, name: &str, into: &mut Option<String>) -> Result<(), InvalidMember> {
    match sent.get(name) {
        None => {}
        Some(Value::String(text)) => *into = Some(text.clone()),
        Some(Value::Null) => *into = None,
        Some(_) => return Err(InvalidMember),
    }
    Ok(())
}
