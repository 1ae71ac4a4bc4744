//! Settings preserved from one session to the next: the columns chosen for each list.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::FileError;
use crate::files;

const FILE: &str = "session.json";

/// The maximum size of the file, more than the columns of all lists take.
const MAX_BYTES: u64 = 1 << 20;

/// More columns than a user chooses for one list, and more lists than there are.
const MAX_COLUMNS: usize = 200;
const MAX_LISTS: usize = 100;

/// The content of the session file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionFile {
    /// The columns by the name of their list.
    pub columns: BTreeMap<String, Vec<SavedColumn>>,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedColumn {
    /// The name of a field, or the path of a member of the record.
    pub name: String,
    /// Width in cells, if the user has set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
}

impl SessionFile {
    /// Reads the session file in `dir`; a missing file yields the default.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        let text = match files::read(&path, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(FileError::new("read", &path, &error)),
        };
        let mut session: Self = serde_json::from_slice(&text).map_err(|error| FileError::new("read", &path, &error))?;
        session.enforce_limits();
        Ok(session)
    }

    /// Removes what the console never writes: a file edited by hand must neither corrupt the screen nor make it slow.
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

    /// Writes the session file in `dir`; a new file has mode 0600.
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
    fn saved_columns_are_restored_and_the_file_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        assert_eq!(SessionFile::open(&state).unwrap(), SessionFile::default());
        let column = |name: &str, width| SavedColumn { name: name.into(), width };
        let columns = vec![column("hostname", None), column("watchlists.0.wid", Some(9))];
        let session = SessionFile { columns: [("Processes".to_owned(), columns)].into() };
        session.save(&state).unwrap();
        session.save(&state).unwrap();
        assert_eq!(SessionFile::open(&state).unwrap(), session);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(state.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_file_is_an_error_and_a_name_with_control_characters_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "{\"columns\": [").unwrap();
        assert!(SessionFile::open(dir.path()).is_err());
        let text = r#"{"columns": {"Alerts": [{"name": "a\u001b[2Jb"}, {"name": "c"}]}, "more": 1}"#;
        fs::write(dir.path().join(FILE), text).unwrap();
        let session = SessionFile::open(dir.path()).unwrap();
        assert_eq!(session.columns["Alerts"].len(), 1);
    }

    #[test]
    fn columns_beyond_the_limit_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        let file = |n: usize| {
            let column = |at| format!(r#"{{"name": "c{}"}}"#, at % 20_000);
            let columns: Vec<_> = (0..n).map(column).collect();
            format!(r#"{{"columns": {{"Alerts": [{}]}}}}"#, columns.join(","))
        };
        fs::write(dir.path().join(FILE), file(40_000)).unwrap();
        let session = SessionFile::open(dir.path()).unwrap();
        assert_eq!(session.columns["Alerts"].len(), MAX_COLUMNS);
        fs::write(dir.path().join(FILE), file(100_000)).unwrap();
        let error = SessionFile::open(dir.path()).unwrap_err().to_string();
        assert!(error.ends_with("it is larger than 1 MiB"), "{error}");
    }
}
