//! Files on their way to the disk.

use crate::download::DownloadProgress;
use crate::worker::Ticket;

/// A file on its way.
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
