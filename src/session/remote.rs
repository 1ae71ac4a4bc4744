//! A value that lives on the server: absent, on its way, here, or refused.

use crate::api::Error;
use crate::fetch::Fetch;
use crate::model::Fetched;
use crate::worker::Ticket;

/// The last answer with the question it answers, and the question now open. Of another question than the one now open,
/// no answer is held: nobody can take one thing's facts for another's.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    question: Option<Fetch>,
    pending: Option<Ticket>,
    answer: Option<(Fetch, Fetched<T>)>,
    error: Option<Error>,
}

/// What can be said of a remote value whatever its type.
pub trait Awaiting {
    /// Expects the answer to `ticket`; answers to earlier tickets are stale from here on.
    fn set_pending(&mut self, ticket: Ticket, fetch: Fetch);
    /// Takes a failure, if it answers the ticket expected. What is held stays.
    fn reject(&mut self, ticket: Ticket, error: Error) -> bool;
    /// Expects nothing more: the user gave up. What is held stays.
    fn cancel_pending(&mut self);
    /// The question last put.
    fn question(&self) -> Option<&Fetch>;
    /// Nothing is asked and nothing held.
    fn reset(&mut self);
    /// Whether an answer is on its way.
    fn is_pending(&self) -> bool;
    /// Whether there is an answer.
    fn has_answer(&self) -> bool;
    /// Why the last question was not answered.
    fn error(&self) -> Option<&Error>;
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { question: None, pending: None, answer: None, error: None }
    }
}

impl<T> Remote<T> {
    /// Takes an answer, if it answers the ticket expected.
    pub fn resolve(&mut self, ticket: Ticket, known: Fetched<T>) -> bool {
        if self.pending != Some(ticket) {
            return false;
        }
        self.pending = None;
        self.error = None;
        self.answer = self.question.clone().map(|asked| (asked, known));
        true
    }

    /// Takes an answer that says less than what is held: that stays.
    pub fn resolve_unchanged(&mut self, ticket: Ticket) -> bool {
        let is_expected = self.pending == Some(ticket);
        if is_expected {
            self.pending = None;
            self.error = None;
        }
        is_expected
    }

    /// The answer to the question last put; an older one while a newer is awaited, or did not come.
    pub fn latest(&self) -> Option<&Fetched<T>> {
        self.answer.as_ref().map(|(_, known)| known)
    }

    /// The same value, if this is the question last put: whoever shows a thing asks for the facts of that thing.
    pub fn if_about(&self, question: &Fetch) -> Option<&Self> {
        let asked = self.question.as_ref()?;
        asked.covers_same_request(question).then_some(self)
    }

    /// The question last put.
    pub fn last_question(&self) -> Option<&Fetch> {
        self.question.as_ref()
    }

    /// The question that what is held answers.
    pub fn answered_question(&self) -> Option<&Fetch> {
        self.answer.as_ref().map(|(fetch, _)| fetch)
    }

    /// Nothing is asked and nothing held: there is no subject.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl<T> Awaiting for Remote<T> {
    fn set_pending(&mut self, ticket: Ticket, fetch: Fetch) {
        if self.question.as_ref().is_none_or(|asked| !asked.covers_same_request(&fetch)) {
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

    fn known(value: u8) -> Fetched<u8> {
        Fetched { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }
    }

    fn sensor(id: u64) -> Fetch {
        Fetch::Sensor(SensorId(id))
    }

    /// A remote that holds 1 as the answer about sensor 1.
    fn settled() -> Remote<u8> {
        let mut remote = Remote::default();
        remote.set_pending(Ticket(1), sensor(1));
        assert!(remote.resolve(Ticket(1), known(1)));
        remote
    }

    #[test]
    fn an_answer_to_an_older_ticket_is_refused() {
        let mut remote = settled();
        remote.set_pending(Ticket(2), sensor(1));
        remote.set_pending(Ticket(3), sensor(1));
        assert!(!remote.resolve(Ticket(2), known(2)));
        assert!(!remote.reject(Ticket(2), Error::Internal));
        assert!(remote.is_pending());
        assert!(remote.resolve(Ticket(3), known(3)));
        assert_eq!(*remote.latest().unwrap().value, 3);
    }

    #[test]
    fn a_failed_refresh_keeps_the_answer_and_says_so() {
        let mut remote = settled();
        remote.set_pending(Ticket(2), sensor(1));
        assert!(remote.reject(Ticket(2), Error::Internal));
        assert_eq!(*remote.latest().unwrap().value, 1);
        assert_eq!(remote.error(), Some(&Error::Internal));
    }

    #[test]
    fn an_answer_about_another_subject_goes_with_the_question() {
        let mut remote = settled();
        remote.set_pending(Ticket(2), sensor(2));
        assert!(remote.latest().is_none() && !remote.has_answer());
        assert!(remote.if_about(&sensor(1)).is_none());
        assert!(remote.if_about(&sensor(2)).is_some());
        remote.cancel_pending();
        assert!(remote.latest().is_none() && !remote.is_pending());
    }

    #[test]
    fn giving_up_a_refresh_keeps_the_answer() {
        let mut remote = settled();
        remote.set_pending(Ticket(2), sensor(1));
        remote.cancel_pending();
        assert_eq!(*remote.latest().unwrap().value, 1);
    }
}
