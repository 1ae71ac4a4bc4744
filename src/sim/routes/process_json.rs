//! Process documents as JSON, with the quirks of the real server (reference 2.2, 2.3).

use serde_json::{Map, Value, json};

use crate::model::ProcessId;
use crate::sim::{
    format,
    search::document::Document,
    state::server::Server,
    world::{Counts, FeedToml, Hidden, Host, Os, Parentage, Process},
};

const SALT_QUIRK: u64 = 0x9417;
/// The value of every parent's hash: 30 zeros from 5.1 on, 32 from 7.0 on.
const NULL_HASH: &str = "00000000000000000000000000000000";

/// Returns a row of a search.
pub(super) fn search_row(server: &Server, document: &Document<'_>) -> Value {
    let mut row = full_document(server, document, document.process.segment_event_counts(document.segment));
    if !document.process.is_scenario() {
        // Some rows lack the parent or name one on another sensor: clients must fetch the summary or compare sensors.
        let mut rng = document.process.rng(SALT_QUIRK);
        if rng.is_one_in(97) {
            row.insert("parent_unique_id".into(), Value::Null);
            let name = if rng.is_one_in(2) { Value::Null } else { json!("") };
            row.insert("parent_name".into(), name);
        } else if rng.is_one_in(499) {
            let other = format!("{:08x}", document.process.host().id + 1);
            if let Some(Value::String(id)) = row.get_mut("parent_unique_id") {
                id.replace_range(..8, &other);
            }
        }
    }
    Value::Object(row)
}

/// Returns the document of a process summary, for all segments or one.
pub(super) fn summary_document(server: &Server, process: Process<'_>, segment: Option<u32>) -> Value {
    let last = process.segments().saturating_sub(1);
    let document = Document {
        world: &server.world,
        process,
        segment: segment.unwrap_or(last),
        server_version: &server.version,
        tags: server.detections.tags(),
        killed: &server.killed,
    };
    let counts = match segment {
        Some(segment) => process.segment_event_counts(segment),
        None => process.event_counts(),
    };
    let mut row = full_document(server, &document, counts);
    row.insert("uid".into(), json!(process.uid()));
    if server.version.is_at_least_6() {
        let segments = segment.map_or(0..=last, |segment| segment..=segment);
        let ids: Vec<i64> = segments.map(|segment| Document { segment, ..document }.segment_id()).collect();
        let [end, server_end] = document.last_update();
        row.insert("min_last_update".into(), json!(format::solr_time(process.segment_end(0))));
        row.insert("max_last_update".into(), json!(format::solr_time(end)));
        row.insert("min_last_server_update".into(), json!(format::solr_time(process.segment_arrival(0))));
        row.insert("max_last_server_update".into(), json!(format::solr_time(server_end)));
        row.insert("ref_segment_id".into(), json!(ids));
    }
    Value::Object(row)
}

/// Returns a child or sibling in a summary, without counts and with a dummy segment.
pub(super) fn relative_entry(server: &Server, process: Process<'_>) -> Value {
    const MEMBERS: [&str; 18] = [
        "process_md5",
        "process_sha256",
        "sensor_id",
        "id",
        "process_pid",
        "process_name",
        "path",
        "cmdline",
        "username",
        "start",
        "last_update",
        "parent_id",
        "parent_unique_id",
        "hostname",
        "group",
        "os_type",
        "host_type",
        "terminated",
    ];
    let Value::Object(mut row) = summary_document(server, process, None) else {
        return Value::Null;
    };
    let uid = row.remove("uid");
    row.retain(|name, _| MEMBERS.contains(&name.as_str()));
    row.insert("uid".into(), json!(uid));
    row.insert("segment_id".into(), json!(1));
    row.insert("unique_id".into(), json!(format::unique_id(process.id(), 1, &server.version)));
    let child_type = if is_fork(process) { "fork" } else { "exec" };
    row.insert("child_proc_type".into(), json!(child_type));
    row.insert("is_suppressed".into(), json!(false));
    Value::Object(row)
}

/// Whether a process was started by a fork rather than an exec.
pub(super) fn is_fork(process: Process<'_>) -> bool {
    process.host().os != Os::Windows && process.rng(SALT_QUIRK ^ 2).is_one_in(3)
}

/// Executable of a child that the sensor's filtering hid.
pub(super) const HIDDEN_PATH: &str = r"c:\windows\system32\conhost.exe";

/// Command line of a child that the sensor's filtering hid; only the events of its parent contain it.
pub(super) const HIDDEN_CMDLINE: &str = r"\??\C:\Windows\system32\conhost.exe 0x4";

