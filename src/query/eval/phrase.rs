//! Tokens that must follow each other.

use super::fold::{Needle, Stars, fold_char};
use crate::query::eval::tokens::extension;

/// Tokens that a text must have one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phrase {
    patterns: Vec<Needle>,
    /// The longest text in them: a text without it need not be cut into tokens.
    longest_literal: String,
}

impl Phrase {
    /// The tokens of a query, in their order; nothing if there are none.
    pub(super) fn new<'a>(tokens: impl Iterator<Item = &'a str>, stars: Stars) -> Option<Self> {
        let needles: Vec<_> = tokens.map(|token| Needle::new(token, stars, fold_char)).collect();
        let literals = needles.iter().map(Needle::longest_literal);
        let longest = literals.max_by_key(String::len).unwrap_or_default();
        (!needles.is_empty()).then_some(Self { patterns: needles, longest_literal: longest })
    }

    /// Whether the tokens of the text have it in them.
    pub(super) fn is_contained_in<'a>(
        &self,
        text: &str,
        mut tokens: impl Iterator<Item = &'a str> + Clone,
        is_same: fn(&Needle, &str) -> bool,
    ) -> bool {
        if !self.may_contain(text) {
            return false;
        }
        loop {
            let mut from = tokens.clone();
            let mut needles = self.patterns.iter();
            if needles.all(|needle| from.next().is_some_and(|token| is_same(needle, token))) {
                return true;
            }
            if tokens.next().is_none() {
                return false;
            }
        }
    }

    /// Whether the text has the longest part somewhere. Beyond ASCII there are other ways to write a letter.
    fn may_contain(&self, text: &str) -> bool {
        let wanted = self.longest_literal.as_bytes();
        let Some(first) = wanted.first() else {
            return true;
        };
        let firsts = [*first, first.to_ascii_uppercase()];
        let mut windows = text.as_bytes().windows(wanted.len());
        !text.is_ascii() || windows.any(|window| firsts.contains(&window[0]) && window.eq_ignore_ascii_case(wanted))
    }
}

/// Whether the token of a command line, or the extension that is a token of its own beside it, is the one wanted.
pub(super) fn token_matches(needle: &Needle, token: &str) -> bool {
    needle.matches(token) || extension(token).is_some_and(|extension| needle.matches(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::eval::tokens::WordRuns;

    #[track_caller]
    fn check(row: &str, text: &str, expected: bool) {
        let row = Phrase::new(WordRuns::for_query(row, true), Stars::Wildcards).expect(row);
        assert_eq!(row.is_contained_in(text, WordRuns::new(text), Needle::matches), expected);
    }

    #[test]
    fn tokens_must_follow_each_other() {
        check("b c", "a b c d", true);
        check("b d", "a b c d", false);
        check("B C", "a b c", true);
        check("a a b", "a a a b", true);
        check("b*", "a bcd", true);
        check("b*d x?z", "a bcd xyz", true);
        check("*", "a", true);
        check("?é*", "aéb", true);
        check("bc", "a bcd", false);
        check("c d", "c", false);
    }

    #[test]
    fn the_short_cut_knows_its_limits() {
        // The sign for kelvin is a k in lower case.
        check("kelvin", "0 \u{212a}elvin", true);
        check("é", "É", true);
        check("éa b", "x éa b", true);
    }
}
