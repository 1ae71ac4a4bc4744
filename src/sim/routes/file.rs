//! Archives and icons of binaries (reference 2.5).

use std::io::{Cursor, Write};

use jiff::Timestamp;
use zip::{ZipWriter, result::ZipResult, write::SimpleFileOptions};

use crate::sim::{
    format,
    http::response::ApiResponse,
    world::{Binary, Deception},
};

/// PNG of one gray pixel, in Base64 with line breaks.
pub(super) const ICON: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mOor/8PAAMBAX8SbXTDAAAA\nAElFTkSuQmCC\n";
/// PNG of one gray pixel.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x04\0\0\0\xb5\x1c\x0c\x02\0\0\0\x0bIDATx\xdac\
    \xa8\xaf\xff\x0f\0\x03\x01\x01\x7f\x12mt\xc3\0\0\0\0IEND\xaeB`\x82";
/// Member name with a path traversal, which replaces a harmless one of equal length.
const TRAVERSAL_NAME: &str = "../../../../tmp/owned";
const PLACEHOLDER_NAME: &str = "x.x.x.x.x.x.x.x.x.xxx";

/// Returns the archive of a file; `None` if the file was not collected.
pub(super) fn archive_response(binary: &Binary) -> Option<ApiResponse> {
    if binary.stored_size() == 0 {
        return None;
    }
    let archive = build_archive(binary).expect("writing to memory does not fail");
    Some(ApiResponse::zip(archive))
}

/// Returns the icon of a file, which is equal for all files.
pub(super) fn icon_response() -> ApiResponse {
    ApiResponse::png(PIXEL.to_vec())
}

fn build_archive(binary: &Binary) -> ZipResult<Vec<u8>> {
    let mut content = binary.stored_content();
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
    if binary.deception == Some(Deception::Other) {
        content.reverse();
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    if binary.deception != Some(Deception::Missing) {
        zip.start_file("filedata", options)?;
        zip.write_all(&content)?;
    }
    zip.start_file("metadata", options)?;
    zip.write_all(metadata_text(binary).as_bytes())?;
    if binary.deception == Some(Deception::Path) {
        zip.start_file(PLACEHOLDER_NAME, options)?;
        zip.write_all(b"* * * * * root /tmp/owned\n")?;
    }
    let archive = zip.finish()?.into_inner();
    Ok(match binary.deception {
        Some(Deception::Size) => replace_bytes(archive, &size.to_le_bytes(), &1_000_u32.to_le_bytes()),
        Some(Deception::Path) => replace_bytes(archive, PLACEHOLDER_NAME.as_bytes(), TRAVERSAL_NAME.as_bytes()),
        Some(Deception::Missing | Deception::Other) | None => archive,
    })
}

/// Formats the `metadata` member, with labels in 31 columns.
fn metadata_text(binary: &Binary) -> String {
    let path = binary.paths.first().map_or("", String::as_str);
    let path = path.strip_prefix("c:").unwrap_or(path);
    let at: Timestamp = format::timestamp(binary.last_seen.max(0));
    format!(
        "{:<31}: {}\n{:<31}: \\Device\\HarddiskVolume2{path}\n",
        "Timestamp",
        at.strftime("%m/%d/%Y %H:%M:%S"),
        "OrigFilename",
    )
}

/// Replaces every occurrence of `from` by `to`, which must have equal lengths.
fn replace_bytes(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut at = 0;
    while at + from.len() <= bytes.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
        at += 1;
    }
    bytes
}
