//! Alert search (reference 2.13).

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::method_not_allowed;
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    search::{
        alert::{AlertDocument, AlertOrigin, AlertSource},
        document, facet_counts,
        request::Search,
        run,
    },
    state::server::Server,
    world::Binary,
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET" | "POST", ["api", "v1", "alert"] | ["api", "alert"]) => search_alerts(server, request, ApiVersion::V1),
        ("GET" | "POST", ["api", "v2", "alert"]) => search_alerts(server, request, ApiVersion::V2),
        (_, ["api", "v1" | "v2", "alert"] | ["api", "alert"]) => method_not_allowed(),
        _ => return None,
    })
}

/// Version of the alert search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ApiVersion {
    V1,
    V2,
}

fn search_alerts(server: &Server, request: &ApiRequest, version: ApiVersion) -> ApiResponse {
    let started = Instant::now();
    let search = match Search::parse(server, Index::Alert, request) {
        Ok(search) => search,
        Err(response) => return response,
    };
    let results: Vec<Value> = search
        .page_numbers(server)
        .into_iter()
        .filter_map(|number| run::find_alert(server, &search.index_state, number))
        .map(|alert| alert_row(server, &alert, version))
        .collect();
    let answer = ApiResponse::json_compact(json!({
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "elapsed": started.elapsed().as_secs_f64(),
        "facets": facet_counts::count_facets(server, Index::Alert, &search),
        "terms": search.terms(),
        "highlights": [],
        "filtered": {},
    }));
    search.or_timeout(answer)
}

fn alert_row(server: &Server, document: &AlertDocument<'_>, version: ApiVersion) -> Value {
    let alert = document.alert;
    let binary = document.binary();
    let (feed_id, feed_name) = document.feed_id_name();
    let (watchlist_id, watchlist_name) = document.source_id_name();
    let (ioc_type, ioc_value) = document.indicator();
    let hosts = binary.map_or(1, document::host_count);
    let mut row = json!({
        "unique_id": alert.id,
        "alert_type": document.kind(),
        "status": document.state.status.label(),
        "created_time": format::solr_time(alert.created_at),
        "alert_severity": document.severity(),
        "report_score": document.score(),
        "feed_rating": 3.0,
        "sensor_criticality": f64::from(document.criticality()),
        "ioc_confidence": 0.5,
        "feed_id": feed_id,
        "feed_name": feed_name,
        "watchlist_id": watchlist_id,
        "watchlist_name": watchlist_name,
        "ioc_type": ioc_type,
        "ioc_value": ioc_value,
        "ioc_attr": match_attributes(document),
        "other_hostnames": [],
        "_version_": 1_600_000_000_000_000_000_i64 + alert.created_at,
    });
    // The number of hosts is a number in v1 and text in v2.
    match version {
        ApiVersion::V1 => {
            row["total_hosts"] = json!(hosts);
            row["observed_hosts"] = binary.map_or(json!({}), |file| binary_frequency(server, file));
        }
        ApiVersion::V2 => row["total_hosts"] = json!(hosts.to_string()),
    }
    let Value::Object(mut row) = row else {
        return Value::Null;
    };
    if let Some(at) = document.state.resolved_at {
        row.insert("resolved_time".into(), json!(format::solr_time(at)));
    }
    if let Some(user) = document.assignee() {
        row.insert("assigned_to".into(), json!(user));
    }
    if let AlertSource::Report { report, .. } = document.source() {
        row.insert("description".into(), json!(report.description));
        row.insert("link".into(), json!(report.link));
        row.insert("report_ignored".into(), json!(document.is_ignored()));
    }
    add_host_fields(server, document, &mut row);
    match (document.origin_process(), binary) {
        (Some(process), Some(file)) => self::add_process_fields(server, file, &process, &mut row),
        (_, Some(file)) => self::add_binary_fields(file, &mut row),
        // Scripts of the official client expect these members.
        (_, None) => row.extend([("process_name".into(), json!("")), ("md5".into(), json!(""))]),
    }
    if let Some(file) = binary.filter(|_| server.version.is_at_least_7()) {
        row.insert("sha256".into(), json!(file.sha256()));
    }
    Value::Object(row)
}

