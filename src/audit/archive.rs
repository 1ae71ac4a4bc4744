//! Archives of the audit log: the lines of past months, one file a month. The hash chain continues across the files.
//!
//! Lines are copied first, and removed from the log when the copies are on the disk. A program that is killed in
//! between leaves lines in both files; the next append removes them. The log is truncated but never replaced, so
//! that its lock stays valid.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::Path,
};

use jiff::{Timestamp, tz::Offset};

use super::{
    LogEnd,
    archive_files::{archive_files, archive_path, month_of},
    scan::Frame,
    to_u64,
};
use crate::files;

/// A larger log is archived even within its month.
const MAX_BYTES: u64 = 16 << 20;

/// Archives the lines of a log if the first one is of an earlier month, if the log is large, or if an earlier archiving
/// was interrupted. The caller holds the lock of the log.
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

/// Moves all complete lines of a log into the archives of their months. `archived` is the number of the last line that
/// is archived already, and the month of its file.
fn archive(dir: &Path, log: &mut File, archived: Option<(u64, String)>) -> io::Result<()> {
    let (n_archived, mut latest) = archived.unwrap_or_default();
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
        is_copied &= frame.as_ref().is_some_and(|frame| frame.line <= n_archived);
        if is_copied {
            continue;
        }
        // The order of the files must stay that of the lines, even if the clock was set back.
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
    // The names of new files must be on the disk before the lines are removed from the log.
    File::open(dir)?.sync_all()?;
    let partial_line = std::mem::take(&mut line);
    log.set_len(0)?;
    // The incomplete line stays, so that the next append can report it.
    log.write_all(&partial_line)?;
    log.sync_data()
}

/// Opens the archive of a month for appending. An incomplete line of a killed program is removed: the log still has all
/// of it.
fn open(dir: &Path, month: &str) -> io::Result<BufWriter<File>> {
    let mut file = files::open_to_append(&archive_path(dir, month))?;
    let n_partial = to_u64(LogEnd::from_file(&mut file)?.partial_line.len());
    file.set_len(file.metadata()?.len() - n_partial)?;
    Ok(BufWriter::new(file))
}

fn flush_archive(target: Option<BufWriter<File>>) -> io::Result<()> {
    let Some(target) = target else { return Ok(()) };
    let file = target.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// Returns the number of the last archived line, and the month of its file; `None` without archives.
fn last_archived(dir: &Path) -> io::Result<Option<(u64, String)>> {
    let Some(path) = archive_files(dir)?.pop() else {
        return Ok(None);
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let month = name.and_then(month_of).unwrap_or_default().to_owned();
    let end = LogEnd::from_file(&mut files::open(&path)?)?;
    Ok(Some((end.head.lines, month)))
}

/// Returns the end of the newest archive; `None` without archives.
pub(super) fn archived_end(dir: &Path) -> io::Result<Option<LogEnd>> {
    let Some(path) = archive_files(dir)?.pop() else {
        return Ok(None);
    };
    LogEnd::from_file(&mut files::open(&path)?).map(Some)
}

/// Number and time of the first line of a log.
struct FirstLine {
    line: u64,
    at: Timestamp,
}

/// Reads the first line of a log; `None` if there is none, or if it is not valid.
fn first_line(log: &mut File) -> io::Result<Option<FirstLine>> {
    log.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    BufReader::new(log).read_until(b'\n', &mut line)?;
    let frame = serde_json::from_slice::<Frame<'_>>(&line).ok();
    Ok(frame.map(|Frame { line, at, .. }| FirstLine { line, at }))
}

/// Formats a month, in UTC, as in the names of archives.
fn month(at: Timestamp) -> String {
    let date = Offset::UTC.to_datetime(at).date();
    format!("{:04}-{:02}", date.year(), date.month())
}
