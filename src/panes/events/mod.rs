//! What the opened process did: one line for each event of all its segments, and how dense they lie.

mod actions;
mod cells;
mod detail;
mod draw;
mod filter;
mod sparkline;

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ExportPane, Look, Pane, PaneId, cursor,
    details::process,
    list::{Filter, thousands},
    pivot::{self, Clues},
    prompt::filter::Typing,
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Event, EventKind, Kinds, ProcessId};
use crate::session::{Cx, Place, Session};
use crate::worker::Slot;
use filter::{Sifted, Stretch, Wish};
use sparkline::Strip;

/// The pane with the timeline.
#[derive(Debug, Default)]
pub struct EventsPane {
    state: EventsState,
    /// Where the row under the cursor stands among those that are shown.
    cursor: usize,
    /// The first row in sight.
    offset: usize,
    /// Rows that are shown.
    height: usize,
    /// The filter, while it is typed.
    typing: Typing,
    sifted: Sifted,
    /// How dense the events lie, as it was last drawn.
    strip: Option<Strip>,
    /// Whether the strip is still that of the rows.
    is_strip_known: bool,
}

/// Where one stands in a timeline, and what one wants to see of it: what going back brings back.
#[derive(Clone, Debug, Default)]
pub struct EventsState {
    /// Whose events these are.
    of: Option<ProcessId>,
    wish: Wish,
    /// The row under the cursor, and when it was.
    under: Option<(Place, Option<Timestamp>)>,
    /// Where a stretch of time begins that has no end yet.
    begun: Option<Timestamp>,
}

impl EventsPane {
    /// What is worth coming back to.
    pub fn state(&self) -> &EventsState {
        &self.state
    }

    /// Goes back to it.
    pub fn restore(&mut self, state: EventsState) {
        *self = Self { state, height: self.height, ..Self::default() };
    }

    /// The event under the cursor.
    pub fn selected<'a>(&self, session: &'a Session) -> Option<&'a Event> {
        session.timeline.event(self.current()?)
    }

    /// The row under the cursor.
    fn current(&self) -> Option<Place> {
        self.sifted.rows.get(self.cursor).copied()
    }

    /// When the row under the cursor was.
    fn now(&self, session: &Session) -> Option<Timestamp> {
        self.current().and_then(|place| session.timeline.at(place))
    }

    /// The stretch of time from where one was begun to the cursor.
    fn marked(&self, session: &Session) -> Option<Stretch> {
        let begun = self.state.begun?;
        let end = self.now(session).unwrap_or(begun);
        Some(Stretch::between(begun, end))
    }

    fn is_typing(&self) -> bool {
        self.typing.is_on()
    }

    fn go(&mut self, to: usize, session: &Session) {
        self.cursor = to;
        let place = self.current();
        self.state.under = place.map(|place| (place, session.timeline.at(place)));
    }

    fn set_filter(&mut self, text: &str) {
        self.state.wish.filter = Filter::parse(text);
    }

    /// Shows one kind alone, or one more, or one less.
    fn toggle(&mut self, kind: EventKind) {
        let kinds = &mut self.state.wish.kinds;
        *kinds = kinds.toggled(kind);
    }

    /// Begins a stretch of time, or ends it and shows nothing else.
    fn narrow(&mut self, cx: &mut Cx<'_>) {
        let Some(now) = self.now(cx.session()) else {
            return cx.notify("This row has no time");
        };
        if let Some(begun) = self.state.begun.take() {
            let stretch = Stretch::between(begun, now);
            self.state.wish.stretches.push(stretch);
            cx.notify("Showing this time range only; Esc clears it");
        } else {
            self.state.begun = Some(now);
            cx.notify("Range start set. Move to the end and press v");
        }
    }

    /// Goes to the next part of the strip that has any row, or the one before.
    fn step(&mut self, is_later: bool, cx: &mut Cx<'_>) {
        let session = cx.session();
        let strip = self.strip.as_ref();
        let rows = &self.sifted.rows;
        let to = strip.and_then(|strip| strip.step(rows, self.cursor, is_later, &session.timeline));
        match to {
            Some(to) => self.go(to, session),
            None if is_later => cx.notify("End of timeline"),
            None => cx.notify("Start of timeline"),
        }
    }

    /// Finds out which rows are shown, if that may have changed, and stays with the one under the cursor.
    fn sift(&mut self, session: &Session) {
        let timeline = &session.timeline;
        if self.sifted.is_of(&self.state.wish, timeline) {
            return;
        }
        self.sifted = Sifted::new(&self.state.wish, timeline);
        self.is_strip_known = false;
        let Some((place, at)) = self.state.under else {
            self.go(0, session);
            // Nobody chose it, and events that come are worth more.
            self.state.under.take_if(|(place, _)| timeline.gap(*place).is_some());
            return;
        };
        let is_there = |row: &Place| *row == place;
        let same = self.sifted.rows.iter().position(is_there);
        // A row that is there but was another's has changed its place.
        let same = same.filter(|_| timeline.at(place) == at);
        let to = same.unwrap_or_else(|| self.sifted.near(at, timeline));
        // What is in sight moves along with the cursor.
        self.offset = (self.offset + to).saturating_sub(self.cursor);
        self.cursor = to;
    }
}

