//! Text to query: one pass that builds the tree, notes what is wrong and remembers what each part of the text is.

use std::ops::Range;

use super::super::diagnostics::lint;
use super::super::diagnostics::lint_operators;
use super::super::diagnostics::problem::{Cause, Fix, Level, Problem};
use super::super::diagnostics::quotes;
use super::super::edit::highlight::{Mark, Role};
use super::super::fields::Index;
use super::super::ioc;
use super::expr::{Expr, Query};
use super::facet_filters;
use super::scan::operator_len;

/// What became of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The query; nothing only if one of the problems is an error. A list of indicators is an error and a query.
    pub query: Option<Query>,
    /// What is wrong with it, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads a query. Any text is welcome; the time it takes grows with its length and no faster.
///
/// Beyond the first fifty, problems of one level are not listed.
pub fn parse(text: &str) -> Parsed {
    Parser::run(text, None).finish()
}

/// Like [`parse`], and says what is wrong for `index`: fields that it does not have, a list that is no query.
pub fn parse_for(index: Index, text: &str) -> Parsed {
    let parsed = Parser::run(text, Some(index)).finish();
    match ioc::problem(index, text) {
        // What else is to be said about a list as a query only hides that it is none.
        Some(list) => Parsed { problems: vec![list], ..parsed },
        _ => parsed,
    }
}

/// What is being typed at the end of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::query) struct Spot<'a> {
    /// The field whose value it is; none for a bare term, which may become the name of a field.
    pub(in crate::query) field: Option<&'a str>,
    /// Where it begins, with its quotation mark.
    pub(in crate::query) start: usize,
}

/// How deep groups and negations may lie in each other: more than anyone writes, less than a stack holds.
const DEPTH: usize = 100;

pub(in crate::query) struct Parser<'a> {
    pub(in crate::query) text: &'a str,
    pub(in crate::query) at: usize,
    depth: usize,
    pub(in crate::query) index: Option<Index>,
    /// The field before the group we are in.
    pub(in crate::query) within: Option<&'a str>,
    expr: Expr,
    pub(in crate::query) errors: usize,
    pub(in crate::query) warnings: usize,
    pub(in crate::query) problems: Vec<Problem>,
    pub(in crate::query) marks: Vec<Mark>,
    pub(in crate::query) spot: Option<Spot<'a>>,
    /// The facet filters beside the terms, in the order of the text.
    pub(in crate::query) filters: Vec<facet_filters::Found>,
    /// Where a backslash made the quote part of a value that was meant to close it, and the change that mends it.
    pub(in crate::query) swallowed: Option<(Range<usize>, Option<Fix>)>,
    /// Whether the text was given up, so that nothing more can be said about its parentheses.
    is_lost: bool,
}

/// What comes next, with its bytes.
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
    /// Where each stands, and whether it is of several terms.
    runs: Vec<(Range<usize>, bool)>,
    /// The first `or` beside a run of several.
    mixed: Option<Range<usize>>,
    /// The first `or`.
    first: Option<Range<usize>>,
}

impl<'a> Parser<'a> {
    pub(in crate::query) fn run(text: &'a str, index: Option<Index>) -> Self {
        let mut parser = Self {
            text,
            at: 0,
            depth: 0,
            index,
            within: None,
            expr: Expr::All,
            errors: 0,
            warnings: 0,
            problems: Vec::new(),
            marks: Vec::new(),
            spot: None,
            filters: Vec::new(),
            swallowed: None,
            is_lost: false,
        };
        parser.expr = parser.any();
        while parser.next() == Next::Close {
            let span = parser.at..parser.at + 1;
            parser.at += 1;
            parser.marks.push((span.clone(), Role::Group));
            let deletion = parser.change(span.clone(), "delete it", "");
            parser
                .problem(
                    Cause::Parenthesis,
                    span,
                    "this parenthesis closes nothing",
                    r"delete it, open one before it, or write \) for the character itself",
                )
                .fix(deletion);
            parser.any();
        }
        quotes::warn_of_swallowed(&mut parser);
        if matches!(parser.expr, Expr::Or(_)) {
            for (span, _) in std::mem::take(&mut parser.filters) {
                lint_operators::misplaced_filter(&mut parser, span);
            }
        }
        parser
    }

