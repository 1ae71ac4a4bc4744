//! Downloads, exports, and the check of their paths.

use super::Cx;
use crate::download::{DownloadProgress, DownloadRequest, Downloaded};
use crate::model::ExportData;
use crate::model::PathCheck;
use crate::session::NamedQuery;
use crate::session::{DownloadState, Effect};
use crate::worker::{Request, Ticket};
use std::{path::PathBuf, sync::Arc};

/// The operations on files: downloads, exports, saved queries.
#[derive(Debug)]
pub struct FileCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl FileCx<'_, '_> {
    /// Exports rows to a file.
    pub fn export_rows(&mut self, path: PathBuf, extract: Arc<ExportData>, total: u64) {
        self.cx.session.transfers.is_exported = None;
        self.cx.effects.push(Effect::Export { path, extract, total });
    }

    /// Saves a query under its name.
    pub fn save_query(&mut self, query: NamedQuery) {
        self.cx.effects.push(Effect::SaveQuery(query));
    }

    /// Deletes the saved query of this name.
    pub fn delete_query(&mut self, name: String) {
        self.cx.effects.push(Effect::DeleteQuery(name));
    }

    /// Replaces the saved queries after they were written to disk.
    pub fn set_saved_queries(&mut self, saved: Vec<NamedQuery>) {
        self.cx.session.search.saved_queries = saved;
    }

    /// Checks whether a new file can be created at `typed`; if that is a directory, the file `name` in it.
    pub fn check_path(&mut self, typed: String, name: String) {
        self.cx.effects.push(Effect::CheckPath { typed, name });
    }

    /// Stores the result of a path check.
    pub fn set_path_check(&mut self, check: PathCheck) {
        self.cx.session.transfers.path_check = Some(check);
    }

    /// Reports whether the rows were written to the file.
    pub fn on_exported(&mut self, result: Result<String, String>) {
        self.cx.session.transfers.is_exported = Some(result.is_ok());
        match result {
            Ok(text) => self.cx.notify(text),
            Err(reason) => self.cx.warn(reason),
        }
    }

    /// Starts a download. It continues even if another view is shown.
    pub fn start_download(&mut self, name: String, request: DownloadRequest) {
        let ticket = self.cx.requests().next_ticket();
        self.cx.session.transfers.downloads.push(DownloadState { ticket, name, progress: DownloadProgress::default() });
        let request = Box::new(request);
        self.cx.effects.push(Effect::Send(Request::Download { ticket, request }));
    }

    /// Cancels all downloads.
    pub(super) fn cancel_downloads(&mut self) {
        let cancelled = self.cx.session.transfers.downloads.drain(..);
        let requests = cancelled.map(|transfer| Request::CancelTicket(transfer.ticket));
        self.cx.effects.extend(requests.map(Effect::Send));
    }

    /// Stores the progress of a download.
    pub(super) fn on_download_progress(&mut self, ticket: Ticket, progress: DownloadProgress) {
        let mut transfers = self.cx.session.transfers.downloads.iter_mut();
        if let Some(transfer) = transfers.find(|transfer| transfer.ticket == ticket) {
            transfer.progress = progress;
        }
    }

    /// Removes an ended download and reports its result.
    pub(super) fn on_download_ended(&mut self, ticket: Ticket, result: Result<Downloaded, String>) {
        let transfers = &mut self.cx.session.transfers.downloads;
        let Some(at) = transfers.iter().position(|other| other.ticket == ticket) else {
            return;
        };
        let name = transfers.remove(at).name;
        match result {
            Ok(file) => {
                let (size, md5, path) = (file.size, file.md5, file.path.display());
                if file.is_verified {
                    self.cx.notify(format!("MD5 verified: {size} bytes saved as {path}"));
                } else {
                    self.cx.warn(format!("NOT VERIFIED, its MD5 is {md5}: saved as {path}"));
                }
            }
            Err(error) => self.cx.warn(format!("{name}: {error}")),
        }
    }
}
