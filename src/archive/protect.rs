//! Writing a file into a password-protected archive.

use std::io::{self, Write};

use zip::{
    CompressionMethod, ZipWriter,
    unstable::write::FileOptionsExt,
    write::{SimpleFileOptions, StreamWriter},
};

/// The customary password for archives of malware samples. It prevents detection by scanners and accidental execution;
/// it is no secret.
pub const PASSWORD: &str = "infected";

/// Writes one file into a new archive, encrypted with [`PASSWORD`].
pub struct ProtectedWriter<W: Write>(ZipWriter<StreamWriter<Fused<W>>>);

impl<W: Write> ProtectedWriter<W> {
    /// Starts the archive of a file of at most `max_bytes` bytes, called `name` in it.
    pub fn new(target: W, name: &str, max_bytes: u64) -> io::Result<Self> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(max_bytes > u32::MAX.into())
            .unix_permissions(0o600)
            .with_deprecated_encryption(PASSWORD.as_bytes())?;
        let mut archive = ZipWriter::new_stream(Fused::new(target));
        archive.start_file(name, options)?;
        Ok(Self(archive))
    }

    /// Completes the archive, and returns the writer it was written to.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.0.finish()?.into_inner().target)
    }
}

impl<W: Write> Write for ProtectedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A writer that ignores everything after its first failure. A [`ZipWriter`] that is dropped tries to finish the
/// archive, and prints to the terminal if that fails.
struct Fused<W> {
    target: W,
    has_failed: bool,
}

impl<W> Fused<W> {
    fn new(target: W) -> Self {
        Self { target, has_failed: false }
    }
}

impl<W: Write> Write for Fused<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.has_failed {
            return Ok(bytes.len());
        }
        let written = self.target.write(bytes);
        self.has_failed = written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.has_failed {
            return Ok(());
        }
        self.target.flush()
    }
}
