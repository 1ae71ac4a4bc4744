//! INI files of the official client, parsed like Python's `configparser` (reference 4.1).

use std::collections::BTreeMap;

/// Values by section and key; keys are in lower case.
pub(super) type Sections = BTreeMap<String, BTreeMap<String, IniValue>>;

/// A value and its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IniValue {
    /// The value, trimmed.
    pub value: String,
    pub line: usize,
}

/// The section with default values for all others.
pub(super) const DEFAULT: &str = "DEFAULT";

/// Parses a file. The error is a line number and a message that does not quote the file, because it may have a token.
pub(super) fn parse(text: &str) -> Result<Sections, (usize, &'static str)> {
    let mut sections = Sections::new();
    let mut section: Option<String> = None;
    let mut last: Option<String> = None;
    for (index, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = index + 1;
        let trimmed = raw.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if raw.starts_with(char::is_whitespace)
            && let (Some(section), Some(key)) = (&section, &last)
            && let Some(entry) = sections.get_mut(section).and_then(|keys| keys.get_mut(key))
        {
            entry.value.push('\n');
            entry.value.push_str(trimmed);
            continue;
        }
        if let Some(header) = trimmed.strip_prefix('[') {
            let name = header
                .split_once(']')
                .map(|(name, _)| name)
                .filter(|name| !name.is_empty())
                .ok_or((line, "write a section as [name]"))?;
            if sections.insert(name.to_owned(), BTreeMap::new()).is_some() {
                return Err((line, "duplicate section"));
            }
            section = Some(name.to_owned());
            last = None;
            continue;
        }
        let keys = section
            .as_ref()
            .and_then(|section| sections.get_mut(section))
            .ok_or((line, "this line is before the first [section]"))?;
        let (key, value) = trimmed.split_once(['=', ':']).ok_or((line, "write a setting as key=value"))?;
        let key = key.trim().to_lowercase();
        let value = value.trim().to_owned();
        if keys.insert(key.clone(), IniValue { value, line }).is_some() {
            return Err((line, "duplicate key in this section"));
        }
        last = Some(key);
    }
    Ok(sections)
}

/// Parses a Boolean like the official client; `None` for any other word.
pub(super) fn parse_bool(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, section: &str, key: &str, value: Option<&str>) {
        let sections = parse(text).unwrap();
        let actual = sections.get(section).and_then(|keys| keys.get(key)).map(|entry| entry.value.as_str());
        assert_eq!(actual, value);
    }

    #[test]
    fn keys_are_folded_and_both_separators_are_known() {
        let text = "# one\n; two\n[default]\nURL = https://a:8443/x\nToken: abc=def\n\n[Default]\nurl=b\n";
        check(text, "default", "url", Some("https://a:8443/x"));
        check(text, "default", "token", Some("abc=def"));
        check(text, "Default", "url", Some("b"));
        check(text, "other", "url", None);
    }

    #[test]
    fn an_indented_line_continues_the_value() {
        check("[a]\nx=1\n  2\n", "a", "x", Some("1\n2"));
    }

    #[test]
    fn a_syntax_error_names_only_the_line() {
        for (text, line) in
            [("[a\n", 1), ("url=x\n", 1), ("[a]\n\nsecret\n", 3), ("[a]\nx=1\nX=2\n", 3), ("[a]\n[a]\n", 2)]
        {
            let (actual, message) = parse(text).unwrap_err();
            assert_eq!(actual, line, "{text:?}");
            assert!(!message.contains("secret"));
        }
    }

    #[test]
    fn booleans_are_eight_words() {
        for (word, meaning) in [
            ("TRUE", Some(true)),
            ("1", Some(true)),
            ("on", Some(true)),
            ("Yes", Some(true)),
            ("False", Some(false)),
            ("0", Some(false)),
            ("off", Some(false)),
            ("NO", Some(false)),
            ("maybe", None),
            ("", None),
        ] {
            assert_eq!(parse_bool(word), meaning);
        }
    }
}
