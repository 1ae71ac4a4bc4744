//! Parsing of sessions, commands and files of Live Response (reference 2.17).

use serde_json::value::RawValue;

use super::{
    FromRecord, Malformed, Record,
    page::{read_members, rows},
    record::MemberMap,
};
use crate::model::{
    CommandOutput, CommandResult, CommandRun, CommandRunId, DumpProgress, FileEntry, HostProcess, LiveSession,
    LiveSessionId, LiveStatus, RegistryData, RegistryType, RegistryValue, ResultCode, RunStatus, SensorId, StoredFile,
    StoredFileId,
};

/// The lists in the answer of a command, which may have tens of thousands of entries.
const LISTS: [&str; 3] = ["processes", "files", "values"];

impl FromRecord for LiveSession {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            id: LiveSessionId(record.count("id")?),
            sensor: record.count("sensor_id").map(SensorId),
            status: LiveStatus::parse(&record.text("status")),
            host: record.text("hostname"),
            address: record.ip_address("address"),
            created: record.time("create_time"),
            check_in_timeout: record.count("check_in_timeout"),
            session_timeout: record.count("session_timeout"),
            sensor_wait_timeout: record.count("sensor_wait_timeout"),
            storage_days: record.count("storage_ttl"),
            storage_size: record.count("storage_size"),
            os_version: record.text("os_version"),
            drives: record.texts("drives"),
            working_directory: record.text("current_working_directory"),
            commands: record.texts("supported_commands"),
            document: record.document(),
        })
    }
}

impl FromRecord for StoredFile {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            id: StoredFileId(record.count("id")?),
            name: record.text("file_name"),
            size: record.count("size"),
            received: record.count("size_uploaded"),
            status: result_code(record, "status"),
            is_deleted: record.flag("delete"),
            document: record.document(),
        })
    }
}

impl FromRecord for HostProcess {
    fn from_record(record: &Record) -> Option<Self> {
        let guid = |name: &str| record.text(name).raw().parse().ok();
        Some(Self {
            pid: record.pid("pid")?,
            parent_pid: record.pid("parent"),
            id: guid("proc_guid"),
            parent: guid("parent_guid"),
            path: record.text("path"),
            command_line: record.text("command_line"),
            user: record.text("username"),
            sid: record.text("sid"),
            started: record.time("create_time"),
            document: record.document(),
        })
    }
}

impl FromRecord for FileEntry {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            // The vendor's text has `name`, servers send `filename`.
            name: record.text_or("filename", "name").non_empty()?.clone(),
            attributes: record.texts("attributes"),
            size: record.count("size"),
            created: record.time("create_time"),
            accessed: record.time("last_access_time"),
            written: record.time("last_write_time"),
            alternate_name: record.text("alt_name"),
            document: record.document(),
        })
    }
}

impl FromRecord for RegistryValue {
    fn from_record(record: &Record) -> Option<Self> {
        let kind = RegistryType::parse(&record.text("value_type"));
        let text = || RegistryData::Text(record.text("value_data"));
        let data = match kind {
            RegistryType::Dword | RegistryType::Qword => {
                record.count("value_data").map_or_else(text, RegistryData::Number)
            }
            RegistryType::MultiText => RegistryData::List(record.texts("value_data")),
            RegistryType::Text | RegistryType::ExpandText | RegistryType::Binary | RegistryType::Other(_) => text(),
        };
        Some(Self { name: record.text("value_name"), kind, data, document: record.document() })
    }
}

impl FromRecord for CommandRun {
    fn from_record(record: &Record) -> Option<Self> {
        let output = CommandOutput {
            sub_keys: record.texts("sub_keys"),
            pid: record.pid("pid"),
            return_code: record.int("return_code"),
            dump: dump_progress(record),
            ..CommandOutput::default()
        };
        Some(Self {
            id: CommandRunId(record.count("id")?),
            session: record.count("session_id").map(LiveSessionId),
            sensor: record.count("sensor_id").map(SensorId),
            name: record.text("name"),
            object: record.text("object"),
            user: record.text("username"),
            status: RunStatus::parse(&record.text("status")),
            created: record.time("create_time"),
            completed: record.time("completion"),
            result: result_code(record, "result_code").map(|code| CommandResult {
                code,
                kind: record.text("result_type"),
                description: record.text("result_desc"),
            }),
            file: record.count("file_id").map(StoredFileId),
            output,
            document: record.document_without(&LISTS),
        })
    }
}

