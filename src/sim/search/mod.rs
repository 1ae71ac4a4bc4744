//! Documents of the simulated server, and searches for them.

pub(super) mod alert;
pub(super) mod document;
pub(super) mod facet_counts;
pub(super) mod facets;
pub(super) mod report;
pub(super) mod request;
pub(super) mod run;
pub(super) mod watchlist_runs;
