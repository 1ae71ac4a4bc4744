//! A value that lives on the server: absent, on its way, here, or refused.

use crate::api::Error;
use crate::fetch::Fetch;
use crate::model::Known;
use crate::worker::Ticket;

/// The last answer with the question it answers, and the question now open. Of another question than the one now open,
/// no answer is held: nobody can take one thing's facts for another's.
#[derive(Clone, Debug)]
pub struct Remote<T> {
    asked: Option<Fetch>,
    pending: Option<Ticket>,
    held: Option<(Fetch, Known<T>)>,
    error: Option<Error>,
}

/// What can be said of a remote value whatever its type.
pub trait Awaiting {
    /// Expects the answer to `ticket`; answers to earlier tickets are stale from here on.
    fn expect(&mut self, ticket: Ticket, fetch: Fetch);
    /// Takes a failure, if it answers the ticket expected. What is held stays.
    fn fail(&mut self, ticket: Ticket, error: Error) -> bool;
    /// Expects nothing more: the user gave up. What is held stays.
    fn forget(&mut self);
    /// The question last put.
    fn question(&self) -> Option<&Fetch>;
    /// Nothing is asked and nothing held.
    fn empty(&mut self);
    /// Whether an answer is on its way.
    fn is_pending(&self) -> bool;
    /// Whether there is an answer.
    fn is_held(&self) -> bool;
    /// Why the last question was not answered.
    fn error(&self) -> Option<&Error>;
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { asked: None, pending: None, held: None, error: None }
    }
}

impl<T> Remote<T> {
    /// Takes an answer, if it answers the ticket expected.
    pub fn settle(&mut self, ticket: Ticket, known: Known<T>) -> bool {
        if self.pending != Some(ticket) {
            return false;
        }
        self.pending = None;
        self.error = None;
        self.held = self.asked.clone().map(|asked| (asked, known));
        true
    }

    /// Takes an answer that says less than what is held: that stays.
    pub fn keep(&mut self, ticket: Ticket) -> bool {
        let is_expected = self.pending == Some(ticket);
        if is_expected {
            self.pending = None;
            self.error = None;
        }
        is_expected
    }

    /// The answer to the question last put; an older one while a newer is awaited, or did not come.
    pub fn current(&self) -> Option<&Known<T>> {
        self.held.as_ref().map(|(_, known)| known)
    }

    /// The same value, if this is the question last put: whoever shows a thing asks for the facts of that thing.
    pub fn about(&self, question: &Fetch) -> Option<&Self> {
        let asked = self.asked.as_ref()?;
        asked.is_same_question(question).then_some(self)
    }

    /// The question last put.
    pub fn asked(&self) -> Option<&Fetch> {
        self.asked.as_ref()
    }

    /// The question that what is held answers.
    pub fn answered(&self) -> Option<&Fetch> {
        self.held.as_ref().map(|(fetch, _)| fetch)
    }

    /// Nothing is asked and nothing held: there is no subject.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl<T> Awaiting for Remote<T> {
    fn expect(&mut self, ticket: Ticket, fetch: Fetch) {
        if self.asked.as_ref().is_none_or(|asked| !asked.is_same_question(&fetch)) {
            self.error = None;
            self.held = None;
        }
        self.asked = Some(fetch);
        self.pending = Some(ticket);
    }

    fn fail(&mut self, ticket: Ticket, error: Error) -> bool {
        if self.pending != Some(ticket) {
            return false;
        }
        self.pending = None;
        self.error = Some(error);
        true
    }

    fn forget(&mut self) {
        self.pending = None;
    }

    fn question(&self) -> Option<&Fetch> {
        self.asked()
    }

    fn empty(&mut self) {
        self.clear();
    }

    fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    fn is_held(&self) -> bool {
        self.held.is_some()
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

    fn known(value: u8) -> Known<u8> {
        Known { value: Arc::new(value), as_of: Timestamp::UNIX_EPOCH, from_cache: false }
    }

    fn sensor(id: u64) -> Fetch {
        Fetch::Sensor(SensorId(id))
    }

    /// A remote that holds 1 as the answer about sensor 1.
    fn settled() -> Remote<u8> {
        let mut remote = Remote::default();
        remote.expect(Ticket(1), sensor(1));
        assert!(remote.settle(Ticket(1), known(1)));
        remote
    }

    #[test]
    fn an_answer_to_an_older_ticket_is_refused() {
        let mut remote = settled();
        remote.expect(Ticket(2), sensor(1));
        remote.expect(Ticket(3), sensor(1));
        assert!(!remote.settle(Ticket(2), known(2)));
        assert!(!remote.fail(Ticket(2), Error::Internal));
        assert!(remote.is_pending());
        assert!(remote.settle(Ticket(3), known(3)));
        assert_eq!(*remote.current().unwrap().value, 3);
    }

    #[test]
    fn a_failed_refresh_keeps_the_answer_and_says_so() {
        let mut remote = settled();
        remote.expect(Ticket(2), sensor(1));
        assert!(remote.fail(Ticket(2), Error::Internal));
        assert_eq!(*remote.current().unwrap().value, 1);
        assert_eq!(remote.error(), Some(&Error::Internal));
    }

    #[test]
    fn an_answer_about_another_subject_goes_with_the_question() {
        let mut remote = settled();
        remote.expect(Ticket(2), sensor(2));
        assert!(remote.current().is_none() && !remote.is_held());
        assert!(remote.about(&sensor(1)).is_none());
        assert!(remote.about(&sensor(2)).is_some());
        remote.forget();
        assert!(remote.current().is_none() && !remote.is_pending());
    }

    #[test]
    fn giving_up_a_refresh_keeps_the_answer() {
        let mut remote = settled();
        remote.expect(Ticket(2), sensor(1));
        remote.forget();
        assert_eq!(*remote.current().unwrap().value, 1);
    }
}
