//! The `binary download` command: saves a file and verifies its hash.

use std::path::PathBuf;

use tokio::select;

use super::{CommandCx, Exit, Failure, fetch_binary, no_copy_failure};
use crate::cli::BinaryDownload;
use crate::commands::progress_line::ProgressLine;
use crate::commands::signals::wait_for_shutdown;
use crate::download::{self, DownloadRequest, Error, SaveFormat};
use crate::fetch::Fetcher;

/// Runs `binary download`.
pub(in super::super) async fn download(args: &BinaryDownload, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let binary = fetch_binary(&mut Fetcher::new(client.clone()), args.md5).await?;
    let format = match (args.extract, args.protect) {
        (true, _) => SaveFormat::Extracted,
        (false, true) => SaveFormat::Protected,
        (false, false) => SaveFormat::Archive,
    };
    let name = || PathBuf::from(download::file_name(&binary.value, format));
    let request = DownloadRequest {
        form: format,
        path: args.output.clone().unwrap_or_else(name),
        keeps_unverified: args.keep_unverified,
        binary: binary.value.clone(),
    };
    if request.keeps_unverified && request.binary.is_partial() {
        let size = |size: Option<u64>| size.unwrap_or_default();
        let (stored, full) = (size(request.binary.stored_size), size(request.binary.size));
        cx.warn(&format!("the server has only the first {stored} of {full} bytes"));
    }
    let mut progress_line = ProgressLine::default();
    let outcome = select! {
        // An interrupted download removes its partial file.
        _ = wait_for_shutdown() => Err(Failure::new(Exit::Failed, "stopped; nothing was saved")),
        outcome = download::download(&client, &request, |progress| progress_line.report_progress(progress, cx)) => {
            outcome.map_err(download_failure)
        }
    };
    cx.progress("");
    let downloaded = outcome?;
    let (size, md5) = (downloaded.size, downloaded.md5);
    if downloaded.is_verified {
        cx.note(&format!("{size} bytes, MD5 verified: {md5}"));
    } else {
        cx.warn(&format!("{size} bytes, NOT VERIFIED: the MD5 is {md5}"));
    }
    writeln!(cx.streams.out, "{}", downloaded.path.display())?;
    Ok(Exit::Done)
}

fn download_failure(error: Error) -> Failure {
    let text = error.to_string();
    match error {
        Error::Server(error) => no_copy_failure(error),
        Error::NoSpace { .. } => Failure::new(Exit::Failed, text).with_hint("choose another path with -o"),
        Error::Partial { .. } | Error::HashMismatch { .. } => {
            Failure::new(Exit::Failed, text).with_hint("--keep-unverified keeps the file as NAME.unverified")
        }
        Error::Record(_)
        | Error::Archive(_)
        | Error::OtherPart { .. }
        | Error::Changed { .. }
        | Error::Incomplete { .. } => Failure::new(Exit::Failed, text),
    }
}
