//! Files that leave for the disk.

use super::Cx;
use crate::download::{DownloadProgress, DownloadRequest, Downloaded};
use crate::model::PathCheck;
use crate::session::{DownloadState, Effect};
use crate::worker::{Request, Ticket};

impl Cx<'_> {
    /// Asks what the place for a new file is like; a directory stands for a file of this name in it.
    pub fn check_path(&mut self, typed: String, name: String) {
        self.effects.push(Effect::CheckPath { typed, name });
    }

    /// Takes what was found there.
    pub fn set_path_check(&mut self, survey: PathCheck) {
        self.session.transfers.path_check = Some(survey);
    }

    /// Tells whether rows were written to the file that was named.
    pub fn on_exported(&mut self, result: Result<String, String>) {
        self.session.transfers.is_exported = Some(result.is_ok());
        match result {
            Ok(text) => self.notify(text),
            Err(reason) => self.warn(reason),
        }
    }

    /// Lets a file be downloaded. It goes on whatever is shown.
    pub fn start_download(&mut self, name: String, order: DownloadRequest) {
        let ticket = self.next_ticket();
        self.session.transfers.downloads.push(DownloadState { ticket, name, progress: DownloadProgress::default() });
        let order = Box::new(order);
        self.effects.push(Effect::Send(Request::Download { ticket, request: order }));
    }

    /// Gives up all downloads.
    pub(super) fn cancel_downloads(&mut self) {
        let given_up = self.session.transfers.downloads.drain(..);
        let requests = given_up.map(|transfer| Request::CancelTicket(transfer.ticket));
        self.effects.extend(requests.map(Effect::Send));
    }

    /// A download has got farther.
    pub(super) fn on_download_progress(&mut self, ticket: Ticket, progress: DownloadProgress) {
        let mut transfers = self.session.transfers.downloads.iter_mut();
        if let Some(transfer) = transfers.find(|transfer| transfer.ticket == ticket) {
            transfer.progress = progress;
        }
    }

    /// A download has ended.
    pub(super) fn on_download_ended(&mut self, ticket: Ticket, result: Result<Downloaded, String>) {
        let transfers = &mut self.session.transfers.downloads;
        let Some(at) = transfers.iter().position(|other| other.ticket == ticket) else {
            return;
        };
        let name = transfers.remove(at).name;
        match result {
            Ok(kept) => {
                let (size, md5, path) = (kept.size, kept.md5, kept.path.display());
                if kept.is_verified {
                    self.notify(format!("MD5 verified: {size} bytes saved as {path}"));
                } else {
                    self.warn(format!("NOT VERIFIED, its MD5 is {md5}: saved as {path}"));
                }
            }
            Err(error) => self.warn(format!("{name}: {error}")),
        }
    }
}
