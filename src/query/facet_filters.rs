//! Facet filters within the text of a query: `cb.fq.hour_of_day=3` after its terms (API reference, section 3.8).
//!
//! They are not terms: the server receives them as parameters beside the query, and several filters on one field are
//! alternatives. As part of the text they can be read, typed, copied and saved with the query.

use super::edit::build::and_condition;
use super::parser::Parser;
use super::syntax::expr::{Clause, Expr, Operand, Query};
use super::syntax::filter_word::{FILTER_PREFIX, filter_word, parse_filter};
use super::syntax::print::push_space;

/// A query and its facet filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilteredQuery {
    /// The query without the filters.
    pub text: String,
    /// Field and value of each filter.
    pub filters: Vec<(String, String)>,
}

impl FilteredQuery {
    /// Splits the facet filters from the text of a query. Only top-level filters count: in a group, after a minus or in
    /// an `OR` they are words.
    pub fn parse(text: &str) -> Self {
        if !text.contains(FILTER_PREFIX) {
            return Self { text: text.to_owned(), filters: Vec::new() };
        }
        let parser = Parser::parse(text, None);
        let is_conjunction = matches!(parser.expr(), Expr::And(_) | Expr::Clause(_));
        if !is_conjunction || parser.diagnostics.errors > 0 {
            return Self { text: text.to_owned(), filters: Vec::new() };
        }
        let mut query = String::new();
        let mut filters = Vec::new();
        let mut at = 0;
        for (span, word) in &parser.filters {
            filters.extend(parse_filter(word));
            push_spaced(&mut query, &text[at..span.start]);
            at = span.end;
        }
        push_spaced(&mut query, &text[at..]);
        if Parser::parse(&query, None).diagnostics.errors > 0 {
            // An `AND` was left without the filter next to it.
            query = without_filters(parser.expr()).to_string();
        }
        Self { text: query, filters }
    }

    /// Returns the text that [`Self::parse`] reads as this value.
    pub fn to_text(&self) -> String {
        let words = self.filters.iter().map(|(field, value)| filter_word(field, value));
        words.fold(self.text.clone(), |text, word| and_condition(&text, &word))
    }
}

/// Appends `part`, trimmed, with a space before it.
fn push_spaced(text: &mut String, part: &str) {
    let part = part.trim();
    if !text.is_empty() && !part.is_empty() {
        push_space(text);
    }
    text.push_str(part);
}

/// Returns the query without the words that are filters.
fn without_filters(expr: &Expr) -> Query {
    let is_filter = |expr: &Expr| match expr {
        Expr::Clause(Clause { field: None, operand: Operand::Word(word) }) => parse_filter(word).is_some(),
        _ => false,
    };
    let members = match expr {
        Expr::And(members) => members.clone(),
        other => vec![other.clone()],
    };
    Query::new(Expr::and(members.into_iter().filter(|member| !is_filter(member)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, query: &str, filters: &[(&str, &str)]) {
        let filtered = FilteredQuery::parse(text);
        let filters: Vec<_> = filters.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        assert_eq!((filtered.text.as_str(), &filtered.filters), (query, &filters), "{text}");
        assert_eq!(FilteredQuery::parse(&filtered.to_text()), filtered, "{}", filtered.to_text());
    }

    #[test]
    fn filters_stand_beside_the_terms_of_a_query() {
        check("a b", "a b", &[]);
        check("a cb.fq.hour_of_day=3", "a", &[("hour_of_day", "3")]);
        check("cb.fq.hour_of_day=3", "", &[("hour_of_day", "3")]);
        check("a cb.fq.day_of_week=Monday b", "a b", &[("day_of_week", "Monday")]);
        check("(a or b) cb.fq.group=x cb.fq.group=y", "(a or b)", &[("group", "x"), ("group", "y")]);
        check(r"a cb.fq.group=Default\ Group", "a", &[("group", "Default Group")]);
        check("a AND cb.fq.hour_of_day=3", "a", &[("hour_of_day", "3")]);
        check("path:c:\\x\\\ncb.fq.group=x b", "path:c:\\x\\\nb", &[("group", "x")]);
    }

    #[test]
    fn elsewhere_they_are_words() {
        for text in [
            "a or cb.fq.x=1",
            "(a cb.fq.x=1) b",
            "-cb.fq.x=1 a",
            "cmdline:(cb.fq.x=1)",
            "\"cb.fq.x=1\"",
            "a cb.fq.x",
            "(a cb.fq.x=1",
        ] {
            check(text, text, &[]);
        }
    }

    #[test]
    fn any_value_can_be_written() {
        for value in ["a b", "(x86)", "say \"hi\"", r"c:\a\b", r"c:\a\", "-1", "[1 TO 2]", "a=b&c"] {
            let filters = vec![("path_full".to_owned(), value.to_owned()), ("group".to_owned(), "x".to_owned())];
            let filtered = FilteredQuery { text: "a or b".into(), filters };
            let again = FilteredQuery::parse(&filtered.to_text());
            assert_eq!(again.filters, filtered.filters, "{}", filtered.to_text());
            assert_eq!(again.text, "(a or b)");
        }
    }
}
