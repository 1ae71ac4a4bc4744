//! Matching of paths and registry keys from any directory to their end (API reference, section 3.2).

use std::borrow::Cow;

use super::fold::{PatternPart, fold_path_char, matches_pattern};
use crate::query::eval::tokens::is_slash;

/// Returns whether `path` ends in `end`, which must begin at a directory or the file name.
pub(super) fn path_ends_with(path: &str, end: &str) -> bool {
    let mut rest = path.trim_end_matches(is_slash).chars().rev();
    let mut end = end.chars().rev();
    end.all(|char| rest.next().is_some_and(|next| fold_path_char(next) == char)) && rest.next().is_none_or(is_slash)
}

/// Returns whether `path` matches the pattern from one of its directories to its end.
pub(super) fn path_matches(path: &str, parts: &[PatternPart]) -> bool {
    let mut rest = path.trim_start_matches(is_slash);
    loop {
        if matches_pattern(parts, rest, fold_path_char) {
            return true;
        }
        // A pattern that begins with `*` has already been tried at every position.
        if parts.first() == Some(&PatternPart::AnyRun) {
            return false;
        }
        match rest.split_once(is_slash) {
            Some((_, after)) => rest = after.trim_start_matches(is_slash),
            None => return false,
        }
    }
}

/// Replaces a numbered control set in a registry key by `currentcontrolset`, under which the server stores it.
pub(super) fn resolve_control_set(key: &str) -> Cow<'_, str> {
    const SET: &str = "controlset00";
    let at = key.as_bytes().windows(SET.len() + 1).position(|window| {
        window[..SET.len()].eq_ignore_ascii_case(SET.as_bytes()) && matches!(window[SET.len()], b'1' | b'2')
    });
    match at {
        Some(at) => {
            let rest = &key[at + SET.len() + 1..];
            format!("{}currentcontrolset{rest}", &key[..at]).into()
        }
        None => key.into(),
    }
}
