//! A file of a host from the server to the disk: hashed as it comes, resumed where it broke off.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::Digest;
use tokio::task;

use super::{DownloadProgress, Error, SaveFormat};
use crate::api::{self, Download};
use crate::archive::ProtectedWriter;
use crate::model::{Md5, Sha256};
use crate::storage::{FileError, NewFile};
use crate::text::Untrusted;

/// What to save, and where.
#[derive(Clone, Debug)]
pub struct HostFileRequest {
    /// The file name in a protected archive.
    pub name: String,
    /// [`SaveFormat::Extracted`] or [`SaveFormat::Protected`].
    pub format: SaveFormat,
    /// The file to save to.
    pub path: PathBuf,
}

/// A file of a host that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFile {
    pub path: PathBuf,
    /// In bytes, without the archive.
    pub size: u64,
    pub md5: Md5,
    pub sha256: Sha256,
}

/// A file that is being saved. Dropping it leaves nothing.
pub struct Saving {
    request: HostFileRequest,
    sink: SaveSink,
    done: u64,
    md5: md5::Md5,
    sha256: sha2::Sha256,
}

enum SaveSink {
    Plain(NewFile),
    Protected(Box<ProtectedWriter<NewFile>>),
}

/// Returns a file name that is safe on any system: host, the harmless characters of the file's own name, and an ending that
/// no double click executes.
pub fn host_file_name(host: &Untrusted, path: &Untrusted, format: SaveFormat) -> String {
    const MAX_CHARS: usize = 64;
    let is_safe = |char: &char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let safe = |text: &str| text.chars().filter(is_safe).take(MAX_CHARS).collect::<String>();
    let name = path.raw().trim_end_matches(['\\', '/']).rsplit(['\\', '/', ':']).next().unwrap_or_default();
    let (host, name) = (safe(host.raw()), safe(name));
    let parts =
        [host.trim_matches('.'), name.trim_matches('.')].map(|part| if part.is_empty() { "file" } else { part });
    let end = match format {
        SaveFormat::Protected => "zip",
        SaveFormat::Archive | SaveFormat::Extracted => "bin",
    };
    format!("{}-{}.{end}", parts[0], parts[1])
}

/// Returns the path of the bytes that an earlier attempt has kept.
pub fn part_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

impl Saving {
    /// Creates the file, and continues with the bytes that an earlier attempt has kept. Fails if the file exists.
    pub fn start(request: HostFileRequest) -> Result<Self, Error> {
        let file = NewFile::create(&request.path)?;
        let sink = match request.format {
            SaveFormat::Archive | SaveFormat::Extracted => SaveSink::Plain(file),
            SaveFormat::Protected => {
                let writer = ProtectedWriter::new(file, &request.name, u64::MAX);
                SaveSink::Protected(Box::new(writer.map_err(|error| write_error(&request.path, &error))?))
            }
        };
        let mut saving = Self { request, sink, done: 0, md5: md5::Md5::new(), sha256: sha2::Sha256::new() };
        saving.take_part()?;
        Ok(saving)
    }

    /// Returns how many bytes are there.
    pub fn received_bytes(&self) -> u64 {
        self.done
    }

    /// Fails if the disk has too little space for `missing` more bytes.
    pub fn check_free_space(&self, missing: u64) -> Result<(), Error> {
        let SaveSink::Plain(file) = &self.sink else {
            return Ok(());
        };
        match file.free_space() {
            Some(room) if missing > room => Err(Error::NoSpace { needed: missing, room }),
            _ => Ok(()),
        }
    }

    /// Writes what comes, and reports the progress. After an error of the connection the file can be continued by another
    /// download that starts at [`Saving::received_bytes`].
    pub async fn receive(
        &mut self,
        mut download: Download,
        size: Option<u64>,
        mut on_progress: impl FnMut(DownloadProgress),
    ) -> Result<(), Error> {
        while let Some(piece) = download.next().await? {
            self.write(piece.as_ref())?;
            on_progress(DownloadProgress { done: self.done, length: size });
        }
        match size {
            Some(size) if self.done < size => {
                Err(Error::Server(download.malformed_error(format!("{} of {size} bytes", self.done))))
            }
            _ => Ok(()),
        }
    }

