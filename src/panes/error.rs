//! One error in full, with what to do about it.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use super::{Pane, PaneId, RenderCx};
use crate::api::Error;
use crate::keys::{Action, Scope};
use crate::session::{Cx, Session};
use crate::worker::Slot;

/// An overlay with an error.
#[derive(Debug)]
pub struct ErrorPane {
    slot: Slot,
    error: Error,
}

impl ErrorPane {
    /// Shows why what belongs to `slot` is not here.
    pub fn new(slot: Slot, error: Error) -> Self {
        Self { slot, error }
    }
}

impl Pane for ErrorPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn title(&self, _: &Session) -> Line<'static> {
        format!("Error: {}", self.slot).into()
    }

    fn handle_action(&mut self, _: Action, _: &mut Cx<'_>) -> bool {
        false
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        let mut lines = vec![Line::styled(self.error.to_string(), look.theme.bad)];
        if let Some(hint) = self.error.hint() {
            lines.extend([Line::default(), Line::from(vec![Span::styled("hint: ", look.theme.muted), hint.into()])]);
        }
        if let Some(call) = &session.connection.request_stats.last_call {
            let status = call.status.map_or("no answer".into(), |status| format!("{status}"));
            let took = call.duration.as_millis();
            lines.extend([
                Line::default(),
                Line::styled(
                    format!("last request: {} {} ({status}, {took} ms)", call.method, call.path),
                    look.theme.muted,
                ),
            ]);
        }
        lines.extend([Line::default(), Line::styled("r retries; every request is in the log", look.theme.hint)]);
        frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }), area);
    }
}
