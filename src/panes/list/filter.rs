//! Row filters typed after `/`: words that a row must have, `!word` that it must not have, `column:word`.

use crate::text;

/// A parsed filter, with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::panes) struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// The column to search; all columns if none.
    column: Option<String>,
    /// In lower case.
    word: String,
    /// Column and word in lower case, as typed: searched for if the list has no such column.
    typed: String,
    is_excluded: bool,
}

impl Filter {
    /// Parses a filter. Words in double quotes may contain blanks; no text is an error.
    pub(in crate::panes) fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            terms: text::split_words(text).iter().filter_map(|word| parse_term(word)).collect(),
        }
    }

    pub(in crate::panes) fn text(&self) -> &str {
        &self.text
    }

    /// Whether every row passes.
    pub(in crate::panes) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes. `column_contains` returns whether the named column of the row contains a word, and `None`
    /// if there is no such column; `any_contains` whether any shown column does. Words are in lower case.
    pub(in crate::panes) fn matches_row(
        &self,
        column_contains: impl Fn(&str, &str) -> Option<bool>,
        any_contains: impl Fn(&str) -> bool,
    ) -> bool {
        self.terms.iter().all(|term| {
            let contains = match &term.column {
                // Without such a column, the colon is part of the word.
                Some(column) => column_contains(column, &term.word).unwrap_or_else(|| any_contains(&term.typed)),
                None => any_contains(&term.word),
            };
            contains != term.is_excluded
        })
    }
}

fn parse_term(word: &str) -> Option<Term> {
    let (is_excluded, typed) = match word.strip_prefix('!') {
        Some(typed) => (true, typed),
        None => (false, word),
    };
    let (column, word) = match typed.split_once(':') {
        Some((column, word)) if is_column_name(column) => (Some(column.to_lowercase()), word),
        _ => (None, typed),
    };
    // `column:` without a word is still being typed.
    (!word.is_empty()).then(|| Term { column, word: word.to_lowercase(), typed: typed.to_lowercase(), is_excluded })
}

/// Whether `text` may be a column name: the `c` of `c:\windows` is not.
fn is_column_name(text: &str) -> bool {
    text.len() > 1 && text.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a row with this host and command line passes `filter`.
    fn passes(filter: &str, host: &str, cmdline: &str) -> bool {
        let column_contains = |name: &str, word: &str| match name {
            "host" => Some(host.contains(word)),
            "cmdline" => Some(cmdline.contains(word)),
            _ => None,
        };
        let any_contains = |word: &str| host.contains(word) || cmdline.contains(word);
        Filter::parse(filter).matches_row(column_contains, any_contains)
    }

    #[test]
    fn every_word_must_be_there_whatever_its_case() {
        assert!(passes("NET use", "win-1", "net  use z:"));
        assert!(!passes("net view", "win-1", "net  use z:"));
        assert!(passes("\"net  use\"", "win-1", "net  use z:"));
        assert!(!passes("\"net use\"", "win-1", "net  use z:"));
    }

    #[test]
    fn a_word_can_be_excluded_and_a_column_named() {
        assert!(passes("!view", "win-1", "net use"));
        assert!(!passes("!use", "win-1", "net use"));
        assert!(passes("host:win", "win-1", "net use"));
        assert!(!passes("host:net", "win-1", "net use"));
        assert!(passes("!host:net", "win-1", "net use"));
    }

    #[test]
    fn a_colon_that_names_no_column_is_looked_for() {
        assert!(passes("z:", "win-1", "net use z:"));
        assert!(passes("c:\\temp", "win-1", "c:\\temp\\a.exe"));
        assert!(passes("nothing:here", "win-1", "nothing:here"));
    }

    #[test]
    fn a_filter_that_is_still_being_typed_hides_nothing() {
        assert!(Filter::parse("").is_empty());
        assert!(Filter::parse("! host: \"").is_empty());
    }
}
