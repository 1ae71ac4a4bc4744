//! Numbers that stand for characters.

use super::scan;

/// Numbers in a list from which on it is taken for text.
const MIN_LIST: usize = 4;

/// Returns `text` with the characters in the place of their numbers; `None` if it has no such numbers.
pub(super) fn replace(text: &str) -> Option<String> {
    let has_characters = scan::contains(text, "char") || scan::contains(text, "chr");
    let mut replaced = String::new();
    let mut rest = text;
    let mut is_changed = false;
    while let Some(first) = rest.chars().next() {
        let found = escapes(rest)
            .or_else(|| has_characters.then(|| calls(rest)).flatten())
            .or_else(|| (has_characters && !ends_in_word(&replaced)).then(|| list(rest)).flatten());
        if let Some((characters, after)) = found {
            replaced.push_str(&characters);
            rest = after;
            is_changed = true;
        } else {
            replaced.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    is_changed.then_some(replaced)
}

fn ends_in_word(text: &str) -> bool {
    text.ends_with(|char: char| char.is_alphanumeric() || char == '.')
}

/// Reads `[char]105+[char]0x65+'x'` and `Chr(105) & Chr(101)`: characters and strings that are put together.
fn calls(text: &str) -> Option<(String, &str)> {
    let (first, mut rest) = call(text)?;
    let mut characters = String::from(first);
    loop {
        let next = rest.trim_start().strip_prefix(['+', '&']).map(str::trim_start);
        let part = next.and_then(|next| {
            let character = call(next).map(|(character, rest)| (character.to_string(), rest));
            character.or_else(|| scan::literal(next).map(|(part, rest)| (part.to_owned(), rest)))
        });
        let Some((part, after)) = part else { break };
        characters.push_str(&part);
        rest = after;
    }
    Some((format!("'{characters}'"), rest))
}

/// Reads one character: `[char]105`, `[char](105)`, `Chr(105)`, `ChrW(105)`, and each of them in parentheses.
fn call(text: &str) -> Option<(char, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        let (character, rest) = call(inner.trim_start())?;
        return Some((character, rest.trim_start().strip_prefix(')')?));
    }
    let cast = scan::strip_prefix(text, "[char]").map(str::trim_start);
    let function = ["chrw(", "chr(", "chr$("].into_iter().find_map(|name| scan::strip_prefix(text, name));
    let (code, rest) = match (cast, function) {
        (Some(rest), _) if rest.starts_with('(') => in_parentheses(rest[1..].trim_start())?,
        (Some(rest), _) => scan::number(rest)?,
        (None, Some(rest)) => in_parentheses(rest.trim_start())?,
        (None, None) => return None,
    };
    Some((scan::script_character(code)?, rest))
}

fn in_parentheses(text: &str) -> Option<(u32, &str)> {
    let (code, rest) = scan::number(text)?;
    Some((code, rest.trim_start().strip_prefix(')')?))
}

/// Reads `105,101,120,…`, as `[char[]](…)` and `String.fromCharCode(…)` take it.
fn list(text: &str) -> Option<(String, &str)> {
    let (mut characters, mut rest) = (String::new(), text);
    let mut n_characters = 0;
    loop {
        let (code, after) = scan::number(rest)?;
        characters.push(scan::script_character(code).filter(|character| *character >= '\t')?);
        n_characters += 1;
        rest = after;
        match after.trim_start().strip_prefix(',') {
            Some(next) if next.trim_start().starts_with(|char: char| char.is_ascii_digit()) => rest = next.trim_start(),
            _ => break,
        }
    }
    (n_characters >= MIN_LIST).then(|| (format!("'{characters}'"), rest))
}

/// Reads `\x69\x65\x78` and `\u0069\u0065`: two or more characters by their hexadecimal codes.
fn escapes(text: &str) -> Option<(String, &str)> {
    let (mut characters, mut rest) = (String::new(), text);
    while let Some((character, after)) = escape(rest) {
        characters.push(character);
        rest = after;
    }
    (characters.chars().nth(1).is_some()).then_some((characters, rest))
}

fn escape(text: &str) -> Option<(char, &str)> {
    let (rest, length) = match text.strip_prefix("\\x") {
        Some(rest) => (rest, 2),
        None => (text.strip_prefix("\\u")?, 4),
    };
    let (digits, rest) = rest.split_at_checked(length)?;
    let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let code = is_number.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
    Some((scan::script_character(code)?, rest))
}
