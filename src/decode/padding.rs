//! Characters that have no effect.

/// How often a character must stand within words before it is taken for padding.
const MIN_PADDING: usize = 2;

/// Returns `text` without padding; `None` if it has none.
pub(super) fn remove(text: &str) -> Option<String> {
    let without_carets = carets(text);
    let text_now = without_carets.as_deref().unwrap_or(text);
    let without_quotes = within_words(text_now, '"');
    let text_now = without_quotes.as_deref().unwrap_or(text_now);
    let without_backticks = within_words(text_now, '`');
    let text_now = without_backticks.as_deref().unwrap_or(text_now);
    let joined = joined_strings(text_now);
    joined.or(without_backticks).or(without_quotes).or(without_carets)
}

/// Removes the carets of `c^md`: cmd drops one before any character outside of quotes.
fn carets(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_within = |at: usize| {
        let is_word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        bytes[at] == b'^' && is_word(at.checked_sub(1)) && is_word(at.checked_add(1))
    };
    if (0..bytes.len()).filter(|at| is_within(*at)).count() < MIN_PADDING {
        return None;
    }
    let (mut plain, mut is_quoted) = (String::new(), false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '^' if !is_quoted => plain.extend(characters.next()),
            _ => {
                is_quoted ^= character == '"';
                plain.push(character);
            }
        }
    }
    Some(plain)
}

/// Removes `padding` where it stands between letters or digits, alone or in a row of an even number.
fn within_words(text: &str, padding: char) -> Option<String> {
    let mut plain = String::new();
    let (mut rest, mut n_removed) = (text, 0);
    while let Some(at) = rest.find(padding) {
        let (before, from) = rest.split_at(at);
        let after = from.trim_start_matches(padding);
        let is_word = |char: char| char.is_ascii_alphanumeric();
        plain.push_str(before);
        if plain.ends_with(is_word) && after.starts_with(is_word) {
            n_removed += 1;
        } else {
            plain.push_str(&from[..from.len() - after.len()]);
        }
        rest = after;
    }
    plain.push_str(rest);
    (n_removed >= MIN_PADDING).then_some(plain)
}

/// Joins strings that are put together from parts: `'po'+'wer'`.
fn joined_strings(text: &str) -> Option<String> {
    let mut joined = String::new();
    let (mut rest, mut is_changed) = (text, false);
    while let Some(at) = rest.find(['\'', '"']) {
        let (before, from) = rest.split_at(at);
        let quote = &from[..1];
        let after = &from[1..];
        // One part ends and the next begins, with one kind of quotes.
        let next = after.trim_start().strip_prefix('+').and_then(|next| next.trim_start().strip_prefix(quote));
        joined.push_str(before);
        match next {
            Some(next)
                if !before.trim_end().ends_with(['+', '(', '=', ','])
                    || !before.is_empty() && joined.contains(quote) =>
            {
                is_changed = true;
                rest = next;
            }
            _ => {
                joined.push_str(quote);
                rest = after;
            }
        }
    }
    joined.push_str(rest);
    is_changed.then_some(joined)
}
