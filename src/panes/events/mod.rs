//! The timeline pane: the events of all segments of the opened process, with a sparkline of their density.

mod actions;
mod cells;
mod detail;
mod draw;
mod filter;
mod sparkline;

use jiff::Timestamp;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ActionResult, ActionTargets, AfterInput, ExportPane, Pane, PaneHeader, RenderCx, SavedState, TextInput, ViewPane,
    cursor::{self, Step},
    details::process,
    list::{Filter, group_thousands},
    prompt::filter::FilterInput,
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Event, EventKind, Kinds, ProcessId, Segment};
use crate::session::{Cx, RowRef, Session};
use crate::worker::Slot;
use filter::{EventFilter, FilteredEvents, TimeRange};
use sparkline::Sparkline;

/// The slots of the segments and their events.
const SLOTS: &[Slot] = &[Slot::Segments, Slot::Events(Segment::ALL)];

/// The timeline pane.
#[derive(Debug, Default)]
pub struct EventsPane {
    state: EventsState,
    /// Index of the row under the cursor among the shown rows.
    cursor: usize,
    /// Index of the first visible row.
    offset: usize,
    /// Number of rows that fit into the pane.
    height: usize,
    /// Input of the filter.
    typing: FilterInput,
    filtered: FilteredEvents,
    /// The sparkline as it was last drawn.
    sparkline: Option<Sparkline>,
    /// Whether the sparkline is that of the current rows.
    is_sparkline_current: bool,
}

/// Cursor and filter of a timeline, saved in the navigation history.
#[derive(Clone, Debug, Default)]
struct EventsState {
    process: Option<ProcessId>,
    filter: EventFilter,
    /// The row under the cursor, and its time.
    cursor_row: Option<(RowRef, Option<Timestamp>)>,
    /// Start of a time range whose end was not set yet.
    range_start: Option<Timestamp>,
}

impl EventsPane {
    fn show_state(&mut self, state: EventsState) {
        *self = Self { state, height: self.height, ..Self::default() };
    }

    /// Returns the event under the cursor.
    pub fn selected_event<'a>(&self, session: &'a Session) -> Option<&'a Event> {
        session.opened.timeline.event(self.selected_row()?)
    }

    fn selected_row(&self) -> Option<RowRef> {
        self.filtered.rows.get(self.cursor).copied()
    }

    /// Returns the time of the row under the cursor.
    fn cursor_time(&self, session: &Session) -> Option<Timestamp> {
        self.selected_row().and_then(|row| session.opened.timeline.event_time(row))
    }

    /// Returns the time range from the start that was set to the cursor.
    fn marked_range(&self, session: &Session) -> Option<TimeRange> {
        let start = self.state.range_start?;
        let end = self.cursor_time(session).unwrap_or(start);
        Some(TimeRange::from_ends(start, end))
    }

    fn is_typing(&self) -> bool {
        self.typing.is_typing()
    }

    fn move_to(&mut self, to: usize, session: &Session) {
        self.cursor = to;
        let row = self.selected_row();
        self.state.cursor_row = row.map(|row| (row, session.opened.timeline.event_time(row)));
    }

    fn set_filter(&mut self, text: &str) {
        self.state.filter.filter = Filter::parse(text);
    }

    /// Toggles `kind` among the kinds to show.
    fn toggle_kind(&mut self, kind: EventKind) {
        let kinds = &mut self.state.filter.kinds;
        *kinds = kinds.with_toggled(kind);
    }

    /// Sets the start of a time range; if one is set, ends the range and shows only that.
    fn narrow_range(&mut self, cx: &mut Cx<'_>) {
        let Some(now) = self.cursor_time(cx.session()) else {
            return cx.notify("This row has no time");
        };
        if let Some(start) = self.state.range_start.take() {
            self.state.filter.ranges.push(TimeRange::from_ends(start, now));
            cx.notify("Showing this time range only; Esc clears it");
        } else {
            self.state.range_start = Some(now);
            cx.notify("Range start set. Move to the end and press v");
        }
    }

    /// Moves the cursor to the next or previous cell of the sparkline that has rows.
    fn step_sparkline(&mut self, step: Step, cx: &mut Cx<'_>) {
        let session = cx.session();
        let sparkline = self.sparkline.as_ref();
        let rows = &self.filtered.rows;
        let to =
            sparkline.and_then(|sparkline| sparkline.next_cell_row(rows, self.cursor, step, &session.opened.timeline));
        match to {
            Some(to) => self.move_to(to, session),
            None => cx.notify(match step {
                Step::Back => "Start of timeline",
                Step::Forward => "End of timeline",
            }),
        }
    }

    /// Returns the popup that exports the shown events.
    fn export_pane(&self, session: &Session) -> ExportPane {
        let total = u64::try_from(session.opened.timeline.rows().len()).unwrap_or(u64::MAX);
        ExportPane::new(self.export_data(session), total)
    }

    /// Applies the filter if filter or timeline have changed, and keeps the cursor on the selected row.
    fn apply_filter(&mut self, session: &Session) {
        let timeline = &session.opened.timeline;
        if self.filtered.is_current(&self.state.filter, timeline) {
            return;
        }
        self.filtered = FilteredEvents::new(&self.state.filter, timeline);
        self.is_sparkline_current = false;
        let Some((row, at)) = self.state.cursor_row else {
            self.move_to(0, session);
            // The user did not select this gap: the cursor moves on when events are loaded.
            self.state.cursor_row.take_if(|(row, _)| timeline.gap(*row).is_some());
            return;
        };
        let position = self.filtered.rows.iter().position(|shown| *shown == row);
        // Another time means that the reference now points to another event.
        let position = position.filter(|_| timeline.event_time(row) == at);
        let to = position.unwrap_or_else(|| self.filtered.nearest_row(at, timeline));
        // The visible rows move along with the cursor.
        self.offset = (self.offset + to).saturating_sub(self.cursor);
        self.cursor = to;
    }
}

