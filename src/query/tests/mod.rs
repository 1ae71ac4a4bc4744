//! Tests of the examples in the API reference, and of properties of any text and any query.

mod explained;
mod fixes;
mod kinds;
mod lists;
mod misread;
mod problems;
mod properties;
mod syntax;
mod times;

use jiff::Timestamp;

use super::*;

/// A document for tests.
#[derive(Clone, Debug, Default)]
struct TestDocument(Vec<(&'static str, FieldValue<'static>)>);

impl TestDocument {
    fn with(mut self, field: &'static str, value: FieldValue<'static>) -> Self {
        self.0.push((field, value));
        self
    }

    fn text(self, field: &'static str, value: &'static str) -> Self {
        self.with(field, FieldValue::Text(value.into()))
    }
}

impl SearchableRecord for TestDocument {
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool {
        let values = self.0.iter().filter(|(name, _)| *name == field);
        values.map(|(_, value)| value.clone()).any(test)
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// Returns whether the query matches the document at noon of 4 March 2021, UTC.
#[track_caller]
fn finds(index: Index, query: &str, document: &TestDocument) -> bool {
    let parsed = parse(query);
    let query = parsed.query.unwrap_or_else(|| panic!("{query}: {:?}", parsed.problems));
    let matcher = Matcher::new(&query, index, time("2021-03-04T12:00:00Z"));
    let answer = matcher.matches(document);
    // The canonical text must match the same documents.
    let again = parse(&query.to_string()).query.expect("canonical");
    let matcher = Matcher::new(&again, index, time("2021-03-04T12:00:00Z"));
    assert_eq!(matcher.matches(document), answer, "{query}");
    answer
}

/// Checks whether each query of `table` matches the document.
#[track_caller]
fn check(index: Index, document: &TestDocument, table: &[(&str, bool)]) {
    for (query, expected) in table {
        assert_eq!(finds(index, query, document), *expected, "{query}");
    }
}
