//! The action log: what was changed on a server, one JSON object a line, each with the hash of the line before it.
//!
//! A line is on the disk before the request leaves, and another after the answer. Whoever changes, moves or drops a line
//! breaks the chain; whoever cuts the end off contradicts the head, which is kept beside it. Neither stops somebody who
//! rewrites the log from that line on and the head with it: for that the head must be kept elsewhere.

mod entry;
#[cfg(test)]
mod tests;
mod verify;

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use entry::{Entry, Event, Outcome, Request, Sending, Stage, Target, Who};
pub use verify::{Fault, Verdict, verify};

use super::{Error, private};

/// The name of the log.
pub const FILE: &str = "actions.jsonl";

/// The name of the head.
pub const HEAD: &str = "actions.head";

/// The name of a head until it is whole. It is always the same, so that a crash leaves no more than one.
const NEXT: &str = "actions.head.next";

/// The hash before the first line.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The action log of a directory. Several programs may have it open: each line is written under a lock.
#[derive(Debug)]
pub struct Actions {
    dir: PathBuf,
    file: File,
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many lines there are.
    pub lines: u64,
    /// How many bytes they take.
    pub bytes: u64,
    /// The hash of the last one.
    pub last: String,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            lines: 0,
            bytes: 0,
            last: NOTHING.into(),
        }
    }
}

impl Actions {
    /// Opens the log of a directory, which is created if it is missing.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        private::create_dir(dir).map_err(|error| Error::new("create", dir, &error))?;
        let file =
            private::open_to_append(&path).map_err(|error| Error::new("open", &path, &error))?;
        let mut actions = Self {
            dir: dir.to_owned(),
            file,
        };
        // There is a head from the beginning, so that one which is missing means something.
        if Head::open(dir)?.is_none() {
            actions.begin()?;
        }
        Ok(actions)
    }

    /// Writes the head of a log that has no lines yet. Another program may be about to write the first one.
    fn begin(&mut self) -> Result<(), Error> {
        let path = self.dir.join(HEAD);
        let failed = |error: &io::Error| Error::new("write", &path, error);
        self.file.lock().map_err(|error| failed(&error))?;
        let end = End::read(&mut self.file);
        let begun = end.and_then(|end| match end.head.lines {
            0 => end.head.save(&self.dir),
            _ => Ok(()),
        });
        let _ = self.file.unlock();
        begun.map_err(|error| failed(&error))
    }

    /// Writes a line and waits until the disk has it. Returns its number. An error means that nothing may be sent.
    pub fn append(&mut self, at: Timestamp, event: Event) -> Result<u64, Error> {
        let path = self.dir.join(FILE);
        let failed = |error: &io::Error| Error::new("write", &path, error);
        self.file.lock().map_err(|error| failed(&error))?;
        let written = self.append_locked(at, event);
        // It is also given up with the file; that it could not be given up earlier is no reason to send nothing.
        let _ = self.file.unlock();
        written.map_err(|error| failed(&error))
    }

    /// Where the log ends now.
    pub fn head(&mut self) -> Result<Head, Error> {
        let path = self.dir.join(FILE);
        let failed = |error: &io::Error| Error::new("read", &path, error);
        self.file.lock_shared().map_err(|error| failed(&error))?;
        let end = End::read(&mut self.file);
        let _ = self.file.unlock();
        end.map(|end| end.head).map_err(|error| failed(&error))
    }

    fn append_locked(&mut self, at: Timestamp, event: Event) -> io::Result<u64> {
        // Another program may have written since: what was known of the end is not believed.
        let End { mut head, torn } = End::read(&mut self.file)?;
        let before = head.clone();
        if !torn.is_empty() {
            self.file.set_len(head.bytes)?;
            let repaired = Event::Repaired {
                bytes: count(torn.len()),
                text: String::from_utf8_lossy(&torn).into_owned(),
            };
            head = self.write(&head, at, repaired)?;
        }
        if let Some(what) = before.damage(&self.dir) {
            head = self.write(&head, at, Event::Damaged { what })?;
        }
        head = self.write(&head, at, event)?;
        // The line is what counts. A head that is behind is caught up by the next line.
        if let Err(error) = head.save(&self.dir) {
            tracing::warn!("cannot write the head of the action log: {error}");
        }
        Ok(head.lines)
    }

    fn write(&mut self, head: &Head, at: Timestamp, event: Event) -> io::Result<Head> {
        let entry = Entry {
            line: head.lines + 1,
            at,
            event,
            prev: head.last.clone(),
        };
        let mut line = serde_json::to_vec(&entry)?;
        let last = hash(&line);
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a line is worth nothing, and the next one would have to repair it.
            let _ = self.file.set_len(head.bytes);
            return Err(error);
        }
        Ok(Head {
            lines: entry.line,
            bytes: head.bytes + count(line.len()),
            last,
        })
    }
}

impl Head {
    /// How the log contradicts the head that is kept, if it does: this is where it ends. A head that is behind is what a
    /// crash between the two leaves.
    fn damage(&self, dir: &Path) -> Option<String> {
        let (found, last) = (self.lines, &self.last);
        match Self::open(dir) {
            Ok(None) if found > 0 => Some(format!("{HEAD} was missing")),
            Ok(Some(kept)) if kept.lines > found => {
                let had = kept.lines;
                Some(format!(
                    "the log had {had} lines, and only {found} were left"
                ))
            }
            Ok(Some(kept)) if kept.lines == found && kept.last != *last => {
                Some(format!("line {found} was not the one that the head knew"))
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// Reads what a directory keeps; none if it keeps none.
    pub fn open(dir: &Path) -> Result<Option<Self>, Error> {
        let path = dir.join(HEAD);
        match fs::read(&path) {
            Ok(json) => {
                let head = serde_json::from_slice(&json);
                head.map(Some)
                    .map_err(|error| Error::new("read", &path, &error))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::new("read", &path, &error)),
        }
    }

    /// Puts it in the place of the one before it. Whoever does this holds the lock of the log.
    fn save(&self, dir: &Path) -> io::Result<()> {
        let next = dir.join(NEXT);
        let file = private::create(&next)?;
        serde_json::to_writer(&file, self)?;
        file.sync_data()?;
        fs::rename(next, dir.join(HEAD))
    }
}

/// The end of the log as it is on the disk.
struct End {
    head: Head,
    /// What stands after the last whole line.
    torn: Vec<u8>,
}

impl End {
    /// Reads the last whole line, from the end of the file backwards.
    fn read(file: &mut File) -> io::Result<Self> {
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
                let head = Head::default();
                return Ok(Self { head, torn: bytes });
            };
            let line = &bytes[before.map_or(0, |before| before + 1)..end];
            let entry: Entry = serde_json::from_slice(line)
                .map_err(|error| io::Error::other(format!("its last line is no entry: {error}")))?;
            let torn = bytes[end + 1..].to_vec();
            let head = Head {
                lines: entry.line,
                bytes: length - count(torn.len()),
                last: hash(line),
            };
            return Ok(Self { head, torn });
        }
    }
}

/// The hash of a line, in hex.
fn hash(line: &[u8]) -> String {
    format!("{:x}", Sha256::digest(line))
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
