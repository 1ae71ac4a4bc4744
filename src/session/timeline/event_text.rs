//! What events are sifted by: their kinds, and their facts as text in lower case.
//!
//! It is made once, when the events come, so that looking for a word in tens of thousands of them allocates nothing.

use crate::model::{Event, Kinds};

/// The digest of the events of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct EventText {
    kinds: Vec<Kinds>,
    /// The names of facts, in the order in which they were first met.
    names: Vec<&'static str>,
    /// The facts of all events: before each its name, as a character that no fact has.
    text: String,
    /// Where the facts of each event end.
    fact_ends: Vec<u32>,
}

/// Names of facts that there is a character for.
const NAMES: usize = 31;

impl EventText {
    /// Digests events in their order.
    pub(super) fn from_events(events: &[Event]) -> Self {
        let mut digest = Self::default();
        for event in events {
            digest.kinds.push(Kinds::from_event(event));
            for (name, value) in event.properties() {
                let sign = digest.assign_marker(name);
                digest.text.push(sign);
                push_lower(&mut digest.text, value.raw());
            }
            let end = u32::try_from(digest.text.len()).unwrap_or(u32::MAX);
            digest.fact_ends.push(end);
        }
        digest
    }

    /// What the event of a row counts as.
    pub(super) fn kinds(&self, row: usize) -> Kinds {
        self.kinds.get(row).copied().unwrap_or_default()
    }

    /// Whether any fact of the event of a row has this word, which is in lower case.
    pub(super) fn contains_word(&self, row: usize, word: &str) -> bool {
        self.facts(row).contains(word)
    }

    /// Whether the fact of a name has this word; `None` where no event has such a fact.
    pub(super) fn fact_contains(&self, row: usize, name: &str, word: &str) -> Option<bool> {
        // A name with a blank cannot be typed before a colon.
        let is_it = |known: &&str| known.bytes().eq(name.bytes().map(normalize_blank));
        let place = self.names.iter().position(is_it)?;
        let sign = name_marker(place);
        let mut facts = self.facts(row).split_inclusive(is_name_marker);
        let mut is_next = false;
        Some(facts.any(|fact| {
            let is_it = std::mem::replace(&mut is_next, fact.ends_with(sign));
            is_it && fact.trim_end_matches(is_name_marker).contains(word)
        }))
    }

    /// What it weighs in memory, in bytes.
    pub(super) fn heap_size(&self) -> usize {
        self.text.capacity() + 6 * self.fact_ends.capacity()
    }

    fn facts(&self, row: usize) -> &str {
        let end = |row: usize| {
            let end = self.fact_ends.get(row).copied().unwrap_or_default();
            usize::try_from(end).unwrap_or(usize::MAX)
        };
        let start = row.checked_sub(1).map_or(0, end);
        self.text.get(start..end(row)).unwrap_or_default()
    }

    /// The character that stands for a name.
    fn assign_marker(&mut self, name: &'static str) -> char {
        let known = self.names.iter().position(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        name_marker(place)
    }
}

/// The control character for the name at a place.
fn name_marker(place: usize) -> char {
    let number = u8::try_from(place.min(NAMES - 1) + 1).unwrap_or_default();
    char::from(number)
}

fn is_name_marker(char: char) -> bool {
    char < ' '
}

/// What is typed for a blank in a name.
fn normalize_blank(byte: u8) -> u8 {
    if byte == b'_' { b' ' } else { byte }
}

/// Appends a text in lower case, without any character that stands for a name.
fn push_lower(out: &mut String, text: &str) {
    let start = out.len();
    if text.is_ascii() {
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.push_str(&text.to_lowercase());
    }
    if out[start..].contains(is_name_marker) {
        let tame = out[start..].replace(is_name_marker, " ");
        out.truncate(start);
        out.push_str(&tame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Document, EventFacts, EventKind, Fileless, ProcessId, Segment};

    fn script(text: &str, is_tamper: bool) -> Event {
        let script = text.into();
        Event {
            at: None,
            process: ProcessId::new(7, 1, 1),
            segment: Segment(1),
            what: EventFacts::Fileless(Fileless { sha256: None, script }),
            is_tamper,
            is_ambiguous: false,
            document: Document::default(),
        }
    }

    #[test]
    fn words_are_found_in_the_facts_of_their_own_event() {
        let digest = EventText::from_events(&[script("Invoke-ÜBER", false), script("exit", true)]);
        assert!(digest.contains_word(0, "invoke-über") && !digest.contains_word(1, "invoke"));
        // It was done by running it, and that is an action.
        assert_eq!(digest.fact_contains(0, "action", "ran"), Some(true));
        assert_eq!(digest.fact_contains(0, "script", "ran"), Some(false));
        assert_eq!(digest.fact_contains(1, "script", "exit"), Some(true));
        assert_eq!(digest.fact_contains(1, "domain", "exit"), None);
        assert!(!digest.contains_word(2, "exit"));
    }

    #[test]
    fn what_tampers_is_of_two_kinds() {
        let digest = EventText::from_events(&[script("exit", true)]);
        for kind in [EventKind::Fileless, EventKind::Emet] {
            assert!(digest.kinds(0).contains(kind));
        }
        assert!(digest.kinds(9).is_empty());
    }

    #[test]
    fn no_fact_can_pass_for_the_name_of_another() {
        let digest = EventText::from_events(&[script("a\u{1}b\nc", false)]);
        assert!(digest.contains_word(0, "a b c"));
        assert_eq!(digest.fact_contains(0, "action", "b"), Some(false));
    }
}
