//! Details panes: all known fields of the selected row, or of the server.

pub(super) mod alert;
pub(super) mod binary;
mod host;
pub(super) mod process;
mod report;
mod server;
pub(super) mod subject;
mod watchlist;

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use ratatui::{Frame, layout::Rect, text::Line};

pub use host::HostDetails;
pub use report::ReportDetails;
pub use server::ServerDetails;
pub use watchlist::WatchlistDetails;

use super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, ScrollView, ViewPane,
    copy::{self, Clip},
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::session::{Cx, Destination, ListRow, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// Lines that a description or a query may take.
const MAX_LINES: usize = 12;

/// The fields of one details pane, and what its actions do.
pub trait Details: fmt::Debug + Sized + 'static {
    /// Identifies the thing shown; if it changes, the pane scrolls to the top.
    type Id: Clone + fmt::Debug + PartialEq;

    /// Key bindings of the pane.
    const SCOPE: Scope;

    /// Slots whose spinner and errors the pane shows.
    const SLOTS: &'static [Slot];

    /// Shown while nothing is selected.
    const PLACEHOLDER: &'static str;

    /// Returns what is shown, if anything is.
    fn subject_id(session: &Session) -> Option<Self::Id>;

    fn title(session: &Session) -> String;

    /// Returns when it was fetched.
    fn as_of(session: &Session) -> Option<Timestamp>;

    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>>;

    /// Called after every input.
    fn after_input(_: &mut Cx<'_>) {}

    /// Fetches what it shows again, past the cache.
    fn refresh(cx: &mut Cx<'_>) {
        cx.details().refresh_details(Self::SLOTS);
    }

    /// Returns where opening it leads.
    fn destination(_: &Session) -> Option<Destination> {
        None
    }

    /// Returns why there is nothing to open.
    fn no_destination_reason(_: &Session) -> String {
        "Nothing to open here".into()
    }

    /// Returns the values that can be searched for elsewhere.
    fn observables(_: &Session) -> Option<Observables> {
        None
    }

    /// Returns the record as the server sent it.
    fn record(_: &Session) -> Option<Document> {
        None
    }

    /// Returns what a copy action takes; `None` if `action` does not apply.
    fn clip(_: &Session, _: Action) -> Option<Clip> {
        None
    }

    /// Handles an action of this pane only.
    fn handle_action(_: Action, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::Ignored
    }
}

/// A scrolled pane with the fields of `C`.
#[derive(Debug)]
pub struct DetailsPane<C: Details> {
    scroll: ScrollView,
    /// What the scroll offset is for.
    scrolled_id: Option<C::Id>,
}

impl<C: Details> Default for DetailsPane<C> {
    fn default() -> Self {
        Self { scroll: ScrollView::default(), scrolled_id: None }
    }
}

impl<C: Details> ViewPane for DetailsPane<C> {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        C::observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        Some((C::title(session), C::record(session)?))
    }

    fn refresh(&self, cx: &mut Cx<'_>) {
        C::refresh(cx);
    }
}

impl<C: Details> Pane for DetailsPane<C> {
    fn scope(&self) -> Scope {
        C::SCOPE
    }

    fn header(&self, session: &Session) -> PaneHeader {
        let as_of = C::as_of(session).map(|at| session.describe_answer_time(at));
        let status = as_of.map_or_else(Line::default, Line::from);
        PaneHeader::from(C::title(session)).with_status(status).with_slots(C::SLOTS)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let scrolled = self.scroll.handle_action(action);
        if !matches!(scrolled, ActionResult::Ignored) {
            return scrolled;
        }
        if C::subject_id(cx.session()).is_none() {
            return ActionResult::notify(C::PLACEHOLDER, cx);
        }
        if action == Action::Open {
            let destination = C::destination(cx.session()).ok_or_else(|| C::no_destination_reason(cx.session()));
            return ActionResult::navigate_or_notify(destination, cx);
        }
        C::handle_action(action, cx)
            .or_else(|| pivot::pivot(action, cx, |session| C::observables(session).into_iter().collect()))
            .or_else(|| copy::copy_clip(C::clip(cx.session(), action), cx))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        C::after_input(cx);
        let subject_id = C::subject_id(cx.session());
        if subject_id != self.scrolled_id {
            self.scrolled_id = subject_id;
            self.scroll.reset();
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        if C::subject_id(session).is_none() {
            frame.render_widget(Line::styled(C::PLACEHOLDER, cx.theme.muted), area);
            return;
        }
        let fields = C::facts(session, cx.theme);
        self.scroll.render_fields(&fields, frame, area, cx.theme);
    }
}

/// Returns when the page with `row` was fetched.
fn fetched_at<R: ListRow>(row: Option<&Arc<R>>, session: &Session) -> Option<Timestamp> {
    let row = row?;
    let mut pages = session.lists.pages::<R>().loaded_pages();
    let page = pages.find(|page| page.value.rows.iter().any(|other| Arc::ptr_eq(other, row)));
    page.map(|page| page.as_of)
}

/// Returns a field with a text from the server, unless it is empty.
fn text_field(label: &'static str, text: &Untrusted) -> Option<FieldRow<'static>> {
    let text = text.non_empty()?;
    Some(FieldRow::multi_line(label, text::excerpt(text), MAX_LINES))
}

/// Returns a field with a defanged address, unless it is empty.
fn address_field(label: &'static str, address: &Untrusted) -> Option<FieldRow<'static>> {
    let address = address.non_empty()?;
    Some(FieldRow::multi_line(label, text::defang(address), MAX_LINES))
}
