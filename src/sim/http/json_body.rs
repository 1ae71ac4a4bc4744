//! Members of JSON bodies.

use serde_json::{Map, Value};

/// JSON object of a request body.
pub(in crate::sim) type JsonObject = Map<String, Value>;

/// Error: a member has a wrong type or an invalid value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct InvalidMember;

/// Parses a flag, which may be text: programs written in Python send `"True"`.
pub(in crate::sim) fn parse_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Parses an integer, which may be written as text.
pub(in crate::sim) fn parse_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

/// Returns a member unless it is absent or null.
pub(in crate::sim) fn non_null<'s>(body: &'s JsonObject, name: &str) -> Option<&'s Value> {
    body.get(name).filter(|value| !value.is_null())
}

/// Sets `target` to a flag, unless the member is absent or null.
pub(in crate::sim) fn take_flag(body: &JsonObject, name: &str, target: &mut bool) -> Result<(), InvalidMember> {
    if let Some(value) = non_null(body, name) {
        *target = parse_flag(value).ok_or(InvalidMember)?;
    }
    Ok(())
}

/// Sets `target` to a text that must not be empty, unless the member is absent.
pub(in crate::sim) fn take_text(body: &JsonObject, name: &str, target: &mut String) -> Result<(), InvalidMember> {
    match body.get(name) {
        None => Ok(()),
        Some(Value::String(text)) if !text.is_empty() => {
            text.clone_into(target);
            Ok(())
        }
        Some(_) => Err(InvalidMember),
    }
}

/// Sets `target` to a text or to `None` for null, unless the member is absent.
pub(in crate::sim) fn take_optional_text(
    body: &JsonObject,
    name: &str,
    target: &mut Option<String>,
) -> Result<(), InvalidMember> {
    match body.get(name) {
        None => {}
        Some(Value::String(text)) => *target = Some(text.clone()),
        Some(Value::Null) => *target = None,
        Some(_) => return Err(InvalidMember),
    }
    Ok(())
}
