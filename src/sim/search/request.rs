//! Searches: what is asked (reference 1.7).

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

/// Rows of whoever does not say.
const DEFAULT_ROWS: u64 = 10;

/// What is asked.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Search {
    pub(in crate::sim) index: Index,
    pub(in crate::sim) queries: Vec<Query>,
    /// Exact values of facets; within a field one of them must match, and every field must.
    pub(in crate::sim) filters: BTreeMap<String, Vec<String>>,
    /// Bounds of the last event: host's clock from and to, server's clock from and to.
    pub(in crate::sim) bounds: [Option<i64>; 4],
    pub(in crate::sim) sort: Option<(String, bool)>,
    pub(in crate::sim) group: Option<String>,
    pub(in crate::sim) start: u64,
    pub(in crate::sim) rows: u64,
    /// The fields to count; none: no facets wanted.
    pub(in crate::sim) facets: Option<Vec<String>>,
    /// What the index knew when it was asked.
    pub(in crate::sim) index_state: Arc<IndexState>,
    /// All of the above but the page, to know an equal search by.
    pub(in crate::sim) key: String,
    deadline: Instant,
    /// Whether it was given up.
    timed_out: Arc<AtomicBool>,
}

impl Search {
    /// Reads the parameters; the error is the 400 that a real server gives.
    pub(in crate::sim) fn parse(server: &Server, index: Index, ask: &ApiRequest) -> Result<Self, ApiResponse> {
        let ask = ask.with_body_params().map_err(|_| ApiResponse::app_error(400))?;
        let rules = Rules { refuse_leading_wildcards: server.version.is_at_least(6, 2, 3) };
        let mut texts = vec![ask.param("q").unwrap_or_default().to_owned()];
        let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in ask.params() {
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
                    // Servers before 6.0 do not know them, and pass over what they do not know.
                    let bound = ask.param(name).filter(|_| server.version.is_at_least_6());
                    bound.and_then(parse_bound)
                },
            );
        let sort = ask.param("sort").or(match index {
            Index::Process => Some("last_update desc"),
            Index::Binary => Some("server_added_timestamp desc"),
            // They are documented to be ordered by a field that they do not have.
            Index::Alert | Index::Report => None,
        });
        let sort = sort.and_then(parse_sort);
        let group = ask.param("cb.group").filter(|group| !group.is_empty() && server.version.is_at_least_6());
        let wants_facets = ask.param("facet").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let facets = wants_facets.then(|| {
            let asked = ask.params().filter(|(name, _)| *name == "facet.field");
            let asked: Vec<String> = asked.map(|(_, field)| field.to_owned()).collect();
            if asked.is_empty() { facets::default_facets(index) } else { asked }
        });
        let rows = ask.number("rows").unwrap_or(DEFAULT_ROWS);
        let known = server.detections.index_state();
        // Of what changes by nothing but tags, a result is good for whoever asks again.
        let generation = match index {
            Index::Process | Index::Binary => u64::try_from(server.detections.tags().n_runs()).unwrap_or(u64::MAX),
            Index::Alert | Index::Report => known.revision,
        };
        Ok(Self {
            key: format!("{index:?} {generation} {texts:?} {filters:?} {bounds:?}"),
            index_state: known,
            index,
            queries,
            filters,
            bounds,
            sort,
            group: group.map(str::to_owned),
            start: ask.number("start").unwrap_or(0),
            rows: server.options.max_rows.map_or(rows, |most| rows.min(most)),
            facets,
            deadline: Instant::now() + server.options.patience,
            timed_out: Arc::default(),
        })
    }

    /// Whether it takes too long, by now.
    pub(in crate::sim) fn is_timed_out(&self) -> bool {
        if !self.timed_out.load(Ordering::Relaxed) && Instant::now() > self.deadline {
            self.timed_out.store(true, Ordering::Relaxed);
        }
        self.timed_out.load(Ordering::Relaxed)
    }

    /// The answer, or the front end's if it was given up.
    pub(in crate::sim) fn or_timeout(&self, answer: ApiResponse) -> ApiResponse {
        if self.timed_out.load(Ordering::Relaxed) { ApiResponse::frontend_error(504) } else { answer }
    }

    /// Reads the search that is stored as form data, or that the text of a query alone makes. It is for all rows.
    pub(in crate::sim) fn parse_stored(server: &Server, index: Index, text: &str) -> Result<Self, ApiResponse> {
        let is_form = text.starts_with("q=") || text.contains("&q=") || text.contains("cb.");
        let ask = if is_form {
            ApiRequest::from_stored_query(text)
        } else {
            ApiRequest::from_stored_query("").with_param("q", text)
        };
        let search = Self::parse(server, index, &ask)?;
        Ok(Self { start: 0, rows: u64::MAX, ..search })
    }

    /// Whether it asks for whatever there is.
    pub(in crate::sim) fn matches_everything(&self) -> bool {
        self.queries.iter().all(Query::is_empty) && self.filters.is_empty()
    }

    /// The query as the parser saw it.
    pub(in crate::sim) fn terms(&self) -> Vec<String> {
        self.queries.iter().flat_map(query::terms).collect()
    }
}

/// Reads `<field> asc` or `<field> desc`; a bare field is ascending.
fn parse_sort(text: &str) -> Option<(String, bool)> {
    let mut words = text.split_whitespace();
    let field = words.next()?;
    let is_descending = words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    Some((field.to_owned(), is_descending))
}

/// Reads a bound: RFC 3339, or without a zone, which is UTC. What cannot be read is no bound.
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
    fn orders_and_bounds_are_read_leniently() {
        assert_eq!(parse_sort("start desc"), Some(("start".into(), true)));
        assert_eq!(parse_sort("start"), Some(("start".into(), false)));
        assert_eq!(parse_sort(" "), None);
        assert_eq!(parse_bound("1970-01-01T00:00:01Z"), Some(1_000));
        assert_eq!(parse_bound("1970-01-01T00:00:01.5"), Some(1_500));
        assert_eq!(parse_bound("1970-01-02"), Some(86_400_000));
        assert_eq!(parse_bound("yesterday"), None);
    }
}