impl Pane for EventsPane {
    fn id(&self) -> PaneId {
        PaneId::Events
    }

    fn scope(&self) -> Scope {
        if self.is_typing() { Scope::Filter } else { Scope::Events }
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let timeline = &session.timeline;
        let progress = timeline.progress();
        let number = |n: usize| thousands(u64::try_from(n).unwrap_or(u64::MAX));
        let (shown, all) = (self.sifted.n_events, self.sifted.n_all);
        let of = if shown < all { format!(" of {}", number(all)) } else { String::new() };
        let of_whom = process::opened(session).map(|opened| format!("  {opened}"));
        let of_whom = of_whom.unwrap_or_default();
        let mut parts = vec![format!("Events{of_whom}  {}{of}", number(shown))];
        match (progress.n_loaded, progress.n_segments) {
            (0, None) => return format!("Events{of_whom}").into(),
            (1, Some(1)) => {}
            (n, Some(all)) if n == all => parts.push(format!("{all} segments")),
            (n, Some(all)) => parts.push(format!("{n} of {all} segments loaded")),
            (n, None) => parts.push(format!("{n} segment loaded")),
        }
        if self.current().is_some() {
            parts.push(format!("row {}", number(self.cursor + 1)));
        }
        if progress.n_broken > 0 {
            parts.push(format!("{} unreadable", number(progress.n_broken)));
        }
        if progress.n_left_out > 0 {
            parts.push(format!("{} LEFT OUT", number(progress.n_left_out)));
        }
        parts.join(", ").into()
    }

    fn state(&self, session: &Session) -> Line<'static> {
        match session.timeline.as_of() {
            Some(as_of) => session.as_of(as_of).into(),
            None => Line::default(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Segments, Slot::Events(crate::model::Segment::ALL)]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.sifted.rows.len().saturating_sub(1);
        if let Some(to) = cursor::moved(action, self.cursor, self.height, last) {
            self.go(to, cx.session());
            return true;
        }
        match action {
            Action::Filter => self.typing.begin(self.state.wish.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            Action::ShowAllKinds => self.state.wish.kinds = Kinds::default(),
            Action::Narrow => self.narrow(cx),
            Action::Earlier | Action::Later => self.step(action == Action::Later, cx),
            Action::Open => self.open(cx),
            other => match shown(other) {
                Some(kind) => self.toggle(kind),
                None => return self.pick(other, cx),
            },
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
        if self.typing.end() || !self.state.wish.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if self.state.begun.take().is_some() {
            return Some("range start");
        }
        if self.state.wish.stretches.pop().is_some() {
            return Some("time range");
        }
        if !self.state.wish.kinds.is_empty() {
            self.state.wish.kinds = Kinds::default();
            return Some("kinds");
        }
        None
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        self.under_cursor(session).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let event = self.selected(session)?;
        Some((format!("{} event", event.kind()), event.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        let total = u64::try_from(session.timeline.rows().len()).unwrap_or(u64::MAX);
        match action {
            Action::Export => Some(Box::new(ExportPane::new(self.extract(session), total))),
            other => pivot::popup(other, || self.under_cursor(session)),
        }
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let opened = cx.session().opened;
        if self.state.of != opened {
            self.restore(EventsState { of: opened, ..EventsState::default() });
        }
        cx.unroll(self.now(cx.session()));
        self.sift(cx.session());
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let timeline = &session.timeline;
        let progress = timeline.progress();
        let is_awaited = self.slots().iter().any(|slot| session.is_pending(*slot));
        let text = match (timeline.process(), progress.n_segments) {
            _ if !timeline.rows().is_empty() => {
                return draw::events(self, frame, area, session, look);
            }
            (None, _) => "Open a process to see its events",
            _ if is_awaited => "Loading… ^c cancels",
            _ if self.slots().iter().any(|slot| session.error(*slot).is_some()) => "",
            (Some(_), None) => "Cancelled. r retries",
            (Some(_), Some(_)) => "No events on the server for this process",
        };
        draw::nothing(frame, area, text, look);
    }
}

/// The kind that an action shows.
fn shown(action: Action) -> Option<EventKind> {
    Some(match action {
        Action::ShowFilemods => EventKind::Filemod,
        Action::ShowRegmods => EventKind::Regmod,
        Action::ShowNetconns => EventKind::Netconn,
        Action::ShowModloads => EventKind::Modload,
        Action::ShowChildprocs => EventKind::Childproc,
        Action::ShowCrossprocs => EventKind::Crossproc,
        Action::ShowBlocks => EventKind::Block,
        Action::ShowScripts => EventKind::Fileless,
        Action::ShowTampering => EventKind::Emet,
        Action::ShowOthers => EventKind::Other,
        _ => return None,
    })
}
