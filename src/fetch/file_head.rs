//! The first bytes of a file: its archive is taken apart as it comes, and the connection dropped when there are enough.

use std::io::{self, Write};

use crate::api::{Client, Error};
use crate::archive::Unpacker;
use crate::model::{Head, Md5};

/// Fetches at most `bytes` bytes from the beginning of a file.
pub(super) async fn head(client: &Client, md5: Md5, bytes: usize) -> Result<Head, Error> {
    let mut download = client.download(md5).await?;
    // No limit on the file: of what is beyond the head, nothing is kept, and hardly more than a piece unpacked.
    let mut unpacker = Unpacker::new(u64::MAX);
    let mut first = First { bytes: Vec::new(), most: bytes, is_over: false };
    while !first.is_over && !unpacker.has_file() {
        let Some(piece) = download.next().await? else {
            // There is no file in it, or not all of one.
            let error = unpacker.finish().err();
            let reason = error.map_or_else(String::new, |error| error.to_string());
            return Err(download.malformed(reason));
        };
        match unpacker.feed(piece.as_ref(), &mut first) {
            Err(_) if first.is_over => {}
            other => other.map_err(|error| download.malformed(error.to_string()))?,
        }
    }
    Ok(Head { is_whole: !first.is_over, bytes: first.bytes })
}

/// Keeps the first bytes, and stops whoever writes more.
struct First {
    bytes: Vec<u8>,
    most: usize,
    /// Whether more came than was wanted.
    is_over: bool,
}

impl Write for First {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.most - self.bytes.len();
        let (wanted, rest) = bytes.split_at(room.min(bytes.len()));
        self.bytes.extend_from_slice(wanted);
        if rest.is_empty() {
            return Ok(bytes.len());
        }
        self.is_over = true;
        Err(io::ErrorKind::WriteZero.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