    fn finish(mut self) -> Parsed {
        self.prove_fixes();
        self.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        Parsed { query: (self.errors == 0).then(|| Query::new(self.expr)), problems: self.problems }
    }

    /// What each part of the text is, and the places of the errors.
    pub(in crate::query) fn into_marks(self) -> (Vec<Mark>, Vec<Range<usize>>) {
        let errors =
            self.problems.into_iter().filter(|problem| problem.level == Level::Error).map(|problem| problem.span);
        (self.marks, errors.collect())
    }

    /// What is being typed at the end of the text, if anything is.
    pub(in crate::query) fn spot(&self) -> Option<Spot<'a>> {
        self.spot
    }

    pub(in crate::query) fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Whether what is read now stands beside the other terms, in no group and behind no minus.
    pub(in crate::query) fn is_beside(&self) -> bool {
        self.depth == 0 && self.within.is_none()
    }

    pub(in crate::query) fn index(&self) -> Option<Index> {
        self.index
    }

    pub(in crate::query) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(in crate::query) fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn next(&mut self) -> Next {
        self.skip_space();
        let rest = self.rest();
        match rest.as_bytes().first() {
            None => Next::End,
            Some(b'(') => Next::Open,
            Some(b')') => Next::Close,
            Some(b'-') => Next::Not(self.at..self.at + 1),
            Some(_) => {
                let word = &rest[..operator_len(rest)];
                let span = self.at..self.at + word.len();
                match word.len() {
                    2 => Next::Or(span),
                    3 if word.eq_ignore_ascii_case("and") => Next::And(span),
                    3 => Next::Not(span),
                    _ => Next::Term,
                }
            }
        }
    }

    fn operator(&mut self, span: &Range<usize>) {
        self.marks.push((span.clone(), Role::Operator));
        self.at = span.end;
    }

    /// Terms joined by `or`, up to a closing parenthesis or the end. [`Expr::All`] if there are none.
    fn any(&mut self) -> Expr {
        let mut members = Vec::new();
        let mut errors = self.errors;
        let mut chain = Chain::default();
        let mut is_joined = self.run_of_chain(&mut members, &mut chain);
        while let Next::Or(span) = self.next() {
            if members.is_empty() && self.errors == errors {
                self.dangling(span.clone(), "before");
            }
            self.operator(&span);
            errors = self.errors;
            let count = members.len();
            is_joined |= self.run_of_chain(&mut members, &mut chain);
            if members.len() == count && self.errors == errors {
                self.dangling(span.clone(), "after");
            }
            chain.first.get_or_insert(span.clone());
            if is_joined {
                chain.mixed.get_or_insert(span);
            }
        }
        if let Some(or) = chain.first.take() {
            lint_operators::either_negation(self, or, &members, &chain.runs);
        }
        if let Some(or) = chain.mixed.take() {
            lint::mixed(self, or, &members, &chain.runs);
        }
        Expr::or(members)
    }

    /// Adds terms as [`Parser::all`] does, and remembers where they stand.
    fn run_of_chain(&mut self, into: &mut Vec<Expr>, chain: &mut Chain) -> bool {
        self.skip_space();
        let start = self.at;
        let is_joined = self.all(into);
        let end = start + self.text[start..self.at].trim_end().len();
        chain.runs.push((start..end, is_joined));
        is_joined
    }

    /// Adds the terms joined by `and`, or by nothing, as one member. Says whether they were several.
    fn all(&mut self, into: &mut Vec<Expr>) -> bool {
        let mut members = Vec::new();
        let mut joint = None;
        loop {
            match self.next() {
                Next::End => {
                    self.spot.get_or_insert(Spot { field: self.within, start: self.at });
                    break;
                }
                Next::Close | Next::Or(_) => break,
                Next::And(span) => {
                    if members.is_empty() || joint.is_some() {
                        self.dangling(span.clone(), "before");
                    }
                    self.operator(&span);
                    joint = Some(span);
                }
                next @ (Next::Open | Next::Not(_) | Next::Term) => {
                    let member = self.unary();
                    if let Next::Not(minus) = next {
                        lint::switch(self, members.last(), &member, &minus);
                    }
                    members.push(member);
                    joint = None;
                }
            }
        }
        if let Some(span) = joint
            && !members.is_empty()
        {
            self.dangling(span, "after");
        }
        let is_joined = members.len() > 1;
        if !members.is_empty() {
            into.push(Expr::and(members));
        }
        is_joined
    }

    fn unary(&mut self) -> Expr {
        match self.next() {
            Next::Not(span) => self.negation(span),
            Next::Open => self.group(),
            _ => self.clause(),
        }
    }

    fn negation(&mut self, span: Range<usize>) -> Expr {
        self.operator(&span);
        if !self.descend(&span) {
            return Expr::All;
        }
        let gap = self.at;
        let negated = match self.next() {
            Next::End | Next::Close | Next::Or(_) | Next::And(_) => {
                self.dangling(span, "after");
                Expr::All
            }
            Next::Open | Next::Not(_) | Next::Term => {
                if self.text[span.clone()] == *"-" && self.at > gap {
                    let closer = self.change(gap..self.at, "write it close to the term", "");
                    self.problem(
                        Cause::Reading,
                        span,
                        "this `-` negates the next term, though a space is between them",
                        "write it close to the term, or \"-\" in quotes to look for the character",
                    )
                    .fix(closer);
                }
                self.unary()
            }
        };
        self.depth -= 1;
        Expr::Not(Box::new(negated))
    }

    pub(in crate::query) fn group(&mut self) -> Expr {
        let open = self.at..self.at + 1;
        self.marks.push((open.clone(), Role::Group));
        self.at += 1;
        if !self.descend(&open) {
            return Expr::All;
        }
        self.spot = None;
        let is_empty = matches!(self.next(), Next::Close | Next::End);
        let expr = self.any();
        self.depth -= 1;
        if self.next() == Next::Close {
            self.marks.push((self.at..self.at + 1, Role::Group));
            self.at += 1;
            if is_empty {
                let span = open.start..self.at;
                // Without its group a field would have no value.
                let deletion = (!self.text[..open.start].trim_end().ends_with(':'))
                    .then(|| self.change(span.clone(), "delete them", ""))
                    .flatten();
                self.problem(
                    Cause::EmptyGroup,
                    span,
                    "nothing stands between these parentheses",
                    r"put a term between them, delete them, or write \(\) for the characters themselves",
                )
                .fix(deletion);
            }
            lint_operators::only_negations(self, open.start, &expr);
        } else if !self.is_lost {
            let closing = self.closing(")");
            self.problem(
                Cause::Parenthesis,
                open,
                "this parenthesis is never closed",
                r"type ) where the group ends, or write \( for the character itself",
            )
            .fix(closing);
        }
        expr
    }

    /// Goes one level deeper, or gives the text up.
    fn descend(&mut self, span: &Range<usize>) -> bool {
        if self.depth < DEPTH {
            self.depth += 1;
            return true;
        }
        self.problem(
            Cause::Depth,
            span.clone(),
            format!("groups and negations lie in each other more than {DEPTH} deep"),
            "drop the parentheses that group nothing",
        );
        if span.end < self.text.len() {
            self.marks.push((span.end..self.text.len(), Role::Error));
        }
        self.at = self.text.len();
        self.is_lost = true;
        false
    }
}
