//! What leaves the screen.

use std::{path::PathBuf, sync::Arc};

use super::{HistoryEntry, NamedQuery};
use crate::model::ExportData;
use crate::worker::Request;

/// Something to be done outside the screen.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the worker.
    Send(Request),
    /// Put this text, already made visible, on the clipboard.
    CopyText(String),
    /// Write text into a file, already made visible: it is too long for the clipboard.
    CopyToFile(String),
    /// Add a query to the history.
    AppendHistory(HistoryEntry),
    /// Keep a query under its name.
    SaveQuery(NamedQuery),
    /// Keep the query of this name no longer.
    DeleteQuery(String),
    /// Write rows to a new file; its name says in which format.
    Export {
        /// The file.
        path: PathBuf,
        /// The rows.
        extract: Arc<ExportData>,
        /// How many rows the list has, loaded or not.
        total: u64,
    },
    /// Find out what the place for a new file is like.
    CheckPath {
        /// The name of the file, as it was typed.
        typed: String,
        /// Its name if a directory was typed.
        name: String,
    },
    /// Stop until the shell wakes us.
    Suspend,
    /// Draw everything anew: something else wrote on the terminal.
    Repaint,
    /// Leave.
    Quit,
}
