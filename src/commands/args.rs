//! What is named on the command line, and on standard input where it says so.

use std::{collections::HashSet, hash::Hash};

use super::{CommandCx, Exit, Failure, query_argument::read_lines};

/// Every word that was given; `-` stands for the lines of standard input.
pub(super) fn read_args(given: &[String], caller: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    for word in given {
        if word == "-" {
            words.extend(read_lines(caller)?);
        } else {
            words.push(word.clone());
        }
    }
    Ok(words)
}

/// All of standard input as text, also as PowerShell writes it into a file: UTF-16 with a byte order mark.
pub(super) fn read_stdin(caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let input = &mut caller.streams.input;
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

/// What words are read as.
pub(super) struct ArgParser<'a> {
    /// What one is called, as in `an MD5`.
    pub(super) noun: &'a str,
    /// What one looks like.
    pub(super) advice: &'a str,
}

impl ArgParser<'_> {
    /// What is meant, each once. Every word that is none is answered, and then nothing is done.
    pub(super) fn parse_all<T: Clone + Eq + Hash>(
        &self,
        words: &[String],
        read: impl Fn(&str) -> Option<T>,
        caller: &mut CommandCx<'_>,
    ) -> Result<Vec<T>, Failure> {
        let Self { noun, advice } = self;
        let mut meant = Vec::new();
        let mut seen = HashSet::new();
        let mut junk = Vec::new();
        for word in words {
            match read(word) {
                Some(one) if seen.insert(one.clone()) => meant.push(one),
                Some(_) => caller.note(&format!("{word} is named twice")),
                None => junk.push((format!("{word:?} is no {noun}"), None)),
            }
        }
        if let Some((_, hint)) = junk.last_mut() {
            *hint = Some(format!("{advice}. Nothing was sent"));
            return Err(Failure { exit: Exit::Usage, reports: junk });
        }
        if meant.is_empty() {
            return Err(Failure::usage(format!("there is no {noun}")).with_hint(format!("{advice}; one a line")));
        }
        Ok(meant)
    }
}
