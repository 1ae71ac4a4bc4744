//! One table of the configuration file, read key by key; what is left over is unknown, and said to be.

use std::{path::PathBuf, time::Duration};

use jiff::{SignedDuration, tz::TimeZone};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Mistake;
use crate::model::parse_zone;
use crate::theme;

/// The mistakes of a file, with the text to find lines in.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    text: &'a str,
    messages: Vec<Mistake>,
    broken_lines: Vec<usize>,
}

impl<'a> Mistakes<'a> {
    /// None so far.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, messages: Vec::new(), broken_lines: Vec::new() }
    }

    /// Notes that a line is not TOML at all. What could still be made of it is not judged again.
    pub(super) fn add_syntax_error(&mut self, at: usize, message: impl Into<String>) {
        self.add(at, message, None);
        self.broken_lines.push(self.line_at(at));
    }

    /// Notes a mistake that stands at this byte.
    pub(super) fn add(&mut self, at: usize, message: impl Into<String>, hint: Option<String>) {
        let line = self.line_at(at);
        if self.broken_lines.contains(&line) {
            return;
        }
        self.messages.push(Mistake { file: None, line, message: message.into(), hint });
    }

    /// All of them, in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Mistake> {
        self.messages.sort_by_key(|mistake| mistake.line);
        self.messages
    }

    fn line_at(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }
}

/// A table being read.
pub(super) struct Section<'a, 'text> {
    /// Its name in the file, for messages; empty at the top.
    name: String,
    at: usize,
    table: DeTable<'text>,
    known_keys: Vec<&'static str>,
    /// What is wrong so far.
    pub mistakes: &'a mut Mistakes<'text>,
}

/// Reads a value: what it is, or what it must be instead.
pub(super) type Read<T> = fn(&DeValue<'_>) -> Result<T, String>;

impl<'a, 'text> Section<'a, 'text> {
    /// The table of this name, which begins at this byte.
    pub(super) fn new(
        name: impl Into<String>,
        at: usize,
        table: DeTable<'text>,
        mistakes: &'a mut Mistakes<'text>,
    ) -> Self {
        Self { name: name.into(), at, table, known_keys: Vec::new(), mistakes }
    }

    /// The value of a key, when it is given and right; a wrong one is noted.
    pub(super) fn read_value<T>(&mut self, key: &'static str, read: Read<T>) -> Option<T> {
        let value = self.raw_value(key)?;
        match read(value.get_ref()) {
            Ok(value) => Some(value),
            Err(wanted) => {
                let at = value.span().start;
                self.mistakes.add(at, format!("{key} must be {wanted}"), None);
                None
            }
        }
    }

    /// The only one of several values for the same thing; a second one is noted.
    pub(super) fn one_of<T, const N: usize>(&mut self, names: &str, values: [Option<T>; N]) -> Option<T> {
        let mut given = values.into_iter().flatten();
        let only = given.next();
        if given.next().is_some() {
            self.mistakes.add(
                self.at,
                format!("[{}] has more than one of {names}", self.name),
                Some("keep one of them".into()),
            );
        }
        only
    }

    /// The tables below a key, by name, each with where it stands.
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

    /// Ends the reading: what was not asked for is unknown.
    pub(super) fn finish(self) -> Vec<&'static str> {
        for key in self.table.keys() {
            let name = key.get_ref();
            let place = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
            let hint = match suggest(name, &self.known_keys) {
                Some(known) => format!("did you mean {known}?"),
                None => format!("known here: {}", self.known_keys.join(", ")),
            };
            self.mistakes.add(key.span().start, format!("unknown setting {}{place}", name.escape_debug()), Some(hint));
        }
        self.known_keys
    }

    fn raw_value(&mut self, key: &'static str) -> Option<Spanned<DeValue<'text>>> {
        self.known_keys.push(key);
        // Equality of keys looks at the text alone, not at where it stands.
        let found = self.table.keys().find(|name| name.get_ref() == key)?.clone();
        self.table.remove(&found)
    }
}

/// A text.
pub(super) fn read_text(value: &DeValue<'_>) -> Result<String, String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or_else(|| "a text in quotes".into())
}

/// A path.
pub(super) fn read_path(value: &DeValue<'_>) -> Result<PathBuf, String> {
    read_text(value).map(PathBuf::from)
}

/// True or false.
pub(super) fn read_bool(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "true or false".into())
}

/// A list of texts.
pub(super) fn read_texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let wanted = || "a list of texts: [\"…\", \"…\"]".to_owned();
    value.as_array().ok_or_else(wanted)?.iter().map(|item| read_text(item.get_ref()).map_err(|_| wanted())).collect()
}

/// A program with its arguments.
pub(super) fn read_command(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    read_texts(value)
        .ok()
        .filter(|words| !words.is_empty())
        .ok_or_else(|| "a list of the program and its arguments: [\"pass\", \"show\", \"cb/token\"]".into())
}

/// A color of a profile.
pub(super) fn read_color(value: &DeValue<'_>) -> Result<String, String> {
    value
        .as_str()
        .filter(|text| theme::is_profile_color(text))
        .map(str::to_owned)
        .ok_or_else(|| format!("\"#rrggbb\" or one of {}", theme::PROFILE_COLORS.join(", ")))
}

/// A zone of time.
pub(super) fn read_zone(value: &DeValue<'_>) -> Result<TimeZone, String> {
    let zone = value.as_str().and_then(parse_zone);
    zone.ok_or_else(|| "a zone such as \"Europe/Berlin\" or \"-05:00\"".into())
}

/// A number of connections.
pub(super) fn read_connections(value: &DeValue<'_>) -> Result<usize, String> {
    // More than a few dozen at a time is an attack on the server's front end, not a faster answer.
    const MOST: usize = 64;
    value
        .as_integer()
        .and_then(|number| usize::from_str_radix(number.as_str(), number.radix()).ok())
        .filter(|number| (1..=MOST).contains(number))
        .ok_or_else(|| format!("a number from 1 to {MOST}"))
}

/// A time-out.
pub(super) fn read_timeout(value: &DeValue<'_>) -> Result<Duration, String> {
    const MOST: Duration = Duration::from_hours(1);
    value
        .as_str()
        .and_then(|text| text.parse::<SignedDuration>().ok())
        .and_then(|span| Duration::try_from(span).ok())
        .filter(|span| !span.is_zero() && *span <= MOST)
        .ok_or_else(|| "a time of at most an hour in quotes: \"120s\", \"2m\"".into())
}

/// The known word that was probably meant: at most two letters off.
fn suggest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    known
        .iter()
        .map(|&candidate| (edit_distance(word, candidate), candidate))
        .min()
        .filter(|&(distance, _)| distance <= 2)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be changed, added or left out to make one word of the other.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["verify_tls", "url", "user"];
        assert_eq!(suggest("verify_tsl", &known), Some("verify_tls"));
        assert_eq!(suggest("uri", &known), Some("url"));
        assert_eq!(suggest("verify_certificate", &known), None);
    }
}
