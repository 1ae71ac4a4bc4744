//! The audit log of all changes of a server: one JSON object a line, each with the hash of the previous line.
//!
//! A line is on the disk before the request is sent, and another one after the answer. Editing, moving or removing a
//! line breaks the chain; truncating the log contradicts the head, a file beside it with the number and hash of the
//! last line. Neither prevents rewriting the log from some line on together with the head: to detect that, a copy of
//! the head must be stored elsewhere.
//!
//! Lines of past months are moved into files of their own (`actions-2026-10.jsonl`); the chain continues across them.

mod archive;
mod archive_files;
mod damage;
mod entry;
mod scan;
mod state_dir;
#[cfg(test)]
mod tests;
mod verify;

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{
    select,
    sync::{Notify, mpsc},
    task::{self, JoinHandle},
    time::sleep,
};

pub use damage::LogDamage;
pub use entry::{
    Actor, LogEntry, LogEvent, LoggedOutcome, LoggedRequest, LoggedStage, LoggedTarget, READING, Submitted,
    is_reading_verb,
};
pub use scan::{LinePosition, LineReader, LogLine, Scan};
pub use state_dir::check_state;
pub use verify::{LogCheck, check, verify};

use crate::files;
use crate::model::Timings;
use crate::storage::FileError;

/// The file name of the log.
pub const FILE: &str = "actions.jsonl";

/// The file name of the head.
pub const HEAD: &str = "actions.head";

/// The maximum size of the head, in bytes.
const MAX_HEAD: u64 = 4096;

/// The error if the user cancels while waiting for the lock.
const CANCELED: &str = "cancelled while another program held the lock of the action log";

/// The previous hash of the first line.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The audit log in a directory. Several processes may have it open: each line is written under a lock.
#[derive(Debug)]
pub struct AuditLog {
    dir: PathBuf,
    file: File,
    lock_wait: LockWait,
    /// The write in progress. It stays here if the future of [`AuditLog::append`] is dropped.
    writing: Option<JoinHandle<io::Result<u64>>>,
}

/// Settings for waiting while another process holds the lock of the log.
#[derive(Clone, Debug)]
pub struct LockWait {
    /// The time between two attempts to lock.
    pub interval: Duration,
    /// Receives true when a long wait has begun, and false when it has ended.
    pub tx: Option<mpsc::UnboundedSender<bool>>,
    /// Cancels all waits of changes that were not sent yet; they fail.
    pub cancel: Arc<Notify>,
}

impl Default for LockWait {
    fn default() -> Self {
        Self { interval: Timings::default().lock_poll_interval, tx: None, cancel: Arc::default() }
    }
}

/// The head of the log: its length and the hash of its last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    pub lines: u64,
    /// The size of the log with its archives, in bytes.
    pub bytes: u64,
    /// The hash of the last line.
    pub last: String,
}

impl Default for LogHead {
    fn default() -> Self {
        Self { lines: 0, bytes: 0, last: NO_HASH.into() }
    }
}

