//! Collects the problems of a text while it is parsed.

use std::ops::Range;

use super::super::fields::Index;
use super::problem::{Cause, Fix, Level, Noted, Problem};

/// The maximum number of listed errors, and of listed warnings and notes together.
const MAX_PROBLEMS: usize = 50;

/// The problems of a text, and what a lint has to know of it.
pub(in crate::query) struct Diagnostics<'a> {
    pub(in crate::query) text: &'a str,
    /// The index that is searched, if it is known.
    pub(in crate::query) index: Option<Index>,
    /// The number of errors, with those beyond the limit.
    pub(in crate::query) errors: usize,
    warnings: usize,
    pub(in crate::query) problems: Vec<Problem>,
    /// The closing quote that a backslash made part of a value, and its fix.
    pub(in crate::query) swallowed_quote: Option<(Range<usize>, Option<Fix>)>,
}

impl<'a> Diagnostics<'a> {
    pub(in crate::query) fn new(text: &'a str, index: Option<Index>) -> Self {
        Self { text, index, errors: 0, warnings: 0, problems: Vec::new(), swallowed_quote: None }
    }

    /// Adds a problem, unless the limit of listed problems is reached.
    pub(in crate::query) fn add_problem(
        &mut self,
        cause: Cause,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Noted<'_> {
        if !self.count_problem(cause) {
            return Noted(None);
        }
        self.problems.push(Problem {
            level: cause.level(),
            cause,
            span,
            message: message.into(),
            hint: Some(hint.into()),
            fix: None,
        });
        Noted(self.problems.last_mut())
    }

    /// Returns a fix that replaces `span`; `None` if a backslash at its end would escape the text after it.
    pub(in crate::query) fn replacement_fix(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        replacement: impl Into<String>,
    ) -> Option<Fix> {
        let replacement = replacement.into();
        let is_swallowing = replacement.ends_with('\\') && span.end < self.text.len();
        (!is_swallowing).then(|| Fix { span, message: message.into(), replacement })
    }

    /// Returns a fix that appends a closing parenthesis or quote; `None` if the text ends in a backslash or in an open
    /// quote.
    pub(in crate::query) fn closing_fix(&self, with: &str) -> Option<Fix> {
        let is_open = |problem: &Problem| problem.cause == Cause::Quote;
        let end = self.text.len();
        (!self.text.trim_end().ends_with('\\') && !self.problems.iter().any(is_open))
            .then(|| self.replacement_fix(end..end, "close it at the end", with))
            .flatten()
    }

    /// Counts a problem and returns whether it is within the limit.
    fn count_problem(&mut self, cause: Cause) -> bool {
        let count = match cause.level() {
            Level::Error => &mut self.errors,
            Level::Warning | Level::Note => &mut self.warnings,
        };
        *count += 1;
        *count <= MAX_PROBLEMS
    }

    /// Returns whether another warning would be listed; if not, its hint need not be computed.
    pub(in crate::query) fn accepts_warnings(&self) -> bool {
        self.warnings < MAX_PROBLEMS
    }

    /// Reports that an operator has no term on the given `side`, `before` or `after` it.
    pub(in crate::query) fn report_dangling(&mut self, span: Range<usize>, side: &str) {
        let word = &self.text[span.clone()];
        let missing = if side == "before" { "left" } else { "right" };
        let message = format!("{word:?} has no {missing} side");
        let hint = format!("add a term {side} it, or write {word:?} in quotes to search for the word");
        let deletion = self.replacement_fix(span.clone(), "remove it", "");
        self.add_problem(Cause::Operator, span, message, hint).add_fix(deletion);
    }
}