/// Parses a command with what it returned. Each entry of a list is parsed on its own.
pub fn command_run(json: &str) -> Result<CommandRun, Malformed> {
    let members = read_members(json, "a command")?;
    let record = Record::envelope(&members, &LISTS);
    let mut run = CommandRun::from_record(&record).ok_or_else(Malformed::missing_id)?;
    let output = &mut run.output;
    output.processes = entries(&members, "processes", &mut output.n_unreadable);
    output.files = entries(&members, "files", &mut output.n_unreadable);
    output.values = entries(&members, "values", &mut output.n_unreadable);
    if let Some(json) = members.get("value") {
        match Record::from_row(json).and_then(|value| RegistryValue::from_record(&value)) {
            Some(value) => output.values.push(value),
            None => output.n_unreadable += 1,
        }
    }
    Ok(run)
}

/// Parses the answer to an upload: the number of the file.
pub fn file_id(json: &str) -> Result<StoredFileId, Malformed> {
    let members = read_members(json, "a file")?;
    let record = Record::envelope(&members, &[]);
    record.count("id").map(StoredFileId).ok_or_else(Malformed::missing_id)
}

/// Parses a list of the answer. A missing one has no entries; one that is no list counts as one that cannot be parsed.
fn entries<T: FromRecord>(members: &MemberMap<'_>, name: &str, n_unreadable: &mut usize) -> Vec<T> {
    let Some(list) = members.get(name) else {
        return Vec::new();
    };
    let Ok(list) = serde_json::from_str::<Option<Vec<&RawValue>>>(list.get()) else {
        *n_unreadable += 1;
        return Vec::new();
    };
    let (entries, n_lost) = rows(list.unwrap_or_default());
    *n_unreadable += n_lost;
    entries
}

/// Parses a result code, which may be written as a signed number.
fn result_code(record: &Record, name: &str) -> Option<ResultCode> {
    let number = record.int(name)?;
    let signed = || i32::try_from(number).ok().map(i32::cast_unsigned);
    u32::try_from(number).ok().or_else(signed).map(ResultCode)
}

