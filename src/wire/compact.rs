//! JSON text on one line, with nothing of what it says changed.

/// Drops the white space between the tokens of valid JSON. Numbers, key order and escapes stay as they came.
///
/// Half a surrogate pair becomes U+FFFD: Windows allows it in a command line and Python sends it on, but no JSON parser
/// of ours accepts it, and one bad character must not hide a process.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    let mut is_text = false;
    while let Some(at) = rest.find(stops(is_text)) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (kept, used) = match rest.as_bytes()[0] {
            b'"' => {
                is_text = !is_text;
                ("\"", 1)
            }
            b'\\' => escape(rest),
            _ => ("", 1),
        };
        out.push_str(kept);
        rest = &rest[used..];
    }
    out.push_str(rest);
    out
}

/// Where copying has to stop and look: inside a string, and between tokens.
fn stops(is_text: bool) -> &'static [char] {
    if is_text {
        &['"', '\\']
    } else {
        &['"', ' ', '\t', '\r', '\n']
    }
}

/// What to keep of the escape at the beginning of `text`, and how many bytes it takes.
fn escape(text: &str) -> (&str, usize) {
    const LONE: (&str, usize) = ("\\ufffd", 6);
    match unit(text) {
        Some(0xd800..=0xdbff) => match text.get(6..).and_then(unit) {
            Some(0xdc00..=0xdfff) => (&text[..12], 12),
            _ => LONE,
        },
        Some(0xdc00..=0xdfff) => LONE,
        Some(_) => (&text[..6], 6),
        None => text.get(..2).map_or((text, text.len()), |pair| (pair, 2)),
    }
}

/// The UTF-16 unit of a `\uXXXX` escape at the beginning of `text`.
fn unit(text: &str) -> Option<u16> {
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
        check(
            r#""\udc00\ud83d\ude00\ud83d""#,
            r#""\ufffd\ud83d\ude00\ufffd""#,
        );
        check(r#""\ud800\u0041""#, r#""\ufffd\u0041""#);
        check(r#""\\ud800""#, r#""\\ud800""#);
    }

    proptest! {
        #[test]
        fn the_value_is_the_same(text in any::<String>(), number in any::<f64>(), flag in any::<bool>()) {
            let value = serde_json::json!({ &text: [number, { "nested": &text, "flag": flag }, null] });
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(compact(&pretty), value.to_string());
        }
    }
}
