//! `binary download`: a file on the disk, proven to be the one that was asked for.

use std::path::PathBuf;

use tokio::select;

use super::{Caller, Exit, Failure, found, uncollected};
use crate::cli::BinaryDownload;
use crate::commands::signals::told_to_stop;
use crate::download::{self, Error, Form, Order, Progress};
use crate::fetch::Reader;

/// Runs `binary download`.
pub(in super::super) async fn download(args: &BinaryDownload, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let binary = found(&mut Reader::new(client.clone()), args.md5).await?;
    let form = match (args.extract, args.protect) {
        (true, _) => Form::Extracted,
        (false, true) => Form::Protected,
        (false, false) => Form::Archive,
    };
    let name = || PathBuf::from(download::file_name(&binary.value, form));
    let order = Order {
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
    let mut words = Words::default();
    let outcome = select! {
        // A copy under way is put down in order: what there is of it goes.
        _ = told_to_stop() => Err(Failure::new(Exit::Failed, "stopped; nothing was kept")),
        outcome = download::download(&client, &order, |progress| words.tell(progress, caller)) => {
            outcome.map_err(failed)
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

fn failed(error: Error) -> Failure {
    let said = error.to_string();
    match error {
        Error::Server(error) => uncollected(error),
        Error::NoRoom { .. } => Failure::new(Exit::Failed, said).hint("choose another place with -o"),
        Error::Partial { .. } | Error::Another { .. } => {
            Failure::new(Exit::Failed, said).hint("--keep-unverified keeps what there is, as NAME.unverified")
        }
        Error::Record(_) | Error::Archive(_) => Failure::new(Exit::Failed, said),
    }
}

/// Says how far a download has got, not too often.
#[derive(Default)]
struct Words {
    /// When to say so next, in bytes.
    next: u64,
}

impl Words {
    fn tell(&mut self, progress: Progress, caller: &mut Caller<'_>) {
        /// How many bytes come between two words.
        const STEP: u64 = 256 * 1024;
        if progress.done >= self.next.max(STEP) {
            self.next = progress.done + STEP;
            caller.progress(&progress.words());
        }
    }
}
