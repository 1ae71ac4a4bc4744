//! Old lines of the action log: one file a month, and the chain goes on from each file to the next.
//!
//! Lines are copied first, and taken out of the log when the disk has the copies: a program that is stopped in between
//! leaves some of them in both, which is mended by the next line. The log stays the same file, so that its lock holds.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::Offset};

use super::{LogEnd, scan::Frame, to_u64};
use crate::files;

/// The log is archived when it is larger, whatever month it is.
const MAX_BYTES: u64 = 16 << 20;

const PREFIX: &str = "actions-";
const SUFFIX: &str = ".jsonl";

/// The archives of a directory, the oldest first.
pub(super) fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && month_of(name).is_some()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names.into_iter().map(|name| dir.join(name)).collect())
}

/// How many bytes the archives of a directory have.
pub(super) fn bytes(dir: &Path) -> io::Result<u64> {
    files(dir)?.iter().map(|path| Ok(fs::metadata(path)?.len())).sum()
}

/// Archives the lines of a log if they are of an earlier month, if they are many, or if that was begun before and not
/// finished. Whoever does this holds the lock of the log.
pub(super) fn archive_old(dir: &Path, log: &mut File, now: Timestamp) -> io::Result<()> {
    let Some(first) = first_line(log)? else {
        return Ok(());
    };
    let archived = last_archived(dir)?;
    let is_old = month(first.at) < month(now);
    let is_large = log.metadata()?.len() > MAX_BYTES;
    let is_unfinished = archived.as_ref().is_some_and(|(lines, _)| first.line <= *lines);
    if is_old || is_large || is_unfinished {
        archive(dir, log, archived)?;
    }
    Ok(())
}

/// Moves all whole lines of a log into the archives of their months. `archived` is the last line that is there already,
/// and the month of its file.
fn archive(dir: &Path, log: &mut File, archived: Option<(u64, String)>) -> io::Result<()> {
    let (lines, mut latest) = archived.unwrap_or_default();
    let mut target: Option<BufWriter<File>> = None;
    log.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(&*log);
    let mut line = Vec::new();
    let mut is_copied = true;
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            break;
        }
        let frame = serde_json::from_slice::<Frame<'_>>(&line).ok();
        is_copied &= frame.as_ref().is_some_and(|frame| frame.line <= lines);
        if is_copied {
            continue;
        }
        // A clock that went back must not change the order of the files.
        let month = frame.map_or(String::new(), |frame| month(frame.at));
        if target.is_none() || month > latest {
            latest = month.max(latest);
            flush_archive(target.take())?;
            target = Some(open(dir, &latest)?);
        }
        if let Some(target) = &mut target {
            target.write_all(&line)?;
        }
    }
    flush_archive(target)?;
    // The names of new files must be on the disk before the lines leave the log.
    File::open(dir)?.sync_all()?;
    let torn = std::mem::take(&mut line);
    log.set_len(0)?;
    // Half a line is named by the next one, which finds it here.
    log.write_all(&torn)?;
    log.sync_data()
}

/// Opens the archive of a month at its end. Half a line, which a program that was stopped has left, is cut off: the log
/// still has the whole of it.
fn open(dir: &Path, month: &str) -> io::Result<BufWriter<File>> {
    let mut file = files::open_to_append(&dir.join(format!("{PREFIX}{month}{SUFFIX}")))?;
    let torn = to_u64(LogEnd::from_file(&mut file)?.partial_line.len());
    file.set_len(file.metadata()?.len() - torn)?;
    Ok(BufWriter::new(file))
}

fn flush_archive(target: Option<BufWriter<File>>) -> io::Result<()> {
    let Some(target) = target else { return Ok(()) };
    let file = target.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// The number of the last archived line, and the month of the file it is in.
fn last_archived(dir: &Path) -> io::Result<Option<(u64, String)>> {
    let Some(path) = files(dir)?.pop() else {
        return Ok(None);
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let month = name.and_then(month_of).unwrap_or_default().to_owned();
    let end = LogEnd::from_file(&mut files::open(&path)?)?;
    Ok(Some((end.head.lines, month)))
}

/// Where the archives of a directory end; nothing where there are none.
pub(super) fn archived_end(dir: &Path) -> io::Result<Option<LogEnd>> {
    let Some(path) = files(dir)?.pop() else {
        return Ok(None);
    };
    LogEnd::from_file(&mut files::open(&path)?).map(Some)
}

struct FirstLine {
    line: u64,
    at: Timestamp,
}

/// What the first line of a log says; nothing where there is none that can be read.
fn first_line(log: &mut File) -> io::Result<Option<FirstLine>> {
    log.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    BufReader::new(log).read_until(b'\n', &mut line)?;
    let frame = serde_json::from_slice::<Frame<'_>>(&line).ok();
    Ok(frame.map(|Frame { line, at, .. }| FirstLine { line, at }))
}

/// A month as the names of the archives have it, in UTC.
fn month(at: Timestamp) -> String {
    let date = Offset::UTC.to_datetime(at).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

/// The month of an archive; nothing if it is none.
fn month_of(name: &str) -> Option<&str> {
    let month = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (year, number) = month.split_once('-')?;
    let is_number = |text: &str, n| text.len() == n && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(year, 4) && is_number(number, 2)).then_some(month)
}
