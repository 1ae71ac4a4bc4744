//! The objects that a command line or standard input names.

use std::{collections::HashSet, hash::Hash};

use super::{CommandCx, Exit, Failure, stdin::read_lines};

/// Returns the arguments, with `-` replaced by the lines of standard input.
pub(super) fn read_args(args: &[String], cx: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    for word in args {
        if word == "-" {
            words.extend(read_lines(cx)?);
        } else {
            words.push(word.clone());
        }
    }
    Ok(words)
}

/// A parser of arguments of one kind.
pub(super) struct ArgParser<'a> {
    /// The noun of an argument, as in `an MD5`.
    pub(super) noun: &'a str,
    /// The hint that describes a valid argument.
    pub(super) advice: &'a str,
}

impl ArgParser<'_> {
    /// Parses the arguments, without duplicates. If one is invalid, all invalid ones are reported.
    pub(super) fn parse_all<T: Clone + Eq + Hash>(
        &self,
        words: &[String],
        parse: impl Fn(&str) -> Option<T>,
        cx: &mut CommandCx<'_>,
    ) -> Result<Vec<T>, Failure> {
        let Self { noun, advice } = self;
        let mut values = Vec::new();
        let mut seen = HashSet::new();
        let mut invalid = Vec::new();
        for word in words {
            match parse(word) {
                Some(value) if seen.insert(value.clone()) => values.push(value),
                Some(_) => cx.note(&format!("{word} is given twice")),
                None => invalid.push((format!("{word:?} is not a valid {noun}"), None)),
            }
        }
        if let Some((_, hint)) = invalid.last_mut() {
            *hint = Some(format!("{advice}. Nothing was sent"));
            return Err(Failure { exit: Exit::Usage, reports: invalid });
        }
        if values.is_empty() {
            return Err(Failure::usage(format!("no {noun} given")).with_hint(format!("{advice}; one per line")));
        }
        Ok(values)
    }
}
