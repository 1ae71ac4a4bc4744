//! `binary download`: a file on the disk, proven to be the one that was asked for.

use std::path::{Path, PathBuf};

use tokio::select;

use super::{Caller, Exit, Failure, found, uncollected};
use crate::api::{Client, Download};
use crate::archive::{self, Form, Saved, Saving, safe_name};
use crate::cli::BinaryDownload;
use crate::commands::stop::told_to_stop;
use crate::model::Binary;
use crate::read::Reader;
use crate::record::{self, Draft};

/// Runs `binary download`.
pub(in super::super) async fn download(
    args: &BinaryDownload,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let binary = found(&mut Reader::new(client.clone()), args.md5).await?;
    let plan = Plan::new(args, &binary.value);
    let file = Draft::create(&plan.path)?;
    plan.check_copy(caller)?;
    let outcome = select! {
        // A copy under way is put down in order: what there is of it goes.
        _ = told_to_stop() => Err(Failure::new(Exit::Failed, "stopped; nothing was kept")),
        outcome = plan.fetch(&client, file, caller) => outcome,
    };
    caller.progress("");
    let saved = outcome?;
    let (size, md5) = (saved.size, saved.md5);
    let path = if md5 == args.md5 {
        caller.note(&format!("{size} bytes, and they hash to {md5}"));
        saved.target.keep()?
    } else {
        let said = format!("{size} bytes came, and they hash to {md5}");
        if !args.keep_unverified {
            return Err(Failure::new(Exit::Failed, format!("{said}; nothing was kept")).hint(HINT));
        }
        caller.warn(&said);
        saved.target.renamed(&plan.unverified())?.keep()?
    };
    writeln!(caller.streams.out, "{}", path.display())?;
    Ok(Exit::Done)
}

const HINT: &str = "--keep-unverified keeps what there is, as NAME.unverified";

/// What is kept, and where.
struct Plan<'a> {
    args: &'a BinaryDownload,
    binary: &'a Binary,
    form: Form,
    path: PathBuf,
}

impl<'a> Plan<'a> {
    fn new(args: &'a BinaryDownload, binary: &'a Binary) -> Self {
        let form = match (args.extract, args.protect) {
            (true, _) => Form::Extracted,
            (false, true) => Form::Protected,
            (false, false) => Form::Archive,
        };
        let name = match form {
            Form::Extracted => safe_name(binary.md5, &binary.name()),
            Form::Archive | Form::Protected => format!("{}.zip", binary.md5),
        };
        let path = match &args.output {
            None => PathBuf::from(name),
            Some(path) if path.is_dir() => path.join(name),
            Some(path) => path.clone(),
        };
        Self {
            args,
            binary,
            form,
            path,
        }
    }

    /// The name of what is not what it should be.
    fn unverified(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".unverified");
        name.into()
    }

    /// Fails when it is known beforehand that the copy can prove nothing, and not even that is wanted.
    fn check_copy(&self, caller: &mut Caller<'_>) -> Result<(), Failure> {
        if !self.binary.is_partial() {
            return Ok(());
        }
        let size = |size: Option<u64>| size.unwrap_or_default();
        let (stored, whole) = (size(self.binary.stored_size), size(self.binary.size));
        let said = format!("the server has only the first {stored} of {whole} bytes");
        if !self.args.keep_unverified {
            let said = format!("{said}, which cannot hash to {}", self.binary.md5);
            return Err(Failure::new(Exit::Failed, said).hint(HINT));
        }
        caller.warn(&said);
        check_free(&self.unverified())
    }

    /// Brings it onto the disk.
    async fn fetch(
        &self,
        client: &Client,
        file: Draft,
        caller: &mut Caller<'_>,
    ) -> Result<Saved<Draft>, Failure> {
        let mut download = client
            .download(self.binary.md5)
            .await
            .map_err(uncollected)?;
        self.check_room(&file, &download)?;
        // A server that has more of it than there is lies, or means another file.
        let most = self.binary.size.max(self.binary.stored_size);
        let name = safe_name(self.binary.md5, &self.binary.name());
        let failed = |error| self.failed(error);
        let most = most.unwrap_or(u64::MAX);
        let mut saving = Saving::new(file, self.form, &name, most).map_err(failed)?;
        let mut progress = Progress::of(download.length());
        while let Some(piece) = download.next().await? {
            let piece = piece.as_ref();
            saving.feed(piece).map_err(failed)?;
            progress.add(piece.len(), caller);
        }
        saving.finish().map_err(failed)
    }

    /// Fails before a byte is written when there is no room for all of them.
    fn check_room(&self, file: &Draft, download: &Download) -> Result<(), Failure> {
        let stored = self.binary.stored_size;
        let wanted = match self.form {
            Form::Archive => download.length().or(stored),
            Form::Extracted | Form::Protected => stored,
        };
        match (wanted, file.room()) {
            (Some(wanted), Some(room)) if wanted > room => Err(Failure::new(
                Exit::Failed,
                format!("{wanted} bytes do not fit beside what is there: there is room for {room}"),
            )
            .hint("choose another place with -o")),
            _ => Ok(()),
        }
    }

    fn failed(&self, error: archive::Error) -> Failure {
        let error = match error {
            archive::Error::Write(error) => {
                record::Error::new("write", &self.path, &error).to_string()
            }
            error => format!("{error}; nothing was kept"),
        };
        Failure::new(Exit::Failed, error)
    }
}

/// Fails when there is a file of this name.
fn check_free(path: &Path) -> Result<(), Failure> {
    // Nothing is written yet, and what was begun goes at once.
    Draft::create(path)?;
    Ok(())
}

/// How far a download has got.
struct Progress {
    length: Option<u64>,
    done: u64,
    /// When to say so next.
    next: u64,
}

impl Progress {
    /// How many bytes come between two words.
    const STEP: u64 = 256 * 1024;

    fn of(length: Option<u64>) -> Self {
        Self {
            length,
            done: 0,
            next: Self::STEP,
        }
    }

    fn add(&mut self, bytes: usize, caller: &mut Caller<'_>) {
        self.done += u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.done < self.next {
            return;
        }
        self.next = self.done + Self::STEP;
        let kib = |bytes: u64| bytes / 1024;
        caller.progress(&match self.length {
            Some(length) => format!("{} of {} KiB", kib(self.done), kib(length)),
            None => format!("{} KiB", kib(self.done)),
        });
    }
}
