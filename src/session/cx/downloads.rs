//! Downloads, exports, and the check of their paths.

use super::Cx;
use crate::download::{DownloadProgress, DownloadRequest, Downloaded};
use crate::model::PathCheck;
use crate::session::{DownloadState, Effect};
use crate::worker::{Request, Ticket};

impl Cx<'_> {
    /// Checks whether a new file can be created at `typed`; if that is a directory, the file `name` in it.
    pub fn check_path(&mut self, typed: String, name: String) {
        self.effects.push(Effect::CheckPath { typed, name });
    }

    /// Stores the result of a path check.
    pub fn set_path_check(&mut self, check: PathCheck) {
        self.session.transfers.path_check = Some(check);
    }

    /// Reports whether the rows were written to the file.
    pub fn on_exported(&mut self, result: Result<String, String>) {
        self.session.transfers.is_exported = Some(result.is_ok());
        match result {
            Ok(text) => self.notify(text),
            Err(reason) => self.warn(reason),
        }
    }

    /// Starts a download. It continues even if another view is shown.
    pub fn start_download(&mut self, name: String, request: DownloadRequest) {
        let ticket = self.next_ticket();
        self.session.transfers.downloads.push(DownloadState { ticket, name, progress: DownloadProgress::default() });
        let request = Box::new(request);
        self.effects.push(Effect::Send(Request::Download { ticket, request }));
    }

    /// Cancels all downloads.
    pub(super) fn cancel_downloads(&mut self) {
        let cancelled = self.session.transfers.downloads.drain(..);
        let requests = cancelled.map(|transfer| Request::CancelTicket(transfer.ticket));
        self.effects.extend(requests.map(Effect::Send));
    }

    /// Stores the progress of a download.
    pub(super) fn on_download_progress(&mut self, ticket: Ticket, progress: DownloadProgress) {
        let mut transfers = self.session.transfers.downloads.iter_mut();
        if let Some(transfer) = transfers.find(|transfer| transfer.ticket == ticket) {
            transfer.progress = progress;
        }
    }

    /// Removes an ended download and reports its result.
    pub(super) fn on_download_ended(&mut self, ticket: Ticket, result: Result<Downloaded, String>) {
        let transfers = &mut self.session.transfers.downloads;
        let Some(at) = transfers.iter().position(|other| other.ticket == ticket) else {
            return;
        };
        let name = transfers.remove(at).name;
        match result {
            Ok(file) => {
                let (size, md5, path) = (file.size, file.md5, file.path.display());
                if file.is_verified {
                    self.notify(format!("MD5 verified: {size} bytes saved as {path}"));
                } else {
                    self.warn(format!("NOT VERIFIED, its MD5 is {md5}: saved as {path}"));
                }
            }
            Err(error) => self.warn(format!("{name}: {error}")),
        }
    }
}
