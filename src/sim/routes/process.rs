//! Processes: search, summary, segments, frequency (reference 2.2, 2.3).

use std::{collections::BTreeMap, time::Instant};

use serde_json::{Map, Value, json};

use super::{
    case,
    events::{self, Version},
    method_not_allowed, or_not_found, process_json,
};
use crate::model::ProcessId;
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    search::{document::Document, facet_counts, request::Search, run},
    state::server::Server,
    world::{Binary, Parentage, Process},
};

/// Number of children or siblings in a summary, unless requested otherwise.
const DEFAULT_RELATIVES: usize = 15;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET" | "POST", ["api", "v1", "process"] | ["api", "process"]) => search_processes(server, request),
        ("GET", ["api", "v1", "process", "host", "count"]) => process_frequency(server, request),
        ("GET", ["api", "v1", "process", id, "segment"]) if server.version.is_at_least_6() => {
            or_not_found(segment_list(server, id))
        }
        ("GET", ["api", "v1", "process", id, segment]) => {
            or_not_found(process_summary(server, request, id, segment).or_else(|| {
                let nothing = json!({"process": {}, "siblings": [], "children": [], "parent": {}});
                is_known_parent(server, id).then(|| ApiResponse::json_pretty(nothing))
            }))
        }
        ("GET", ["api", "v2", "process", id, segment]) => {
            let document = match find_requested(server, id, segment) {
                Some((process, segment)) => Some(process_json::summary_document(server, process, segment)),
                None => is_known_parent(server, id).then(|| json!({})),
            };
            or_not_found(document.map(ApiResponse::json_pretty))
        }
        ("GET", ["api", version, "process", id, segment, "event"]) => {
            let version = Version::parse(version, &server.version);
            or_not_found(version.and_then(|version| process_events(server, request, id, segment, version)))
        }
        (_, ["api", "process"] | ["api", "v1", "process"] | ["api", "v1" | "v2", "process", _, _]) => {
            method_not_allowed()
        }
        (_, ["api", version, "process", _, _, "event"]) if Version::parse(version, &server.version).is_some() => {
            method_not_allowed()
        }
        _ => return None,
    })
}

fn search_processes(server: &Server, request: &ApiRequest) -> ApiResponse {
    let started = Instant::now();
    let search = match Search::parse(server, Index::Process, request) {
        Ok(search) => search,
        Err(response) => return response,
    };
    let results: Vec<Value> = search
        .page_numbers(server)
        .into_iter()
        .filter_map(|number| run::find_document(server, number))
        .map(|document| process_json::search_row(server, &document))
        .collect();
    let mut envelope = json!({
        "terms": search.terms(),
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "highlights": [],
        "facets": facet_counts::count_facets(server, Index::Process, &search),
        "tagged_pids": case::tagged_processes(server),
        "elapsed": started.elapsed().as_secs_f64(),
    });
    if server.version.is_at_least_6() {
        envelope["comprehensive_search"] = json!(true);
        envelope["all_segments"] = json!(true);
        envelope["incomplete_results"] = json!(false);
        envelope["filtered"] = json!({});
    }
    search.or_timeout(ApiResponse::json_pretty(envelope))
}

/// Finds the process of a path, and its segment, which is `None` if all are requested.
pub(super) fn find_requested<'s>(server: &'s Server, id: &str, segment: &str) -> Option<(Process<'s>, Option<u32>)> {
    let process = server.world.find_process(id.parse().ok()?)?;
    let requested: i64 = segment.parse().ok()?;
    // Both 0 and 1 request all segments; clients of 5.x send 1.
    if requested <= 1 {
        return Some((process, None));
    }
    let segment = (0..process.segments()).find(|&segment| {
        let document = Document {
            world: &server.world,
            process,
            segment,
            server_version: &server.version,
            tags: server.detections.tags(),
            killed: &server.killed,
        };
        document.segment_id() == requested
    })?;
    Some((process, Some(segment)))
}

