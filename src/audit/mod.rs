//! The action log: what was changed on a server, one JSON object a line, each with the hash of the line before it.
//!
//! A line is on the disk before the request leaves, and another after the answer. Whoever changes, moves or drops a line
//! breaks the chain; whoever cuts the end off contradicts the head, which is kept beside it. Neither stops somebody who
//! rewrites the log from that line on and the head with it: for that the head must be kept elsewhere.
//!
//! The lines of earlier months are moved into files of their own (`actions-2026-10.jsonl`), through which the chain goes on.

mod archive;
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

pub use entry::{Actor, LogEntry, LogEvent, LoggedOutcome, LoggedRequest, LoggedStage, LoggedTarget, Submitted};
pub use scan::{LinePosition, LineReader, LogLine, Scan};
pub use state_dir::check_state;
pub use verify::{LogCheck, LogDamage, check, verify};

use crate::files;
use crate::model::Timings;
use crate::storage::FileError;

/// The name of the log.
pub const FILE: &str = "actions.jsonl";

/// The name of the head.
pub const HEAD: &str = "actions.head";

/// More bytes than a head has.
const MAX_HEAD: u64 = 4096;

/// Why nothing is logged, and so nothing sent.
const CANCELED: &str = "cancelled while another program held the lock of the action log";

/// The hash before the first line.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The action log of a directory. Several programs may have it open: each line is written under a lock.
#[derive(Debug)]
pub struct AuditLog {
    dir: PathBuf,
    file: File,
    lock_wait: LockWait,
    /// A line that is being written. Whoever does not wait for its end any longer leaves it here.
    writing: Option<JoinHandle<io::Result<u64>>>,
}

/// How a program waits while another one holds the lock of the log.
#[derive(Clone, Debug)]
pub struct LockWait {
    /// The wait between two tries to lock it.
    pub interval: Duration,
    /// Whoever wants to know when a wait has begun, true, and that it has ended.
    pub tx: Option<mpsc::UnboundedSender<bool>>,
    /// Ends every wait to log what was not sent yet, which fails and is not sent.
    pub cancel: Arc<Notify>,
}

impl Default for LockWait {
    fn default() -> Self {
        Self { interval: Timings::default().lock_poll_interval, tx: None, cancel: Arc::default() }
    }
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// How many lines there are.
    pub lines: u64,
    /// How many bytes they take.
    pub bytes: u64,
    /// The hash of the last one.
    pub last: String,
}

impl Default for LogHead {
    fn default() -> Self {
        Self { lines: 0, bytes: 0, last: NO_HASH.into() }
    }
}

impl AuditLog {
    /// Opens the log of a directory, which is created if it is missing. Never waits.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        files::create_dir(dir).map_err(|error| FileError::new("create", dir, &error))?;
        let file = files::open_to_append(&path).map_err(|error| FileError::new("open", &path, &error))?;
        let mut actions = Self { dir: dir.to_owned(), file, lock_wait: LockWait::default(), writing: None };
        // Whoever holds the lock writes a line, and sees to it.
        if actions.file.try_lock().is_ok() {
            let begun = actions.prepare_head();
            let _ = actions.file.unlock();
            begun?;
        }
        Ok(actions)
    }

    /// The same log, waiting for its lock in another way.
    #[must_use]
    pub fn with_lock_wait(self, waiting: LockWait) -> Self {
        Self { lock_wait: waiting, ..self }
    }

    /// Removes what a program that was killed has left of a head, and writes the first one: so that one which is missing
    /// means something.
    fn prepare_head(&mut self) -> Result<(), FileError> {
        files::remove_leftovers(&self.dir);
        if LogHead::open(&self.dir)?.is_some() {
            return Ok(());
        }
        let end = LogEnd::read(&self.dir, &mut self.file);
        let begun = end.and_then(|end| match end.head.lines {
            0 => end.head.save(&self.dir),
            _ => Ok(()),
        });
        begun.map_err(|error| FileError::new("write", &self.dir.join(HEAD), &error))
    }

    /// Writes a line and waits until the disk has it. Returns its number. An error means that nothing may be sent.
    pub async fn append(&mut self, at: Timestamp, event: LogEvent) -> Result<u64, FileError> {
        let path = self.dir.join(FILE);
        let failed = |error: &io::Error| FileError::new("write", &path, error);
        if let Some(writing) = &mut self.writing {
            let _ = writing.await;
            self.end_writing();
        }
        self.lock(matches!(event, LogEvent::Sending(_))).await.map_err(|error| failed(&error))?;
        // The disk may take its time, and a log that is archived now takes longer.
        let written = match self.file.try_clone() {
            Ok(file) => {
                let dir = self.dir.clone();
                let mut writer = Writer { dir, file };
                let writing = task::spawn_blocking(move || writer.append(at, event));
                let written = self.writing.insert(writing).await;
                written.unwrap_or_else(|error| Err(io::Error::other(error)))
            }
            Err(error) => Err(error),
        };
        self.end_writing();
        written.map_err(|error| failed(&error))
    }

    fn end_writing(&mut self) {
        self.writing = None;
        // The lock is also given up with the file; that it could not be given up earlier is no reason to send nothing.
        let _ = self.file.unlock();
    }

    /// Waits until no other program holds the lock.
    async fn lock(&self, can_be_canceled: bool) -> io::Result<()> {
        /// Whoever only writes a line is done sooner.
        const UNTOLD: u32 = 10;
        let tell = |is_waiting| {
            if let Some(told) = &self.lock_wait.tx {
                // Nobody listens any more when the screen is gone.
                let _ = told.send(is_waiting);
            }
        };
        let mut canceled = pin!(self.lock_wait.cancel.notified());
        let mut tries = 0;
        let locked = loop {
            match self.file.try_lock() {
                Ok(()) => break Ok(()),
                Err(TryLockError::Error(error)) => break Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            tries += 1;
            if tries == UNTOLD {
                tell(true);
            }
            select! {
                () = &mut canceled, if can_be_canceled => break Err(io::Error::other(CANCELED)),
                () = sleep(self.lock_wait.interval) => {}
            }
        };
        if tries >= UNTOLD {
            tell(false);
        }
        locked
    }
}

