//! Popups that open over any view: help, history, saved queries, time range, explanation of the query.

use jiff::Timestamp;

use super::{App, View, route::PopupAction};
use crate::model::StoredIndex;
use crate::panes::{FormPane, HelpPane, HistoryPane, PalettePane, Pane, PaneId, PeriodPane, RecordPane, SavedPane};
use crate::query::{self, Index};
use crate::session::{Cx, Effect};
use crate::text;

impl App {
    /// Opens the popup of an action, or shows why there is none.
    pub(super) fn open_popup(&mut self, popup: PopupAction, now: Timestamp, effects: &mut Vec<Effect>) {
        match popup {
            PopupAction::Help => self.popups.show_text(HelpPane::new(self.scope(), &self.keymap)),
            PopupAction::Commands => {
                self.popups.replace_all(PalettePane::new(self.scope(), &self.keymap, &self.recent_actions));
            }
            PopupAction::History => self.open_in_hunt(HistoryPane::new()),
            PopupAction::SavedQueries => self.open_in_hunt(SavedPane::new(self.panes.editor(Index::Process).text())),
            PopupAction::Period if self.view.index() == Some(Index::Process) => {
                let cx = Cx::new(&mut self.session, effects, now);
                self.popups.replace_all(PeriodPane::new(&cx));
            }
            PopupAction::Period => {
                let mut cx = Cx::new(&mut self.session, effects, now);
                cx.notify("Only process searches have a time range");
            }
            PopupAction::Explain => self.explain_query(now, effects),
            PopupAction::SaveWatchlist => self.open_watchlist(now, effects),
            PopupAction::Record => match self.panes.get(self.focus).record(&self.session) {
                Some((title, record)) => self.popups.show_text(RecordPane::of_record(title, &record)),
                None => Cx::new(&mut self.session, effects, now).notify("No record selected"),
            },
        }
    }

    /// Opens a popup over the query editor of the hunt.
    fn open_in_hunt(&mut self, popup: impl Pane + 'static) {
        self.show_view(View::Hunt);
        self.popups.replace_all(popup);
        self.focus = PaneId::Query(Index::Process);
    }

    fn explain_query(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        match self.view.index() {
            Some(index) => self.popups.show_text(RecordPane::of_query(index, self.panes.editor(index).text(), &cx)),
            None => cx.notify("No query in this view"),
        }
    }

    /// Opens the form that creates a watchlist from the query of this view.
    fn open_watchlist(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let index = match self.view.index() {
            Some(Index::Process) => StoredIndex::Events,
            Some(Index::Binary) => StoredIndex::Modules,
            _ => {
                let text =
                    "No process or binary query in this view. x h searches the same hash; W there creates a watchlist";
                return Cx::new(&mut self.session, effects, now).notify(text);
            }
        };
        let searched = self.view.index().unwrap_or(Index::Process);
        let query = self.panes.editor(searched).text().trim().to_owned();
        let lost = self.lost_clauses(searched, &query);
        self.popups.replace_all(FormPane::new_watchlist(index, &query, lost));
    }

    /// Describes the parts of a search that a watchlist cannot have.
    fn lost_clauses(&self, index: Index, query: &str) -> Vec<String> {
        /// Time fields: a watchlist only matches new data.
        const TIMES: [&str; 4] = ["start:", "last_update:", "last_server_update:", "server_added_timestamp:"];
        let mut lost = Vec::new();
        if index == Index::Process {
            let period = &self.session.search.period;
            if !period.is_any_time() {
                let description = period.describe();
                lost.push(format!("The time range is not saved ({description}); watchlists look at new data"));
            }
            if !self.session.search.is_split_by_segment {
                lost.push("Watchlists match segments; one row per process does not apply".into());
            }
        }
        let parsed = query::parse(query).query;
        let terms = parsed.map(|query| query::terms(&query)).unwrap_or_default();
        let is_time = |term: &&String| {
            let term = term.trim_start_matches('-');
            TIMES.iter().any(|field| term.starts_with(field))
        };
        for term in terms.iter().filter(is_time) {
            let clause = text::fit(&term.as_str().into(), 60);
            lost.push(format!("{clause} has little effect: watchlists look at new data"));
        }
        lost
    }
}
