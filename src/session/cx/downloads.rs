//! Files that leave for the disk.

use super::Cx;
use crate::download::{Kept, Order, Progress};
use crate::model::Survey;
use crate::session::{Effect, Transfer};
use crate::worker::{Request, Ticket};

impl Cx<'_> {
    /// Asks what the place for a new file is like; a directory stands for a file of this name in it.
    pub fn look_at_place(&mut self, typed: String, name: String) {
        self.effects.push(Effect::Survey { typed, name });
    }

    /// Takes what was found there.
    pub fn surveyed(&mut self, survey: Survey) {
        self.session.survey = Some(survey);
    }

    /// Tells whether rows were written to the file that was named.
    pub fn exported(&mut self, result: Result<String, String>) {
        self.session.is_exported = Some(result.is_ok());
        match result {
            Ok(text) => self.notify(text),
            Err(reason) => self.warn(reason),
        }
    }

    /// Lets a file be downloaded. It goes on whatever is shown.
    pub fn download(&mut self, name: String, order: Order) {
        let ticket = self.ticket();
        self.session.transfers.push(Transfer { ticket, name, progress: Progress::default() });
        let order = Box::new(order);
        self.effects.push(Effect::Send(Request::Download { ticket, order }));
    }

    /// Gives up all downloads.
    pub(super) fn give_up_downloads(&mut self) {
        let given_up = self.session.transfers.drain(..);
        let requests = given_up.map(|transfer| Request::GiveUp(transfer.ticket));
        self.effects.extend(requests.map(Effect::Send));
    }

    /// A download has got farther.
    pub(super) fn progressed(&mut self, ticket: Ticket, progress: Progress) {
        let mut transfers = self.session.transfers.iter_mut();
        if let Some(transfer) = transfers.find(|transfer| transfer.ticket == ticket) {
            transfer.progress = progress;
        }
    }

    /// A download has ended.
    pub(super) fn ended(&mut self, ticket: Ticket, result: Result<Kept, String>) {
        let transfers = &mut self.session.transfers;
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
