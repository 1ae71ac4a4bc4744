//! The first bytes of a file: its archive is taken apart as it comes, and the connection dropped when there are enough.

use std::io::{self, Write};

use crate::api::{Client, Error};
use crate::archive::Unpacker;
use crate::model::{FileHead, Md5};

/// Fetches at most `bytes` bytes from the beginning of a file.
pub(super) async fn head(client: &Client, md5: Md5, bytes: usize) -> Result<FileHead, Error> {
    let mut download = client.download(md5).await?;
    // No limit on the file: of what is beyond the head, nothing is kept, and hardly more than a piece unpacked.
    let mut unpacker = Unpacker::new(u64::MAX);
    let mut first = FirstBytes { bytes: Vec::new(), max_bytes: bytes, is_exceeded: false };
    while !first.is_exceeded && !unpacker.has_file() {
        let Some(piece) = download.next().await? else {
            // There is no file in it, or not all of one.
            let error = unpacker.finish().err();
            let reason = error.map_or_else(String::new, |error| error.to_string());
            return Err(download.malformed_error(reason));
        };
        match unpacker.feed(piece.as_ref(), &mut first) {
            Err(_) if first.is_exceeded => {}
            other => other.map_err(|error| download.malformed_error(error.to_string()))?,
        }
    }
    Ok(FileHead { is_whole: !first.is_exceeded, bytes: first.bytes })
}

/// Keeps the first bytes, and stops whoever writes more.
struct FirstBytes {
    bytes: Vec<u8>,
    max_bytes: usize,
    /// Whether more came than was wanted.
    is_exceeded: bool,
}

impl Write for FirstBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.max_bytes - self.bytes.len();
        let (wanted, rest) = bytes.split_at(room.min(bytes.len()));
        self.bytes.extend_from_slice(wanted);
        if rest.is_empty() {
            return Ok(bytes.len());
        }
        self.is_exceeded = true;
        Err(io::ErrorKind::WriteZero.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