impl AuditLog {
    /// Opens the log in `dir`, which is created if it is missing. Never waits for the lock.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        files::create_dir(dir).map_err(|error| FileError::new("create", dir, &error))?;
        let file = files::open_to_append(&path).map_err(|error| FileError::new("open", &path, &error))?;
        let mut log = Self { dir: dir.to_owned(), file, lock_wait: LockWait::default(), writing: None };
        // A process that holds the lock is appending, and updates the head itself.
        if log.file.try_lock().is_ok() {
            let prepared = log.prepare_head();
            let _ = log.file.unlock();
            prepared?;
        }
        Ok(log)
    }

    /// Changes the settings for waiting.
    #[must_use]
    pub fn with_lock_wait(self, lock_wait: LockWait) -> Self {
        Self { lock_wait, ..self }
    }

    /// Removes temporary files of killed processes. Writes the head of a log that has no lines, so that a missing head
    /// is always suspicious.
    fn prepare_head(&mut self) -> Result<(), FileError> {
        files::remove_leftovers(&self.dir);
        if LogHead::open(&self.dir)?.is_some() {
            return Ok(());
        }
        let end = LogEnd::read(&self.dir, &mut self.file);
        let saved = end.and_then(|end| match end.head.lines {
            0 => end.head.save(&self.dir),
            _ => Ok(()),
        });
        saved.map_err(|error| FileError::new("write", &self.dir.join(HEAD), &error))
    }

    /// Appends a line, waits until it is on the disk, and returns its number. After an error, the request must not be
    /// sent.
    pub async fn append(&mut self, at: Timestamp, event: LogEvent) -> Result<u64, FileError> {
        let path = self.dir.join(FILE);
        let failed = |error: &io::Error| FileError::new("write", &path, error);
        if let Some(writing) = &mut self.writing {
            let _ = writing.await;
            self.end_writing();
        }
        self.lock(&event).await.map_err(|error| failed(&error))?;
        // Flushing to the disk may take long, and archiving even longer.
        let result = match self.file.try_clone() {
            Ok(file) => {
                let dir = self.dir.clone();
                let mut writer = Writer { dir, file };
                let writing = task::spawn_blocking(move || writer.append(at, event));
                let result = self.writing.insert(writing).await;
                result.unwrap_or_else(|error| Err(io::Error::other(error)))
            }
            Err(error) => Err(error),
        };
        self.end_writing();
        result.map_err(|error| failed(&error))
    }

    /// Forgets the finished write and releases the lock.
    fn end_writing(&mut self) {
        self.writing = None;
        // Closing the file releases the lock too, so a failure here need not prevent the request.
        let _ = self.file.unlock();
    }

    /// Waits until the lock for a line about `event` is acquired. A change that is not sent yet can be cancelled meanwhile.
    async fn lock(&self, event: &LogEvent) -> io::Result<()> {
        /// Attempts before the wait is reported; appending a line takes less time.
        const SILENT_TRIES: u32 = 10;
        let report = |is_waiting| {
            if let Some(tx) = &self.lock_wait.tx {
                // The receiver is dropped when the screen is closed.
                let _ = tx.send(is_waiting);
            }
        };
        let can_be_canceled = matches!(event, LogEvent::Sending(_));
        let mut canceled = pin!(self.lock_wait.cancel.notified());
        let mut tries = 0;
        let locked = loop {
            match self.file.try_lock() {
                Ok(()) => break Ok(()),
                Err(TryLockError::Error(error)) => break Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            tries += 1;
            if tries == SILENT_TRIES {
                report(true);
            }
            select! {
                () = &mut canceled, if can_be_canceled => break Err(io::Error::other(CANCELED)),
                () = sleep(self.lock_wait.interval) => {}
            }
        };
        if tries >= SILENT_TRIES {
            report(false);
        }
        locked
    }
}

/// Appends lines while the lock is held.
struct Writer {
    dir: PathBuf,
    file: File,
}

impl Writer {
    /// Appends an event, after entries for damage that was found. Returns the number of its line.
    fn append(&mut self, at: Timestamp, event: LogEvent) -> io::Result<u64> {
        archive::archive_old(&self.dir, &mut self.file, at)?;
        // Another process may have appended since, so the end is read again.
        let LogEnd { mut head, partial_line } = LogEnd::read(&self.dir, &mut self.file)?;
        let before = head.clone();
        if !partial_line.is_empty() {
            let length = self.file.metadata()?.len();
            self.file.set_len(length - to_u64(partial_line.len()))?;
            let repaired = LogEvent::Repaired {
                bytes: to_u64(partial_line.len()),
                text: String::from_utf8_lossy(&partial_line).into_owned(),
            };
            head = self.write(&head, at, repaired)?;
        }
        if let Some(what) = before.describe_damage(&self.dir) {
            head = self.write(&head, at, LogEvent::Damaged { what })?;
        }
        head = self.write(&head, at, event)?;
        // The line is on the disk. A head that is behind is corrected by the next append.
        if let Err(error) = head.save(&self.dir) {
            tracing::warn!("cannot write the head of the action log: {error}");
        }
        Ok(head.lines)
    }

