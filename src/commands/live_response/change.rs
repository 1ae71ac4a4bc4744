//! Commands that change a host: `lr kill`, `lr put`, `lr rm`, `lr mkdir`.

use std::{fs, path::Path};

use md5::Digest;
use tokio::select;

use super::reader::{LoggedSession, Reader, time_limit};
use crate::changes::{
    Change, CommandLimit, ExpectedEntry, FileContent, FileHash, HostChange, HostCommand, NewHostFile, Outcome,
};
use crate::cli::{ChangeArgs, ChangePath, HostArgs, KillProcess, PutFile, WaitLimit};
use crate::commands::{
    CommandCx, Exit, Failure,
    apply::{apply_changes, apply_one, exit_of},
    signals::wait_for_shutdown,
};
use crate::live_response::Error;
use crate::model::{CommandRun, LiveCommand, Md5};
use crate::storage::FileError;
use crate::text;

/// A session in which a host is changed. It stays open until the outcome was read back.
pub(super) struct HostWork<'a> {
    pub(super) reader: Reader,
    pub(super) session: LoggedSession,
    pub(super) justification: &'a ChangeArgs,
    limit: CommandLimit,
}

impl HostWork<'_> {
    /// Returns the change of this host.
    pub(super) fn change(&self, action: HostCommand) -> Change {
        Change::Host(HostChange { sensor: self.session.sensor().id, action, limit: self.limit })
    }

    /// Returns the change of this host without a time limit for its command.
    pub(super) fn change_without_limit(&self, action: HostCommand) -> Change {
        Change::Host(HostChange { sensor: self.session.sensor().id, action, limit: CommandLimit(None) })
    }

    /// Previews, confirms and applies a change that is the first step of a command, and notes its outcome. The exit code tells
    /// why nothing was sent. `hint` is for a failure with this exit code.
    pub(super) async fn apply_first(
        &self,
        change: Change,
        hint: impl FnOnce(Exit) -> Option<String>,
        cx: &mut CommandCx<'_>,
    ) -> Result<Result<Outcome, Exit>, Failure> {
        let outcome = match apply_one(change, self.justification, self.reader.server(), cx).await? {
            Ok(outcome) => outcome,
            Err(exit) => return Ok(Err(exit)),
        };
        let exit = exit_of(&outcome, WaitLimit::None);
        let note = text::line(&outcome.note);
        if exit == Exit::Done {
            cx.note(&note);
            return Ok(Ok(outcome));
        }
        let failure = Failure::new(exit, note);
        Err(match hint(exit) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        })
    }

    /// Previews, confirms and applies an action, and prints its outcome.
    pub(super) async fn apply(&self, action: HostCommand, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
        let change = self.change(action);
        apply_changes(vec![change], self.justification, WaitLimit::None, self.reader.server(), cx).await
    }
}

/// Opens a session with a host, does some `work` in it, and closes the session, also on a signal. What was sent by then stays
/// in force.
pub(super) async fn with_host<'a>(
    HostArgs { host, justification, live }: &'a HostArgs,
    work: impl AsyncFnOnce(&mut HostWork<'a>, &mut CommandCx<'_>) -> Result<Exit, Failure>,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let live = *live;
    let reader = Reader::connect_to_change(live, justification, cx).await?;
    let sensor = reader.resolve_one(host, cx).await?;
    let session = reader.session(sensor);
    let limit = CommandLimit(time_limit(live));
    let mut host_work = HostWork { reader, session, justification, limit };
    let done = select! {
        biased;
        done = async {
            cx.progress("waiting for the host; ^c cancels");
            host_work.session.open().await?;
            cx.progress("");
            Box::pin(work(&mut host_work, cx)).await
        } => done,
        _ = wait_for_shutdown() => Err(Failure::new(Exit::Failed, "stopped; a command that was sent may still be carried out")
            .with_hint("`lampblack log show` has it; read the state of the host before you retry")),
    };
    cx.progress("");
    let HostWork { reader, mut session, .. } = host_work;
    session.stop().await?;
    reader.close(&mut session).await;
    done
}

