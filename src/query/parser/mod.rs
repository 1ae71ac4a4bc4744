//! The query parser: one pass that builds the tree, collects the problems, and marks the role of each part of the text.

mod clause;

use std::ops::Range;

use super::diagnostics::collector::Diagnostics;
use super::diagnostics::indicators;
use super::diagnostics::lint;
use super::diagnostics::lint_operators;
use super::diagnostics::problem::{Cause, Fix, Level, Problem};
use super::diagnostics::quotes;
use super::fields::Index;
use super::syntax::expr::{Expr, Query};
use super::syntax::filter_word::LocatedFilter;
use super::syntax::marks::{Mark, TokenRole};
use super::syntax::scan::operator_len;

/// The result of parsing a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// `None` if one of the problems is an error, except for a list of indicators, which has both an error and a query.
    pub query: Option<Query>,
    /// In the order of the text.
    pub problems: Vec<Problem>,
}

/// Parses a query. Accepts any text, in time linear in its length.
///
/// Lists at most 50 errors, and at most 50 warnings and notes.
pub fn parse(text: &str) -> Parsed {
    Parser::parse(text, None).finish()
}

/// Parses a query like [`parse`], and also reports fields that `index` does not have and a list of indicators in place
/// of a query.
pub fn parse_for(index: Index, text: &str) -> Parsed {
    let parsed = Parser::parse(text, Some(index)).finish();
    match indicators::list_problem(index, text) {
        // Other problems of a list would only hide that it is no query.
        Some(mut list) => {
            list.fix = list.fix.filter(|fix| parse(&fix.replacement).query.is_some());
            Parsed { problems: vec![list], ..parsed }
        }
        _ => parsed,
    }
}

/// The unfinished term at the end of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::query) struct CompletionPoint<'a> {
    /// The field of the value; `None` for a bare term, which may become a field name.
    pub(in crate::query) field: Option<&'a str>,
    /// The byte at which the term begins, with its quotation mark.
    pub(in crate::query) start: usize,
}

/// The maximum nesting of groups and negations: more than any sensible query has, and less than overflows the stack.
const MAX_DEPTH: usize = 100;

pub(in crate::query) struct Parser<'a> {
    pub(in crate::query) text: &'a str,
    pub(in crate::query) position: usize,
    depth: usize,
    /// The field before the current group.
    pub(in crate::query) within: Option<&'a str>,
    expr: Expr,
    pub(in crate::query) diagnostics: Diagnostics<'a>,
    pub(in crate::query) marks: Vec<Mark>,
    pub(in crate::query) completion_point: Option<CompletionPoint<'a>>,
    /// The top-level facet filters, in the order of the text.
    pub(in crate::query) filters: Vec<LocatedFilter>,
    /// Whether parsing stopped at [`MAX_DEPTH`], after which open parentheses are no problem of their own.
    is_abandoned: bool,
}

/// The next token, with its span if it is an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    End,
    Open,
    Close,
    And(Range<usize>),
    Or(Range<usize>),
    Not(Range<usize>),
    Term,
}

/// The runs of terms between the `or`s of a chain.
#[derive(Default)]
struct Chain {
    /// The span of each run, and whether it has several terms.
    term_runs: Vec<(Range<usize>, bool)>,
    /// The first `or` next to a run of several terms.
    first_mixed_or: Option<Range<usize>>,
    first_or: Option<Range<usize>>,
}

impl<'a> Parser<'a> {
    pub(in crate::query) fn parse(text: &'a str, index: Option<Index>) -> Self {
        let mut parser = Self {
            text,
            position: 0,
            depth: 0,
            within: None,
            expr: Expr::All,
            diagnostics: Diagnostics::new(text, index),
            marks: Vec::new(),
            completion_point: None,
            filters: Vec::new(),
            is_abandoned: false,
        };
        parser.expr = parser.parse_or();
        while parser.peek_operator() == Next::Close {
            let span = parser.position..parser.position + 1;
            parser.position += 1;
            parser.marks.push((span.clone(), TokenRole::Group));
            let deletion = parser.diagnostics.replacement_fix(span.clone(), "remove it", "");
            parser
                .diagnostics
                .add_problem(
                    Cause::Parenthesis,
                    span,
                    "Unmatched )",
                    r"remove it, add ( before it, or write \) for the character itself",
                )
                .add_fix(deletion);
            parser.parse_or();
        }
        quotes::warn_swallowed_quote(&mut parser.diagnostics);
        if matches!(parser.expr, Expr::Or(_)) {
            for (span, _) in std::mem::take(&mut parser.filters) {
                lint_operators::warn_misplaced_filter(&mut parser.diagnostics, span);
            }
        }
        parser
    }

