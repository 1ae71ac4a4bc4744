//! Comparing text whatever its letter case, with and without wildcards, without allocating.

/// The character in lower case, if that is one character. One to one, so that texts can be compared as they go.
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

/// The text in lower case by [`fold_char`].
pub(in crate::query) fn fold_text(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// The character in lower case, the slashes made one.
pub(super) fn fold_path_char(char: char) -> char {
    if char == '/' { '\\' } else { fold_char(char) }
}

/// Something to compare text with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// This text, in lower case.
    Exact(String),
    /// A pattern, in lower case.
    Pattern(Vec<PatternPart>),
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternPart {
    /// This character.
    Char(char),
    /// Any one character: `?`.
    AnyChar,
    /// Any run of characters, even none: `*`.
    AnyRun,
}

/// What `*` and `?` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stars {
    /// Wildcards.
    Wildcards,
    /// Themselves.
    Literal,
}

impl Needle {
    /// Text as in a query, compared by `fold`.
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

    /// Whether the whole text is like it.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => is_equal(exact, text),
            Self::Pattern(parts) => matches_pattern(parts, text, fold_char),
        }
    }

    /// The longest text that whatever it matches must contain, if that is plain ASCII; it may be empty.
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

/// Whether the text is, in lower case, `exact`.
fn is_equal(exact: &str, text: &str) -> bool {
    if exact.eq_ignore_ascii_case(text) {
        return true;
    }
    // Other scripts have letters whose lower case is shorter or longer, even an ASCII letter.
    !text.is_ascii() && text.chars().map(fold_char).eq(exact.chars())
}

/// Whether the whole text is like the pattern.
pub(super) fn matches_pattern(parts: &[PatternPart], text: &str, fold: impl Fn(char) -> char) -> bool {
    let mut rest = text.chars();
    let mut part = 0;
    // Where to go on when the last `*` has to take one more character.
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
        let needle = Needle::new(pattern, Stars::Wildcards, fold_char);
        assert_eq!(needle.matches(text), expected, "{pattern} {text}");
    }

    #[test]
    fn letter_case_does_not_matter_in_any_script() {
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
    fn tame_stars_stand_for_themselves() {
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
