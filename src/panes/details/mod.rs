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

pub use host::HostCard;
pub use report::ReportCard;
pub use server::ServerCard;
pub use watchlist::WatchlistCard;

use super::{
    Look, Pane, PaneId,
    copy::{self, Copied},
    cursor,
    pivot::{self, Clues},
};
use crate::keys::{Action, Scope};
use crate::model::Document;
use crate::session::{Cx, Lead, Listed, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::{Field, Fields};
use crate::worker::Slot;

/// Lines that a description or a query may take.
const LONG: usize = 12;

/// What a card must know of the thing that it shows.
pub trait Card: fmt::Debug + Sized + 'static {
    /// What tells it from others.
    type Id: Clone + fmt::Debug + PartialEq;

    /// Which pane shows it.
    const PANE: PaneId;

    /// Where its keys are looked up.
    const SCOPE: Scope;

    /// Whose spinner and errors are shown.
    const SLOTS: &'static [Slot];

    /// What is said while there is nothing to show.
    const NONE: &'static str;

    /// What is shown, if anything is.
    fn shown(session: &Session) -> Option<Self::Id>;

    /// What stands in its frame.
    fn title(session: &Session) -> String;

    /// From when it is.
    fn as_of(session: &Session) -> Option<Timestamp>;

    /// All that is known of it.
    fn facts(session: &Session, theme: &Theme) -> Vec<Field<'static>>;

    /// Comes after every input.
    fn settle(_: &mut Cx<'_>) {}

    /// Where it leads when it is opened.
    fn lead(_: &Session) -> Option<Lead> {
        None
    }

    /// Why it leads nowhere.
    fn why_no_lead(_: &Session) -> String {
        "Nothing to open here".into()
    }

    /// What of it can be asked about elsewhere.
    fn clues(_: &Session) -> Option<Clues> {
        None
    }

    /// Its record as the server sent it.
    fn record(_: &Session) -> Option<Document> {
        None
    }

    /// What an action that copies finds in it, if it is one.
    fn copied(_: &Session, _: Action) -> Option<Copied> {
        None
    }

    /// Does what else the user meant with it; false when it means nothing here.
    fn act(_: Action, _: &mut Cx<'_>) -> bool {
        false
    }
}

/// A pane with a card.
#[derive(Debug)]
pub struct CardPane<C: Card> {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// Whose facts are scrolled.
    of: Option<C::Id>,
}

impl<C: Card> Default for CardPane<C> {
    fn default() -> Self {
        Self { offset: 0, n_lines: 0, height: 1, of: None }
    }
}

impl<C: Card> Pane for CardPane<C> {
    fn id(&self) -> PaneId {
        C::PANE
    }

    fn scope(&self) -> Scope {
        C::SCOPE
    }

    fn title(&self, session: &Session) -> Line<'static> {
        C::title(session).into()
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let as_of = C::as_of(session).map(|at| session.as_of(at));
        as_of.map_or_else(Line::default, Line::from)
    }

    fn slots(&self) -> &'static [Slot] {
        C::SLOTS
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        if C::shown(cx.session()).is_none() {
            cx.notify(C::NONE);
            return true;
        }
        if action == Action::Open {
            match C::lead(cx.session()) {
                Some(lead) => cx.lead(lead),
                None => cx.notify(C::why_no_lead(cx.session())),
            }
            return true;
        }
        C::act(action, cx)
            || pivot::follow(action, cx, |session| C::clues(session).into_iter().collect())
            || copy::copy_one(C::copied(cx.session(), action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        C::clues(session).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        Some((C::title(session), C::record(session)?))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || C::clues(session))
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        C::settle(cx);
        let shown = C::shown(cx.session());
        if shown != self.of {
            self.of = shown;
            self.offset = 0;
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        if C::shown(session).is_none() {
            frame.render_widget(Line::styled(C::NONE, look.theme.muted), area);
            return;
        }
        let fields = C::facts(session, look.theme);
        self.height = usize::from(area.height);
        self.offset = self.offset.min(self.n_lines.saturating_sub(1));
        let list = Fields { fields: &fields, scroll: self.offset };
        self.n_lines = list.render(area, frame.buffer_mut(), look.theme);
    }
}

/// When the page came that a row is on.
fn page_of<R: Listed>(row: Option<&Arc<R>>, session: &Session) -> Option<Timestamp> {
    let row = row?;
    let mut pages = R::pages(session).held();
    let page = pages.find(|page| page.value.rows.iter().any(|other| Arc::ptr_eq(other, row)));
    page.map(|page| page.as_of)
}

/// A text of the server, if there is any.
fn said(label: &'static str, text: &Untrusted) -> Option<Field<'static>> {
    let text = text.non_empty()?;
    Some(Field::wrapped(label, text::excerpt(text), LONG))
}

/// An address that no program follows.
fn address(label: &'static str, address: &Untrusted) -> Option<Field<'static>> {
    let address = address.non_empty()?;
    Some(Field::wrapped(label, text::defang(address), LONG))
}
