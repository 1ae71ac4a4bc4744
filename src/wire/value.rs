//! Lenient conversion of single JSON values.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use serde_json::Value;

/// Parses a Boolean from words in any letter case, or from 0 and 1.
pub(super) fn parse_flag(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Converts an IPv4 address from a signed or unsigned number in network byte order.
pub(super) fn ip_from_number(number: i64) -> Option<IpAddr> {
    let bits = i32::try_from(number).map(i32::cast_unsigned).or_else(|_| u32::try_from(number));
    bits.ok().map(|bits| Ipv4Addr::from_bits(bits).into())
}

/// Parses an IP address; an IPv4-mapped IPv6 address becomes IPv4.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.trim().parse().ok()?;
    Some(address.to_canonical())
}

/// The value of a member: a text, which is borrowed unless it has escapes, or anything else but null.
pub(super) enum MemberValue<'r> {
    Text(Cow<'r, str>),
    Other(Value),
}

impl<'r> MemberValue<'r> {
    /// Parses valid JSON; `None` if it is null.
    pub(super) fn parse(json: &'r str) -> Option<Self> {
        match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(text) if !text.contains('\\') => Some(Self::Text(Cow::Borrowed(text))),
            Some(_) => serde_json::from_str(json).ok().map(|text| Self::Text(Cow::Owned(text))),
            None if json == "null" => None,
            None => serde_json::from_str(json).ok().map(Self::Other),
        }
    }

    /// Returns a scalar as text; of a list, the first entry is used.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.into_owned()),
            Self::Other(value) => to_text(&value),
        }
    }

    /// Returns the entries of a list as texts; a scalar is a list of one.
    pub(super) fn into_texts(self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.into_owned()],
            Self::Other(Value::Array(items)) => items.iter().filter_map(to_text).collect(),
            Self::Other(one) => to_text(&one).into_iter().collect(),
        }
    }

    /// Returns the value as an integer, also from text.
    pub(super) fn to_int(&self) -> Option<i64> {
        match self {
            Self::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| text.parse().ok().and_then(to_integer))
            }
            Self::Other(value) => value.as_i64().or_else(|| value.as_f64().and_then(to_integer)),
        }
    }

    /// Returns a number of up to 64 bits without a sign.
    pub(super) fn to_unsigned(&self) -> Option<u64> {
        match self {
            Self::Text(_) => None,
            Self::Other(value) => value.as_u64(),
        }
    }
}

impl From<Value> for MemberValue<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            other => Self::Other(other),
        }
    }
}

/// Converts a scalar to text; of a list, the first entry is used.
fn to_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => items.first().and_then(to_text),
        Value::Null | Value::Object(_) => None,
    }
}

/// Converts a float without a fraction, such as `3.0`, to an integer.
fn to_integer(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten()
}
