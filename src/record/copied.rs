//! The last copy that was too long for the clipboard.

use std::{
    fs::DirBuilder,
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::Error;

/// Writes a copy into `dir`, in the place of the one before: there is never more than one.
pub fn keep_copy(dir: &Path, text: &str) -> Result<PathBuf, Error> {
    let path = dir.join("copied.txt");
    let written = || {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        // Under a name that nobody can foresee, for its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path)?;
        Ok(())
    };
    let written: std::io::Result<()> = written();
    written.map_err(|error| Error::new("write", &path, &error))?;
    Ok(path)
}
