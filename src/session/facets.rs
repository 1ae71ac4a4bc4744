//! Value counts (facets) of the process search, and of a second search that it is compared with.

use std::sync::Arc;

use jiff::Timestamp;

use super::Session;
use crate::model::{EventClock, Period, Search};
use crate::query;

/// What is counted: fields of a search, and of the search it is compared with.
#[derive(Debug, Default)]
pub struct FacetCounts {
    /// The search whose values were counted last.
    pub(super) search: Option<Arc<Search>>,
    /// The counted fields, by their server names.
    pub(super) fields: Arc<[String]>,
    /// How that other side differs.
    pub comparison: Option<FacetComparison>,
}

/// How the other side of a comparison differs from the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FacetComparison {
    /// This condition replaces the conditions on its fields.
    Condition(String),
    /// The last event lies in this period.
    Period(Period),
}

impl Session {
    /// The name under which the choice of counted fields is saved.
    pub const FACETS: &str = "Facets";

    /// Returns the fields to count: the chosen ones, or the default.
    pub fn facet_fields(&self) -> Vec<String> {
        /// Who ran what, from where, and when.
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
}

impl FacetComparison {
    /// Parses the other side of a comparison as typed: a period counted from `now`, or a condition. `None` if it is
    /// neither.
    pub fn parse(text: &str, now: Timestamp) -> Option<Self> {
        let text = text.trim();
        match Period::parse(text, EventClock::Sensor, now) {
            Some(period) if !period.is_any_time() => Some(Self::Period(period)),
            None if Period::is_text_backward(text, now) => None,
            _ => query::replace_condition("", text).map(Self::Condition),
        }
    }

    /// Returns `search` with this condition or period instead of its own on these fields. `None` if its query cannot be
    /// parsed.
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
