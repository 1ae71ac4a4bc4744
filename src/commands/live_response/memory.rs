//! The `lr memdump` command: dumps the memory of a host into a file there, fetches it, and deletes it on the host.

use std::{convert::Infallible, path::PathBuf};

use tokio::{select, sync::mpsc, time::sleep};

use super::{
    change::{HostWork, with_host},
    execute::{delete_announced, temporary_path},
    file::{RemoteFile, delete_copies, download_failure, report_saved, save},
    reader::LoggedSession,
};
use crate::api::Client;
use crate::changes::{ExpectedEntry, HostCommand};
use crate::cli::DumpMemory;
use crate::commands::{CommandCx, Exit, Failure};
use crate::download::{HostFileRequest, SaveFormat, Saving, host_file_name};
use crate::model::{DumpProgress, FileEntry, LiveCommand, LiveCommandKind, LiveSessionId};

/// Runs `lr memdump`.
pub(super) async fn dump(args: &DumpMemory, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        let saving = Saving::start(save_request(args, work)).map_err(download_failure)?;
        let action = HostCommand::DumpMemory { path: temporary_path(work.session.sensor(), "dmp") };
        let path = action.dump_path().unwrap_or_default();
        let session = work.session.open().await?.id;
        let client = work.session.client().clone();
        let (tx, progress_texts) = mpsc::unbounded_channel();
        cx.progress_texts = Some(progress_texts);
        // A dump takes hours.
        let change = work.change_without_limit(action);
        let left = format!("a part of the dump may be in {path} on the host; `lampblack lr rm` deletes it");
        let applied = select! {
            biased;
            applied = work.apply_first(change, |_| Some(left), cx) => applied,
            never = watch_dump(&client, session, &tx) => match never {},
        };
        cx.progress_texts = None;
        let outcome = match applied? {
            Ok(outcome) => outcome,
            Err(exit) => return Ok(exit),
        };
        let saved = save(RemoteFile { path: &path, offset: 0 }, saving, &mut work.session, cx).await;
        delete_copies(&mut work.session, cx).await;
        let saved = saved.map_err(|failed| failed.failure.with_hint(format!("the dump is in {path} on the host")))?;
        report_saved(&saved, cx)?;
        if let Err(why) = check_size(&path, saved.size, &mut work.session).await {
            cx.warn(&format!("{path} stays on the host: {why}"));
            return Ok(Exit::Failed);
        }
        let delete = work.change(HostCommand::DeleteFile { path: path.clone(), expected: ExpectedEntry::Any });
        delete_announced(delete, &path, &outcome, work, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Tells what the host does, as long as it is asked.
async fn watch_dump(client: &Client, session: LiveSessionId, tx: &mpsc::UnboundedSender<String>) -> Infallible {
    loop {
        sleep(client.timings().read_back_interval).await;
        // Without the list, the dump goes on.
        let runs = client.command_runs(session).await.map_or_else(|_| Vec::new(), |page| page.rows);
        let name = LiveCommandKind::DumpMemory.name();
        let mut dumps = runs.iter().rev().filter(|run| run.name.eq_ignore_case(name) && !run.status.is_final());
        let text = dumps.next().map(|run| describe_dump(run.output.dump));
        let _ = text.map(|text| tx.send(text));
    }
}

fn describe_dump(progress: Option<DumpProgress>) -> String {
    let is_compressing = progress.is_some_and(|progress| progress.is_compressing);
    let what = if is_compressing { "the host compresses the dump" } else { "the host dumps its memory" };
    let percent = progress.and_then(|progress| progress.percent);
    let percent = percent.map_or_else(String::new, |percent| format!(": {percent} %"));
    format!("{what}{percent}; ^c stops the wait")
}

/// Fails unless a file of the host has a size, in bytes.
async fn check_size(path: &str, size: u64, session: &mut LoggedSession) -> Result<(), String> {
    let listed = session.read(&LiveCommand::ListDirectory { pattern: path.to_owned() }).await;
    let run = listed.map_err(|error| format!("its size could not be compared with that of the saved file: {error}"))?;
    match &run.output.files[..] {
        [entry] if entry.size == Some(size) => Ok(()),
        [FileEntry { size: Some(listed), .. }] => {
            Err(format!("it has {listed} bytes there, and the saved file has {size}"))
        }
        _ => Err("its size is unknown".to_owned()),
    }
}

/// Returns where the dump is saved.
fn save_request(args: &DumpMemory, work: &HostWork<'_>) -> HostFileRequest {
    let host = &work.session.sensor().computer_name;
    let name = host_file_name(host, &"memory.dmp.zip".into(), SaveFormat::Extracted);
    let path = match &args.output {
        None => PathBuf::from(&name),
        Some(path) if path.is_dir() => path.join(&name),
        Some(path) => path.clone(),
    };
    HostFileRequest { name, format: SaveFormat::Extracted, path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_of_a_dump_says_what_the_host_does_and_how_much_is_done() {
        let progress = |is_compressing: bool| {
            Some(DumpProgress { is_dumping: !is_compressing, is_compressing, is_complete: false, percent: Some(40) })
        };
        assert_eq!(describe_dump(None), "the host dumps its memory; ^c stops the wait");
        assert_eq!(describe_dump(progress(false)), "the host dumps its memory: 40 %; ^c stops the wait");
        assert_eq!(describe_dump(progress(true)), "the host compresses the dump: 40 %; ^c stops the wait");
    }
}