impl EventsPane {
    /// Returns the title.
    fn title(&self, session: &Session) -> Line<'static> {
        let timeline = &session.opened.timeline;
        let progress = timeline.progress();
        let number = |n: usize| group_thousands(u64::try_from(n).unwrap_or(u64::MAX));
        let (n_shown, n_total) = (self.filtered.n_events, self.filtered.n_total_events);
        let of = if n_shown < n_total { format!(" of {}", number(n_total)) } else { String::new() };
        let title = process::opened_title(session).map(|opened| format!("  {opened}"));
        let title = title.unwrap_or_default();
        let mut parts = vec![format!("Events{title}  {}{of}", number(n_shown))];
        match (progress.n_loaded, progress.n_segments) {
            (0, None) => return format!("Events{title}").into(),
            (1, Some(1)) => {}
            (n, Some(all)) if n == all => parts.push(format!("{all} segments")),
            (n, Some(all)) => parts.push(format!("{n} of {all} segments loaded")),
            (n, None) => parts.push(format!("{n} segment loaded")),
        }
        if self.selected_row().is_some() {
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

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
        match session.opened.timeline.as_of() {
            Some(as_of) => session.describe_answer_time(as_of).into(),
            None => Line::default(),
        }
    }
}

impl ViewPane for EventsPane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        self.observables_at_cursor(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let event = self.selected_event(session)?;
        Some((format!("{} event", event.kind()), event.document.clone()))
    }

    fn refresh(&self, cx: &mut Cx<'_>) {
        cx.process().refresh_segments();
    }

    fn save(&self, _: &Session) -> SavedState {
        SavedState::new(self.state.clone())
    }

    fn restore(&mut self, state: &SavedState, _: &mut Cx<'_>) {
        if let Some(state) = state.get() {
            self.show_state(state);
        }
    }
}

impl Pane for EventsPane {
    fn scope(&self) -> Scope {
        if self.is_typing() { Scope::Filter } else { Scope::Events }
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title(session)).with_status(Self::status(session)).with_slots(SLOTS)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let last = self.filtered.rows.len().saturating_sub(1);
        if let Some(to) = cursor::new_cursor(action, self.cursor, self.height, last) {
            self.move_to(to, cx.session());
            return ActionResult::Done;
        }
        match action {
            Action::Filter => self.typing.start(self.state.filter.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            Action::ShowAllKinds => self.state.filter.kinds = Kinds::default(),
            Action::Narrow => self.narrow_range(cx),
            Action::Earlier => self.step_sparkline(Step::Back, cx),
            Action::Later => self.step_sparkline(Step::Forward, cx),
            Action::Open => return self.open_process(cx),
            Action::Export => return ActionResult::open(self.export_pane(cx.session())),
            other => match event_kind_of(other) {
                Some(kind) => self.toggle_kind(kind),
                None => return self.copy_or_pivot(other, cx),
            },
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(text) = self.typing.enter_text(input, cx) {
            self.set_filter(&text);
        }
        ActionResult::Done
    }

    fn dismiss_layer(&mut self) -> Option<&'static str> {
        if self.typing.finish() || !self.state.filter.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if self.state.range_start.take().is_some() {
            return Some("range start");
        }
        if self.state.filter.ranges.pop().is_some() {
            return Some("time range");
        }
        if !self.state.filter.kinds.is_empty() {
            self.state.filter.kinds = Kinds::default();
            return Some("kinds");
        }
        None
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let opened = cx.session().opened.id;
        if self.state.process != opened {
            self.show_state(EventsState { process: opened, ..EventsState::default() });
        }
        let near = self.cursor_time(cx.session());
        cx.process().fetch_events(near);
        self.apply_filter(cx.session());
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let timeline = &session.opened.timeline;
        let progress = timeline.progress();
        let is_pending = SLOTS.iter().any(|slot| session.is_pending(*slot));
        let text = match (timeline.process(), progress.n_segments) {
            _ if !timeline.rows().is_empty() => {
                return draw::render(self, frame, area, session, cx);
            }
            (None, _) => "Open a process to see its events",
            _ if is_pending => "Loading… ^c cancels",
            _ if SLOTS.iter().any(|slot| session.error(*slot).is_some()) => "",
            (Some(_), None) => "Cancelled. r retries",
            (Some(_), Some(_)) => "No events on the server for this process",
        };
        draw::render_placeholder(frame, area, text, cx);
    }
}

/// Returns the event kind that an action toggles.
fn event_kind_of(action: Action) -> Option<EventKind> {
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
