//! Tests with archives as servers write them, and with damaged and malicious ones.

use std::io::{Cursor, Read};

use proptest::prelude::*;
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::*;

const CONTENT: &[u8] = b"MZ\x90\0 what an attacker has built, what an attacker has built";

/// Returns an archive with sizes in the local headers, as a server writes it to a file.
fn seekable_archive(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Returns an archive with data descriptors after the members, as a server writes it to a stream.
fn streamed_archive(members: &[(&str, &[u8])], is_large: bool) -> Vec<u8> {
    let mut zip = ZipWriter::new_stream(Vec::new());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(is_large);
    for (name, content) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().map(StreamWriter::into_inner).unwrap()
}

fn typical_archive(content: &[u8]) -> Vec<u8> {
    let members = [("filedata", content), ("metadata", b"Timestamp : now\n")];
    seekable_archive(&members, CompressionMethod::Deflated)
}

/// Unpacks an archive in pieces of `piece` bytes.
fn unpack_in(archive: &[u8], piece: usize, max_bytes: u64) -> Result<(Vec<u8>, Md5, u64), Error> {
    let mut unpacker = Unpacker::new(max_bytes);
    let mut content = Vec::new();
    for piece in archive.chunks(piece) {
        unpacker.feed(piece, &mut content)?;
    }
    let (md5, size) = unpacker.finish()?;
    Ok((content, md5, size))
}

fn unpack(archive: &[u8]) -> Result<(Vec<u8>, Md5, u64), Error> {
    unpack_in(archive, archive.len().max(1), 1 << 20)
}

#[track_caller]
fn assert_fails(archive: &[u8], message: &str) {
    for piece in [1, 7, archive.len().max(1)] {
        let error = unpack_in(archive, piece, 1 << 20).unwrap_err();
        assert_eq!(error.to_string(), message, "{piece}");
    }
}

fn hash(content: &[u8]) -> Md5 {
    Md5(Hasher::digest(content).into())
}

/// Replaces each occurrence of `from` in the archive; fails if there is none.
fn replace_bytes(archive: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut out = archive.to_vec();
    let mut times = 0;
    for at in 0..=archive.len() - from.len() {
        if archive[at..].starts_with(from) {
            out[at..at + to.len()].copy_from_slice(to);
            times += 1;
        }
    }
    assert!(times > 0, "there is nothing to replace");
    out
}

#[test]
fn a_file_is_unpacked_from_any_kind_of_archive_in_any_pieces() {
    let members = [("metadata", &b"x"[..]), ("filedata", CONTENT)];
    let empty = [("filedata", &b""[..])];
    for (archive, content) in [
        (typical_archive(CONTENT), CONTENT),
        (seekable_archive(&members, CompressionMethod::Stored), CONTENT),
        (streamed_archive(&members, false), CONTENT),
        (streamed_archive(&members, true), CONTENT),
        (typical_archive(b""), b""),
        (seekable_archive(&empty, CompressionMethod::Stored), b""),
        (streamed_archive(&empty, false), b""),
    ] {
        for piece in [1, 3, 64, archive.len()] {
            let (unpacked, md5, size) = unpack_in(&archive, piece, 1 << 20).unwrap();
            assert_eq!((&*unpacked, md5), (content, hash(content)), "{piece}");
            assert_eq!(size, u64::try_from(content.len()).unwrap());
        }
    }
}

#[test]
fn a_file_is_complete_before_the_archive_is() {
    let archive = typical_archive(CONTENT);
    let mut unpacker = Unpacker::new(1 << 20);
    let mut content = Vec::new();
    let mut n_read = 0;
    while !unpacker.has_file() {
        unpacker.feed(&archive[n_read..=n_read], &mut content).unwrap();
        n_read += 1;
    }
    assert_eq!(content, CONTENT);
    assert!(n_read < archive.len() - 100);
}

#[test]
fn a_truncated_archive_is_refused() {
    for archive in [typical_archive(CONTENT), streamed_archive(&[("filedata", CONTENT)], true)] {
        for end in 0..archive.len() {
            let error = unpack(&archive[..end]).unwrap_err();
            let expected = if end < 4 { "the download is not a zip archive" } else { "the archive is truncated" };
            assert_eq!(error.to_string(), expected, "{end}");
        }
    }
}

#[test]
fn other_data_is_not_taken_for_an_archive() {
    for other in [&b""[..], b"PK", b"<html>", b"{\"errorMessage\": 1}", b"PK\x05\x06 and more"] {
        let error = unpack(other).unwrap_err().to_string();
        let messages = ["the download is not a zip archive", "the archive is truncated"];
        assert!(messages.contains(&error.as_str()), "{error}");
    }
    assert_fails(b"<!DOCTYPE html>", "the download is not a zip archive");
}

#[test]
fn a_member_outside_the_target_directory_is_named_and_refused() {
    for (name, shown) in [
        ("../../etc/cron.d/x", "../../etc/cron.d/x"),
        ("a/../../b_", "a/../../b_"),
        ("/etc/passw", "/etc/passw"),
        ("c:evil.exe", "c:evil.exe"),
        ("..\\evil.ex", "..\\evil.ex"),
        ("x\u{1b}[2J.exe", "x␛[2J.exe"),
    ] {
        // The packing library refuses such names, so they are patched in.
        let plain = "n".repeat(name.len());
        let members = [("filedata", CONTENT), (&*plain, CONTENT)];
        let archive = seekable_archive(&members, CompressionMethod::Deflated);
        let archive = replace_bytes(&archive, plain.as_bytes(), name.as_bytes());
        assert_fails(&archive, &format!("the archive contains the unsafe path {shown}"));
    }
}

#[test]
fn an_archive_without_the_file_or_with_two_is_refused() {
    let other = seekable_archive(&[("metadata", CONTENT)], CompressionMethod::Deflated);
    assert_fails(&other, "the archive has no member filedata");
    let two = [("filedata", CONTENT), ("fileDATA", CONTENT)];
    let two = seekable_archive(&two, CompressionMethod::Deflated);
    let two = replace_bytes(&two, b"fileDATA", b"filedata");
    assert_fails(&two, "the archive contains filedata twice");
}

#[test]
fn a_wrong_size_is_detected() {
    let size = u32::try_from(CONTENT.len()).unwrap().to_le_bytes();
    for lie in [0_u32, 1, 57, 10_000, u32::MAX - 1] {
        let archive = replace_bytes(&typical_archive(CONTENT), &size, &lie.to_le_bytes());
        assert_fails(&archive, "the archive gives a wrong size for filedata");
        let archive = streamed_archive(&[("filedata", CONTENT)], false);
        let archive = replace_bytes(&archive, &size, &lie.to_le_bytes());
        assert_fails(&archive, "the archive gives a wrong size for filedata");
    }
}

#[test]
fn a_wrong_packed_size_is_detected() {
    let archive = typical_archive(CONTENT);
    let packed = header::read_u32(&archive, 18);
    for lie in [0, packed - 1, packed + 1] {
        let archive = replace_bytes(&archive, &packed.to_le_bytes(), &lie.to_le_bytes());
        let error = unpack(&archive).unwrap_err();
        assert!(matches!(error, Error::Size(_) | Error::BadCompression(_)), "{error}");
    }
}

#[test]
fn unpacking_stops_at_the_limit() {
    let zeros = vec![0; 3 << 20];
    let archive = streamed_archive(&[("filedata", &zeros)], false);
    assert!(archive.len() < 10_000);
    assert_fails(&archive, "filedata in the archive is larger than the expected 1048576 bytes");
    let archive = streamed_archive(&[("metadata", &zeros), ("filedata", CONTENT)], false);
    assert_fails(&archive, "metadata in the archive is larger than the expected 1048576 bytes");
}

#[test]
fn a_changed_byte_is_detected() {
    let members = [("filedata", CONTENT)];
    let archive = seekable_archive(&members, CompressionMethod::Stored);
    let changed = replace_bytes(&archive, b"what an attacker has built, ", b"what an attacker has bui1t, ");
    assert_fails(&changed, "the checksum of filedata in the archive is wrong");
}

#[test]
fn the_directory_must_match_the_members() {
    const MESSAGE: &str = "the directory of the archive does not match its content";
    let archive = typical_archive(CONTENT);
    let directory = archive.windows(4).position(|four| header::read_u32(four, 0) == CENTRAL).unwrap();
    // Name, sizes, offset, checksum, method: programs that read the directory first would unpack something else.
    for (at, byte) in [(46, 0x20), (24, 1), (20, 1), (42, 1), (16, 1), (10, 8)] {
        let mut archive = archive.clone();
        archive[directory + at] ^= byte;
        assert_fails(&archive, MESSAGE);
    }
    let end = archive.len() - 22;
    let mut fewer = archive.clone();
    fewer[end + 10] = 1;
    assert_fails(&fewer, MESSAGE);
    let mut elsewhere = archive.clone();
    elsewhere[end + 16] ^= 1;
    assert_fails(&elsewhere, MESSAGE);
    let mut hidden = archive.clone();
    hidden[end + 20] = 22;
    hidden.extend_from_slice(&archive[end..]);
    assert_fails(&hidden, MESSAGE);
    let mut longer = archive;
    longer.extend_from_slice(b"PK\x03\x04");
    assert_fails(&longer, "the archive continues after its end, which is not supported");
}

#[test]
fn unsupported_features_are_refused_by_name() {
    let archive = typical_archive(CONTENT);
    let change = |at: usize, byte: u8| {
        let mut archive = archive.clone();
        archive[at] = byte;
        archive
    };
    for (archive, what) in [(change(6, 1), "is encrypted"), (change(8, 12), "uses a compression other than deflate")] {
        assert_fails(&archive, &format!("the archive {what}, which is not supported"));
    }
    let stored = seekable_archive(&[("filedata", CONTENT)], CompressionMethod::Stored);
    let mut stored = stored;
    stored[6] |= 8;
    assert_fails(&stored, "the archive stores a member without its size, which is not supported");
}

#[test]
fn a_full_disk_is_not_reported_as_a_bad_archive() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut unpacker = Unpacker::new(1 << 20);
    let error = unpacker.feed(&typical_archive(CONTENT), &mut Full).unwrap_err();
    assert!(matches!(error, Error::Write(error) if error.kind() == io::ErrorKind::StorageFull));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn changed_archives_yield_the_file_that_other_programs_find(
        content in prop::collection::vec(any::<u8>(), 0..600),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        piece in 1_usize..90,
        is_streamed in any::<bool>(),
        is_large in any::<bool>(),
    ) {
        let members = [("filedata", &*content), ("metadata", b"m")];
        let mut archive = if is_streamed { streamed_archive(&members, is_large) } else { typical_archive(&content) };
        let original = archive.clone();
        for (at, byte) in changes {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        let result = unpack_in(&archive, piece, 4096);
        if archive == original {
            let (unpacked, md5, _) = result.unwrap();
            prop_assert_eq!(md5, hash(&content));
            prop_assert_eq!(unpacked, content);
        } else if let Ok((unpacked, md5, _)) = result {
            // A changed archive that is accepted must yield the same file in other programs, if any.
            prop_assert_eq!(md5, hash(&unpacked));
            // They read the central directory, which may give it another name, or say that it is encrypted.
            if let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(archive))
                && let Ok(mut member) = zip.by_name("filedata")
            {
                let mut other = Vec::new();
                if member.read_to_end(&mut other).is_ok() {
                    prop_assert_eq!(unpacked, other);
                }
            }
        }
    }

    #[test]
    fn random_bytes_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        piece in 1_usize..40,
        has_signature in any::<bool>(),
    ) {
        let mut archive = if has_signature { b"PK\x03\x04".to_vec() } else { Vec::new() };
        archive.extend(bytes);
        prop_assert!(unpack_in(&archive, piece, 4096).is_err());
    }
}
