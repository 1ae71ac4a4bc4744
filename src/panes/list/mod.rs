//! Lists: rows of any kind and any number, with columns, filter, marks and export.

mod activity;
mod admin;
mod alert_groups;
mod alerts;
mod bans;
mod binaries;
mod bulk;
mod columns;
mod draw;
mod feeds;
mod filter;
mod isolated_sensors;
mod joins;
mod list_view;
mod marks;
mod new_alerts;
mod number_format;
mod processes;
mod reports;
mod requests;
mod sensors;
mod state;
mod title;
mod watchlists;
mod window;

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

pub use activity::Acts;
pub use admin::{SensorGroups, Sites, Teams, Users};
pub use alert_groups::Bundles;
pub(super) use alert_groups::{name as group_name, owners, statuses};
pub use alerts::Alerts;
pub(super) use alerts::{indicator, object, score, source};
pub use bans::Bans;
pub use binaries::Binaries;
pub(super) use draw::moment;
pub use feeds::Feeds;
pub use isolated_sensors::Isolated;
pub use list_view::Kind;
use list_view::{Field, Value};
pub use processes::Processes;
pub use reports::Reports;
pub use requests::Calls;
pub(super) use requests::curl;
pub use sensors::Sensors;
pub use state::State;
pub use watchlists::Watchlists;

use super::{
    ColumnsPane, ExportPane, Look, MarkedRows, Pane, PaneId, cursor, legend,
    pivot::{self, Clues},
    prompt::filter::Typing,
};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::session::{Cx, Listed, Session};
use crate::worker::Slot;
pub(super) use draw::filter_line;
pub(super) use filter::Filter;
pub(super) use number_format::{place, thousands};
use window::Shown;

/// Cells by which the last column moves sideways.
const SHIFT: usize = 16;

/// What the last frame showed of a list.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    /// Whether there was no room for the row under the cursor.
    lacks_cursor: bool,
    /// Whether there was a column of letters that stand for states.
    has_signs: bool,
}

/// A pane with rows of one kind.
#[derive(Debug)]
pub struct ListPane<K: Kind> {
    state: State<K>,
    /// Rows that are shown.
    height: u64,
    /// The filter, while it is typed.
    typing: Typing,
    /// The rows that pass the filter; all of them without one.
    shown: Option<Shown>,
    /// The row to go to as soon as it is here.
    sought: Option<<K::Row as Listed>::Id>,
    /// The edition of the rows in which all that is marked was last found.
    marked_in: Option<u64>,
    /// How many marked rows the filter hides, and how many are not loaded.
    n_hidden: (usize, usize),
    /// What the last frame showed.
    drawn: Drawn,
    /// Whether the cursor was moved by the user, and not the rows below it by the server.
    has_moved: bool,
    /// Whether the cursor last went down: the next page is asked for on that side.
    is_downward: bool,
}

impl<K: Kind> Default for ListPane<K> {
    fn default() -> Self {
        // Until the first frame is drawn, as many rows as an ordinary terminal shows.
        Self {
            state: State::default(),
            height: 24,
            typing: Typing::default(),
            shown: None,
            sought: None,
            marked_in: None,
            n_hidden: (0, 0),
            drawn: Drawn::default(),
            has_moved: true,
            is_downward: true,
        }
    }
}

impl<K: Kind> ListPane<K> {
    /// The state that is worth coming back to.
    pub fn state(&self) -> &State<K> {
        &self.state
    }

    /// Goes back to a state.
    pub fn restore(&mut self, state: State<K>) {
        *self = Self { state, height: self.height, sought: self.sought.take(), ..Self::default() };
    }

    /// Asks again for the rows in sight, past the cache; with a filter, for all that it was applied to.
    pub fn refresh(&self, cx: &mut Cx<'_>) {
        let session = cx.session();
        let here = || K::Row::pages(session).here().map(|(at, _)| at);
        let window = match &self.shown {
            Some(_) => here().min().unwrap_or(0)..here().max().unwrap_or(0) + 1,
            None => self.window(),
        };
        cx.renew::<K::Row>(&window);
        self.renew_related(cx);
    }

