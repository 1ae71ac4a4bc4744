//! Saved queries, in a TOML file that users also edit by hand and share.

use std::{
    io,
    path::{Path, PathBuf},
};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::FileError;
use crate::files;

/// A query with its name. It may come from another user, so it is shown only through `text`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedQuery {
    pub name: String,
    /// The query as typed.
    pub query: String,
    /// The time range for the last event of a process, as typed; empty for any time.
    pub period: String,
    /// Whether `period` is by the server's clock and not the host's.
    pub is_server_clock: bool,
    /// A description; may be empty.
    pub note: String,
}

/// The saved queries of a file. Its comments, and entries that cannot be parsed, are preserved.
#[derive(Debug)]
pub struct SavedQueries {
    path: PathBuf,
    queries: Vec<SavedQuery>,
    n_unreadable: usize,
}

/// The key of the array of tables in the file.
const KEY: &str = "query";

/// The maximum size of the file in bytes, more than any team's queries take.
const LIMIT: u64 = 4 << 20;

impl SavedQueries {
    /// The name of the file, in the configuration directory.
    pub const FILE: &str = "queries.toml";

    /// Reads a file; a missing file has no queries. Fails with the line number if the file is not valid TOML.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let document = read_document(path)?;
        let (queries, n_unreadable) = queries(path, &document)?;
        Ok(Self { path: path.to_owned(), queries, n_unreadable })
    }

    /// Returns the queries in the order of the file.
    pub fn queries(&self) -> &[SavedQuery] {
        &self.queries
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns how many entries lack a name or a query.
    pub fn n_unreadable(&self) -> usize {
        self.n_unreadable
    }

    /// Adds a query, or replaces the one with its name. The file is read again first, so changes of others are
    /// preserved.
    pub fn add(&mut self, query: &SavedQuery) -> Result<(), FileError> {
        let mut document = read_document(&self.path)?;
        let tables = document.entry(KEY).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let tables = tables.as_array_of_tables_mut().ok_or_else(|| not_a_list_error(&self.path))?;
        let index = tables.iter().position(|table| has_name(table, &query.name));
        if let Some(table) = index.and_then(|index| tables.get_mut(index)) {
            fill(table, query);
        } else {
            let mut table = Table::new();
            fill(&mut table, query);
            tables.push(table);
        }
        self.write(&document)
    }

    /// Removes the queries with this name; returns whether there were any.
    pub fn remove(&mut self, name: &str) -> Result<bool, FileError> {
        let mut document = read_document(&self.path)?;
        let tables = document.get_mut(KEY).and_then(Item::as_array_of_tables_mut);
        let Some(tables) = tables else {
            return Ok(false);
        };
        let before = tables.len();
        tables.retain(|table| !has_name(table, name));
        if tables.len() == before {
            return Ok(false);
        }
        self.write(&document)?;
        Ok(true)
    }

    fn write(&mut self, document: &DocumentMut) -> Result<(), FileError> {
        let written = self.path.parent().map_or(Ok(()), files::create_dir);
        written
            .and_then(|()| files::replace(&self.path, document.to_string().as_bytes()))
            .map_err(|error| FileError::new("write", &self.path, &error))?;
        (self.queries, self.n_unreadable) = queries(&self.path, document)?;
        Ok(())
    }
}

fn read_document(path: &Path) -> Result<DocumentMut, FileError> {
    let text = match files::read_text(path, LIMIT) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(FileError::new("read", path, &error)),
    };
    text.parse().map_err(|error: toml_edit::TomlError| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n');
        let reason = format!("line {}: {}", line.count() + 1, error.message());
        FileError::new("read", path, &reason)
    })
}

/// Returns the queries of a file, and how many entries cannot be parsed.
fn queries(path: &Path, document: &DocumentMut) -> Result<(Vec<SavedQuery>, usize), FileError> {
    let tables = match document.get(KEY) {
        None => return Ok((Vec::new(), 0)),
        Some(Item::ArrayOfTables(tables)) => tables,
        Some(_) => return Err(not_a_list_error(path)),
    };
    let text = |table: &Table, key: &str| {
        let text = table.get(key).and_then(Item::as_str);
        text.map(|text| text.trim().to_owned())
    };
    let read = |table: &Table| {
        let is_not_empty = |text: &String| !text.is_empty();
        Some(SavedQuery {
            name: text(table, "name").filter(is_not_empty)?,
            query: text(table, "query").filter(is_not_empty)?,
            period: text(table, "period").unwrap_or_default(),
            is_server_clock: text(table, "clock").as_deref() == Some("server"),
            note: text(table, "note").unwrap_or_default(),
        })
    };
    let queries: Vec<_> = tables.iter().filter_map(read).collect();
    let n_unreadable = tables.len() - queries.len();
    Ok((queries, n_unreadable))
}

