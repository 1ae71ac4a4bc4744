//! Download of a binary to disk, verified by its hash; and of a file of a host.

mod error;
mod host_file;
mod part;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task;

use crate::api::{Client, Download};
use crate::archive::{self, SaveJob, SavedFile, safe_name};
use crate::model::{Binary, Md5};
use crate::storage::{self, NewFile};
use crate::text;

pub use crate::archive::{PASSWORD, SaveFormat};
pub use error::Error;
pub use host_file::{HostFile, HostFileRequest, Saving, host_file_name};
pub use part::{FileSource, SavedPart, part_path};

/// What to download, and where to save it.
#[derive(Clone, Debug)]
pub struct DownloadRequest {
    pub binary: Arc<Binary>,
    pub form: SaveFormat,
    /// The path to save to; a directory is extended by [`file_name`].
    pub path: PathBuf,
    /// Whether a file with the wrong hash is saved too, under a name that ends in `.unverified`.
    pub keeps_unverified: bool,
}

/// A file that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    pub path: PathBuf,
    /// Unpacked size in bytes.
    pub size: u64,
    pub md5: Md5,
    /// Whether it is the requested hash.
    pub is_verified: bool,
}

/// The progress of a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DownloadProgress {
    /// Bytes received.
    pub done: u64,
    /// Bytes in total, if the server announces it.
    pub length: Option<u64>,
}

/// Returns the default name of the saved file.
pub fn file_name(binary: &Binary, form: SaveFormat) -> String {
    match form {
        SaveFormat::Extracted => safe_name(binary.md5, &binary.name()),
        SaveFormat::Archive | SaveFormat::Protected => format!("{}.zip", binary.md5),
    }
}

/// Downloads a file and reports the progress to `on_progress`. Nothing is left of a download that fails or is
/// cancelled, and no file is overwritten.
pub async fn download(
    client: &Client,
    request: &DownloadRequest,
    on_progress: impl FnMut(DownloadProgress),
) -> Result<Downloaded, Error> {
    let request = request.with_file_name();
    let file = NewFile::create(&request.path)?;
    request.check_copy()?;
    let saved = request.fetch(client, file, on_progress).await?;
    let (size, md5) = (saved.size, saved.md5);
    let is_verified = md5 == request.binary.md5;
    let file = match (is_verified, request.keeps_unverified) {
        (true, _) => saved.target,
        (false, true) => saved.target.with_path(&request.unverified_path())?,
        (false, false) => return Err(Error::HashMismatch { size, md5 }),
    };
    // Flushing to the disk may take long.
    let persisted = task::spawn_blocking(|| file.persist()).await;
    let path = persisted.unwrap_or_else(|error| Err(storage::FileError::new("write", &request.path, &error)))?;
    Ok(Downloaded { path, size, md5, is_verified })
}

impl DownloadRequest {
    /// Returns the request with a file name added if its path is a directory.
    fn with_file_name(&self) -> Self {
        let mut request = self.clone();
        if request.path.is_dir() {
            request.path.push(file_name(&request.binary, request.form));
        }
        request
    }

    /// Returns the path for a file with the wrong hash.
    fn unverified_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".unverified");
        name.into()
    }

    /// Fails if the server is known to have only a part of the file, unless unverified files are saved.
    fn check_copy(&self) -> Result<(), Error> {
        if !self.binary.is_partial() {
            return Ok(());
        }
        if self.keeps_unverified {
            return check_not_existing(&self.unverified_path());
        }
        Err(Error::Partial {
            stored: self.binary.stored_size.unwrap_or_default(),
            size: self.binary.size.unwrap_or_default(),
            md5: self.binary.md5,
        })
    }

    /// Downloads into `file`.
    async fn fetch(
        &self,
        client: &Client,
        file: NewFile,
        mut on_progress: impl FnMut(DownloadProgress),
    ) -> Result<SavedFile<NewFile>, Error> {
        let mut download = client.download(self.binary.md5).await?;
        self.check_free_space(&file, &download)?;
        // The file cannot be larger than its record says: a server that sends more sends another file.
        let max_bytes = self.binary.size.max(self.binary.stored_size);
        let name = safe_name(self.binary.md5, &self.binary.name());
        let failed = |error| Error::archive(&self.path, error);
        let max_bytes = max_bytes.unwrap_or(u64::MAX);
        let mut job = SaveJob::new(file, self.form, &name, max_bytes).map_err(failed)?;
        let mut progress = DownloadProgress { done: 0, length: download.length() };
        while let Some(piece) = download.next().await? {
            let piece = piece.as_ref();
            job.feed(piece).map_err(failed)?;
            progress.done += u64::try_from(piece.len()).unwrap_or(u64::MAX);
            on_progress(progress);
        }
        job.finish().map_err(failed)
    }

    /// Fails before a byte is written if the disk has too little space.
    fn check_free_space(&self, file: &NewFile, download: &Download) -> Result<(), Error> {
        let stored = self.binary.stored_size;
        let needed = match self.form {
            SaveFormat::Archive => download.length().or(stored),
            SaveFormat::Extracted | SaveFormat::Protected => stored,
        };
        match (needed, file.free_space()) {
            (Some(needed), Some(room)) if needed > room => Err(Error::NoSpace { needed, room }),
            _ => Ok(()),
        }
    }
}

/// Fails if a file exists at `path`.
fn check_not_existing(path: &Path) -> Result<(), Error> {
    // The temporary file is removed at once.
    NewFile::create(path)?;
    Ok(())
}

impl DownloadProgress {
    /// Formats the progress for the screen.
    pub fn describe(&self) -> String {
        let done = text::format_size(self.done);
        self.length.map_or(done.clone(), |length| format!("{done} of {}", text::format_size(length)))
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
