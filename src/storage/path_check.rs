//! Checks of the path that a file is to be saved to.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use super::{FileError, new_file::directory};
use crate::model::PathCheck;

/// Replaces a leading `~` by the home directory, as a shell does.
pub fn expand_home(typed: &Path) -> PathBuf {
    match (typed.strip_prefix("~"), env::home_dir()) {
        (Ok(below), Some(home)) => home.join(below),
        _ => typed.to_owned(),
    }
}

/// Checks whether a file can be saved to `typed`, or to `name` in it if it is a directory. Writes nothing.
pub fn check_path(typed: &str, name: &str) -> PathCheck {
    let mut path = expand_home(Path::new(typed));
    if path.is_dir() {
        path.push(name);
    }
    let parent = directory(&path);
    let has_parent = parent.is_dir();
    let reason = if path.symlink_metadata().is_ok() {
        Some("it already exists")
    } else if !has_parent {
        Some("there is no such directory")
    } else {
        None
    };
    let problem = reason.map(|reason| FileError::new("create", &path, &io::Error::other(reason)));
    PathCheck {
        typed: typed.to_owned(),
        free_space: free_space(parent).filter(|_| has_parent),
        problem: problem.map(|error| error.to_string()),
        path: std::path::absolute(&path).unwrap_or(path),
    }
}

/// Returns the free bytes of the file system of a directory, if known.
fn free_space(directory: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let space = rustix::fs::statvfs(directory).ok()?;
        space.f_bavail.checked_mul(space.f_frsize)
    }
    #[cfg(not(unix))]
    {
        let _ = directory;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_tilde_alone_is_the_home_directory() {
        let home = env::home_dir().unwrap();
        let expand = |typed: &str| expand_home(Path::new(typed));
        assert_eq!(expand("~/a b.zip"), home.join("a b.zip"));
        assert_eq!(expand("~"), home.join(""));
        for typed in ["~other/a.zip", "a/~", "a.zip", ""] {
            assert_eq!(expand(typed), PathBuf::from(typed));
        }
    }

    #[test]
    fn a_path_is_checked_and_nothing_is_written() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name).to_string_lossy().into_owned();
        let free = check_path(&at("a.zip"), "x");
        assert_eq!((free.problem, free.free_space.is_some()), (None, cfg!(unix)));
        assert_eq!(free.path, home.path().join("a.zip"));
        let inside = check_path(&at(""), "x.zip");
        assert_eq!(inside.path, home.path().join("x.zip"));
        fs::write(at("x.zip"), b"theirs").unwrap();
        let taken = check_path(&at(""), "x.zip").problem.unwrap();
        assert!(taken.ends_with("x.zip: it already exists"), "{taken}");
        let missing = check_path(&at("no/a.zip"), "x");
        let problem = missing.problem.unwrap();
        assert!(problem.ends_with("there is no such directory"), "{problem}");
        assert_eq!(missing.free_space, None);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
