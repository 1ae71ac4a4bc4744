//! A value fetched from the server: not requested, pending, fetched, or failed.

use std::{any::Any, fmt::Debug};

use crate::api::Error;
use crate::fetch::{Answer, Fetch, Resource};
use crate::model::Fetched;
use crate::worker::Ticket;

/// The current question about a subject, and the last answer. An answer about another subject is dropped when the
/// question changes, so that it cannot be shown under the wrong name.
#[derive(Debug)]
pub struct Remote<R: Resource> {
    question: Option<R>,
    pending: Option<Ticket>,
    answer: Option<(R, Fetched<R::Value>)>,
    error: Option<Error>,
}

/// The loading state of a [`Remote`], independent of its type.
pub trait RemoteState: Any + Debug + Send + Sync {
    /// Stores an answer if `ticket` is the expected one; returns whether it was.
    fn resolve(&mut self, ticket: Ticket, answer: &Answer) -> bool;
    /// Stores a failure if `ticket` is the expected one; returns whether it was. The last answer is retained.
    fn reject(&mut self, ticket: Ticket, error: Error) -> bool;
    /// Stops expecting an answer, since the user cancelled. The last answer is retained.
    fn cancel_pending(&mut self);
    /// Expects the answer to `ticket` to refresh the last one; returns the question, `None` if there is none.
    fn refresh(&mut self, ticket: Ticket) -> Option<Fetch>;
    /// Clears question and answer, when there is no subject.
    fn clear(&mut self);
    /// Returns whether an answer is pending.
    fn is_pending(&self) -> bool;
    /// Returns whether there is an answer.
    fn has_answer(&self) -> bool;
    /// Returns why the current question was not answered.
    fn error(&self) -> Option<&Error>;
    /// Returns whether the answer is stale: its refresh failed.
    fn is_stale(&self) -> bool {
        self.has_answer() && self.error().is_some()
    }
}

impl<R: Resource> Default for Remote<R> {
    fn default() -> Self {
        Self { question: None, pending: None, answer: None, error: None }
    }
}

impl<R: Resource> Remote<R> {
    /// Expects the answer to `ticket`; answers to earlier tickets are stale from now on.
    pub fn set_pending(&mut self, ticket: Ticket, question: R) {
        if self.if_about(&question).is_none() {
            self.error = None;
            self.answer = None;
        }
        self.question = Some(question);
        self.pending = Some(ticket);
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
    pub fn latest(&self) -> Option<&Fetched<R::Value>> {
        self.answer.as_ref().map(|(_, fetched)| fetched)
    }

    /// Returns `self` if its current question is about the subject of `question`.
    pub fn if_about(&self, question: &R) -> Option<&Self> {
        let current = self.question.as_ref()?;
        current.covers_same_subject(question).then_some(self)
    }

    /// Returns the current question.
    pub fn last_question(&self) -> Option<&R> {
        self.question.as_ref()
    }

    /// Returns the question that the last answer belongs to.
    pub fn answered_question(&self) -> Option<&R> {
        self.answer.as_ref().map(|(question, _)| question)
    }
}

impl<R: Resource> RemoteState for Remote<R> {
    fn resolve(&mut self, ticket: Ticket, answer: &Answer) -> bool {
        let Some(fetched) = answer.get().filter(|_| self.pending == Some(ticket)) else {
            return false;
        };
        self.pending = None;
        self.error = None;
        self.answer = self.question.clone().map(|question| (question, fetched));
        true
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

    fn refresh(&mut self, ticket: Ticket) -> Option<Fetch> {
        let question = self.question.as_ref()?.refresh_question();
        self.set_pending(ticket, question.clone());
        Some(question.into())
    }

    fn clear(&mut self) {
        *self = Self::default();
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
    use crate::fetch::{CountFetch, SensorFetch};
    use crate::model::{Corpus, SensorId};

    fn fetched(value: u64) -> Answer {
        Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }.into()
    }

    fn count(id: u64) -> CountFetch {
        CountFetch { corpus: Corpus::Alerts, query: format!("sensor_id:{id}") }
    }

    /// A remote that holds 1 as the answer about sensor 1.
    fn answered() -> Remote<CountFetch> {
        let mut remote = Remote::default();
        remote.set_pending(Ticket(1), count(1));
        assert!(remote.resolve(Ticket(1), &fetched(1)));
        remote
    }

    #[test]
    fn an_answer_to_an_older_ticket_is_ignored() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), count(1));
        remote.set_pending(Ticket(3), count(1));
        assert!(!remote.resolve(Ticket(2), &fetched(2)));
        assert!(!remote.reject(Ticket(2), Error::Internal));
        assert!(remote.is_pending());
        assert!(remote.resolve(Ticket(3), &fetched(3)));
        assert_eq!(*remote.latest().unwrap().value, 3);
    }

    #[test]
    fn an_answer_of_another_type_is_ignored() {
        let mut remote = Remote::<SensorFetch>::default();
        remote.set_pending(Ticket(1), SensorFetch(SensorId(1)));
        assert!(!remote.resolve(Ticket(1), &fetched(1)));
        assert!(remote.is_pending() && !remote.has_answer());
    }

    #[test]
    fn a_failed_refresh_retains_the_answer_with_the_error() {
        let mut remote = answered();
        assert_eq!(remote.refresh(Ticket(2)), Some(count(1).into()));
        assert!(remote.reject(Ticket(2), Error::Internal));
        assert_eq!(*remote.latest().unwrap().value, 1);
        assert_eq!(remote.error(), Some(&Error::Internal));
        assert!(remote.is_stale());
    }

    #[test]
    fn a_question_about_another_subject_clears_the_answer() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), count(2));
        assert!(remote.latest().is_none() && !remote.has_answer());
        assert!(remote.if_about(&count(1)).is_none());
        assert!(remote.if_about(&count(2)).is_some());
        remote.cancel_pending();
        assert!(remote.latest().is_none() && !remote.is_pending());
    }

    #[test]
    fn cancelling_a_refresh_retains_the_answer() {
        let mut remote = answered();
        remote.set_pending(Ticket(2), count(1));
        remote.cancel_pending();
        assert_eq!(*remote.latest().unwrap().value, 1);
    }
}
