//! The archives of an audit log: a file for each month.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const PREFIX: &str = "actions-";
const SUFFIX: &str = ".jsonl";

/// Returns the archives in `dir`, oldest first.
pub(super) fn archive_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && month_of(name).is_some()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names.into_iter().map(|name| dir.join(name)).collect())
}

/// Returns the total size of the archives in `dir`, in bytes.
pub(super) fn archived_bytes(dir: &Path) -> io::Result<u64> {
    archive_files(dir)?.iter().map(|path| Ok(fs::metadata(path)?.len())).sum()
}

/// Returns the path of the archive of a month (`2026-10`).
pub(super) fn archive_path(dir: &Path, month: &str) -> PathBuf {
    dir.join(format!("{PREFIX}{month}{SUFFIX}"))
}

/// Returns the month of an archive by its name; `None` for any other file.
pub(super) fn month_of(name: &str) -> Option<&str> {
    let month = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (year, number) = month.split_once('-')?;
    let is_number = |text: &str, n| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(year, 4) && is_number(number, 2)).then_some(month)
}
