//! Paths and registry keys, from any directory to their end (API reference, section 3.2).

use std::borrow::Cow;

use super::fold::{PatternPart, fold_path_char, matches_pattern};
use crate::query::eval::tokens::is_slash;

/// Whether the path ends in these directories and this name.
pub(super) fn path_ends_with(path: &str, end: &str) -> bool {
    let mut rest = path.trim_end_matches(is_slash).chars().rev();
    let mut end = end.chars().rev();
    end.all(|char| rest.next().is_some_and(|next| fold_path_char(next) == char)) && rest.next().is_none_or(is_slash)
}

/// Whether the path, from one of its directories on, is like the pattern.
pub(super) fn path_matches(path: &str, parts: &[PatternPart]) -> bool {
    let mut rest = path.trim_start_matches(is_slash);
    loop {
        if matches_pattern(parts, rest, fold_path_char) {
            return true;
        }
        // A pattern that begins with `*` has tried every place already.
        if parts.first() == Some(&PatternPart::AnyRun) {
            return false;
        }
        match rest.split_once(is_slash) {
            Some((_, after)) => rest = after.trim_start_matches(is_slash),
            None => return false,
        }
    }
}

/// A registry key with its control set by the name it is stored under.
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
