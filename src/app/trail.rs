//! How one came here: places to go back to, as they were left.

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, View};
use crate::model::{Process, Search};
use crate::panes::{PaneId, Processes, State};
use crate::session::{Cx, Effect, Listed};
use crate::text;

/// As many places are kept; the oldest are forgotten.
const KEPT: usize = 64;

/// Cells of a crumb.
const CRUMB: usize = 28;

/// Places behind and ahead.
#[derive(Debug, Default)]
pub(super) struct Trail {
    behind: Vec<Place>,
    ahead: Vec<Place>,
}

/// Where one was: view, query, filter, marks, cursor.
#[derive(Clone, Debug)]
pub(super) struct Place {
    view: View,
    focus: PaneId,
    query: String,
    search: Option<Arc<Search>>,
    results: State<Processes>,
    crumb: String,
}

impl Place {
    /// Whether the same is shown there, wherever the cursor is.
    fn is_same(&self, other: &Self) -> bool {
        let is_same_search = match (&self.search, &other.search) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        self.view == other.view && is_same_search
    }

    /// Whether there is anything to come back to.
    fn is_empty(&self) -> bool {
        self.view == View::Hunt && self.search.is_none()
    }
}

impl App {
    /// Where one is.
    pub(super) fn place(&self) -> Place {
        let search = Process::pages(&self.session).search().cloned();
        Place {
            view: self.view,
            focus: self.focus,
            // What was typed since belongs to where one goes.
            query: search.as_ref().map_or_else(
                || self.panes.query.text().to_owned(),
                |search| search.query.clone(),
            ),
            search,
            results: self.panes.results.state().clone(),
            crumb: self.crumb(),
        }
    }

    /// Remembers where one was, if that is not where one still is.
    pub(super) fn leave(&mut self, place: Place) {
        if place.is_empty() || place.is_same(&self.place()) {
            return;
        }
        self.trail.ahead.clear();
        self.trail.behind.push(place);
        if self.trail.behind.len() > KEPT {
            self.trail.behind.remove(0);
        }
    }

    /// Goes back, or forward again; false when there is nothing that way.
    pub(super) fn travel(
        &mut self,
        is_back: bool,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let here = self.place();
        let trail = &mut self.trail;
        let (from, to) = if is_back {
            (&mut trail.behind, &mut trail.ahead)
        } else {
            (&mut trail.ahead, &mut trail.behind)
        };
        let Some(place) = from.pop() else {
            return false;
        };
        to.push(here);
        self.arrive(place, now, effects);
        true
    }

    /// Shows a place as it was left. What is still known is not asked again.
    fn arrive(&mut self, place: Place, now: Timestamp, effects: &mut Vec<Effect>) {
        self.view = place.view;
        // Whoever comes back wants the rows, not the text that asked for them.
        self.focus = if place.focus == PaneId::Query {
            place.view.main()
        } else {
            place.focus
        };
        self.overlay = None;
        if self.panes.query.text() != place.query {
            self.panes.query.set(&place.query);
        }
        Cx::new(&mut self.session, effects, now).return_to::<Process>(place.search);
        self.panes.results.restore(place.results);
    }

    /// What is shown, in a few words.
    fn crumb(&self) -> String {
        match self.view {
            View::Hunt => match Process::pages(&self.session).search() {
                Some(search) if search.query.is_empty() => "everything".into(),
                Some(search) => text::fit(&search.query.as_str().into(), CRUMB),
                None => String::new(),
            },
        }
    }

    /// How one came here, the latest last.
    pub(super) fn crumbs(&self) -> Vec<String> {
        /// More would tell nobody anything.
        const SHOWN: usize = 3;
        let behind = &self.trail.behind;
        let last = &behind[behind.len().saturating_sub(SHOWN)..];
        let mut crumbs: Vec<_> = last.iter().map(|place| place.crumb.clone()).collect();
        crumbs.push(self.crumb());
        crumbs.retain(|crumb| !crumb.is_empty());
        crumbs
    }
}
