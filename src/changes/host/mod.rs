//! Changes of a host through Live Response (reference 2.17): each is one command in a session with its sensor.

mod action;
mod subject;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    operation::{Operation, WriteContext, describe_loss, immediate_stage},
    protection::HostProtection,
    snapshot::Snapshot,
};
use crate::api::{Client, Error, Upload, WriteReply, WriteRequest};
use crate::audit::LoggedStage;
use crate::live_response::{self, HostSession};
use crate::model::{
    CommandRun, FileEntry, HostProcess, LiveCommandKind, LiveSession, RegistryType, RegistryValue, RunStatus, Sensor,
    SensorId, StoredFileId,
};
use crate::text::{self, Untrusted};
pub use action::{CommandLimit, ExpectedEntry, FileContent, FileHash, HostCommand, NewHostFile};
use subject::{HostSubject, KeyContent, describe_process, describe_value, is_sensor_process, is_system_process, time};

/// A change of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostChange {
    pub sensor: SensorId,
    pub action: HostCommand,
    /// How long to wait for the host.
    #[serde(skip)]
    pub limit: CommandLimit,
}

/// A host with what a change of it is about, read through a session.
#[derive(Clone, Debug, PartialEq)]
pub struct HostSnapshot {
    sensor: Sensor,
    /// The session through which it was read; `None` for a session that is closed without being used.
    session: Option<LiveSession>,
    /// Whether the session was opened to read it.
    is_own: bool,
    subject: HostSubject,
}

impl HostChange {
    /// Returns whether the host satisfies the change; `None` if that cannot be read.
    fn is_satisfied_by(&self, subject: &HostSubject) -> Option<bool> {
        match (&self.action, subject) {
            (HostCommand::Kill { started, .. }, HostSubject::Process { process: Some(process), .. }) => {
                // Without both starts, it may be another process with its number.
                (started.is_some() && process.started.is_some()).then_some(false)
            }
            (HostCommand::Kill { .. }, HostSubject::Process { process: None, .. }) => Some(true),
            (HostCommand::PutFile(new), HostSubject::File { entry, md5, .. }) => {
                let size = entry.as_ref().map(|entry| entry.size);
                Some(size == Some(Some(new.hash.size)) && *md5 == Some(new.hash.md5))
            }
            (HostCommand::DeleteFile { .. }, HostSubject::File { entry, .. }) => Some(entry.is_none()),
            (HostCommand::CreateDirectory { .. }, HostSubject::File { entry, .. }) => {
                Some(entry.as_ref().is_some_and(FileEntry::is_directory))
            }
            (HostCommand::SetValue { .. }, HostSubject::Value(value)) => {
                Some(value.as_ref().is_some_and(|value| self.action.is_set_in(value)))
            }
            (HostCommand::DeleteValue { .. }, HostSubject::Value(value)) => Some(value.is_none()),
            (HostCommand::CreateKey { .. }, HostSubject::Key(key)) => Some(key.is_some()),
            (HostCommand::DeleteKey { .. }, HostSubject::Key(key)) => Some(key.is_none()),
            (HostCommand::CloseSession { .. }, HostSubject::Session { session, .. }) => Some(session.is_none()),
            _ => None,
        }
    }

    /// Returns the kind of its command; `None` for a session that is closed.
    fn command_kind(&self) -> Option<LiveCommandKind> {
        Some(self.action.command(StoredFileId(0))?.kind())
    }

