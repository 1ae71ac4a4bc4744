//! Search index of the events of a segment: their kinds, and their properties as lower-case text.
//!
//! It is built once when the events arrive, so that filtering tens of thousands of events allocates nothing.

use crate::model::{Event, Kinds};

/// Search index of the events of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct EventText {
    kinds: Vec<Kinds>,
    /// Names of properties, in the order of first occurrence.
    names: Vec<&'static str>,
    /// The properties of all events: each is a marker character for its name, followed by its value.
    text: String,
    /// End of the properties of each event in `text`.
    property_ends: Vec<u32>,
}

/// Number of property names that have a marker of their own.
const MAX_NAMES: usize = 31;

impl EventText {
    /// Builds the index of `events`, in their order.
    pub(super) fn from_events(events: &[Event]) -> Self {
        let mut index = Self::default();
        for event in events {
            index.kinds.push(Kinds::from_event(event));
            for (name, value) in event.properties() {
                let marker = index.assign_marker(name);
                index.text.push(marker);
                push_lower(&mut index.text, value.raw());
            }
            let end = u32::try_from(index.text.len()).unwrap_or(u32::MAX);
            index.property_ends.push(end);
        }
        index
    }

    /// Returns the kinds of the event in a row.
    pub(super) fn kinds(&self, row: usize) -> Kinds {
        self.kinds.get(row).copied().unwrap_or_default()
    }

    /// Returns whether any property of the event in `row` contains `word`, which must be lower case.
    pub(super) fn contains_word(&self, row: usize, word: &str) -> bool {
        self.facts(row).contains(word)
    }

    /// Returns whether the property `name` contains `word`; `None` if no event has such a property.
    pub(super) fn property_contains(&self, row: usize, name: &str, word: &str) -> Option<bool> {
        // A space in a name is typed as `_`, since a condition cannot contain spaces before its colon.
        let has_name = |other: &&str| other.bytes().eq(name.bytes().map(normalize_blank));
        let index = self.names.iter().position(has_name)?;
        let marker = name_marker(index);
        let mut facts = self.facts(row).split_inclusive(is_name_marker);
        let mut is_next = false;
        Some(facts.any(|fact| {
            let is_value = std::mem::replace(&mut is_next, fact.ends_with(marker));
            is_value && fact.trim_end_matches(is_name_marker).contains(word)
        }))
    }

    /// Returns the memory it uses, in bytes.
    pub(super) fn heap_size(&self) -> usize {
        self.text.capacity() + 6 * self.property_ends.capacity()
    }

    fn facts(&self, row: usize) -> &str {
        let end = |row: usize| {
            let end = self.property_ends.get(row).copied().unwrap_or_default();
            usize::try_from(end).unwrap_or(usize::MAX)
        };
        let start = row.checked_sub(1).map_or(0, end);
        self.text.get(start..end(row)).unwrap_or_default()
    }

    /// Returns the marker character of a property name.
    fn assign_marker(&mut self, name: &'static str) -> char {
        let existing = self.names.iter().position(|other| *other == name);
        let index = existing.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        name_marker(index)
    }
}

/// Returns the control character for the property name at `index`.
fn name_marker(index: usize) -> char {
    let number = u8::try_from(index.min(MAX_NAMES - 1) + 1).unwrap_or_default();
    char::from(number)
}

fn is_name_marker(char: char) -> bool {
    char < ' '
}

/// Maps the `_` typed for a space in a name.
fn normalize_blank(byte: u8) -> u8 {
    if byte == b'_' { b' ' } else { byte }
}

/// Appends text in lower case, with control characters replaced, so that no value can contain a marker.
fn push_lower(out: &mut String, text: &str) {
    let start = out.len();
    if text.is_ascii() {
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.push_str(&text.to_lowercase());
    }
    if out[start..].contains(is_name_marker) {
        let cleaned = out[start..].replace(is_name_marker, " ");
        out.truncate(start);
        out.push_str(&cleaned);
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
    fn words_are_found_only_in_their_own_event() {
        let index = EventText::from_events(&[script("Invoke-ÜBER", false), script("exit", true)]);
        assert!(index.contains_word(0, "invoke-über") && !index.contains_word(1, "invoke"));
        // A script was run, so it has the property `action`.
        assert_eq!(index.property_contains(0, "action", "ran"), Some(true));
        assert_eq!(index.property_contains(0, "script", "ran"), Some(false));
        assert_eq!(index.property_contains(1, "script", "exit"), Some(true));
        assert_eq!(index.property_contains(1, "domain", "exit"), None);
        assert!(!index.contains_word(2, "exit"));
    }

    #[test]
    fn a_tamper_event_is_of_two_kinds() {
        let index = EventText::from_events(&[script("exit", true)]);
        for kind in [EventKind::Fileless, EventKind::Emet] {
            assert!(index.kinds(0).contains(kind));
        }
        assert!(index.kinds(9).is_empty());
    }

    #[test]
    fn no_value_can_contain_the_marker_of_a_name() {
        let index = EventText::from_events(&[script("a\u{1}b\nc", false)]);
        assert!(index.contains_word(0, "a b c"));
        assert_eq!(index.property_contains(0, "action", "b"), Some(false));
    }
}
