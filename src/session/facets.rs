//! What is counted of the process search, and of another search that it is compared with.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Remote, Session};
use crate::model::{EventClock, Facets, Period, Search};
use crate::query;
use crate::worker::Side;

/// Counted values of some fields.
#[derive(Debug, Default)]
pub struct Counts {
    /// The search that was counted last.
    pub(super) of: Option<Arc<Search>>,
    /// The fields, as the server calls them.
    pub(super) fields: Arc<[String]>,
    /// Its own counts.
    pub a: Remote<Facets>,
    /// The counts that it is compared with.
    pub b: Remote<Facets>,
    /// What it is compared with.
    pub other: Option<Other>,
}

/// How the other side of a comparison differs from the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// This condition stands for what is said of its fields.
    Condition(String),
    /// Its last events lie in this period.
    Period(Period),
}

impl Session {
    /// The name under which the fields are chosen that are counted.
    pub const FACETS: &str = "Facets";

    /// The fields that are counted.
    pub fn counted(&self) -> Vec<String> {
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
        match self.columns(Self::FACETS) {
            Some(chosen) => chosen.iter().map(|column| column.name.clone()).collect(),
            None => FIELDS.map(str::to_owned).to_vec(),
        }
    }

    /// The counts of a side.
    pub(super) fn side(&self, side: Side) -> &Remote<Facets> {
        match side {
            Side::A => &self.counts.a,
            Side::B => &self.counts.b,
        }
    }

    /// The same, to be changed.
    pub(super) fn side_mut(&mut self, side: Side) -> &mut Remote<Facets> {
        match side {
            Side::A => &mut self.counts.a,
            Side::B => &mut self.counts.b,
        }
    }
}

impl Other {
    /// Reads what somebody typed: a condition, or a period counted from `now`. `None` if it is neither.
    pub fn read(text: &str, now: Timestamp) -> Option<Self> {
        let text = text.trim();
        match Period::read(text, EventClock::Sensor, now) {
            Some(period) if !period.is_open() => Some(Self::Period(period)),
            _ => query::instead("", text).map(Self::Condition),
        }
    }

    /// The search with this in the place of what it says of the same. `None` if its query cannot be read.
    pub fn search(&self, search: &Search) -> Option<Search> {
        Some(match self {
            Self::Condition(condition) => Search { query: query::instead(&search.query, condition)?, ..search.clone() },
            Self::Period(period) => period
                .bind(Search { query: query::without(&search.query, &["start", "last_update"])?, ..search.clone() }),
        })
    }
}