    fn effects(&self, state: &HostSnapshot, group: &str) -> Vec<String> {
        let sensor = &state.sensor;
        let name = text::make_visible(&sensor.computer_name);
        let status = text::make_visible(&sensor.status).to_lowercase();
        let object = text::excerpt(&self.action.object().into());
        let what = match &self.action {
            HostCommand::Kill { .. } => format!("end {object}"),
            HostCommand::Execute { .. } => format!("run {object}"),
            HostCommand::PutFile(new) => {
                format!("write {object} from {}", text::make_visible(&new.name.as_str().into()))
            }
            HostCommand::DeleteFile { .. } => format!("delete {object}"),
            HostCommand::CreateDirectory { .. } => format!("create the directory {object}"),
            HostCommand::SetValue { .. } => format!("set {object}"),
            HostCommand::DeleteValue { .. } => format!("delete the value {object}"),
            HostCommand::CreateKey { .. } => format!("create the key {object}"),
            HostCommand::DeleteKey { .. } => format!("delete the key {object}"),
            HostCommand::DumpMemory { .. } => format!("write the memory of the host to {object}"),
            HostCommand::CloseSession { .. } => format!("close {object}, for all users that share it"),
        };
        let mut effects = vec![format!("{name}  sensor {}, {status}, group {group}: {what}", sensor.id)];
        effects.extend(self.details(&state.subject));
        effects
    }

    /// Describes what is there now and what comes instead.
    fn details(&self, subject: &HostSubject) -> Vec<String> {
        match (&self.action, subject) {
            (HostCommand::Kill { .. }, HostSubject::Process { process: Some(process), children, .. }) => {
                process_details(process, children)
            }
            (HostCommand::Execute { output_file: Some(path), .. }, _) => vec![format!(
                "Its output is written to {} on the host; that file is then fetched and deleted",
                text::excerpt(&path.as_str().into())
            )],
            (HostCommand::Execute { output_file: None, .. }, _) => {
                vec!["Its end and its output are not waited for".into()]
            }
            (HostCommand::PutFile(new), _) => {
                vec![format!("{} bytes, MD5 {}", text::group_thousands(new.hash.size), new.hash.md5)]
            }
            (HostCommand::SetValue { kind, data, .. }, subject) => {
                let data = match data {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                vec![
                    format!("Now: {}", subject.describe()),
                    format!("Then: {} {}", text::fit(&kind.as_str().into(), 40), text::fit(&data.into(), 120)),
                ]
            }
            (HostCommand::CloseSession { .. }, HostSubject::Session { runs, .. }) => {
                let mut details = vec![format!("Now: {}", subject.describe())];
                details.extend(runs.iter().flatten().last().map(|run| format!("Last command: {}", describe_run(run))));
                details
            }
            (HostCommand::DeleteKey { .. }, HostSubject::Key(Some(key))) => {
                let mut details = vec![format!("Now: {}", subject.describe())];
                details.extend(key_details(key));
                details
            }
            (HostCommand::DumpMemory { .. }, subject) => vec![
                format!("Now: {}", subject.describe()),
                "The file is then fetched and deleted on the host".to_owned(),
            ],
            (_, subject) => vec![format!("Now: {}", subject.describe())],
        }
    }

    /// Returns what speaks against the change.
    fn warnings(&self, state: &HostSnapshot) -> Vec<String> {
        match (&self.action, &state.subject) {
            (HostCommand::Kill { started, .. }, HostSubject::Process { process: Some(process), .. }) => {
                let mut warnings = Vec::new();
                if started.is_none() || process.started.is_none() {
                    warnings.push("Its start is unknown, so another process could have its number".into());
                }
                if is_system_process(process, state.sensor.path_separator()) {
                    warnings.push("This is a process of the operating system itself: without it the host stops".into());
                }
                if is_sensor_process(process) {
                    warnings.push("This is the sensor itself: without it no events, isolation or Live Response".into());
                }
                warnings
            }
            (HostCommand::SetValue { kind, .. }, HostSubject::Value(Some(old)))
                if old.kind != RegistryType::parse(&kind.as_str().into()) =>
            {
                vec![format!("The type changes: it is {}", describe_value(old))]
            }
            (HostCommand::CloseSession { .. }, HostSubject::Session { runs: None, .. }) => {
                vec!["Its commands cannot be listed: one may be under way".into()]
            }
            (HostCommand::CloseSession { .. }, HostSubject::Session { runs: Some(runs), .. }) => {
                let running = runs.iter().filter(|run| !run.status.is_final());
                running.map(|run| format!("A command is under way: {}", describe_run(run))).collect()
            }
            (HostCommand::DeleteKey { .. }, HostSubject::Key(Some(key))) if key.n_unlogged() > 0 => {
                vec![format!(
                    "The log keeps {} of its values, and not {} others",
                    key.logged_values().len(),
                    key.n_unlogged()
                )]
            }
            _ => Vec::new(),
        }
    }

    /// Uploads the file and returns its number.
    async fn upload(&self, session: &LiveSession, client: &Client) -> Result<StoredFileId, Error> {
        let HostCommand::PutFile(new) = &self.action else {
            return Err(Error::Internal);
        };
        client.upload_file(session.id, &Upload { name: new.name.clone(), content: new.content.0.to_vec() }).await
    }
}

impl Operation for HostChange {
    type State = HostSnapshot;

