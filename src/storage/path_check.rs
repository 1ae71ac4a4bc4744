//! A look at the place where a file is to be written.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use super::{FileError, new_file::directory};
use crate::model::PathCheck;

/// A path as a shell would take it: `~` is the home directory.
pub fn expand_home(typed: &Path) -> PathBuf {
    match (typed.strip_prefix("~"), env::home_dir()) {
        (Ok(below), Some(home)) => home.join(below),
        _ => typed.to_owned(),
    }
}

/// Looks at the place that was typed. A directory stands for a file of this name in it. Nothing is written.
pub fn check_path(typed: &str, name: &str) -> PathCheck {
    let mut path = expand_home(Path::new(typed));
    if path.is_dir() {
        path.push(name);
    }
    let beside = directory(&path);
    let is_there = beside.is_dir();
    let reason = if path.symlink_metadata().is_ok() {
        Some("it exists already")
    } else if !is_there {
        Some("there is no such directory")
    } else {
        None
    };
    let trouble = reason.map(|reason| FileError::new("create", &path, &io::Error::other(reason)));
    PathCheck {
        typed: typed.to_owned(),
        free_space: free_space(beside).filter(|_| is_there),
        problem: trouble.map(|error| error.to_string()),
        path: std::path::absolute(&path).unwrap_or(path),
    }
}

/// How many bytes the file system of a directory has room for, if that can be told.
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
    fn a_wave_is_the_home_directory_and_no_other() {
        let home = env::home_dir().unwrap();
        let expand = |typed: &str| expand_home(Path::new(typed));
        assert_eq!(expand("~/a b.zip"), home.join("a b.zip"));
        assert_eq!(expand("~"), home.join(""));
        for typed in ["~other/a.zip", "a/~", "a.zip", ""] {
            assert_eq!(expand(typed), PathBuf::from(typed));
        }
    }

    #[test]
    fn a_place_is_looked_at_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name).to_string_lossy().into_owned();
        let free = check_path(&at("a.zip"), "x");
        assert_eq!((free.problem, free.free_space.is_some()), (None, cfg!(unix)));
        assert_eq!(free.path, home.path().join("a.zip"));
        let inside = check_path(&at(""), "x.zip");
        assert_eq!(inside.path, home.path().join("x.zip"));
        fs::write(at("x.zip"), b"theirs").unwrap();
        let taken = check_path(&at(""), "x.zip").problem.unwrap();
        assert!(taken.ends_with("x.zip: it exists already"), "{taken}");
        let nowhere = check_path(&at("no/a.zip"), "x");
        let trouble = nowhere.problem.unwrap();
        assert!(trouble.ends_with("there is no such directory"), "{trouble}");
        assert_eq!(nowhere.free_space, None);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