/// Returns the error for a file in which [`KEY`] is not an array of tables.
fn not_a_list_error(path: &Path) -> FileError {
    let reason = "write each query as [[query]] with name and query below it";
    FileError::new("read", path, &reason)
}

fn has_name(table: &Table, name: &str) -> bool {
    let existing = table.get("name").and_then(Item::as_str);
    existing.is_some_and(|existing| existing.trim() == name.trim())
}

fn fill(table: &mut Table, query: &SavedQuery) {
    table["name"] = value(query.name.trim());
    table["query"] = value(query.query.trim());
    let clock = if query.is_server_clock { "server" } else { "" };
    for (key, text) in [("period", query.period.as_str()), ("clock", clock), ("note", query.note.as_str())] {
        if text.trim().is_empty() {
            table.remove(key);
        } else {
            table[key] = value(text.trim());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn query(name: &str, query: &str, note: &str) -> SavedQuery {
        SavedQuery { name: name.into(), query: query.into(), note: note.into(), ..SavedQuery::default() }
    }

    /// Returns a path for a file, and its temporary directory.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config").join(SavedQueries::FILE);
        (dir, path)
    }

    #[test]
    fn queries_are_saved_and_removed_by_name() {
        let (_dir, path) = place();
        let mut saved = SavedQueries::load(&path).unwrap();
        assert_eq!(saved.queries(), []);
        assert!(!saved.remove("shares").unwrap());
        assert!(!path.exists());
        let first = query("shares", r"process_name:net.exe cmdline:\\test\blah", "");
        let second = query("office", "parent_name:winword.exe\n\"x\"", "what Word starts");
        saved.add(&first).unwrap();
        saved.add(&second).unwrap();
        assert_eq!(saved.queries(), [first.clone(), second.clone()]);
        assert_eq!(SavedQueries::load(&path).unwrap().queries(), [first, second.clone()]);
        let changed = query("shares", "process_name:net1.exe", "newer");
        saved.add(&changed).unwrap();
        assert_eq!(saved.queries(), [changed, second.clone()]);
        assert!(saved.remove("shares").unwrap());
        assert_eq!(SavedQueries::load(&path).unwrap().queries(), [second]);
    }

    #[test]
    fn hand_written_content_is_preserved() {
        let (_dir, path) = place();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = "# of the night shift\nteam = \"blue\"\n\n[[query]]\nname = \"a\" # the first\nquery = 'x'\n\
            owner = \"kim\"\n\n[[query]]\nname = \"broken\"\n\n[[query]]\nquery = 7\n";
        fs::write(&path, text).unwrap();
        let mut saved = SavedQueries::load(&path).unwrap();
        assert_eq!((saved.queries().len(), saved.n_unreadable()), (1, 2));
        // Another console adds a query meanwhile.
        let mut other = SavedQueries::load(&path).unwrap();
        other.add(&query("b", "y", "")).unwrap();
        saved.add(&query("c", "z", "")).unwrap();
        let names: Vec<_> = saved.queries().iter().map(|query| query.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        let text_now = fs::read_to_string(&path).unwrap();
        assert!(text_now.starts_with(text), "{text_now}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_and_never_overwritten() {
        let (_dir, path) = place();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        for (text, reason) in [
            ("[[query]]\nname = \"a\"\nquery = x\n", "line 3: "),
            ("query = [1]\n", "write each query as [[query]]"),
            ("[query]\nname = \"a\"\n", "write each query as [[query]]"),
        ] {
            let mut saved = SavedQueries { path: path.clone(), queries: Vec::new(), n_unreadable: 0 };
            fs::write(&path, text).unwrap();
            for error in [SavedQueries::load(&path).unwrap_err(), saved.add(&query("a", "b", "")).unwrap_err()] {
                let error = error.to_string();
                assert!(error.starts_with("cannot read "), "{error}");
                assert!(error.contains(reason), "{error}");
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_shared_file_keeps_its_permissions_and_stays_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let (dir, path) = place();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let shared = dir.path().join("shared.toml");
        fs::write(&shared, "").unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o664)).unwrap();
        symlink(&shared, &path).unwrap();
        SavedQueries::load(&path).unwrap().add(&query("a", "b", "")).unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        let mode = fs::metadata(&shared).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o664);
        assert_eq!(SavedQueries::load(&shared).unwrap().queries().len(), 1);
        // Only the shared file and the directory of the link are there.
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_failed_write_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let path = file.join(SavedQueries::FILE);
        let mut saved = SavedQueries { path: path.clone(), queries: Vec::new(), n_unreadable: 0 };
        let error = saved.add(&query("a", "b", "")).unwrap_err().to_string();
        assert!(error.starts_with("cannot ") && error.contains("file"), "{error}");
    }
}
