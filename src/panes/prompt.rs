//! A popup of one line: what is asked, and what is done with the answer.

pub(super) mod export;
pub(super) mod filter;
pub(super) mod hashes;
pub(super) mod line;
pub(super) mod notes;
pub(super) mod period;
pub(super) mod sensor_search;
use std::fmt::Debug;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{MarkedRows, Pane, PaneId, RenderCx};
use crate::keys::{Action, Scope};
use crate::session::{Cx, Session};
use crate::theme::Theme;
use line::LineInput;

/// What is asked in one line.
pub trait Question: Debug {
    /// What stands before the line.
    const LABEL: &'static str;

    /// Whether words are typed that people read.
    const IS_PROSE: bool = false;

    /// What the popup is called.
    fn title(&self, session: &Session) -> Line<'static>;

    /// Does what was asked about with the text that was typed.
    fn accept(&mut self, text: &str, cx: &mut Cx<'_>);

    /// The lines below the one that is typed.
    fn hints(&self, session: &Session, theme: &Theme) -> Vec<Line<'static>>;

    /// Takes note that some of the marked rows it is about cannot be seen.
    fn name_hidden(&mut self, _marked: &MarkedRows) {}

    /// Comes after every input.
    fn settle(&mut self, _cx: &mut Cx<'_>) {}

    /// Whether it is answered; the popup is then taken away.
    fn is_done(&self) -> bool {
        false
    }

    /// What takes its place when it is answered.
    fn then(&mut self) -> Option<Box<dyn Pane>> {
        None
    }
}

/// The popup in which one line is typed.
#[derive(Debug)]
pub struct Prompt<Q> {
    entry: LineInput,
    question: Q,
}

impl<Q: Question> Prompt<Q> {
    /// Asks, and proposes a text.
    pub(super) fn asking(question: Q, text: &str) -> Self {
        Self { entry: LineInput::new(text), question }
    }
}

impl<Q: Question> Pane for Prompt<Q> {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, session: &Session) -> Line<'static> {
        self.question.title(session)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let is_accepted = action == Action::Accept;
        if is_accepted {
            self.question.accept(&self.entry.text(), cx);
        }
        is_accepted
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.entry.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if Q::IS_PROSE {
            self.entry.paste_plain(text, cx);
        } else {
            self.entry.paste(text, cx);
        }
    }

    fn set_hidden_rows(&mut self, marked: &MarkedRows) {
        self.question.name_hidden(marked);
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        self.question.settle(cx);
    }

    fn is_done(&self) -> bool {
        self.question.is_done()
    }

    fn next_overlay(&mut self) -> Option<Box<dyn Pane>> {
        self.question.then()
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        let below = area.rows().skip(1);
        for (line, row) in self.question.hints(session, look.theme).into_iter().zip(below) {
            frame.render_widget(line, row);
        }
        self.entry.render(Q::LABEL, frame, area, look);
    }
}
