//! The `lr get` command: a file of a host, hashed, never over an existing file.

use std::path::PathBuf;

use tokio::select;

use super::reader::Reader;
use crate::api::{self, Client};
use crate::cli::GetFile;
use crate::commands::{CommandCx, Exit, Failure, progress_line::ProgressLine, signals::wait_for_shutdown};
use crate::download::{self, HostFile, HostFileRequest, SaveFormat, Saving, host_file_name, part_path};
use crate::live_response::HostSession;
use crate::model::{LiveCommand, LiveSessionId, Sensor, StoredFileId};

/// How often a download that breaks off is continued.
const MAX_RESUMED: u32 = 5;

/// Runs `lr get`.
pub(super) async fn get(args: &GetFile, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut reader = Reader::connect(args.live, cx)?;
    let mut sensors = reader.resolve(std::slice::from_ref(&args.host), cx).await?;
    let Some(sensor) = sensors.pop() else {
        return Err(Failure::usage("no host is given"));
    };
    let request = save_request(args, &sensor);
    let saving = Saving::start(request.clone()).map_err(download_failure)?;
    if saving.received_bytes() > 0 {
        cx.note(&format!("continues {} at byte {}", part_path(&request.path).display(), saving.received_bytes()));
    }
    let line = reader.log_read(&sensor, &get_command(args, 0), cx).await?;
    let client = reader.client().clone();
    let mut session = reader.session(sensor);
    let outcome = select! {
        biased;
        outcome = fetch(args, saving, &mut session, &client, cx) => outcome,
        _ = wait_for_shutdown() => Err(Failure::new(Exit::Failed, "stopped; nothing was saved")),
    };
    cx.progress("");
    reader.close(&mut session).await;
    let failure = outcome.as_ref().err().and_then(|failure| failure.reports.first());
    reader.log_outcome(line, failure.map(|(error, _)| error.as_str()), cx).await?;
    let file = outcome?;
    cx.note(&format!("{} bytes, MD5 {}, SHA-256 {}", file.size, file.md5, file.sha256));
    writeln!(cx.streams.out, "{}", file.path.display())?;
    Ok(Exit::Done)
}

/// Returns the command that fetches the file after the bytes that are there.
fn get_command(args: &GetFile, done: u64) -> LiveCommand {
    LiveCommand::GetFile { path: args.path.clone(), offset: args.offset.saturating_add(done), count: None }
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

/// Fetches the file from the host to the server and from there to the disk, and continues where a connection breaks off.
async fn fetch(
    args: &GetFile,
    mut saving: Saving,
    session: &mut HostSession,
    client: &Client,
    cx: &mut CommandCx<'_>,
) -> Result<HostFile, Failure> {
    let mut progress_line = ProgressLine::default();
    let mut n_resumed = 0;
    loop {
        cx.progress("waiting for the host; ^c cancels");
        let run = session.run(&get_command(args, saving.received_bytes()), |_| {}).await?;
        let (Some(open), Some(file)) = (session.session(), run.file) else {
            return Err(Failure::new(Exit::Failed, "the server names no file in its response"));
        };
        let copy = (open.id, file);
        let received = receive(&mut saving, copy, client, &mut progress_line, cx).await;
        if !args.live.keep {
            delete_copy(copy, client).await;
        }
        match received {
            Ok(()) => break,
            Err(download::Error::Server(error)) if n_resumed < MAX_RESUMED && may_be_continued(&error) => {
                n_resumed += 1;
            }
            Err(download::Error::Server(error)) => return Err(download_failure(saving.keep_part(error))),
            Err(error) => return Err(download_failure(error)),
        }
    }
    saving.finish().await.map_err(download_failure)
}

/// Receives the copy of the server. Its size is shown and checked against the free space first.
async fn receive(
    saving: &mut Saving,
    (session, file): (LiveSessionId, StoredFileId),
    client: &Client,
    progress_line: &mut ProgressLine,
    cx: &mut CommandCx<'_>,
) -> Result<(), download::Error> {
    // Without the record the size is not known; the file is fetched nevertheless.
    let missing = client.session_file(session, file).await.ok().and_then(|record| record.size);
    if let Some(missing) = missing {
        saving.check_free_space(missing)?;
        cx.progress(&format!("{missing} bytes"));
    }
    let size = missing.map(|missing| missing.saturating_add(saving.received_bytes()));
    let download = client.session_file_content(session, file).await?;
    saving.receive(download, size, |progress| progress_line.report_progress(progress, cx)).await
}

/// Deletes the copy of the file on the server.
async fn delete_copy((session, file): (LiveSessionId, StoredFileId), client: &Client) {
    if let Err(error) = client.delete_session_file(session, file).await {
        // The server deletes it itself after some days.
        tracing::warn!("the copy of the file on the server was not deleted: {error}");
    }
}

/// Whether a download may be continued after an error.
fn may_be_continued(error: &api::Error) -> bool {
    error.is_transient() || matches!(error, api::Error::Malformed { .. } | api::Error::SessionGone { .. })
}

fn download_failure(error: download::Error) -> Failure {
    let text = error.to_string();
    match error {
        download::Error::Server(error) => error.into(),
        download::Error::Broken { .. } => {
            Failure::new(Exit::Failed, text).with_hint("run the command again: it continues there")
        }
        download::Error::NoSpace { .. } => Failure::new(Exit::Failed, text).with_hint("choose another path with -o"),
        download::Error::Record(_)
        | download::Error::Archive(_)
        | download::Error::Partial { .. }
        | download::Error::HashMismatch { .. } => Failure::new(Exit::Failed, text),
    }
}
