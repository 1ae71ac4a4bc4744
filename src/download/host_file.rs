//! A file of a host from the server to the disk: hashed as it comes, resumed where it broke off.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::Digest;
use tokio::task;

use super::{
    DownloadProgress, Error, SaveFormat,
    part::{self, FileSource, PartRecord, SavedPart, part_path},
};
use crate::api::Download;
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

/// A file that is being saved. Dropping it leaves nothing but what an earlier attempt has kept.
pub struct Saving {
    request: HostFileRequest,
    /// Where the bytes are from; `None` until something was fetched.
    source: Option<FileSource>,
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

impl Saving {
    /// Creates the file. Fails if it exists.
    pub fn start(request: HostFileRequest) -> Result<Self, Error> {
        let file = NewFile::create(&request.path)?;
        let sink = match request.format {
            SaveFormat::Archive | SaveFormat::Extracted => SaveSink::Plain(file),
            SaveFormat::Protected => {
                let writer = ProtectedWriter::new(file, &request.name, u64::MAX);
                SaveSink::Protected(Box::new(writer.map_err(|error| write_error(&request.path, &error))?))
            }
        };
        Ok(Self { request, source: None, sink, done: 0, md5: md5::Md5::new(), sha256: sha2::Sha256::new() })
    }

    /// Sets which file is fetched, and continues with the bytes of it that an earlier attempt has kept. Fails if the bytes
    /// are from another file, which they may be evidence of.
    pub fn set_source(&mut self, source: FileSource) -> Result<(), Error> {
        match self.source.as_ref().map(|known| known.difference(&source)) {
            Some(Some(why)) => return Err(Error::Changed { why }),
            Some(None) => return Ok(()),
            None => {}
        }
        if let SaveSink::Plain(_) = self.sink {
            self.take_part(&source)?;
        }
        self.source = Some(source);
        Ok(())
    }

    /// Returns the path of the new file.
    pub fn path(&self) -> &Path {
        &self.request.path
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
        part::remove(&path);
        Ok(HostFile {
            path: saved,
            size: self.done,
            md5: Md5(self.md5.finalize().into()),
            sha256: Sha256(self.sha256.finalize().into()),
        })
    }

    /// Keeps the bytes for the next attempt, in place of fewer that are there; `None` if there are none. A protected archive
    /// cannot be continued.
    pub fn keep_part(self) -> Result<Option<SavedPart>, Error> {
        let (SaveSink::Plain(file), Some(source)) = (self.sink, self.source) else {
            return Ok(None);
        };
        if self.done == 0 {
            return Ok(None);
        }
        let record = PartRecord { source, received: self.done, md5: Md5(self.md5.finalize().into()) };
        let path = file.in_place_of(&part_path(&self.request.path)).persist()?;
        record.write(&self.request.path)?;
        Ok(Some(SavedPart { path, received: self.done }))
    }

    /// Copies the bytes of an earlier attempt, if they are of this file.
    fn take_part(&mut self, source: &FileSource) -> Result<(), Error> {
        const CHUNK: usize = 64 << 10;
        let path = part_path(&self.request.path);
        let mut part = match File::open(&path) {
            Ok(part) if path.symlink_metadata().is_ok_and(|meta| meta.is_file()) => part,
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(FileError::new("read", &path, &error).into()),
        };
        let other = |why: String| Error::OtherPart { part: path.display().to_string(), why };
        let record = PartRecord::read(&self.request.path).map_err(|error| other(error.to_string()))?;
        if let Some(why) = record.source.difference(source) {
            return Err(other(why));
        }
        let mut chunk = vec![0; CHUNK];
        loop {
            match part.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => self.write(&chunk[..count])?,
                Err(error) => return Err(FileError::new("read", &path, &error).into()),
            }
        }
        let md5 = Md5(self.md5.clone().finalize().into());
        if (record.received, record.md5) != (self.done, md5) {
            return Err(other("its bytes are not those that were kept".to_owned()));
        }
        Ok(())
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
    use std::fs;