/// Parses the progress of a memory dump; `None` if the answer has none of its members.
fn dump_progress(record: &Record) -> Option<DumpProgress> {
    let [dumping, compressing, complete] = ["dumping", "compressing", "complete"].map(|name| record.flag(name));
    let percent = record.count("percentdone");
    let is_dump = percent.is_some() || [dumping, compressing, complete].iter().any(Option::is_some);
    is_dump.then_some(DumpProgress {
        is_dumping: dumping == Some(true),
        is_compressing: compressing == Some(true),
        is_complete: complete == Some(true),
        percent: percent.map(|percent| percent.min(100)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LiveCommandKind;
    use crate::wire;

    fn session(json: &str) -> LiveSession {
        wire::parse_one(json).unwrap().unwrap()
    }

    #[test]
    fn a_session_is_parsed_whether_it_is_pending_or_active() {
        let active = session(include_str!("../../tests/goldens/get_cblr_session_3.json"));
        assert_eq!((active.id, active.sensor), (LiveSessionId(3), Some(SensorId(7))));
        assert_eq!((&active.status, active.storage_size), (&LiveStatus::Active, Some(40_211)));
        assert_eq!(active.address, "10.20.4.42".parse().ok());
        assert!(active.supports(LiveCommandKind::DumpMemory));
        let pending = session(
            r#"{"id": 2, "sensor_id": "7", "status": "pending", "storage_size": 0, "address": null, "drives": []}"#,
        );
        assert_eq!((pending.sensor, pending.storage_size), (Some(SensorId(7)), Some(0)));
        assert!(pending.status.is_open() && !pending.supports(LiveCommandKind::Kill));
        for word in ["close", "closed", "error", "timeout", "inactive", "gone away"] {
            assert!(!session(&format!(r#"{{"id": 2, "status": "{word}"}}"#)).status.is_open(), "{word}");
        }
    }

    #[test]
    fn the_processes_of_a_host_are_parsed_each_on_its_own() {
        let run = command_run(include_str!("../../tests/goldens/get_cblr_command_5_process_list.json")).unwrap();
        assert!(run.is_success() && run.output.n_unreadable == 0);
        let [system, shell] = &run.output.processes[..] else { panic!("{:?}", run.output.processes) };
        assert_eq!((system.pid, system.path.raw(), system.name().raw()), (4, "", ""));
        assert_eq!((shell.parent_pid, shell.name().raw()), (Some(4), "svch0st.exe"));
        assert_eq!(shell.id.and_then(crate::model::ProcessId::pid), Some(4242));
        assert!(shell.document.json().contains("svch0st"));
        let odd = r#"{"id": 5, "status": "complete", "processes": [{"pid": "x"}, null, {"pid": "8"}]}"#;
        let run = command_run(odd).unwrap();
        assert_eq!((run.output.processes.len(), run.output.n_unreadable), (1, 2));
        let lost = command_run(r#"{"id": 5, "processes": "none", "files": null, "value": 3}"#).unwrap();
        assert_eq!((lost.output, run.output.files), (CommandOutput { n_unreadable: 2, ..<_>::default() }, vec![]));
    }

    #[test]
    fn a_directory_of_many_entries_is_parsed_without_loss() {
        let entry = r#"{"filename": "x.tmp", "attributes": ["ARCHIVE"], "size": 3, "alt_name": "X~1.TMP"},"#;
        let list = entry.repeat(50_000);
        let json = format!(r#"{{"id": 1, "status": "complete", "files": [{}]}}"#, list.trim_end_matches(','));
        let run = command_run(&json).unwrap();
        assert_eq!((run.output.files.len(), run.output.n_unreadable), (50_000, 0));
        assert!(run.document.json().len() < 100);
        assert!(!run.output.files[0].is_directory());
        assert_eq!(run.output.files[0].alternate_name.raw(), "X~1.TMP");
    }

    #[test]
    fn a_failed_command_has_its_code_in_words() {
        let run = command_run(
            r#"{"id": 22, "status": "error", "name": "kill", "object": 1660, "result_type": "WinHresult",
            "result_desc": "", "result_code": 2147942487}"#,
        );
        let run = run.unwrap();
        assert_eq!((run.object.raw(), &run.status), ("1660", &RunStatus::Error));
        assert_eq!(run.result.unwrap().describe(), "0x80070057 invalid parameter");
        let signed = command_run(r#"{"id": 1, "status": "error", "result_code": -2147024891}"#).unwrap();
        assert_eq!(signed.result.unwrap().code.to_string(), "0x80070005 access denied");
    }

    #[test]
    fn values_of_the_registry_have_the_types_of_their_data() {
        let run = command_run(
            r#"{"id": 1, "status": "complete", "sub_keys": ["Parameters"], "values": [
            {"value_name": "Start", "value_type": "REG_DWORD", "value_data": "2"},
            {"value_name": "Depends", "value_type": "REG_MULTI_SZ", "value_data": ["RpcSs", "Tcpip"]},
            {"value_name": "", "value_type": "REG_SZ", "value_data": "x"}],
            "value": {"value_name": "B", "value_type": "REG_BINARY", "value_data": "00ff"}}"#,
        );
        let run = run.unwrap();
        assert_eq!(run.output.sub_keys, ["Parameters".into()]);
        let data: Vec<_> = run.output.values.iter().map(|value| value.data.describe().raw().to_owned()).collect();
        assert_eq!(data, ["2 (0x2)", "RpcSs | Tcpip", "x", "00ff"]);
    }

    #[test]
    fn a_memory_dump_says_how_far_it_is_in_words_or_flags() {
        let dump = |json: &str| command_run(json).unwrap().output.dump;
        let running =
            dump(r#"{"id": 1, "status": "in progress", "dumping": "true", "complete": "false", "percentdone": 41}"#);
        assert_eq!(running, Some(DumpProgress { is_dumping: true, percent: Some(41), ..DumpProgress::default() }));
        assert_eq!(dump(r#"{"id": 1, "status": "complete"}"#), None);
    }

    #[test]
    fn a_command_without_a_number_is_malformed() {
        assert!(command_run(r#"{"status": "complete"}"#).is_err());
        assert!(command_run("[]").is_err() && command_run("<html>").is_err());
    }
}
