//! What a command does on a host, and the members that it adds to its record.

use std::io::{Cursor, Write};

use serde_json::{Map, Value, json};
use zip::{ZipWriter, result::ZipResult, write::SimpleFileOptions};

use crate::sim::{
    http::json_body::{parse_flag, parse_integer},
    state::{
        live_response::{KilledProcesses, LiveResponse},
        machine::{DirectoryEntry, HostError, Machine, Replace, RunningProcess, StoredValue, code},
    },
    world::{Host, World},
};

/// A command as it was sent, carried out at a time in milliseconds since 1970, host's clock.
#[derive(Clone, Copy)]
pub(super) struct Call<'r> {
    pub(super) body: &'r Map<String, Value>,
    pub(super) at: i64,
    /// The code with which a fault fails it.
    pub(super) refused: Option<u32>,
}

/// How a command ended.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// 0, or an HRESULT.
    pub(super) code: u32,
    pub(super) members: Map<String, Value>,
}

/// Whether a request names a command that sensors have, with the object that it needs.
pub(super) fn is_command(name: &str, body: &Map<String, Value>) -> bool {
    let call = Call { body, at: 0, refused: None };
    KNOWN.contains(&name) && (name == "process list" || call.object().is_some())
}

/// Carries out the command with a number in a session.
pub(super) fn run(
    live: &mut LiveResponse,
    (world, killed_processes): (&World, &KilledProcesses),
    host: &Host,
    (session, number): (u64, u64),
    call: Call<'_>,
) -> Outcome {
    let path = call.object().unwrap_or_default();
    let machine = live.machine(world, host);
    let is_supported = machine.commands.contains(&call.name());
    let failed = call.refused.or((!is_supported).then_some(code::NOT_SUPPORTED)).map(HostError);
    let outcome = match (call.name(), failed) {
        ("get file", failed) => {
            let (offset, count) = (call.number("offset").unwrap_or(0), call.number("get_count").unwrap_or(u64::MAX));
            let read = failed.map_or_else(|| machine.files.content(&path).map(|file| file.read(offset, count)), Err);
            let code = read.as_ref().err().map_or(0, |error| error.0);
            let is_stored =
                live.session(session).is_some_and(|session| session.fill(number, read.unwrap_or_default(), code));
            return Outcome { code: if is_stored { code } else { code::DISK_FULL }, members: Map::new() };
        }
        (_, Some(error)) => Err(error),
        ("put file", None) => {
            let file = call.number("file_id").unwrap_or(0);
            let content = live.session(session).and_then(|session| session.file(file)).map(|file| file.content.clone());
            let machine = live.machine(world, host);
            let put = content.ok_or(HostError(code::FILE_NOT_FOUND));
            let put = put.and_then(|content| machine.files.put(&path, content, call.at / 1_000));
            put.map(|()| members(&json!({"file_id": file, "chunk_num": 0})))
        }
        ("kill", None) => {
            let pid = call.body.get("object").and_then(parse_integer).and_then(|pid| u32::try_from(pid).ok());
            let killed = pid.ok_or(HostError(code::INVALID_PARAMETER)).and_then(|pid| machine.kill(pid));
            killed.map(|process| {
                killed_processes.add(process.id, call.at);
                Map::new()
            })
        }
        _ => run_on_machine(machine, &call, &path),
    };
    match outcome {
        Ok(members) => Outcome { code: 0, members },
        Err(HostError(code)) => Outcome { code, members: Map::new() },
    }
}

/// All commands (reference 2.17).
const KNOWN: [&str; 15] = [
    "process list",
    "kill",
    "create process",
    "get file",
    "put file",
    "delete file",
    "directory list",
    "create directory",
    "reg enum key",
    "reg query value",
    "reg set value",
    "reg create key",
    "reg delete key",
    "reg delete value",
    "memdump",
];

