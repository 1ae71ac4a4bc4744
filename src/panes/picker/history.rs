//! The query history: picking an entry puts it into the editor.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{ActionResult, Pane, PaneHeader, RenderCx, cursor};
use crate::keys::{Action, Scope};
use crate::model::Precision;
use crate::query::Index;
use crate::session::{Cx, Session};
use crate::text::{self, Untrusted};

/// Width from which the duration of the search is shown.
const MIN_WIDTH_DURATION: u16 = 80;

/// The popup with the query history.
#[derive(Debug, Default)]
pub struct HistoryPane {
    cursor: usize,
    height: usize,
}

impl Pane for HistoryPane {
    fn scope(&self) -> Scope {
        Scope::History
    }

    fn header(&self, session: &Session) -> PaneHeader {
        format!("Query history {}", session.search.query_history.len()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action == Action::Open {
            let Some(entry) = cx.session().search.query_history.get(self.cursor).cloned() else {
                return ActionResult::Close;
            };
            cx.lists().set_period(entry.period);
            return ActionResult::SetQuery(Index::Process, entry.query);
        }
        let last = cx.session().search.query_history.len().saturating_sub(1);
        cursor::move_cursor(&mut self.cursor, action, self.height, last)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        self.height = usize::from(area.height).max(1);
        if session.search.query_history.is_empty() {
            frame.render_widget(Line::styled("No history yet", cx.theme.muted), area);
            return;
        }
        let first = (self.cursor + 1).saturating_sub(self.height);
        for ((index, entry), row) in session.search.query_history.iter().enumerate().skip(first).zip(area.rows()) {
            let format = |number: Option<u64>| number.map_or("?".into(), |number| number.to_string());
            let (rows, duration) = (format(entry.total), format(entry.took_ms));
            let duration = if area.width < MIN_WIDTH_DURATION { String::new() } else { format!("{duration:>6} ms  ") };
            let details = format!(
                "  {rows:>8} rows  {duration}{}",
                session.connection.zone.without_offset(entry.run_at, Precision::Minute)
            );
            let room = usize::from(area.width).saturating_sub(text::width(&details));
            let query = if entry.period.is_any_time() {
                entry.query.clone()
            } else {
                format!("{}   {}", entry.query, entry.period.describe())
            };
            let query = text::fit(&Untrusted::from(query), room);
            let pad = " ".repeat(room - text::width(&query));
            let line = Line::from(vec![
                Span::styled(query, cx.theme.text),
                Span::raw(pad),
                Span::styled(details, cx.theme.muted),
            ]);
            frame.render_widget(line, row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, cx.theme.selection);
            }
        }
    }
}
