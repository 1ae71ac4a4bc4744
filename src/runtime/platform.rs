//! What the console does outside its screen: clipboard, history, the shell it came from.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use crossterm::{clipboard::CopyToClipboard, execute};
use ratatui::{Terminal, backend::Backend};

use super::{Output, terminal};
use crate::app::Input;
use crate::model::{Clock, EventClock, ExportData};
use crate::output::FileForm;
use crate::session::{ColumnChoice, HistoryEntry, NamedQuery, PeriodInput, Session};
use crate::storage::{self, History, HistoryLine, NewFile, SavedQueries, SessionFile};

/// Where effects end up. The tests have one of their own.
pub trait Platform<B: Backend> {
    /// Where the time comes from.
    fn clock(&self) -> Clock;
    /// Puts text, already made visible, on the clipboard.
    fn copy_to_clipboard(&mut self, text: &str);
    /// The directory for copies that are too long for the clipboard, if there is one.
    fn copies_dir(&self) -> Option<&Path> {
        None
    }
    /// Adds a query to the history.
    fn append_history(&mut self, past: &HistoryEntry);
    /// The file of the queries that are kept under a name, if there is one.
    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries>;
    /// Keeps a query under its name, and says what came of it.
    fn save_query(&mut self, query: &NamedQuery) -> Input {
        let name = &query.name;
        let query = storage::SavedQuery {
            name: name.clone(),
            query: query.query.clone(),
            period: query.period.text.clone(),
            is_server_clock: query.period.clock == EventClock::Server,
            note: query.note.clone(),
        };
        change_saved_queries(self.saved_queries_file(), |saved| {
            saved.add(&query)?;
            let place = saved.path().display();
            Ok(format!("Saved {name} in {place}"))
        })
    }
    /// Keeps the query of this name no longer, and says what came of it.
    fn delete_query(&mut self, name: &str) -> Input {
        change_saved_queries(self.saved_queries_file(), |saved| {
            Ok(if saved.remove(name)? { format!("Deleted {name}") } else { format!("{name} was already deleted") })
        })
    }
    /// Gives the terminal back to the shell until it wakes us.
    fn suspend(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error>;
}

/// A real terminal in a real shell.
#[derive(Debug)]
pub struct UnixPlatform {
    clock: Clock,
    server: String,
    history: Option<History>,
    saved: Option<SavedQueries>,
    copies_dir: Option<PathBuf>,
}

impl UnixPlatform {
    /// Queries asked of `server` are remembered in `history`, and those with a name in `saved`, where there are such.
    /// Copies that are too long for the clipboard go to the directory `copies`.
    pub fn new(
        clock: Clock,
        server: String,
        history: Option<History>,
        saved: Option<SavedQueries>,
        copies: Option<PathBuf>,
    ) -> Self {
        Self { clock, server, history, saved, copies_dir: copies }
    }
}

impl Platform<Output> for UnixPlatform {
    fn clock(&self) -> Clock {
        self.clock
    }

    fn copy_to_clipboard(&mut self, text: &str) {
        // OSC 52: the terminal's own clipboard, also over ssh, where no other is in reach.
        if let Err(error) = execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)) {
            tracing::warn!("Not copied: the terminal refused it: {error}");
        }
    }

    fn copies_dir(&self) -> Option<&Path> {
        self.copies_dir.as_deref()
    }

    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries> {
        self.saved.as_mut()
    }

    fn append_history(&mut self, past: &HistoryEntry) {
        let Some(history) = &mut self.history else {
            return;
        };
        let entry = HistoryLine {
            query: past.query.clone(),
            period: past.period.text.clone(),
            is_server_clock: past.period.clock == EventClock::Server,
            at: past.asked_at,
            total: past.total,
            took_ms: past.took_ms,
            server: self.server.clone(),
        };
        if let Err(error) = history.append(&entry) {
            tracing::warn!("The query history cannot be written: {error}");
            // Once is enough: the next query would fail the same way.
            self.history = None;
        }
    }

    fn suspend(&mut self, terminal: &mut Terminal<Output>) -> io::Result<()> {
        terminal::leave()?;
        Backend::flush(terminal.backend_mut())?;
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        // Here the shell has woken us.
        terminal::enter()?;
        super::repaint(terminal)
    }
}

