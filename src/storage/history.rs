//! History of queries, with their time and result.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FileError;
use crate::files;

/// A query and its result: one line of the history file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// The query as typed.
    pub query: String,
    /// The time range for the last event of a process, as typed; empty for any time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub period: String,
    /// Whether `period` is by the server's clock and not the host's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_server_clock: bool,
    /// When the query was run, by the clock of this machine.
    pub at: Timestamp,
    /// The number of results; absent without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Duration of the request, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// The URL of the server.
    pub server: String,
}

/// The queries of this run and of earlier ones. Without a file they are lost when the program ends.
#[derive(Debug, Default)]
pub struct History {
    path: Option<PathBuf>,
    /// Oldest first; a query occurs once for each server.
    entries: Vec<HistoryLine>,
    n_unreadable: usize,
    is_failing: bool,
}

const FILE: &str = "history.jsonl";

/// The limit of the history; older queries are dropped.
const MAX_ENTRIES: usize = 1_000;

/// A file with more lines than this is rewritten with the newest [`MAX_ENTRIES`].
const MAX_LINES: usize = 2 * MAX_ENTRIES;

/// The bytes read from the end of the file; 1,000 queries rarely take more.
const TAIL: u64 = 1 << 20;

impl History {
    /// Opens the history in `dir`, which is created if it is missing.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        files::create_dir(dir).map_err(|error| FileError::new("create", dir, &error))?;
        let mut file = files::open_to_append(&path).map_err(|error| FileError::new("open", &path, &error))?;
        let mut history = Self::default();
        // A console that appends while the file is replaced would append to the old file.
        let is_locked = file.try_lock().is_ok();
        let read = |error: &io::Error| FileError::new("read", &path, error);
        let is_all_read = file_length(&file).map_err(|error| read(&error))? <= TAIL;
        let lines = tail(&mut file).map_err(|error| read(&error))?;
        let lines: Vec<_> = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let mut entries = Vec::new();
        for line in &lines {
            match serde_json::from_slice(line) {
                Ok(entry) => entries.push(entry),
                Err(_) => history.n_unreadable += 1,
            }
        }
        history.entries = dedup_newest(entries);
        if is_locked && (!is_all_read || lines.len() > MAX_LINES) {
            history.rewrite(&path).map_err(|error| FileError::new("write", &path, &error))?;
        }
        history.path = Some(path);
        Ok(history)
    }

    /// Adds a query. If it cannot be written, it is still in memory, and only the first of several failures in a row is
    /// returned.
    pub fn append(&mut self, entry: &HistoryLine) -> Result<(), FileError> {
        self.entries.retain(|old| !is_same_query(old, entry));
        self.entries.push(entry.clone());
        let surplus = self.entries.len().saturating_sub(MAX_ENTRIES);
        self.entries.drain(..surplus);

        let Some(path) = &self.path else {
            return Ok(());
        };
        let result = write(path, entry);
        let was_failing = std::mem::replace(&mut self.is_failing, result.is_err());
        match result {
            Err(error) if !was_failing => Err(FileError::new("write", path, &error)),
            _ => Ok(()),
        }
    }

    /// Returns the queries, newest first, each once per server.
    pub fn recent_queries(&self) -> Vec<HistoryLine> {
        self.entries.iter().rev().cloned().collect()
    }

    /// Returns the number of lines that could not be parsed.
    pub fn n_unreadable(&self) -> usize {
        self.n_unreadable
    }

    /// Replaces the file by one with the current entries.
    fn rewrite(&self, path: &Path) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in &self.entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        files::replace(path, &lines)
    }
}

fn file_length(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len())
}

/// Reads the last [`TAIL`] bytes of the file, without a line that begins before them.
fn tail(file: &mut File) -> io::Result<Vec<u8>> {
    let start = file_length(file)?.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    if start > 0 {
        let line_end = bytes.iter().position(|byte| *byte == b'\n');
        bytes.drain(..line_end.map_or(bytes.len(), |at| at + 1));
    }
    Ok(bytes)
}

