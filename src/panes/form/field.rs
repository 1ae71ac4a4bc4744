//! One line of a form.

use std::fmt;

use ratatui::{Frame, layout::Rect, text::Span};

use crate::panes::prompt::line::LineInput;
use crate::query::Index;
use crate::theme::Theme;

/// What a line takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
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
pub(super) struct FormField {
    pub(super) label: &'static str,
    pub(super) kind: FieldKind,
    pub(super) entry: LineInput,
    /// What it said at first.
    initial: String,
}

impl fmt::Debug for FormField {
    /// What is secret stays so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Written").field(&self.label).finish()
    }
}

impl FormField {
    /// A text, as it is to begin with.
    pub(super) fn text(label: &'static str, text: &str) -> Self {
        let entry = LineInput::new(text);
        Self { label, kind: FieldKind::Text, initial: entry.text(), entry }
    }

    /// A query of an index, as it is to begin with.
    pub(super) fn query(label: &'static str, index: Index, text: &str) -> Self {
        Self { kind: FieldKind::Query(index), ..Self::text(label, text) }
    }

    /// A text that nobody sees.
    pub(super) fn secret(label: &'static str) -> Self {
        Self { kind: FieldKind::Secret, ..Self::text(label, "") }
    }

    /// Yes or no.
    pub(super) fn choice(label: &'static str, is_yes: bool) -> Self {
        Self { kind: FieldKind::Choice, ..Self::text(label, yes_no_label(is_yes)) }
    }

    /// What was written. Of a secret, every blank counts.
    pub(super) fn value(&self) -> String {
        match self.kind {
            FieldKind::Secret => self.entry.raw_text(),
            FieldKind::Text | FieldKind::Query(_) | FieldKind::Choice => self.entry.text(),
        }
    }

    /// Whether it says something else than at first.
    pub(super) fn is_changed(&self) -> bool {
        self.value() != self.initial
    }

    /// Whether yes was said.
    pub(super) fn is_yes(&self) -> bool {
        self.value() == yes_no_label(true)
    }

    /// Says the other one.
    pub(super) fn toggle(&mut self) {
        self.entry.set_text(yes_no_label(!self.is_yes()));
    }

    pub(super) fn render(&self, frame: &mut Frame<'_>, row: Rect, width: usize, is_here: bool, theme: &Theme) {
        let style = if is_here { theme.title } else { theme.muted };
        let label = Span::styled(format!("{:<width$}", self.label), style);
        let shown = match self.kind {
            FieldKind::Text | FieldKind::Query(_) => None,
            FieldKind::Secret => Some("*".repeat(self.value().chars().count())),
            FieldKind::Choice => Some(format!("{} (Space toggles)", self.value())),
        };
        let at = match shown {
            Some(shown) => LineInput::new(&shown).render_idle(label, frame, row, theme),
            None => self.entry.render_idle(label, frame, row, theme),
        };
        if is_here {
            frame.set_cursor_position((at.min(row.right().saturating_sub(1)), row.y));
        }
    }
}

fn yes_no_label(is_yes: bool) -> &'static str {
    if is_yes { "yes" } else { "no" }
}
