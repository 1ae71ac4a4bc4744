//! Whether the token and the proxy's password are accepted. Directories lock accounts after a few wrong attempts, so
//! refused credentials are not sent again.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{Instant, timeout},
};

use super::Error;

/// How long a request waits for the result of another one that tries the credentials. A server refuses wrong ones at
/// once, but may take longer to search.
const CREDENTIALS_CHECK_TIMEOUT: Duration = Duration::from_secs(10);

/// How long accepted credentials count as accepted. Later a single request tries them, in case they have been changed.
const ACCEPTED_FOR: Duration = Duration::from_mins(1);

/// Lets a single request try credentials that are not known to be accepted, and no request use refused ones.
#[derive(Debug)]
pub(super) struct AuthGate {
    state: watch::Sender<AuthState>,
    attempt_slot: Arc<Semaphore>,
}

#[derive(Clone, Debug, PartialEq)]
enum AuthState {
    Untried,
    /// The time of the last answer that showed it.
    Accepted(Instant),
    Refused(Error),
}

/// The right of a request to try the credentials; another request may try them when it is dropped.
#[derive(Debug)]
pub(super) struct AuthAttempt {
    #[cfg_attr(not(test), expect(dead_code, reason = "it is held until this is dropped"))]
    permit: Option<OwnedSemaphorePermit>,
}

impl AuthGate {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(AuthState::Untried), attempt_slot: Arc::new(Semaphore::new(1)) }
    }

    /// Waits until a request may be sent; fails if the credentials were refused.
    pub(super) async fn acquire(&self) -> Result<AuthAttempt, Error> {
        if self.is_accepted()? {
            return Ok(AuthAttempt { permit: None });
        }
        let permit = timeout(CREDENTIALS_CHECK_TIMEOUT, Arc::clone(&self.attempt_slot).acquire_owned())
            .await
            .ok()
            .and_then(Result::ok);
        let is_accepted = self.is_accepted()?;
        Ok(AuthAttempt { permit: permit.filter(|_| !is_accepted) })
    }

    /// Records what an answer shows about the credentials.
    pub(super) fn record_outcome(&self, outcome: Result<(), &Error>) {
        match outcome {
            Err(error @ (Error::Unauthorized | Error::ProxyRefused { .. })) => {
                self.state.send_replace(AuthState::Refused(error.clone()));
            }
            // Without an answer nothing is known about the credentials.
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

    /// Allows one request to try refused credentials again.
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
            AuthState::Accepted(at) => Ok(at.elapsed() < ACCEPTED_FOR),
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
        assert!(all.iter().all(|attempt| attempt.permit.is_none()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_accepted_long_ago_is_tried_by_one_request_again() {
        let gate = AuthGate::new();
        gate.record_outcome(Ok(()));
        assert!(gate.acquire().await.unwrap().permit.is_none());
        tokio::time::advance(ACCEPTED_FOR).await;
        assert!(gate.acquire().await.unwrap().permit.is_some());
    }

    #[tokio::test]
    async fn a_failure_to_connect_proves_nothing() {
        let gate = AuthGate::new();
        gate.record_outcome(Err(&Error::Timeout(CREDENTIALS_CHECK_TIMEOUT)));
        let attempt = gate.acquire().await.unwrap();
        assert!(attempt.permit.is_some());
    }
}
