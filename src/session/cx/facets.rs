//! Counting: asking for facets of the search, and of what it is compared with.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::Search;
use crate::query::Typing;
use crate::session::facets::Other;
use crate::worker::{Side, Slot, Urgency};

impl Cx<'_> {
    /// Sees to it that the search is counted as it is now. What is known, or was given up, is not asked again.
    pub fn count(&mut self) {
        let Some(search) = self.session.results.search().cloned() else {
            return;
        };
        let counts = &self.session.counts;
        let is_same = counts.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &search));
        let fields: Arc<[String]> = self.session.counted().into();
        if is_same && counts.fields == fields {
            return;
        }
        self.count_sides(&search, &fields, Urgency::Settled);
        let counts = &mut self.session.counts;
        (counts.of, counts.fields) = (Some(search), fields);
    }

    /// Counts again, past the cache.
    pub fn recount(&mut self) {
        let counts = &mut self.session.counts;
        if let Some(search) = counts.of.clone() {
            let fields = counts.fields.clone();
            self.count_sides(&search, &fields, Urgency::Fresh);
        }
    }

    /// Compares the counts with those of another search; none: with nothing.
    pub fn compare(&mut self, other: Option<Other>) {
        self.session.counts.other = other;
        // Whatever was counted is counted still; only the other side is to be asked.
        self.session.counts.of = None;
        self.count();
    }

    /// Asks for values that begin as what is typed; those that are known come from the cache.
    pub fn ask_values(&mut self, typing: &Typing) {
        let search = Search { query: typing.condition(), ..Search::default() };
        let fetch = Fetch::facets(&search, [typing.facet.clone()]);
        self.fetch_for(Slot::Values, fetch, Urgency::Now);
    }

    fn count_sides(&mut self, search: &Search, fields: &Arc<[String]>, urgency: Urgency) {
        let other = self.session.counts.other.as_ref();
        let b = other.and_then(|other| other.search(search));
        self.count_side(Side::A, Some(search), fields, urgency);
        self.count_side(Side::B, b.as_ref(), fields, urgency);
    }

    fn count_side(&mut self, side: Side, search: Option<&Search>, fields: &Arc<[String]>, urgency: Urgency) {
        let slot = Slot::Facets(side);
        let Some(search) = search else {
            self.cancel(slot);
            return self.session.side_mut(side).clear();
        };
        let fetch = Fetch::facets(search, fields.clone());
        if urgency == Urgency::Fresh || self.session.side(side).asked() != Some(&fetch) {
            self.fetch_for(slot, fetch, urgency);
        }
    }
}
