//! The navigation history: earlier locations with their state, and the breadcrumbs.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, View, views::PlaceKind};
use crate::model::{ProcessId, Search};
use crate::panes::{PaneId, SavedState, Step};
use crate::session::{Cx, Effect, GroupBy};
use crate::text;
use crate::worker::List;

/// Number of retained locations; the oldest are dropped.
const MAX_LOCATIONS: usize = 64;

/// Maximum width of a breadcrumb, in columns.
const MAX_CRUMB_WIDTH: usize = 28;

/// The locations to go back and forward to.
#[derive(Debug, Default)]
pub(super) struct NavHistory {
    back_stack: Vec<Location>,
    forward_stack: Vec<Location>,
}

impl NavHistory {
    /// Returns whether there is a location to go back to.
    pub(super) fn can_go_back(&self) -> bool {
        !self.back_stack.is_empty()
    }

    /// Returns whether the current location was opened from a row of the previous one.
    pub(super) fn was_drilled_into(&self) -> bool {
        self.back_stack.last().is_some_and(|location| location.is_drilled_into)
    }
}

/// How the location after another one was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextLocation {
    /// It was opened from a row, to which closing it returns.
    DrilledInto,
    /// It is another view or search.
    Searched,
}

/// A view with the state in which it was left.
#[derive(Clone, Debug)]
pub(super) struct Location {
    view: View,
    focus: PaneId,
    place: Place,
    /// The state of each pane of the view.
    panes: Vec<(PaneId, SavedState)>,
    label: String,
    /// Whether the next location was opened from a row of this one, rather than by another search.
    is_drilled_into: bool,
}

/// What a location shows, regardless of the cursor.
#[derive(Clone, Debug)]
enum Place {
    /// A search of a list; alerts may be grouped.
    Search(List, Option<Arc<Search>>, Option<GroupBy>),
    Process(Option<ProcessId>),
    View(View),
}

impl Place {
    /// Returns whether both show identical rows.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Search(list, one, by), Self::Search(other_list, other, other_by)) => {
                let is_same_search = match (one, other) {
                    (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                    (one, other) => one.is_none() && other.is_none(),
                };
                list == other_list && by == other_by && is_same_search
            }
            (Self::Process(one), Self::Process(other)) => one == other,
            (Self::View(one), Self::View(other)) => one == other,
            _ => false,
        }
    }

    /// Returns whether there is nothing worth returning to.
    fn is_empty(&self) -> bool {
        match self {
            // The list of feeds is shown before any report is searched.
            Self::Search(list, search, _) => search.is_none() && *list != List::Reports,
            Self::Process(opened) => opened.is_none(),
            Self::View(_) => false,
        }
    }
}

impl App {
    /// Returns the current location.
    pub(super) fn location(&self) -> Location {
        let ids = self.view.pane_ids();
        Location {
            view: self.view,
            focus: self.focus,
            place: self.place(),
            panes: ids.map(|id| (id, self.panes.get(id).save(&self.session))).collect(),
            label: self.breadcrumb_label(),
            is_drilled_into: false,
        }
    }

    /// Returns what the current location shows.
    fn place(&self) -> Place {
        match self.view.spec().place {
            PlaceKind::Search(list) => {
                let group_by = self.session.alert_state.group_by.filter(|_| list == List::Alerts);
                Place::Search(list, self.session.lists.search(list).cloned(), group_by)
            }
            PlaceKind::Process => Place::Process(self.session.opened.id),
            PlaceKind::View => Place::View(self.view),
        }
    }

    /// Returns whether the current location shows something else than `place`.
    pub(super) fn has_moved_from(&self, location: &Location) -> bool {
        !location.place.is_same(&self.place())
    }

    /// Adds a location to the history, unless it is still the current one.
    pub(super) fn push_location(&mut self, location: Location, next: NextLocation) {
        if location.place.is_empty() || !self.has_moved_from(&location) {
            return;
        }
        self.history.forward_stack.clear();
        let is_drilled_into = next == NextLocation::DrilledInto;
        self.history.back_stack.push(Location { is_drilled_into, ..location });
        if self.history.back_stack.len() > MAX_LOCATIONS {
            self.history.back_stack.remove(0);
        }
    }

