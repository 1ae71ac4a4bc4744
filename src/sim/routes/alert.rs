//! Alerts: search (reference 2.13).

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::not_allowed;
use crate::query::Index;
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    search::{
        alert::{AlertDocument, Culprit, Source},
        document, facets,
        request::Search,
        run,
    },
    state::server::Server,
    world::Binary,
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET" | "POST", ["api", "v1", "alert"] | ["api", "alert"]) => search(server, ask, Generation::First),
        ("GET" | "POST", ["api", "v2", "alert"]) => search(server, ask, Generation::Second),
        (_, ["api", "v1" | "v2", "alert"] | ["api", "alert"]) => not_allowed(),
        _ => return None,
    })
}

/// Which of the two ways alerts are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Generation {
    First,
    Second,
}

fn search(server: &Server, ask: &Ask, generation: Generation) -> Answer {
    let started = Instant::now();
    let search = match Search::read(server, Index::Alert, ask) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    let results: Vec<Value> = search
        .page(server)
        .into_iter()
        .filter_map(|number| run::alert(server, &search.known, number))
        .map(|alert| row(server, &alert, generation))
        .collect();
    let answer = Answer::compact(json!({
        "results": results,
        "total_results": search.matches(server).len(),
        "start": search.start,
        "elapsed": started.elapsed().as_secs_f64(),
        "facets": facets::count(server, Index::Alert, &search),
        "terms": search.terms(),
        "highlights": [],
        "filtered": {},
    }));
    search.in_time(answer)
}

fn row(server: &Server, document: &AlertDocument<'_>, generation: Generation) -> Value {
    let alert = document.alert;
    let binary = document.file();
    let (feed_id, feed_name) = document.feed();
    let (watchlist_id, watchlist_name) = document.origin();
    let (ioc_type, ioc_value) = document.indicator();
    let hosts = binary.map_or(1, document::host_count);
    let mut row = json!({
        "unique_id": alert.id,
        "alert_type": document.kind(),
        "status": document.mark.status.word(),
        "created_time": format::solr(alert.created),
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
        "ioc_attr": attributes(document),
        "other_hostnames": [],
        "_version_": 1_600_000_000_000_000_000_i64 + alert.created,
    });
    // The number of hosts is a number in the older answer and a text in the newer one.
    match generation {
        Generation::First => {
            row["total_hosts"] = json!(hosts);
            row["observed_hosts"] = binary.map_or(json!({}), |file| frequency(server, file));
        }
        Generation::Second => row["total_hosts"] = json!(hosts.to_string()),
    }
    let Value::Object(mut row) = row else {
        return Value::Null;
    };
    if let Some(at) = document.mark.resolved {
        row.insert("resolved_time".into(), json!(format::solr(at)));
    }
    if let Some(user) = document.assigned() {
        row.insert("assigned_to".into(), json!(user));
    }
    if let Source::Report { report, .. } = document.source() {
        row.insert("description".into(), json!(report.description));
        row.insert("link".into(), json!(report.link));
        row.insert("report_ignored".into(), json!(document.is_ignored()));
    }
    place(server, document, &mut row);
    match (document.culprit(), binary) {
        (Some(process), Some(file)) => self::process(server, file, &process, &mut row),
        (_, Some(file)) => self::file(file, &mut row),
        // The official client's scripts take for granted that these are there.
        (_, None) => row.extend([("process_name".into(), json!("")), ("md5".into(), json!(""))]),
    }
    if let Some(file) = binary.filter(|_| server.release.is_7()) {
        row.insert("sha256".into(), json!(file.sha256()));
    }
    Value::Object(row)
}

/// The file it is about, where it is about no process.
fn file(file: &Binary, row: &mut Map<String, Value>) {
    row.extend([
        // The official client's scripts take for granted that it is there.
        ("process_name".into(), json!("")),
        // As binary documents have it.
        ("md5".into(), json!(file.md5.to_uppercase())),
        ("host_count".into(), json!(document::host_count(file))),
        ("digsig_result".into(), json!(document::verdict(file))),
        ("observed_filename".into(), json!(file.paths)),
        ("observed_filename_total_count".into(), json!(file.paths.len())),
    ]);
}

/// Where it was seen.
fn place(server: &Server, document: &AlertDocument<'_>, row: &mut Map<String, Value>) {
    let Some(host) = document.host() else {
        return;
    };
    let group = server.world.fleet.group_name(host.group);
    let release = &server.release;
    row.insert("hostname".into(), json!(format::folded(&host.name, release)));
    row.insert("group".into(), json!(format::folded(group, release)));
    row.insert("sensor_id".into(), json!(host.id));
    row.insert("os_type".into(), json!(host.os.lower()));
    // Alerts have addresses as text in every release.
    for name in ["comms_ip", "interface_ip"] {
        row.insert(name.into(), json!(host.ip.to_string()));
    }
}

/// The process it is about.
fn process(server: &Server, file: &Binary, process: &Culprit<'_>, row: &mut Map<String, Value>) {
    let release = &server.release;
    let unique_id = format::unique_id(process.id, process.segment, release);
    // 6.1 has room for half of it.
    let is_short = release.is_at_least(6, 1, 0) && !release.is_at_least(6, 2, 0);
    let segment = if is_short { process.segment & 0xffff_ffff } else { process.segment };
    let counts = process.counts;
    let facts = json!({
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
    if let Value::Object(facts) = facts {
        row.extend(facts);
    }
}

/// What matched: JSON inside a string, or an empty object where there is nothing to say.
fn attributes(document: &AlertDocument<'_>) -> Value {
    let name = match document.culprit() {
        Some(process) => process.name.to_owned(),
        None => document.file().map_or_else(String::new, |file| file.name.clone()),
    };
    match document.indicator() {
        ("query", _) => {
            let marked = format!("PREPREPRE{name}POSTPOSTPOST");
            json!(format!("{{\"highlights\": [{}]}}", json!(marked)))
        }
        ("md5", md5) => {
            let path = document.culprit().map(|process| process.path.into_owned());
            let path = path.or_else(|| document.file()?.paths.first().cloned());
            json!(format!("{{\"hit_field_md5\": {}, \"hit_field_path\": {}}}", json!(md5), json!(path)))
        }
        ("class", what) => json!(format!("{{\"hit_field_type\": {}}}", json!(what))),
        _ => json!({}),
    }
}

/// On how many hosts the file is, in the older answer.
fn frequency(server: &Server, binary: &Binary) -> Value {
    let hosts = binary.hosts.iter();
    let hosts = hosts.filter_map(|&id| server.world.fleet.host(id));
    let names: Vec<Value> =
        hosts.map(|host| json!({"name": format::folded(&host.name, &server.release), "value": 1})).collect();
    json!({
        "hostCount": names.len(),
        "globalCount": binary.runs,
        "numDocs": server.world.documents().to_string(),
        "numFound": binary.runs,
        "processCount": binary.runs,
        "processTotal": server.world.documents(),
        "accurateHostCount": true,
        "hostnames": names,
    })
}
