//! A key press with its modifiers.

use std::{fmt, str::FromStr};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key press with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Keys with names of several letters.
const NAMED_KEYS: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("minus", KeyCode::Char('-')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("delete", KeyCode::Delete),
    ("backspace", KeyCode::Backspace),
    ("insert", KeyCode::Insert),
];

/// Modifiers in the order in which they are written.
const MODIFIERS: &[(&str, KeyModifiers)] = &[
    ("ctrl", KeyModifiers::CONTROL),
    ("alt", KeyModifiers::ALT),
    ("shift", KeyModifiers::SHIFT),
    ("super", KeyModifiers::SUPER),
    ("hyper", KeyModifiers::HYPER),
    ("meta", KeyModifiers::META),
];

/// The highest function key that terminals report.
const FUNCTION_KEYS: u8 = 35;

impl Chord {
    /// Returns whether the key types a character in a text field.
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && self.modifiers.is_empty()
    }

    /// Returns the key event that a terminal would report.
    pub fn to_key(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// Returns the text for narrow lines: `^r` instead of `ctrl-r`.
    pub fn short_label(self) -> String {
        match self.code {
            KeyCode::Char(char) if char != ' ' && self.modifiers == KeyModifiers::CONTROL => {
                format!("^{char}")
            }
            KeyCode::Char('-') if self.modifiers.is_empty() => "-".into(),
            _ => self.to_string(),
        }
    }

    /// Returns the letter in the other case, with its modifiers.
    pub(super) fn other_case(self) -> Option<Self> {
        let KeyCode::Char(char) = self.code else {
            return None;
        };
        let other = if char.is_ascii_lowercase() { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() };
        (other != char).then_some(Self { code: KeyCode::Char(other), modifiers: self.modifiers })
    }

    /// Returns the canonical chord, since terminals report shift in different ways.
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let is_shifted = modifiers.contains(KeyModifiers::SHIFT);
        let without_shift = modifiers - KeyModifiers::SHIFT;
        match code {
            // With control, the case is ignored: caps lock must not change the meaning of ctrl-c.
            KeyCode::Char(char) if modifiers.contains(KeyModifiers::CONTROL) => {
                Self { code: KeyCode::Char(char.to_ascii_lowercase()), modifiers: without_shift }
            }
            KeyCode::Char(char) => Self {
                code: KeyCode::Char(if is_shifted { char.to_ascii_uppercase() } else { char }),
                modifiers: without_shift,
            },
            KeyCode::Tab if is_shifted => Self { code: KeyCode::BackTab, modifiers: without_shift },
            KeyCode::BackTab => Self { code, modifiers: without_shift },
            _ => Self { code, modifiers },
        }
    }
}

/// Returns the key event that types `char`, as terminals report it.
pub fn key_of(char: char) -> KeyEvent {
    let modifiers = if char.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(char), modifiers)
}

impl From<KeyEvent> for Chord {
    fn from(key: KeyEvent) -> Self {
        Self::new(key.code, key.modifiers)
    }
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A trailing dash is the key itself: `-`, `ctrl--`.
        let (modifier_names, key) = match text.strip_suffix('-') {
            Some(modifier_names) => {
                (modifier_names.strip_suffix('-').or((modifier_names.is_empty()).then_some("")), "minus")
            }
            None => match text.rsplit_once('-') {
                Some((modifier_names, key)) => (Some(modifier_names), key),
                None => (Some(""), text),
            },
        };
        let modifier_names = modifier_names.ok_or_else(|| format!("{text:?} has no key after its modifier"))?;
        let mut modifiers = KeyModifiers::NONE;
        for name in modifier_names.split('-').filter(|_| !modifier_names.is_empty()) {
            let name = name.to_ascii_lowercase();
            match MODIFIERS.iter().find(|(other, _)| *other == name) {
                Some((_, modifier)) => modifiers |= *modifier,
                None => {
                    return Err(format!("{text:?} has an unknown modifier {name:?}; use ctrl, alt or shift"));
                }
            }
        }
        let code = key_code(key).ok_or_else(|| unknown_key(text))?;
        if let KeyCode::Char(char) = code
            && modifiers.contains(KeyModifiers::SHIFT)
        {
            return Err(format!(
                "{text:?} has shift with a character; write the resulting character, e.g. {:?}",
                char.to_ascii_uppercase().to_string()
            ));
        }
        Ok(Self::new(code, modifiers))
    }
}