fn run_on_machine(machine: &mut Machine, call: &Call<'_>, path: &str) -> Result<Map<String, Value>, HostError> {
    let seconds = call.at / 1_000;
    match call.name() {
        "process list" => {
            let rows: Vec<Value> = machine.processes.iter().map(process_json).collect();
            Ok(members(&json!({"processes": rows})))
        }
        "create process" => {
            let (pid, output) = machine.execute(path, call.at)?;
            if let Some(file) = call.body.get("output_file").and_then(Value::as_str) {
                machine.files.put(file, output.into_bytes().into(), seconds)?;
            }
            let waits = call.body.get("wait").and_then(parse_flag).unwrap_or(false);
            let mut result = members(&json!({"pid": pid}));
            if waits {
                result.insert("return_code".into(), json!(0));
            }
            Ok(result)
        }
        "delete file" => machine.delete(path).map(|()| Map::new()),
        "directory list" => {
            let rows: Vec<Value> = machine.files.list(path)?.iter().map(entry_json).collect();
            Ok(members(&json!({"files": rows})))
        }
        "create directory" => machine.files.create_directory(path, seconds).map(|()| Map::new()),
        "reg enum key" => {
            let (values, sub_keys) = machine.registry.enumerate(path)?;
            let values: Vec<Value> = values.iter().map(value_json).collect();
            Ok(members(&json!({"values": values, "sub_keys": sub_keys})))
        }
        "reg query value" => Ok(members(&json!({"value": value_json(machine.registry.query(path)?)}))),
        "reg set value" => {
            let text = |name: &str| call.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let data = call.body.get("value_data").cloned().unwrap_or(Value::Null);
            let overwrites = call.body.get("overwrite").and_then(parse_flag).unwrap_or(false);
            let replace = if overwrites { Replace::Existing } else { Replace::Never };
            let value = StoredValue { name: String::new(), kind: text("value_type"), data };
            machine.registry.set(path, value, replace).map(|()| Map::new())
        }
        "reg create key" => machine.registry.create_key(path).map(|()| Map::new()),
        "reg delete key" => machine.registry.delete_key(path).map(|()| Map::new()),
        "reg delete value" => machine.registry.delete_value(path).map(|()| Map::new()),
        "memdump" => {
            let compresses = call.body.get("compress").and_then(parse_flag).unwrap_or(false);
            let dump = dump_content();
            let (path, dump) = if compresses {
                (format!("{path}.zip"), zip_dump(&dump).map_err(|_| HostError(code::DISK_FULL))?)
            } else {
                (path.to_owned(), dump)
            };
            machine.files.put(&path, dump.into(), seconds)?;
            let mut result = dump_progress(100);
            result.insert("return_code".into(), json!(0));
            Ok(result)
        }
        _ => Err(HostError(code::NOT_SUPPORTED)),
    }
}

impl Call<'_> {
    fn name(&self) -> &str {
        self.body.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the object as text, as the number of a process may be.
    fn object(&self) -> Option<String> {
        match self.body.get("object")? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.body.get(name).and_then(parse_integer).and_then(|number| u64::try_from(number).ok())
    }
}

/// Returns the progress of a memory dump.
pub(super) fn dump_progress(percent: u64) -> Map<String, Value> {
    let is_done = percent == 100;
    members(&json!({"percentdone": percent, "dumping": !is_done, "compressing": false, "complete": is_done}))
}

/// Returns the bytes of a memory dump, which every host has alike.
fn dump_content() -> Vec<u8> {
    const SIZE: usize = 256 << 10;
    b"PAGEDU64".iter().copied().cycle().take(SIZE).collect()
}

fn zip_dump(dump: &[u8]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("memory.dmp", SimpleFileOptions::default())?;
    zip.write_all(dump)?;
    Ok(zip.finish()?.into_inner())
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn process_json(process: &RunningProcess) -> Value {
    json!({
        "username": process.user,
        "parent": process.parent_pid,
        "parent_guid": process.parent.to_string(),
        "pid": process.pid,
        "command_line": process.command_line,
        "create_time": process.start / 1_000,
        "sid": process.sid,
        "path": process.path,
        "proc_guid": process.id.to_string(),
    })
}

fn entry_json(entry: &DirectoryEntry) -> Value {
    let mut record = json!({
        "filename": entry.name,
        "attributes": entry.attributes,
        "size": entry.size,
        "create_time": entry.created,
        "last_access_time": entry.written,
        "last_write_time": entry.written,
    });
    if let Some(name) = &entry.alternate_name {
        record["alt_name"] = json!(name);
    }
    record
}

fn value_json(value: &StoredValue) -> Value {
    json!({"value_name": value.name, "value_type": value.kind, "value_data": value.data})
}
