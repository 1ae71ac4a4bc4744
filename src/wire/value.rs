//! Lenient conversion of single JSON values.

use std::net::{IpAddr, Ipv4Addr};

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

/// Converts a scalar to text; of a list, the first entry is used.
pub(super) fn to_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => items.first().and_then(to_text),
        Value::Null | Value::Object(_) => None,
    }
}

/// Converts a value to an integer, also from text.
pub(super) fn to_int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(to_integer)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(to_integer))
        }
        _ => None,
    }
}

/// Converts a float without a fraction, such as `3.0`, to an integer.
fn to_integer(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten()
}
