//! Variables of cmd, with the values that the text sets or that they have on nearly every Windows host.

use super::scan;

/// Variables with one value on nearly every Windows host, in lower case.
const DEFAULTS: [(&str, &str); 13] = [
    ("allusersprofile", r"C:\ProgramData"),
    ("commonprogramfiles", r"C:\Program Files\Common Files"),
    ("comspec", r"C:\Windows\system32\cmd.exe"),
    ("os", "Windows_NT"),
    ("pathext", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"),
    ("programdata", r"C:\ProgramData"),
    ("programfiles", r"C:\Program Files"),
    ("programfiles(x86)", r"C:\Program Files (x86)"),
    ("programw6432", r"C:\Program Files"),
    ("public", r"C:\Users\Public"),
    ("systemdrive", "C:"),
    ("systemroot", r"C:\Windows"),
    ("windir", r"C:\Windows"),
];

/// Limit of the variables that a text sets.
const MAX_SET: usize = 64;

/// Limit of the text with the values, in bytes: a value may be used again and again.
const MAX_REPLACED: usize = 64 * 1024;

/// Returns `text` with the values of its variables; `None` if none is known.
pub(super) fn replace(text: &str) -> Option<String> {
    if !text.contains(['%', '!']) && !scan::contains(text, "$env:") {
        return None;
    }
    let set = assignments(text);
    let mut replaced = String::new();
    let (mut rest, mut is_changed) = (text, false);
    while let Some(first) = rest.chars().next() {
        let is_reference = ['%', '!', '$'].contains(&first);
        if is_reference
            && let Some((value, after)) = reference(rest, &set)
            && replaced.len() + value.len() + after.len() <= MAX_REPLACED
        {
            replaced.push_str(&value);
            rest = after;
            is_changed = true;
        } else {
            replaced.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    is_changed.then_some(replaced)
}

/// Returns the values that `set name=value` gives, up to a separator of commands.
fn assignments(text: &str) -> Vec<(String, String)> {
    let mut set: Vec<(String, String)> = Vec::new();
    for command in text.split(['&', '|', '(', ')']) {
        let words = command.trim_start().trim_start_matches(['"', '@']);
        // The command may come after the `/c` of cmd.
        let found = words.char_indices().filter(|(at, _)| *at == 0 || words[..*at].ends_with([' ', '"']));
        let assignment = found.into_iter().find_map(|(at, _)| scan::strip_prefix(&words[at..], "set "));
        let Some((name, value)) = assignment.and_then(|assignment| assignment.split_once('=')) else { continue };
        let name = name.trim_start().trim_start_matches('"');
        if !name.is_empty() && set.len() < MAX_SET {
            set.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            set.push((name.to_owned(), value.trim_end_matches('"').to_owned()));
        }
    }
    set
}

/// Reads `%name%`, `!name!`, `%name:~start,length%` or `$env:name` at the start of `text`, and returns its value and
/// the rest.
fn reference<'t>(text: &'t str, set: &[(String, String)]) -> Option<(String, &'t str)> {
    let value_of = |name: &str| {
        let own = set.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        own.or_else(|| DEFAULTS.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value))
    };
    if let Some(rest) = scan::strip_prefix(text, "$env:") {
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return Some((value_of(name)?.to_owned(), rest));
    }
    let mark = text.chars().next().filter(|char| ['%', '!'].contains(char))?;
    let (inner, rest) = text[1..].split_once(mark)?;
    let value = match inner.split_once(":~") {
        Some((name, range)) => substring(value_of(name)?, range)?,
        None => match inner.split_once(':').and_then(|(name, change)| Some((name, change.split_once('=')?))) {
            Some((name, (old, new))) if !old.is_empty() => value_of(name)?.replace(old, new),
            _ => value_of(inner)?.to_owned(),
        },
    };
    Some((value, rest))
}

/// Returns the part of `value` that `start` or `start,length` names; negative numbers count from the end.
fn substring(value: &str, range: &str) -> Option<String> {
    let (start, length) = match range.split_once(',') {
        Some((start, length)) => (start, Some(length.trim().parse::<i64>().ok()?)),
        None => (range, None),
    };
    let characters: Vec<char> = value.chars().collect();
    let n = i64::try_from(characters.len()).ok()?;
    let start: i64 = start.trim().parse().ok()?;
    let from = if start < 0 { (n + start).max(0) } else { start.min(n) };
    let to = match length {
        Some(length) if length < 0 => n + length,
        Some(length) => from.saturating_add(length),
        None => n,
    };
    let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to.clamp(from, n)).ok()?);
    Some(characters[from..to].iter().collect())
}
