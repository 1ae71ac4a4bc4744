//! Path of an event, formatted only when needed, because most events of a long list are never sent.

use std::{borrow::Cow, fmt};

/// Path of an event.
pub(crate) enum Name<'w> {
    Path(Cow<'w, str>),
    /// One of many paths that differ by a number.
    Numbered {
        stem: &'w str,
        nth: u64,
        end: &'w str,
    },
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
