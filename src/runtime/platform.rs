//! Effects outside the screen: clipboard, files, and suspending to the shell.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use ratatui::{Terminal, backend::Backend};

use super::{Output, clipboard, terminal};
use crate::app::Input;
use crate::model::{Clock, EventClock, ExportData};
use crate::output::FileForm;
use crate::session::{ColumnChoice, HistoryEntry, NamedQuery, PeriodInput, Session};
use crate::storage::{self, History, HistoryLine, NewFile, SavedQueries, SessionFile};

/// Carries out effects outside the screen. The tests have their own implementation.
pub trait Platform<B: Backend> {
    /// Returns the source of the time.
    fn clock(&self) -> Clock;
    /// Copies text, already made visible, to the clipboard.
    fn copy_to_clipboard(&mut self, text: &str);
    /// Returns the directory for copies that are too long for the clipboard, if there is one.
    fn copies_dir(&self) -> Option<&Path> {
        None
    }
    /// Adds a query to the history.
    fn append_history(&mut self, entry: &HistoryEntry);
    /// Returns the file of saved queries, if there is one.
    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries>;
    /// Saves a query under its name, and returns the result.
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
            let path = saved.path().display();
            Ok(format!("Saved {name} in {path}"))
        })
    }
    /// Deletes a saved query, and returns the result.
    fn delete_query(&mut self, name: &str) -> Input {
        change_saved_queries(self.saved_queries_file(), |saved| {
            Ok(if saved.remove(name)? { format!("Deleted {name}") } else { format!("{name} was already deleted") })
        })
    }
    /// Leaves the terminal to the shell until the user continues the program.
    fn suspend(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error>;
}

/// The implementation for a real terminal and shell.
#[derive(Debug)]
pub struct UnixPlatform {
    clock: Clock,
    server: String,
    history: Option<History>,
    saved: Option<SavedQueries>,
    copies_dir: Option<PathBuf>,
}

impl UnixPlatform {
    /// Creates a platform that writes queries of `server` to `history`, saved queries to `saved`, and copies that are
    /// too long for the clipboard to `copies_dir`, if these exist.
    pub fn new(
        clock: Clock,
        server: String,
        history: Option<History>,
        saved: Option<SavedQueries>,
        copies_dir: Option<PathBuf>,
    ) -> Self {
        Self { clock, server, history, saved, copies_dir }
    }
}

impl Platform<Output> for UnixPlatform {
    fn clock(&self) -> Clock {
        self.clock
    }

    fn copy_to_clipboard(&mut self, text: &str) {
        clipboard::copy(text);
    }

    fn copies_dir(&self) -> Option<&Path> {
        self.copies_dir.as_deref()
    }

    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries> {
        self.saved.as_mut()
    }

    fn append_history(&mut self, entry: &HistoryEntry) {
        let Some(history) = &mut self.history else {
            return;
        };
        let line = HistoryLine {
            query: entry.query.clone(),
            period: entry.period.text.clone(),
            is_server_clock: entry.period.clock == EventClock::Server,
            at: entry.run_at,
            total: entry.total,
            took_ms: entry.took_ms,
            server: self.server.clone(),
        };
        if let Err(error) = history.append(&line) {
            tracing::warn!("The query history cannot be written: {error}");
            // The next append would fail likewise, so one warning is enough.
            self.history = None;
        }
    }

    fn suspend(&mut self, terminal: &mut Terminal<Output>) -> io::Result<()> {
        terminal::leave()?;
        Backend::flush(terminal.backend_mut())?;
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        // Here the user has continued the program.
        terminal::enter()?;
        super::repaint(terminal)
    }
}

/// Writes the loaded rows of a list of `total` rows to a new file, and returns the result.
pub(super) fn export(path: &Path, data: &ExportData, total: u64) -> Input {
    let path = storage::expand_home(path);
    let path = std::path::absolute(&path).unwrap_or(path);
    Input::Exported(write(&path, data).map(|()| {
        let (n, path) = (data.rows.len(), path.display());
        if u64::try_from(n).is_ok_and(|n| n < total) {
            format!("Exported {n} of {total} rows to {path}; only loaded rows are written")
        } else {
            format!("Exported {n} rows to {path}")
        }
    }))
}

/// Converts the saved queries of a file for the screen.
pub fn saved_queries(saved: &SavedQueries) -> Vec<NamedQuery> {
    let queries = saved.queries().iter().map(|query| NamedQuery {
        name: query.name.clone(),
        query: query.query.clone(),
        period: PeriodInput {
            text: query.period.clone(),
            clock: if query.is_server_clock { EventClock::Server } else { EventClock::Sensor },
        },
        note: query.note.clone(),
    });
    queries.collect()
}

/// Converts an entry of the history for the screen.
pub fn history_entry(entry: HistoryLine) -> HistoryEntry {
    HistoryEntry {
        period: PeriodInput {
            text: entry.period,
            clock: if entry.is_server_clock { EventClock::Server } else { EventClock::Sensor },
        },
        query: entry.query,
        run_at: entry.at,
        total: entry.total,
        took_ms: entry.took_ms,
    }
}

/// Converts the saved columns for the screen.
pub fn column_choices(file: &SessionFile) -> BTreeMap<String, Vec<ColumnChoice>> {
    let choice = |column: &storage::SavedColumn| ColumnChoice { name: column.name.clone(), width: column.width };
    let lists = file.columns.iter();
    let lists = lists.map(|(list, columns)| (list.clone(), columns.iter().map(choice).collect()));
    lists.collect()
}

/// Returns the settings of a session that are saved to the session file.
pub fn session_file(session: &Session) -> SessionFile {
    let column = |chosen: &ColumnChoice| storage::SavedColumn { name: chosen.name.clone(), width: chosen.width };
    let lists = session.search.chosen_columns.iter();
    let lists = lists.map(|(list, columns)| (list.clone(), columns.iter().map(column).collect()));
    SessionFile { columns: lists.collect() }
}

/// Changes the file of saved queries, and returns the result.
fn change_saved_queries(
    saved: Option<&mut SavedQueries>,
    change: impl FnOnce(&mut SavedQueries) -> Result<String, storage::FileError>,
) -> Input {
    let result = match saved {
        Some(saved) => change(saved).map(|text| (saved_queries(saved), text)).map_err(|error| error.to_string()),
        None => Err("no file for saved queries".into()),
    };
    match result {
        Ok((queries, text)) => Input::Saved { queries, text },
        Err(text) => Input::Notice { text, is_warning: true },
    }
}

/// Writes rows to a new file, in the format for the ending of its name.
fn write(path: &Path, data: &ExportData) -> Result<(), String> {
    let format = FileForm::from_path(path).ok_or("Not exported: end the name with .csv, .jsonl or .md")?;
    let mut file = NewFile::create(path).map_err(|error| error.to_string())?;
    let result = format.write(data, &mut file);
    result.map_err(|error| format!("Cannot write {}: {error}", path.display()))?;
    file.persist().map_err(|error| error.to_string())?;
    Ok(())
}
