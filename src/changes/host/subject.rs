//! What a change of a host is about, as it is there now.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::action::{ExpectedEntry, HostCommand, registry_json};
use crate::api::{self, Client};
use crate::live_response::{Error, HostSession};
use crate::model::{CommandRun, FileEntry, HostProcess, LiveCommand, LiveSession, LiveSessionId, Md5, RegistryValue};
use crate::text::{self, Untrusted};

/// The target of a change on its host; `None` inside where the host has no such thing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum HostSubject {
    /// Nothing on the host: a program that is run.
    Nothing,
    Process {
        process: Option<HostProcess>,
        /// Another process that has its number by now.
        successor: Option<HostProcess>,
        children: Vec<HostProcess>,
    },
    File {
        entry: Option<FileEntry>,
        /// Read only where it decides something.
        md5: Option<Md5>,
        /// How much a directory has that is to be deleted.
        n_entries: Option<usize>,
    },
    Value(Option<RegistryValue>),
    Key(Option<KeyContent>),
    Session {
        session: Option<LiveSession>,
        /// Its commands, the newest last; `None` if they cannot be listed.
        runs: Option<Vec<CommandRun>>,
    },
}

/// What a registry key has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyContent {
    pub(super) values: Vec<RegistryValue>,
    n_unreadable: usize,
    pub(super) n_sub_keys: usize,
}

impl KeyContent {
    /// Returns the values that the audit log keeps: the first ones, up to a limit of their size.
    pub(super) fn logged_values(&self) -> Vec<Value> {
        const MAX_BYTES: usize = 64 << 10;
        let mut n_bytes = 0;
        let values = self.values.iter().map(value_json);
        let is_logged = |value: &Value| {
            n_bytes += value.to_string().len();
            n_bytes <= MAX_BYTES
        };
        values.take_while(is_logged).collect()
    }

    /// Returns how many of its values the audit log does not keep.
    pub(super) fn n_unlogged(&self) -> usize {
        self.values.len() - self.logged_values().len() + self.n_unreadable
    }

    fn n_values(&self) -> usize {
        self.values.len() + self.n_unreadable
    }
}

impl HostSubject {
    /// Reads what an action is about, through a session with the host.
    pub(super) async fn read(action: &HostCommand, session: &mut HostSession<()>) -> Result<Self, Error> {
        Ok(match action {
            HostCommand::Kill { pid, started } => read_process(*pid, *started, session).await?,
            HostCommand::PutFile(new) => read_file(&new.path, ExpectedEntry::File(new.hash), session).await?,
            HostCommand::DeleteFile { path, expected } => read_deletable(path, *expected, session).await?,
            HostCommand::CreateDirectory { path } => read_file(path, ExpectedEntry::Any, session).await?,
            HostCommand::DumpMemory { .. } => read_file(&action.object(), ExpectedEntry::Any, session).await?,
            HostCommand::SetValue { value, .. } | HostCommand::DeleteValue { value } => {
                let query = LiveCommand::QueryValue { value: value.clone() };
                Self::Value(match session.read_if_exists(&query).await? {
                    Some(run) => Some(run.output.values.into_iter().next().ok_or_else(|| session.unreadable(&query))?),
                    None => None,
                })
            }
            HostCommand::CreateKey { key } | HostCommand::DeleteKey { key } => {
                let run = session.read_if_exists(&LiveCommand::ListKey { key: key.clone() }).await?;
                Self::Key(run.map(|run| KeyContent {
                    values: run.output.values,
                    n_unreadable: run.output.n_unreadable,
                    n_sub_keys: run.output.sub_keys.len(),
                }))
            }
            HostCommand::Execute { .. } | HostCommand::CloseSession { .. } => {
                session.open().await?;
                Self::Nothing
            }
        })
    }

    /// Reads a session and its commands from the server.
    pub(super) async fn read_session(id: u64, client: &Client) -> Result<Self, api::Error> {
        let sessions = client.live_sessions().await?.rows;
        let session = sessions.into_iter().find(|session| session.id == LiveSessionId(id) && session.status.is_open());
        // A session whose commands cannot be listed can be closed too.
        let runs = match &session {
            Some(session) => client.command_runs(session.id).await.ok().map(|page| page.rows),
            None => Some(Vec::new()),
        };
        Ok(Self::Session { session, runs })
    }

    /// Returns the subject as JSON for the audit log.
    pub(super) fn snapshot_json(&self) -> Value {
        match self {
            Self::Nothing => json!({}),
            Self::Process { process, children, .. } => {
                let children: Vec<_> = children.iter().map(|child| child.pid).collect();
                json!({"process": process.as_ref().map(process_json), "children": children})
            }
            Self::File { entry, md5, .. } => json!({"file": entry.as_ref().map(|entry| file_json(entry, *md5))}),
            Self::Value(value) => json!({
                "value": value.as_ref().map(|value| {
                    json!({"type": value.kind.label().raw(), "data": registry_json(&value.data)})
                })
            }),
            Self::Key(key) => json!({
                "key": key.as_ref().map(|key| {
                    json!({"values": key.n_values(), "sub_keys": key.n_sub_keys, "content": key.logged_values()})
                })
            }),
            Self::Session { session, runs } => {
                let running = runs.iter().flatten().filter(|run| !run.status.is_final());
                json!({
                    "session": session.as_ref().map(|session| {
                        json!({"id": session.id.0, "status": session.status.label().raw(), "created": session.created})
                    }),
                    "running": running.map(|run| run.id.0).collect::<Vec<_>>(),
                })
            }
        }
    }