/// Adds the file of an alert that is not about a process.
fn add_binary_fields(file: &Binary, row: &mut Map<String, Value>) {
    row.extend([
        // Scripts of the official client expect this member.
        ("process_name".into(), json!("")),
        // In upper case, as in binary documents.
        ("md5".into(), json!(file.md5.to_uppercase())),
        ("host_count".into(), json!(document::host_count(file))),
        ("digsig_result".into(), json!(document::signature_status(file))),
        ("observed_filename".into(), json!(file.paths)),
        ("observed_filename_total_count".into(), json!(file.paths.len())),
    ]);
}

/// Adds the host of an alert.
fn add_host_fields(server: &Server, document: &AlertDocument<'_>, row: &mut Map<String, Value>) {
    let Some(host) = document.host() else {
        return;
    };
    let group = server.world.fleet.group_name(host.group);
    let release = &server.version;
    row.insert("hostname".into(), json!(format::lowercase_name(&host.name, release)));
    row.insert("group".into(), json!(format::lowercase_name(group, release)));
    row.insert("sensor_id".into(), json!(host.id));
    row.insert("os_type".into(), json!(host.os.process_name()));
    // Alerts have addresses as text in every release.
    for name in ["comms_ip", "interface_ip"] {
        row.insert(name.into(), json!(host.ip.to_string()));
    }
}

/// Adds the process of an alert.
fn add_process_fields(server: &Server, file: &Binary, process: &AlertOrigin<'_>, row: &mut Map<String, Value>) {
    let release = &server.version;
    let unique_id = format::unique_id(process.id, process.segment, release);
    // Release 6.1 truncates it to 32 bits.
    let is_short = release.is_at_least(6, 1, 0) && !release.is_at_least(6, 2, 0);
    let segment = if is_short { process.segment & 0xffff_ffff } else { process.segment };
    let counts = process.counts;
    let members = json!({
        "process_id": process.id.to_string(),
        "process_unique_id": unique_id,
        "segment_id": segment,
        "process_name": process.name,
        "process_path": process.path,
        "username": process.user,
        "md5": file.md5,
        "observed_filename": [process.path],
        "observed_filename_total_count": 1,
        "modload_count": counts.modload,
        "filemod_count": counts.filemod,
        "regmod_count": counts.regmod,
        "netconn_count": counts.netconn,
        "childproc_count": counts.childproc,
        "crossproc_count": counts.crossproc,
    });
    if let Value::Object(members) = members {
        row.extend(members);
    }
}

/// Returns what matched, as JSON in a string, or an empty object if there are no details.
fn match_attributes(document: &AlertDocument<'_>) -> Value {
    let name = match document.origin_process() {
        Some(process) => process.name.to_owned(),
        None => document.binary().map_or_else(String::new, |file| file.name.clone()),
    };
    match document.indicator() {
        ("query", _) => {
            let marked = format!("PREPREPRE{name}POSTPOSTPOST");
            json!(format!("{{\"highlights\": [{}]}}", json!(marked)))
        }
        ("md5", md5) => {
            let path = document.origin_process().map(|process| process.path.into_owned());
            let path = path.or_else(|| document.binary()?.paths.first().cloned());
            json!(format!("{{\"hit_field_md5\": {}, \"hit_field_path\": {}}}", json!(md5), json!(path)))
        }
        ("class", class) => json!(format!("{{\"hit_field_type\": {}}}", json!(class))),
        _ => json!({}),
    }
}

/// Returns the frequency of a file among hosts, which only v1 has.
fn binary_frequency(server: &Server, binary: &Binary) -> Value {
    let hosts = binary.hosts.iter();
    let hosts = hosts.filter_map(|&id| server.world.fleet.host(id));
    let names: Vec<Value> =
        hosts.map(|host| json!({"name": format::lowercase_name(&host.name, &server.version), "value": 1})).collect();
    json!({
        "hostCount": names.len(),
        "globalCount": binary.runs,
        "numDocs": server.world.n_documents().to_string(),
        "numFound": binary.runs,
        "processCount": binary.runs,
        "processTotal": server.world.n_documents(),
        "accurateHostCount": true,
        "hostnames": names,
    })
}
