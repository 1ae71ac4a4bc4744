//! What one JSON value, or one word in its place, may mean.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

/// A yes or no in words of any case, or as 0 and 1.
pub(super) fn parse_flag(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// An IPv4 address as a number, signed or not, in network order.
pub(super) fn ip_from_number(number: i64) -> Option<IpAddr> {
    let bits = i32::try_from(number).map(i32::cast_unsigned).or_else(|_| u32::try_from(number));
    bits.ok().map(|bits| Ipv4Addr::from_bits(bits).into())
}

/// An address as text. An IPv4 address in IPv6 clothes is an IPv4 address.
pub(super) fn parse_ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.trim().parse().ok()?;
    Some(address.to_canonical())
}

/// A value as text; of a list the first entry counts.
pub(super) fn to_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(items) => items.first().and_then(to_text),
        Value::Null | Value::Object(_) => None,
    }
}

/// A value as a whole number, also one written as text.
pub(super) fn to_int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(to_whole_number)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(to_whole_number))
        }
        _ => None,
    }
}

/// A float that is a whole number, such as `3.0`.
fn to_whole_number(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten()
}
