//! Reading of text files, with errors that name a wrong encoding.

use std::{io, path::Path};

use crate::files;

/// Reads a UTF-8 file of at most `limit` bytes. If it has another encoding, the error names that, and quotes nothing.
pub(super) fn read_utf8(file: &Path, limit: u64) -> io::Result<String> {
    let wrong = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    let bytes = files::read(file, limit)?;
    // In UTF-16, Latin letters have one zero byte each.
    let is_half_zero = |pair: &[u8]| pair.contains(&0);
    let has_zeros = bytes.len() > 1 && bytes.chunks_exact(2).take(32).all(is_half_zero);
    let has_mark = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if has_mark || has_zeros {
        return wrong("it is UTF-16; save it as UTF-8");
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => wrong("it is not UTF-8 text; save it as UTF-8"),
    }
}
