//! Standard input as text, words or lines.

use super::{CommandCx, Failure};
use crate::model::Link;
use crate::text;

/// Reads all of standard input as UTF-8, or as UTF-16 with a byte order mark, which PowerShell writes.
pub(super) fn read_stdin(cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let input = &mut cx.streams.input;
    input.read_to_end(&mut bytes).map_err(|error| Failure::usage(format!("cannot read stdin: {error}")))?;
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

/// Returns whether a line is a comment. A line that parses as a link is none.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#') && Link::parse(line).is_none()
}

/// Reads standard input, without a byte order mark.
pub(super) fn read_stdin_text(cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let text = read_stdin(cx)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// Reads words from standard input, one or more per line, without blank lines and comments (`#`).
pub(super) fn read_words(cx: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let text = read_stdin_text(cx)?;
    let lines = text::lines(&text).filter(|line| !is_comment(line));
    Ok(lines.flat_map(str::split_whitespace).map(str::to_owned).collect())
}

/// Reads lines from standard input, without blank lines and comments (`#`).
pub(super) fn read_lines(cx: &mut CommandCx<'_>) -> Result<Vec<String>, Failure> {
    let text = read_stdin_text(cx)?;
    let lines = text::lines(&text).map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
    Ok(lines.map(str::to_owned).collect())
}
