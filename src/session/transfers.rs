//! Downloads and exports.

use crate::download::DownloadProgress;
use crate::model::PathCheck;
use crate::text;
use crate::worker::Ticket;

/// Downloads and exports of this run.
#[derive(Debug, Default)]
pub struct TransferState {
    pub downloads: Vec<DownloadState>,
    /// Whether the last export was written; `None` while unknown.
    pub is_exported: Option<bool>,
    /// The last check of a path for a new file.
    pub path_check: Option<PathCheck>,
}

/// A download that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadState {
    pub(super) ticket: Ticket,
    pub name: String,
    pub progress: DownloadProgress,
}

impl DownloadState {
    /// Describes the progress: a percentage, or the received size if the length is unknown.
    pub fn describe(&self) -> String {
        let DownloadProgress { done, length } = self.progress;
        match length.and_then(|length| (done * 100).checked_div(length)) {
            Some(percent) => format!("{percent}%"),
            None => text::format_size(done),
        }
    }
}