    /// Gives the file its name, after its last byte.
    pub async fn finish(self) -> Result<HostFile, Error> {
        let path = self.request.path.clone();
        let file = match self.sink {
            SaveSink::Plain(file) => file,
            SaveSink::Protected(writer) => writer.finish().map_err(|error| write_error(&path, &error))?,
        };
        // Flushing to the disk may take long.
        let persisted = task::spawn_blocking(|| file.persist()).await;
        let saved = persisted.unwrap_or_else(|error| Err(FileError::new("write", &path, &error)))?;
        // Left from an earlier attempt; the file is complete without it.
        let _ = fs::remove_file(part_path(&path));
        Ok(HostFile {
            path: saved,
            size: self.done,
            md5: Md5(self.md5.finalize().into()),
            sha256: Sha256(self.sha256.finalize().into()),
        })
    }

    /// Keeps the bytes for the next attempt, and returns the error for the user. A protected archive cannot be continued.
    pub fn keep_part(self, error: api::Error) -> Error {
        let part = part_path(&self.request.path);
        let SaveSink::Plain(file) = self.sink else {
            return Error::Server(error);
        };
        if self.done == 0 {
            return Error::Server(error);
        }
        let _ = fs::remove_file(&part);
        match file.with_path(&part).and_then(NewFile::persist) {
            Ok(part) => Error::Broken { error, done: self.done, part: part.display().to_string() },
            Err(_) => Error::Server(error),
        }
    }

    /// Copies the bytes of an earlier attempt.
    fn take_part(&mut self) -> Result<(), Error> {
        const CHUNK: usize = 64 << 10;
        let path = part_path(&self.request.path);
        if matches!(self.sink, SaveSink::Protected(_)) {
            return Ok(());
        }
        let mut part = match File::open(&path) {
            Ok(part) if path.symlink_metadata().is_ok_and(|meta| meta.is_file()) => part,
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(FileError::new("read", &path, &error).into()),
        };
        let mut chunk = vec![0; CHUNK];
        loop {
            match part.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => self.write(&chunk[..count])?,
                Err(error) => return Err(FileError::new("read", &path, &error).into()),
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = match &mut self.sink {
            SaveSink::Plain(file) => file.write_all(bytes),
            SaveSink::Protected(writer) => writer.write_all(bytes),
        };
        written.map_err(|error| write_error(&self.request.path, &error))?;
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.done += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

fn write_error(path: &Path, error: &io::Error) -> Error {
    Error::Record(FileError::new("write", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_host_and_file_and_nothing_of_a_path() {
        for (path, expected) in [
            (r"c:\users\public\dbg.bin", "FIN-WS-042-dbg.bin.bin"),
            ("/etc/passwd", "FIN-WS-042-passwd.bin"),
            (r"c:\x\..", "FIN-WS-042-file.bin"),
            ("c:\\\u{202e}fdp.exe", "FIN-WS-042-fdp.exe.bin"),
            (r"c:\a.txt:stream", "FIN-WS-042-stream.bin"),
        ] {
            assert_eq!(host_file_name(&"FIN-WS-042".into(), &path.into(), SaveFormat::Extracted), expected, "{path}");
        }
        let protected = host_file_name(&"../x".into(), &"a".into(), SaveFormat::Protected);
        assert_eq!(protected, "x-a.zip");
    }

    #[test]
    fn an_attempt_that_broke_off_is_continued_with_its_hashes() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.bin");
        let request = HostFileRequest { name: "a".into(), format: SaveFormat::Extracted, path: path.clone() };
        let mut saving = Saving::start(request.clone()).unwrap();
        saving.write(b"The quick brown fox ").unwrap();
        let cut = api::Error::Cut { endpoint: "GET /x".into() };
        let error = saving.keep_part(cut).to_string();
        assert!(error.contains("; 20 bytes are kept in "), "{error}");
        assert!(!path.exists() && part_path(&path).exists());
        let mut saving = Saving::start(request).unwrap();
        assert_eq!(saving.received_bytes(), 20);
        saving.write(b"jumps over the lazy dog").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let saved = runtime.block_on(saving.finish()).unwrap();
        assert_eq!(saved.md5.to_string(), "9e107d9d372bb6826bd81d3542a419d6");
        assert_eq!(fs::read(&path).unwrap(), b"The quick brown fox jumps over the lazy dog");
        assert!(!part_path(&path).exists());
    }
}