/// Appends a line by a single write, so that the lines of two consoles do not mix.
fn write(path: &Path, entry: &HistoryLine) -> io::Result<()> {
    /// The file may have been replaced while it was opened; that does not happen three times in a row.
    const TRIES: usize = 3;
    let mut file = files::open_to_append(path)?;
    for _ in 0..TRIES {
        let is_locked = file.try_lock().is_ok();
        let reopened = files::open_to_append(path)?;
        // It may have been replaced between opening and locking.
        if is_locked && is_same_file(&file, &reopened)? {
            break;
        }
        file = reopened;
    }
    let mut line = Vec::new();
    if !ends_with_newline(&mut file)? {
        // An interrupted write left an incomplete line: it is lost, but the new line is not.
        line.push(b'\n');
    }
    serde_json::to_writer(&mut line, entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

fn is_same_file(one: &File, other: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(one.metadata()?.ino() == other.metadata()?.ino())
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}

/// Returns the last entry of each query, in order, at most [`MAX_ENTRIES`].
fn dedup_newest(entries: Vec<HistoryLine>) -> Vec<HistoryLine> {
    let mut seen = HashSet::new();
    let mut newest = Vec::new();
    for entry in entries.into_iter().rev() {
        let key = (entry.query.clone(), entry.period.clone(), entry.is_server_clock, entry.server.clone());
        if newest.len() < MAX_ENTRIES && seen.insert(key) {
            newest.push(entry);
        }
    }
    newest.reverse();
    newest
}

fn is_same_query(one: &HistoryLine, other: &HistoryLine) -> bool {
    let key = |entry: &HistoryLine| (entry.query.clone(), entry.period.clone(), entry.server.clone());
    key(one) == key(other) && one.is_server_clock == other.is_server_clock
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde requires a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn entry(query: &str, second: i64) -> HistoryLine {
        HistoryLine {
            query: query.into(),
            period: String::new(),
            is_server_clock: false,
            at: Timestamp::from_second(1_614_852_930 + second).unwrap(),
            total: Some(214),
            took_ms: None,
            server: "https://cb.example.com".into(),
        }
    }

    fn queries(history: &History) -> Vec<String> {
        history.recent_queries().into_iter().map(|entry| entry.query).collect()
    }

    #[test]
    fn queries_outlive_the_program_the_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("not/yet/there");
        let mut history = History::open(&dir).unwrap();
        assert_eq!(history.recent_queries(), []);
        let first = HistoryLine { took_ms: Some(462), total: None, ..entry("first\nline", 1) };
        history.append(&first).unwrap();
        history.append(&entry("second", 2)).unwrap();
        for history in [history, History::open(&dir).unwrap()] {
            assert_eq!(history.recent_queries(), [entry("second", 2), first.clone()]);
        }
    }

    #[test]
    fn a_repeated_query_is_listed_once_for_each_server() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path()).unwrap();
        let elsewhere = HistoryLine { server: "https://lab.example.com".into(), ..entry("a", 3) };
        for entry in [&entry("a", 1), &entry("b", 2), &elsewhere, &entry("a", 4)] {
            history.append(entry).unwrap();
        }
        for history in [history, History::open(dir.path()).unwrap()] {
            assert_eq!(history.recent_queries(), [entry("a", 4), elsewhere.clone(), entry("b", 2)]);
        }
    }

    #[test]
    fn two_consoles_do_not_mix_their_lines() {
        let dir = tempfile::tempdir().unwrap();
        let mut one = History::open(dir.path()).unwrap();
        let mut other = History::open(dir.path()).unwrap();
        one.append(&entry("a", 1)).unwrap();
        other.append(&entry("b", 2)).unwrap();
        one.append(&entry("c", 3)).unwrap();
        assert_eq!(queries(&History::open(dir.path()).unwrap()), ["c", "b", "a"]);
    }

    #[test]
    fn broken_lines_are_skipped_and_counted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        History::open(dir.path()).unwrap().append(&entry("a", 1)).unwrap();
        let mut content = fs::read(&path).unwrap();
        content.extend(b"\xff\xfe\n{}\n\n{\"query\": \"cut o");
        fs::write(&path, content).unwrap();

        let mut history = History::open(dir.path()).unwrap();
        assert_eq!((queries(&history), history.n_unreadable()), (vec!["a".into()], 3));
        // The incomplete line does not swallow the next one.
        history.append(&entry("b", 2)).unwrap();
        let history = History::open(dir.path()).unwrap();
        assert_eq!((queries(&history), history.n_unreadable()), (vec!["b".into(), "a".into()], 3));
    }

    #[test]
    fn only_the_newest_entries_of_a_long_file_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let mut content = String::new();
        for second in 0..20_000 {
            let entry = entry(&format!("process_name:{second}.exe"), second);
            content.push_str(&serde_json::to_string(&entry).unwrap());
            content.push('\n');
        }
        assert!(u64::try_from(content.len()).unwrap() > 2 * TAIL);
        fs::write(dir.path().join(FILE), content).unwrap();
        let mut history = History::open(dir.path()).unwrap();
        assert_eq!((history.recent_queries().len(), history.n_unreadable()), (MAX_ENTRIES, 0));
        assert_eq!(history.recent_queries()[0].query, "process_name:19999.exe");
        let lines = || {
            let text = fs::read_to_string(dir.path().join(FILE)).unwrap();
            text.lines().count()
        };
        assert_eq!(lines(), MAX_ENTRIES);
        history.append(&entry("one more", 20_000)).unwrap();
        assert_eq!(history.recent_queries().len(), MAX_ENTRIES);
    }

    #[test]
    fn a_console_appends_to_the_new_file_after_another_has_replaced_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut open = History::open(dir.path()).unwrap();
        let line = serde_json::to_string(&entry("old", 1)).unwrap() + "\n";
        fs::write(dir.path().join(FILE), line.repeat(MAX_LINES + 1)).unwrap();
        History::open(dir.path()).unwrap();
        open.append(&entry("new", 2)).unwrap();
        assert_eq!(queries(&History::open(dir.path()).unwrap()), ["new", "old"]);
        assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap().lines().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn other_users_cannot_read_the_file() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state").join(FILE);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        History::open(path.parent().unwrap()).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        History::open(path.parent().unwrap()).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_failed_write_is_reported_once_and_the_query_stays_in_memory() {
        let dir = tempfile::tempdir().unwrap();
        let mut history = History::open(dir.path()).unwrap();
        fs::remove_dir_all(dir.path()).unwrap();
        let error = history.append(&entry("a", 1)).unwrap_err().to_string();
        assert!(error.starts_with("cannot write "), "{error}");
        assert_eq!(history.append(&entry("b", 2)), Ok(()));
        assert_eq!(queries(&history), ["b", "a"]);
    }

    #[test]
    fn a_directory_that_cannot_be_created_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let error = History::open(&file).unwrap_err().to_string();
        assert!(error.starts_with("cannot create ") && error.contains("file"), "{error}");
        // Without a file, the history lasts as long as the program.
        let mut history = History::default();
        history.append(&entry("a", 1)).unwrap();
        assert_eq!(queries(&history), ["a"]);
    }
}
