//! Reading of the whole audit log, line by line over all files, without holding it in memory.

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

use super::{FILE, LogDamage, LogEntry, LogHead, NO_HASH, archive_files, hash, to_u64};
use crate::files;
use crate::storage::FileError;

/// Attempts to lock the log before it is read without a lock, and the time between them. Appending a line holds the
/// lock for milliseconds only.
const LOCK_TRIES: usize = 20;
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The members that all lines have.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    pub(super) line: u64,
    pub(super) at: Timestamp,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    prev: Cow<'a, str>,
    /// Of [`super::LogEvent::Damaged`].
    #[serde(borrow, default)]
    what: Option<Cow<'a, str>>,
}

/// A complete and valid line of the log.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Its position, for a [`LineReader`].
    pub position: LinePosition,
    /// The line without its line feed.
    pub bytes: &'a [u8],
}

/// The position of a line. Positions are ordered like the lines. At 16 bytes, hundreds of thousands fit in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinePosition {
    file: u32,
    offset: u64,
    length: u32,
}

/// The result of reading the whole log.
#[derive(Debug)]
pub struct Scan {
    pub faults: Vec<LogDamage>,
    /// The end of the log as read.
    pub head: LogHead,
    /// The end of the log by its head file, if there is one.
    pub recorded_head: Option<LogHead>,
    /// Whether another process held the lock, so that the log was read without it.
    pub is_locked: bool,
    files: Vec<PathBuf>,
    /// While this lock is held, no line is archived.
    _lock: Option<File>,
}

impl LogLine<'_> {
    /// Parses the whole entry.
    pub fn entry(&self) -> Result<LogEntry, serde_json::Error> {
        serde_json::from_slice(self.bytes)
    }
}

impl Scan {
    /// Reads the log in `dir` and calls `each` for each valid line, in order. A missing log is empty.
    ///
    /// Waits at most a second if another process holds the lock, and then reads without it.
    pub fn read(dir: &Path, mut each: impl FnMut(&LogLine<'_>)) -> Result<Self, FileError> {
        let (lock, is_locked) = lock(dir)?;
        let recorded_head = LogHead::open(dir)?;
        let mut files = archive_files::archive_files(dir).map_err(|error| FileError::new("read", dir, &error))?;
        if lock.is_some() {
            files.push(dir.join(FILE));
        }
        let mut follower = Follower {
            faults: Vec::new(),
            head: LogHead::default(),
            is_head_found: recorded_head.as_ref().is_none_or(|head| head.lines == 0),
            recorded_head: recorded_head.as_ref(),
            partial_line: None,
        };
        for (index, path) in files.iter().enumerate() {
            let failed = |error: io::Error| FileError::new("read", path, &error);
            let file = files::open(path).map_err(failed)?;
            follower.file(index, file, &mut each).map_err(failed)?;
        }
        // A process that holds the lock may be writing the last line.
        if let Some(fault) = follower.partial_line.take().filter(|_| !is_locked) {
            follower.faults.push(fault);
        }
        follower.compare();
        let Follower { faults, head, .. } = follower;
        Ok(Self { faults, head, recorded_head, is_locked, files, _lock: lock.filter(|_| !is_locked) })
    }

    /// Returns a reader for lines of this scan; no line is archived while `self` exists.
    pub fn lines(&self) -> LineReader<'_> {
        LineReader::new(&self.files)
    }

    /// Returns the files of the log, oldest first, for a [`LineReader`]; releases the lock, so lines may be archived.
    pub fn into_files(self) -> Vec<PathBuf> {
        self.files
    }
}

/// Reads lines by their position; fastest in the order of the log.
#[derive(Debug)]
pub struct LineReader<'f> {
    files: &'f [PathBuf],
    /// Number and handle of the file that was read last.
    open: Option<(u32, File)>,
}

impl<'f> LineReader<'f> {
    /// Creates a reader for the files of [`Scan::into_files`].
    pub fn new(files: &'f [PathBuf]) -> Self {
        Self { files, open: None }
    }

