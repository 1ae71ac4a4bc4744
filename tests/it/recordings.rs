//! Recorded answers are read without loss: what the server says is in the model, and in the document.
//!
//! `LAMPBLACK_RECORDINGS` may name a folder of answers of a real server; without it, the goldens are checked. A file's
//! name tells what it holds.

use std::{env, fs, path::PathBuf};

use lampblack::{
    model::{
        Binary, Document, Group, HostProcess, LiveSession, Page, Prevalence, Process, Sensor, ServerInfo, Span, Summary,
    },
    wire,
};
use serde_json::Value;

/// Fields that have a value in the answer, and whether the model has it.
type Kept<'a> = &'a [(&'a str, bool)];

/// Checks a file of a certain kind, given its name and its text.
type Check = fn(&str, &str);

#[test]
fn every_recorded_answer_is_read_without_loss() {
    let folder = env::var_os("LAMPBLACK_RECORDINGS").map_or_else(|| PathBuf::from("tests/goldens"), PathBuf::from);
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut read = 0;
    for name in &names {
        let json = fs::read_to_string(folder.join(name)).unwrap();
        let json = json.as_str();
        let Some(check) = check_for(name) else {
            continue;
        };
        check(name, json);
        read += 1;
    }
    assert!(read >= 4, "only {read} of {names:?} were understood");
}

/// What a file holds, by its name.
fn check_for(name: &str) -> Option<Check> {
    let kinds: [(&str, Check); 15] = [
        ("get_info", |name, json| one(name, json, server)),
        ("get_sensor_list", |name, json| list(name, json, sensor)),
        ("get_sensor_search", |name, json| page(name, json, sensor)),
        ("get_sensor_", |name, json| one(name, json, sensor)),
        ("get_group", |name, json| list(name, json, group)),
        ("get_process_search", |name, json| page(name, json, process)),
        ("get_process_summary", summary),
        ("get_process_facets", facets),
        ("get_process_host_count", |name, json| {
            one(name, json, prevalence);
        }),
        ("get_binary_search", |name, json| page(name, json, binary)),
        ("get_binary_summary", |name, json| one(name, json, binary)),
        ("get_cblr_session_list", |name, json| list(name, json, live_session)),
        ("get_cblr_session_", |name, json| one(name, json, live_session)),
        ("get_cblr_command_", command_run),
        ("post_cblr_command_", command_run),
    ];
    kinds.into_iter().find_map(|(prefix, check)| name.starts_with(prefix).then_some(check))
}

fn one<T: wire::FromRecord>(name: &str, json: &str, check: fn(&str, &T, &Value)) {
    let value = wire::parse_one(json).unwrap().unwrap();
    check(name, &value, &raw(json));
}

fn list<T: wire::FromRecord>(name: &str, json: &str, check: fn(&str, &T, &Value)) {
    rows(name, &wire::parse_list(json).unwrap(), &raw(json), check);
}

fn page<T: wire::FromRecord>(name: &str, json: &str, check: fn(&str, &T, &Value)) {
    let raw = raw(json);
    let page = wire::parse_page(json, Span { start: 0, rows: 10 }).unwrap();
    // What real servers count and time is never rounded away.
    assert_eq!(Value::from(page.total), raw["total_results"], "{name}");
    if !raw["elapsed"].is_null() {
        assert_eq!(page.elapsed.map(Value::from), Some(raw["elapsed"].clone()), "{name}");
    }
    rows(name, &page, &raw["results"], check);
}

fn summary(name: &str, json: &str) {
    let raw = raw(json);
    let Summary { process: this, parent, children, siblings, n_unreadable: broken } =
        wire::summary(json).unwrap().unwrap();
    assert_eq!(broken, 0, "{name}");
    process(name, &this, &raw["process"]);
    process(name, &parent.unwrap(), &raw["parent"]);
    for (found, sent) in [(children, &raw["children"]), (siblings, &raw["siblings"])] {
        assert_eq!(found.len(), sent.as_array().unwrap().len(), "{name}");
        for (found, sent) in found.iter().zip(sent.as_array().unwrap()) {
            process(name, found, sent);
        }
    }
}

fn facets(name: &str, json: &str) {
    let raw = raw(json);
    let found = wire::facets(json, &[]).unwrap();
    assert_eq!(Value::from(found.total), raw["total_results"], "{name}");
    assert_eq!(found.n_unreadable, 0, "{name}");
    let sent = raw["facets"].as_object().unwrap();
    assert_eq!(found.facets.len(), sent.len(), "{name}");
    for (field, sent) in sent {
        let values = &found.get(field).unwrap().values;
        let sent = sent.as_array().unwrap();
        assert_eq!(values.len(), sent.len(), "{name}: {field}");
        for (value, sent) in values.iter().zip(sent) {
            let kept = [
                ("name", !value.name.is_empty()),
                ("percent", value.percent.is_some()),
                ("ratio", value.ratio.is_some()),
            ];
            whole(name, &value.document, sent, &kept);
            assert_eq!(Value::from(value.count), sent["value"], "{name}: {field}");
        }
    }
}

fn prevalence(name: &str, prevalence: &Prevalence, sent: &Value) {
    let kept = [("accurateHostCount", prevalence.is_exact.is_some()), ("hostnames", !prevalence.hostnames.is_empty())];
    whole(name, &prevalence.document, sent, &kept);
    for (field, count) in
        [("hostCount", prevalence.hosts), ("globalCount", prevalence.processes), ("numDocs", prevalence.total)]
    {
        assert_eq!(Value::from(count), sent[field], "{name}: {field}");
    }
}

fn rows<T>(name: &str, page: &Page<T>, raw: &Value, check: fn(&str, &T, &Value)) {
    let sent = raw.as_array().unwrap();
    assert_eq!((page.rows.len(), page.n_unreadable), (sent.len(), 0), "{name}");
    for (row, sent) in page.rows.iter().zip(sent) {
        check(name, row, sent);
    }
}

fn raw(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// The document says what was sent, and each field that says something has a value in the model.
#[track_caller]
fn whole(name: &str, document: &Document, sent: &Value, kept: Kept<'_>) {
    let mut read = raw(document.json());
    // What a search says of a row beside its rows stands in the record as well (reference 1.9).
    for beside in ["highlights", "tagged_pids"] {
        if let Some(members) = read.as_object_mut()
            && sent.get(beside).is_none()
        {
            members.remove(beside);
        }
    }
    assert_eq!(&read, sent, "{name}");
    for (field, has_value) in kept {
        let says = match &sent[*field] {
            Value::Null => false,
            Value::String(text) => !text.is_empty() && text != "(unknown)",
            Value::Array(items) => !items.is_empty(),
            // -1 stands for "unknown".
            Value::Number(number) => number.as_i64() != Some(-1),
            Value::Bool(_) | Value::Object(_) => true,
        };
        assert_eq!(says, *has_value, "{name}: {field} is {}", sent[*field]);
    }
}

fn server(name: &str, info: &ServerInfo, sent: &Value) {
    let kept = [
        ("version", info.release().is_some()),
        ("banningEnabled", info.banning_enabled.is_some()),
        ("cblrEnabled", info.live_response_enabled.is_some()),
        ("maxSearchResultRows", info.max_rows.is_some()),
    ];
    whole(name, &info.document, sent, &kept);
}

fn group(name: &str, group: &Group, sent: &Value) {
    let kept = [
        ("name", !group.name.is_empty()),
        ("banning_enabled", group.banning_enabled.is_some()),
        ("number_of_hosts", group.hosts.is_some()),
        ("isolation_exclusions", !group.isolation_exclusions.is_empty()),
    ];
    whole(name, &group.document, sent, &kept);
}

fn sensor(name: &str, sensor: &Sensor, sent: &Value) {
    let kept = [
        ("computer_name", !sensor.computer_name.is_empty()),
        ("computer_dns_name", !sensor.dns_name.is_empty()),
        ("status", !sensor.status.is_empty()),
        ("os_environment_display_string", !sensor.os.is_empty()),
        ("os_type", sensor.os_type.is_some()),
        ("build_version_string", !sensor.version.is_empty()),
        ("group_id", sensor.group.is_some()),
        ("network_adapters", !sensor.adapters.is_empty()),
        ("last_checkin_time", sensor.last_checkin.is_some()),
        ("next_checkin_time", sensor.next_checkin.is_some()),
        ("registration_time", sensor.registered.is_some()),
        ("network_isolation_enabled", sensor.isolation_wanted.is_some()),
        ("is_isolating", sensor.is_isolating.is_some()),
        ("supports_isolation", sensor.supports_isolation.is_some()),
        ("supports_cblr", sensor.supports_live_response.is_some()),
        ("uninstall", sensor.uninstall.is_some()),
        ("uninstalled", sensor.uninstalled.is_some()),
        ("restart_queued", sensor.restart_queued.is_some()),
        ("sensor_health_status", sensor.health.is_some()),
        ("sensor_health_message", !sensor.health_message.is_empty()),
        ("uptime", sensor.uptime.is_some()),
        ("num_eventlog_bytes", sensor.eventlog_bytes.is_some()),
        ("num_storefiles_bytes", sensor.storefile_bytes.is_some()),
        ("clock_delta", sensor.clock_delta.is_some()),
        ("notes", !sensor.notes.is_empty()),
    ];
    whole(name, &sensor.document, sent, &kept);
    let adapters = sent["network_adapters"].as_str().unwrap_or_default();
    assert_eq!(sensor.adapters.len(), adapters.matches('|').count(), "{name}");
    assert!(sensor.adapters.iter().all(|adapter| adapter.mac.len() == 17), "{name}");
}

fn process(name: &str, process: &Process, sent: &Value) {
    let counts = process.counts;
    let kept = [
        ("segment_id", process.segment.is_some()),
        ("path", !process.path.is_empty()),
        ("process_name", !process.name.is_empty()),
        ("cmdline", !process.cmdline.is_empty()),
        ("process_md5", process.md5.is_some()),
        ("process_sha256", process.sha256.is_some()),
        ("process_pid", process.pid.is_some()),
        ("username", !process.user.is_empty()),
        ("uid", !process.sid.is_empty()),
        ("start", process.started.is_some()),
        ("last_update", process.last_update.is_some()),
        ("last_server_update", process.last_server_update.is_some()),
        ("terminated", process.terminated.is_some()),
        ("parent_id", process.parent.is_some()),
        ("parent_name", !process.parent_name.is_empty()),
        ("parent_pid", process.parent_pid.is_some()),
        ("hostname", !process.host.is_empty()),
        ("group", !process.group.is_empty()),
        ("host_type", !process.host_type.is_empty()),
        ("os_type", !process.os.is_empty()),
        ("comms_ip", process.comms_ip.is_some()),
        ("interface_ip", process.interface_ip.is_some()),
        ("modload_count", counts.modload.is_some()),
        ("filemod_count", counts.filemod.is_some()),
        ("regmod_count", counts.regmod.is_some()),
        ("netconn_count", counts.netconn.is_some()),
        ("childproc_count", counts.childproc.is_some()),
        ("crossproc_count", counts.crossproc.is_some()),
        ("processblock_count", counts.processblock.is_some()),
        ("fileless_scriptload_count", counts.fileless_scriptload.is_some()),
        ("watchlists", !process.watchlists.is_empty()),
    ];
    // What the server leaves out of a child's entry is rebuilt from its GUID and path; that is no loss.
    let kept: Vec<_> = kept.into_iter().filter(|(field, _)| !sent[*field].is_null()).collect();
    whole(name, &process.document, sent, &kept);
    assert_eq!(process.feeds.len(), scores(sent), "{name}");
}

fn binary(name: &str, binary: &Binary, sent: &Value) {
    let signature = &binary.signature;
    let kept = [
        ("md5", true),
        ("sha256", binary.sha256.is_some()),
        ("original_filename", !binary.version.original_filename.is_empty()),
        ("file_desc", !binary.version.description.is_empty()),
        ("product_name", !binary.version.product.is_empty()),
        ("company_name", !binary.version.company.is_empty()),
        ("file_version", !binary.version.file_version.is_empty()),
        ("internal_name", !binary.version.internal_name.is_empty()),
        ("product_version", !binary.version.product_version.is_empty()),
        ("legal_copyright", !binary.version.copyright.is_empty()),
        ("observed_filename", !binary.observed_paths.is_empty()),
        ("orig_mod_len", binary.size.is_some()),
        ("copied_mod_len", binary.stored_size.is_some()),
        ("is_executable_image", binary.is_executable.is_some()),
        ("is_64bit", binary.is_64bit.is_some()),
        ("endpoint", !binary.endpoints.is_empty()),
        ("group", !binary.groups.is_empty()),
        ("digsig_result", !signature.result.is_empty()),
        ("digsig_result_code", signature.code.is_some()),
        ("digsig_publisher", !signature.publisher.is_empty()),
        ("digsig_issuer", !signature.issuer.is_empty()),
        ("digsig_sign_time", signature.signed_at.is_some()),
        ("server_added_timestamp", binary.first_seen.is_some()),
        ("last_seen", binary.last_seen.is_some()),
        ("host_count", binary.hosts.is_some()),
        ("os_type", !binary.os.is_empty()),
        ("watchlists", !binary.watchlists.is_empty()),
    ];
    whole(name, &binary.document, sent, &kept);
    let paths = sent["observed_filename"].as_array().map_or(0, Vec::len);
    assert_eq!(binary.observed_paths.len(), paths, "{name}");
    assert!(binary.watchlists.iter().all(|hit| hit.at.is_some()), "{name}");
    assert_eq!(binary.feeds.len(), scores(sent), "{name}");
}

fn live_session(name: &str, session: &LiveSession, sent: &Value) {
    let kept = [
        ("status", !session.status.label().is_empty()),
        ("sensor_id", session.sensor.is_some()),
        ("supported_commands", !session.commands.is_empty()),
        ("drives", !session.drives.is_empty()),
        ("storage_size", session.storage_size.is_some()),
        ("create_time", session.created.is_some()),
        ("sensor_wait_timeout", session.sensor_wait_timeout.is_some()),
        ("address", session.address.is_some()),
        ("check_in_timeout", session.check_in_timeout.is_some()),
        ("hostname", !session.host.is_empty()),
        ("storage_ttl", session.storage_days.is_some()),
        ("os_version", !session.os_version.is_empty()),
        ("session_timeout", session.session_timeout.is_some()),
        ("current_working_directory", !session.working_directory.is_empty()),
    ];
    whole(name, &session.document, sent, &kept);
    assert_eq!(session.commands.len(), sent["supported_commands"].as_array().unwrap().len(), "{name}");
}

fn command_run(name: &str, json: &str) {
    let mut sent = raw(json);
    let processes = sent.as_object_mut().unwrap().remove("processes").unwrap_or(Value::Array(Vec::new()));
    let run = wire::command_run(json).unwrap();
    let kept = [
        ("id", true),
        ("status", run.status.is_final() || sent["status"] == "pending"),
        ("username", !run.user.is_empty()),
        ("sensor_id", run.sensor.is_some()),
        ("session_id", run.session.is_some()),
        ("object", !run.object.is_empty()),
        ("name", !run.name.is_empty()),
        ("create_time", run.created.is_some()),
        ("completion", run.completed.is_some()),
        ("result_code", run.result.is_some()),
        ("file_id", run.file.is_some()),
    ];
    whole(name, &run.document, &sent, &kept);
    let processes = processes.as_array().unwrap();
    assert_eq!((run.output.processes.len(), run.output.n_unreadable), (processes.len(), 0), "{name}");
    for (process, sent) in run.output.processes.iter().zip(processes) {
        host_process(name, process, sent);
    }
}

fn host_process(name: &str, process: &HostProcess, sent: &Value) {
    let kept = [
        ("pid", true),
        ("parent", process.parent_pid.is_some()),
        ("parent_guid", process.parent.is_some()),
        ("proc_guid", process.id.is_some()),
        ("path", !process.path.is_empty()),
        ("command_line", !process.command_line.is_empty()),
        ("username", !process.user.is_empty()),
        ("sid", !process.sid.is_empty()),
        ("create_time", process.started.is_some()),
    ];
    whole(name, &process.document, sent, &kept);
    assert_eq!(process.id.and_then(lampblack::model::ProcessId::pid), Some(process.pid), "{name}");
}

/// How many feeds have a score in a document.
fn scores(sent: &Value) -> usize {
    let names = sent.as_object().unwrap().keys();
    names.filter(|name| name.starts_with("alliance_score_")).count()
}
