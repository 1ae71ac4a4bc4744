//! The `lr get` command: a file of a host, hashed, never over an existing file.

use std::path::PathBuf;

use tokio::select;

use super::reader::{LoggedSession, Reader};
use crate::api;
use crate::cli::GetFile;
use crate::commands::{CommandCx, Exit, Failure, progress_line::ProgressLine, signals::wait_for_shutdown};
use crate::download::{
    self, FileSource, HostFile, HostFileRequest, SaveFormat, SavedPart, Saving, host_file_name, part_path,
};
use crate::live_response::{Error, StoredCopy};
use crate::model::{LiveCommand, Sensor};

/// How often a download that breaks off is continued.
const MAX_RESUMED: u32 = 5;

/// Runs `lr get`.
pub(super) async fn get(args: &GetFile, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let reader = Reader::connect(args.live, cx).await?;
    let sensor = reader.resolve_one(&args.host, cx).await?;
    let request = save_request(args, &sensor);
    let saving = Saving::start(request).map_err(download_failure)?;
    let mut session = reader.session(sensor);
    let remote = RemoteFile { path: &args.path, offset: args.offset };
    let saved = save(remote, saving, &mut session, cx).await.map_err(Failure::from);
    if !args.live.keep {
        delete_copies(&mut session, cx).await;
    }
    reader.close(&mut session).await;
    report_saved(&saved?, cx)
}

/// Prints the path of a saved file, and notes its hashes.
pub(super) fn report_saved(file: &HostFile, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    cx.note(&format!("{} bytes, MD5 {}, SHA-256 {}", file.size, file.md5, file.sha256));
    writeln!(cx.streams.out, "{}", file.path.display())?;
    Ok(Exit::Done)
}

/// A file on a host, from a byte on.
#[derive(Clone, Copy)]
pub(super) struct RemoteFile<'a> {
    pub(super) path: &'a str,
    pub(super) offset: u64,
}

impl RemoteFile<'_> {
    /// Returns the command that fetches the file after the bytes that are there.
    fn command(self, done: u64) -> LiveCommand {
        LiveCommand::GetFile { path: self.path.to_owned(), offset: self.offset.saturating_add(done), count: None }
    }
}

/// Why a file was not saved.
pub(super) struct SaveFailure {
    pub(super) failure: Failure,
    /// Whether the next file of the host may be saved nevertheless.
    pub(super) is_of_file_alone: bool,
}

impl From<Error> for SaveFailure {
    fn from(error: Error) -> Self {
        Self { is_of_file_alone: error.is_of_command_alone(), failure: error.into() }
    }
}

impl From<download::Error> for SaveFailure {
    fn from(error: download::Error) -> Self {
        let is_of_file_alone = match &error {
            download::Error::Partial { .. }
            | download::Error::OtherPart { .. }
            | download::Error::Changed { .. }
            | download::Error::Incomplete { .. }
            | download::Error::HashMismatch { .. }
            | download::Error::Server(api::Error::NotFound { .. }) => true,
            download::Error::Record(_)
            | download::Error::Server(_)
            | download::Error::Archive(_)
            | download::Error::NoSpace { .. } => false,
        };
        Self { is_of_file_alone, failure: download_failure(error) }
    }
}

impl From<SaveFailure> for Failure {
    fn from(SaveFailure { failure, .. }: SaveFailure) -> Self {
        failure
    }
}

/// Returns where the file is saved: a new file, or a safe name in a directory.
fn save_request(args: &GetFile, sensor: &Sensor) -> HostFileRequest {
    let format = if args.protect { SaveFormat::Protected } else { SaveFormat::Extracted };
    let path_on_host = args.path.as_str().into();
    let file_name = host_file_name(&sensor.computer_name, &path_on_host, format);
    let path = match &args.output {
        None => PathBuf::from(file_name),
        Some(path) if path.is_dir() => path.join(file_name),
        Some(path) => path.clone(),
    };
    let name = host_file_name(&sensor.computer_name, &path_on_host, SaveFormat::Extracted);
    HostFileRequest { name, format, path }
}

/// Saves a file of the host. What has come by a failure or a signal is kept for the next attempt.
pub(super) async fn save(
    remote: RemoteFile<'_>,
    mut saving: Saving,
    session: &mut LoggedSession,
    cx: &mut CommandCx<'_>,
) -> Result<HostFile, SaveFailure> {
    let fetched = select! {
        biased;
        fetched = Box::pin(fetch(remote, &mut saving, session, cx)) => fetched,
        _ = wait_for_shutdown() => {
            Err(SaveFailure { failure: Failure::new(Exit::Failed, "stopped"), is_of_file_alone: false })
        }
    };
    cx.progress("");
    // The command may have been stopped before its end.
    session.stop().await?;
    let Err(mut failed) = fetched else {
        return Ok(saving.finish().await?);
    };
    let reports = &mut failed.failure.reports;
    match saving.keep_part() {
        Ok(None) => {}
        Ok(Some(SavedPart { path, received })) => {
            reports.push((
                format!("{received} bytes are kept in {}", path.display()),
                Some("run the command again: it continues there".to_owned()),
            ));
        }
        Err(error) => reports.push((format!("the bytes that have come are lost: {error}"), None)),
    }
    Err(failed)
}

