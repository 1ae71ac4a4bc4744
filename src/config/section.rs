//! Parsing of one table of the configuration file, key by key; keys that were not read are reported as unknown.

use std::{path::PathBuf, time::Duration};

use jiff::{SignedDuration, tz::TimeZone};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Mistake;
use crate::model::parse_zone;
use crate::theme;

/// The mistakes of a file, and its text to find the line of each.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    text: &'a str,
    messages: Vec<Mistake>,
    broken_lines: Vec<usize>,
}

impl<'a> Mistakes<'a> {
    /// Creates an empty list.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, messages: Vec::new(), broken_lines: Vec::new() }
    }

    /// Adds a syntax error. Further mistakes on its line are ignored, because they are consequences.
    pub(super) fn add_syntax_error(&mut self, at: usize, message: impl Into<String>) {
        self.add(at, message, None);
        self.broken_lines.push(self.line_at(at));
    }

    /// Adds a mistake at a byte offset.
    pub(super) fn add(&mut self, at: usize, message: impl Into<String>, hint: Option<String>) {
        let line = self.line_at(at);
        if self.broken_lines.contains(&line) {
            return;
        }
        self.messages.push(Mistake { file: None, line, message: message.into(), hint });
    }

    /// Returns all mistakes in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Mistake> {
        self.messages.sort_by_key(|mistake| mistake.line);
        self.messages
    }

    /// Returns the line of a byte offset, from 1.
    fn line_at(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }
}

/// A table that is being read.
pub(super) struct Section<'a, 'text> {
    /// Its name in the file, for messages; empty for the top level.
    name: String,
    /// The byte offset of its header.
    at: usize,
    table: DeTable<'text>,
    known_keys: Vec<&'static str>,
    /// The mistakes found so far, of the whole file.
    pub mistakes: &'a mut Mistakes<'text>,
}

/// A function that reads a value; the error says what the value must be.
pub(super) type Read<T> = fn(&DeValue<'_>) -> Result<T, String>;

impl<'a, 'text> Section<'a, 'text> {
    /// Starts reading a table whose header is at byte offset `at`.
    pub(super) fn new(
        name: impl Into<String>,
        at: usize,
        table: DeTable<'text>,
        mistakes: &'a mut Mistakes<'text>,
    ) -> Self {
        Self { name: name.into(), at, table, known_keys: Vec::new(), mistakes }
    }

    /// Reads the value of a key; `None` if it is missing or wrong. A wrong value is added to the mistakes.
    pub(super) fn read_value<T>(&mut self, key: &'static str, read: Read<T>) -> Option<T> {
        let value = self.raw_value(key)?;
        match read(value.get_ref()) {
            Ok(value) => Some(value),
            Err(expected) => {
                let at = value.span().start;
                self.mistakes.add(at, format!("{key} must be {expected}"), None);
                None
            }
        }
    }

    /// Returns the only value that is set; if there is more than one, adds a mistake and returns the first.
    pub(super) fn one_of<T, const N: usize>(&mut self, names: &str, values: [Option<T>; N]) -> Option<T> {
        let mut present = values.into_iter().flatten();
        let only = present.next();
        if present.next().is_some() {
            self.mistakes.add(
                self.at,
                format!("[{}] has more than one of {names}", self.name),
                Some("keep one of them".into()),
            );
        }
        only
    }

    /// Returns the tables below a key, with their names and byte offsets.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<(String, usize, DeTable<'text>)> {
        let Some(value) = self.raw_value(key) else {
            return Vec::new();
        };
        let at = value.span().start;
        let DeValue::Table(table) = value.into_inner() else {
            self.mistakes.add(
                at,
                format!("{key} must be a table of tables"),
                Some(format!("write [{key}.NAME] on a line of its own")),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (name, value) in table {
            let at = name.span().start;
            match value.into_inner() {
                DeValue::Table(table) => tables.push((name.into_inner().into_owned(), at, table)),
                _ => self.mistakes.add(
                    at,
                    format!("{key}.{} must be a table", name.get_ref().escape_debug()),
                    Some(format!("write [{key}.NAME] on a line of its own")),
                ),
            }
        }
        tables
    }

    /// Reports the keys that were not read as unknown, and returns the names of those that were.
    pub(super) fn finish(self) -> Vec<&'static str> {
        for key in self.table.keys() {
            let name = key.get_ref();
            let location = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
            let hint = match suggest(name, &self.known_keys) {
                Some(candidate) => format!("did you mean {candidate}?"),
                None => format!("settings: {}", self.known_keys.join(", ")),
            };
            self.mistakes.add(
                key.span().start,
                format!("unknown setting {}{location}", name.escape_debug()),
                Some(hint),
            );
        }
        self.known_keys
    }

    /// Removes the value of a key from the table, and marks the key as known.
    fn raw_value(&mut self, key: &'static str) -> Option<Spanned<DeValue<'text>>> {
        self.known_keys.push(key);
        // Keys are compared by their text only, without their span.
        let name = self.table.keys().find(|name| name.get_ref() == key)?.clone();
        self.table.remove(&name)
    }
}

/// Reads a non-empty text.
pub(super) fn read_text(value: &DeValue<'_>) -> Result<String, String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or_else(|| "a string in quotes".into())
}

/// Reads a path.
pub(super) fn read_path(value: &DeValue<'_>) -> Result<PathBuf, String> {
    read_text(value).map(PathBuf::from)
}

/// Reads a Boolean.
pub(super) fn read_bool(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "true or false".into())
}

/// Reads a list of texts.
pub(super) fn read_texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let expected = || "a list of strings: [\"…\", \"…\"]".to_owned();
    value
        .as_array()
        .ok_or_else(expected)?
        .iter()
        .map(|item| read_text(item.get_ref()).map_err(|_| expected()))
        .collect()
}

