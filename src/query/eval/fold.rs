//! Case-insensitive text comparison, with and without wildcards, without allocating.

/// Returns the character in lower case; unchanged if that is more than one character, so that texts can be compared
/// character by character.
pub(in crate::query) fn fold_char(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => char,
    }
}

/// Returns the text with each character folded by [`fold_char`].
pub(in crate::query) fn fold_text(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Returns the character in lower case, and a backslash for a slash.
pub(super) fn fold_path_char(char: char) -> char {
    if char == '/' { '\\' } else { fold_char(char) }
}

/// Returns whether the full text matches a pattern with the wildcards `*` and `?`, ignoring case.
pub fn is_wildcard_match(pattern: &str, text: &str) -> bool {
    Needle::new(pattern, Stars::Wildcards, fold_char).matches(text)
}

/// A text or a pattern to compare text with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// A text in lower case.
    Exact(String),
    /// A pattern, in lower case.
    Pattern(Vec<PatternPart>),
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternPart {
    Char(char),
    /// `?`: any one character.
    AnyChar,
    /// `*`: any number of characters.
    AnyRun,
}

/// Whether `*` and `?` are wildcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stars {
    Wildcards,
    Literal,
}

impl Needle {
    /// Creates a needle from the text of a query, with its characters folded by `fold`.
    pub(super) fn new(text: &str, stars: Stars, fold: fn(char) -> char) -> Self {
        if stars == Stars::Literal || !text.contains(['*', '?']) {
            return Self::Exact(text.chars().map(fold).collect());
        }
        let mut parts: Vec<_> = text
            .chars()
            .map(|char| match char {
                '*' => PatternPart::AnyRun,
                '?' => PatternPart::AnyChar,
                char => PatternPart::Char(fold(char)),
            })
            .collect();
        parts.dedup_by(|a, b| *a == PatternPart::AnyRun && *b == PatternPart::AnyRun);
        Self::Pattern(parts)
    }

    /// Returns whether the full text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => is_equal(exact, text),
            Self::Pattern(parts) => matches_pattern(parts, text, fold_char),
        }
    }

    /// Returns the longest text that every match contains; empty if there is none or it is not ASCII.
    pub(super) fn longest_literal(&self) -> String {
        let literal = match self {
            Self::Exact(exact) => exact.clone(),
            Self::Pattern(parts) => {
                let runs = parts.split(|part| matches!(part, PatternPart::AnyChar | PatternPart::AnyRun));
                let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
                let chars = longest.iter().filter_map(|part| match part {
                    PatternPart::Char(char) => Some(*char),
                    PatternPart::AnyChar | PatternPart::AnyRun => None,
                });
                chars.collect()
            }
        };
        if literal.is_ascii() { literal } else { String::new() }
    }
}

/// Returns whether `text` in lower case is equal to `exact`.
fn is_equal(exact: &str, text: &str) -> bool {
    if exact.eq_ignore_ascii_case(text) {
        return true;
    }
    // Outside ASCII the lower case of a letter can have another length, or even be an ASCII letter.
    !text.is_ascii() && text.chars().map(fold_char).eq(exact.chars())
}

/// Returns whether the full text matches the pattern.
pub(super) fn matches_pattern(parts: &[PatternPart], text: &str, fold: impl Fn(char) -> char) -> bool {
    let mut rest = text.chars();
    let mut part = 0;
    // Where to continue if the last `*` must match one more character.
    let mut retry = None;
    loop {
        let fits = match parts.get(part) {
            None => rest.as_str().is_empty(),
            Some(PatternPart::AnyRun) => {
                if part + 1 == parts.len() {
                    return true;
                }
                retry = Some((part + 1, rest.clone()));
                true
            }
            Some(PatternPart::AnyChar) => rest.next().is_some(),
            Some(PatternPart::Char(char)) => rest.next().is_some_and(|next| fold(next) == *char),
        };
        if fits {
            if part == parts.len() {
                return true;
            }
            part += 1;
            continue;
        }
        let Some((after, from)) = &mut retry else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        part = *after;
        rest = from.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(is_wildcard_match(pattern, text), expected, "{pattern} {text}");
    }

    #[test]
    fn letter_case_is_ignored_in_any_script() {
        check("SvcHost.exe", "svchost.EXE", true);
        check("größe", "GRÖSSE", false);
        check("größe", "GRÖßE", true);
        check("ΑΒΓ", "αβγ", true);
        check("kelvin", "\u{212a}elvin", true);
        check("a", "ab", false);
        check("", "", true);
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        check("win*.exe", "winword.exe", true);
        check("win*.exe", "win.exe", true);
        check("win*.exe", "winword.exe.bak", false);
        check("*a*b*c", "xxaxxbxxabc", true);
        check("*a*b*c", "xxaxxbxxabd", false);
        check("a?c", "aéc", true);
        check("a?c", "ac", false);
        check("a?", "a", false);
        check("?", "", false);
        check("*", "", true);
        check("**", "anything", true);
        check("É*", "école", true);
    }

    #[test]
    fn literal_stars_match_only_themselves() {
        let needle = Needle::new("a*b", Stars::Literal, fold_char);
        assert!(needle.matches("A*B"));
        assert!(!needle.matches("axb"));
    }

    #[test]
    fn a_hostile_pattern_costs_no_more_than_its_length_times_the_text() {
        let pattern = "a*".repeat(200) + "b";
        let text = "a".repeat(20_000);
        check(&pattern, &text, false);
    }
}
