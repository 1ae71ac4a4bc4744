//! Sensor installers of a group (reference 2.6).

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use zip::{ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::{method_not_allowed, or_not_found};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

/// Block size of a tar archive.
const BLOCK: usize = 512;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "group", id, subpath @ ..] = path.as_slice() else {
        return None;
    };
    let ["installer", platform @ ..] = subpath else {
        return None;
    };
    if method != "GET" {
        return Some(method_not_allowed());
    }
    let group = server.with_admin(|admin| admin.groups.get(id.parse().ok()?).cloned());
    Some(or_not_found(group.and_then(|group| build_installer(&group, platform))))
}

/// Returns an archive of installer and settings; `None` if there is none for the platform.
fn build_installer(group: &Record, platform: &[&str]) -> Option<ApiResponse> {
    let program = match platform {
        ["windows", "exe"] => "CarbonBlackClientSetup.exe",
        ["windows", "msi"] => "cbsetup.msi",
        ["osx"] => "CbOSXInstaller.pkg",
        ["linux"] => "CarbonBlackLinuxInstaller.sh",
        _ => return None,
    };
    let settings = format!(
        "[CB]\r\nName={}\r\nGroupId={}\r\nServerURL={}\r\n",
        admin::text_member(group, "name"),
        group["id"],
        admin::text_member(group, "sensorbackend_server"),
    );
    let members = [(program, &b"A simulated installer.\n"[..]), ("sensorsettings.ini", settings.as_bytes())];
    if platform == ["linux"] {
        return build_tar_gz(&members).map(ApiResponse::gzip);
    }
    build_zip(&members).ok().map(ApiResponse::zip)
}

/// Builds a ZIP archive from names and contents.
pub(super) fn build_zip(members: &[(&str, &[u8])]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default())?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Builds a compressed tar archive from names and contents.
fn build_tar_gz(members: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for (name, content) in members {
        encoder.write_all(&tar_header(name, content.len())).ok()?;
        encoder.write_all(content).ok()?;
        let padding = content.len().next_multiple_of(BLOCK) - content.len();
        encoder.write_all(&vec![0; padding]).ok()?;
    }
    encoder.write_all(&[0; 2 * BLOCK]).ok()?;
    encoder.finish().ok()
}

fn tar_header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000755\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    // The checksum is computed with spaces in its own place.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let checksum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{checksum:06o}\0 ").as_bytes());
    header
}
