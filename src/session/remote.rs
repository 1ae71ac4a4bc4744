//! A value fetched from the server: not requested, pending, fetched, or failed.

use crate::api::Error;
use crate::fetch::Fetch;
use crate::model::Fetched;
use crate::worker::Ticket;

/// The current question about a subject, and the last answer. An answer about another subject is dropped when the
/// question changes, so that it cannot be shown under the wrong name.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    question: Option<Fetch>,
    pending: Option<Ticket>,
    answer: Option<(Fetch, Fetched<T>)>,
    error: Option<Error>,
}

/// The loading state of a [`Remote`], independent of its type.
pub trait RemoteState {
    /// Expects the answer to `ticket`; answers to earlier tickets are stale from now on.
    fn set_pending(&mut self, ticket: Ticket, fetch: Fetch);
    /// Stores a failure if `ticket` is the expected one; returns whether it was. The last answer is retained.
    fn reject(&mut self, ticket: Ticket, error: Error) -> bool;
    /// Stops expecting an answer, since the user cancelled. The last answer is retained.
    fn cancel_pending(&mut self);
    /// Returns the current question.
    fn question(&self) -> Option<&Fetch>;
    /// Clears question and answer.
    fn reset(&mut self);
    /// Returns whether an answer is pending.
    fn is_pending(&self) -> bool;
    /// Returns whether there is an answer.
    fn has_answer(&self) -> bool;
    /// Returns why the current question was not answered.
    fn error(&self) -> Option<&Error>;
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { question: None, pending: None, answer: None, error: None }
    }
}

impl<T> Remote<T> {
    /// Stores an answer if `ticket` is the expected one; returns whether it was.
    pub fn resolve(&mut self, ticket: Ticket, fetched: Fetched<T>) -> bool {
        if self.pending != Some(ticket) {
            return false;
        }
        self.pending = None;
        self.error = None;
        self.answer = self.question.clone().map(|question| (question, fetched));
        true
    }

    /// Completes the request of `ticket` but retains the last answer, because the new one contains less.
    pub fn resolve_unchanged(&mut self, ticket: Ticket) -> bool {
        let is_expected = self.pending == Some(ticket);
        if is_expected {
            self.pending = None;
            self.error = None;
        }
        is_expected
    }

    /// Returns the last answer about the current subject, even while a refresh is pending or has failed.
    pub fn latest(&self) -> Option<&Fetched<T>> {
        self.answer.as_ref().map(|(_, fetched)| fetched)
    }

    /// Returns `self` if its current question is about the subject of `question`.
    pub fn if_about(&self, question: &Fetch) -> Option<&Self> {
        let current = self.question.as_ref()?;
        current.covers_same_request(question).then_some(self)
    }

    /// Returns the current question.
    pub fn last_question(&self) -> Option<&Fetch> {
        self.question.as_ref()
    }

    /// Returns the question that the last answer belongs to.
    pub fn answered_question(&self) -> Option<&Fetch> {
        self.answer.as_ref().map(|(fetch, _)| fetch)
    }

    /// Clears question and answer, when there is no subject.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl<T> RemoteState for Remote<T> {
    fn set_pending(&mut self, ticket: Ticket, fetch: Fetch) {
        if self.question.as_ref().is_none_or(|current| !current.covers_same_request(&fetch)) {
            self.error = None;
            self.answer = None;
        }
        self.question = Some(fetch);
        self.pending = Some(ticket);
    }

    fn reject(&mut self, ticket: Ticket, error: Error) -> bool {
        if self.pending != Some(ticket) {
            return false;
        }
        self.pending = None;
        self.error = Some(error);
        true
    }

    fn cancel_pending(&mut self) {
        self.pending = None;
    }

    fn question(&self) -> Option<&Fetch> {
        self.last_question()
    }

    fn reset(&mut self) {
        self.clear();
    }

    fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    fn has_answer(&self) -> bool {
        self.answer.is_some()
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::model::SensorId;

    fn fetched(value: u8) -> Fetched<u8> {
        Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }
    }

    fn sensor(id: u64) -> Fetch {
        Fetch::Sensor(SensorId(id))
    }

    /// A remote that holds 1 as the answer about sensor 1.
    fn answered() -> Remote<u8> {
        let mut remote = Remote::default();
        remote.set_pending(Ticket(1), sensor(1));
        assert!(remote.resolve(Ticket(1), fetched(1)));
        remote
    }

    #[test]
    fn an_answer_to_an_older_ticket_is_ignored() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), sensor(1));
        remote.set_pending(Ticket(3), sensor(1));
        assert!(!remote.resolve(Ticket(2), fetched(2)));
        assert!(!remote.reject(Ticket(2), Error::Internal));
        assert!(remote.is_pending());
        assert!(remote.resolve(Ticket(3), fetched(3)));
        assert_eq!(*remote.latest().unwrap().value, 3);
    }

    #[test]
    fn a_failed_refresh_retains_the_answer_with_the_error() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), sensor(1));
        assert!(remote.reject(Ticket(2), Error::Internal));
        assert_eq!(*remote.latest().unwrap().value, 1);
        assert_eq!(remote.error(), Some(&Error::Internal));
    }

    #[test]
    fn a_question_about_another_subject_clears_the_answer() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), sensor(2));
        assert!(remote.latest().is_none() && !remote.has_answer());
        assert!(remote.if_about(&sensor(1)).is_none());
        assert!(remote.if_about(&sensor(2)).is_some());
        remote.cancel_pending();
        assert!(remote.latest().is_none() && !remote.is_pending());
    }

    #[test]
    fn cancelling_a_refresh_retains_the_answer() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), sensor(1));
        remote.cancel_pending();
        assert_eq!(*remote.latest().unwrap().value, 1);
    }
}
