//! Whether the token and the proxy's password are accepted. Directories lock accounts after a few wrong tries.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, timeout},
};

use super::Error;

/// How long a request waits for another one to show whether the credentials are right. A server that refuses them does
/// so at once; one that searches takes its time.
const CREDENTIALS_CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// For how long what was accepted is taken to be so still: a password that is changed meanwhile is then tried once.
const TRUSTED: Duration = Duration::from_mins(1);

/// Lets one request try credentials that are not known to be right, and none go on with those that were refused.
#[derive(Debug)]
pub(super) struct AuthGate {
    state: watch::Sender<AuthState>,
    attempt_slot: Arc<Semaphore>,
}

#[derive(Clone, Debug, PartialEq)]
enum AuthState {
    Untried,
    /// When an answer last showed it.
    Accepted(Instant),
    Refused(Error),
}

/// The turn of a request that tries the credentials; the next may when this goes.
#[derive(Debug)]
pub(super) struct AuthAttempt {
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held until this goes"))]
    permit: Option<OwnedSemaphorePermit>,
}

impl AuthGate {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(AuthState::Untried), attempt_slot: Arc::new(Semaphore::new(1)) }
    }

    /// Waits until a request may be sent. Where the credentials were refused, nothing may: that is the error.
    pub(super) async fn acquire(&self) -> Result<AuthAttempt, Error> {
        if self.is_accepted()? {
            return Ok(AuthAttempt { permit: None });
        }
        let permit = timeout(CREDENTIALS_CHECK_TIMEOUT, Arc::clone(&self.attempt_slot).acquire_owned()).await;
        let permit = permit.ok().and_then(Result::ok);
        let is_accepted = self.is_accepted()?;
        Ok(AuthAttempt { permit: permit.filter(|_| !is_accepted) })
    }

    /// What an answer has shown.
    pub(super) fn record_outcome(&self, outcome: Result<(), &Error>) {
        match outcome {
            Err(error @ (Error::Unauthorized | Error::ProxyRefused { .. })) => {
                self.state.send_replace(AuthState::Refused(error.clone()));
            }
            // Not even a connection: it shows nothing.
            Err(
                Error::Unreachable { .. }
                | Error::Proxy { .. }
                | Error::Timeout(_)
                | Error::Cut { .. }
                | Error::Invalid { .. }
                | Error::NotSent { .. },
            ) => {}
            _ => {
                self.state.send_if_modified(|state| {
                    let is_open = !matches!(state, AuthState::Refused(_));
                    if is_open {
                        *state = AuthState::Accepted(Instant::now());
                    }
                    is_open
                });
            }
        }
    }

    /// The user asks again: credentials that were refused may be tried once more.
    pub(super) fn reopen(&self) {
        self.state.send_if_modified(|state| {
            let was_refused = matches!(state, AuthState::Refused(_));
            if was_refused {
                *state = AuthState::Untried;
            }
            was_refused
        });
    }

    fn is_accepted(&self) -> Result<bool, Error> {
        match &*self.state.borrow() {
            AuthState::Accepted(at) => Ok(at.elapsed() < TRUSTED),
            AuthState::Untried => Ok(false),
            AuthState::Refused(error) => Err(Error::NotSent { error: Box::new(error.clone()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_request_tries_and_the_others_learn_from_it() {
        let gate = AuthGate::new();
        let first = gate.acquire().await.unwrap();
        let second = gate.acquire();
        let refusal = async {
            tokio::task::yield_now().await;
            gate.record_outcome(Err(&Error::Unauthorized));
            drop(first);
        };
        let (second, ()) = tokio::join!(second, refusal);
        assert!(matches!(second, Err(Error::NotSent { .. })));
        assert!(gate.acquire().await.is_err());
        gate.reopen();
        drop(gate.acquire().await.unwrap());
        gate.record_outcome(Ok(()));
        let all = [gate.acquire().await.unwrap(), gate.acquire().await.unwrap()];
        assert!(all.iter().all(|turn| turn.permit.is_none()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_accepted_long_ago_is_tried_by_one_request_again() {
        let gate = AuthGate::new();
        gate.record_outcome(Ok(()));
        assert!(gate.acquire().await.unwrap().permit.is_none());
        tokio::time::advance(TRUSTED).await;
        assert!(gate.acquire().await.unwrap().permit.is_some());
    }

    #[tokio::test]
    async fn a_failure_to_connect_proves_nothing() {
        let gate = AuthGate::new();
        gate.record_outcome(Err(&Error::Timeout(CREDENTIALS_CHECK_TIMEOUT)));
        let turn = gate.acquire().await.unwrap();
        assert!(turn.permit.is_some());
    }
}