/// Writes rows of a list of `total` to a new file, and says what came of it.
pub(super) fn export(path: &Path, extract: &ExportData, total: u64) -> Input {
    let path = storage::expand_home(path);
    let path = std::path::absolute(&path).unwrap_or(path);
    Input::Exported(write(&path, extract).map(|()| {
        let (n, path) = (extract.rows.len(), path.display());
        if u64::try_from(n).is_ok_and(|n| n < total) {
            format!("Exported {n} of {total} rows to {path}; only loaded rows are written")
        } else {
            format!("Exported {n} rows to {path}")
        }
    }))
}

/// Writes a copy that is too long for the clipboard to a file, and says where it is.
pub(super) fn write_copy(dir: Option<&Path>, text: &str) -> Input {
    let n = text.len();
    let kept = match dir {
        Some(dir) => storage::write_copy(dir, text).map_err(|error| error.to_string()),
        None => Err("no directory for a file".into()),
    };
    let text = match kept {
        Ok(path) => {
            format!("Too long for the clipboard: {n} bytes are in {}; the next long copy replaces it", path.display())
        }
        Err(why) => format!("Not copied: {n} bytes are too long for the clipboard; {why}"),
    };
    Input::Notice { text, is_warning: true }
}

/// The queries of a file, for the screen.
pub fn saved_queries(saved: &SavedQueries) -> Vec<NamedQuery> {
    let queries = saved.queries().iter().map(|query| NamedQuery {
        name: query.name.clone(),
        query: query.query.clone(),
        period: period_input(&query.period, query.is_server_clock),
        note: query.note.clone(),
    });
    queries.collect()
}

/// A query of the history, for the screen.
pub fn history_entry(entry: HistoryLine) -> HistoryEntry {
    HistoryEntry {
        period: period_input(&entry.period, entry.is_server_clock),
        query: entry.query,
        asked_at: entry.at,
        total: entry.total,
        took_ms: entry.took_ms,
    }
}

/// The columns that were kept, for the screen.
pub fn column_choices(kept: &SessionFile) -> BTreeMap<String, Vec<ColumnChoice>> {
    let chosen = |column: &storage::SavedColumn| ColumnChoice { name: column.name.clone(), width: column.width };
    let lists = kept.columns.iter();
    let lists = lists.map(|(list, columns)| (list.clone(), columns.iter().map(chosen).collect()));
    lists.collect()
}

/// What the screen leaves to be kept.
pub fn session_file(session: &Session) -> SessionFile {
    let column = |chosen: &ColumnChoice| storage::SavedColumn { name: chosen.name.clone(), width: chosen.width };
    let lists = session.search.chosen_columns.iter();
    let lists = lists.map(|(list, columns)| (list.clone(), columns.iter().map(column).collect()));
    SessionFile { columns: lists.collect() }
}

fn period_input(period: &str, is_server_clock: bool) -> PeriodInput {
    PeriodInput {
        text: period.to_owned(),
        clock: if is_server_clock { EventClock::Server } else { EventClock::Sensor },
    }
}

/// Changes the file of saved queries, and says what came of it.
fn change_saved_queries(
    saved: Option<&mut SavedQueries>,
    change: impl FnOnce(&mut SavedQueries) -> Result<String, storage::FileError>,
) -> Input {
    let changed = match saved {
        Some(saved) => change(saved).map(|text| (saved_queries(saved), text)).map_err(|error| error.to_string()),
        None => Err("no file for saved queries".into()),
    };
    match changed {
        Ok((queries, text)) => Input::Saved { queries, text },
        Err(text) => Input::Notice { text, is_warning: true },
    }
}

/// Writes rows to a new file.
fn write(path: &Path, extract: &ExportData) -> Result<(), String> {
    let form = FileForm::from_path(path).ok_or("Not exported: end the name with .csv, .jsonl or .md")?;
    let mut draft = NewFile::create(path).map_err(|error| error.to_string())?;
    let written = form.write(extract, &mut draft);
    written.map_err(|error| format!("Cannot write {}: {error}", path.display()))?;
    draft.persist().map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_long_copy_is_in_a_file_of_its_owner_and_replaces_the_last_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/copied.txt");
        for text in ["a".repeat(2_700_000), "b".repeat(80_000)] {
            let Input::Notice { text: told, .. } = write_copy(path.parent(), &text) else {
                panic!("it is told");
            };
            assert!(told.contains(&format!("{} bytes are in {}", text.len(), path.display())));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(dir.path().join("state")).unwrap().count(), 1);
    }

    #[test]
    fn a_long_copy_without_a_place_is_told() {
        let Input::Notice { text, is_warning } = write_copy(None, "abc") else {
            panic!("it is told");
        };
        assert!(is_warning && text.starts_with("Not copied: 3 bytes"));
    }
}