    /// Describes the subject on one line.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Nothing => "whether it ran is not known".to_owned(),
            Self::Process { process: None, successor: None, .. } => "the process has ended".to_owned(),
            Self::Process { process: None, successor: Some(_), .. } => {
                "the process has ended, and another one has its number".to_owned()
            }
            Self::Process { process: Some(process), .. } => describe_process(process),
            Self::File { entry: None, .. } => "no such file or directory".to_owned(),
            Self::File { entry: Some(entry), md5, .. } => describe_file(entry, *md5),
            Self::Value(None) => "no such value".to_owned(),
            Self::Value(Some(value)) => describe_value(value),
            Self::Key(None) => "no such key".to_owned(),
            Self::Key(Some(key)) => format!(
                "a key with {} and {}",
                text::pluralize(key.n_values(), "value", "values"),
                text::pluralize(key.n_sub_keys, "sub key", "sub keys")
            ),
            Self::Session { session: None, .. } => "the session is closed".to_owned(),
            Self::Session { session: Some(session), .. } => {
                let since = session.created.map_or_else(String::new, |at| format!(" since {}", time(at)));
                format!("session {} is {}{since}", session.id, text::make_visible(&session.status.label()))
            }
        }
    }
}

/// Reads the process that was started at a time, and those that it has started.
async fn read_process(
    pid: u32,
    started: Option<Timestamp>,
    session: &mut HostSession<()>,
) -> Result<HostSubject, Error> {
    let output = session.read(&LiveCommand::ListProcesses).await?.output;
    let processes = output.processes;
    let process = processes.iter().find(|process| process.pid == pid).cloned();
    // A host without a process does not answer, and the process may be in a row that is not readable.
    if processes.is_empty() || process.is_none() && output.n_unreadable > 0 {
        return Err(session.unreadable(&LiveCommand::ListProcesses));
    }
    let (process, successor) = match process {
        Some(process) if starts_differ(started, process.started) => (None, Some(process)),
        process => (process, None),
    };
    let is_child = |child: &&HostProcess| child.parent_pid == Some(pid) && child.pid != pid;
    let children = processes.iter().filter(is_child).filter(|_| process.is_some()).cloned().collect();
    Ok(HostSubject::Process { process, successor, children })
}

/// Reads a file, and its hash if its size is that of `expected`.
async fn read_file(path: &str, expected: ExpectedEntry, session: &mut HostSession<()>) -> Result<HostSubject, Error> {
    // With a separator at the end, the entries of the directory would be listed.
    let list = LiveCommand::ListDirectory { pattern: path.trim_end_matches(['\\', '/']).to_owned() };
    let output = session.read_if_exists(&list).await?.map(|run| run.output).unwrap_or_default();
    let entry = output.files.into_iter().next();
    if entry.is_none() && output.n_unreadable > 0 {
        return Err(session.unreadable(&list));
    }
    let md5 = match (&entry, expected) {
        (Some(entry), ExpectedEntry::File(hash)) if entry.size == Some(hash.size) && !entry.is_directory() => {
            Some(read_md5(path, session).await?)
        }
        _ => None,
    };
    Ok(HostSubject::File { entry, md5, n_entries: None })
}

/// Reads what is to be deleted; counts the entries of a directory.
async fn read_deletable(
    path: &str,
    expected: ExpectedEntry,
    session: &mut HostSession<()>,
) -> Result<HostSubject, Error> {
    let mut subject = read_file(path, expected, session).await?;
    if let HostSubject::File { entry: Some(entry), n_entries, .. } = &mut subject
        && entry.is_directory()
    {
        let separator = session.sensor().path_separator();
        let pattern = format!("{}{separator}", path.trim_end_matches(['\\', '/']));
        let output = session.read(&LiveCommand::ListDirectory { pattern }).await?.output;
        *n_entries = Some(output.files.iter().filter(|entry| !entry.is_dot()).count() + output.n_unreadable);
    }
    Ok(subject)
}

/// Fetches a file and returns its hash.
async fn read_md5(path: &str, session: &mut HostSession<()>) -> Result<Md5, Error> {
    let mut md5 = <md5::Md5 as md5::Digest>::new();
    let fetched = session.fetch_file(path, None, |piece| md5::Digest::update(&mut md5, piece)).await;
    for (copy, error) in session.delete_copies().await {
        tracing::warn!("file {} of session {} stays on the server: {error}", copy.file, copy.session);
    }
    fetched?;
    Ok(Md5(md5::Digest::finalize(md5).into()))
}

/// Whether two processes with one number are different ones. Without both starts, that is not known.
fn starts_differ(planned: Option<Timestamp>, found: Option<Timestamp>) -> bool {
    planned.zip(found).is_some_and(|(planned, found)| planned != found)
}

