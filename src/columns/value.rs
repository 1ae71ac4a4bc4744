//! The value of a field of one row.

use jiff::Timestamp;

use crate::text::Untrusted;

/// The value of a field of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    /// No value.
    None,
    /// A text from the server: attacker-controlled.
    Text(Untrusted),
    /// A text of this program.
    Word(&'static str),
    Rated(Untrusted, bool),
    Time(Timestamp),
    Number(u64),
    Pending,
    /// Could not be fetched.
    Unavailable,
}

impl CellValue {
    /// Returns the value as text for filters, exports and copies; `?` where it is not available.
    pub fn text(&self) -> Untrusted {
        match self {
            Self::None => Untrusted::default(),
            Self::Text(text) | Self::Rated(text, _) => text.clone(),
            Self::Word(word) => (*word).into(),
            Self::Time(at) => at.to_string().into(),
            Self::Number(number) => number.to_string().into(),
            Self::Pending | Self::Unavailable => "?".into(),
        }
    }
}

impl From<&Untrusted> for CellValue {
    fn from(text: &Untrusted) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text.clone()) }
    }
}

impl<T: Into<u64>> From<Option<T>> for CellValue {
    fn from(number: Option<T>) -> Self {
        number.map_or(Self::None, |number| Self::Number(number.into()))
    }
}

impl CellValue {
    /// A switch as on or off.
    pub fn on_off(is_on: Option<bool>) -> Self {
        match is_on {
            Some(true) => Self::Rated("on".into(), true),
            Some(false) => Self::Rated("off".into(), false),
            None => Self::Unavailable,
        }
    }

    /// Texts in one line, separated by commas.
    pub fn comma_list(texts: impl Iterator<Item = String>) -> Self {
        let texts: Vec<_> = texts.collect();
        (&Untrusted::from(texts.join(", "))).into()
    }

    /// A text that is computed, or no value.
    pub fn text_of<T: ToString>(value: Option<T>) -> Self {
        value.map_or(Self::None, |value| Self::Text(value.to_string().into()))
    }

    /// A time, or no value.
    pub fn time(at: Option<Timestamp>) -> Self {
        at.map_or(Self::None, Self::Time)
    }
}