    /// Reads a line, without its line feed.
    pub fn line(&mut self, position: LinePosition) -> io::Result<Vec<u8>> {
        let file = match self.open.take() {
            Some((number, file)) if number == position.file => file,
            _ => {
                let number = usize::try_from(position.file).unwrap_or(usize::MAX);
                files::open(self.files.get(number).ok_or(io::ErrorKind::NotFound)?)?
            }
        };
        let (_, file) = self.open.insert((position.file, file));
        file.seek(SeekFrom::Start(position.offset))?;
        let mut bytes = vec![0; usize::try_from(position.length).unwrap_or(usize::MAX)];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Opens the log and locks it against appending. Also returns whether that failed because another process holds the
/// lock. `None` if there is no log.
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
            // A file system without locks: the log cannot be appended to either.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => return Ok((Some(file), false)),
        }
    }
    Ok((Some(file), true))
}

/// Checks the hash chain line by line.
struct Follower<'a> {
    faults: Vec<LogDamage>,
    /// The end of the lines read so far.
    head: LogHead,
    recorded_head: Option<&'a LogHead>,
    /// Whether a line matched the recorded head.
    is_head_found: bool,
    /// Damage at the end of the last file, if its last line is incomplete.
    partial_line: Option<LogDamage>,
}

impl Follower<'_> {
    /// Reads a file of the log, and calls `each` for each valid line.
    fn file(&mut self, file: usize, content: File, each: &mut impl FnMut(&LogLine<'_>)) -> io::Result<()> {
        /// In bytes: one system call for hundreds of lines.
        const BUFFER: usize = 256 << 10;
        let mut reader = BufReader::with_capacity(BUFFER, content);
        let mut bytes = Vec::new();
        let mut offset = 0;
        // Archiving that was interrupted leaves lines in both files: the copies at the start of the log are skipped.
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
            // A line longer than 4 GiB gets a shortened position, and reading it reports an invalid line.
            let position = LinePosition {
                file: u32::try_from(file).unwrap_or(u32::MAX),
                length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                offset,
            };
            offset += to_u64(length);
            let frame = serde_json::from_slice::<Frame<'_>>(text);
            let number = frame.as_ref().map_or(0, |frame| frame.line);
            let is_start = copy.is_some() || position.offset == 0;
            if is_start && self.head == archived && (1..=archived.lines).contains(&number) {
                copy = Some((number, hash(text)));
                continue;
            }
            if let Some((number, hash)) = copy.take() {
                self.compare_copy(number, &hash);
            }
            self.line(text, frame, position, each);
        }
        if let Some((number, hash)) = copy {
            self.compare_copy(number, &hash);
        }
        Ok(())
    }

    /// Checks that the last skipped copy is the line that was archived last.
    fn compare_copy(&mut self, number: u64, hash: &str) {
        if (number, hash) != (self.head.lines, &self.head.last) {
            self.faults.push(LogDamage::Broken { line: number });
        }
    }

    /// Checks a line against the one before it, and calls `each` if it is valid.
    fn line(
        &mut self,
        text: &[u8],
        frame: Result<Frame<'_>, serde_json::Error>,
        position: LinePosition,
        each: &mut impl FnMut(&LogLine<'_>),
    ) {
        let number = self.head.lines + 1;
        let is_first = self.head.lines == 0;
        match frame {
            Ok(frame) => {
                if frame.line != number {
                    let stated = frame.line;
                    self.faults.push(LogDamage::Misnumbered { line: number, stated });
                }
                let last = if is_first { NO_HASH } else { &self.head.last };
                if frame.prev != last {
                    self.faults.push(LogDamage::Broken { line: number });
                }
                if frame.event == "damaged" {
                    let what = frame.what.unwrap_or_default().into_owned();
                    self.faults.push(LogDamage::Damaged { line: number, what });
                }
                each(&LogLine { number, position, bytes: text });
            }
            Err(error) => self.faults.push(LogDamage::Unreadable { line: number, reason: error.to_string() }),
        }
        self.head = LogHead { lines: number, bytes: self.head.bytes + to_u64(text.len()) + 1, last: hash(text) };
        self.is_head_found |= self.recorded_head == Some(&self.head);
    }

    /// Compares the end of the log with the recorded head.
    fn compare(&mut self) {
        let n_found = self.head.lines;
        match self.recorded_head {
            Some(head) if !self.is_head_found && n_found < head.lines => {
                let n_recorded = head.lines;
                self.faults.push(LogDamage::Cut { n_found, n_recorded });
            }
            Some(head) if !self.is_head_found => {
                let line = head.lines;
                self.faults.push(LogDamage::Changed { line });
            }
            None if n_found > 0 => self.faults.push(LogDamage::Headless),
            _ => {}
        }
    }
}
