//! Threat reports: search, one, and what is ignored (reference 2.12).

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    found,
    json_body::{flag, given},
    not_allowed,
};
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    search::{facets, report::ReportDocument, request::Search, run},
    state::{
        detections::{Feed, Report, ReportId},
        server::Server,
    },
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "threat_report"]) => search(server, ask),
        ("POST", ["api", "v1", "threat_report"]) => match ask.json() {
            // What has something to change is no search.
            Ok(Value::Object(body)) if body.contains_key("updates") => change(server, ask, &Value::Object(body)),
            Ok(_) => search(server, ask),
            Err(_) => Answer::werkzeug(400),
        },
        ("GET", ["api", "v1", "feed", feed, "report"]) => found(of_feed(server, feed, |feed| {
            let reports = feed.reports.iter();
            let records = reports.map(|report| record(server, feed, report));
            Some(Answer::pretty(records.collect()))
        })),
        ("GET", ["api", "v1", "feed", feed, "report", id]) => {
            found(of_feed(server, feed, |feed| Some(Answer::pretty(record(server, feed, feed.report(id)?)))))
        }
        (
            _,
            ["api", "v1", "threat_report"] | ["api", "v1", "feed", _, "report"] | ["api", "v1", "feed", _, "report", _],
        ) => not_allowed(),
        _ => return None,
    })
}

fn of_feed(server: &Server, id: &str, look: impl FnOnce(&Feed) -> Option<Answer>) -> Option<Answer> {
    let id = id.parse().ok()?;
    // It must not be locked while it is looked at: what is ignored is behind another lock.
    let feed = server.intel.feeds(|feeds| feeds.get(id).cloned())?;
    look(&feed)
}

fn search(server: &Server, ask: &Ask) -> Answer {
    let started = Instant::now();
    let search = match Search::read(server, Index::Report, ask) {
        Ok(search) => search,
        // As older servers did (reference 2.12).
        Err(_) if !server.release.is_6() => {
            return Answer::text(500, "Unhandled exception. Check logs for details.");
        }
        Err(refusal) => return refusal,
    };
    let results: Vec<Value> = search
        .page(server)
        .into_iter()
        .filter_map(|number| run::report(&search.known, number))
        .map(|document| row(&document))
        .collect();
    let answer = Answer::pretty(json!({
        "terms": search.terms(),
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "highlights": [],
        "facets": facets::count(server, Index::Report, &search),
        "elapsed": started.elapsed().as_secs_f64(),
    }));
    search.in_time(answer)
}

fn row(document: &ReportDocument<'_>) -> Value {
    let report = &*document.filed.report;
    let mut row = json!({
        "id": report.id,
        "report_id": report.id,
        "feed_id": document.filed.feed,
        "feed_name": document.feed_name(),
        "title": report.title,
        "link": report.link,
        "score": report.score,
        "severity_score": report.score,
        "is_ignored": document.is_ignored(),
        "is_deleted": false,
        "has_query": !report.queries.is_empty(),
        "timestamp": report.timestamp,
        "create_time": format::solr(report.created * 1_000),
        "update_time": format::solr(report.timestamp * 1_000),
        "tags": report.tags,
        "md5": report.md5,
        "domain": report.dns,
        "ipaddr": report.ipv4,
    });
    if let Some(category) = &document.filed.category {
        row["feed_category"] = json!(category);
    }
    if let Some(description) = &report.description {
        row["description"] = json!(description);
    }
    row
}

fn record(server: &Server, feed: &Feed, report: &Report) -> Value {
    let queries: Vec<Value> =
        report.queries.iter().map(|(index, search)| json!({"index_type": index, "search_query": search})).collect();
    let mut record = json!({
        "feed_id": feed.id,
        "feed_name": feed.name.to_lowercase(),
        "id": report.id,
        "title": report.title,
        "link": report.link,
        "timestamp": report.timestamp,
        "create_time": report.created,
        "score": report.score,
        "is_ignored": server.intel.is_ignored(feed.id, &report.id),
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

/// Ignores reports that are listed, or that a query finds, or stops doing so.
fn change(server: &Server, ask: &Ask, body: &Value) -> Answer {
    let updates = body["updates"].as_object();
    let ignored = updates.and_then(|updates| given(updates, "is_ignored").and_then(flag));
    let Some(ignored) = ignored else {
        return Answer::werkzeug(400);
    };
    let reports = match (&body["ids"], &body["query"]) {
        (Value::Object(ids), _) => {
            let asked = ids.iter().flat_map(|(feed, ids)| {
                let feed = feed.parse::<u32>().ok();
                let ids = ids.as_array().into_iter().flatten();
                ids.map(move |id| Some((feed?, id.as_str()?.to_owned())))
            });
            let asked: Vec<Option<ReportId>> = asked.collect();
            let known: Vec<ReportId> = server.intel.feeds(|feeds| {
                let is_known = |(feed, id): &ReportId| feeds.get(*feed).is_some_and(|feed| feed.report(id).is_some());
                asked.iter().flatten().filter(|id| is_known(id)).cloned().collect()
            });
            // Some that are not there are no reason to leave the others as they are.
            if known.is_empty() && !asked.is_empty() {
                return Answer::werkzeug(404);
            }
            known
        }
        (_, Value::String(query)) => match Search::stored(server, Index::Report, query) {
            // To ask for all reports by saying nothing does not work.
            Ok(search) if search.is_for_all() => Vec::new(),
            Ok(search) => search
                .ordered(server)
                .iter()
                .filter_map(|&number| run::report(&search.known, number))
                .map(|document| (document.filed.feed, document.filed.report.id.clone()))
                .collect(),
            Err(refusal) => return refusal,
        },
        _ => return Answer::werkzeug(400),
    };
    let reports = if ask.is_partial { reports.into_iter().step_by(2).collect() } else { reports };
    if !ask.is_in_vain {
        server.intel.ignore(reports, ignored);
    }
    Answer::success()
}
