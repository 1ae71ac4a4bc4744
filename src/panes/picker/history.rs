//! The queries asked before: pick one, and it stands in the editor.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{Pane, PaneId, RenderCx, cursor};
use crate::keys::{Action, Scope};
use crate::model::Precision;
use crate::query::Index;
use crate::session::{Cx, Session};
use crate::text::{self, Untrusted};

/// Columns from which there is room for how long the answer took.
const MIN_WIDTH_DURATION: u16 = 80;

/// An overlay with the history.
#[derive(Debug, Default)]
pub struct HistoryPane {
    cursor: usize,
    height: usize,
    is_done: bool,
}

impl Pane for HistoryPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::History
    }

    fn title(&self, session: &Session) -> Line<'static> {
        format!("Query history {}", session.search.query_history.len()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action == Action::Open {
            if let Some(past) = cx.session().search.query_history.get(self.cursor) {
                let (query, when) = (past.query.clone(), past.period.clone());
                cx.set_pending_query(Index::Process, query);
                cx.set_period(when);
            }
            self.is_done = true;
            return true;
        }
        let last = cx.session().search.query_history.len().saturating_sub(1);
        let moved = cursor::new_cursor(action, self.cursor, self.height, last);
        self.cursor = moved.unwrap_or(self.cursor);
        moved.is_some()
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        self.height = usize::from(area.height).max(1);
        if session.search.query_history.is_empty() {
            frame.render_widget(Line::styled("No history yet", look.theme.muted), area);
            return;
        }
        let first = (self.cursor + 1).saturating_sub(self.height);
        for ((index, past), row) in session.search.query_history.iter().enumerate().skip(first).zip(area.rows()) {
            let number = |fact: Option<u64>| fact.map_or("?".into(), |fact| fact.to_string());
            let (rows, took) = (number(past.total), number(past.took_ms));
            let took = if area.width < MIN_WIDTH_DURATION { String::new() } else { format!("{took:>6} ms  ") };
            let facts = format!(
                "  {rows:>8} rows  {took}{}",
                session.connection.zone.without_offset(past.asked_at, Precision::Minute)
            );
            let room = usize::from(area.width).saturating_sub(text::width(&facts));
            let query = if past.period.is_any_time() {
                past.query.clone()
            } else {
                format!("{}   {}", past.query, past.period.describe())
            };
            let query = text::fit(&Untrusted::from(query), room);
            let pad = " ".repeat(room - text::width(&query));
            let line = Line::from(vec![
                Span::styled(query, look.theme.text),
                Span::raw(pad),
                Span::styled(facts, look.theme.muted),
            ]);
            frame.render_widget(line, row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, look.theme.selection);
            }
        }
    }
}
