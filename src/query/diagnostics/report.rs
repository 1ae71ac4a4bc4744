//! What the parser says of a text: problems, and the changes that mend them.

use std::ops::Range;

use super::super::syntax::parser::Parser;
use super::problem::{Cause, Fix, Level, Noted, Problem};

/// How many problems of one level are worth listing.
const MAX_PROBLEMS: usize = 50;

impl Parser<'_> {
    /// Notes that something is wrong.
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

    /// A change of the text. None if its last backslash would make what follows a part of it.
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

    /// The change that closes at the end what is open; none if the end is open in another way.
    pub(in crate::query) fn closing_fix(&self, with: &str) -> Option<Fix> {
        let is_open = |problem: &Problem| problem.cause == Cause::Quote;
        let end = self.text.len();
        (!self.text.trim_end().ends_with('\\') && !self.problems.iter().any(is_open))
            .then(|| self.replacement_fix(end..end, "close it at the end", with))
            .flatten()
    }

    /// Counts a problem and says whether it is worth listing.
    fn count_problem(&mut self, cause: Cause) -> bool {
        let count = match cause.level() {
            Level::Error => &mut self.errors,
            Level::Warning | Level::Note => &mut self.warnings,
        };
        *count += 1;
        *count <= MAX_PROBLEMS
    }

    /// Tries every change, and drops those that would break what is whole: what is cut in two may be an error by itself.
    pub(in crate::query) fn drop_broken_fixes(&mut self) {
        /// Longer texts would take too long to read so often, and nobody mends them by one key.
        const MAX_CHECKED_LEN: usize = 8 * 1024;
        let is_long = self.text.len() > MAX_CHECKED_LEN;
        for problem in &mut self.problems {
            let is_better =
                |fix: &mut Fix| !is_long && Parser::parse(&fix.apply(self.text), self.index).errors <= self.errors;
            problem.fix = problem.fix.take_if(is_better);
        }
    }

    /// Whether another warning would still be listed; spares the search for a hint.
    pub(in crate::query) fn accepts_warnings(&self) -> bool {
        self.warnings < MAX_PROBLEMS
    }

    /// Notes that an operator stands alone.
    pub(in crate::query) fn report_dangling(&mut self, span: Range<usize>, side: &str) {
        let word = &self.text[span.clone()];
        let message = format!("nothing stands {side} {word:?}");
        let hint = format!("add a term {side} it, delete it, or write {word:?} in quotes to look for the word");
        let deletion = self.replacement_fix(span.clone(), "delete it", "");
        self.add_problem(Cause::Operator, span, message, hint).add_fix(deletion);
    }
}
