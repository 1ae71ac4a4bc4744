//! Values that are wanted or not, until they are part of the query.

use crate::query::{self, Polarity};
use crate::text::Untrusted;

/// Marked values of any fields, in the order in which they were marked.
#[derive(Clone, Debug, Default)]
pub(super) struct FacetMarks(Vec<(String, Untrusted, Polarity)>);

impl FacetMarks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Marks a value, or takes the same mark away. False where no query can ask for the value.
    pub(super) fn toggle(&mut self, field: &str, value: &Untrusted, sense: Polarity) -> bool {
        if query::facet_condition(field, value.raw()).is_none() {
            return false;
        }
        let before = self.polarity_of(field, value);
        self.0.retain(|(of, name, _)| (of.as_str(), name) != (field, value));
        if before != Some(sense) {
            self.0.push((field.to_owned(), value.clone(), sense));
        }
        true
    }

    /// How a value is marked.
    pub(super) fn polarity_of(&self, field: &str, value: &Untrusted) -> Option<Polarity> {
        let mut all = self.0.iter();
        let found = all.find(|(of, name, _)| (of.as_str(), name) == (field, value));
        found.map(|(_, _, sense)| *sense)
    }

    /// How many are wanted, and how many are not.
    pub(super) fn count_by_polarity(&self) -> (usize, usize) {
        let included = self.0.iter().filter(|mark| mark.2 == Polarity::Include);
        let n_included = included.count();
        (n_included, self.0.len() - n_included)
    }

    /// What the marks ask for: one of the values wanted of each field, and none of the others.
    pub(super) fn conditions(&self) -> Vec<String> {
        let mut conditions = Vec::new();
        let mut fields: Vec<&str> = Vec::new();
        for (field, _, _) in &self.0 {
            if !fields.contains(&field.as_str()) {
                fields.push(field);
            }
        }
        for field in fields {
            let of = |sense: Polarity| {
                let marks = self.0.iter();
                let marks = marks.filter(move |mark| mark.0 == field && mark.2 == sense);
                marks.filter_map(|(field, value, _)| query::facet_condition(field, value.raw()))
            };
            let included: Vec<_> = of(Polarity::Include).collect();
            if !included.is_empty() {
                conditions.push(query::or_conditions(&included));
            }
            conditions.extend(of(Polarity::Exclude).map(|condition| format!("-{condition}")));
        }
        conditions
    }

    /// The text of a query narrowed to what the marks ask for.
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
        for (field, value, sense) in [
            ("process_name", "net.exe", Polarity::Include),
            ("process_name", "a b.exe", Polarity::Include),
            ("process_name", "xcopy.exe", Polarity::Exclude),
            ("hostname", "h", Polarity::Include),
        ] {
            assert!(marks.toggle(field, &value.into(), sense));
        }
        assert_eq!(
            marks.narrow_query("hostname:h or x"),
            "(hostname:h or x) (process_name:net.exe OR process_name:\"a b.exe\") \
             -process_name:xcopy.exe hostname:h"
        );
        // The same again takes the mark away, another sense changes it.
        marks.toggle("process_name", &"net.exe".into(), Polarity::Include);
        marks.toggle("hostname", &"h".into(), Polarity::Exclude);
        assert_eq!(marks.count_by_polarity(), (1, 2));
        assert!(!marks.toggle("hour_of_day", &"3".into(), Polarity::Include));
    }
}
