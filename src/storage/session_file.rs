//! What is kept from one session to the next: the columns that were chosen for each list.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::FileError;
use crate::files;

/// The name of the file.
const FILE: &str = "session.json";

/// More bytes than the columns of every list take.
const MAX_BYTES: u64 = 1 << 20;

/// More columns than anybody chooses for one list, and more lists than there are.
const MAX_COLUMNS: usize = 200;
const MAX_LISTS: usize = 100;

/// What was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionFile {
    /// The columns of each list, by its name.
    pub columns: BTreeMap<String, Vec<SavedColumn>>,
}

/// A column that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedColumn {
    /// A field, or the path of a member of the record.
    pub name: String,
    /// Its width in cells, if it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
}

impl SessionFile {
    /// Reads what a directory keeps; nothing when it keeps nothing yet.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        let text = match files::read(&path, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(FileError::new("read", &path, &error)),
        };
        let mut kept: Self = serde_json::from_slice(&text).map_err(|error| FileError::new("read", &path, &error))?;
        kept.enforce_limits();
        Ok(kept)
    }

    /// Leaves out what no console has written: whoever changes the file by hand must not change the screen, nor make it slow.
    fn enforce_limits(&mut self) {
        let surplus: Vec<_> = self.columns.keys().skip(MAX_LISTS).cloned().collect();
        for list in surplus {
            self.columns.remove(&list);
        }
        for columns in self.columns.values_mut() {
            let mut seen = HashSet::new();
            columns.retain(|column| !column.name.contains(char::is_control) && seen.insert(column.name.clone()));
            columns.truncate(MAX_COLUMNS);
        }
    }

    /// Writes it in the place of what was kept before, for its owner's eyes alone.
    pub fn save(&self, dir: &Path) -> Result<(), FileError> {
        let path = dir.join(FILE);
        let write = || -> io::Result<()> {
            files::create_dir(dir)?;
            files::replace(&path, &serde_json::to_vec_pretty(self)?)
        };
        write().map_err(|error| FileError::new("write", &path, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_saved_is_there_again_and_nobody_else_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        assert_eq!(SessionFile::open(&state).unwrap(), SessionFile::default());
        let column = |name: &str, width| SavedColumn { name: name.into(), width };
        let columns = vec![column("hostname", None), column("watchlists.0.wid", Some(9))];
        let kept = SessionFile { columns: [("Processes".to_owned(), columns)].into() };
        kept.save(&state).unwrap();
        kept.save(&state).unwrap();
        assert_eq!(SessionFile::open(&state).unwrap(), kept);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(state.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_file_is_an_error_and_an_unseemly_name_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "{\"columns\": [").unwrap();
        assert!(SessionFile::open(dir.path()).is_err());
        let text = r#"{"columns": {"Alerts": [{"name": "a\u001b[2Jb"}, {"name": "c"}]}, "more": 1}"#;
        fs::write(dir.path().join(FILE), text).unwrap();
        let kept = SessionFile::open(dir.path()).unwrap();
        assert_eq!(kept.columns["Alerts"].len(), 1);
    }

    #[test]
    fn more_columns_than_anybody_chooses_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let file = |n: usize| {
            let column = |at| format!(r#"{{"name": "c{}"}}"#, at % 20_000);
            let columns: Vec<_> = (0..n).map(column).collect();
            format!(r#"{{"columns": {{"Alerts": [{}]}}}}"#, columns.join(","))
        };
        fs::write(dir.path().join(FILE), file(40_000)).unwrap();
        let kept = SessionFile::open(dir.path()).unwrap();
        assert_eq!(kept.columns["Alerts"].len(), MAX_COLUMNS);
        fs::write(dir.path().join(FILE), file(100_000)).unwrap();
        let error = SessionFile::open(dir.path()).unwrap_err().to_string();
        assert!(error.ends_with("it is larger than 1024 KiB"), "{error}");
    }
}