    fn finish(mut self) -> Parsed {
        self.drop_broken_fixes();
        self.diagnostics.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        Parsed {
            query: (self.diagnostics.errors == 0).then(|| Query::new(self.expr)),
            problems: self.diagnostics.problems,
        }
    }

    /// Tries each fix and drops it if the text then has more errors: a part of a value can be an error by itself.
    fn drop_broken_fixes(&mut self) {
        /// Longer texts, in bytes, would take too long to parse once for each fix, and get none.
        const MAX_CHECKED_LEN: usize = 8 * 1024;
        let is_long = self.text.len() > MAX_CHECKED_LEN;
        let (index, n_errors) = (self.diagnostics.index, self.diagnostics.errors);
        for problem in &mut self.diagnostics.problems {
            let adds_no_error =
                |fix: &mut Fix| !is_long && Parser::parse(&fix.apply(self.text), index).diagnostics.errors <= n_errors;
            problem.fix = problem.fix.take_if(adds_no_error);
        }
    }

    /// Returns the role of each part of the text, and the spans of the errors.
    pub(in crate::query) fn into_marks(self) -> (Vec<Mark>, Vec<Range<usize>>) {
        let errors = self
            .diagnostics
            .problems
            .into_iter()
            .filter(|problem| problem.level == Level::Error)
            .map(|problem| problem.span);
        (self.marks, errors.collect())
    }

