//! Key bindings of one or two chords.

use std::{fmt, slice, str::FromStr};

use super::Chord;

/// The chords bound to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// A single chord: `j`.
    One(Chord),
    /// A sequence of two chords: `g g`.
    Two([Chord; 2]),
}

impl Binding {
    /// Returns the chords in order.
    pub fn chords(&self) -> &[Chord] {
        match self {
            Self::One(chord) => slice::from_ref(chord),
            Self::Two(chords) => chords,
        }
    }

    /// Returns the text for narrow lines: `gg`, `^r`.
    pub fn short_label(&self) -> String {
        let is_plain = self.chords().iter().all(|chord| chord.is_text());
        let parts: Vec<_> = self.chords().iter().map(|chord| chord.short_label()).collect();
        // Words such as `space` need a separator.
        let is_tight = is_plain && parts.iter().all(|part| part.chars().count() == 1);
        parts.join(if is_tight { "" } else { " " })
    }

    /// Returns whether the bindings are equal or one is a prefix of the other.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        self.chords().iter().zip(other.chords()).all(|(ours, theirs)| ours == theirs)
    }
}

impl FromStr for Binding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let chords: Vec<Chord> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        match *chords {
            [chord] => Ok(Self::One(chord)),
            [first, second] => Ok(Self::Two([first, second])),
            [] => Err("an empty key; to unbind, give an empty list".into()),
            _ => Err(format!("{text:?} has more than two keys")),
        }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.chords().iter().map(Chord::to_string).collect();
        f.pad(&parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::chord::tests::any_key;

    #[track_caller]
    fn check_refused(text: &str, reason: &str) {
        let error = text.parse::<Binding>().unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn one_chord_or_two_make_a_binding() {
        assert_eq!("g  g".parse::<Binding>().unwrap().to_string(), "g g");
        check_refused("", "an empty key");
        check_refused(" ", "an empty key");
        check_refused("g g g", "more than two keys");
        check_refused("g return", "\"return\" is not a key");
    }

    #[test]
    fn a_binding_conflicts_with_its_extensions() {
        for (one, other, clashes) in [
            ("g", "g g", true),
            ("g g", "g", true),
            ("g g", "g g", true),
            ("g g", "g p", false),
            ("g", "G", false),
            ("p", "g p", false),
        ] {
            let [one, other]: [Binding; 2] = [one, other].map(|text| text.parse().unwrap());
            assert_eq!(one.conflicts_with(&other), clashes, "{one}, {other}");
        }
    }

    #[test]
    fn narrow_lines_get_short_forms() {
        for (text, short) in [
            ("g g", "gg"),
            ("ctrl-r", "^r"),
            ("g space", "g space"),
            ("minus", "-"),
            ("alt-enter", "alt-enter"),
            ("ctrl-space", "ctrl-space"),
        ] {
            assert_eq!(text.parse::<Binding>().unwrap().short_label(), short);
        }
    }

    proptest! {
        #[test]
        fn every_binding_round_trips(first in any_key(), second in any_key()) {
            let binding = Binding::Two([first.into(), second.into()]);
            prop_assert_eq!(binding.to_string().parse(), Ok(binding));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            if let Ok(binding) = text.parse::<Binding>() {
                prop_assert_eq!(binding.to_string().parse(), Ok(binding));
            }
        }
    }
}
