//! JSON records of the server, prepared for output.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

use serde_json::value::RawValue;

use crate::model::Document;

/// Escapes everything in `json` but printable ASCII and line feeds, as the server itself does, so that no character of
/// a string can affect a terminal.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    // Control characters cannot stand unescaped in a JSON string; the line feeds between values are ours.
    let is_plain = |c: char| matches!(c, ' '..='~' | '\n');
    // Every byte is looked at, without a branch: several at a time, and nearly all records are plain.
    if json.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~' | b'\n')) {
        return json.into();
    }
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    for char in json.chars() {
        if is_plain(char) {
            out.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}").expect("a String takes what is written to it");
        }
    }
    out.into()
}

/// Returns the record with the members `added`, which replace its members of these names; numbers keep the server's
/// spelling.
pub fn with_members(document: &Document, added: &[(&str, String)]) -> String {
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(document.json()).unwrap_or_default();
    for (name, json) in added {
        if let Ok(value) = RawValue::from_string(json.clone()) {
            members.insert((*name).to_owned(), value);
        }
    }
    serde_json::to_string(&members).unwrap_or_else(|_| document.json().to_owned())
}

/// Returns the record with the members `added` before its own. They replace its members of these names; if there
/// are none, the record's own keep their order.
pub fn with_leading_members(document: &Document, added: &[(&str, String)]) -> String {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(document.json()).unwrap_or_default();
    let mut json = String::with_capacity(document.len() + 32 * added.len());
    let mut put = |name: &str, value: &str| {
        json.push_str(if json.is_empty() { "{" } else { "," });
        json.push_str(&quote_json(name));
        json.push(':');
        json.push_str(value);
    };
    for (name, value) in added {
        put(name, value);
    }
    if added.iter().any(|(name, _)| members.contains_key(*name)) {
        let is_kept = |name: &str| added.iter().all(|(added, _)| *added != name);
        for (name, value) in members.iter().filter(|(name, _)| is_kept(name)) {
            put(name, value.get());
        }
    } else if !members.is_empty() {
        // The text of the record after its opening brace.
        json.push(',');
        json.push_str(document.json().get(1..).unwrap_or_default());
        return json;
    }
    json.push('}');
    json
}

/// Formats `text` as a JSON string.
pub fn quote_json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_has_the_original_value() {
        let json = "{\"name\":\"世\u{202e}\u{9b}𝄞\u{7f}\"}";
        let written = escape_json(json);
        assert!(written.is_ascii());
        assert!(!written.contains('\u{7f}'));
        let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(read(&written), read(json));
    }

    #[test]
    fn members_are_added_and_numbers_stay_as_they_are() {
        let document = Document::new(r#"{"elapsed":0.021306037902832031,"depth":7}"#);
        let added = [("depth", "1".to_owned()), ("relation", r#""child""#.to_owned())];
        assert_eq!(with_members(&document, &added), r#"{"depth":1,"elapsed":0.021306037902832031,"relation":"child"}"#);
        assert_eq!(with_members(&Document::default(), &added[..1]), r#"{"depth":1}"#);
    }

    #[track_caller]
    fn check(added: &[(&str, String)], document: &str, expected: &str) {
        let written = with_leading_members(&Document::new(document), added);
        assert_eq!(written, expected);
        serde_json::from_str::<serde_json::Value>(&written).unwrap();
    }

    #[test]
    fn added_members_come_first() {
        let added = [("kind", quote_json("x\"y")), ("segment_id", "7".to_owned())];
        check(&added, r#"{"z":1.50,"a":2}"#, r#"{"kind":"x\"y","segment_id":7,"z":1.50,"a":2}"#);
        check(&added, r#"{"z":1,"kind":2,"a":3}"#, r#"{"kind":"x\"y","segment_id":7,"a":3,"z":1}"#);
        check(&added, "{}", r#"{"kind":"x\"y","segment_id":7}"#);
        check(&added, "", r#"{"kind":"x\"y","segment_id":7}"#);
        check(&added, r#"{"kind":2}"#, r#"{"kind":"x\"y","segment_id":7}"#);
    }
}
