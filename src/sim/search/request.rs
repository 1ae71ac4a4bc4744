//! Search requests and their parameters (reference 1.7).

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use jiff::{Timestamp, civil::DateTime, tz::Offset};

use super::super::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{detections::IndexState, server::Server},
};
use super::facets;
use crate::query::{self, Index, Query, Rules};

/// Number of rows of a search that does not state it.
const DEFAULT_ROWS: u64 = 10;

/// Parsed search request.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Search {
    pub(in crate::sim) index: Index,
    pub(in crate::sim) queries: Vec<Query>,
    /// Accepted facet values by field: in each field, one of its values must match.
    pub(in crate::sim) filters: BTreeMap<String, Vec<String>>,
    /// Bounds of the last event, in milliseconds since 1970: host's clock from and to, server's clock from and to.
    pub(in crate::sim) bounds: [Option<i64>; 4],
    /// Field, and whether the order is descending.
    pub(in crate::sim) sort: Option<(String, bool)>,
    pub(in crate::sim) group: Option<String>,
    pub(in crate::sim) start: u64,
    pub(in crate::sim) rows: u64,
    /// Fields to count; `None`: no facets are requested.
    pub(in crate::sim) facets: Option<Vec<String>>,
    /// Snapshot of the index at the time of the request.
    pub(in crate::sim) index_state: Arc<IndexState>,
    /// Cache key: query, filters, bounds and revision of the index.
    pub(in crate::sim) key: String,
    deadline: Instant,
    /// Whether the search was cancelled at its deadline.
    timed_out: Arc<AtomicBool>,
}

impl Search {
    /// Parses the parameters; the error is the real server's 400 response.
    pub(in crate::sim) fn parse(server: &Server, index: Index, request: &ApiRequest) -> Result<Self, ApiResponse> {
        let request = request.with_body_params().map_err(|_| ApiResponse::app_error(400))?;
        let rules = Rules { refuse_leading_wildcards: server.version.is_at_least(6, 2, 3) };
        let mut texts = vec![request.param("q").unwrap_or_default().to_owned()];
        let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in request.params() {
            if let Some(field) = name.strip_prefix("cb.q.") {
                texts.push(format!("{field}:{value}"));
            } else if let Some(field) = name.strip_prefix("cb.fq.") {
                filters.entry(field.into()).or_default().push(value.into());
            }
        }
        let mut queries = Vec::new();
        for text in &texts {
            if let Some(reason) = query::server_error(text, rules) {
                return Err(ApiResponse::bad_query(reason));
            }
            queries.extend(query::parse_for(index, text).query);
        }
        let bounds =
            ["cb.min_last_update", "cb.max_last_update", "cb.min_last_server_update", "cb.max_last_server_update"].map(
                |name| {
                    // Servers before 6.0 ignore these parameters, as all that they do not know.
                    let bound = request.param(name).filter(|_| server.version.is_at_least_6());
                    bound.and_then(parse_bound)
                },
            );
        let sort = request.param("sort").or(match index {
            Index::Process => Some("last_update desc"),
            Index::Binary => Some("server_added_timestamp desc"),
            // The documented default order is by a field that these documents do not have.
            Index::Alert | Index::Report => None,
        });
        let sort = sort.and_then(parse_sort);
        let group = request.param("cb.group").filter(|group| !group.is_empty() && server.version.is_at_least_6());
        let has_facets = request.param("facet").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let facets = has_facets.then(|| {
            let fields = request.params().filter(|(name, _)| *name == "facet.field");
            let fields: Vec<String> = fields.map(|(_, field)| field.to_owned()).collect();
            if fields.is_empty() { facets::default_facets(index) } else { fields }
        });
        let rows = request.number("rows").unwrap_or(DEFAULT_ROWS);
        let index_state = server.detections.index_state();
        // Processes and binaries change by tags only.
        let revision = match index {
            Index::Process | Index::Binary => {
                u64::try_from(server.detections.tags().n_runs() + server.killed.count()).unwrap_or(u64::MAX)
            }
            Index::Alert | Index::Report => index_state.revision,
        };
        Ok(Self {
            key: format!("{index:?} {revision} {texts:?} {filters:?} {bounds:?}"),
            index_state,
            index,
            queries,
            filters,
            bounds,
            sort,
            group: group.map(str::to_owned),
            start: request.number("start").unwrap_or(0),
            rows: server.options.max_rows.map_or(rows, |limit| rows.min(limit)),
            facets,
            deadline: Instant::now() + server.options.search_timeout,
            timed_out: Arc::default(),
        })
    }

    /// Whether the deadline has passed, which cancels the search.
    pub(in crate::sim) fn is_timed_out(&self) -> bool {
        if !self.timed_out.load(Ordering::Relaxed) && Instant::now() > self.deadline {
            self.timed_out.store(true, Ordering::Relaxed);
        }
        self.timed_out.load(Ordering::Relaxed)
    }

    /// Returns `answer`, or a 504 if the search was cancelled at its deadline.
    pub(in crate::sim) fn or_timeout(&self, answer: ApiResponse) -> ApiResponse {
        if self.timed_out.load(Ordering::Relaxed) { ApiResponse::frontend_error(504) } else { answer }
    }

    /// Parses a stored search, which is form data or the text of a query, for all rows.
    pub(in crate::sim) fn parse_stored(server: &Server, index: Index, text: &str) -> Result<Self, ApiResponse> {
        let is_form = text.starts_with("q=") || text.contains("&q=") || text.contains("cb.");
        let request = if is_form {
            ApiRequest::from_stored_query(text)
        } else {
            ApiRequest::from_stored_query("").with_param("q", text)
        };
        let search = Self::parse(server, index, &request)?;
        Ok(Self { start: 0, rows: u64::MAX, ..search })
    }

    /// Whether the search has neither a query nor filters.
    pub(in crate::sim) fn matches_everything(&self) -> bool {
        self.queries.iter().all(Query::is_empty) && self.filters.is_empty()
    }

    /// Returns the terms of the query as the parser split them.
    pub(in crate::sim) fn terms(&self) -> Vec<String> {
        self.queries.iter().flat_map(query::terms).collect()
    }
}

/// Parses `FIELD asc` or `FIELD desc` to the field and whether the order is descending; a field alone is ascending.
fn parse_sort(text: &str) -> Option<(String, bool)> {
    let mut words = text.split_whitespace();
    let field = words.next()?;
    let is_descending = words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    Some((field.to_owned(), is_descending))
}

/// Parses an RFC 3339 time, with or without a zone (UTC), to milliseconds since 1970; `None` if it is invalid.
fn parse_bound(text: &str) -> Option<i64> {
    let text = text.trim();
    let zoned = text.parse::<Timestamp>().ok();
    let at = zoned.or_else(|| {
        let naive: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(naive).ok()
    })?;
    Some(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_bounds_are_parsed_leniently() {
        assert_eq!(parse_sort("start desc"), Some(("start".into(), true)));
        assert_eq!(parse_sort("start"), Some(("start".into(), false)));
        assert_eq!(parse_sort(" "), None);
        assert_eq!(parse_bound("1970-01-01T00:00:01Z"), Some(1_000));
        assert_eq!(parse_bound("1970-01-01T00:00:01.5"), Some(1_500));
        assert_eq!(parse_bound("1970-01-02"), Some(86_400_000));
        assert_eq!(parse_bound("yesterday"), None);
    }
}
