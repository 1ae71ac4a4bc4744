//! What is typed after `/`: words that rows must have, `!` before those they must not, `column:` before those of one.

use crate::text;

/// A filter as typed, and what it asks of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::panes) struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// Only this column, if one is named.
    column: Option<String>,
    /// In lower case.
    word: String,
    /// Column and word, as they were typed: what is looked for where there is no such column.
    typed: String,
    is_excluded: bool,
}

impl Filter {
    /// Reads a filter. Words in double quotes may hold blanks; nothing is an error.
    pub(in crate::panes) fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            terms: text::split_words(text).iter().filter_map(|word| parse_term(word)).collect(),
        }
    }

    /// As it was typed.
    pub(in crate::panes) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it lets everything pass.
    pub(in crate::panes) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes. `named` tells whether the column of a name has a word, if there is such a column; `any`
    /// whether anything in sight has it. Both get words in lower case.
    pub(in crate::panes) fn matches_row(
        &self,
        named: impl Fn(&str, &str) -> Option<bool>,
        any: impl Fn(&str) -> bool,
    ) -> bool {
        self.terms.iter().all(|term| {
            let found = match &term.column {
                // Without such a column, the colon is part of what is looked for.
                Some(column) => named(column, &term.word).unwrap_or_else(|| any(&term.typed)),
                None => any(&term.word),
            };
            found != term.is_excluded
        })
    }
}

fn parse_term(word: &str) -> Option<Term> {
    let (is_excluded, rest) = match word.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let (column, word) = match rest.split_once(':') {
        Some((column, word)) if is_column_name(column) => (Some(column.to_lowercase()), word),
        _ => (None, rest),
    };
    // A column without a word yet is still being typed.
    (!word.is_empty()).then(|| Term { column, word: word.to_lowercase(), typed: rest.to_lowercase(), is_excluded })
}

/// Whether it may name a column: `c:\windows` does not.
fn is_column_name(text: &str) -> bool {
    text.len() > 1 && text.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with a host and a command line.
    fn passes(filter: &str, host: &str, cmdline: &str) -> bool {
        let named = |name: &str, word: &str| match name {
            "host" => Some(host.contains(word)),
            "cmdline" => Some(cmdline.contains(word)),
            _ => None,
        };
        let any = |word: &str| host.contains(word) || cmdline.contains(word);
        Filter::parse(filter).matches_row(named, any)
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