/// Returns the key code of a name without modifiers.
fn key_code(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(char), None) = (chars.next(), chars.next()) {
        return (!char.is_control() && !char.is_whitespace()).then_some(KeyCode::Char(char));
    }
    let name = name.to_ascii_lowercase();
    let named = NAMED_KEYS.iter().find(|(other, _)| *other == name);
    named.map(|(_, code)| *code).or_else(|| {
        let number = name.strip_prefix('f')?.parse().ok()?;
        (1..=FUNCTION_KEYS).contains(&number).then_some(KeyCode::F(number))
    })
}

fn unknown_key(text: &str) -> String {
    let names: Vec<_> = NAMED_KEYS.iter().map(|(name, _)| *name).collect();
    format!("{text:?} is not a key; use a single character, f1 to f{FUNCTION_KEYS}, {}", names.join(", "))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, modifier) in MODIFIERS {
            if self.modifiers.contains(*modifier) {
                write!(f, "{name}-")?;
            }
        }
        match (NAMED_KEYS.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(char)) => write!(f, "{char}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            // Keys that cannot be bound: media keys, single modifiers.
            (None, other) => write!(f, "{other}"),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, code: KeyCode, modifiers: KeyModifiers) {
        let chord: Chord = text.parse().unwrap();
        assert_eq!(chord, KeyEvent::new(code, modifiers).into());
        assert_eq!(chord.to_string(), text);
    }

    #[track_caller]
    fn check_refused(text: &str, reason: &str) {
        let error = text.parse::<Chord>().unwrap_err();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn chords_are_read_and_written() {
        check("j", KeyCode::Char('j'), KeyModifiers::NONE);
        check("ctrl-j", KeyCode::Char('j'), KeyModifiers::CONTROL);
        check("ctrl-alt-minus", KeyCode::Char('-'), KeyModifiers::CONTROL | KeyModifiers::ALT);
        check("ctrl-space", KeyCode::Char(' '), KeyModifiers::CONTROL);
        check("alt-enter", KeyCode::Enter, KeyModifiers::ALT);
        check("shift-up", KeyCode::Up, KeyModifiers::SHIFT);
        check("f12", KeyCode::F(12), KeyModifiers::NONE);
        check("ö", KeyCode::Char('ö'), KeyModifiers::NONE);
    }

    #[test]
    fn terminals_may_report_shift_as_they_like() {
        check("G", KeyCode::Char('G'), KeyModifiers::SHIFT);
        check("G", KeyCode::Char('g'), KeyModifiers::SHIFT);
        check("G", KeyCode::Char('G'), KeyModifiers::NONE);
        check("?", KeyCode::Char('?'), KeyModifiers::SHIFT);
        check("backtab", KeyCode::BackTab, KeyModifiers::SHIFT);
        check("backtab", KeyCode::Tab, KeyModifiers::SHIFT);
        check("ctrl-c", KeyCode::Char('C'), KeyModifiers::CONTROL);
    }

    #[test]
    fn a_dash_is_a_key_too() {
        for (text, shown) in [("-", "minus"), ("ctrl--", "ctrl-minus"), ("Ctrl-Minus", "ctrl-minus")] {
            assert_eq!(text.parse::<Chord>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn an_invalid_key_is_rejected_with_the_valid_ones() {
        check_refused("return", "f1 to f35, enter, esc");
        check_refused("cmd-x", "unknown modifier \"cmd\"; use ctrl, alt or shift");
        check_refused("shift-g", "write the resulting character, e.g. \"G\"");
        check_refused("ctrl-", "has no key");
        check_refused("f0", "is not a key");
        check_refused("f36", "is not a key");
        check_refused("", "is not a key");
    }

    #[test]
    fn only_bare_characters_are_text() {
        for (text, is_text) in
            [("a", true), ("G", true), ("space", true), ("ctrl-a", false), ("alt-a", false), ("enter", false)]
        {
            assert_eq!(text.parse::<Chord>().unwrap().is_text(), is_text, "{text}");
        }
    }

    pub(in crate::keys) fn any_key() -> impl Strategy<Value = KeyEvent> {
        let code = prop_oneof![
            any::<char>()
                .prop_filter("typed", |c| !c.is_control() && !c.is_whitespace() || *c == ' ')
                .prop_map(KeyCode::Char),
            (1..=FUNCTION_KEYS).prop_map(KeyCode::F),
            prop::sample::select(NAMED_KEYS).prop_map(|(_, code)| code),
        ];
        (code, 0_u8..64).prop_map(|(code, bits)| KeyEvent::new(code, KeyModifiers::from_bits_truncate(bits)))
    }

    proptest! {
        #[test]
        fn every_chord_round_trips(key in any_key()) {
            let chord = Chord::from(key);
            prop_assert_eq!(chord.to_string().parse(), Ok(chord));
            prop_assert_eq!(Chord::from(chord.to_key()), chord);
        }
    }
}
