//! The spelling of a facet filter within a query: `cb.fq.hour_of_day=3`.

use std::ops::Range;

use super::print::push_escaped;

/// The prefix of a filter name, both as a parameter and in the text of a query.
pub(in crate::query) const FILTER_PREFIX: &str = "cb.fq.";

/// Parses a filter into its field and value; `None` if `word` is no filter.
pub(in crate::query) fn parse_filter(word: &str) -> Option<(String, String)> {
    let (field, value) = word.strip_prefix(FILTER_PREFIX)?.split_once('=')?;
    let is_name =
        !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    (is_name && !value.is_empty()).then(|| (field.to_owned(), value.to_owned()))
}

/// Returns a filter as a word of a query.
pub(in crate::query) fn filter_word(field: &str, value: &str) -> String {
    let mut out = format!("{FILTER_PREFIX}{field}=");
    for char in value.chars() {
        // Other whitespace cannot be escaped in a word.
        push_escaped(&mut out, if char.is_whitespace() { ' ' } else { char });
    }
    out
}

/// The byte range and the word of a filter in the text of a query.
pub(in crate::query) type LocatedFilter = (Range<usize>, String);
