//! Counting field values (facets) of the process search, and of the search it is compared with.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::Search;
use crate::query::TypedValue;
use crate::session::facets::FacetComparison;
use crate::worker::{FacetSide, FetchPolicy, Slot};

impl Cx<'_> {
    /// Counts the values of the current search, unless they are there, pending or cancelled.
    pub fn count_facets(&mut self) {
        let Some(search) = self.session.lists.processes.search().cloned() else {
            return;
        };
        let counts = &self.session.search.facet_counts;
        let is_same = counts.search.as_ref().is_some_and(|counted| Arc::ptr_eq(counted, &search));
        let fields: Arc<[String]> = self.session.facet_fields().into();
        if is_same && counts.fields == fields {
            return;
        }
        self.count_sides(&search, &fields, FetchPolicy::Debounced);
        let counts = &mut self.session.search.facet_counts;
        (counts.search, counts.fields) = (Some(search), fields);
    }

    /// Counts again, past the cache.
    pub fn refresh_facets(&mut self) {
        let counts = &mut self.session.search.facet_counts;
        if let Some(search) = counts.search.clone() {
            let fields = counts.fields.clone();
            self.count_sides(&search, &fields, FetchPolicy::NoCache);
        }
    }

    /// Compares the counts with those of another search; `None` ends the comparison.
    pub fn compare_with(&mut self, other: Option<FacetComparison>) {
        self.session.search.facet_counts.comparison = other;
        // The counts of the search itself remain; only the other side is fetched.
        self.session.search.facet_counts.search = None;
        self.count_facets();
    }

    /// Fetches values that begin with the text being typed; known ones come from the cache.
    pub fn fetch_values(&mut self, typing: &TypedValue) {
        let search = Search { query: typing.prefix_query(), ..Search::default() };
        let fetch = Fetch::facets(&search, [typing.facet.clone()]);
        self.fetch_into(Slot::FieldValues, fetch, FetchPolicy::CacheFirst);
    }

    fn count_sides(&mut self, search: &Search, fields: &Arc<[String]>, policy: FetchPolicy) {
        let other = self.session.search.facet_counts.comparison.as_ref();
        let b = other.and_then(|other| other.apply_to(search));
        self.count_side(FacetSide::A, Some(search), fields, policy);
        self.count_side(FacetSide::B, b.as_ref(), fields, policy);
    }

    fn count_side(&mut self, side: FacetSide, search: Option<&Search>, fields: &Arc<[String]>, policy: FetchPolicy) {
        let slot = Slot::Facets(side);
        let Some(search) = search else {
            self.cancel_slot(slot);
            return self.session.facets_of_mut(side).clear();
        };
        let fetch = Fetch::facets(search, fields.clone());
        if policy == FetchPolicy::NoCache || self.session.facets_of(side).last_question() != Some(&fetch) {
            self.fetch_into(slot, fetch, policy);
        }
    }
}