    use super::*;
    use crate::model::SensorId;

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

    fn source() -> FileSource {
        FileSource {
            server: "https://cb.example.com".into(),
            sensor: SensorId(7),
            path: r"c:\a.txt".into(),
            offset: 0,
            size: Some(43),
            created: Some(jiff::Timestamp::UNIX_EPOCH),
            written: Some(jiff::Timestamp::UNIX_EPOCH),
        }
    }

    fn start(path: &Path) -> Saving {
        let request = HostFileRequest { name: "a".into(), format: SaveFormat::Extracted, path: path.to_owned() };
        Saving::start(request).unwrap()
    }

    /// Keeps the first 20 bytes of a file.
    fn keep_part(path: &Path) {
        let mut saving = start(path);
        saving.set_source(source()).unwrap();
        saving.write(b"The quick brown fox ").unwrap();
        let part = saving.keep_part().unwrap().unwrap();
        assert_eq!((part.path, part.received), (part_path(path), 20));
    }

    #[test]
    fn an_attempt_that_broke_off_is_continued_with_its_hashes() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.bin");
        keep_part(&path);
        assert!(!path.exists() && part_path(&path).exists());
        let mut saving = start(&path);
        saving.set_source(source()).unwrap();
        assert_eq!(saving.received_bytes(), 20);
        saving.write(b"jumps over the lazy dog").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let saved = runtime.block_on(saving.finish()).unwrap();
        assert_eq!(saved.md5.to_string(), "9e107d9d372bb6826bd81d3542a419d6");
        assert_eq!(fs::read(&path).unwrap(), b"The quick brown fox jumps over the lazy dog");
        let left: Vec<_> = fs::read_dir(home.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn the_part_of_another_file_is_neither_continued_nor_lost() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.bin");
        keep_part(&path);
        let later = Some("2026-01-01T00:00:00Z".parse().unwrap());
        for (other, why) in [
            (FileSource { server: "https://other".into(), ..source() }, "it is from https://cb.example.com"),
            (FileSource { sensor: SensorId(8), ..source() }, "it is from sensor 7"),
            (FileSource { path: r"c:\b.txt".into(), ..source() }, r"it is c:\a.txt"),
            (FileSource { offset: 5, ..source() }, "it begins at byte 0"),
            (FileSource { size: Some(44), ..source() }, "the size of the file has changed"),
            (FileSource { size: None, ..source() }, "the host does not tell whether"),
            (FileSource { written: later, ..source() }, "the time of the file has changed"),
        ] {
            let error = start(&path).set_source(other).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert_eq!(fs::read(part_path(&path)).unwrap(), b"The quick brown fox ");
        }
        fs::write(part_path(&path), b"The quick brown cat ").unwrap();
        let error = start(&path).set_source(source()).unwrap_err().to_string();
        assert!(error.ends_with("its bytes are not those that were kept"), "{error}");
    }

    #[test]
    fn a_part_takes_the_place_of_the_one_before_only_when_it_is_complete() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.bin");
        keep_part(&path);
        // Dropped without being kept, as by an error of the disk.
        let mut saving = start(&path);
        saving.set_source(source()).unwrap();
        saving.write(b"jumps").unwrap();
        drop(saving);
        assert_eq!(fs::read(part_path(&path)).unwrap().len(), 20);
        let mut saving = start(&path);
        saving.set_source(source()).unwrap();
        saving.write(b"jumps").unwrap();
        assert_eq!(saving.keep_part().unwrap().unwrap().received, 25);
        let mut saving = start(&path);
        saving.set_source(source()).unwrap();
        assert_eq!(saving.received_bytes(), 25);
        // A file that changes on the host while it is fetched.
        let error = saving.set_source(FileSource { size: Some(50), ..source() }).unwrap_err().to_string();
        assert!(error.contains("the size of the file has changed"), "{error}");
    }
}
