//! Parsing of single terms, with or without a field.

use std::ops::Range;

use super::super::diagnostics::lint;
use super::super::diagnostics::problem::Cause;
use super::super::diagnostics::quotes;
use super::super::fields::{self, QueryField};
use super::super::syntax::expr::{Bound, Clause, Expr, Operand};
use super::super::syntax::filter_word::parse_filter;
use super::super::syntax::marks::{Mark, TokenRole};
use super::super::syntax::scan::{field_name, scan_phrase, scan_range, scan_word};
use super::{CompletionPoint, Parser};

impl<'a> Parser<'a> {
    /// Parses a term.
    pub(in crate::query) fn parse_clause(&mut self) -> Expr {
        let start = self.position;
        if let Some(name) = field_name(self.remaining()) {
            let colon = start + name.len();
            if let Some(field) = fields::find_in_any_index(name) {
                self.marks.push((start..colon + 1, TokenRole::Field));
                self.position = colon + 1;
                lint::warn_foreign_field(&mut self.diagnostics, name, start..colon);
                self.skip_space();
                return self.parse_value(name, Some(field), start);
            }
            if self.is_field_like(name, colon + 1) {
                self.marks.push((start..colon + 1, TokenRole::UnknownField));
                self.position = colon + 1;
                lint::warn_unknown_field(&mut self.diagnostics, name, start..colon);
                return self.parse_value(name, None, start);
            }
        }
        self.completion_point = Some(CompletionPoint { field: self.within, start });
        let field = self.within;
        let operand = match self.remaining().as_bytes().first() {
            Some(b'"') => self.parse_phrase(field.and_then(fields::find_in_any_index)),
            Some(b'[') => self.parse_range(),
            _ => self.parse_word(),
        };
        self.clear_completion_point();
        let is_all = match &operand {
            Operand::Word(word) => word == "*:*" || (field.is_none() && word.bytes().all(|byte| byte == b'*')),
            _ => false,
        };
        if is_all {
            return Expr::All;
        }
        match &operand {
            Operand::Word(word) if self.is_top_level() && parse_filter(word).is_some() => {
                self.filters.push((start..self.position, word.clone()));
            }
            _ => lint::lint_operand(&mut self.diagnostics, field, &operand, start, start..self.position),
        }
        Expr::Clause(Clause { field: None, operand })
    }

    /// Returns whether an unknown name before a colon was probably intended as a field. `value` is the byte after the
    /// colon.
    fn is_field_like(&self, name: &str, value: usize) -> bool {
        let rest = &self.text[value..];
        let begins = |chars: &[char]| rest.starts_with(chars);
        let is_name = name.len() > 1
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // These characters follow a drive letter, a URL scheme or a lone word, but begin no field value.
        let is_value = !rest.is_empty() && !begins(&['\\', '/', ':', ')']) && !rest.starts_with(char::is_whitespace);
        is_name && is_value && (!begins(&['[']) || scan_range(self.text, value).is_ok())
    }

    fn parse_value(&mut self, name: &'a str, field: Option<&QueryField>, start: usize) -> Expr {
        let from = self.position;
        self.completion_point = Some(CompletionPoint { field: Some(name), start: from });
        let operand = match self.remaining().as_bytes().first() {
            None | Some(b')') => {
                self.clear_completion_point();
                let sample = field.map_or("*", |field| field.sample);
                let colon = start + name.len() + 1;
                let any = self.diagnostics.replacement_fix(colon..colon, "search for any value", "*");
                self.diagnostics
                    .add_problem(
                        Cause::NoValue,
                        start..start + name.len() + 1,
                        format!("{name}: value missing"),
                        format!("type a value, e.g. {name}:{sample}, or {name}:* for any value"),
                    )
                    .add_fix(any);
                return Expr::All;
            }
            Some(b'(') => {
                let outer = self.within.replace(name);
                self.completion_point = None;
                let expr = self.parse_group();
                self.within = outer;
                return Expr::Within(name.to_owned(), Box::new(expr));
            }
            Some(b'"') => self.parse_phrase(field),
            Some(b'[') => self.parse_range(),
            Some(_) => self.parse_word(),
        };
        self.clear_completion_point();
        lint::warn_space_after_colon(&mut self.diagnostics, name, start + name.len() + 1, from);
        lint::lint_operand(&mut self.diagnostics, Some(name), &operand, start, from..self.position);
        Expr::Clause(Clause { field: Some(name.to_owned()), operand })
    }

    /// Clears the completion point unless the term is the last of the text.
    fn clear_completion_point(&mut self) {
        if self.position < self.text.len() {
            self.completion_point = None;
        }
    }

    fn parse_word(&mut self) -> Operand {
        let start = self.position;
        let (word, len) = scan_word(self.remaining(), &[]);
        self.position += len;
        debug_assert!(len > 0, "the caller has checked that a word begins here");
        mark_wildcards(&mut self.marks, self.text, start..self.position);
        Operand::Word(word)
    }

    fn parse_phrase(&mut self, field: Option<&QueryField>) -> Operand {
        let start = self.position;
        let scanned = scan_phrase(self.remaining());
        let len = scanned.as_ref().map_or(self.remaining().len(), |(_, len)| *len);
        if let Some(swallowed) = quotes::find_swallowed_quote(&self.diagnostics, start..start + len, field) {
            self.diagnostics.swallowed_quote.get_or_insert(swallowed);
        }
        let phrase = match scanned {
            Ok((phrase, _)) => phrase,
            Err(phrase) => {
                quotes::report_unclosed_quote(&mut self.diagnostics, start);
                phrase
            }
        };
        self.position += len;
        self.marks.push((start..self.position, TokenRole::Quoted));
        quotes::warn_glued_quote(&mut self.diagnostics, start..self.position);
        Operand::Phrase(phrase)
    }

    fn parse_range(&mut self) -> Operand {
        let start = self.position;
        match scan_range(self.text, start) {
            Ok(range) => {
                self.position = range.end;
                self.marks.push((start..start + 1, TokenRole::Group));
                self.marks.push((range.lower.1.clone(), TokenRole::Value));
                self.marks.push((range.to.clone(), TokenRole::Operator));
                self.marks.push((range.upper.1.clone(), TokenRole::Value));
                self.marks.push((range.end - 1..range.end, TokenRole::Group));
                Operand::Range(range.lower.0, range.upper.0)
            }
            Err((end, missing)) => {
                self.position = end.max(start + 1);
                self.marks.push((start..self.position, TokenRole::Value));
                self.diagnostics.add_problem(
                    Cause::Range,
                    start..self.position,
                    format!("The range has no {missing}"),
                    "write [a TO b], with * for an open end, or quote the value if it is not a range",
                );
                Operand::Range(Bound::Open, Bound::Open)
            }
        }
    }
}

fn mark_wildcards(marks: &mut Vec<Mark>, text: &str, span: Range<usize>) {
    let mut from = span.start;
    for (at, _) in text[span.clone()].match_indices(['*', '?']) {
        let at = span.start + at;
        if from < at {
            marks.push((from..at, TokenRole::Value));
        }
        marks.push((at..at + 1, TokenRole::Wildcard));
        from = at + 1;
    }
    if from < span.end {
        marks.push((from..span.end, TokenRole::Value));
    }
}
