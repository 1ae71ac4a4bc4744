//! Syntax highlighting: the role of each part of a query.

use std::ops::Range;

use super::super::parser::Parser;
use super::super::syntax::marks::{Mark, TokenRole};

/// Returns the parts of a text with their roles: in order, without overlaps, and on character boundaries. Whitespace
/// between terms belongs to no part. The text need not be a valid query.
pub fn highlight(text: &str) -> Vec<(Range<usize>, TokenRole)> {
    let (marks, mut errors) = Parser::parse(text, None).into_marks();
    errors.retain(|error| !error.is_empty());
    errors.sort_by_key(|error| (error.start, error.end));
    let mut parts: Vec<Mark> = Vec::with_capacity(marks.len());
    let mut errors = errors.into_iter().peekable();
    for (mut span, role) in marks {
        // An error covers its own span only; the rest of a part keeps its role.
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

/// Adds a part without the bytes that the last one covers.
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
