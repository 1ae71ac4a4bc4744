//! One page of a list.

use std::sync::Arc;

use crate::api::Error;
use crate::model::{Fetched, Page};
use crate::worker::Ticket;

/// The loading state of one page.
#[derive(Clone, Debug)]
pub(super) struct PageSlot<T> {
    pub(super) pending: Option<Ticket>,
    pub(super) answer: Option<Fetched<Page<Arc<T>>>>,
    pub(super) error: Option<Error>,
    /// Whether the user cancelled it: it is not requested again automatically.
    pub(super) is_cancelled: bool,
    /// Whether the list was refreshed while this page was off screen: it is fetched again when shown.
    pub(super) is_invalidated: bool,
}

impl<T> Default for PageSlot<T> {
    fn default() -> Self {
        Self { pending: None, answer: None, error: None, is_cancelled: false, is_invalidated: false }
    }
}

impl<T> PageSlot<T> {
    /// Returns whether the page must be fetched when it is shown.
    pub(super) fn needs_fetch(&self) -> bool {
        let is_missing = self.answer.is_none() || self.is_invalidated;
        is_missing && self.pending.is_none() && self.error.is_none() && !self.is_cancelled
    }

    /// Returns whether the page is missing and is fetched only on retry.
    pub(super) fn needs_retry(&self) -> bool {
        self.answer.is_none() && (self.error.is_some() || self.is_cancelled)
    }
}