/// Writes lines while the lock is held.
struct Writer {
    dir: PathBuf,
    file: File,
}

impl Writer {
    fn append(&mut self, at: Timestamp, event: LogEvent) -> io::Result<u64> {
        archive::archive_old(&self.dir, &mut self.file, at)?;
        // Another program may have written since: what was known of the end is not believed.
        let LogEnd { mut head, partial_line: torn } = LogEnd::read(&self.dir, &mut self.file)?;
        let before = head.clone();
        if !torn.is_empty() {
            let length = self.file.metadata()?.len();
            self.file.set_len(length - to_u64(torn.len()))?;
            let repaired =
                LogEvent::Repaired { bytes: to_u64(torn.len()), text: String::from_utf8_lossy(&torn).into_owned() };
            head = self.write(&head, at, repaired)?;
        }
        if let Some(what) = before.describe_damage(&self.dir) {
            head = self.write(&head, at, LogEvent::Damaged { what })?;
        }
        head = self.write(&head, at, event)?;
        // The line is what counts. A head that is behind is caught up by the next line.
        if let Err(error) = head.save(&self.dir) {
            tracing::warn!("cannot write the head of the action log: {error}");
        }
        Ok(head.lines)
    }

    fn write(&mut self, head: &LogHead, at: Timestamp, event: LogEvent) -> io::Result<LogHead> {
        let entry = LogEntry { line: head.lines + 1, at, event, prev: head.last.clone() };
        let mut line = serde_json::to_vec(&entry)?;
        let last = hash(&line);
        line.push(b'\n');
        let length = self.file.metadata()?.len();
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line is worth nothing, and the next one would have to repair it.
            let _ = self.file.set_len(length);
            return Err(error);
        }
        Ok(LogHead { lines: entry.line, bytes: head.bytes + to_u64(line.len()), last })
    }
}

impl LogHead {
    /// How the log contradicts the head that is kept, if it does: this is where it ends. A head that is behind is what a
    /// crash between the two leaves.
    fn describe_damage(&self, dir: &Path) -> Option<String> {
        let (found, last) = (self.lines, &self.last);
        match Self::open(dir) {
            Ok(None) if found > 0 => Some(format!("{HEAD} was missing")),
            Ok(Some(kept)) if kept.lines > found => {
                let had = kept.lines;
                Some(format!("the log had {had} lines, and only {found} were left"))
            }
            Ok(Some(kept)) if kept.lines == found && kept.last != *last => {
                Some(format!("line {found} was not the one that the head knew"))
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Reads what a directory keeps; none if it keeps none.
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

    /// Replaces the one before it. Whoever does this holds the lock of the log.
    fn save(&self, dir: &Path) -> io::Result<()> {
        files::replace(&dir.join(HEAD), &serde_json::to_vec(self)?)
    }
}

/// The end of the log as it is on the disk.
struct LogEnd {
    head: LogHead,
    /// What stands after the last whole line.
    partial_line: Vec<u8>,
}

impl LogEnd {
    /// Reads the last whole line of a log, which is in its archives if the log itself has none.
    fn read(dir: &Path, log: &mut File) -> io::Result<Self> {
        let mut end = Self::from_file(log)?;
        if end.head.lines == 0
            && let Some(archived) = archive::archived_end(dir)?
        {
            end.head = archived.head;
            end.head.bytes = 0;
        }
        end.head.bytes += archive::bytes(dir)?;
        Ok(end)
    }

    /// Reads the last whole line of a file, from its end backwards.
    fn from_file(file: &mut File) -> io::Result<Self> {
        /// More than nearly every line takes.
        const STEP: u64 = 16 << 10;
        let length = file.seek(SeekFrom::End(0))?;
        let mut size = STEP.min(length);
        loop {
            let start = length - size;
            file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            file.take(size).read_to_end(&mut bytes)?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n');
            let before = whole.and_then(|end| bytes[..end].iter().rposition(|byte| *byte == b'\n'));
            let is_there = start == 0 || before.is_some();
            if !is_there {
                size = (2 * size).min(length);
                continue;
            }
            let Some(end) = whole else {
                let head = LogHead::default();
                return Ok(Self { head, partial_line: bytes });
            };
            let line = &bytes[before.map_or(0, |before| before + 1)..end];
            let frame: scan::Frame<'_> = serde_json::from_slice(line)
                .map_err(|error| io::Error::other(format!("its last line is no entry: {error}")))?;
            let torn = bytes[end + 1..].to_vec();
            let head = LogHead { lines: frame.line, bytes: length - to_u64(torn.len()), last: hash(line) };
            return Ok(Self { head, partial_line: torn });
        }
    }
}

/// The hash of a line, in hex.
fn hash(line: &[u8]) -> String {
    format!("{:x}", Sha256::digest(line))
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
