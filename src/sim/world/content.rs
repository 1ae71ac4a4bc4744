//! What is in the files of the world: drawn like everything else, so that a file hashes to its name on every machine.

use md5::{Digest, Md5};

use super::{fleet::Os, rng::Rng};
use crate::model;

const SALT: u64 = 0xc0de;
/// Drawn bytes, over and over: a file of any size costs no more to draw.
const BLOCK: usize = 1024;
/// The stub that a program has for systems older than Windows.
const STUB: &[u8] = b"!This program cannot be run in DOS mode.\r\r\n$";

/// The first `length` bytes of a file.
pub(super) fn file_content(seed: u64, os: Os, length: u64) -> Vec<u8> {
    let mut dice = Rng::new(0, SALT, seed);
    let block: Vec<u8> = std::iter::repeat_with(|| dice.next_u64().to_le_bytes()).take(BLOCK / 8).flatten().collect();
    let mut content = file_header(os);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let missing = length.saturating_sub(content.len());
    content.reserve(missing);
    content.extend(block.iter().cycle().take(missing));
    content.truncate(length);
    content
}

/// What the bytes hash to, in lower case.
pub(super) fn content_md5(content: &[u8]) -> String {
    model::Md5(Md5::digest(content).into()).to_string()
}

/// What an analyst looks for in the first bytes.
fn file_header(os: Os) -> Vec<u8> {
    match os {
        Os::Windows => {
            let mut bytes = vec![0; 0x80];
            bytes[..4].copy_from_slice(b"MZ\x90\0");
            // Where the rest of the headers is.
            bytes[0x3c] = 0x80;
            bytes[0x4d..0x4d + STUB.len()].copy_from_slice(STUB);
            // For 64 bits, with one section.
            bytes.extend(b"PE\0\0\x64\x86\x01\0");
            bytes
        }
        Os::Osx => b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0".to_vec(),
        Os::Linux => b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0".to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_every_time_and_begins_as_its_system_wants() {
        for (os, start) in [(Os::Windows, &b"MZ"[..]), (Os::Osx, b"\xcf\xfa\xed\xfe"), (Os::Linux, b"\x7fELF")] {
            let file = file_content(7, os, 5_000);
            assert_eq!(file.len(), 5_000);
            assert!(file.starts_with(start));
            assert_eq!(file, file_content(7, os, 5_000));
            assert_ne!(content_md5(&file), content_md5(&file_content(8, os, 5_000)));
            assert_eq!(file_content(7, os, 10), file[..10]);
        }
    }

    #[test]
    fn a_hash_is_the_one_everybody_computes() {
        let fox = b"The quick brown fox jumps over the lazy dog";
        assert_eq!(content_md5(fox), "9e107d9d372bb6826bd81d3542a419d6");
    }
}
