//! The state directory when the program starts: for its owner alone, without leftovers, and ready to be written.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::audit;
use crate::files::{self, AtomicFile};
use crate::storage::FileError;

/// Looks after the state directory, and returns what the user should know of it: that others had access to it, or that
/// nothing can be written.
pub fn check_state(dir: &Path) -> Vec<String> {
    files::remove_leftovers(dir);
    let loose: Vec<_> = state_files(dir).iter().filter_map(|path| files::restrict_to_owner(path)).collect();
    let mut warnings = Vec::new();
    if let Err(reason) = check_writable(dir) {
        // What matters most comes first: there is one line for all of them.
        warnings.push(format!("no action can be sent: {reason}"));
    }
    match loose.as_slice() {
        [] => {}
        [only] => warnings.push(only.clone()),
        [first, rest @ ..] => warnings.push(format!("{first}; so it was with {} more in there", rest.len())),
    }
    warnings
}

/// The directory and what is in it, the log's files among them.
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

/// Fails where a file cannot be made, has no room on the disk, or where the action log cannot be opened.
fn check_writable(dir: &Path) -> Result<(), FileError> {
    /// More than a line of the action log.
    const ROOM: usize = 16 << 10;
    let try_out = || -> io::Result<()> {
        files::create_dir(dir)?;
        let mut file = AtomicFile::create(dir)?;
        file.write_all(&[0; ROOM])?;
        file.flush()?;
        file.file().sync_all()
    };
    try_out().map_err(|error| FileError::new("write in", dir, &error))?;
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
    fn what_others_could_read_is_tightened_and_said_once() {
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
        let expected = "lampblack was open to other users (mode 755); it is 700 now; so it was with 3 more in there";
        assert!(warnings[0].ends_with(expected), "{warnings:?}");
        assert_eq!(check_state(&dir), Vec::<String>::new());
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_said() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        let warnings = check_state(&file);
        let first = &warnings[0];
        assert!(first.starts_with("no action can be sent: cannot write in "), "{first}");
    }

    #[test]
    fn an_action_log_that_is_none_is_said() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(audit::FILE)).unwrap();
        let warnings = check_state(home.path());
        let first = &warnings[0];
        assert!(first.starts_with("no action can be sent: cannot open "), "{first}");
    }

    #[test]
    fn what_a_killed_program_left_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let left = home.path().join(".lampblack-a1b2c3.part");
        fs::write(&left, "half").unwrap();
        set(home.path(), 0o700);
        assert_eq!(check_state(home.path()), Vec::<String>::new());
        assert!(!left.exists());
    }
}
