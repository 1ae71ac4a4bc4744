//! Phrases: consecutive tokens of a text.

use super::fold::{Needle, Stars, fold_char};
use crate::query::eval::tokens::extension;

/// Tokens that a text must have consecutively.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phrase {
    patterns: Vec<Needle>,
    /// The longest literal in `patterns`; a text without it need not be split into tokens.
    longest_literal: String,
}

impl Phrase {
    /// Creates a phrase from the tokens of a query, in order; `None` if there are none.
    pub(super) fn new<'a>(tokens: impl Iterator<Item = &'a str>, stars: Stars) -> Option<Self> {
        let patterns: Vec<_> = tokens.map(|token| Needle::new(token, stars, fold_char)).collect();
        let longest_literal = patterns.iter().map(Needle::longest_literal).max_by_key(String::len).unwrap_or_default();
        (!patterns.is_empty()).then_some(Self { patterns, longest_literal })
    }

    /// Returns whether `tokens`, which are those of `text`, contain the phrase.
    pub(super) fn is_contained_in<'a>(
        &self,
        text: &str,
        mut tokens: impl Iterator<Item = &'a str> + Clone,
        is_match: fn(&Needle, &str) -> bool,
    ) -> bool {
        if !self.may_contain(text) {
            return false;
        }
        loop {
            let mut following = tokens.clone();
            let mut patterns = self.patterns.iter();
            if patterns.all(|pattern| following.next().is_some_and(|token| is_match(pattern, token))) {
                return true;
            }
            if tokens.next().is_none() {
                return false;
            }
        }
    }

    /// Returns whether `text` may contain the longest literal. Always `true` for text beyond ASCII, some of whose
    /// letters fold to ASCII.
    fn may_contain(&self, text: &str) -> bool {
        let literal = self.longest_literal.as_bytes();
        let Some(first) = literal.first() else {
            return true;
        };
        let firsts = [*first, first.to_ascii_uppercase()];
        let mut windows = text.as_bytes().windows(literal.len());
        !text.is_ascii() || windows.any(|window| firsts.contains(&window[0]) && window.eq_ignore_ascii_case(literal))
    }
}

/// Returns whether `needle` matches a token of a command line or the file name extension of it.
pub(super) fn token_matches(needle: &Needle, token: &str) -> bool {
    needle.matches(token) || extension(token).is_some_and(|extension| needle.matches(extension))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::eval::tokens::WordRuns;

    #[track_caller]
    fn check(phrase: &str, text: &str, expected: bool) {
        let phrase = Phrase::new(WordRuns::with_wildcards(phrase), Stars::Wildcards).expect(phrase);
        assert_eq!(phrase.is_contained_in(text, WordRuns::new(text), Needle::matches), expected);
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
    fn letters_beyond_ascii_are_not_skipped() {
        // The Kelvin sign folds to an ASCII k.
        check("kelvin", "0 \u{212a}elvin", true);
        check("é", "É", true);
        check("éa b", "x éa b", true);
    }
}
