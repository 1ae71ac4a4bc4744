//! Fetches the first bytes of a file: its archive is unpacked as it arrives, and the connection closed as soon as
//! possible.

use std::io::{self, Write};

use crate::api::{Client, Error};
use crate::archive::Unpacker;
use crate::model::{FileHead, Md5};

/// Fetches at most `bytes` bytes from the beginning of a file.
pub(super) async fn head(client: &Client, md5: Md5, bytes: usize) -> Result<FileHead, Error> {
    let mut download = client.download(md5).await?;
    // The file size is not limited: nothing beyond the head is stored, and little more than one chunk is unpacked.
    let mut unpacker = Unpacker::new(u64::MAX);
    let mut first = FirstBytes { bytes: Vec::new(), max_bytes: bytes, is_exceeded: false };
    while !first.is_exceeded && !unpacker.has_file() {
        let Some(chunk) = download.next().await? else {
            // The archive contains no file, or is truncated.
            let error = unpacker.finish().err();
            let reason = error.map_or_else(String::new, |error| error.to_string());
            return Err(download.malformed_error(reason));
        };
        match unpacker.feed(chunk.as_ref(), &mut first) {
            Err(_) if first.is_exceeded => {}
            other => other.map_err(|error| download.malformed_error(error.to_string()))?,
        }
    }
    Ok(FileHead { is_whole: !first.is_exceeded, bytes: first.bytes })
}

/// A writer that stores the first bytes and rejects all further ones.
struct FirstBytes {
    bytes: Vec<u8>,
    max_bytes: usize,
    /// Whether more bytes were written than stored.
    is_exceeded: bool,
}

impl Write for FirstBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.max_bytes - self.bytes.len();
        let (accepted, excess) = bytes.split_at(room.min(bytes.len()));
        self.bytes.extend_from_slice(accepted);
        if excess.is_empty() {
            return Ok(bytes.len());
        }
        self.is_exceeded = true;
        Err(io::ErrorKind::WriteZero.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
