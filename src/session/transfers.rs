//! Downloads and exports.

use crate::download::DownloadProgress;
use crate::model::PathCheck;
use crate::worker::Ticket;

/// Downloads and exports of this run.
#[derive(Debug, Default)]
pub struct TransferState {
    /// Downloads that are running.
    pub downloads: Vec<DownloadState>,
    /// Whether the last export was written; `None` while it is not known.
    pub is_exported: Option<bool>,
    /// The last check of a path for a new file.
    pub path_check: Option<PathCheck>,
}

/// A download that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadState {
    /// Which download it is.
    pub(super) ticket: Ticket,
    /// What it is called.
    pub name: String,
    /// How far it has got.
    pub progress: DownloadProgress,
}

impl DownloadState {
    /// How far it has got, in a word or two.
    pub fn describe(&self) -> String {
        let DownloadProgress { done, length } = self.progress;
        match length.and_then(|length| (done * 100).checked_div(length)) {
            Some(percent) => format!("{percent}%"),
            None => format!("{} KiB", done / 1024),
        }
    }
}
