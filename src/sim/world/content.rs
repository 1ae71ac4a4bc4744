//! Content of the world's files, generated from a seed, so that hashes are equal on every machine.

use md5::{Digest, Md5};

use super::{fleet::Os, rng::Rng};
use crate::model;

const SALT: u64 = 0xc0de;
/// A file repeats one block of random bytes, so that a large file is as cheap as a small one.
const BLOCK: usize = 1024;
/// Message of the DOS stub of a Windows program.
const STUB: &[u8] = b"!This program cannot be run in DOS mode.\r\r\n$";

/// Returns the first `length` bytes of the file with a seed.
pub(crate) fn file_content(seed: u64, os: Os, length: u64) -> Vec<u8> {
    let mut rng = Rng::new(0, SALT, seed);
    let block: Vec<u8> = std::iter::repeat_with(|| rng.next_u64().to_le_bytes()).take(BLOCK / 8).flatten().collect();
    let mut content = file_header(os);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let missing = length.saturating_sub(content.len());
    content.reserve(missing);
    content.extend(block.iter().cycle().take(missing));
    content.truncate(length);
    content
}

/// Returns the MD5 of `content`, in lower case.
pub(super) fn content_md5(content: &[u8]) -> String {
    model::Md5(Md5::digest(content).into()).to_string()
}

/// Returns the magic number and header of an executable.
fn file_header(os: Os) -> Vec<u8> {
    match os {
        Os::Windows => {
            let mut bytes = vec![0; 0x80];
            bytes[..4].copy_from_slice(b"MZ\x90\0");
            // Offset of the PE header.
            bytes[0x3c] = 0x80;
            bytes[0x4d..0x4d + STUB.len()].copy_from_slice(STUB);
            // A 64-bit program with one section.
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
    fn a_file_is_the_same_every_time_and_has_the_header_of_its_system() {
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
    fn a_content_hash_is_its_md5() {
        let fox = b"The quick brown fox jumps over the lazy dog";
        assert_eq!(content_md5(fox), "9e107d9d372bb6826bd81d3542a419d6");
    }
}
