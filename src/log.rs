//! The program's log of diagnostics: one file per day, never written to the screen.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};
use tracing::Level;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::files;

/// Number of days for which log files are retained.
const RETENTION_DAYS: i64 = 30;

/// Writes the buffered log entries when dropped; must live until the end of `main`.
#[must_use]
#[derive(Debug)]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts logging to files in `directory`, which is created if needed. `louder` is the number of `-v` flags.
pub fn start(directory: &Path, verbosity: u8) -> io::Result<LogGuard> {
    let daily = Daily::open(directory, today())?;
    let (writer, worker) = NonBlockingBuilder::default()
        // The log must contain every request, so none is dropped when the buffer is full.
        .lossy(false)
        .finish(daily);
    let level = match verbosity {
        0 => Level::INFO,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    // Libraries never log below WARN: their connection logs may contain secrets.
    let targets = Targets::new().with_default(Level::WARN).with_target(env!("CARGO_PKG_NAME"), level);
    let layer = fmt::layer().with_ansi(false).with_writer(writer);
    tracing_subscriber::registry().with(layer).with(targets).try_init().map_err(io::Error::other)?;
    Ok(LogGuard { _worker: worker })
}

/// A log file named by its day in UTC; a new file is started every day.
#[derive(Debug)]
struct Daily {
    directory: PathBuf,
    current_day: Date,
    file: File,
}

impl Daily {
    fn open(directory: &Path, day: Date) -> io::Result<Self> {
        files::create_dir(directory)?;
        remove_old(directory, day);
        Ok(Self {
            file: files::open_to_append(&directory.join(format!("{day}.log")))?,
            directory: directory.to_owned(),
            current_day: day,
        })
    }

    fn rotate_to(&mut self, day: Date) -> io::Result<()> {
        if day != self.current_day {
            *self = Self::open(&self.directory, day)?;
        }
        Ok(())
    }
}

impl Write for Daily {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rotate_to(today())?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// Removes log files older than the retention period.
fn remove_old(directory: &Path, today: Date) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_suffix(".log"));
        let day = day.and_then(|day| day.parse::<Date>().ok());
        let is_old = day.is_some_and(|day| day < today.saturating_sub(RETENTION_DAYS.days()));
        // A failed removal is retried the next day.
        if is_old {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_begins_a_new_file() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("state/log");
        let mut daily = Daily::open(&log, "2026-11-24".parse().unwrap()).unwrap();
        daily.file.write_all(b"one\n").unwrap();
        daily.rotate_to("2026-11-25".parse().unwrap()).unwrap();
        daily.file.write_all(b"two\n").unwrap();
        daily.rotate_to("2026-11-24".parse().unwrap()).unwrap();
        daily.file.write_all(b"three\n").unwrap();
        let read = |name| fs::read_to_string(log.join(name)).unwrap();
        assert_eq!(read("2026-11-24.log"), "one\nthree\n");
        assert_eq!(read("2026-11-25.log"), "two\n");
    }

    #[test]
    fn the_log_is_kept_for_thirty_days() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        fs::create_dir(&log).unwrap();
        for name in
            ["2025-01-01.log", "2026-10-24.log", "2026-10-25.log", "2099-01-01.log", "notes.log", "2025-01-01.txt"]
        {
            fs::write(log.join(name), "x").unwrap();
        }
        Daily::open(&log, "2026-11-24".parse().unwrap()).unwrap();
        let mut remaining: Vec<_> =
            fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        remaining.sort();
        assert_eq!(remaining, ["2025-01-01.txt", "2026-10-25.log", "2026-11-24.log", "2099-01-01.log", "notes.log",]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("state/log");
        Daily::open(&log, "2026-11-24".parse().unwrap()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&log), 0o700);
        assert_eq!(mode(&log.join("2026-11-24.log")), 0o600);
    }
}