/// Returns the entry of a child that the sensor's filtering hid, which has no document of its own.
pub(super) fn suppressed_child(server: &Server, parent: Process<'_>) -> Option<Value> {
    let Hidden { id, pid, at } = parent.hidden_child()?;
    let at = format::solr_time(at);
    let host = parent.host();
    Some(json!({
        "id": id.to_string(),
        "unique_id": format::unique_id(id, 1, &server.version),
        "segment_id": 1,
        "process_pid": pid,
        "process_name": "conhost.exe",
        "path": HIDDEN_PATH,
        "cmdline": "",
        "process_md5": "",
        "username": parent.user(),
        "uid": parent.uid(),
        "start": at,
        "last_update": at,
        "parent_id": parent.id().to_string(),
        "parent_unique_id": format::unique_id(parent.id(), 1, &server.version),
        "sensor_id": host.id,
        "hostname": format::lowercase_name(&host.name, &server.version),
        "group": format::lowercase_name(server.world.fleet.group_name(host.group), &server.version),
        "os_type": host.os.process_name(),
        "host_type": host.role,
        "terminated": true,
        "child_proc_type": "exec",
        "is_suppressed": true,
    }))
}

/// Returns the document of a process that the server never saw.
pub(super) fn unknown_process(server: &Server, id: ProcessId, host: &Host) -> Value {
    json!({
        "id": id.to_string(),
        "unique_id": format::unique_id(id, 1, &server.version),
        "segment_id": 1,
        "process_pid": -1,
        "process_name": "(unknown)",
        "path": "(unknown)",
        "cmdline": "(unknown)",
        "process_md5": "",
        "username": "",
        "start": -1,
        "parent_pid": -1,
        "parent_name": "(unknown)",
        "parent_id": ProcessId::new(host.id, u32::MAX, 0).to_string(),
        "sensor_id": host.id,
        "hostname": format::lowercase_name(&host.name, &server.version),
        "group": format::lowercase_name(server.world.fleet.group_name(host.group), &server.version),
        "os_type": host.os.process_name(),
        "host_type": host.role,
        "terminated": false,
    })
}

fn full_document(server: &Server, document: &Document<'_>, counts: Counts) -> Map<String, Value> {
    let Document { process, server_version: release, .. } = *document;
    let host = process.host();
    let segment = document.segment_id();
    let [end, server_end] = document.last_update();
    let (parent, parent_name, parent_pid) = match process.parent() {
        Parentage::Known(parent) => (parent.id(), parent.name(), i64::from(parent.pid())),
        Parentage::Unseen(id) => (id, "(unknown)", -1),
    };
    let or_damaged = |value: Value| if process.is_damaged() { json!(-1) } else { value };
    let ip = format::signed_address(host.ip);
    let zeros = if release.is_at_least_7() { NULL_HASH } else { &NULL_HASH[..30] };
    let row = json!({
        "id": process.id().to_string(),
        "segment_id": segment,
        "unique_id": format::unique_id(process.id(), segment, release),
        "process_name": process.name(),
        "path": process.path(),
        "cmdline": process.cmdline(),
        "process_md5": process.binary().md5,
        "process_pid": or_damaged(json!(process.pid())),
        "username": process.user(),
        "start": or_damaged(json!(format::solr_time(process.start()))),
        "last_update": format::solr_time(end),
        "terminated": document.has_ended(),
        "parent_id": parent.to_string(),
        "parent_unique_id": format::unique_id(parent, 1, release),
        "parent_name": parent_name,
        "parent_pid": parent_pid,
        "parent_md5": zeros,
        "hostname": format::lowercase_name(&host.name, release),
        "sensor_id": host.id,
        "group": format::lowercase_name(server.world.fleet.group_name(host.group), release),
        "host_type": host.role,
        "os_type": host.os.process_name(),
        "comms_ip": ip,
        "interface_ip": ip,
        "modload_count": counts.modload,
        "filemod_count": counts.filemod,
        "regmod_count": counts.regmod,
        "netconn_count": counts.netconn,
        "childproc_count": counts.childproc,
        "crossproc_count": counts.crossproc,
        "processblock_count": counts.processblock,
        "emet_count": 0,
        "emet_config": "",
        "filtering_known_dlls": true,
    });
    let Value::Object(mut row) = row else {
        return Map::new();
    };
    if release.is_at_least_6() {
        row.insert("last_server_update".into(), json!(format::solr_time(server_end)));
    }
    if release.is_at_least_7() {
        row.insert("process_sha256".into(), json!(process.binary().sha256()));
        row.insert("fileless_scriptload_count".into(), json!(counts.fileless));
        row.insert("logon_type".into(), json!(2));
    }
    let hits = document.watchlists();
    let hits: Vec<Value> =
        hits.map(|(id, at)| json!({"wid": id, "value": format::solr_time(at), "segments_hit": [segment]})).collect();
    if !hits.is_empty() {
        row.insert("watchlists".into(), json!(hits));
    }
    add_feed_fields(&mut row, process.feeds(), server_end);
    row
}

/// Adds the feed fields, updated at a time in milliseconds since 1970. A single report id may be text instead of a list.
pub(super) fn add_feed_fields(row: &mut Map<String, Value>, feeds: &[FeedToml], at: i64) {
    for feed in feeds {
        let name = &feed.name;
        let data = match feed.reports.as_slice() {
            [report] if feed.score < 80 => json!(report),
            reports => json!(reports),
        };
        row.insert(format!("alliance_score_{name}"), json!(feed.score));
        row.insert(format!("alliance_data_{name}"), data);
        row.insert(format!("alliance_link_{name}"), json!(feed.link));
        row.insert(format!("alliance_updated_{name}"), json!(format::solr_time(at)));
    }
}
