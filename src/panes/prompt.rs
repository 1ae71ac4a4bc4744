//! Prompts: popups with one input line.

pub(super) mod export;
pub(super) mod filter;
pub(super) mod hashes;
pub(super) mod line;
pub(super) mod notes;
pub(super) mod period;
pub(super) mod sensor_search;

use ratatui::{Frame, layout::Rect, text::Line};

use super::{ActionResult, AfterInput, Pane, PaneHeader, RenderCx, TargetRows, TextInput, editor::PasteForm};
use crate::keys::{Action, Scope};
use crate::session::{Cx, Session};
use crate::theme::Theme;
use line::LineInput;

/// What a [`Prompt`] asks the user for.
pub trait Question {
    /// Label before the input line.
    const LABEL: &'static str;

    /// How pasted text is inserted.
    const PASTE_FORM: PasteForm = PasteForm::Line;

    /// Returns the title of the popup.
    fn title(&self, session: &Session) -> Line<'static>;

    /// Handles the entered text.
    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult;

    /// Returns the lines below the input line.
    fn hints(&self, text: &str, session: &Session, theme: &Theme) -> Vec<Line<'static>>;

    /// Handles an action other than accepting the text.
    fn handle_action(&mut self, _action: Action, _cx: &mut Cx<'_>) -> ActionResult {
        ActionResult::Ignored
    }

    /// Replaces a link to the web console by the query or filter for it; returns false if the line has no link.
    fn replace_link(&mut self, _line: &mut LineInput, _cx: &mut Cx<'_>) -> bool {
        false
    }

    /// Sets the rows that the prompt applies to.
    fn set_target(&mut self, _rows: &TargetRows) {}

    /// Called after every input.
    fn after_input(&mut self, _cx: &mut Cx<'_>) -> AfterInput {
        AfterInput::Nothing
    }
}

/// A popup with one input line.
pub struct Prompt<Q> {
    line: LineInput,
    question: Q,
}

impl<Q: Question> Prompt<Q> {
    /// Creates a prompt with an initial text.
    pub(super) fn with_text(question: Q, text: &str) -> Self {
        Self { line: LineInput::new(text), question }
    }
}

impl<Q: Question> Pane for Prompt<Q> {
    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn header(&self, session: &Session) -> PaneHeader {
        self.question.title(session).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action != Action::Accept {
            return self.question.handle_action(action, cx);
        }
        // The replacement of a link is shown before it is accepted.
        if self.question.replace_link(&mut self.line, cx) {
            return ActionResult::Done;
        }
        self.question.accept(&self.line.text(), cx)
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        let has_changed = self.line.enter_text(input, Q::PASTE_FORM, cx);
        if has_changed && matches!(input, TextInput::Pasted(_)) {
            self.question.replace_link(&mut self.line, cx);
        }
        ActionResult::Done
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.question.set_target(rows);
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        self.question.after_input(cx)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let below = area.rows().skip(1);
        let hints = self.question.hints(&self.line.text(), session, cx.theme);
        for (hint, row) in hints.into_iter().zip(below) {
            frame.render_widget(hint, row);
        }
        self.line.render(Q::LABEL, frame, area, cx);
    }
}
