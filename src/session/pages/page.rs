//! One page of a list, as far as it is here.

use std::sync::Arc;

use crate::api::Error;
use crate::model::{Known, Page};
use crate::worker::Ticket;

/// One page, by the position of its first row.
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    pub(super) pending: Option<Ticket>,
    pub(super) held: Option<Known<Page<Arc<T>>>>,
    pub(super) error: Option<Error>,
    /// Whether the user gave it up: it is not asked for again by itself.
    pub(super) is_given_up: bool,
    /// Whether all rows were asked for anew, and it was not in sight then: it is asked for when it is.
    pub(super) is_outdated: bool,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { pending: None, held: None, error: None, is_given_up: false, is_outdated: false }
    }
}

impl<T> Part<T> {
    /// Whether it is to be asked for when it comes into sight.
    pub(super) fn is_wanted(&self) -> bool {
        let is_missing = self.held.is_none() || self.is_outdated;
        is_missing && self.pending.is_none() && self.error.is_none() && !self.is_given_up
    }

    /// Whether it is here only after another try.
    pub(super) fn is_to_be_retried(&self) -> bool {
        self.held.is_none() && (self.error.is_some() || self.is_given_up)
    }
}