    /// Writes one line after `head`, and returns the new head.
    fn write(&mut self, head: &LogHead, at: Timestamp, event: LogEvent) -> io::Result<LogHead> {
        let entry = LogEntry { line: head.lines + 1, at, event, prev: head.last.clone() };
        let mut line = serde_json::to_vec(&entry)?;
        let last = hash(&line);
        line.push(b'\n');
        let length = self.file.metadata()?.len();
        let result = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = result {
            // An incomplete line is useless, and the next append would have to remove it.
            let _ = self.file.set_len(length);
            return Err(error);
        }
        Ok(LogHead { lines: entry.line, bytes: head.bytes + to_u64(line.len()), last })
    }
}

impl LogHead {
    /// Describes how this head, read from the log, contradicts the recorded one; `None` if it does not. A recorded head
    /// that is behind is normal: a crash between writing the line and the head leaves it so.
    fn describe_damage(&self, dir: &Path) -> Option<String> {
        let (n_found, last) = (self.lines, &self.last);
        match Self::open(dir) {
            Ok(None) if n_found > 0 => Some(format!("{HEAD} was missing")),
            Ok(Some(recorded)) if recorded.lines > n_found => {
                let had = recorded.lines;
                Some(format!("the log had {had} lines, only {n_found} are left"))
            }
            Ok(Some(recorded)) if recorded.lines == n_found && recorded.last != *last => {
                Some(format!("line {n_found} does not match the head"))
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Reads the head in `dir`; `None` if the file is missing.
    pub fn open(dir: &Path) -> Result<Option<Self>, FileError> {
        let path = dir.join(HEAD);
        match files::read(&path, MAX_HEAD) {
            Ok(json) => {
                let head = serde_json::from_slice(&json);
                head.map(Some).map_err(|error| FileError::new("read", &path, &error))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::new("read", &path, &error)),
        }
    }

    /// Replaces the recorded head. The caller holds the lock of the log.
    fn save(&self, dir: &Path) -> io::Result<()> {
        files::replace(&dir.join(HEAD), &serde_json::to_vec(self)?)
    }
}

/// The end of the log on the disk.
struct LogEnd {
    head: LogHead,
    /// The bytes after the last complete line.
    partial_line: Vec<u8>,
}

impl LogEnd {
    /// Reads the last complete line of a log, or of its newest archive if the log has none.
    fn read(dir: &Path, log: &mut File) -> io::Result<Self> {
        let mut end = Self::from_file(log)?;
        if end.head.lines == 0
            && let Some(archived) = archive::archived_end(dir)?
        {
            end.head = archived.head;
            end.head.bytes = 0;
        }
        end.head.bytes += archive_files::archived_bytes(dir)?;
        Ok(end)
    }

    /// Reads the last complete line of a file, backwards from its end.
    fn from_file(file: &mut File) -> io::Result<Self> {
        /// Longer than almost all lines.
        const STEP: u64 = 16 << 10;
        let length = file.seek(SeekFrom::End(0))?;
        let mut size = STEP.min(length);
        loop {
            let start = length - size;
            file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            file.take(size).read_to_end(&mut bytes)?;
            let last_newline = bytes.iter().rposition(|byte| *byte == b'\n');
            let previous_newline = last_newline.and_then(|end| bytes[..end].iter().rposition(|byte| *byte == b'\n'));
            let has_whole_line = start == 0 || previous_newline.is_some();
            if !has_whole_line {
                size = (2 * size).min(length);
                continue;
            }
            let Some(end) = last_newline else {
                let head = LogHead::default();
                return Ok(Self { head, partial_line: bytes });
            };
            let line = &bytes[previous_newline.map_or(0, |at| at + 1)..end];
            let frame: scan::Frame<'_> = serde_json::from_slice(line)
                .map_err(|error| io::Error::other(format!("its last line is not an entry: {error}")))?;
            let partial_line = bytes[end + 1..].to_vec();
            let head = LogHead { lines: frame.line, bytes: length - to_u64(partial_line.len()), last: hash(line) };
            return Ok(Self { head, partial_line });
        }
    }
}

/// Returns the SHA-256 of a line, in hex.
fn hash(line: &[u8]) -> String {
    format!("{:x}", Sha256::digest(line))
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
