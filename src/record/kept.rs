//! What is kept from one session to the next: the columns that were chosen for each list.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{Error, private};

/// The name of the file.
const FILE: &str = "session.json";

/// What was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The columns of each list, by its name.
    pub columns: BTreeMap<String, Vec<Column>>,
}

/// A column that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// A field, or the path of a member of the record.
    pub name: String,
    /// Its width in cells, if it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
}

impl Kept {
    /// Reads what a directory keeps; nothing when it keeps nothing yet.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::new("read", &path, &error)),
        };
        let mut kept: Self =
            serde_json::from_str(&text).map_err(|error| Error::new("read", &path, &error))?;
        // Whoever changes the file by hand must not change the screen.
        for columns in kept.columns.values_mut() {
            columns.retain(|column| !column.name.contains(char::is_control));
        }
        Ok(kept)
    }

    /// Writes it in the place of what was kept before, for its owner's eyes alone.
    pub fn save(&self, dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        let write = || -> io::Result<()> {
            private::create_dir(dir)?;
            let file = NamedTempFile::new_in(dir)?;
            serde_json::to_writer_pretty(&file, self)?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| Error::new("write", &path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_there_again_and_nobody_else_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        assert_eq!(Kept::open(&state).unwrap(), Kept::default());
        let column = |name: &str, width| Column {
            name: name.into(),
            width,
        };
        let columns = vec![
            column("hostname", None),
            column("watchlists.0.wid", Some(9)),
        ];
        let kept = Kept {
            columns: [("Processes".to_owned(), columns)].into(),
        };
        kept.save(&state).unwrap();
        kept.save(&state).unwrap();
        assert_eq!(Kept::open(&state).unwrap(), kept);
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
        assert!(Kept::open(dir.path()).is_err());
        let text =
            r#"{"columns": {"Alerts": [{"name": "a\u001b[2Jb"}, {"name": "c"}]}, "more": 1}"#;
        fs::write(dir.path().join(FILE), text).unwrap();
        let kept = Kept::open(dir.path()).unwrap();
        assert_eq!(kept.columns["Alerts"].len(), 1);
    }
}
