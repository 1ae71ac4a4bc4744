//! Reading the action log line by line, over all of its files: memory does not grow with the log.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use serde::Deserialize;

use super::{Entry, FILE, Fault, Head, NOTHING, archive, count, hash};
use crate::files;
use crate::storage::Error;

/// How often the lock is tried before the log is read without it, and how long is waited in between. Whoever writes a line
/// holds it for milliseconds.
const TRIES: usize = 20;
const BETWEEN: Duration = Duration::from_millis(50);

/// What every line has, whatever it is about.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    pub(super) line: u64,
    pub(super) at: Timestamp,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    /// Of [`super::Event::Damaged`]: what was found.
    #[serde(borrow, default)]
    what: Option<Cow<'a, str>>,
}

/// A whole line of the log that can be read.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its number, from 1 on.
    pub number: u64,
    /// Where it is, for a [`LineReader`].
    pub place: Place,
    /// The line as it is on the disk, without its end.
    pub bytes: &'a [u8],
}

/// Where a line is; lines are in the order of their places. There may be hundreds of thousands: one takes sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    file: u32,
    offset: u64,
    length: u32,
}

/// A log that was read from beginning to end.
#[derive(Debug)]
pub struct Scan {
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Where it ends.
    pub head: Head,
    /// Where it is said to end, if that is known.
    pub kept: Option<Head>,
    /// Whether another program held its lock all the time.
    pub is_locked: bool,
    files: Vec<PathBuf>,
    /// While this is held, no line moves into another file.
    _lock: Option<File>,
}

impl Line<'_> {
    /// What the line says.
    pub fn entry(&self) -> Result<Entry, serde_json::Error> {
        serde_json::from_slice(self.bytes)
    }
}

impl Scan {
    /// Reads the log of a directory, and shows each line that can be read, in their order. A log that does not exist yet
    /// is an empty one.
    ///
    /// Waits a second at most for a program that holds the lock of the log, and then reads without it.
    pub fn read(dir: &Path, mut each: impl FnMut(&Line<'_>)) -> Result<Self, Error> {
        let (lock, is_locked) = lock(dir)?;
        let kept = Head::open(dir)?;
        let mut files = archive::files(dir).map_err(|error| Error::new("read", dir, &error))?;
        if lock.is_some() {
            files.push(dir.join(FILE));
        }
        let mut follower = Follower {
            faults: Vec::new(),
            head: Head::default(),
            is_known: kept.as_ref().is_none_or(|kept| kept.lines == 0),
            kept: kept.as_ref(),
            torn: None,
        };
        for (at, path) in files.iter().enumerate() {
            let failed = |error: io::Error| Error::new("read", path, &error);
            let file = files::open(path).map_err(failed)?;
            follower.file(at, file, &mut each).map_err(failed)?;
        }
        // Whoever holds the lock may be writing the last line.
        if let Some(fault) = follower.torn.take().filter(|_| !is_locked) {
            follower.faults.push(fault);
        }
        follower.compare();
        let Follower { faults, head, .. } = follower;
        Ok(Self { faults, head, kept, is_locked, files, _lock: lock.filter(|_| !is_locked) })
    }

    /// Reads lines again that were shown, while none of them moves.
    pub fn lines(&self) -> LineReader<'_> {
        LineReader::new(&self.files)
    }

    /// The files of the log, the oldest first, for a [`LineReader`] of one's own; from now on lines may move.
    pub fn into_files(self) -> Vec<PathBuf> {
        self.files
    }
}

/// Reads lines by their places. Those of one file in their order are read fastest.
#[derive(Debug)]
pub struct LineReader<'f> {
    files: &'f [PathBuf],
    /// The file that was read last.
    open: Option<(u32, File)>,
}

impl<'f> LineReader<'f> {
    /// Nothing is open yet.
    pub fn new(files: &'f [PathBuf]) -> Self {
        Self { files, open: None }
    }

