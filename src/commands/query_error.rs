//! Errors and warnings of a query, with carets under the first error.

use super::{CommandCx, Failure};
use crate::cli::QueryArgs;
use crate::query::{self, Cause, Index, Level, Problem};
use crate::text;

/// Prints the warnings of a query. An error, or a list of indicators, fails unless `--as-typed` is given.
pub(super) fn check(index: Index, query: &str, query_args: QueryArgs, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    let problems = query::parse_for(index, query).problems;
    let (errors, warnings): (Vec<_>, Vec<_>) = problems.iter().partition(|problem| problem.level == Level::Error);
    for problem in warnings {
        let text = format!("query: {}", problem.to_line(None));
        if problem.level == Level::Note {
            cx.note(&text);
        } else {
            cx.warn(&text);
        }
    }
    let Some(first) = errors.first() else {
        return Ok(());
    };
    if query_args.as_typed {
        for problem in errors {
            cx.warn(&format!("query, sent as typed: {}", problem.message));
        }
        return Ok(());
    }
    // A list of indicators has no position to point at.
    if first.cause != Cause::List {
        let (line, carets) = underline_problem(query, first);
        cx.write_line(&line);
        cx.write_line(&carets);
    }
    let mut reports: Vec<_> = errors.iter().map(|problem| (problem.message.clone(), problem.hint.clone())).collect();
    if let Some((_, Some(hint))) = reports.last_mut() {
        hint.push_str("; nothing was sent, --as-typed sends it anyway");
    }
    Err(Failure { reports, ..Failure::usage("") })
}

/// Returns the query around a problem on one line, and carets under the problem.
fn underline_problem(query: &str, problem: &Problem) -> (String, String) {
    /// Cells that are shown on each side, since a query can be very long.
    const AROUND: usize = 60;
    let part = |range: std::ops::Range<usize>| -> text::Untrusted { query.get(range).unwrap_or_default().into() };
    let span = &problem.span;
    let before = text::fit_end(&part(0..span.start), AROUND);
    let marked = text::fit(&part(span.clone()), AROUND);
    let after = text::fit(&part(span.end..query.len()), AROUND);
    let carets = "^".repeat(text::width(&marked).max(1));
    let margin = " ".repeat(text::width(&before));
    (format!("  {before}{marked}{after}"), format!("  {margin}{carets}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, span: std::ops::Range<usize>, line: &str, carets: &str) {
        let problem = Problem {
            level: Level::Error,
            cause: Cause::Parenthesis,
            span,
            message: String::new(),
            hint: None,
            fix: None,
        };
        let (found, under) = underline_problem(query, &problem);
        assert_eq!((found.as_str(), under.as_str()), (line, carets));
    }

    #[test]
    fn the_carets_stand_under_the_offending_text() {
        check("a (b c", 2..3, "  a (b c", "    ^");
        check("世界 (b", 7..9, "  世界 (b", "       ^^");
        check("a\n(b", 2..3, "  a␊(b", "    ^");
        check("a AND", 5..5, "  a AND", "       ^");
    }

    #[test]
    fn a_long_query_is_cut_around_the_place() {
        let query = format!("{}({}", "a".repeat(500), "b".repeat(500));
        check(
            &query,
            500..501,
            &format!("  …{}({}…", "a".repeat(59), "b".repeat(59)),
            &format!("  {}^", " ".repeat(60)),
        );
    }
}
