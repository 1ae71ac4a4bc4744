//! Effects: what the screen asks the runtime to do outside of it.

use std::{path::PathBuf, sync::Arc};

use super::{HistoryEntry, NamedQuery};
use crate::model::ExportData;
use crate::worker::Request;

/// An effect to be carried out by the runtime.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a request to the worker.
    Send(Request),
    /// Put text, already made visible, on the clipboard.
    CopyText(String),
    /// Write text, already made visible, to a file, since it is too long for the clipboard.
    CopyToFile(String),
    AppendHistory(HistoryEntry),
    SaveQuery(NamedQuery),
    /// Delete the saved query of this name.
    DeleteQuery(String),
    /// Write rows to a new file; the format follows from its extension.
    Export {
        path: PathBuf,
        extract: Arc<ExportData>,
        /// Number of rows of the list, loaded or not.
        total: u64,
    },
    /// Check whether a new file can be created at a path.
    CheckPath {
        /// The path as typed.
        typed: String,
        /// File name to append if `typed` is a directory.
        name: String,
    },
    /// Suspend the process until the shell resumes it.
    Suspend,
    /// Redraw the whole screen: another program wrote to the terminal.
    Repaint,
    Quit,
}
