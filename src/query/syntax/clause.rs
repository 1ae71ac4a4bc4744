//! Text to query: single terms, with their fields.

use std::ops::Range;

use super::super::diagnostics::lint;
use super::super::diagnostics::problem::Cause;
use super::super::diagnostics::quotes;
use super::super::edit::highlight::{Mark, Role};
use super::super::fields::{self, Field};
use super::expr::{Bound, Clause, Expr, Operand};
use super::facet_filters;
use super::parser::{Parser, Spot};
use super::scan::{field_name, scan_phrase, scan_range, scan_word};

impl<'a> Parser<'a> {
    /// Reads a term.
    pub(in crate::query) fn clause(&mut self) -> Expr {
        let start = self.at;
        if let Some(name) = field_name(self.rest()) {
            let colon = start + name.len();
            if let Some(field) = fields::known(name) {
                self.marks.push((start..colon + 1, Role::Field));
                self.at = colon + 1;
                lint::foreign(self, name, start..colon);
                self.skip_space();
                return self.value(name, Some(field), start);
            }
            if self.is_field_like(name, colon + 1) {
                self.marks.push((start..colon + 1, Role::UnknownField));
                self.at = colon + 1;
                lint::unknown(self, name, start..colon);
                return self.value(name, None, start);
            }
        }
        self.spot = Some(Spot { field: self.within, start });
        let field = self.within;
        let operand = match self.rest().as_bytes().first() {
            Some(b'"') => self.phrase(field.and_then(fields::known)),
            Some(b'[') => self.range(),
            _ => self.word(),
        };
        self.touch();
        let is_all = match &operand {
            Operand::Word(word) => word == "*:*" || (field.is_none() && word.bytes().all(|byte| byte == b'*')),
            _ => false,
        };
        if is_all {
            return Expr::All;
        }
        match &operand {
            Operand::Word(word) if self.is_beside() && facet_filters::filter(word).is_some() => {
                self.filters.push((start..self.at, word.clone()));
            }
            _ => lint::operand(self, field, &operand, start, start..self.at),
        }
        Expr::Clause(Clause { field: None, operand })
    }

    /// Whether an unknown name before a colon can only have been meant as a field.
    fn is_field_like(&self, name: &str, value: usize) -> bool {
        let rest = &self.text[value..];
        let begins = |chars: &[char]| rest.starts_with(chars);
        let is_name = name.len() > 1
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // What follows the drive of a path, the scheme of an address or a lone word is no value of a field.
        let is_value = !rest.is_empty() && !begins(&['\\', '/', ':', ')']) && !rest.starts_with(char::is_whitespace);
        is_name && is_value && (!begins(&['[']) || scan_range(self.text, value).is_ok())
    }

    fn value(&mut self, name: &'a str, field: Option<&Field>, start: usize) -> Expr {
        let from = self.at;
        self.spot = Some(Spot { field: Some(name), start: from });
        let operand = match self.rest().as_bytes().first() {
            None | Some(b')') => {
                self.touch();
                let sample = field.map_or("*", |field| field.sample);
                let colon = start + name.len() + 1;
                let any = self.change(colon..colon, "look for any value", "*");
                self.problem(
                    Cause::NoValue,
                    start..start + name.len() + 1,
                    format!("{name} has no value"),
                    format!("type what to look for, as in {name}:{sample}, or {name}:* for any value"),
                )
                .fix(any);
                return Expr::All;
            }
            Some(b'(') => {
                let outer = self.within.replace(name);
                self.spot = None;
                let expr = self.group();
                self.within = outer;
                return Expr::Within(name.to_owned(), Box::new(expr));
            }
            Some(b'"') => self.phrase(field),
            Some(b'[') => self.range(),
            Some(_) => self.word(),
        };
        self.touch();
        lint::spaced(self, name, start + name.len() + 1, from);
        lint::operand(self, Some(name), &operand, start, from..self.at);
        Expr::Clause(Clause { field: Some(name.to_owned()), operand })
    }

    /// Forgets what is being typed if something follows it.
    fn touch(&mut self) {
        if self.at < self.text.len() {
            self.spot = None;
        }
    }

    fn word(&mut self) -> Operand {
        let start = self.at;
        let (word, len) = scan_word(self.rest(), &[]);
        self.at += len;
        debug_assert!(len > 0, "whoever asks for a word has seen that one begins");
        mark_wildcards(&mut self.marks, self.text, start..self.at);
        Operand::Word(word)
    }

    fn phrase(&mut self, field: Option<&Field>) -> Operand {
        let start = self.at;
        let found = scan_phrase(self.rest());
        let len = found.as_ref().map_or(self.rest().len(), |(_, len)| *len);
        if let Some(swallowed) = quotes::swallowed(self, start..start + len, field) {
            self.swallowed.get_or_insert(swallowed);
        }
        let phrase = match found {
            Ok((phrase, _)) => phrase,
            Err(phrase) => {
                quotes::unclosed(self, start);
                phrase
            }
        };
        self.at += len;
        self.marks.push((start..self.at, Role::Quoted));
        quotes::glued(self, start);
        Operand::Phrase(phrase)
    }

    fn range(&mut self) -> Operand {
        let start = self.at;
        match scan_range(self.text, start) {
            Ok(range) => {
                self.at = range.end;
                self.marks.push((start..start + 1, Role::Group));
                self.marks.push((range.lower.1.clone(), Role::Value));
                self.marks.push((range.to.clone(), Role::Operator));
                self.marks.push((range.upper.1.clone(), Role::Value));
                self.marks.push((range.end - 1..range.end, Role::Group));
                Operand::Range(range.lower.0, range.upper.0)
            }
            Err((end, missing)) => {
                self.at = end.max(start + 1);
                self.marks.push((start..self.at, Role::Value));
                self.problem(
                    Cause::Range,
                    start..self.at,
                    format!("this range has no {missing}"),
                    "write [a TO b], with * for an open end, or put the value in quotes if it is no range",
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
            marks.push((from..at, Role::Value));
        }
        marks.push((at..at + 1, Role::Wildcard));
        from = at + 1;
    }
    if from < span.end {
        marks.push((from..span.end, Role::Value));
    }
}
