//! Cards: what is known of one thing, beside the list that it is in, or of the server itself.

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
    Pane, PaneId, RenderCx,
    copy::{self, Clip},
    cursor,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::session::{Cx, Destination, ListRow, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{FieldList, FieldRow};
use crate::worker::Slot;

/// Lines that a description or a query may take.
const MAX_LINES: usize = 12;

/// What a card must know of the thing that it shows.
pub trait Details: fmt::Debug + Sized + 'static {
    /// What tells it from others.
    type Id: Clone + fmt::Debug + PartialEq;

    /// Which pane shows it.
    const PANE: PaneId;

    /// Where its keys are looked up.
    const SCOPE: Scope;

    /// Whose spinner and errors are shown.
    const SLOTS: &'static [Slot];

    /// What is said while there is nothing to show.
    const PLACEHOLDER: &'static str;

    /// What is shown, if anything is.
    fn subject_id(session: &Session) -> Option<Self::Id>;

    /// What stands in its frame.
    fn title(session: &Session) -> String;

    /// From when it is.
    fn as_of(session: &Session) -> Option<Timestamp>;

    /// All that is known of it.
    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>>;

    /// Comes after every input.
    fn after_input(_: &mut Cx<'_>) {}

    /// Where it leads when it is opened.
    fn destination(_: &Session) -> Option<Destination> {
        None
    }

    /// Why it leads nowhere.
    fn no_destination_reason(_: &Session) -> String {
        "Nothing to open here".into()
    }

    /// What of it can be asked about elsewhere.
    fn observables(_: &Session) -> Option<Observables> {
        None
    }

    /// Its record as the server sent it.
    fn record(_: &Session) -> Option<Document> {
        None
    }

    /// What an action that copies finds in it, if it is one.
    fn clip(_: &Session, _: Action) -> Option<Clip> {
        None
    }

    /// Does what else the user meant with it; false when it means nothing here.
    fn handle_action(_: Action, _: &mut Cx<'_>) -> bool {
        false
    }
}

/// A pane with a card.
#[derive(Debug)]
pub struct DetailsPane<C: Details> {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// Whose facts are scrolled.
    scrolled_id: Option<C::Id>,
}

impl<C: Details> Default for DetailsPane<C> {
    fn default() -> Self {
        Self { offset: 0, n_lines: 0, height: 1, scrolled_id: None }
    }
}

impl<C: Details> Pane for DetailsPane<C> {
    fn id(&self) -> PaneId {
        C::PANE
    }

    fn scope(&self) -> Scope {
        C::SCOPE
    }

    fn title(&self, session: &Session) -> Line<'static> {
        C::title(session).into()
    }

    fn status_line(&self, session: &Session) -> Line<'static> {
        let as_of = C::as_of(session).map(|at| session.describe_answer_time(at));
        as_of.map_or_else(Line::default, Line::from)
    }

    fn slots(&self) -> &'static [Slot] {
        C::SLOTS
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::new_cursor(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        if C::subject_id(cx.session()).is_none() {
            cx.notify(C::PLACEHOLDER);
            return true;
        }
        if action == Action::Open {
            match C::destination(cx.session()) {
                Some(lead) => cx.navigate(lead),
                None => cx.notify(C::no_destination_reason(cx.session())),
            }
            return true;
        }
        C::handle_action(action, cx)
            || pivot::pivot(action, cx, |session| C::observables(session).into_iter().collect())
            || copy::copy_clip(C::clip(cx.session(), action), cx)
    }

    fn observables(&self, session: &Session) -> Vec<Observables> {
        C::observables(session).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        Some((C::title(session), C::record(session)?))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::overlay_for(action, || C::observables(session))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        C::after_input(cx);
        let shown = C::subject_id(cx.session());
        if shown != self.scrolled_id {
            self.scrolled_id = shown;
            self.offset = 0;
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        if C::subject_id(session).is_none() {
            frame.render_widget(Line::styled(C::PLACEHOLDER, look.theme.muted), area);
            return;
        }
        let fields = C::facts(session, look.theme);
        self.height = usize::from(area.height);
        self.offset = self.offset.min(self.n_lines.saturating_sub(1));
        let list = FieldList { fields: &fields, scroll: self.offset };
        self.n_lines = list.render(area, frame.buffer_mut(), look.theme);
    }
}

/// When the page came that a row is on.
fn fetched_at<R: ListRow>(row: Option<&Arc<R>>, session: &Session) -> Option<Timestamp> {
    let row = row?;
    let mut pages = R::pages(session).loaded_pages();
    let page = pages.find(|page| page.value.rows.iter().any(|other| Arc::ptr_eq(other, row)));
    page.map(|page| page.as_of)
}

/// A text of the server, if there is any.
fn text_field(label: &'static str, text: &Untrusted) -> Option<FieldRow<'static>> {
    let text = text.non_empty()?;
    Some(FieldRow::multi_line(label, text::excerpt(text), MAX_LINES))
}

/// An address that no program follows.
fn address_field(label: &'static str, address: &Untrusted) -> Option<FieldRow<'static>> {
    let address = address.non_empty()?;
    Some(FieldRow::multi_line(label, text::defang(address), MAX_LINES))
}
