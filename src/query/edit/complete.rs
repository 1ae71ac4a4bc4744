//! Completion of field names and fixed values at the cursor.

use std::{borrow::Cow, ops::Range};

use super::super::fields::{self, BinaryJoin, Index, QueryField};
use super::super::parser::Parser;
use super::super::syntax::scan::field_name;

/// A suggestion for the text at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the text that it replaces.
    pub span: Range<usize>,
    /// The replacement.
    pub text: String,
    /// What the suggestion means, in one line.
    pub help: Cow<'static, str>,
}

/// Returns the completions at `cursor`, a byte position: first those that begin with the typed text, then those that
/// contain it.
///
/// Field names include their colon, except for names with a placeholder, which end before it (`watchlist_`). After the
/// colon of a field with fixed values, these are the completions. If nothing is typed, all names or values are
/// returned.
pub fn complete(index: Index, text: &str, cursor: usize) -> Vec<Completion> {
    if let Some(value) = value_at(index, text, cursor) {
        let field = fields::find_field(index, value.field);
        return field.map_or_else(Vec::new, |field| value_completions(field, value.typed, value.span));
    }
    let cursor = char_boundary(text, cursor);
    let before = &text[..cursor];
    let Some(point) = Parser::parse(before, Some(index)).completion_point() else {
        return Vec::new();
    };
    let typed = &before[point.start..];
    if typed.starts_with(['"', '[']) {
        return Vec::new();
    }
    let end = match field_name(&text[point.start..]) {
        Some(name) if point.start + name.len() >= cursor => point.start + name.len() + 1,
        _ => cursor + word_after(text, cursor).len(),
    };
    field_completions(index, typed, point.start..end)
}

/// The value at the cursor.
pub(in crate::query) struct PartialValue<'a> {
    pub(in crate::query) field: &'a str,
    /// The part of the value before the cursor, with its opening quote.
    pub(in crate::query) typed: &'a str,
    /// The bytes that a completion replaces.
    pub(in crate::query) span: Range<usize>,
}

/// Returns the value at the cursor; `None` if it has no field.
pub(in crate::query) fn value_at(index: Index, text: &str, cursor: usize) -> Option<PartialValue<'_>> {
    let cursor = char_boundary(text, cursor);
    let before = &text[..cursor];
    let point = Parser::parse(before, Some(index)).completion_point()?;
    let typed = &before[point.start..];
    let word = word_after(text, cursor);
    // The completion replaces the closing quote too.
    let is_quoted = typed.starts_with('"') && text[cursor + word.len()..].starts_with('"');
    Some(PartialValue { field: point.field?, typed, span: point.start..cursor + word.len() + usize::from(is_quoted) })
}

/// Returns the last character boundary at or before `cursor`.
fn char_boundary(text: &str, cursor: usize) -> usize {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    cursor
}

/// Returns the rest of the word at the cursor.
fn word_after(text: &str, cursor: usize) -> &str {
    let is_end = |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '"');
    let rest = &text[cursor..];
    &rest[..rest.find(is_end).unwrap_or(rest.len())]
}

fn field_completions(index: Index, typed: &str, span: Range<usize>) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let mut candidates = Vec::new();
    for field in fields::fields(index) {
        let colon = if field.has_placeholder() { "" } else { ":" };
        candidates.push((format!("{}{colon}", field.stem()), field));
        // Joined names would make the list five times as long, so the name before the suffix must be typed.
        let is_typed = typed.strip_prefix(field.name).is_some_and(|rest| rest.starts_with('_'));
        if is_typed && index == Index::Process && fields::find_joined(field.name).is_some() {
            for (suffix, _) in BinaryJoin::SUFFIXES {
                candidates.push((format!("{}{suffix}:", field.name), field));
            }
        }
    }
    rank_completions(candidates, &typed, &span)
}

fn value_completions(field: &'static QueryField, typed: &str, span: Range<usize>) -> Vec<Completion> {
    let typed = typed.trim_start_matches('"').to_lowercase();
    let candidates = field.allowed_values.iter().map(|value| ((*value).to_owned(), field)).collect();
    rank_completions(candidates, &typed, &span)
}

/// Returns the candidates that begin with `typed`, then those that contain it, each in their order.
fn rank_completions(
    candidates: Vec<(String, &'static QueryField)>,
    typed: &str,
    span: &Range<usize>,
) -> Vec<Completion> {
    let mut ranked: Vec<_> = candidates
        .into_iter()
        .filter_map(|(text, field)| {
            let at = text.trim_start_matches('"').to_lowercase().find(typed)?;
            Some((at > 0, text, field))
        })
        .collect();
    ranked.sort_by_key(|(is_inside, ..)| *is_inside);
    ranked
        .into_iter()
        .map(|(_, text, field)| Completion { span: span.clone(), text, help: field.help.into() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the text with the first completion applied; `|` marks the cursor.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let cursor = text.find('|').unwrap();
        let text = text.replace('|', "");
        let completions = complete(Index::Process, &text, cursor);
        let completed = completions.first().map_or("nothing".to_owned(), |first| {
            let mut completed = text.clone();
            completed.replace_range(first.span.clone(), &first.text);
            completed
        });
        assert_eq!(completed, expected);
    }

    #[test]
    fn names_of_fields_are_completed() {
        check("proc|", "process_id:");
        check("-cmd|", "-cmdline:");
        check("a (usern|", "a (username:");
        check("PROCESS_N|", "process_name:");
        check("a user|name:x", "a username:x");
        check("us| b", "username: b");
        check("watchl|", "watchlist_");
        check("digsig_result_pa|", "digsig_result_parent:");
        check("sig_res|", "digsig_result:");
        check("xyzzy|", "nothing");
        check("\"proc|", "nothing");
        check("cmdline:proc|", "nothing");
    }

    #[test]
    fn fixed_words_are_completed() {
        check("is_64bit:|", "is_64bit:true");
        check("is_64bit: f|", "is_64bit: false");
        check("host_type:s|", "host_type:server");
        check("os_type:(windows or l|", "os_type:(windows or linux");
        check("os_type:(|", "os_type:(windows");
        check("digsig_result:inv| x", "digsig_result:\"Invalid Signature\" x");
        check("digsig_result:\"inv|\" x", "digsig_result:\"Invalid Signature\" x");
        check("crossproc_type:open|", "crossproc_type:process_open");
        check("is_64bit:true |", "is_64bit:true alliance_data_");
    }

    #[test]
    fn what_begins_with_it_comes_before_what_contains_it() {
        let texts: Vec<_> = complete(Index::Process, "md5", 3).into_iter().map(|completion| completion.text).collect();
        assert_eq!(texts[0], "md5:");
        assert!(texts.len() > 5 && texts.contains(&"process_md5:".to_owned()));
    }

    #[test]
    fn each_index_has_its_own_names() {
        let texts = |index| complete(index, "", 0).len();
        assert_eq!(Index::ALL.map(texts), Index::ALL.map(|index| fields::fields(index).count()));
        assert!(complete(Index::Report, "process_name", 12).is_empty());
    }

    #[test]
    fn a_cursor_anywhere_is_safe() {
        assert!(complete(Index::Alert, "é", 1).len() > 5);
        assert!(!complete(Index::Alert, "", 99).is_empty());
    }
}