/// Returns what a host has read; a failure with exit code 3 if there is no such object.
pub(super) fn require_object(outcome: Result<CommandRun, Error>) -> Result<CommandRun, Failure> {
    outcome.map_err(|error| match error {
        Error::Failed { ref result, .. } if result.code.is_not_found() => {
            Failure::new(Exit::NoResults, error.to_string())
        }
        error => error.into(),
    })
}

/// Runs `lr kill`.
pub(super) async fn kill(args: &KillProcess, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let pid = args.pid;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        let run = work.session.read(&LiveCommand::ListProcesses).await?;
        let Some(process) = run.output.processes.into_iter().find(|process| process.pid == pid) else {
            let text = format!("{} has no process {pid}", work.session.host());
            return Err(Failure::new(Exit::NoResults, text).with_hint("`lampblack lr ps HOST` lists the processes"));
        };
        work.apply(HostCommand::Kill { pid, started: process.started }, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Runs `lr rm`.
pub(super) async fn remove(args: &ChangePath, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let path = exact_path(&args.path)?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        require_object(work.session.read(&LiveCommand::ListDirectory { pattern: path.to_owned() }).await)?;
        work.apply(HostCommand::DeleteFile { path: path.to_owned(), expected: ExpectedEntry::Any }, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Runs `lr mkdir`.
pub(super) async fn create_directory(args: &ChangePath, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let path = exact_path(&args.path)?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        work.apply(HostCommand::CreateDirectory { path: path.to_owned() }, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Runs `lr put`.
pub(super) async fn put(args: &PutFile, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut new = read_local_file(&args.file)?;
    new.path.clone_from(&args.path);
    if args.path.ends_with(['\\', '/']) {
        new.path.push_str(&new.name);
    }
    exact_path(&new.path)?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| work.apply(HostCommand::PutFile(new), cx).await;
    with_host(&args.target, work, cx).await
}

/// Returns a path without a separator at its end; fails if it is a pattern, relative, or a whole drive.
fn exact_path(path: &str) -> Result<&str, Failure> {
    let refused =
        |why: &str| Err(Failure::usage(why.to_owned()).with_hint("name one file or directory from its drive or / on"));
    if path.contains(['*', '?']) {
        return refused("a path to be changed has no * and no ?");
    }
    let mut parts = path.trim_end_matches(['\\', '/']).split(['\\', '/']);
    let drive = parts.next().unwrap_or_default();
    let is_drive = matches!(drive.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic());
    if !is_drive && !path.starts_with('/') && !path.starts_with(r"\\") {
        return refused("the path is not absolute");
    }
    let mut names = parts.filter(|part| !part.is_empty()).peekable();
    if names.peek().is_none() {
        return refused("the path is a whole drive");
    }
    if names.any(|name| matches!(name, "." | "..")) {
        return refused("a path to be changed has no . and no .. in it");
    }
    Ok(path.trim_end_matches(['\\', '/']))
}

/// Reads a file of this machine, which a host is to get.
fn read_local_file(path: &Path) -> Result<NewHostFile, Failure> {
    /// Limit of the size in bytes: the file is held in memory.
    const MAX_SIZE: u64 = 256 << 20;
    let failed = |error: &std::io::Error| Failure::from(FileError::new("read", path, error));
    let metadata = fs::metadata(path).map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(Failure::usage(format!("{} is no file", path.display())));
    }
    if metadata.len() > MAX_SIZE {
        return Err(Failure::new(Exit::Failed, format!("{} is larger than 256 MiB", path.display())));
    }
    let content = fs::read(path).map_err(|error| failed(&error))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let hash = FileHash {
        size: u64::try_from(content.len()).unwrap_or(u64::MAX),
        md5: Md5(md5::Md5::digest(&content).into()),
    };
    Ok(NewHostFile { path: String::new(), name, hash, content: FileContent(content.into()) })
}
