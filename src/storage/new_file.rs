//! New files that appear under their name only when they are complete, and never replace an existing one.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::FileError;
use crate::files::{self, AtomicFile, Existing};

/// A file that is being written; it is removed if it is dropped before [`NewFile::persist`].
#[derive(Debug)]
pub struct NewFile {
    file: AtomicFile,
    path: PathBuf,
    existing: Existing,
}

impl NewFile {
    /// Creates a file with mode 0600. Fails if `path` exists.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        if path.symlink_metadata().is_ok() {
            return Err(already_exists(path));
        }
        Ok(Self { existing: Existing::Keep, ..Self::replacing(path)? })
    }

    /// Creates a file with mode 0600 that takes the place of the one at `path`, if there is one.
    pub fn replacing(path: &Path) -> Result<Self, FileError> {
        let directory = directory(path);
        files::remove_leftovers(directory);
        let file = AtomicFile::create(directory).map_err(|error| FileError::new("create", path, &error))?;
        Ok(Self { file, path: path.to_owned(), existing: Existing::Replace })
    }

    /// Returns the free bytes of the file system, if known.
    pub fn free_space(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let space = rustix::fs::fstatvfs(self.file.file()).ok()?;
            space.f_bavail.checked_mul(space.f_frsize)
        }
        #[cfg(not(unix))]
        None
    }

    /// Changes the path under which the file will be saved. Fails if `path` exists.
    pub fn with_path(mut self, path: &Path) -> Result<Self, FileError> {
        if path.symlink_metadata().is_ok() {
            return Err(already_exists(path));
        }
        path.clone_into(&mut self.path);
        Ok(self)
    }

    /// Changes the path under which the file will be saved, in place of the file that is there.
    #[must_use]
    pub fn in_place_of(self, path: &Path) -> Self {
        Self { path: path.to_owned(), existing: Existing::Replace, ..self }
    }

    /// Waits until the content is on the disk, and gives the file its name. Fails if the path exists, unless the file is to
    /// replace it.
    pub fn persist(self) -> Result<PathBuf, FileError> {
        let Self { file, path, existing } = self;
        let persisted = file.persist(&path, existing);
        persisted.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => already_exists(&path),
            _ => FileError::new("write", &path, &error),
        })?;
        // Otherwise a power failure may lose the name. Some file systems do not support it, and do not need it.
        #[cfg(unix)]
        let _ = File::open(directory(&path)).and_then(|directory| directory.sync_all());
        Ok(path)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Returns the directory of a file; the current one for a bare name.
pub(super) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn already_exists(path: &Path) -> FileError {
    FileError::new("create", path, &io::Error::other("it already exists"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_complete() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.zip");
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"content").unwrap();
        assert!(!path.exists());
        assert_eq!(file.persist().unwrap(), path);
        assert_eq!(fs::read(&path).unwrap(), b"content");
        assert_eq!(names(home.path()), ["a.zip"]);
        #[cfg(unix)]
        {
            let mode = fs::metadata(&path).unwrap().permissions();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_not_persisted_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mut file = NewFile::create(&home.path().join("a.zip")).unwrap();
        file.write_all(b"con").unwrap();
        drop(file);
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.zip");
        let file = NewFile::create(&path).unwrap();
        // Another program creates the file first.
        fs::write(&path, b"theirs").unwrap();
        let error = file.persist().unwrap_err().to_string();
        assert!(error.ends_with("a.zip: it already exists"), "{error}");
        let error = NewFile::create(&path).unwrap_err().to_string();
        assert!(error.ends_with("a.zip: it already exists"), "{error}");
        let other = NewFile::create(&home.path().join("b.zip")).unwrap();
        assert!(other.with_path(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(home.path()), ["a.zip"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_broken_link_counts_as_an_existing_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.zip");
        std::os::unix::fs::symlink(home.path().join("nowhere"), &path).unwrap();
        assert!(NewFile::create(&path).is_err());
    }

    #[test]
    fn a_missing_directory_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let error = NewFile::create(&home.path().join("no/a.zip")).unwrap_err();
        assert!(error.to_string().starts_with("cannot create "), "{error}");
    }

    #[test]
    fn the_free_space_is_known() {
        let home = tempfile::tempdir().unwrap();
        let file = NewFile::create(&home.path().join("a.zip")).unwrap();
        assert_eq!(file.free_space().is_some(), cfg!(unix));
    }
}
