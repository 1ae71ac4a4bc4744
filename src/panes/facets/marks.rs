//! Marked facet values: conditions that are not part of the query yet.

use crate::query::{self, Polarity};
use crate::text::Untrusted;

/// Marked values with their field, in the order in which they were marked.
#[derive(Clone, Debug, Default)]
pub(super) struct FacetMarks(Vec<(String, Untrusted, Polarity)>);

impl FacetMarks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Marks a value, or removes an equal mark. Returns false if no query can search for the value.
    pub(super) fn toggle(&mut self, field: &str, value: &Untrusted, polarity: Polarity) -> bool {
        if query::facet_condition(field, value.raw()).is_none() {
            return false;
        }
        let before = self.polarity_of(field, value);
        self.0.retain(|(marked_field, name, _)| (marked_field.as_str(), name) != (field, value));
        if before != Some(polarity) {
            self.0.push((field.to_owned(), value.clone(), polarity));
        }
        true
    }

    /// Returns how a value is marked.
    pub(super) fn polarity_of(&self, field: &str, value: &Untrusted) -> Option<Polarity> {
        let mark = self.0.iter().find(|(marked_field, name, _)| (marked_field.as_str(), name) == (field, value));
        mark.map(|(_, _, polarity)| *polarity)
    }

    /// Returns the number of included and of excluded values.
    pub(super) fn count_by_polarity(&self) -> (usize, usize) {
        let n_included = self.0.iter().filter(|mark| mark.2 == Polarity::Include).count();
        (n_included, self.0.len() - n_included)
    }

    /// Returns the conditions: for each field any one of its included values, and none of the excluded ones.
    pub(super) fn conditions(&self) -> Vec<String> {
        let mut conditions = Vec::new();
        let mut fields: Vec<&str> = Vec::new();
        for (field, _, _) in &self.0 {
            if !fields.contains(&field.as_str()) {
                fields.push(field);
            }
        }
        for field in fields {
            let conditions_for = |polarity: Polarity| {
                let marks = self.0.iter();
                let marks = marks.filter(move |mark| mark.0 == field && mark.2 == polarity);
                marks.filter_map(|(field, value, _)| query::facet_condition(field, value.raw()))
            };
            let included: Vec<_> = conditions_for(Polarity::Include).collect();
            if !included.is_empty() {
                conditions.push(query::or_conditions(&included));
            }
            conditions.extend(conditions_for(Polarity::Exclude).map(|condition| format!("-{condition}")));
        }
        conditions
    }

    /// Returns the query `text` narrowed by the conditions.
    pub(super) fn narrow_query(&self, text: &str) -> String {
        let conditions = self.conditions();
        conditions.iter().fold(text.to_owned(), |text, condition| query::and_condition(&text, condition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_what_is_wanted_and_none_of_what_is_not() {
        let mut marks = FacetMarks::default();
        for (field, value, polarity) in [
            ("process_name", "net.exe", Polarity::Include),
            ("process_name", "a b.exe", Polarity::Include),
            ("process_name", "xcopy.exe", Polarity::Exclude),
            ("hostname", "h", Polarity::Include),
        ] {
            assert!(marks.toggle(field, &value.into(), polarity));
        }
        assert_eq!(
            marks.narrow_query("hostname:h or x"),
            "(hostname:h or x) (process_name:net.exe OR process_name:\"a b.exe\") \
             -process_name:xcopy.exe hostname:h"
        );
        // A second mark of the same kind removes it, the other kind replaces it.
        marks.toggle("process_name", &"net.exe".into(), Polarity::Include);
        marks.toggle("hostname", &"h".into(), Polarity::Exclude);
        assert_eq!(marks.count_by_polarity(), (1, 2));
        assert!(!marks.toggle("hour_of_day", &"3".into(), Polarity::Include));
    }
}