/// Whether a process is the sensor itself.
pub(super) fn is_sensor_process(process: &HostProcess) -> bool {
    /// The executables of the sensors for Windows, Linux and macOS.
    const NAMES: [&str; 4] = ["cb.exe", "cbcomms.exe", "cbdaemon", "cbosxsensorservice"];
    NAMES.iter().any(|name| process.name().eq_ignore_case(name))
}

/// Whether a process is one of the operating system itself, on a host whose paths have this separator.
pub(super) fn is_system_process(process: &HostProcess, separator: char) -> bool {
    /// The processes without which Windows stops or restarts. Malware takes their names, but not their directory.
    const WINDOWS: [&str; 6] = ["csrss.exe", "wininit.exe", "smss.exe", "services.exe", "lsass.exe", "winlogon.exe"];
    if separator == '/' {
        return process.pid <= 1;
    }
    let path = process.path.raw().to_lowercase();
    let directory = path.rsplit('\\').nth(1);
    let is_in_system = directory.is_none_or(|directory| directory == "system32");
    process.pid <= 4 || is_in_system && WINDOWS.iter().any(|name| process.name().eq_ignore_case(name))
}

fn value_json(value: &RegistryValue) -> Value {
    json!({"name": value.name.raw(), "type": value.kind.label().raw(), "data": registry_json(&value.data)})
}

fn process_json(process: &HostProcess) -> Value {
    json!({
        "pid": process.pid,
        "proc_guid": process.id.map(|id| id.to_string()),
        "started": process.started,
        "path": process.path.raw(),
        "command_line": process.command_line.raw(),
        "username": process.user.raw(),
        "parent": process.parent_pid,
    })
}

fn file_json(entry: &FileEntry, md5: Option<Md5>) -> Value {
    let mut record = json!({
        "size": entry.size,
        "created": entry.created,
        "written": entry.written,
        "attributes": entry.attributes.iter().map(Untrusted::raw).collect::<Vec<_>>(),
    });
    if let Some(md5) = md5 {
        record["md5"] = json!(md5);
    }
    record
}

/// Describes a process by number, path, start and user.
pub(super) fn describe_process(process: &HostProcess) -> String {
    let path = if process.path.is_empty() { process.name() } else { process.path.clone() };
    let started = process.started.map_or_else(|| "?".to_owned(), time);
    let user = if process.user.is_empty() { "?".to_owned() } else { text::make_visible(&process.user) };
    format!("process {}: {}, started {started}, user {user}", process.pid, text::fit(&path, 120))
}

fn describe_file(entry: &FileEntry, md5: Option<Md5>) -> String {
    let written = entry.written.map_or_else(|| "?".to_owned(), time);
    let created = entry.created.map_or_else(|| "?".to_owned(), time);
    if entry.is_directory() {
        return format!("a directory, created {created}");
    }
    let size = entry.size.map_or_else(|| "?".to_owned(), text::group_thousands);
    let md5 = md5.map_or_else(String::new, |md5| format!(", MD5 {md5}"));
    format!("a file of {size} bytes, created {created}, written {written}{md5}")
}

/// Describes a registry value by type and data.
pub(super) fn describe_value(value: &RegistryValue) -> String {
    format!("{} {}", text::make_visible(&value.kind.label()), text::fit(&value.data.describe(), 120))
}

pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    #[test]
    fn the_log_keeps_the_values_of_a_key_up_to_a_limit() {
        let value = |size: usize| RegistryValue {
            name: "a".into(),
            kind: crate::model::RegistryType::Text,
            data: crate::model::RegistryData::Text("x".repeat(size).into()),
            document: Document::default(),
        };
        let mut key = KeyContent { values: vec![value(1); 3], n_unreadable: 0, n_sub_keys: 0 };
        assert_eq!((key.logged_values().len(), key.n_unlogged()), (3, 0));
        assert_eq!(key.logged_values()[0], json!({"name": "a", "type": "REG_SZ", "data": "x"}));
        key.values.insert(2, value(1 << 20));
        key.n_unreadable = 1;
        assert_eq!((key.logged_values().len(), key.n_unlogged(), key.n_values()), (2, 3, 5));
    }

    #[test]
    fn the_processes_that_windows_needs_are_known_by_name_and_directory() {
        let is_system = |path: &str, separator: char| {
            let process = HostProcess {
                pid: 800,
                parent_pid: None,
                id: None,
                parent: None,
                path: path.into(),
                command_line: "lsass.exe".into(),
                user: "".into(),
                sid: "".into(),
                started: None,
                document: Document::default(),
            };
            is_system_process(&process, separator)
        };
        for path in [r"c:\windows\system32\LSASS.exe", r"\SystemRoot\System32\smss.exe", "winlogon.exe", ""] {
            assert!(is_system(path, '\\'), "{path}");
        }
        for path in [r"c:\users\kim\lsass.exe", r"c:\windows\system32\svchost.exe"] {
            assert!(!is_system(path, '\\'), "{path}");
        }
        assert!(!is_system("/usr/bin/lsass.exe", '/'));
    }
}
