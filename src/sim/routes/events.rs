//! Events of a process, in the versions of the format that a release has (reference 2.4).
//!
//! `cb.event_start` and `cb.event_count` select a range of each event list; the reference leaves open what they count.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::process_json;
use crate::sim::{
    format,
    http::request::ApiRequest,
    search::document,
    state::server::Server,
    version::Release,
    world::{
        Binary, Child, ChildRef, Connection, CrossProcess, EventList, Events, FileChange, Link, Process, derived_md5,
        derived_sha256, file_type, program_path,
    },
};

/// How long hosts have been isolated that are isolated in a new world, in milliseconds.
const INITIAL_ISOLATION: i64 = 2 * 86_400_000;
/// Host name of the server that sensors connect to.
const SERVER_NAME: &str = "cb.corp.example";

/// Version of the event format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u8);

impl Version {
    /// Returns the newest version that `release` has.
    pub(super) fn latest(release: &Release) -> Self {
        ["v5", "v4", "v3", "v2"].iter().find_map(|version| Self::parse(version, release)).unwrap_or(Self(1))
    }

    /// Parses a version such as `v4`; `None` if `release` is too old for it.
    pub(super) fn parse(text: &str, release: &Release) -> Option<Self> {
        let (version, major, minor) = match text {
            "v1" => (1, 5, 0),
            "v2" => (2, 5, 1),
            "v3" => (3, 5, 2),
            "v4" => (4, 6, 0),
            "v5" => (5, 7, 0),
            _ => return None,
        };
        release.is_at_least(major, minor, 0).then_some(Self(version))
    }
}

/// Formats the events of a process.
struct EventWriter<'s> {
    server: &'s Server,
    process: Process<'s>,
    version: Version,
}

/// Returns the document of a process with all of its events, or those of one segment.
pub(super) fn events_document(
    server: &Server,
    request: &ApiRequest,
    process: Process<'_>,
    segment: Option<u32>,
    version: Version,
) -> Value {
    let Value::Object(mut row) = process_json::summary_document(server, process, segment) else {
        return Value::Null;
    };
    let events = process.events(segment);
    let starts = events.children.iter().filter(|(_, child)| child.is_start);
    let (exec, fork) = starts.fold((0, 0), |(exec, fork), (_, child)| match child.child {
        ChildRef::Known(child) if process_json::is_fork(child) => (exec, fork + 1),
        _ => (exec + 1, fork),
    });
    row.insert("exec_events_count".into(), json!(exec));
    row.insert("fork_children_count".into(), json!(fork));
    row.insert("binaries".into(), signature_map(server, &events));
    let writer = EventWriter { server, process, version };
    let window = |list: Vec<Value>| -> Vec<Value> {
        let size = |name, default| {
            let number = request.number(name).map(usize::try_from);
            number.map_or(default, |number| number.unwrap_or(usize::MAX))
        };
        let (start, count) = (size("cb.event_start", 0), size("cb.event_count", usize::MAX));
        list.into_iter().skip(start).take(count).collect()
    };
    for (kind, list) in writer.event_lists(events) {
        let list = window(list);
        // A kind without events has no member.
        if !list.is_empty() {
            row.insert(format!("{kind}_complete"), list.into());
        }
    }
    Value::Object(row)
}

/// Returns the signatures of the loaded binaries, by upper-case MD5.
fn signature_map(server: &Server, events: &Events<'_>) -> Value {
    let files = events.modules.iter().filter_map(|(_, module)| server.world.binaries.find(&module.md5()));
    let signature = |file: &Binary| {
        let mut members = Map::new();
        members.insert("digsig_result".into(), json!(document::signature_status(file)));
        if let (Some(_), Some(company)) = (file.signed_at, &file.company) {
            members.insert("digsig_publisher".into(), json!(company));
        }
        (file.md5.to_uppercase(), Value::Object(members))
    };
    Value::Object(files.map(signature).collect())
}

