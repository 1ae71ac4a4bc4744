//! Saving a file of the server's archive: the archive itself, the extracted file, or a password-protected archive.

use std::io::{self, Write};

use super::{Error, Unpacker, protect::ProtectedWriter};
use crate::model::Md5;
use crate::text::Untrusted;

/// The format that a file is saved in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveFormat {
    /// The server's archive, unchanged.
    #[default]
    Archive,
    Extracted,
    /// A new archive of the file, encrypted with [`PASSWORD`](super::PASSWORD).
    Protected,
}

/// Copies a file from the server's archive to `W` in a format, and verifies it.
pub struct SaveJob<W: Write> {
    unpacker: Unpacker,
    target: SaveTarget<W>,
}

enum SaveTarget<W: Write> {
    Archive(W),
    Extracted(W),
    Protected(Box<ProtectedWriter<W>>),
}

/// A file that was saved completely.
#[derive(Debug)]
pub struct SavedFile<W> {
    /// The writer it was saved to.
    pub target: W,
    pub md5: Md5,
    /// Its unpacked size in bytes.
    pub size: u64,
}

impl<W: Write> SaveJob<W> {
    /// Creates a job for a file of at most `max_bytes` bytes, called `name` in a protected archive.
    pub fn new(target: W, format: SaveFormat, name: &str, max_bytes: u64) -> Result<Self, Error> {
        let target = match format {
            SaveFormat::Archive => SaveTarget::Archive(target),
            SaveFormat::Extracted => SaveTarget::Extracted(target),
            SaveFormat::Protected => SaveTarget::Protected(Box::new(ProtectedWriter::new(target, name, max_bytes)?)),
        };
        Ok(Self { unpacker: Unpacker::new(max_bytes), target })
    }

    /// Processes the next bytes of the server's archive.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Error> {
        match &mut self.target {
            SaveTarget::Archive(target) => {
                self.unpacker.feed(piece, &mut io::sink())?;
                target.write_all(piece)?;
                Ok(())
            }
            SaveTarget::Extracted(target) => self.unpacker.feed(piece, target),
            SaveTarget::Protected(archive) => self.unpacker.feed(piece, &mut **archive),
        }
    }

    /// Completes the file after the last bytes of the server's archive, and returns its hash and size.
    pub fn finish(self) -> Result<SavedFile<W>, Error> {
        let (md5, size) = self.unpacker.finish()?;
        let target = match self.target {
            SaveTarget::Archive(target) | SaveTarget::Extracted(target) => target,
            SaveTarget::Protected(archive) => archive.finish()?,
        };
        Ok(SavedFile { target, md5, size })
    }
}

/// Returns a file name for the extracted file that is safe on any system: its hash, the harmless characters of its own
/// name, and an ending that no double click executes.
pub fn safe_name(md5: Md5, name: &Untrusted) -> String {
    const MAX_CHARS: usize = 64;
    let is_safe = |char: &char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let own: String = name.raw().chars().filter(is_safe).take(MAX_CHARS).collect();
    let own = own.trim_matches('.');
    if own.is_empty() { format!("{md5}.bin") } else { format!("{md5}-{own}.bin") }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use md5::{Digest, Md5 as Hasher};
    use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

    use super::super::PASSWORD;
    use super::*;

    const CONTENT: &[u8] = b"MZ and so on, and so on, and so on";

    fn server_archive() -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [("filedata", CONTENT), ("metadata", b"OrigFilename : x")] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn saved(format: SaveFormat) -> Vec<u8> {
        let mut job = SaveJob::new(Vec::new(), format, "x.bin", 1 << 20).unwrap();
        for piece in server_archive().chunks(11) {
            job.feed(piece).unwrap();
        }
        let saved = job.finish().unwrap();
        assert_eq!(saved.md5, Md5(Hasher::digest(CONTENT).into()));
        assert_eq!(saved.size, 34);
        saved.target
    }

    #[test]
    fn a_file_is_saved_in_each_format() {
        assert_eq!(saved(SaveFormat::Archive), server_archive());
        assert_eq!(saved(SaveFormat::Extracted), CONTENT);
        let mut zip = ZipArchive::new(Cursor::new(saved(SaveFormat::Protected))).unwrap();
        assert!(zip.by_index(0).is_err());
        let mut member = zip.by_index_decrypt(0, PASSWORD.as_bytes()).unwrap();
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        assert_eq!(content, CONTENT);
        drop(member);
        let names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
        assert_eq!(names, ["x.bin"]);
    }

    #[test]
    fn a_safe_name_has_nothing_of_a_path() {
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        for (name, safe) in [
            ("out.exe", "-out.exe"),
            ("..\\..\\x y.exe", "-xy.exe"),
            ("../.hidden", "-hidden"),
            ("\u{202e}fdp.exe", "-fdp.exe"),
            ("プロセス", ""),
            ("..", ""),
            ("", ""),
        ] {
            let full = safe_name(md5.parse().unwrap(), &name.into());
            assert_eq!(full, format!("{md5}{safe}.bin"), "{name}");
        }
        let long = safe_name(md5.parse().unwrap(), &"x".repeat(9_999).into());
        assert_eq!(long.len(), 32 + 1 + 64 + 4);
    }
}
