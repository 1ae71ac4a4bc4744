//! A file from the server onto the disk, proven to be the one that was asked for.

mod error;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task;

use crate::api::{Client, Download};
use crate::archive::{self, SaveJob, SavedFile, safe_name};
use crate::model::{Binary, Md5};
use crate::storage::{self, NewFile};

pub use crate::archive::{PASSWORD, SaveFormat};
pub use error::Error;

/// What is wanted of a file, and where.
#[derive(Clone, Debug)]
pub struct DownloadRequest {
    /// Which file.
    pub binary: Arc<Binary>,
    /// What is kept of it.
    pub form: SaveFormat,
    /// Under which name; a directory takes the name that [`file_name`] gives.
    pub path: PathBuf,
    /// Whether what is not what it should be is kept all the same, under a name that says so.
    pub keeps_unverified: bool,
}

/// A file that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
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
pub struct DownloadProgress {
    /// Bytes that have come.
    pub done: u64,
    /// Bytes there are, if the server says so.
    pub length: Option<u64>,
}

/// The name that a file is kept under unless another is given.
pub fn file_name(binary: &Binary, form: SaveFormat) -> String {
    match form {
        SaveFormat::Extracted => safe_name(binary.md5, &binary.name()),
        SaveFormat::Archive | SaveFormat::Protected => format!("{}.zip", binary.md5),
    }
}

/// Downloads a file. Nothing is left of one that fails or is given up, and nothing is overwritten.
pub async fn download(
    client: &Client,
    order: &DownloadRequest,
    told: impl FnMut(DownloadProgress),
) -> Result<Downloaded, Error> {
    let order = order.with_file_name();
    let draft = NewFile::create(&order.path)?;
    order.check_copy()?;
    let saved = order.fetch(client, draft, told).await?;
    let (size, md5) = (saved.size, saved.md5);
    let is_verified = md5 == order.binary.md5;
    let draft = match (is_verified, order.keeps_unverified) {
        (true, _) => saved.target,
        (false, true) => saved.target.with_path(&order.unverified_path())?,
        (false, false) => return Err(Error::HashMismatch { size, md5 }),
    };
    // The disk may take its time.
    let kept = task::spawn_blocking(|| draft.persist()).await;
    let path = kept.unwrap_or_else(|error| Err(storage::FileError::new("write", &order.path, &error)))?;
    Ok(Downloaded { path, size, md5, is_verified })
}

impl DownloadRequest {
    /// The same with the name of a file.
    fn with_file_name(&self) -> Self {
        let mut order = self.clone();
        if order.path.is_dir() {
            order.path.push(file_name(&order.binary, order.form));
        }
        order
    }

    /// The name of what is not what it should be.
    fn unverified_path(&self) -> PathBuf {
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
            return check_not_existing(&self.unverified_path());
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
        draft: NewFile,
        mut told: impl FnMut(DownloadProgress),
    ) -> Result<SavedFile<NewFile>, Error> {
        let mut download = client.download(self.binary.md5).await?;
        self.check_free_space(&draft, &download)?;
        // A server that has more of it than there is lies, or means another file.
        let most = self.binary.size.max(self.binary.stored_size);
        let name = safe_name(self.binary.md5, &self.binary.name());
        let failed = |error| Error::archive(&self.path, error);
        let most = most.unwrap_or(u64::MAX);
        let mut saving = SaveJob::new(draft, self.form, &name, most).map_err(failed)?;
        let mut progress = DownloadProgress { done: 0, length: download.length() };
        while let Some(piece) = download.next().await? {
            let piece = piece.as_ref();
            saving.feed(piece).map_err(failed)?;
            progress.done += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            told(progress);
        }
        saving.finish().map_err(failed)
    }

    /// Fails before a byte is written when there is no room for all of them.
    fn check_free_space(&self, draft: &NewFile, download: &Download) -> Result<(), Error> {
        let stored = self.binary.stored_size;
        let wanted = match self.form {
            SaveFormat::Archive => download.length().or(stored),
            SaveFormat::Extracted | SaveFormat::Protected => stored,
        };
        match (wanted, draft.free_space()) {
            (Some(wanted), Some(room)) if wanted > room => Err(Error::NoSpace { wanted, room }),
            _ => Ok(()),
        }
    }
}

/// Fails when there is a file of this name.
fn check_not_existing(path: &Path) -> Result<(), Error> {
    // Nothing is written yet, and what was begun goes at once.
    NewFile::create(path)?;
    Ok(())
}

impl DownloadProgress {
    /// In words.
    pub fn describe(&self) -> String {
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
            archive::Error::Write(error) => Self::Record(storage::FileError::new("write", path, &error)),
            error => Self::Archive(error),
        }
    }
}
