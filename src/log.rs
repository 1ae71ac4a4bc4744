//! Diagnostics: one log file a day, never on the screen.

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

/// How many days the log is kept.
const DAYS: i64 = 30;

/// Writes what is still waiting when it is dropped: keep it until the end of `main`.
#[must_use]
#[derive(Debug)]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Begins logging into `directory`, which is made if need be. `louder` is how many times `-v` was given.
pub fn start(directory: &Path, louder: u8) -> io::Result<LogGuard> {
    let daily = Daily::open(directory, today())?;
    let (writer, worker) = NonBlockingBuilder::default()
        // A request that was made must be in the log, however many there are.
        .lossy(false)
        .finish(daily);
    let level = match louder {
        0 => Level::INFO,
        1 => Level::DEBUG,
        _ => Level::TRACE,
    };
    // The libraries below never get louder: what they say of a connection may hold what we would not say.
    let targets = Targets::new().with_default(Level::WARN).with_target(env!("CARGO_PKG_NAME"), level);
    let layer = fmt::layer().with_ansi(false).with_writer(writer);
    tracing_subscriber::registry().with(layer).with(targets).try_init().map_err(io::Error::other)?;
    Ok(LogGuard { _worker: worker })
}

/// A file whose name is the day, in UTC; a new day begins a new file.
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

/// Removes the files of days that are longer ago than the log is kept.
fn remove_old(directory: &Path, today: Date) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_suffix(".log"));
        let day = day.and_then(|day| day.parse::<Date>().ok());
        let is_old = day.is_some_and(|day| day < today.saturating_sub(DAYS.days()));
        // What cannot be removed now is tried again tomorrow.
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
        let mut left: Vec<_> =
            fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["2025-01-01.txt", "2026-10-25.log", "2026-11-24.log", "2099-01-01.log", "notes.log",]);
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