    fn verb(&self) -> &'static str {
        self.action.verb()
    }

    fn aspect(&self) -> Aspect {
        Aspect::Host
    }

    fn target(&self) -> Target {
        Target::Sensor(self.sensor)
    }

    fn needs_reason(&self) -> bool {
        true
    }

    fn desired(&self, _: &Justification) -> Value {
        self.action.desired()
    }

    async fn read(&self, client: &Client) -> Result<HostSnapshot, Error> {
        let sensor = client.sensor(self.sensor).await?;
        if let HostCommand::CloseSession { session } = self.action {
            let subject = HostSubject::read_session(session, client).await?;
            return Ok(HostSnapshot { sensor, session: None, is_own: false, subject });
        }
        let mut session = HostSession::new(client.clone(), sensor, self.limit.0, ());
        match Box::pin(HostSubject::read(&self.action, &mut session)).await {
            Ok(subject) => {
                let (session, sensor, is_own) = session.into_session();
                Ok(HostSnapshot { sensor, session, is_own, subject })
            }
            Err(error) => {
                // The failure is reported; an idle session is closed by the server.
                let _ = session.close().await;
                Err(error.into())
            }
        }
    }

    fn write_requests(&self, state: &HostSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        match (&self.action, &state.session, &state.subject) {
            (HostCommand::CloseSession { .. }, _, HostSubject::Session { session: Some(session), .. }) => {
                vec![WriteRequest::close_live_session(session)]
            }
            (HostCommand::PutFile(new), Some(session), _) => {
                vec![
                    WriteRequest::upload(session.id, &new.name, &new.hash.md5.to_string(), new.hash.size),
                    WriteRequest::put_uploaded_file(session.id, &new.path),
                ]
            }
            (action, Some(session), _) => {
                let command = action.command(StoredFileId(0));
                command.map(|command| WriteRequest::live_command(session.id, &command)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    async fn send(
        &self,
        state: &HostSnapshot,
        request: &WriteRequest,
        previous: Option<&WriteReply>,
        client: &Client,
    ) -> Result<WriteReply, Error> {
        let Some(session) = &state.session else {
            return client.send_write(request).await;
        };
        let file = match (&self.action, previous) {
            (HostCommand::PutFile(_), None) => {
                return Ok(WriteReply::File(Box::pin(self.upload(session, client)).await?));
            }
            (_, Some(WriteReply::File(file))) => Some(*file),
            _ => None,
        };
        let Some(command) = self.action.command(file.unwrap_or(StoredFileId(0))) else {
            return Err(Error::Internal);
        };
        let request = match file {
            // The number of the uploaded file is known only now.
            Some(_) => &WriteRequest::live_command(session.id, &command),
            None => request,
        };
        let (sensor, session) = (state.sensor.clone(), session.clone());
        let id = session.id;
        let mut host = HostSession::resume(client.clone(), sensor, self.limit.0, session);
        let outcome = Box::pin(host.change(&command, request)).await;
        if let Some(file) = file
            && let Err(error) = client.delete_session_file(id, file).await
        {
            tracing::warn!("file {file} of session {id} stays on the server: {error}");
        }
        let run = outcome?;
        if let (HostCommand::DumpMemory { .. }, Some(code)) = (&self.action, run.output.return_code)
            && code != 0
        {
            let reason = format!("the memory dump ended with code {code}");
            return Err(live_response::Error::Unknown { host: host.host(), reason }.into());
        }
        Ok(WriteReply::Host(describe_end(&run)))
    }

    async fn release(&self, state: &HostSnapshot, client: &Client) {
        if let Some(session) = state.session.as_ref().filter(|_| state.is_own)
            && let Err(error) = client.close_live_session(session).await
        {
            // The server closes it itself after two minutes.
            tracing::warn!("session {} was not closed: {error}", session.id);
        }
    }

    fn place(&self) -> &'static str {
        match self.action {
            HostCommand::CloseSession { .. } => "server",
            _ => "host",
        }
    }

    /// A session with a host is opened only for someone who asks for it.
    fn is_read_unasked(&self) -> bool {
        false
    }

    fn is_unverifiable(&self) -> bool {
        // A file with a part of the memory looks like the dump.
        matches!(self.action, HostCommand::Execute { .. } | HostCommand::DumpMemory { .. })
    }

    fn stage(&self, state: &HostSnapshot) -> LoggedStage {
        immediate_stage(self.is_satisfied_by(&state.subject))
    }

    fn inverse(&self, before: &Value, _: &Value) -> Result<Self, &'static str> {
        Ok(Self { action: self.action.inverse(before)?, ..self.clone() })
    }

    fn replaced_members(&self) -> Option<Value> {
        match self.action {
            HostCommand::Execute { .. } => None,
            HostCommand::CloseSession { .. } => Some(json!({"session": null, "running": null})),
            _ => Some(self.action.desired()),
        }
    }

    fn no_op_reason(&self, state: &HostSnapshot) -> Option<String> {
        let is_satisfied = self.is_satisfied_by(&state.subject) == Some(true);
        let object = || text::excerpt(&self.action.object().into());
        Some(match &self.action {
            // Its number may have another process, which is then rejected.
            HostCommand::Kill { .. } if matches!(&state.subject, HostSubject::Process { successor: Some(_), .. }) => {
                return None;
            }
            _ if !is_satisfied => return None,
            HostCommand::Kill { .. } | HostCommand::CloseSession { .. } => format!("has no {} any more", object()),
            HostCommand::DeleteFile { .. } | HostCommand::DeleteValue { .. } | HostCommand::DeleteKey { .. } => {
                format!("has no {}", object())
            }
            HostCommand::SetValue { .. } => format!("has this value already: {}", state.subject.describe()),
            _ => format!("has {} already: {}", object(), state.subject.describe()),
        })
    }

    fn rejection(&self, state: &HostSnapshot) -> Option<(&'static str, &'static str)> {
        let lacks = |kind| state.session.as_ref().is_some_and(|session| !session.supports(kind));
        if self.command_kind().is_some_and(lacks) {
            return Some(("has a sensor without this command", "a newer sensor may have it"));
        }
        let is_posix_path = self.action.path().map(|path| path.starts_with('/'));
        if is_posix_path.is_some_and(|is_posix| is_posix != (state.sensor.path_separator() == '/')) {
            return Some(("has no such paths", r"write it as c:\x\y for Windows, and as /x/y for other hosts"));
        }
        match (&self.action, &state.subject) {
            (HostCommand::Kill { .. }, HostSubject::Process { successor: Some(_), .. }) => {
                Some(("has another process with this number by now", "`lampblack lr ps HOST` lists the processes"))
            }
            (
                HostCommand::PutFile(_) | HostCommand::CreateDirectory { .. } | HostCommand::DumpMemory { .. },
                HostSubject::File { entry: Some(_), .. },
            ) => Some(("has a file at this path, which is never overwritten", "choose another path")),
            (HostCommand::DeleteFile { expected, .. }, HostSubject::File { entry: Some(entry), md5, n_entries }) => {
                let is_expected = match expected {
                    ExpectedEntry::Any => true,
                    ExpectedEntry::Directory => entry.is_directory(),
                    ExpectedEntry::File(expected) => *md5 == Some(expected.md5),
                };
                match n_entries {
                    _ if !is_expected => {
                        Some(("has another file at this path by now", "`lampblack lr ls HOST PATH` shows it"))
                    }
                    Some(1..) => Some(("has a directory there that is not empty", "delete its entries first")),
                    _ => None,
                }
            }
            (HostCommand::DeleteKey { .. }, HostSubject::Key(Some(key))) if key.n_sub_keys > 0 => {
                Some(("has keys below this one", "delete them first"))
            }
            _ => None,
        }
    }

    fn describe(&self, state: &HostSnapshot) -> String {
        state.subject.describe()
    }

    async fn assess(
        &self,
        state: &HostSnapshot,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        let HostProtection { reason, name_doubt, mut notes, group } =
            HostProtection::find(&state.sensor, context).await;
        let group = group.map_or_else(|| "unknown".to_owned(), |group| text::make_visible(&group.name));
        let finality = self.action.finality();
        notes.extend(finality.map(describe_loss));
        Ok(Ok(Assessment {
            effects: self.effects(state, &group),
            warnings: name_doubt.into_iter().chain(self.warnings(state)).collect(),
            notes,
            protection: reason,
            ..Assessment::default()
        }))
    }
}

impl Snapshot for HostSnapshot {
    fn target_name(&self) -> Untrusted {
        self.sensor.computer_name.clone()
    }

    fn snapshot_json(&self) -> Value {
        let mut state = self.subject.snapshot_json();
        if let Some(session) = &self.session {
            state["session_id"] = json!(session.id.0);
        }
        state
    }
}

/// Describes a process that is to be ended, and those that it has started.
fn process_details(process: &HostProcess, children: &[HostProcess]) -> Vec<String> {
    /// More children are counted.
    const MAX_CHILDREN: usize = 10;
    let mut details = vec![format!("Now: {}", describe_process(process))];
    if !process.command_line.is_empty() {
        details.push(format!("Command line: {}", text::fit(&process.command_line, 200)));
    }
    let shown = children.iter().take(MAX_CHILDREN);
    let mut names: Vec<_> = shown.map(|child| format!("{} {}", child.pid, text::fit(&child.name(), 40))).collect();
    if children.len() > MAX_CHILDREN {
        names.push(format!("{} more", children.len() - MAX_CHILDREN));
    }
    details.push(match &names[..] {
        [] => "It has started no process that still runs".to_owned(),
        names => format!("Processes that it has started, and that stay: {}", names.join(", ")),
    });
    details
}

/// Describes the values of a key that is to be deleted.
fn key_details(key: &KeyContent) -> Vec<String> {
    /// More values are counted.
    const MAX_VALUES: usize = 10;
    let describe = |value: &RegistryValue| {
        let name = if value.name.is_empty() { "(default)".to_owned() } else { text::fit(&value.name, 60) };
        format!("Its value {name}: {}", describe_value(value))
    };
    let n_others = key.values.len().saturating_sub(MAX_VALUES);
    let others = (n_others > 0).then(|| format!("{} more", text::pluralize(n_others, "value", "values")));
    key.values.iter().take(MAX_VALUES).map(describe).chain(others).collect()
}

/// Describes a command of a session: who sent it, when, and its status.
fn describe_run(run: &CommandRun) -> String {
    let at = run.created.map_or_else(String::new, |at| format!(" at {}", time(at)));
    let status = match &run.status {
        RunStatus::Pending => "pending",
        RunStatus::InProgress => "in progress",
        RunStatus::Complete => "complete",
        RunStatus::Error => "failed",
        RunStatus::Canceled => "cancelled",
        RunStatus::Other(_) => "of an unknown status",
    };
    let user = if run.user.is_empty() { "an unknown user".to_owned() } else { text::make_visible(&run.user) };
    format!("{} {} by {user}{at}, {status}", text::make_visible(&run.name), text::fit(&run.object, 80))
}

/// Describes what a host has answered to a command.
fn describe_end(run: &CommandRun) -> String {
    match (run.output.pid, run.output.return_code) {
        (Some(pid), Some(code)) => format!("process {pid} ended with exit code {code}"),
        (Some(pid), None) => format!("process {pid} was started"),
        _ => "done".to_owned(),
    }
}
