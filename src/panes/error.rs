//! The popup with an error in full.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{ActionResult, Pane, PaneHeader, RenderCx};
use crate::api::Error;
use crate::keys::{Action, Scope};
use crate::session::{Cx, Session};
use crate::worker::Slot;

/// The popup with an error and a hint.
#[derive(Debug)]
pub struct ErrorPane {
    slot: Slot,
    error: Error,
}

impl ErrorPane {
    /// Creates the popup for the error of `slot`.
    pub fn new(slot: Slot, error: Error) -> Self {
        Self { slot, error }
    }
}

impl Pane for ErrorPane {
    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn header(&self, _: &Session) -> PaneHeader {
        format!("Error: {}", self.slot).into()
    }

    fn handle_action(&mut self, _: Action, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::Ignored
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let mut lines = vec![Line::styled(self.error.to_string(), cx.theme.bad)];
        if let Some(hint) = self.error.hint() {
            lines.extend([Line::default(), Line::from(vec![Span::styled("hint: ", cx.theme.muted), hint.into()])]);
        }
        if let Some(request) = &session.connection.request_stats.last_request {
            let status = request.status.map_or("no answer".into(), |status| format!("{status}"));
            let millis = request.duration.as_millis();
            lines.extend([
                Line::default(),
                Line::styled(
                    format!("last request: {} {} ({status}, {millis} ms)", request.method, request.path),
                    cx.theme.muted,
                ),
            ]);
        }
        lines.extend([Line::default(), Line::styled("r retries; every request is in the log", cx.theme.hint)]);
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
    }
}
