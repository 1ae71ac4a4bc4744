//! What is counted of the process search, and of another search that it is compared with.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Remote, Session};
use crate::model::{EventClock, Facets, Period, Search};
use crate::query;
use crate::worker::FacetSide;

/// Counted values of some fields.
#[derive(Debug, Default)]
pub struct FacetCounts {
    /// The search that was counted last.
    pub(super) search: Option<Arc<Search>>,
    /// The fields, as the server calls them.
    pub(super) fields: Arc<[String]>,
    /// Its own counts.
    pub base: Remote<Facets>,
    /// The counts that it is compared with.
    pub compared: Remote<Facets>,
    /// What it is compared with.
    pub comparison: Option<FacetComparison>,
}

/// How the other side of a comparison differs from the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FacetComparison {
    /// This condition stands for what is said of its fields.
    Condition(String),
    /// Its last events lie in this period.
    Period(Period),
}

impl Session {
    /// The name under which the fields are chosen that are counted.
    pub const FACETS: &str = "Facets";

    /// The fields that are counted.
    pub fn facet_fields(&self) -> Vec<String> {
        /// Who ran what, where, from where, and when.
        const FIELDS: [&str; 9] = [
            "process_name",
            "parent_name",
            "username",
            "hostname",
            "path_full",
            "process_md5",
            "group",
            "hour_of_day",
            "day_of_week",
        ];
        match self.chosen_columns(Self::FACETS) {
            Some(chosen) => chosen.iter().map(|column| column.name.clone()).collect(),
            None => FIELDS.map(str::to_owned).to_vec(),
        }
    }

    /// The counts of a side.
    pub(super) fn facets_of(&self, side: FacetSide) -> &Remote<Facets> {
        match side {
            FacetSide::A => &self.search.facet_counts.base,
            FacetSide::B => &self.search.facet_counts.compared,
        }
    }

    /// The same, to be changed.
    pub(super) fn facets_of_mut(&mut self, side: FacetSide) -> &mut Remote<Facets> {
        match side {
            FacetSide::A => &mut self.search.facet_counts.base,
            FacetSide::B => &mut self.search.facet_counts.compared,
        }
    }
}

impl FacetComparison {
    /// Reads what somebody typed: a condition, or a period counted from `now`. `None` if it is neither.
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        let text = text.trim();
        match Period::parse(text, EventClock::Sensor, now) {
            Some(period) if !period.is_any_time() => Some(Self::Period(period)),
            _ => query::replace_condition("", text).map(Self::Condition),
        }
    }

    /// The search with this in the place of what it says of the same. `None` if its query cannot be read.
    pub fn apply_to(&self, search: &Search) -> Option<Search> {
        Some(match self {
            Self::Condition(condition) => {
                Search { query: query::replace_condition(&search.query, condition)?, ..search.clone() }
            }
            Self::Period(period) => period.bind_to(Search {
                query: query::remove_fields(&search.query, &["start", "last_update"])?,
                ..search.clone()
            }),
        })
    }
}
