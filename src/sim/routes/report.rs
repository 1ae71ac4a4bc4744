//! Threat reports: search, single reports, and ignoring them (reference 2.12).

use std::time::Instant;

use serde_json::{Value, json};

use super::{method_not_allowed, or_not_found};
use crate::query::Index;
use crate::sim::http::json_body::{non_null, parse_flag};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    search::{facet_counts, report::ReportDocument, request::Search, run},
    state::{
        detections::{ReportId, ReportUpdate, StoredFeed, StoredReport},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "threat_report"]) => search_reports(server, request),
        ("POST", ["api", "v1", "threat_report"]) => match request.json() {
            // A body with `updates` is a change, not a search.
            Ok(Value::Object(body)) if body.contains_key("updates") => {
                set_ignored(server, request, &Value::Object(body))
            }
            Ok(_) => search_reports(server, request),
            Err(_) => ApiResponse::app_error(400),
        },
        ("GET", ["api", "v1", "feed", feed, "report"]) => or_not_found(with_feed(server, feed, |feed| {
            let reports = feed.reports.iter();
            let records = reports.map(|report| to_record(server, feed, report));
            Some(ApiResponse::json_pretty(records.collect()))
        })),
        ("GET", ["api", "v1", "feed", feed, "report", id]) => or_not_found(with_feed(server, feed, |feed| {
            Some(ApiResponse::json_pretty(to_record(server, feed, feed.report(id)?)))
        })),
        (
            _,
            ["api", "v1", "threat_report"] | ["api", "v1", "feed", _, "report"] | ["api", "v1", "feed", _, "report", _],
        ) => method_not_allowed(),
        _ => return None,
    })
}

fn with_feed(server: &Server, id: &str, f: impl FnOnce(&StoredFeed) -> Option<ApiResponse>) -> Option<ApiResponse> {
    let id = id.parse().ok()?;
    // Works on a copy, because `f` takes the lock of the ignored reports.
    let feed = server.detections.with_feeds(|feeds| feeds.get(id).cloned())?;
    f(&feed)
}

fn search_reports(server: &Server, request: &ApiRequest) -> ApiResponse {
    let started = Instant::now();
    let search = match Search::parse(server, Index::Report, request) {
        Ok(search) => search,
        // Older servers respond to an invalid query with a 500 (reference 2.12).
        Err(_) if !server.version.is_at_least_6() => {
            return ApiResponse::text(500, "Unhandled exception. Check logs for details.");
        }
        Err(response) => return response,
    };
    let results: Vec<Value> = search
        .page_numbers(server)
        .into_iter()
        .filter_map(|number| run::find_report(&search.index_state, number))
        .map(|document| report_row(&document))
        .collect();
    let answer = ApiResponse::json_pretty(json!({
        "terms": search.terms(),
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "highlights": [],
        "facets": facet_counts::count_facets(server, Index::Report, &search),
        "elapsed": started.elapsed().as_secs_f64(),
    }));
    search.or_timeout(answer)
}

fn report_row(document: &ReportDocument<'_>) -> Value {
    let report = &*document.report.report;
    let mut row = json!({
        "id": report.id,
        "report_id": report.id,
        "feed_id": document.report.feed,
        "feed_name": document.feed_name(),
        "title": report.title,
        "link": report.link,
        "score": report.score,
        "severity_score": report.score,
        "is_ignored": document.is_ignored(),
        "is_deleted": false,
        "has_query": !report.queries.is_empty(),
        "timestamp": report.timestamp,
        "create_time": format::solr_time(report.first_read_at * 1_000),
        "update_time": format::solr_time(report.timestamp * 1_000),
        "tags": report.tags,
        "md5": report.md5,
        "domain": report.dns,
        "ipaddr": report.ipv4,
    });
    if let Some(category) = &document.report.category {
        row["feed_category"] = json!(category);
    }
    if let Some(description) = &report.description {
        row["description"] = json!(description);
    }
    row
}

fn to_record(server: &Server, feed: &StoredFeed, report: &StoredReport) -> Value {
    let queries: Vec<Value> =
        report.queries.iter().map(|(index, search)| json!({"index_type": index, "search_query": search})).collect();
    let mut record = json!({
        "feed_id": feed.id,
        "feed_name": feed.name.to_lowercase(),
        "id": report.id,
        "title": report.title,
        "link": report.link,
        "timestamp": report.timestamp,
        "create_time": report.first_read_at,
        "score": report.score,
        "is_ignored": server.detections.is_ignored(feed.id, &report.id),
        "has_query": !queries.is_empty(),
        "tags": report.tags,
        "iocs": {"md5": report.md5, "ipv4": report.ipv4, "dns": report.dns, "query": queries},
    });
    if let Some(description) = &report.description {
        record["description"] = json!(description);
    }
    if !report.sha256.is_empty() {
        record["iocs"]["sha256"] = json!(report.sha256);
    }
    record
}

/// Ignores or restores the reports of a list of ids or those that a query finds.
fn set_ignored(server: &Server, request: &ApiRequest, body: &Value) -> ApiResponse {
    let updates = body["updates"].as_object();
    let ignored = updates.and_then(|updates| non_null(updates, "is_ignored").and_then(parse_flag));
    let Some(ignored) = ignored else {
        return ApiResponse::app_error(400);
    };
    let reports = match (&body["ids"], &body["query"]) {
        (Value::Object(ids), _) => {
            let requested = ids.iter().flat_map(|(feed, ids)| {
                let feed = feed.parse::<u32>().ok();
                let ids = ids.as_array().into_iter().flatten();
                ids.map(move |id| Some((feed?, id.as_str()?.to_owned())))
            });
            let requested: Vec<Option<ReportId>> = requested.collect();
            let existing: Vec<ReportId> = server.detections.with_feeds(|feeds| {
                let exists = |(feed, id): &ReportId| feeds.get(*feed).is_some_and(|feed| feed.report(id).is_some());
                requested.iter().flatten().filter(|id| exists(id)).cloned().collect()
            });
            // Unknown ids are skipped, unless all are unknown.
            if existing.is_empty() && !requested.is_empty() {
                return ApiResponse::app_error(404);
            }
            existing
        }
        (_, Value::String(query)) => match Search::parse_stored(server, Index::Report, query) {
            // An empty query changes nothing instead of all reports.
            Ok(search) if search.matches_everything() => Vec::new(),
            Ok(search) => search
                .sorted_groups(server)
                .iter()
                .filter_map(|&number| run::find_report(&search.index_state, number))
                .map(|document| (document.report.feed, document.report.report.id.clone()))
                .collect(),
            Err(response) => return response,
        },
        _ => return ApiResponse::app_error(400),
    };
    let reports = if request.is_partial { reports.into_iter().step_by(2).collect() } else { reports };
    if !request.drops_change {
        server.detections.update_reports(ReportUpdate { ids: reports, is_ignored: ignored });
    }
    ApiResponse::success_result()
}
