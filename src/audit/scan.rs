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

use super::{FILE, LogDamage, LogEntry, LogHead, NO_HASH, archive, hash, to_u64};
use crate::files;
use crate::storage::FileError;

/// How often the lock is tried before the log is read without it, and how long is waited in between. Whoever writes a line
/// holds it for milliseconds.
const LOCK_TRIES: usize = 20;
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// What every line has, whatever it is about.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    pub(super) line: u64,
    pub(super) at: Timestamp,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    /// Of [`super::LogEvent::Damaged`]: what was found.
    #[serde(borrow, default)]
    what: Option<Cow<'a, str>>,
}

/// A whole line of the log that can be read.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// Its number, from 1 on.
    pub number: u64,
    /// Where it is, for a [`LineReader`].
    pub position: LinePosition,
    /// The line as it is on the disk, without its end.
    pub bytes: &'a [u8],
}

/// Where a line is; lines are in the order of their places. There may be hundreds of thousands: one takes sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinePosition {
    file: u32,
    offset: u64,
    length: u32,
}

/// A log that was read from beginning to end.
#[derive(Debug)]
pub struct Scan {
    /// What is wrong with it.
    pub faults: Vec<LogDamage>,
    /// Where it ends.
    pub head: LogHead,
    /// Where it is said to end, if that is known.
    pub recorded_head: Option<LogHead>,
    /// Whether another program held its lock all the time.
    pub is_locked: bool,
    files: Vec<PathBuf>,
    /// While this is held, no line moves into another file.
    _lock: Option<File>,
}

impl LogLine<'_> {
    /// What the line says.
    pub fn entry(&self) -> Result<LogEntry, serde_json::Error> {
        serde_json::from_slice(self.bytes)
    }
}

impl Scan {
    /// Reads the log of a directory, and shows each line that can be read, in their order. A log that does not exist yet
    /// is an empty one.
    ///
    /// Waits a second at most for a program that holds the lock of the log, and then reads without it.
    pub fn read(dir: &Path, mut each: impl FnMut(&LogLine<'_>)) -> Result<Self, FileError> {
        let (lock, is_locked) = lock(dir)?;
        let kept = LogHead::open(dir)?;
        let mut files = archive::files(dir).map_err(|error| FileError::new("read", dir, &error))?;
        if lock.is_some() {
            files.push(dir.join(FILE));
        }
        let mut follower = Follower {
            faults: Vec::new(),
            head: LogHead::default(),
            is_head_found: kept.as_ref().is_none_or(|kept| kept.lines == 0),
            recorded_head: kept.as_ref(),
            partial_line: None,
        };
        for (at, path) in files.iter().enumerate() {
            let failed = |error: io::Error| FileError::new("read", path, &error);
            let file = files::open(path).map_err(failed)?;
            follower.file(at, file, &mut each).map_err(failed)?;
        }
        // Whoever holds the lock may be writing the last line.
        if let Some(fault) = follower.partial_line.take().filter(|_| !is_locked) {
            follower.faults.push(fault);
        }
        follower.compare();
        let Follower { faults, head, .. } = follower;
        Ok(Self { faults, head, recorded_head: kept, is_locked, files, _lock: lock.filter(|_| !is_locked) })
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
    pub fn line(&mut self, place: LinePosition) -> io::Result<Vec<u8>> {
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
fn lock(dir: &Path) -> Result<(Option<File>, bool), FileError> {
    let path = dir.join(FILE);
    let file = match files::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, false)),
        Err(error) => return Err(FileError::new("read", &path, &error)),
    };
    for _ in 0..LOCK_TRIES {
        match file.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => thread::sleep(LOCK_POLL_INTERVAL),
            // Where there are no locks, nothing is written either.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => return Ok((Some(file), false)),
        }
    }
    Ok((Some(file), true))
}

/// Follows the chain through the lines.
struct Follower<'a> {
    faults: Vec<LogDamage>,
    /// The line that was read last.
    head: LogHead,
    recorded_head: Option<&'a LogHead>,
    /// Whether the line was there that the head knows as the last one.
    is_head_found: bool,
    /// What stands after the last whole line of the last file.
    partial_line: Option<LogDamage>,
}

impl Follower<'_> {
    fn file(&mut self, file: usize, content: File, each: &mut impl FnMut(&LogLine<'_>)) -> io::Result<()> {
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
                let bytes = to_u64(length);
                self.partial_line = Some(LogDamage::Torn { bytes });
                break;
            };
            self.partial_line = None;
            // A longer line is none: it is shown as one that cannot be read.
            let place = LinePosition {
                file: u32::try_from(file).unwrap_or(u32::MAX),
                length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                offset,
            };
            offset += to_u64(length);
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
            self.faults.push(LogDamage::Broken { line: number });
        }
    }

    fn line(
        &mut self,
        text: &[u8],
        frame: Result<Frame<'_>, serde_json::Error>,
        place: LinePosition,
        each: &mut impl FnMut(&LogLine<'_>),
    ) {
        let number = self.head.lines + 1;
        let is_first = self.head.lines == 0;
        match frame {
            Ok(frame) => {
                if frame.line != number {
                    let said = frame.line;
                    self.faults.push(LogDamage::Misnumbered { line: number, said });
                }
                let last = if is_first { NO_HASH } else { &self.head.last };
                if frame.prev != last {
                    self.faults.push(LogDamage::Broken { line: number });
                }
                if frame.event == "damaged" {
                    let what = frame.what.unwrap_or_default().into_owned();
                    self.faults.push(LogDamage::Damaged { line: number, what });
                }
                each(&LogLine { number, position: place, bytes: text });
            }
            Err(error) => self.faults.push(LogDamage::Unreadable { line: number, reason: error.to_string() }),
        }
        self.head = LogHead { lines: number, bytes: self.head.bytes + to_u64(text.len()) + 1, last: hash(text) };
        self.is_head_found |= self.recorded_head == Some(&self.head);
    }

    /// Compares where it ends with where it is said to end.
    fn compare(&mut self) {
        let found = self.head.lines;
        match self.recorded_head {
            Some(kept) if !self.is_head_found && found < kept.lines => {
                let kept = kept.lines;
                self.faults.push(LogDamage::Cut { found, kept });
            }
            Some(kept) if !self.is_head_found => {
                let line = kept.lines;
                self.faults.push(LogDamage::Changed { line });
            }
            None if found > 0 => self.faults.push(LogDamage::Headless),
            _ => {}
        }
    }
}
