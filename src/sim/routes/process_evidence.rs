//! Further views of a process: preview with highlighted matches, feed hits, archive (reference 2.3).

use serde_json::{Map, Value, json};

use super::{
    events::{self, Version},
    installer, method_not_allowed, or_not_found,
    process::find_requested,
};
use crate::query::Index;
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    search::request::Search,
    state::server::Server,
    world::Process,
};

/// Limit of the events of each kind in a preview.
const MAX_EVENTS: usize = 30;
/// Markers before and after a match.
const MATCH_MARKERS: [&str; 2] = ["PREPREPRE", "POSTPOSTPOST"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "process", id, segment, view @ ("preview" | "threat_intel_hits" | "report")] = path.as_slice()
    else {
        return None;
    };
    if method != "GET" {
        return Some(method_not_allowed());
    }
    let Some((process, segment)) = find_requested(server, id, segment) else {
        return Some(ApiResponse::app_error(404));
    };
    Some(match *view {
        "preview" => process_preview(server, request, process, segment),
        "threat_intel_hits" => ApiResponse::json_pretty(feed_hits(server, process)),
        _ => or_not_found(process_report(server, request, process, segment)),
    })
}

/// Returns the document with some of its events, in which the terms of the query are marked.
fn process_preview(server: &Server, request: &ApiRequest, process: Process<'_>, segment: Option<u32>) -> ApiResponse {
    let search = match Search::parse(server, Index::Process, request) {
        Ok(search) => search,
        Err(response) => return response,
    };
    let texts: Vec<String> = search.terms().iter().filter_map(|term| term_text(term)).collect();
    let version = Version::latest(&server.version);
    let mut document = events::events_document(server, request, process, segment, version);
    if let Value::Object(members) = &mut document {
        members.insert("segment".into(), json!(""));
        for (name, value) in members.iter_mut() {
            if let (true, Value::Array(list)) = (name.ends_with("_complete"), &mut *value) {
                list.truncate(MAX_EVENTS);
            }
            highlight_matches(value, &texts);
        }
    }
    ApiResponse::json_pretty(document)
}

/// Returns the text that a term matches, in lower case; `None` for an excluded term, a pattern or a range.
fn term_text(term: &str) -> Option<String> {
    let value = term.split_once(':').map_or(term, |(_, value)| value);
    let value = value.trim_matches(['"', '*', '(', ')', '\\']).to_lowercase();
    let is_text = !value.is_empty() && !term.starts_with('-') && !value.contains(['*', '[']);
    is_text.then_some(value)
}

/// Marks every match in a text, or in all texts of a list or an object.
fn highlight_matches(value: &mut Value, texts: &[String]) {
    match value {
        Value::String(text) => {
            for needle in texts {
                *text = highlight_text(text, needle);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| highlight_matches(value, texts)),
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| highlight_matches(value, texts)),
        _ => {}
    }
}

fn highlight_text(text: &str, needle: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let [before, after] = MATCH_MARKERS;
    let (mut out, mut copied_to) = (String::new(), 0);
    for (at, _) in lower.match_indices(needle) {
        let end = at + needle.len();
        out.push_str(&text[copied_to..at]);
        out.push_str(before);
        out.push_str(&text[at..end]);
        out.push_str(after);
        copied_to = end;
    }
    out.push_str(&text[copied_to..]);
    out
}

/// Returns the reports that matched the process.
fn feed_hits(server: &Server, process: Process<'_>) -> Value {
    let intelligence = &server.world.intelligence;
    let hits = process.feeds().iter().flat_map(|hit| {
        hit.reports.iter().filter_map(move |id| {
            let (feed, report) = intelligence.report_indexes(&hit.name, id)?;
            let (feed, report) = (&intelligence.feeds[feed], &intelligence.feeds[feed].reports[report]);
            Some(json!({
                "feed_id": feed.id,
                "feed_name": feed.name.to_lowercase(),
                "report_id": report.id,
                "title": report.title,
                "link": report.link,
                "score": hit.score,
                "ioc_type": report.ioc,
                "ioc_value": report.value.as_deref().unwrap_or(&process.binary().md5),
            }))
        })
    });
    hits.collect()
}

/// Returns an archive of the document and its events.
fn process_report(
    server: &Server,
    request: &ApiRequest,
    process: Process<'_>,
    segment: Option<u32>,
) -> Option<ApiResponse> {
    let version = Version::latest(&server.version);
    let Value::Object(document) = events::events_document(server, request, process, segment, version) else {
        return None;
    };
    let parts = document.into_iter().partition::<Map<String, Value>, _>(|(name, _)| name.ends_with("_complete"));
    let [events, process] = [parts.0, parts.1].map(|part| Value::Object(part).to_string());
    let members = [("process.json", process.as_bytes()), ("events.json", events.as_bytes())];
    installer::build_zip(&members).ok().map(ApiResponse::zip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_match_is_marked_regardless_of_case() {
        assert_eq!(
            highlight_text(r"Net use \\TEST\blah net", "net"),
            r"PREPREPRENetPOSTPOSTPOST use \\TEST\blah PREPREPREnetPOSTPOSTPOST"
        );
        assert_eq!(highlight_text("grün", "n"), "grüPREPREPREnPOSTPOSTPOST");
        assert_eq!(term_text(r#"cmdline:"Use Z""#).as_deref(), Some("use z"));
        assert_eq!(term_text("netconn_count:[1 TO *]"), None);
        assert_eq!(term_text("-path:a.exe"), None);
    }
}