/// Reads a program with its arguments.
pub(super) fn read_command(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    read_texts(value)
        .ok()
        .filter(|words| !words.is_empty())
        .ok_or_else(|| "a list of program and arguments: [\"pass\", \"show\", \"cb/token\"]".into())
}

/// Reads the color of a profile.
pub(super) fn read_color(value: &DeValue<'_>) -> Result<String, String> {
    value
        .as_str()
        .filter(|text| theme::is_profile_color(text))
        .map(str::to_owned)
        .ok_or_else(|| format!("\"#rrggbb\" or one of {}", theme::PROFILE_COLORS.join(", ")))
}

/// Reads a time zone.
pub(super) fn read_zone(value: &DeValue<'_>) -> Result<TimeZone, String> {
    let zone = value.as_str().and_then(parse_zone);
    zone.ok_or_else(|| "a time zone such as \"Europe/Berlin\" or \"-05:00\"".into())
}

/// Reads the maximum number of connections.
pub(super) fn read_connections(value: &DeValue<'_>) -> Result<usize, String> {
    // More concurrent requests overload the server's front end, and are not faster.
    const MAX: usize = 64;
    value
        .as_integer()
        .and_then(|number| usize::from_str_radix(number.as_str(), number.radix()).ok())
        .filter(|number| (1..=MAX).contains(number))
        .ok_or_else(|| format!("a number from 1 to {MAX}"))
}

/// Reads a time-out of at most an hour.
pub(super) fn read_timeout(value: &DeValue<'_>) -> Result<Duration, String> {
    const MAX: Duration = Duration::from_hours(1);
    value
        .as_str()
        .and_then(|text| text.parse::<SignedDuration>().ok())
        .and_then(|span| Duration::try_from(span).ok())
        .filter(|span| !span.is_zero() && *span <= MAX)
        .ok_or_else(|| "a duration of at most one hour in quotes: \"120s\", \"2m\"".into())
}

/// Returns the known word with the smallest edit distance, if that is at most 2.
fn suggest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|&candidate| (strsim::levenshtein(word, candidate), candidate))
        .min()
        .filter(|&(distance, _)| distance <= 2)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_is_recognized() {
        let known = ["verify_tls", "url", "user"];
        assert_eq!(suggest("verify_tsl", &known), Some("verify_tls"));
        assert_eq!(suggest("uri", &known), Some("url"));
        assert_eq!(suggest("verify_certificate", &known), None);
    }
}
