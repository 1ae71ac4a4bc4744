//! Checks of the state directory at start: private, free of temporary files, and writable.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::audit;
use crate::files::{self, AtomicFile};
use crate::storage::FileError;

/// Cleans up the state directory, and returns warnings for the user: that other users had access to it, or that it
/// cannot be written.
pub fn check_state(dir: &Path) -> Vec<String> {
    files::remove_leftovers(dir);
    let loose: Vec<_> = state_files(dir).iter().filter_map(|path| files::restrict_to_owner(path)).collect();
    let mut warnings = Vec::new();
    if let Err(reason) = check_writable(dir) {
        // The most important warning comes first, because only one line is shown.
        warnings.push(format!("no action can be sent: {reason}"));
    }
    match loose.as_slice() {
        [] => {}
        [only] => warnings.push(only.clone()),
        [first, others @ ..] => warnings.push(format!("{first}; and {} more in this directory", others.len())),
    }
    warnings
}

/// Returns the directory and its content, including the diagnostics log.
fn state_files(dir: &Path) -> Vec<PathBuf> {
    let below = |dir: &Path| {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let mut all = vec![dir.to_owned()];
    all.extend(below(dir));
    all.extend(below(&dir.join("log")));
    all
}

/// Fails if a file cannot be created, the disk is full, or the audit log cannot be opened.
fn check_writable(dir: &Path) -> Result<(), FileError> {
    /// In bytes, more than a line of the audit log takes.
    const ROOM: usize = 16 << 10;
    let write_probe = || -> io::Result<()> {
        files::create_dir(dir)?;
        let mut file = AtomicFile::create(dir)?;
        file.write_all(&[0; ROOM])?;
        file.flush()?;
        file.file().sync_all()
    };
    write_probe().map_err(|error| FileError::new("write in", dir, &error))?;
    let log = dir.join(audit::FILE);
    if log.symlink_metadata().is_ok() {
        files::open_to_append(&log).map_err(|error| FileError::new("open", &log, &error))?;
    }
    audit::LogHead::open(dir).map(drop)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn loose_permissions_are_tightened_with_one_warning() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("lampblack");
        fs::create_dir_all(dir.join("log")).unwrap();
        for name in ["history.jsonl", "log/2026-11-24.log"] {
            fs::write(dir.join(name), "").unwrap();
            set(&dir.join(name), 0o644);
        }
        set(&dir.join("log"), 0o755);
        set(&dir, 0o755);
        let warnings = check_state(&dir);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        let expected =
            "lampblack was accessible to other users (mode 755); it is now 700; and 3 more in this directory";
        assert!(warnings[0].ends_with(expected), "{warnings:?}");
        assert_eq!(check_state(&dir), Vec::<String>::new());
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_a_warning() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let warnings = check_state(&file);
        let first = &warnings[0];
        assert!(first.starts_with("no action can be sent: cannot write in "), "{first}");
    }

    #[test]
    fn an_audit_log_that_is_not_a_file_is_a_warning() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(audit::FILE)).unwrap();
        let warnings = check_state(home.path());
        let first = &warnings[0];
        assert!(first.starts_with("no action can be sent: cannot open "), "{first}");
    }

    #[test]
    fn temporary_files_of_killed_programs_are_removed() {
        let home = tempfile::tempdir().unwrap();
        let leftover = home.path().join(".lampblack-a1b2c3.part");
        fs::write(&leftover, "half").unwrap();
        set(home.path(), 0o700);
        assert_eq!(check_state(home.path()), Vec::<String>::new());
        assert!(!leftover.exists());
    }
}
