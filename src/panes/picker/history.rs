//! The query history: picking an entry puts it into the editor.

use ratatui::text::{Line, Span};

use super::{Picker, PickerSource, search::SearchText};
use crate::keys::Scope;
use crate::model::Precision;
use crate::panes::{ActionResult, PaneHeader};
use crate::query::Index;
use crate::session::{Cx, HistoryEntry, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;

/// Width from which the duration of the search is shown.
const MIN_WIDTH_DURATION: u16 = 80;

/// The popup with the query history.
pub type HistoryPane = Picker<QueryHistory>;

/// The queries that were run, newest first.
#[derive(Debug, Default)]
pub struct QueryHistory;

impl HistoryPane {
    /// Creates the popup.
    pub fn new() -> Self {
        Self::of(QueryHistory)
    }
}

/// Returns a query with its time range.
fn describe(entry: &HistoryEntry) -> String {
    if entry.period.is_any_time() {
        return entry.query.clone();
    }
    format!("{}   {}", entry.query, entry.period.describe())
}

impl PickerSource for QueryHistory {
    const SCOPE: Scope = Scope::History;

    fn header(&self, session: &Session) -> PaneHeader {
        format!("Query history {}", session.search.query_history.len()).into()
    }

    fn search_texts(&self, session: &Session) -> Vec<SearchText> {
        session.search.query_history.iter().map(|entry| SearchText::of_name(describe(entry))).collect()
    }

    fn line(&self, at: usize, width: u16, session: &Session, theme: &Theme) -> Line<'static> {
        let Some(entry) = session.search.query_history.get(at) else { return Line::default() };
        let format = |number: Option<u64>| number.map_or("?".into(), |number| number.to_string());
        let (rows, duration) = (format(entry.total), format(entry.took_ms));
        let duration = if width < MIN_WIDTH_DURATION { String::new() } else { format!("{duration:>6} ms  ") };
        let run_at = session.connection.zone.without_offset(entry.run_at, Precision::Minute);
        let details = format!("  {rows:>8} rows  {duration}{run_at}");
        let room = usize::from(width).saturating_sub(text::width(&details));
        let query = text::fit(&Untrusted::from(describe(entry)), room);
        let pad = " ".repeat(room - text::width(&query));
        Line::from(vec![Span::styled(query, theme.text), Span::raw(pad), Span::styled(details, theme.muted)])
    }

    fn placeholder(&self, _: &Session) -> &'static str {
        "No history yet"
    }

    fn pick(&mut self, at: Option<usize>, cx: &mut Cx<'_>) -> ActionResult {
        let Some(entry) = at.and_then(|at| cx.session().search.query_history.get(at)).cloned() else {
            return ActionResult::Close;
        };
        cx.lists().set_period(entry.period);
        ActionResult::SetQuery(Index::Process, entry.query)
    }
}
