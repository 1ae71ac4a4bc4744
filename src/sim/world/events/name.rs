//! What an event is about, put into words only when somebody asks: most of a long list is never told.

use std::{borrow::Cow, fmt};

/// A path of an event.
pub(crate) enum Name<'w> {
    /// As it is.
    Path(Cow<'w, str>),
    /// One of many that differ by a number.
    Numbered { stem: &'w str, nth: u64, end: &'w str },
}

impl<'w> From<Cow<'w, str>> for Name<'w> {
    fn from(path: Cow<'w, str>) -> Self {
        Self::Path(path)
    }
}

impl<'w> From<&'w String> for Name<'w> {
    fn from(path: &'w String) -> Self {
        Self::Path(Cow::Borrowed(path))
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Numbered { stem, nth, end } => write!(f, "{stem}-{nth}{end}"),
        }
    }
}
