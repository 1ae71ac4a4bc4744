//! A field of a form.

use std::fmt;

use crossterm::event::KeyCode;
use ratatui::{Frame, layout::Rect, style::Style, text::Span};

use crate::panes::{TextInput, editor::PasteForm, prompt::line::LineInput};
use crate::query::Index;
use crate::session::Cx;
use crate::theme::Theme;

/// The values of a choice.
const YES: &str = "yes";
const NO: &str = "no";

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Text,
    Query(Index),
    /// Text shown as asterisks.
    Secret,
    Choice,
}

/// A field of a form.
pub(super) struct FormField {
    pub(super) label: &'static str,
    pub(super) kind: FieldKind,
    pub(super) entry: LineInput,
    /// Value before the user edited it.
    initial: String,
}

impl fmt::Debug for FormField {
    /// Omits the value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FormField").field(&self.label).finish()
    }
}

impl FormField {
    /// Creates a text field with an initial value.
    pub(super) fn text(label: &'static str, text: &str) -> Self {
        let entry = LineInput::new(text);
        Self { label, kind: FieldKind::Text, initial: entry.text(), entry }
    }

    /// Creates a query field with an initial value.
    pub(super) fn query(label: &'static str, index: Index, text: &str) -> Self {
        Self { kind: FieldKind::Query(index), ..Self::text(label, text) }
    }

    /// Creates a field shown as asterisks.
    pub(super) fn secret(label: &'static str) -> Self {
        Self { kind: FieldKind::Secret, ..Self::text(label, "") }
    }

    /// Creates a yes/no field, which says no at first.
    pub(super) fn choice(label: &'static str) -> Self {
        Self { kind: FieldKind::Choice, ..Self::text(label, NO) }
    }

    /// Returns the value; of a secret with leading and trailing blanks.
    pub(super) fn value(&self) -> String {
        match self.kind {
            FieldKind::Secret => self.entry.raw_text(),
            FieldKind::Text | FieldKind::Query(_) | FieldKind::Choice => self.entry.text(),
        }
    }

    /// Whether the value differs from the initial one.
    pub(super) fn is_changed(&self) -> bool {
        self.value() != self.initial
    }

    pub(super) fn is_yes(&self) -> bool {
        self.value() == YES
    }

    /// Handles typed or pasted text.
    pub(super) fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) {
        match (self.kind, input) {
            (FieldKind::Choice, TextInput::Pasted(_)) => cx.notify("Not pasted: space says yes or no"),
            (FieldKind::Choice, TextInput::Key(key)) => self.type_choice(key.code, cx),
            (FieldKind::Choice, TextInput::Typed(text)) => {
                text.chars().for_each(|char| self.type_choice(KeyCode::Char(char), cx));
            }
            (FieldKind::Query(index), TextInput::Pasted(_)) => {
                if self.entry.enter_text(input, PasteForm::Line, cx) {
                    self.entry.replace_link(index, cx);
                }
            }
            (FieldKind::Text | FieldKind::Secret | FieldKind::Query(_), _) => {
                self.entry.enter_text(input, PasteForm::Prose, cx);
            }
        }
    }

    /// Switches between yes and no with the space key.
    fn type_choice(&mut self, key: KeyCode, cx: &mut Cx<'_>) {
        match key {
            KeyCode::Char(' ') => self.entry.set_text(if self.is_yes() { NO } else { YES }),
            _ => cx.notify("Space toggles"),
        }
    }

    /// Draws the field behind its label, which has a width and a style. Returns the column of the cursor.
    pub(super) fn render(
        &self,
        frame: &mut Frame<'_>,
        row: Rect,
        (label_width, label_style): (usize, Style),
        theme: &Theme,
    ) -> u16 {
        let label = Span::styled(format!("{:<label_width$}", self.label), label_style);
        let display_text = match self.kind {
            FieldKind::Text | FieldKind::Query(_) => None,
            FieldKind::Secret => Some("*".repeat(self.value().chars().count())),
            FieldKind::Choice => Some(format!("{} (Space toggles)", self.value())),
        };
        match display_text {
            Some(display_text) => LineInput::new(&display_text).render_idle(label, frame, row, theme),
            None => self.entry.render_idle(label, frame, row, theme),
        }
    }
}
