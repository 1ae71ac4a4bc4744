//! Compact JSON: white space removed, and long texts truncated on request.

use std::fmt::Write;

/// Removes the white space between the tokens of valid JSON. Numbers, key order and escapes are unchanged.
///
/// A lone surrogate becomes U+FFFD: Windows allows it in a command line and Python's JSON writer passes it on, but our
/// JSON parsers refuse it, and one bad character must not hide a process.
pub(super) fn compact(json: &str) -> String {
    compact_within(json, usize::MAX, String::with_capacity(json.len()))
}

/// Removes white space like [`compact`], and truncates texts of more than `max_text` bytes; the end of each says how
/// many bytes are missing.
pub(super) fn compact_cut(json: &str, max_text: usize) -> String {
    compact_within(json, max_text, String::new())
}

/// Removes white space and truncates texts to `max_text` bytes.
fn compact_within(json: &str, max_text: usize, mut out: String) -> String {
    let mut remaining = json;
    let mut is_text = false;
    // How many more bytes fit into the current text, and how many of it were left out.
    let (mut room, mut missing) = (max_text, 0);
    while let Some(at) = remaining.find(if is_text { TEXT_STOPS } else { TOKEN_STOPS }) {
        let (plain, following) = remaining.split_at(at);
        let fitting = if is_text { &plain[..plain.floor_char_boundary(room)] } else { plain };
        out.push_str(fitting);
        if is_text {
            room -= fitting.len();
            missing += plain.len() - fitting.len();
            if missing > 0 {
                room = 0;
            }
        }
        remaining = following;
        let (output, used) = match remaining.as_bytes()[0] {
            b'"' => {
                is_text = !is_text;
                if missing > 0 {
                    let _ = write!(out, "… ({missing} bytes omitted)");
                }
                (room, missing) = (max_text, 0);
                ("\"", 1)
            }
            b'\\' => {
                let (output, used) = escape(remaining);
                if output.len() > room {
                    missing += used;
                    room = 0;
                    ("", used)
                } else {
                    room -= output.len();
                    (output, used)
                }
            }
            _ => ("", 1),
        };
        out.push_str(output);
        remaining = &remaining[used..];
    }
    out.push_str(remaining);
    out
}

/// The characters in a string that need handling.
const TEXT_STOPS: &[char] = &['"', '\\'];

/// The characters between tokens that need handling.
const TOKEN_STOPS: &[char] = &['"', ' ', '\t', '\r', '\n'];

/// Returns the output for the escape at the start of `text`, and how many bytes the escape has.
fn escape(text: &str) -> (&str, usize) {
    const REPLACEMENT: (&str, usize) = ("\\ufffd", 6);
    match utf16_unit(text) {
        Some(0xd800..=0xdbff) => match text.get(6..).and_then(utf16_unit) {
            Some(0xdc00..=0xdfff) => (&text[..12], 12),
            _ => REPLACEMENT,
        },
        Some(0xdc00..=0xdfff) => REPLACEMENT,
        Some(_) => (&text[..6], 6),
        None => text.get(..2).map_or((text, text.len()), |pair| (pair, 2)),
    }
}

/// Returns the UTF-16 unit of a `\uXXXX` escape at the start of `text`.
fn utf16_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        assert_eq!(compact(json), expected);
        serde_json::from_str::<Value>(expected).unwrap();
    }

    #[test]
    fn only_white_space_is_removed() {
        check(
            "{\n  \"b\": [1, 0.021306037902832031],\r\n\t\"a\": \"x \\\" y\"\n}",
            r#"{"b":[1,0.021306037902832031],"a":"x \" y"}"#,
        );
        check(r#""\u00ae \\" "#, r#""\u00ae \\""#);
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        check(r#""a\ud800b""#, r#""a\ufffdb""#);
        check(r#""\udc00\ud83d\ude00\ud83d""#, r#""\ufffd\ud83d\ude00\ufffd""#);
        check(r#""\ud800\u0041""#, r#""\ufffd\u0041""#);
        check(r#""\\ud800""#, r#""\\ud800""#);
    }

    #[test]
    fn a_long_text_is_truncated_and_says_so() {
        let json = r#"{"a": "0123456789", "b": "01\\2\u00ae3é", "c": "é", "d": "0123", "e": [1, 2, 3, 4, 5]}"#;
        assert_eq!(
            compact_cut(json, 4),
            r#"{"a":"0123… (6 bytes omitted)","b":"01\\… (10 bytes omitted)","c":"é","d":"0123","e":[1,2,3,4,5]}"#
        );
        assert_eq!(compact_cut(json, 100), compact(json));
    }

    proptest! {
        #[test]
        fn truncated_json_is_valid(text in any::<String>(), max_text in 0_usize..40) {
            let value = serde_json::json!({ "a": [&text, { "b": &text }] });
            let cut = compact_cut(&value.to_string(), max_text);
            prop_assert!(serde_json::from_str::<Value>(&cut).is_ok(), "{}", cut);
        }

        #[test]
        fn the_value_is_the_same(text in any::<String>(), number in any::<f64>(), flag in any::<bool>()) {
            let value = serde_json::json!({ &text: [number, { "nested": &text, "flag": flag }, null] });
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(compact(&pretty), value.to_string());
        }
    }
}
