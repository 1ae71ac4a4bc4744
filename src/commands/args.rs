//! The objects that a command line or standard input names.

use std::{collections::HashSet, hash::Hash};

use super::{CommandCx, Exit, Failure, query_argument::read_lines};

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

/// Reads all of standard input as UTF-8, or as UTF-16 with a byte order mark, which PowerShell writes.
pub(super) fn read_stdin(cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let input = &mut cx.streams.input;
    input.read_to_end(&mut bytes).map_err(|error| Failure::usage(format!("cannot read standard input: {error}")))?;
    let wide = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    Ok(match bytes.get(..2) {
        Some([0xFF, 0xFE]) => wide(u16::from_le_bytes),
        Some([0xFE, 0xFF]) => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
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
                Some(_) => cx.note(&format!("{word} is named twice")),
                None => invalid.push((format!("{word:?} is no {noun}"), None)),
            }
        }
        if let Some((_, hint)) = invalid.last_mut() {
            *hint = Some(format!("{advice}. Nothing was sent"));
            return Err(Failure { exit: Exit::Usage, reports: invalid });
        }
        if values.is_empty() {
            return Err(Failure::usage(format!("there is no {noun}")).with_hint(format!("{advice}; one a line")));
        }
        Ok(values)
    }
}
