//! The file for a copied text that is too long for the clipboard.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use super::FileError;
use crate::files::{self, AtomicFile, Existing};

/// Writes a copied text to a file in `dir`, in place of the previous copy. The file always has mode 0600.
pub fn write_copy(dir: &Path, text: &str) -> Result<PathBuf, FileError> {
    let path = dir.join("copied.txt");
    let write = || {
        files::create_dir(dir)?;
        let mut file = AtomicFile::create(dir)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path, Existing::Replace)
    };
    write().map_err(|error: std::io::Error| FileError::new("write", &path, &error))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_copy_is_private_and_replaces_the_copy_before() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("state");
        let path = write_copy(&dir, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(write_copy(&dir, "another").unwrap(), path);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&path)), (0o700, 0o600));
        assert_eq!(fs::read_to_string(&path).unwrap(), "another");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }
}