    /// Navigates back, or forward again; returns whether there was a location.
    pub(super) fn navigate_history(&mut self, direction: Step, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let current = self.location();
        let history = &mut self.history;
        let (from, to) = match direction {
            Step::Back => (&mut history.back_stack, &mut history.forward_stack),
            Step::Forward => (&mut history.forward_stack, &mut history.back_stack),
        };
        let Some(location) = from.pop() else {
            return false;
        };
        // Going back and forward between two locations must not change how they are connected.
        to.push(Location { is_drilled_into: location.is_drilled_into, ..current });
        self.restore_location(location, now, effects);
        true
    }

    /// Returns to the last location of `view` in the history; returns whether there was one.
    pub(super) fn return_to_view(&mut self, view: View, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let mut back_stack = self.history.back_stack.iter();
        let Some(location) = back_stack.rfind(|location| location.view == view).cloned() else {
            return false;
        };
        self.restore_location(location, now, effects);
        true
    }

    /// Shows a location as it was left; cached values are not fetched again.
    fn restore_location(&mut self, location: Location, now: Timestamp, effects: &mut Vec<Effect>) {
        let Location { view, focus, place, panes, .. } = location;
        self.view = view;
        // The rows get the focus, not the query editor.
        self.focus = if let PaneId::Query(_) = focus { view.main() } else { focus };
        self.popups.clear();
        let mut cx = Cx::new(&mut self.session, effects, now);
        let grouping = match place {
            Place::Search(list, search, group_by) => {
                cx.lists().restore_search(list, search);
                (list == List::Alerts).then_some(group_by)
            }
            Place::Process(_) | Place::View(_) => None,
        };
        for (id, state) in &panes {
            self.panes.get_mut(*id).restore(state, &mut cx);
        }
        if let Some(group_by) = grouping {
            self.restore_grouping(group_by, now, effects);
        }
    }

    /// Returns a short description of the current location.
    fn breadcrumb_label(&self) -> String {
        let search = match self.view.spec().place {
            PlaceKind::Search(list) => self.session.lists.search(list),
            PlaceKind::View => return self.view.spec().title.to_lowercase(),
            PlaceKind::Process => {
                let Some(process) = self.session.find_opened() else {
                    // Its record did not come: the id still tells it from the location before.
                    let id = self.session.opened.id.map(|id| format!("process {id}"));
                    return text::fit(&id.unwrap_or_default().into(), MAX_CRUMB_WIDTH);
                };
                let name = text::fit(&process.name, MAX_CRUMB_WIDTH);
                let pid = process.pid.map(|pid| format!(" {pid}"));
                return name + &pid.unwrap_or_default();
            }
        };
        // Without a query editor, the name of the view says what is filtered.
        if self.view.index().is_none() {
            let query = search.map_or("", |search| &search.query);
            let label = format!("{} {query}", self.view.spec().title.to_lowercase());
            return text::fit(&label.trim_end().into(), MAX_CRUMB_WIDTH);
        }
        match search {
            Some(search) if search.query.is_empty() => "everything".into(),
            Some(search) => text::fit(&search.query.as_str().into(), MAX_CRUMB_WIDTH),
            None => String::new(),
        }
    }

    /// Returns the labels of the last locations, the current one last.
    pub(super) fn breadcrumbs(&self) -> Vec<String> {
        /// More are of no use.
        const MAX_CRUMBS: usize = 3;
        let back_stack = &self.history.back_stack;
        let last = &back_stack[back_stack.len().saturating_sub(MAX_CRUMBS)..];
        let mut crumbs: Vec<_> = last.iter().map(|location| location.label.clone()).collect();
        crumbs.push(self.breadcrumb_label());
        crumbs.retain(|crumb| !crumb.is_empty());
        crumbs
    }
}