impl EventWriter<'_> {
    fn event_lists(&self, events: Events<'_>) -> Vec<(&'static str, Vec<Value>)> {
        let has_blocks = self.version >= Version(2);
        let has_scripts = self.version >= Version(5);
        vec![
            (
                "modload",
                format_events(events.modules, |at, module| {
                    let md5 = module.md5();
                    let sha256 = self.sha256_field(&md5);
                    json!(format!("{at}|{md5}|{}{sha256}", module.path))
                }),
            ),
            ("filemod", format_events(events.files, |at, file| self.filemod_event(at, &file))),
            ("regmod", format_events(events.keys, |at, key| json!(format!("{}|{at}|{}|false", key.action, key.path)))),
            ("netconn", events.links.into_iter().map(|(at, link)| self.netconn_event(at, &link)).collect()),
            ("childproc", events.children.into_iter().map(|(at, child)| self.childproc_event(at, child)).collect()),
            ("crossproc", format_events(events.crossings, |at, event| self.crossproc_event(at, &event))),
            (
                "processblock",
                if has_blocks {
                    events.blocks.into_iter().map(|(at, cmdline)| self.block_event(at, cmdline)).collect()
                } else {
                    Vec::new()
                },
            ),
            (
                "fileless_scriptload",
                if has_scripts {
                    format_events(events.scripts, |at, script| {
                        json!(format!("{at}|{}|{script}", derived_sha256(&script)))
                    })
                } else {
                    Vec::new()
                },
            ),
        ]
    }

    fn filemod_event(&self, at: &str, file: &FileChange<'_>) -> Value {
        let FileChange { action, path, .. } = file;
        let md5 = self.process.written_md5(file).unwrap_or_default();
        let kind = file_type(&path.to_string(), self.process.host().os);
        // Some sensors leave out trailing fields that they do not know.
        if *action == 1 && !file.is_tamper && self.version < Version(5) {
            return json!(format!("{action}|{at}|{path}|"));
        }
        let kind = if md5.is_empty() { String::new() } else { kind.to_string() };
        let sha256 = self.sha256_field(&md5);
        json!(format!("{action}|{at}|{path}|{md5}|{kind}|{}{sha256}", file.is_tamper))
    }

    fn netconn_event(&self, at: i64, connection: &Connection<'_>) -> Value {
        let Connection { link, local_port, is_outbound, has_proxy } = connection;
        let protocol = if link.port == 53 { 17 } else { 6 };
        if self.version == Version(1) {
            let (time, ip) = (format::naive_micros_time(at), format::signed_address(link.ip));
            return json!(format!("{time}|{ip}|{}|{protocol}|{}|{is_outbound}", link.port, link.domain));
        }
        let address = |ip: Ipv4Addr| {
            if self.version < Version(4) { json!(format::signed_address(ip)) } else { json!(ip.to_string()) }
        };
        let time = if self.version == Version(2) { format::naive_micros_time(at) } else { format::micros_time(at) };
        let mut record = json!({
            "timestamp": time,
            "proto": protocol,
            "domain": link.domain,
            "direction": is_outbound.to_string(),
            "local_ip": address(self.process.host().ip),
            "local_port": local_port,
            "remote_ip": address(link.ip),
            "remote_port": link.port,
        });
        if *has_proxy {
            record["proxy_ip"] = address(Ipv4Addr::new(10, 20, 1, 8));
            record["proxy_port"] = json!(3128);
        }
        if self.is_blocked(at, link) {
            record["block_type"] = json!("NetworkIsolation");
        }
        if self.server.version.is_at_least_7() && self.version >= Version(4) && link.port == 443 {
            record["ja3"] = json!(derived_md5(self.process.name()));
            record["ja3s"] = json!(derived_md5(link.domain));
        }
        record
    }

    /// Whether a connection is shown as blocked by the isolation of its host, as by servers from 7.7 on. Connections to the
    /// server itself and DNS are not blocked.
    fn is_blocked(&self, at: i64, link: &Link<'_>) -> bool {
        let host = self.process.host();
        let since = self.server.world.now + host.skew * 1_000 - INITIAL_ISOLATION;
        self.server.version.is_at_least(7, 7, 0)
            && self.version >= Version(4)
            && host.isolated
            && at >= since
            && link.port != 53
            && link.domain != SERVER_NAME
    }

    fn childproc_event(&self, at: i64, Child { child, is_start }: Child<'_>) -> Value {
        let release = &self.server.version;
        let (id, pid, path, md5, cmdline, user, is_hidden) = match child {
            ChildRef::Known(child) => (
                child.id(),
                child.pid(),
                child.path().into_owned(),
                child.binary().md5.clone(),
                child.cmdline().into_owned(),
                child.user().into_owned(),
                false,
            ),
            ChildRef::Hidden(child) => {
                let path = process_json::HIDDEN_PATH.to_owned();
                let md5 = derived_md5(&path).into_owned();
                let (cmdline, user) = (process_json::HIDDEN_CMDLINE.into(), self.process.user().into_owned());
                (child.id, child.pid, path, md5, cmdline, user, true)
            }
        };
        let unique = format::unique_id(id, 1, release);
        if self.version < Version(3) {
            let time = format::naive_event_time(at);
            return json!(format!("{time}|{unique}|{md5}|{path}|{pid}|{is_start}|false"));
        }
        let stage = if is_start { "start" } else { "end" };
        let mut record = json!({
            "type": stage,
            "processId": unique,
            "pid": pid,
            "path": path,
            "md5": md5,
            "commandLine": cmdline,
            "userName": user,
            "is_suppressed": is_hidden,
            "is_tampered": false,
        });
        record[stage] = json!(format::micros_time(at));
        if release.is_at_least_7() {
            record["sha256"] = json!(derived_sha256(&md5));
        }
        record
    }

    fn crossproc_event(&self, at: &str, event: &CrossProcess<'_>) -> Value {
        let (kind, subtype) = match event.access_kind {
            "remote_thread" => ("RemoteThread", ""),
            "thread_open" => ("ProcessOpen", "2"),
            _ => ("ProcessOpen", "1"),
        };
        let access = if event.access == 0 { String::new() } else { event.access.to_string() };
        let unique = format::unique_id(event.other.id(), 1, &self.server.version);
        let (md5, path) = (&event.other.binary().md5, event.other.path());
        let sha256 = self.sha256_field(md5);
        json!(format!("{kind}|{at}|{unique}|{md5}|{path}|{subtype}|{access}|false|{}{sha256}", event.is_target))
    }

    /// Formats a block event, which is JSON in a string.
    fn block_event(&self, at: i64, cmdline: &str) -> Value {
        let path = program_path(cmdline);
        let record = json!({
            "timestamp": format::micros_time(at),
            "block_type": "MD5Hash",
            "block_event": "ProcessCreate",
            "block_result": "a-ProcessTerminated",
            "block_error": "0",
            "blocked_md5": derived_md5(path),
            "blocked_path": path,
            "blocked_cmdline": cmdline,
            "blocked_uid": self.process.uid(),
            "blocked_username": self.process.user(),
        });
        json!(record.to_string())
    }

    /// Returns the additional last field that servers from 7.0 on append in version 4 and later, with its separator.
    fn sha256_field(&self, md5: &str) -> String {
        if self.version < Version(4) || !self.server.version.is_at_least_7() {
            return String::new();
        }
        let hash = if md5.is_empty() { String::new() } else { derived_sha256(md5) };
        format!("|{hash}")
    }
}

/// Formats events whose fields are separated by bars, with their times without a zone.
fn format_events<T>(list: EventList<T>, mut to_json: impl FnMut(&str, T) -> Value) -> Vec<Value> {
    list.into_iter().map(|(at, event)| to_json(&format::naive_event_time(at), event)).collect()
}
