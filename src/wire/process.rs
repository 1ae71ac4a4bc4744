//! Parsing of a process document, with repairs for damaged ones (reference 2.2, "Quirks").

use super::{FromRecord, Record, hits};
use crate::model::{EventCounts, Process, ProcessDocument, ProcessId, SensorId};
use crate::text::Untrusted;

impl FromRecord for Process {
    fn from_record(record: &Record) -> Option<Self> {
        let (id, segment) = identity(record)?;
        // Sensor, pid and start time are encoded in the GUID, except those of the root (pid 0) and of an unknown
        // process.
        let pid_in_id = id.pid().filter(|&pid| pid != 0);
        let sensor = record.count("sensor_id").map_or(id.sensor(), SensorId);
        let path = record.text_if_known("path");
        let name = record.text_if_known("process_name");
        let parent = parent(record, sensor);

        Some(Self {
            id,
            segment: record.count("segment_id").or(segment),
            name: if name.is_empty() { file_name(&path) } else { name },
            path,
            cmdline: record.text("cmdline"),
            md5: record.md5("process_md5"),
            sha256: record.sha256("process_sha256"),
            pid: record.pid("process_pid").or(pid_in_id),
            user: record.text("username"),
            sid: record.text("uid"),
            started: record.time("start").or_else(|| pid_in_id.and_then(|_| id.start_time())),
            last_update: record.time("last_update").or_else(|| record.time("max_last_update")),
            last_server_update: record.time("last_server_update").or_else(|| record.time("max_last_server_update")),
            terminated: record.flag("terminated"),
            parent,
            parent_name: record.text_if_known("parent_name"),
            parent_pid: record.pid("parent_pid").or_else(|| parent.and_then(ProcessId::pid).filter(|&pid| pid != 0)),
            host: record.text("hostname"),
            sensor,
            group: record.text("group"),
            host_type: record.text("host_type"),
            os: record.text("os_type"),
            comms_ip: record.ip_address("comms_ip"),
            interface_ip: record.ip_address("interface_ip"),
            counts: read_counts(record),
            watchlists: hits::watchlists(record),
            feeds: hits::feeds(record),
            is_suppressed: record.flag("is_suppressed").unwrap_or(false),
            document: record.document(),
        })
    }
}

impl FromRecord for ProcessDocument {
    fn from_record(record: &Record) -> Option<Self> {
        let (id, segment) = identity(record)?;
        Some(Self { id, segment: record.count("segment_id").or(segment), document: record.document() })
    }
}

/// Returns the GUID and the segment encoded in it. Documents converted from 5.2 to 6.1 have the GUID only in
/// `unique_id`.
fn identity(record: &Record) -> Option<(ProcessId, Option<u64>)> {
    let read = |name| ProcessId::parse_with_segment(record.text(name).raw().trim());
    let unique = read("unique_id");
    match read("id") {
        Some((id, segment)) => {
            let other = unique.filter(|(unique, _)| *unique == id);
            Some((id, other.and_then(|(_, segment)| segment).or(segment)))
        }
        None => unique,
    }
}

/// Returns the parent's GUID. By a known bug of the server, `parent_unique_id` may be missing, or be of another sensor.
fn parent(record: &Record, sensor: SensorId) -> Option<ProcessId> {
    let read = |name| ProcessId::parse_with_segment(record.text(name).raw().trim());
    let (unique, plain) = (read("parent_unique_id"), read("parent_id"));
    unique.filter(|(id, _)| id.sensor() == sensor).or(plain).map(|(id, _)| id)
}

/// Returns the last component of a Windows or Unix path.
fn file_name(path: &Untrusted) -> Untrusted {
    path.raw().rsplit(['\\', '/']).next().unwrap_or_default().into()
}

