//! A file from the server onto the disk, proven to be the one that was asked for.

mod error;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task;

use crate::api::{Client, Download};
use crate::archive::{self, Saved, Saving, safe_name};
use crate::model::{Binary, Md5};
use crate::storage::{self, Draft};

pub use crate::archive::{Form, PASSWORD};
pub use error::Error;

/// What is wanted of a file, and where.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which file.
    pub binary: Arc<Binary>,
    /// What is kept of it.
    pub form: Form,
    /// Under which name; a directory takes the name that [`file_name`] gives.
    pub path: PathBuf,
    /// Whether what is not what it should be is kept all the same, under a name that says so.
    pub keeps_unverified: bool,
}

/// A file that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where.
    pub path: PathBuf,
    /// Its size in bytes, unpacked.
    pub size: u64,
    /// What it hashes to.
    pub md5: Md5,
    /// Whether that is the hash that was asked for.
    pub is_verified: bool,
}

/// How far a download has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that have come.
    pub done: u64,
    /// Bytes there are, if the server says so.
    pub length: Option<u64>,
}

/// The name that a file is kept under unless another is given.
pub fn file_name(binary: &Binary, form: Form) -> String {
    match form {
        Form::Extracted => safe_name(binary.md5, &binary.name()),
        Form::Archive | Form::Protected => format!("{}.zip", binary.md5),
    }
}

/// Downloads a file. Nothing is left of one that fails or is given up, and nothing is overwritten.
pub async fn download(client: &Client, order: &Order, told: impl FnMut(Progress)) -> Result<Kept, Error> {
    let order = order.placed();
    let draft = Draft::create(&order.path)?;
    order.check_copy()?;
    let saved = order.fetch(client, draft, told).await?;
    let (size, md5) = (saved.size, saved.md5);
    let is_verified = md5 == order.binary.md5;
    let draft = match (is_verified, order.keeps_unverified) {
        (true, _) => saved.target,
        (false, true) => saved.target.renamed(&order.unverified())?,
        (false, false) => return Err(Error::Another { size, md5 }),
    };
    // The disk may take its time.
    let kept = task::spawn_blocking(|| draft.keep()).await;
    let path = kept.unwrap_or_else(|error| Err(storage::Error::new("write", &order.path, &error)))?;
    Ok(Kept { path, size, md5, is_verified })
}

impl Order {
    /// The same with the name of a file.
    fn placed(&self) -> Self {
        let mut order = self.clone();
        if order.path.is_dir() {
            order.path.push(file_name(&order.binary, order.form));
        }
        order
    }

    /// The name of what is not what it should be.
    fn unverified(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".unverified");
        name.into()
    }

    /// Fails when it is known beforehand that the copy can prove nothing, and not even that is wanted.
    fn check_copy(&self) -> Result<(), Error> {
        if !self.binary.is_partial() {
            return Ok(());
        }
        if self.keeps_unverified {
            return check_free(&self.unverified());
        }
        Err(Error::Partial {
            stored: self.binary.stored_size.unwrap_or_default(),
            whole: self.binary.size.unwrap_or_default(),
            md5: self.binary.md5,
        })
    }

    /// Brings it onto the disk.
    async fn fetch(
        &self,
        client: &Client,
        draft: Draft,
        mut told: impl FnMut(Progress),
    ) -> Result<Saved<Draft>, Error> {
        let mut download = client.download(self.binary.md5).await?;
        self.check_room(&draft, &download)?;
        // A server that has more of it than there is lies, or means another file.
        let most = self.binary.size.max(self.binary.stored_size);
        let name = safe_name(self.binary.md5, &self.binary.name());
        let failed = |error| Error::archive(&self.path, error);
        let most = most.unwrap_or(u64::MAX);
        let mut saving = Saving::new(draft, self.form, &name, most).map_err(failed)?;
        let mut progress = Progress { done: 0, length: download.length() };
        while let Some(piece) = download.next().await? {
            let piece = piece.as_ref();
            saving.feed(piece).map_err(failed)?;
            progress.done += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            told(progress);
        }
        saving.finish().map_err(failed)
    }

    /// Fails before a byte is written when there is no room for all of them.
    fn check_room(&self, draft: &Draft, download: &Download) -> Result<(), Error> {
        let stored = self.binary.stored_size;
        let wanted = match self.form {
            Form::Archive => download.length().or(stored),
            Form::Extracted | Form::Protected => stored,
        };
        match (wanted, draft.room()) {
            (Some(wanted), Some(room)) if wanted > room => Err(Error::NoRoom { wanted, room }),
            _ => Ok(()),
        }
    }
}

/// Fails when there is a file of this name.
fn check_free(path: &Path) -> Result<(), Error> {
    // Nothing is written yet, and what was begun goes at once.
    Draft::create(path)?;
    Ok(())
}

impl Progress {
    /// In words.
    pub fn words(&self) -> String {
        let kib = |bytes: u64| bytes / 1024;
        match self.length {
            Some(length) => format!("{} of {} KiB", kib(self.done), kib(length)),
            None => format!("{} KiB", kib(self.done)),
        }
    }
}

impl Error {
    fn archive(path: &Path, error: archive::Error) -> Self {
        match error {
            archive::Error::Write(error) => Self::Record(storage::Error::new("write", path, &error)),
            error => Self::Archive(error),
        }
    }
}
