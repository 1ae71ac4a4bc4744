//! Counting field values (facets) of the process search, and of the search it is compared with.

use std::sync::Arc;

use super::ListCx;
use crate::fetch::FacetsFetch;
use crate::model::{Process, Search};
use crate::query::TypedValue;
use crate::session::{FacetComparison, slots};
use crate::worker::{FacetSide, FetchPolicy};

impl ListCx<'_, '_> {
    /// Counts the values of the current search, unless they are there, pending or cancelled.
    pub fn count_facets(&mut self) {
        let Some(search) = self.cx.session.lists.pages::<Process>().search().cloned() else {
            return;
        };
        let counts = &self.cx.session.search.facet_counts;
        let is_same = counts.search.as_ref().is_some_and(|counted| Arc::ptr_eq(counted, &search));
        let fields: Arc<[String]> = self.cx.session.facet_fields().into();
        if is_same && counts.fields == fields {
            return;
        }
        self.count_sides(&search, &fields, FetchPolicy::Debounced);
        let counts = &mut self.cx.session.search.facet_counts;
        (counts.search, counts.fields) = (Some(search), fields);
    }

    /// Counts again, past the cache.
    pub fn refresh_facets(&mut self) {
        let counts = &mut self.cx.session.search.facet_counts;
        if let Some(search) = counts.search.clone() {
            let fields = counts.fields.clone();
            self.count_sides(&search, &fields, FetchPolicy::NoCache);
        }
    }

    /// Compares the counts with those of another search; `None` ends the comparison.
    pub fn compare_with(&mut self, other: Option<FacetComparison>) {
        self.cx.session.search.facet_counts.comparison = other;
        // The counts of the search itself remain; only the other side is fetched.
        self.cx.session.search.facet_counts.search = None;
        self.count_facets();
    }

    /// Fetches values that begin with the text being typed; known ones come from the cache.
    pub fn fetch_values(&mut self, typing: &TypedValue) {
        let search = Search { query: typing.prefix_query(), ..Search::default() };
        let question = FacetsFetch::new(&search, [typing.facet.clone()]);
        self.cx.requests().fetch(slots::FIELD_VALUES, question, FetchPolicy::CacheFirst);
    }

    fn count_sides(&mut self, search: &Search, fields: &Arc<[String]>, policy: FetchPolicy) {
        let other = self.cx.session.search.facet_counts.comparison.as_ref();
        let b = other.and_then(|other| other.apply_to(search));
        self.count_side(FacetSide::A, Some(search), fields, policy);
        self.count_side(FacetSide::B, b.as_ref(), fields, policy);
    }

    fn count_side(&mut self, side: FacetSide, search: Option<&Search>, fields: &Arc<[String]>, policy: FetchPolicy) {
        let place = slots::facets(side);
        let Some(search) = search else {
            return self.cx.details().clear_slot(place.slot);
        };
        let question = FacetsFetch::new(search, fields.clone());
        if policy == FetchPolicy::NoCache || self.cx.session.values.question(place) != Some(&question) {
            self.cx.requests().fetch(place, question, policy);
        }
    }
}