    /// Reads a line, without its end.
    pub fn line(&mut self, place: Place) -> io::Result<Vec<u8>> {
        let file = match self.open.take() {
            Some((number, file)) if number == place.file => file,
            _ => {
                let number = usize::try_from(place.file).unwrap_or(usize::MAX);
                files::open(self.files.get(number).ok_or(io::ErrorKind::NotFound)?)?
            }
        };
        let (_, file) = self.open.insert((place.file, file));
        file.seek(SeekFrom::Start(place.offset))?;
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or(usize::MAX)];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The log, locked against writing, and whether that failed because another program holds the lock; nothing where there
/// is no log.
fn lock(dir: &Path) -> Result<(Option<File>, bool), Error> {
    let path = dir.join(FILE);
    let file = match files::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, false)),
        Err(error) => return Err(Error::new("read", &path, &error)),
    };
    for _ in 0..TRIES {
        match file.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => thread::sleep(BETWEEN),
            // Where there are no locks, nothing is written either.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => return Ok((Some(file), false)),
        }
    }
    Ok((Some(file), true))
}

/// Follows the chain through the lines.
struct Follower<'a> {
    faults: Vec<Fault>,
    /// The line that was read last.
    head: Head,
    kept: Option<&'a Head>,
    /// Whether the line was there that the head knows as the last one.
    is_known: bool,
    /// What stands after the last whole line of the last file.
    torn: Option<Fault>,
}

impl Follower<'_> {
    fn file(&mut self, file: usize, content: File, each: &mut impl FnMut(&Line<'_>)) -> io::Result<()> {
        /// One call of the system for hundreds of lines.
        const BUFFER: usize = 256 << 10;
        let mut reader = BufReader::with_capacity(BUFFER, content);
        let mut bytes = Vec::new();
        let mut offset = 0;
        // A program that was stopped while it archived lines leaves them in both files.
        let archived = self.head.clone();
        let mut copy = None;
        loop {
            bytes.clear();
            let length = reader.read_until(b'\n', &mut bytes)?;
            if length == 0 {
                break;
            }
            let Some(text) = bytes.strip_suffix(b"\n") else {
                let bytes = count(length);
                self.torn = Some(Fault::Torn { bytes });
                break;
            };
            self.torn = None;
            // A longer line is none: it is shown as one that cannot be read.
            let place = Place {
                file: u32::try_from(file).unwrap_or(u32::MAX),
                length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                offset,
            };
            offset += count(length);
            let frame = serde_json::from_slice::<Frame<'_>>(text);
            let number = frame.as_ref().map_or(0, |frame| frame.line);
            let is_start = copy.is_some() || place.offset == 0;
            if is_start && self.head == archived && (1..=archived.lines).contains(&number) {
                copy = Some((number, hash(text)));
                continue;
            }
            if let Some((number, hash)) = copy.take() {
                self.compare_copy(number, &hash);
            }
            self.line(text, frame, place, each);
        }
        if let Some((number, hash)) = copy {
            self.compare_copy(number, &hash);
        }
        Ok(())
    }

    /// What was copied into an archive must be what is there.
    fn compare_copy(&mut self, number: u64, hash: &str) {
        if (number, hash) != (self.head.lines, &self.head.last) {
            self.faults.push(Fault::Broken { line: number });
        }
    }

    fn line(
        &mut self,
        text: &[u8],
        frame: Result<Frame<'_>, serde_json::Error>,
        place: Place,
        each: &mut impl FnMut(&Line<'_>),
    ) {
        let number = self.head.lines + 1;
        let is_first = self.head.lines == 0;
        match frame {
            Ok(frame) => {
                if frame.line != number {
                    let said = frame.line;
                    self.faults.push(Fault::Misnumbered { line: number, said });
                }
                let last = if is_first { NOTHING } else { &self.head.last };
                if frame.prev != last {
                    self.faults.push(Fault::Broken { line: number });
                }
                if frame.event == "damaged" {
                    let what = frame.what.unwrap_or_default().into_owned();
                    self.faults.push(Fault::Damaged { line: number, what });
                }
                each(&Line { number, place, bytes: text });
            }
            Err(error) => self.faults.push(Fault::Unreadable { line: number, reason: error.to_string() }),
        }
        self.head = Head { lines: number, bytes: self.head.bytes + count(text.len()) + 1, last: hash(text) };
        self.is_known |= self.kept == Some(&self.head);
    }

    /// Compares where it ends with where it is said to end.
    fn compare(&mut self) {
        let found = self.head.lines;
        match self.kept {
            Some(kept) if !self.is_known && found < kept.lines => {
                let kept = kept.lines;
                self.faults.push(Fault::Cut { found, kept });
            }
            Some(kept) if !self.is_known => {
                let line = kept.lines;
                self.faults.push(Fault::Changed { line });
            }
            None if found > 0 => self.faults.push(Fault::Headless),
            _ => {}
        }
    }
}
