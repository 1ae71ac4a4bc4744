//! `binary download`: a file on the disk, proven to be the one that was asked for.

use std::path::PathBuf;

use tokio::select;

use super::{CommandCx, Exit, Failure, fetch_binary, no_copy_failure};
use crate::cli::BinaryDownload;
use crate::commands::signals::wait_for_shutdown;
use crate::download::{self, DownloadProgress, DownloadRequest, Error, SaveFormat};
use crate::fetch::Fetcher;

/// Runs `binary download`.
pub(in super::super) async fn download(args: &BinaryDownload, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let binary = fetch_binary(&mut Fetcher::new(client.clone()), args.md5).await?;
    let form = match (args.extract, args.protect) {
        (true, _) => SaveFormat::Extracted,
        (false, true) => SaveFormat::Protected,
        (false, false) => SaveFormat::Archive,
    };
    let name = || PathBuf::from(download::file_name(&binary.value, form));
    let order = DownloadRequest {
        form,
        path: args.output.clone().unwrap_or_else(name),
        keeps_unverified: args.keep_unverified,
        binary: binary.value.clone(),
    };
    if order.keeps_unverified && order.binary.is_partial() {
        let size = |size: Option<u64>| size.unwrap_or_default();
        let (stored, whole) = (size(order.binary.stored_size), size(order.binary.size));
        caller.warn(&format!("the server has only the first {stored} of {whole} bytes"));
    }
    let mut words = ProgressLine::default();
    let outcome = select! {
        // A copy under way is put down in order: what there is of it goes.
        _ = wait_for_shutdown() => Err(Failure::new(Exit::Failed, "stopped; nothing was kept")),
        outcome = download::download(&client, &order, |progress| words.report_progress(progress, caller)) => {
            outcome.map_err(download_failure)
        }
    };
    caller.progress("");
    let kept = outcome?;
    let said = |came| {
        let (size, md5) = (kept.size, kept.md5);
        format!("{size} bytes{came}, and they hash to {md5}")
    };
    if kept.is_verified {
        caller.note(&said(""));
    } else {
        caller.warn(&said(" came"));
    }
    writeln!(caller.streams.out, "{}", kept.path.display())?;
    Ok(Exit::Done)
}

fn download_failure(error: Error) -> Failure {
    let said = error.to_string();
    match error {
        Error::Server(error) => no_copy_failure(error),
        Error::NoSpace { .. } => Failure::new(Exit::Failed, said).with_hint("choose another place with -o"),
        Error::Partial { .. } | Error::HashMismatch { .. } => {
            Failure::new(Exit::Failed, said).with_hint("--keep-unverified keeps what there is, as NAME.unverified")
        }
        Error::Record(_) | Error::Archive(_) => Failure::new(Exit::Failed, said),
    }
}

/// Says how far a download has got, not too often.
#[derive(Default)]
struct ProgressLine {
    /// When to say so next, in bytes.
    next_report_at: u64,
}

impl ProgressLine {
    fn report_progress(&mut self, progress: DownloadProgress, caller: &mut CommandCx<'_>) {
        /// How many bytes come between two words.
        const STEP: u64 = 256 * 1024;
        if progress.done >= self.next_report_at.max(STEP) {
            self.next_report_at = progress.done + STEP;
            caller.progress(&progress.describe());
        }
    }
}
