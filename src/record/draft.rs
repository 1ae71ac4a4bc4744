//! Files that appear under their name only when they are whole, and never in the place of another.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{Error, private};

/// A file being written. Dropped before it is kept, it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    file: File,
    /// Where it is written.
    part: PathBuf,
    /// Where it will stand.
    path: PathBuf,
}

impl Draft {
    /// Begins a file that only its owner can read. Fails when there is one of this name already.
    pub fn create(path: &Path) -> Result<Self, Error> {
        if path.symlink_metadata().is_ok() {
            let reason = io::Error::new(io::ErrorKind::AlreadyExists, "it exists already");
            return Err(Error::new("write", path, &reason));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private::restrict(&mut options);
        let file = options
            .open(&part)
            .map_err(|error| Error::new("write", path, &error))?;
        Ok(Self {
            file,
            part,
            path: path.to_owned(),
        })
    }

    /// Gives the file its name, once everything is on the disk.
    pub fn keep(self) -> Result<(), Error> {
        let linked = self
            .file
            .sync_all()
            // Unlike renaming, this takes no other file's place.
            .and_then(|()| fs::hard_link(&self.part, &self.path));
        linked.map_err(|error| Error::new("write", &self.path, &error))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Whether it was kept or not: what is left to do if this fails is said nowhere.
        let _ = fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.csv");
        let mut draft = Draft::create(&path).unwrap();
        draft.write_all(b"a,b\n").unwrap();
        assert!(!path.exists());
        draft.keep().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n");
        drop(Draft::create(&dir.path().join("other.csv")).unwrap());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }

    #[test]
    fn no_file_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.csv");
        let draft = Draft::create(&path).unwrap();
        // Another program was quicker.
        fs::write(&path, "theirs").unwrap();
        assert!(draft.keep().is_err());
        let error = Draft::create(&path).unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.csv");
        Draft::create(&path).unwrap().keep().unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
