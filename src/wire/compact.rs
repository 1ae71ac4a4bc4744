//! JSON text on one line, with nothing of what it says changed.

use std::fmt::Write;

/// Drops the white space between the tokens of valid JSON. Numbers, key order and escapes stay as they came.
///
/// Half a surrogate pair becomes U+FFFD: Windows allows it in a command line and Python sends it on, but no JSON parser
/// of ours accepts it, and one bad character must not hide a process.
pub(super) fn compact(json: &str) -> String {
    compact_within(json, usize::MAX, String::with_capacity(json.len()))
}

/// The same, with every text of more than `most` bytes cut; its end says how much is missing.
pub(super) fn compact_cut(json: &str, most: usize) -> String {
    compact_within(json, most, String::new())
}

fn compact_within(json: &str, most: usize, mut out: String) -> String {
    let mut rest = json;
    let mut is_text = false;
    // What the text under way still has room for, and what of it is left out.
    let (mut room, mut missing) = (most, 0);
    while let Some(at) = rest.find(stop_chars(is_text)) {
        let (plain, behind) = rest.split_at(at);
        let kept = if is_text { &plain[..plain.floor_char_boundary(room)] } else { plain };
        out.push_str(kept);
        if is_text {
            room -= kept.len();
            missing += plain.len() - kept.len();
            if missing > 0 {
                room = 0;
            }
        }
        rest = behind;
        let (kept, used) = match rest.as_bytes()[0] {
            b'"' => {
                is_text = !is_text;
                if missing > 0 {
                    let _ = write!(out, "… ({missing} bytes left out)");
                }
                (room, missing) = (most, 0);
                ("\"", 1)
            }
            b'\\' => {
                let (kept, used) = escape(rest);
                if kept.len() > room {
                    missing += used;
                    room = 0;
                    ("", used)
                } else {
                    room -= kept.len();
                    (kept, used)
                }
            }
            _ => ("", 1),
        };
        out.push_str(kept);
        rest = &rest[used..];
    }
    out.push_str(rest);
    out
}

/// Where copying has to stop and look: inside a string, and between tokens.
fn stop_chars(is_text: bool) -> &'static [char] {
    if is_text { &['"', '\\'] } else { &['"', ' ', '\t', '\r', '\n'] }
}

/// What to keep of the escape at the beginning of `text`, and how many bytes it takes.
fn escape(text: &str) -> (&str, usize) {
    const LONE: (&str, usize) = ("\\ufffd", 6);
    match utf16_unit(text) {
        Some(0xd800..=0xdbff) => match text.get(6..).and_then(utf16_unit) {
            Some(0xdc00..=0xdfff) => (&text[..12], 12),
            _ => LONE,
        },
        Some(0xdc00..=0xdfff) => LONE,
        Some(_) => (&text[..6], 6),
        None => text.get(..2).map_or((text, text.len()), |pair| (pair, 2)),
    }
}

/// The UTF-16 unit of a `\uXXXX` escape at the beginning of `text`.
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
    fn white_space_goes_and_everything_else_stays() {
        check(
            "{\n  \"b\": [1, 0.021306037902832031],\r\n\t\"a\": \"x \\\" y\"\n}",
            r#"{"b":[1,0.021306037902832031],"a":"x \" y"}"#,
        );
        check(r#""\u00ae \\" "#, r#""\u00ae \\""#);
    }

    #[test]
    fn half_a_surrogate_pair_does_not_spoil_the_text() {
        check(r#""a\ud800b""#, r#""a\ufffdb""#);
        check(r#""\udc00\ud83d\ude00\ud83d""#, r#""\ufffd\ud83d\ude00\ufffd""#);
        check(r#""\ud800\u0041""#, r#""\ufffd\u0041""#);
        check(r#""\\ud800""#, r#""\\ud800""#);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        let json = r#"{"a": "0123456789", "b": "01\\2\u00ae3é", "c": "é", "d": "0123", "e": [1, 2, 3, 4, 5]}"#;
        assert_eq!(
            compact_cut(json, 4),
            r#"{"a":"0123… (6 bytes left out)","b":"01\\… (10 bytes left out)","c":"é","d":"0123","e":[1,2,3,4,5]}"#
        );
        assert_eq!(compact_cut(json, 100), compact(json));
    }

    proptest! {
        #[test]
        fn what_is_cut_is_still_json(text in any::<String>(), most in 0_usize..40) {
            let value = serde_json::json!({ "a": [&text, { "b": &text }] });
            let cut = compact_cut(&value.to_string(), most);
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