    fn offset(&self) -> u64 {
        self.state.offset
    }

    fn scrolled(&mut self, to: u64) {
        self.state.offset = to;
    }

    fn shift(&self) -> usize {
        self.state.shift
    }

    fn has_marks(&self) -> bool {
        !self.state.marks.is_empty()
    }

    fn is_marked(&self, row: &K::Row) -> bool {
        self.state.marks.has(row)
    }

    fn is_typing(&self) -> bool {
        self.typing.is_on()
    }

    fn filter_text(&self) -> &str {
        self.state.filter.text()
    }

    /// Moves the cursor to what is shown at `index`.
    fn go(&mut self, index: u64, session: &Session) {
        if self.n_shown(session) == 0 {
            return;
        }
        let to = self.at(index, session);
        self.is_downward = to >= self.state.cursor;
        self.state.cursor = to;
        self.has_moved = true;
    }

    fn set_filter(&mut self, text: &str) {
        self.state.filter = Filter::parse(text);
        self.shown = None;
        self.has_moved = true;
    }
}

impl<K: Kind> Pane for ListPane<K> {
    fn id(&self) -> PaneId {
        K::PANE
    }

    fn scope(&self) -> Scope {
        if self.is_typing() { Scope::Filter } else { K::SCOPE }
    }

    fn title(&self, session: &Session) -> Line<'static> {
        self.heading(session)
    }

    fn legend(&self) -> String {
        let line = self.drawn.has_signs.then(|| legend::line(K::SCOPE));
        line.unwrap_or_default()
    }

    fn slots(&self) -> &'static [Slot] {
        K::SLOTS
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let session = cx.session();
        let last = self.n_shown(session).saturating_sub(1);
        let at = self.index(session);
        if let Some(to) = cursor::moved(action, place(at), place(self.height), place(last)) {
            let from = self.state.cursor;
            self.go(u64::try_from(to).unwrap_or(last), session);
            self.state.is_at_end = action == Action::Bottom && self.shown.is_none();
            if self.state.is_marking {
                self.mark_passed(from, cx);
            }
            return true;
        }
        match action {
            other if K::act(other, cx) => {}
            Action::Left => self.state.shift = self.state.shift.saturating_sub(SHIFT),
            Action::Right => self.state.shift += SHIFT,
            Action::Sort => cx.sort::<K::Row>(),
            Action::Filter => self.typing.begin(self.state.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            Action::Mark | Action::MarkRange | Action::MarkAll => self.mark(action, cx),
            Action::Open => self.open(cx),
            other if !self.has_marks() && self.current(cx.session()).is_none() => {
                cx.notify(format!("{}: no row selected", other.label()));
            }
            other => {
                let clues = |session: &Session| {
                    let rows = self.chosen(session);
                    rows.iter().map(|row| K::clues(row)).collect()
                };
                return pivot::follow(other, cx, clues) || self.yank(other, cx);
            }
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.type_key(key, cx) {
            self.set_filter(&text);
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.type_text(text, cx) {
            self.set_filter(&text);
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.paste(text, cx) {
            self.set_filter(&text);
        }
    }

    fn peel(&mut self) -> Option<&'static str> {
        if self.typing.end() || !self.state.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if self.has_marks() || self.state.is_marking {
            self.unmark();
            return Some("marks");
        }
        None
    }

    fn is_marked(&self) -> bool {
        self.has_marks()
    }

    fn shows_target(&self) -> bool {
        !self.drawn.lacks_cursor
    }

    fn marked_rows(&self, session: &Session) -> MarkedRows {
        self.marked(session)
    }

    fn unmark(&mut self) {
        self.state.marks.clear();
        self.state.is_marking = false;
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let rows = self.chosen(session);
        rows.iter().map(|row| K::clues(row)).collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let row = self.current(session)?;
        let at = self.index(session) + 1;
        Some((format!("{}, row {at}", K::NAME), row.document().clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        match action {
            Action::Columns => {
                let shown = columns::columns::<K>(session);
                let chosen = shown.iter().map(columns::Column::chosen).collect();
                let choices = self.choices(session);
                Some(Box::new(ColumnsPane::new(K::NAME, chosen, choices)))
            }
            Action::Export => {
                let total = K::Row::pages(session).total().unwrap_or(0);
                Some(Box::new(ExportPane::new(self.extract(session), total)))
            }
            // What is opened is what the cursor is on, whatever is marked.
            Action::Open => {
                let current = || self.current(session).cloned().into_iter().collect();
                K::popup(action, current, session)
            }
            other => K::popup(other, || self.chosen(session), session)
                .or_else(|| pivot::popup(other, || self.current(session).map(|row| K::clues(row)))),
        }
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        K::begin(cx);
        let search = K::Row::pages(cx.session()).search().cloned();
        if !self.state.is_of(search.as_ref()) {
            let state = self.state.moved_to(search);
            self.restore(state);
        }
        self.find(cx);
        self.keep_marks_current(cx);
        self.sift(cx.session());
        self.n_hidden = self.count_hidden(cx.session());
        let has_moved = std::mem::take(&mut self.has_moved);
        if !has_moved && !self.state.is_at_end {
            self.stay(cx.session());
        }
        if let Some(total) = K::Row::pages(cx.session()).total() {
            let last = total.saturating_sub(1);
            let cursor = self.state.cursor.min(last);
            self.state.cursor = if self.state.is_at_end { last } else { cursor };
        }
        if self.shown.as_ref().is_some_and(|shown| !shown.places.is_empty()) {
            // Of the rows that are shown, the one nearest to where the cursor was.
            self.state.cursor = self.at(self.index(cx.session()), cx.session());
        }
        self.follow(cx.session());
        // A filter asks for nothing, but where nothing is here it has nothing to choose from.
        let is_bare = K::Row::pages(cx.session()).total().is_none();
        if self.shown.is_none() {
            cx.show::<K::Row>(&self.wanted());
        } else if is_bare {
            let cursor = self.state.cursor;
            cx.show::<K::Row>(&(cursor..cursor + self.height));
        }
        self.relate(cx);
        let under_cursor = self.current(cx.session()).cloned();
        self.state.under = under_cursor.as_ref().map(|row| row.id());
        K::rest(under_cursor.as_ref(), cx);
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let has_filter = self.is_typing() || !self.state.filter.is_empty();
        let news = K::below(session, look.theme);
        let [area, below, last] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(u16::from(has_filter)),
            Constraint::Length(u16::from(news.is_some())),
        ])
        .areas(area);
        // One line is the header's.
        self.height = u64::from(area.height.saturating_sub(1)).max(1);
        self.drawn = Drawn { lacks_cursor: area.height <= 1, has_signs: false };
        self.follow(session);
        frame.render_widget(news.unwrap_or_default(), last);
        let pages = K::Row::pages(session);
        let page = K::SLOTS[0];
        let text = match (pages.search(), pages.total()) {
            (None, _) => K::UNASKED,
            (Some(_), None) if session.is_pending(page) => "Searching… ^c cancels",
            (Some(_), None) if session.error(page).is_some() => "",
            (Some(_), None) => "Cancelled. r retries",
            (Some(_), Some(0)) => K::EMPTY,
            (Some(_), Some(_)) => {
                draw::rows(self, frame, area, session, look);
                if has_filter {
                    draw::filter(self, frame, below, session, look);
                }
                return;
            }
        };
        frame.render_widget(Line::styled(text, look.theme.muted), area);
    }
}
