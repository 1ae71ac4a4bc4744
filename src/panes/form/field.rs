//! One line of a form.

use std::fmt;

use ratatui::{Frame, layout::Rect, text::Span};

use crate::panes::prompt::line::Entry;
use crate::query::Index;
use crate::theme::Theme;

/// What a line takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// A query of an index.
    Query(Index),
    /// Text that nobody sees.
    Secret,
    /// Yes or no.
    Choice,
}

/// A line that is written.
pub(super) struct Written {
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) entry: Entry,
    /// What it said at first.
    first: String,
}

impl fmt::Debug for Written {
    /// What is secret stays so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Written").field(&self.label).finish()
    }
}

impl Written {
    /// A text, as it is to begin with.
    pub(super) fn text(label: &'static str, text: &str) -> Self {
        let entry = Entry::new(text);
        Self { label, kind: Kind::Text, first: entry.text(), entry }
    }

    /// A query of an index, as it is to begin with.
    pub(super) fn query(label: &'static str, index: Index, text: &str) -> Self {
        Self { kind: Kind::Query(index), ..Self::text(label, text) }
    }

    /// A text that nobody sees.
    pub(super) fn secret(label: &'static str) -> Self {
        Self { kind: Kind::Secret, ..Self::text(label, "") }
    }

    /// Yes or no.
    pub(super) fn choice(label: &'static str, is_yes: bool) -> Self {
        Self { kind: Kind::Choice, ..Self::text(label, word(is_yes)) }
    }

    /// What was written. Of a secret, every blank counts.
    pub(super) fn said(&self) -> String {
        match self.kind {
            Kind::Secret => self.entry.typed(),
            Kind::Text | Kind::Query(_) | Kind::Choice => self.entry.text(),
        }
    }

    /// Whether it says something else than at first.
    pub(super) fn is_touched(&self) -> bool {
        self.said() != self.first
    }

    /// Whether yes was said.
    pub(super) fn is_yes(&self) -> bool {
        self.said() == word(true)
    }

    /// Says the other one.
    pub(super) fn turn(&mut self) {
        self.entry.set(word(!self.is_yes()));
    }

    pub(super) fn render(&self, frame: &mut Frame<'_>, row: Rect, width: usize, is_here: bool, theme: &Theme) {
        let style = if is_here { theme.title } else { theme.muted };
        let label = Span::styled(format!("{:<width$}", self.label), style);
        let shown = match self.kind {
            Kind::Text | Kind::Query(_) => None,
            Kind::Secret => Some("*".repeat(self.said().chars().count())),
            Kind::Choice => Some(format!("{} (Space toggles)", self.said())),
        };
        let at = match shown {
            Some(shown) => Entry::new(&shown).render_idle(label, frame, row, theme),
            None => self.entry.render_idle(label, frame, row, theme),
        };
        if is_here {
            frame.set_cursor_position((at.min(row.right().saturating_sub(1)), row.y));
        }
    }
}

fn word(is_yes: bool) -> &'static str {
    if is_yes { "yes" } else { "no" }
}