    /// Returns the unfinished term at the end of the text, if there is one.
    pub(in crate::query) fn completion_point(&self) -> Option<CompletionPoint<'a>> {
        self.completion_point
    }

    pub(in crate::query) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Returns whether the current term is in no group and after no negation.
    pub(in crate::query) fn is_top_level(&self) -> bool {
        self.depth == 0 && self.within.is_none()
    }

    pub(in crate::query) fn remaining(&self) -> &'a str {
        &self.text[self.position..]
    }

    pub(in crate::query) fn skip_space(&mut self) {
        self.position = self.text.len() - self.remaining().trim_start().len();
    }

    fn peek_operator(&mut self) -> Next {
        self.skip_space();
        let rest = self.remaining();
        match rest.as_bytes().first() {
            None => Next::End,
            Some(b'(') => Next::Open,
            Some(b')') => Next::Close,
            Some(b'-') => Next::Not(self.position..self.position + 1),
            Some(_) => {
                let word = &rest[..operator_len(rest)];
                let span = self.position..self.position + word.len();
                match word.len() {
                    2 => Next::Or(span),
                    3 if word.eq_ignore_ascii_case("and") => Next::And(span),
                    3 => Next::Not(span),
                    _ => Next::Term,
                }
            }
        }
    }

    fn take_operator(&mut self, span: &Range<usize>) {
        self.marks.push((span.clone(), TokenRole::Operator));
        self.position = span.end;
    }

    /// Parses terms joined by `or`, up to a closing parenthesis or the end; [`Expr::All`] if there are none.
    fn parse_or(&mut self) -> Expr {
        let mut members = Vec::new();
        let mut errors = self.diagnostics.errors;
        let mut chain = Chain::default();
        let mut is_joined = self.parse_run(&mut members, &mut chain);
        while let Next::Or(span) = self.peek_operator() {
            if members.is_empty() && self.diagnostics.errors == errors {
                self.diagnostics.report_dangling(span.clone(), "before");
            }
            self.take_operator(&span);
            errors = self.diagnostics.errors;
            let count = members.len();
            is_joined |= self.parse_run(&mut members, &mut chain);
            if members.len() == count && self.diagnostics.errors == errors {
                self.diagnostics.report_dangling(span.clone(), "after");
            }
            chain.first_or.get_or_insert(span.clone());
            if is_joined {
                chain.first_mixed_or.get_or_insert(span);
            }
        }
        if let Some(or) = chain.first_or.take() {
            lint_operators::warn_negated_or(&mut self.diagnostics, or, &members, &chain.term_runs);
        }
        if let Some(or) = chain.first_mixed_or.take() {
            lint::warn_mixed_operators(&mut self.diagnostics, or, &members, &chain.term_runs);
        }
        Expr::or(members)
    }

    /// Calls [`Parser::parse_and`] and adds the span of the parsed terms to `chain`.
    fn parse_run(&mut self, into: &mut Vec<Expr>, chain: &mut Chain) -> bool {
        self.skip_space();
        let start = self.position;
        let is_joined = self.parse_and(into);
        let end = start + self.text[start..self.position].trim_end().len();
        chain.term_runs.push((start..end, is_joined));
        is_joined
    }

    /// Parses terms joined by `and`, or by nothing, and adds them as one member. Returns whether there were several.
    fn parse_and(&mut self, into: &mut Vec<Expr>) -> bool {
        let mut members = Vec::new();
        let mut trailing_and = None;
        loop {
            match self.peek_operator() {
                Next::End => {
                    self.completion_point.get_or_insert(CompletionPoint { field: self.within, start: self.position });
                    break;
                }
                Next::Close | Next::Or(_) => break,
                Next::And(span) => {
                    if members.is_empty() || trailing_and.is_some() {
                        self.diagnostics.report_dangling(span.clone(), "before");
                    }
                    self.take_operator(&span);
                    trailing_and = Some(span);
                }
                next @ (Next::Open | Next::Not(_) | Next::Term) => {
                    let member = self.parse_unary();
                    if let Next::Not(minus) = next {
                        lint::warn_command_switch(&mut self.diagnostics, members.last(), &member, &minus);
                    }
                    members.push(member);
                    trailing_and = None;
                }
            }
        }
        if let Some(span) = trailing_and
            && !members.is_empty()
        {
            self.diagnostics.report_dangling(span, "after");
        }
        let is_joined = members.len() > 1;
        if !members.is_empty() {
            into.push(Expr::and(members));
        }
        is_joined
    }

    fn parse_unary(&mut self) -> Expr {
        match self.peek_operator() {
            Next::Not(span) => self.parse_negation(span),
            Next::Open => self.parse_group(),
            _ => self.parse_clause(),
        }
    }

    fn parse_negation(&mut self, span: Range<usize>) -> Expr {
        self.take_operator(&span);
        if !self.enter_level(&span) {
            return Expr::All;
        }
        let gap = self.position;
        let negated = match self.peek_operator() {
            Next::End | Next::Close | Next::Or(_) | Next::And(_) => {
                self.diagnostics.report_dangling(span, "after");
                Expr::All
            }
            Next::Open | Next::Not(_) | Next::Term => {
                if self.text[span.clone()] == *"-" && self.position > gap {
                    let closer =
                        self.diagnostics.replacement_fix(gap..self.position, "write it directly before the term", "");
                    self.diagnostics
                        .add_problem(
                            Cause::Misread,
                            span,
                            "This - negates the next term, although a space is between them",
                            "write it directly before the term, or \"-\" in quotes to search for the character",
                        )
                        .add_fix(closer);
                }
                self.parse_unary()
            }
        };
        self.depth -= 1;
        Expr::Not(Box::new(negated))
    }

    pub(in crate::query) fn parse_group(&mut self) -> Expr {
        let open = self.position..self.position + 1;
        self.marks.push((open.clone(), TokenRole::Group));
        self.position += 1;
        if !self.enter_level(&open) {
            return Expr::All;
        }
        self.completion_point = None;
        let is_empty = matches!(self.peek_operator(), Next::Close | Next::End);
        let expr = self.parse_or();
        self.depth -= 1;
        if self.peek_operator() == Next::Close {
            self.marks.push((self.position..self.position + 1, TokenRole::Group));
            self.position += 1;
            if is_empty {
                let span = open.start..self.position;
                // Without the group, a field before it would have no value.
                let deletion = (!self.text[..open.start].trim_end().ends_with(':'))
                    .then(|| self.diagnostics.replacement_fix(span.clone(), "remove them", ""))
                    .flatten();
                self.diagnostics
                    .add_problem(
                        Cause::EmptyGroup,
                        span,
                        "Empty parentheses",
                        r"put a term between them, remove them, or write \(\) for the characters themselves",
                    )
                    .add_fix(deletion);
            }
            lint_operators::warn_only_negations(&mut self.diagnostics, open.start..self.position, self.within, &expr);
        } else if !self.is_abandoned {
            let closing = self.diagnostics.closing_fix(")");
            self.diagnostics
                .add_problem(
                    Cause::Parenthesis,
                    open,
                    "Unclosed (",
                    r"type ) where the group ends, or \( for the character itself",
                )
                .add_fix(closing);
        }
        expr
    }

    /// Enters a nesting level. At [`MAX_DEPTH`] it reports an error, skips the remaining text and returns `false`.
    fn enter_level(&mut self, span: &Range<usize>) -> bool {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            return true;
        }
        self.diagnostics.add_problem(
            Cause::Depth,
            span.clone(),
            format!("Groups and negations are nested more than {MAX_DEPTH} deep"),
            "remove parentheses that are not needed",
        );
        if span.end < self.text.len() {
            self.marks.push((span.end..self.text.len(), TokenRole::Error));
        }
        self.position = self.text.len();
        self.is_abandoned = true;
        false
    }
}
