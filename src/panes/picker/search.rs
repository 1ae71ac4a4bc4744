//! Finding entries by typing: by initials, starts of words, and characters in order; the best come first.

use std::cmp::Reverse;

use frizbee::{Config, Matcher};

/// Characters that a line to find by takes: a search line holds a few words, and every key searches again.
pub(in crate::panes) const MAX_FIND_CHARS: usize = 200;

/// Words that are searched for. Each has a matcher of its own.
const MAX_WORDS: usize = 16;

/// Characters of a word that are searched for: memory and time of a matcher grow with them.
const MAX_WORD_CHARS: usize = 64;

/// The texts by which an entry is found.
#[derive(Clone, Debug, Default)]
pub struct SearchText {
    /// Short texts, such as a name and its synonyms: typed characters must occur in order.
    pub(in crate::panes) names: Vec<String>,
    /// A longer text: it must contain a typed word.
    pub(in crate::panes) description: String,
    /// How recently it was used; 0 is the last one.
    pub(in crate::panes) recency: Option<usize>,
}

impl SearchText {
    /// Creates the search text of an entry with one name.
    pub(in crate::panes) fn of_name(name: impl Into<String>) -> Self {
        Self { names: vec![name.into()], ..Self::default() }
    }
}

/// How well a word matches, from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Quality {
    /// A name has its characters in order.
    Subsequence,
    /// The description contains it.
    Described,
    /// A name contains it.
    Contained,
    /// A word of a name starts with it.
    WordStart,
    /// It is a name's initials.
    Initials,
    /// It is a name.
    Exact,
}

/// Returns the indices of the entries that match every typed word, the best first; all entries if nothing is typed. Of a
/// long text, the first words and the start of each word count.
pub(in crate::panes) fn find(typed: &str, entries: &[SearchText]) -> Vec<usize> {
    let typed = typed.trim().to_lowercase();
    let mut words: Vec<_> = typed.split_whitespace().take(MAX_WORDS).map(Word::new).collect();
    if words.is_empty() {
        return (0..entries.len()).collect();
    }
    let rank = |(at, entry): (usize, &SearchText)| {
        let (quality, score) = entry.rank(&typed, &mut words)?;
        Some((Reverse(quality), entry.recency.unwrap_or(usize::MAX), Reverse(score), at))
    };
    let mut matches: Vec<_> = entries.iter().enumerate().filter_map(rank).collect();
    matches.sort_unstable();
    matches.into_iter().map(|(.., at)| at).collect()
}

/// A typed word in lower case.
struct Word<'a> {
    text: &'a str,
    matcher: Matcher,
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.char_indices().nth(MAX_WORD_CHARS).map_or(text, |(end, _)| &text[..end]);
        Self { text, matcher: Matcher::new(text, &Config::default()) }
    }

    /// Returns how well it matches an entry; `None` if it does not.
    fn rank(&mut self, entry: &SearchText) -> Option<(Quality, u32)> {
        let named = entry.names.iter().filter_map(|name| {
            let score = self.matcher.match_one(name, 0)?.score;
            Some((name_quality(self.text, &name.to_lowercase()), u32::from(score)))
        });
        let is_described = entry.description.to_lowercase().contains(self.text);
        named.chain(is_described.then_some((Quality::Described, 0))).max()
    }
}

impl SearchText {
    /// Returns how well the entry matches all of `words`, which are those of `typed`; `None` if it does not.
    fn rank(&self, typed: &str, words: &mut [Word<'_>]) -> Option<(Quality, u32)> {
        if self.names.iter().any(|name| name.to_lowercase() == typed) {
            return Some((Quality::Exact, 0));
        }
        // An entry is as good as its worst word.
        words.iter_mut().try_fold((Quality::Exact, 0), |(worst, sum), word| {
            let (quality, score) = word.rank(self)?;
            Some((worst.min(quality), sum + score))
        })
    }
}

/// Returns how well a name matches that has all characters of `word` in order.
fn name_quality(word: &str, name: &str) -> Quality {
    let words = || name.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty());
    let initials: String = words().filter_map(|part| part.chars().next()).collect();
    if name == word {
        Quality::Exact
    } else if initials == word && word.chars().nth(1).is_some() {
        Quality::Initials
    } else if words().any(|part| part.starts_with(word)) || name.starts_with(word) {
        Quality::WordStart
    } else if name.contains(word) {
        Quality::Contained
    } else {
        Quality::Subsequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(typed: &str, names: &[&'a str]) -> Vec<&'a str> {
        let entries: Vec<_> = names.iter().map(|name| SearchText::of_name(*name)).collect();
        find(typed, &entries).into_iter().map(|at| names[at]).collect()
    }

    #[test]
    fn a_name_comes_before_initials_and_those_before_starts_of_words_and_other_characters() {
        let names = ["prompt hash", "move-up", "pam up", "mu", "amuse", "mute"];
        assert_eq!(found("mu", &names), ["mu", "move-up", "mute", "amuse", "pam up"]);
    }

    #[test]
    fn of_a_long_text_the_first_words_and_the_start_of_each_count() {
        let word = |char: &str, n| char.repeat(n);
        let names = [word("a", MAX_WORD_CHARS), word("b", 10)];
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(found(&word("a", 1_000_000), &names), [names[0]]);
        let words = format!("{} {}", "a ".repeat(MAX_WORDS), "b ".repeat(1_000));
        assert_eq!(found(&words, &names), [names[0]]);
    }

    #[test]
    fn characters_in_another_order_are_not_found() {
        assert_eq!(found("etum", &["mute", "isolate"]), [""; 0]);
    }

    #[test]
    fn every_typed_word_must_match_in_any_order() {
        let names = ["alerts of the host", "host details", "all alerts"];
        assert_eq!(found("host alerts", &names), ["alerts of the host"]);
        assert_eq!(found(" ", &names), names);
    }

    #[test]
    fn among_equals_what_was_used_last_comes_first_and_otherwise_the_first() {
        let entry = |recency| SearchText { recency, ..SearchText::of_name("same host") };
        let entries = [entry(None), entry(Some(1)), entry(Some(0)), entry(None)];
        assert_eq!(find("same", &entries), [2, 1, 0, 3]);
    }

    #[test]
    fn a_description_must_contain_a_word_and_counts_for_more_than_characters_of_a_name() {
        let described = SearchText { description: "Search the host".into(), ..SearchText::of_name("around") };
        let entries = [SearchText::of_name("show history"), described, SearchText::of_name("same host")];
        assert_eq!(find("host", &entries), [2, 1, 0]);
        assert_eq!(find("hst", &entries), [0, 2]);
    }
}
