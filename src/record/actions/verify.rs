//! Whether an action log is still what was written.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Entry, Event, FILE, Head, NOTHING, count, hash};
use crate::record::Error;

/// What a look at the whole log has shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The lines that can be read, in their order.
    pub entries: Vec<Entry>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Where the log ends.
    pub head: Head,
    /// Where it is said to end, if that is known.
    pub kept: Option<Head>,
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line is no entry.
    #[error("line {line} cannot be read: {reason}")]
    Unreadable {
        /// Which one, from 1 on.
        line: u64,
        /// Why.
        reason: String,
    },
    /// A line does not follow the one before it.
    #[error(
        "line {line} does not follow the line before it: one of them was changed, or others were moved or taken out"
    )]
    Broken {
        /// Which one, from 1 on.
        line: u64,
    },
    /// A line has the number of another.
    #[error("line {line} says that it is line {said}")]
    Misnumbered {
        /// Which one, from 1 on.
        line: u64,
        /// Which one it says it is.
        said: u64,
    },
    /// The end is missing.
    #[error("the log has {found} lines, and had {kept}: its end was cut off")]
    Cut {
        /// How many there are.
        found: u64,
        /// How many there were.
        kept: u64,
    },
    /// The last line that the head knows is another.
    #[error("line {line} is not the one that the head knows: it was changed")]
    Changed {
        /// Which one, from 1 on.
        line: u64,
    },
    /// The log says itself that it was changed before this line.
    #[error("line {line} says that the log was changed before it: {what}")]
    Damaged {
        /// Which one, from 1 on.
        line: u64,
        /// What was found then.
        what: String,
    },
    /// There is a log, but no head.
    #[error(
        "{} is missing: whether the end was cut off cannot be told",
        super::HEAD
    )]
    Headless,
    /// The last line has no end.
    #[error(
        "the last {bytes} bytes are no whole line, as a crash leaves them; the next deed repairs that"
    )]
    Torn {
        /// How many bytes.
        bytes: u64,
    },
}

/// Reads the log of a directory from beginning to end. A log that does not exist yet is an empty one.
pub fn verify(dir: &Path) -> Result<Verdict, Error> {
    let path = dir.join(FILE);
    let failed = |error: &io::Error| Error::new("read", &path, error);
    let mut bytes = Vec::new();
    let kept = match File::open(&path) {
        Ok(mut file) => {
            // A line that is being written is no half one. Where there are no locks, nothing is written either.
            let _ = file.lock_shared();
            let kept = Head::open(dir)?;
            file.read_to_end(&mut bytes)
                .map_err(|error| failed(&error))?;
            kept
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Head::open(dir)?,
        Err(error) => return Err(failed(&error)),
    };
    let mut verdict = Verdict {
        entries: Vec::new(),
        faults: Vec::new(),
        head: Head::default(),
        kept,
    };
    verdict.follow(&bytes);
    verdict.compare();
    Ok(verdict)
}

impl Verdict {
    fn follow(&mut self, bytes: &[u8]) {
        let mut last = NOTHING.to_owned();
        let mut known = self.kept.as_ref().is_none_or(|kept| kept.lines == 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(text) = line.strip_suffix(b"\n") else {
                let bytes = count(line.len());
                self.faults.push(Fault::Torn { bytes });
                break;
            };
            let number = self.head.lines + 1;
            match serde_json::from_slice::<Entry>(text) {
                Ok(entry) => {
                    if entry.line != number {
                        let said = entry.line;
                        self.faults.push(Fault::Misnumbered { line: number, said });
                    }
                    if entry.prev != last {
                        self.faults.push(Fault::Broken { line: number });
                    }
                    if let Event::Damaged { what } = &entry.event {
                        let (line, what) = (number, what.clone());
                        self.faults.push(Fault::Damaged { line, what });
                    }
                    self.entries.push(entry);
                }
                Err(error) => self.faults.push(Fault::Unreadable {
                    line: number,
                    reason: error.to_string(),
                }),
            }
            last = hash(text);
            self.head = Head {
                lines: number,
                bytes: self.head.bytes + count(line.len()),
                last: last.clone(),
            };
            known |= self.kept.as_ref() == Some(&self.head);
        }
        if let Some(kept) = self.kept.as_ref().filter(|_| !known) {
            self.faults.push(if self.head.lines < kept.lines {
                Fault::Cut {
                    found: self.head.lines,
                    kept: kept.lines,
                }
            } else {
                Fault::Changed { line: kept.lines }
            });
        }
    }

    fn compare(&mut self) {
        if self.kept.is_none() && self.head.lines > 0 {
            self.faults.push(Fault::Headless);
        }
    }
}