fn process_summary(server: &Server, request: &ApiRequest, id: &str, segment: &str) -> Option<ApiResponse> {
    let (process, segment) = find_requested(server, id, segment)?;
    let limit =
        request.number("children").map_or(DEFAULT_RELATIVES, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut children: Vec<Value> =
        first_children(process, limit).into_iter().map(|child| process_json::relative_entry(server, child)).collect();
    if children.len() < limit {
        children.extend(process_json::suppressed_child(server, process));
    }
    let (parent, siblings) = match process.parent() {
        Parentage::Known(parent) => {
            let siblings = first_children(parent, DEFAULT_RELATIVES + 1)
                .into_iter()
                .filter(|sibling| sibling.number() != process.number())
                .take(DEFAULT_RELATIVES)
                .map(|sibling| process_json::relative_entry(server, sibling))
                .collect();
            (process_json::summary_document(server, parent, None), siblings)
        }
        // Real servers have an unknown parent in either form.
        Parentage::Unseen(id) if id.is_unknown() && process.host().id.is_multiple_of(2) => {
            (process_json::unknown_process(server, id, process.host()), Vec::new())
        }
        Parentage::Unseen(_) => (json!({}), Vec::new()),
    };
    Some(ApiResponse::json_pretty(json!({
        "process": process_json::summary_document(server, process, segment),
        "siblings": siblings,
        "children": children,
        "parent": parent,
    })))
}

/// Whether `id` is an unseen process that is the parent of another, the end of an ancestor chain. The response for it is
/// an empty document instead of a 404, so that clients neither show it as an ancestor by the PID in its GUID nor retry.
fn is_known_parent(server: &Server, id: &str) -> bool {
    let Some(id) = id.parse::<ProcessId>().ok().filter(|id| !id.is_unknown()) else {
        return false;
    };
    let host = u32::try_from(id.sensor().0).unwrap_or(0);
    let is_parent_of = |process: Process<'_>| match process.parent() {
        Parentage::Unseen(parent) => parent == id,
        Parentage::Known(_) => false,
    };
    server.world.processes_on_host(host).any(is_parent_of)
}

/// Returns up to `limit` children, the oldest first.
fn first_children(process: Process<'_>, limit: usize) -> Vec<Process<'_>> {
    let mut children: Vec<_> = process.children().collect();
    children.sort_by_key(|child| (child.start(), child.number()));
    children.truncate(limit);
    children
}

fn segment_list(server: &Server, id: &str) -> Option<ApiResponse> {
    let process = server.world.find_process(id.parse().ok()?)?;
    let segments: Vec<Value> = (0..process.segments())
        .map(|segment| {
            let document = Document {
                world: &server.world,
                process,
                segment,
                server_version: &server.version,
                tags: server.detections.tags(),
                killed: &server.killed,
            };
            let [end, server_end] = document.last_update();
            let counts = process.segment_event_counts(segment);
            let scripts = server.version.is_at_least_7().then_some(counts.fileless);
            let kinds = [
                ("modload", counts.modload),
                ("filemod", counts.filemod),
                ("regmod", counts.regmod),
                ("netconn", counts.netconn),
                ("childproc", counts.childproc),
                ("crossproc", counts.crossproc),
                ("processblock", counts.processblock),
                ("fileless_scriptload", scripts.unwrap_or(0)),
            ];
            let counts: Map<String, Value> = kinds
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| (kind.to_owned(), json!(count)))
                .collect();
            json!({
                "unique_id": format::unique_id(process.id(), document.segment_id(), &server.version),
                "last_update": format::solr_time(end),
                "last_server_update": format::solr_time(server_end),
                "event_counts": counts,
            })
        })
        .collect();
    Some(ApiResponse::json_pretty(json!({"process": {"segments": segments}})))
}

fn process_events(
    server: &Server,
    request: &ApiRequest,
    id: &str,
    segment: &str,
    version: Version,
) -> Option<ApiResponse> {
    let process = match find_requested(server, id, segment) {
        Some((process, segment)) => events::events_document(server, request, process, segment, version),
        None if is_known_parent(server, id) => json!({}),
        None => return None,
    };
    Some(ApiResponse::json_pretty(json!({"elapsed": 0.0126, "process": process})))
}

fn process_frequency(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Some(md5) = request.param("md5").filter(|_| request.param("name") == Some("md5")) else {
        return ApiResponse::app_error(400);
    };
    let documents = server.world.n_documents();
    let mut hosts: BTreeMap<&str, u64> = BTreeMap::new();
    if let Some(binary) = server.world.binaries.find(md5) {
        let has_binary = |process: &Process<'_>| {
            let is_equal = |file: &Binary| file.md5 == binary.md5;
            is_equal(process.binary()) || (!binary.is_program && process.loaded_binaries().into_iter().any(is_equal))
        };
        for process in server.world.processes() {
            if has_binary(&process) {
                *hosts.entry(&process.host().name).or_default() += u64::from(process.segments());
            }
        }
    }
    let count: u64 = hosts.values().sum();
    let names: Vec<Value> = hosts
        .iter()
        .map(|(name, value)| json!({"name": format::lowercase_name(name, &server.version), "value": value}))
        .collect();
    ApiResponse::json_compact(json!({
        "hostCount": hosts.len(),
        "globalCount": count,
        "numDocs": documents,
        "numFound": count,
        "hostnames": names,
        "accurateHostCount": true,
        "processCount": count,
        "processTotal": documents,
    }))
}