/// Fetches the file from the host to the server and from there to the disk, and continues where a connection breaks off.
async fn fetch(
    remote: RemoteFile<'_>,
    saving: &mut Saving,
    session: &mut LoggedSession,
    cx: &mut CommandCx<'_>,
) -> Result<(), SaveFailure> {
    let mut progress_line = ProgressLine::default();
    let mut n_resumed = 0;
    loop {
        cx.progress("waiting for the host; ^c cancels");
        let source = find_source(remote, session).await?;
        let size = source.size;
        saving.set_source(source)?;
        if n_resumed == 0 && saving.received_bytes() > 0 {
            let part = part_path(saving.path());
            cx.note(&format!("continues {} at byte {}", part.display(), saving.received_bytes()));
        }
        if let Some(size) = size {
            let missing = size.saturating_sub(remote.offset).saturating_sub(saving.received_bytes());
            saving.check_free_space(missing)?;
            cx.progress(&format!("{missing} bytes"));
        }
        let run = session.read(&remote.command(saving.received_bytes())).await?;
        let copy = session.copy(&run).ok_or_else(|| session.unreadable(&remote.command(0)))?;
        let receiving = receive(saving, copy, session.client(), &mut progress_line, cx);
        match session.keep_while(receiving).await {
            Ok(()) => return Ok(()),
            Err(download::Error::Server(error)) if n_resumed < MAX_RESUMED && may_be_continued(&error) => {
                n_resumed += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Asks the host for size and times of the file. What is not listed, such as an alternate stream, may still be read.
async fn find_source(remote: RemoteFile<'_>, session: &mut LoggedSession) -> Result<FileSource, Error> {
    let listed = match session.read(&LiveCommand::ListDirectory { pattern: remote.path.to_owned() }).await {
        Ok(run) => match &run.output.files[..] {
            [entry] if !entry.is_directory() => Some(entry.clone()),
            _ => None,
        },
        Err(Error::Failed { .. } | Error::NoCommand { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(FileSource {
        server: session.client().server().to_owned(),
        sensor: session.sensor().id,
        path: remote.path.to_owned(),
        offset: remote.offset,
        size: listed.as_ref().and_then(|entry| entry.size),
        created: listed.as_ref().and_then(|entry| entry.created),
        written: listed.as_ref().and_then(|entry| entry.written),
    })
}

/// Receives the copy of the server. Its size is checked against the free space first.
async fn receive(
    saving: &mut Saving,
    StoredCopy { session, file }: StoredCopy,
    client: &api::Client,
    progress_line: &mut ProgressLine,
    cx: &mut CommandCx<'_>,
) -> Result<(), download::Error> {
    // Without the record the size is not known; the file is fetched nevertheless.
    let record = client.session_file(session, file).await.ok();
    if let Some(status) = record.as_ref().and_then(|record| record.status).filter(|status| !status.is_success()) {
        return Err(download::Error::Incomplete { status });
    }
    let missing = record.and_then(|record| record.size);
    if let Some(missing) = missing {
        saving.check_free_space(missing)?;
    }
    let size = missing.map(|missing| missing.saturating_add(saving.received_bytes()));
    let download = client.session_file_content(session, file).await?;
    saving.receive(download, size, |progress| progress_line.report_progress(progress, cx)).await
}

/// Deletes what the session has brought to the server, and warns of what stays there.
pub(super) async fn delete_copies(session: &mut LoggedSession, cx: &mut CommandCx<'_>) {
    let days = session.storage_days().map_or_else(|| "some days".to_owned(), |days| format!("{days} days"));
    for (copy, error) in session.delete_copies().await {
        cx.warn(&format!(
            "a copy of the file stays on the server for {days}, as file {} of session {}: {error}",
            copy.file, copy.session
        ));
    }
}

/// Whether a download may be continued after an error.
fn may_be_continued(error: &api::Error) -> bool {
    error.is_transient() || matches!(error, api::Error::Malformed { .. } | api::Error::SessionGone { .. })
}

pub(super) fn download_failure(error: download::Error) -> Failure {
    let text = error.to_string();
    let failure = Failure::new(Exit::Failed, text);
    match error {
        download::Error::Server(error) => error.into(),
        download::Error::OtherPart { .. } => failure.with_hint("move the part away, or choose another path with -o"),
        download::Error::Changed { .. } => failure.with_hint("choose another path with -o to fetch the new content"),
        download::Error::NoSpace { .. } => failure.with_hint("choose another path with -o"),
        download::Error::Record(_)
        | download::Error::Archive(_)
        | download::Error::Partial { .. }
        | download::Error::Incomplete { .. }
        | download::Error::HashMismatch { .. } => failure,
    }
}
