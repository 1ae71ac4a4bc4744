//! What each part of a text is, for an editor to color.

use std::ops::Range;

use super::super::syntax::parser::Parser;

/// What a part of a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenRole {
    /// The name of a field, with its colon.
    Field,
    /// A name before a colon that is no field, with its colon.
    UnknownField,
    /// `and`, `or`, `not`, `-` and the `TO` of a range.
    Operator,
    /// A value.
    Value,
    /// A value in quotes.
    Quoted,
    /// `*` or `?` in a value.
    Wildcard,
    /// Parentheses, and the brackets of a range.
    Group,
    /// What is wrong.
    Error,
}

/// A part of a text, in bytes, and what it is.
pub(in crate::query) type Mark = (Range<usize>, TokenRole);

/// The parts of a text: in order, apart from each other, each on character boundaries. Whitespace between terms has
/// no part. The text may be as broken as it likes.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenRole)> {
    let (marks, mut errors) = Parser::parse(text, None).into_marks();
    errors.retain(|error| !error.is_empty());
    errors.sort_by_key(|error| (error.start, error.end));
    let mut parts: Vec<Mark> = Vec::with_capacity(marks.len());
    let mut errors = errors.into_iter().peekable();
    for (mut span, role) in marks {
        // An error covers what it is about; what sticks out of it on either side keeps its role.
        while let Some(error) = errors.peek() {
            if error.end <= span.start {
                push_mark(&mut parts, error.clone(), TokenRole::Error);
                errors.next();
                continue;
            }
            if error.start >= span.end {
                break;
            }
            if span.start < error.start {
                parts.push((span.start..error.start, role));
            }
            if error.end >= span.end {
                span.start = span.end;
                break;
            }
            span.start = error.end;
            push_mark(&mut parts, error.clone(), TokenRole::Error);
            errors.next();
        }
        if !span.is_empty() {
            push_mark(&mut parts, span, role);
        }
    }
    for error in errors {
        push_mark(&mut parts, error, TokenRole::Error);
    }
    parts
}

/// Adds a part, less what the last one covers already.
fn push_mark(parts: &mut Vec<Mark>, mut span: Range<usize>, role: TokenRole) {
    if let Some((last, _)) = parts.last() {
        span.start = span.start.max(last.end);
    }
    if span.start < span.end {
        parts.push((span, role));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenRole::{Error, Field, Group, Operator, Quoted, UnknownField, Value, Wildcard};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, TokenRole)]) {
        let parts: Vec<_> = highlight(text).into_iter().map(|(span, role)| (&text[span], role)).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn each_part_of_a_query_has_its_role() {
        check(
            r#"-path:c:\win*\a?.exe (a or "b c")"#,
            &[
                ("-", Operator),
                ("path:", Field),
                (r"c:\win", Value),
                ("*", Wildcard),
                (r"\a", Value),
                ("?", Wildcard),
                (".exe", Value),
                ("(", Group),
                ("a", Value),
                ("or", Operator),
                ("\"b c\"", Quoted),
                (")", Group),
            ],
        );
        check(
            "start:[2021-03-04 TO *] colour:red",
            &[
                ("start:", Field),
                ("[", Group),
                ("2021-03-04", Value),
                ("TO", Operator),
                ("*", Value),
                ("]", Group),
                ("colour:", UnknownField),
                ("red", Value),
            ],
        );
    }

    #[test]
    fn broken_text_is_covered_as_far_as_it_goes() {
        check("a (b", &[("a", Value), ("(", Error), ("b", Value)]);
        check("a) b", &[("a", Value), (")", Error), ("b", Value)]);
        check("path: ", &[("path:", Error)]);
        check("a or", &[("a", Value), ("or", Error)]);
        check("x \"ab", &[("x", Value), ("\"", Error), ("ab", Quoted)]);
        check("start:[2021 b", &[("start:", Field), ("[2021", Error), ("b", Value)]);
        check("a ()", &[("a", Value), ("()", Error)]);
    }
}
