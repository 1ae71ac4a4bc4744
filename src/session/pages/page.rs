//! One page of a list, as far as it is here.

use std::sync::Arc;

use crate::api::Error;
use crate::model::{Fetched, Page};
use crate::worker::Ticket;

/// One page, by the position of its first row.
#[derive(Clone, Debug)]
pub(super) struct PageSlot<T> {
    pub(super) pending: Option<Ticket>,
    pub(super) answer: Option<Fetched<Page<Arc<T>>>>,
    pub(super) error: Option<Error>,
    /// Whether the user gave it up: it is not asked for again by itself.
    pub(super) is_cancelled: bool,
    /// Whether all rows were asked for anew, and it was not in sight then: it is asked for when it is.
    pub(super) is_invalidated: bool,
}

impl<T> Default for PageSlot<T> {
    fn default() -> Self {
        Self { pending: None, answer: None, error: None, is_cancelled: false, is_invalidated: false }
    }
}

impl<T> PageSlot<T> {
    /// Whether it is to be asked for when it comes into sight.
    pub(super) fn needs_fetch(&self) -> bool {
        let is_missing = self.answer.is_none() || self.is_invalidated;
        is_missing && self.pending.is_none() && self.error.is_none() && !self.is_cancelled
    }

    /// Whether it is here only after another try.
    pub(super) fn needs_retry(&self) -> bool {
        self.answer.is_none() && (self.error.is_some() || self.is_cancelled)
    }
}