/// Parses the number of events of each kind.
pub(super) fn read_counts(record: &Record) -> EventCounts {
    EventCounts {
        modload: record.count("modload_count"),
        filemod: record.count("filemod_count"),
        regmod: record.count("regmod_count"),
        netconn: record.count("netconn_count"),
        childproc: record.count("childproc_count"),
        crossproc: record.count("crossproc_count"),
        processblock: record.count("processblock_count"),
        fileless_scriptload: record.count("fileless_scriptload_count"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Span;
    use crate::wire;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
    const PARENT: &str = "00000007-0000-0b00-01d7-10ccae568ec0";

    fn read(row: &Value) -> Process {
        Process::from_record(&Record::parse(&row.to_string()).unwrap()).unwrap()
    }

    fn guid(text: &str) -> Option<ProcessId> {
        text.parse().ok()
    }

    #[test]
    fn a_complete_document_is_parsed() {
        let json = include_str!("../../tests/goldens/get_process_search.json");
        let page = wire::parse_page::<Process>(json, Span { start: 0, rows: 2 }).unwrap();
        insta::assert_debug_snapshot!(page.rows[0]);
        assert_eq!(page.rows[1].sha256.map(|hash| hash.0[0]), Some(0x5c));
    }

    #[test]
    fn a_document_without_an_id_is_identified_by_its_unique_id() {
        for id in [Value::Null, json!(""), json!(-3_748_189)] {
            let row = json!({ "id": id, "unique_id": format!("{GUID}-0177fcbc770e") });
            let process = read(&row);
            assert_eq!(Some(process.id), guid(GUID));
            assert_eq!(process.segment, Some(1_614_852_945_678));
        }
        let nameless = Record::parse(r#"{"id": null, "process_name": "net.exe"}"#).unwrap();
        assert_eq!(Process::from_record(&nameless), None);
    }

    #[test]
    fn a_segment_comes_from_its_field_first() {
        let unique = format!("{GUID}-00000002");
        assert_eq!(read(&json!({ "id": GUID, "segment_id": "3", "unique_id": unique })).segment, Some(3));
        assert_eq!(read(&json!({ "id": GUID, "unique_id": unique })).segment, Some(2));
        assert_eq!(read(&json!({ "id": GUID, "unique_id": format!("{PARENT}-00000002") })).segment, None);
        assert_eq!(read(&json!({ "id": format!("{GUID}-00000004") })).segment, Some(4));
    }

    #[test]
    fn a_damaged_document_is_rebuilt_from_its_guid() {
        let process = read(&json!({ "id": GUID, "start": -1, "process_pid": -1, "sensor_id": null }));
        assert_eq!((process.pid, process.sensor), (Some(4242), SensorId(7)));
        assert_eq!(process.started, "2021-03-04T10:15:30.123Z".parse().ok());
    }

    #[test]
    fn nothing_is_rebuilt_from_the_guid_of_the_root() {
        let process = read(&json!({ "id": "00000007-0000-0000-01d7-10df4de391b0", "start": -1, "process_pid": -1 }));
        assert_eq!((process.pid, process.started), (None, None));
        let root = read(&json!({ "id": "00000007-0000-0000-01d7-10df4de391b0", "process_pid": 0 }));
        assert_eq!(root.pid, Some(0));
    }

    #[test]
    fn a_parent_of_another_sensor_is_not_the_parent() {
        let other = "00000009-0000-0b00-01d7-10ccae568ec0-000000000001";
        let row = json!({ "id": GUID, "sensor_id": 7, "parent_unique_id": other, "parent_id": PARENT });
        assert_eq!(read(&row).parent, guid(PARENT));
        let row = json!({ "id": GUID, "sensor_id": 7, "parent_unique_id": other });
        assert_eq!(read(&row).parent, None);
        for missing in [Value::Null, json!("")] {
            let row = json!({ "id": GUID, "parent_unique_id": missing, "parent_id": PARENT });
            assert_eq!(read(&row).parent, guid(PARENT));
        }
        let row = json!({ "id": GUID, "parent_unique_id": format!("{PARENT}-00000001") });
        assert_eq!(read(&row).parent, guid(PARENT));
        assert_eq!(read(&row).parent_pid, Some(2816));
    }

    #[test]
    fn an_unknown_parent_has_no_name() {
        let row = json!({ "id": GUID, "parent_name": "(unknown)", "parent_pid": -1,
            "parent_unique_id": "00000007-ffff-ffff-0000-000000000000-000000000001" });
        let process = read(&row);
        assert!(process.parent.is_some_and(ProcessId::is_unknown));
        assert!(process.parent_name.is_empty());
        assert_eq!(process.parent_pid, None);
    }

    #[test]
    fn a_missing_name_is_that_of_the_path() {
        assert_eq!(read(&json!({ "id": GUID, "path": r"c:\windows\net.exe" })).name.raw(), "net.exe");
        assert_eq!(read(&json!({ "id": GUID, "path": "/usr/bin/ssh" })).name.raw(), "ssh");
        assert_eq!(read(&json!({ "id": GUID })).name.raw(), "");
    }

    #[test]
    fn a_command_line_is_not_changed() {
        for cmdline in ["", "(unknown)", "  net  use \t\u{202e}\\\\test\\blah\n"] {
            assert_eq!(read(&json!({ "id": GUID, "cmdline": cmdline })).cmdline.raw(), cmdline);
        }
    }

    #[test]
    fn a_document_is_what_the_server_has_sent() {
        let json = include_str!("../../tests/goldens/get_process_search.json");
        let sent: Value = serde_json::from_str(json).unwrap();
        let page = wire::parse_page::<Process>(json, Span { start: 0, rows: 2 }).unwrap();
        for (row, process) in sent["results"].as_array().unwrap().iter().zip(&page.rows) {
            let mut document: Value = serde_json::from_str(process.document.json()).unwrap();
            // Entries from the envelope are added to the record.
            let members = document.as_object_mut().unwrap();
            members.remove("highlights");
            members.remove("tagged_pids");
            assert_eq!(&document, row);
            assert!(!process.document.json().contains('\n'));
        }
    }
}
