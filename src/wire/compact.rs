//! Compact JSON: white space removed, and long texts truncated on request.

use std::{fmt::Write, ops::Range};

/// Removes the white space between the tokens of valid JSON. Numbers, key order and escapes are unchanged.
///
/// A lone surrogate becomes U+FFFD: Windows allows it in a command line and Python's JSON writer passes it on, but our
/// JSON parsers refuse it, and one bad character must not hide a process.
pub(super) fn compact(json: &str) -> String {
    CompactWriter::new(json, usize::MAX).write().0
}

/// Removes white space like [`compact`], and finds the members of an object.
pub(super) fn compact_object(json: &str) -> CompactObject {
    let (json, members) = CompactWriter::new(json, usize::MAX).write();
    CompactObject { json, members }
}

/// Removes white space like [`compact`], and truncates texts of more than `max_text` bytes; the end of each says how
/// many bytes are missing.
pub(super) fn compact_cut(json: &str, max_text: usize) -> String {
    CompactWriter::new(json, max_text).write().0
}

/// A JSON value without white space, and the members of the value if it is an object, in their order.
pub(super) struct CompactObject {
    pub(super) json: String,
    pub(super) members: Vec<MemberRange>,
}

/// Where a member of an object is in its JSON text.
#[derive(Clone, Debug)]
pub(super) struct MemberRange {
    /// The name, between its quotes.
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Writes valid JSON without white space, in one pass that also notes where the members of the outermost object are.
struct CompactWriter<'a> {
    json: &'a str,
    out: String,
    /// The beginning of what is not copied yet.
    copied: usize,
    max_text: usize,
    depth: usize,
    members: Vec<MemberRange>,
    /// The last string that was written, without its quotes: the name of a member if a colon follows.
    last_string: Range<usize>,
}

impl<'a> CompactWriter<'a> {
    fn new(json: &'a str, max_text: usize) -> Self {
        let out = String::with_capacity(json.len().min(max_text));
        Self { json, out, copied: 0, max_text, depth: 0, members: Vec::new(), last_string: 0..0 }
    }

    /// Writes everything; returns the text and the members.
    fn write(mut self) -> (String, Vec<MemberRange>) {
        let bytes = self.json.as_bytes();
        let is_object = self.json.trim_start().starts_with('{');
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    at = self.write_string(at + 1);
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' => {
                    self.copy_until(at);
                    at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                    self.copied = at;
                    continue;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.end_member(at);
                    }
                }
                b':' if self.depth == 1 && is_object => {
                    let start = self.position(at + 1);
                    self.members.push(MemberRange { name: self.last_string.clone(), value: start..start });
                }
                b',' if self.depth == 1 => self.end_member(at),
                _ => {}
            }
            at += 1;
        }
        self.copy_until(bytes.len());
        (self.out, self.members)
    }

    /// Returns where the byte at `at` of the input is in the output.
    fn position(&self, at: usize) -> usize {
        self.out.len() + at - self.copied
    }

    /// Ends the value of the last member before the byte at `at`.
    fn end_member(&mut self, at: usize) {
        let end = self.position(at);
        if let Some(member) = self.members.last_mut() {
            member.value.end = end;
        }
    }

    /// Copies the input before `at`.
    fn copy_until(&mut self, at: usize) {
        self.out.push_str(&self.json[self.copied..at]);
        self.copied = at;
    }

    /// Writes the string whose content begins at `start`; returns where the input goes on behind its closing quote.
    fn write_string(&mut self, start: usize) -> usize {
        let bytes = self.json.as_bytes();
        let first = self.position(start);
        let mut at = start;
        loop {
            match bytes.get(at) {
                Some(b'"') | None => break,
                Some(b'\\') => {
                    let (output, used) = escape(&self.json[at..]);
                    if output != &self.json[at..at + used] {
                        self.copy_until(at);
                        self.out.push_str(output);
                        self.copied = at + used;
                    }
                    at += used;
                }
                Some(_) => at += 1,
            }
        }
        if at - start > self.max_text {
            self.cut_string(start, first, at);
        }
        self.last_string = first..self.position(at);
        (at + 1).min(bytes.len())
    }

    /// Replaces what is written of the string between `start` and `end` of the input, which begins at `first` of the
    /// output, by its beginning and the number of bytes that are missing.
    fn cut_string(&mut self, start: usize, first: usize, end: usize) {
        self.copy_until(end);
        let text = self.out.split_off(first);
        let mut kept = 0;
        while kept < text.len() {
            let used = if text[kept..].starts_with('\\') {
                escape(&text[kept..]).1
            } else {
                text[kept..].chars().next().map_or(1, char::len_utf8)
            };
            if kept + used > self.max_text {
                break;
            }
            kept += used;
        }
        self.out.push_str(&text[..kept]);
        let missing = end - start - kept;
        if missing > 0 {
            let _ = write!(self.out, "… ({missing} bytes omitted)");
        }
    }
}

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
