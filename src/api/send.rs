//! Sending a request and judging what comes back.

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use tokio::sync::OwnedSemaphorePermit;

use super::{Client, Error, ask::Ask, call::Attempt, retry, said, tls};
use crate::wire::Malformed;

/// How long connecting may take: a host that is up answers within a second, even behind a slow VPN.
pub(super) const CONNECT: Duration = Duration::from_secs(15);

/// The longest address that is sent: nginx, which stands before every server, refuses more than 8 KiB.
const ADDRESS_MOST: usize = 8000;

/// How much of an error's body is read: a page of words.
pub(super) const ERROR_BYTES: usize = 64 * 1024;

/// What the server answered to a request that it accepted.
pub(super) struct Answer {
    endpoint: String,
    body: String,
}

impl Answer {
    /// Whether the server says of a change that it made it. A web page is not the server's; other text may be (reference
    /// 2.9).
    pub(super) fn is_success(&self) -> Result<(), Error> {
        if let Some(reason) = said::no_answer(&self.body) {
            return Err(self.malformed(reason));
        }
        match said::no_success(&self.body) {
            Some(said) => Err(Error::Refused {
                endpoint: self.endpoint.clone(),
                status: 200,
                said,
            }),
            None => Ok(()),
        }
    }

    /// Reads the body as what `wire` makes of it.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, Malformed>,
    ) -> Result<T, Error> {
        read(&self.body).map_err(|malformed| self.malformed(malformed.to_string()))
    }

    /// An error that says what is wrong with this answer.
    pub(super) fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed {
            endpoint: self.endpoint.clone(),
            reason: reason.into(),
        }
    }

    /// Whether there is no body, as in a 204.
    pub(super) fn is_empty(&self) -> bool {
        self.body.trim().is_empty()
    }
}

impl Client {
    /// Sends a request, again if that is safe and worth it, and gives the answer of a success.
    pub(super) async fn send(&self, ask: &Ask) -> Result<Answer, Error> {
        let length = ask.url(&self.0.base).as_str().len();
        if length > ADDRESS_MOST {
            return Err(Error::TooLong {
                what: ask.about.clone(),
                length,
                most: ADDRESS_MOST,
            });
        }
        let mut repeated = 0;
        loop {
            match self.attempt(ask).await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.rest(ask, &mut repeated, error).await?,
            }
        }
    }

    /// Waits until a failed request may be sent again; the error if it is not to be.
    pub(super) async fn rest(
        &self,
        ask: &Ask,
        repeated: &mut u32,
        error: Error,
    ) -> Result<(), Error> {
        let is_last = *repeated >= self.0.pace.retries;
        if is_last || !ask.is_safe || !retry::is_worth_it(&error) {
            return Err(error);
        }
        tokio::time::sleep(retry::wait(self.0.pace, *repeated, &error)).await;
        *repeated += 1;
        Ok(())
    }

    async fn attempt(&self, ask: &Ask) -> Result<Answer, Error> {
        let (request, mut attempt, _permit) = self.begin(ask).await;
        let outcome = self.exchange(ask, request, &mut attempt).await;
        attempt.end(&outcome);
        outcome
    }

    /// A request that is ready to be sent, when it may be.
    pub(super) async fn begin(&self, ask: &Ask) -> (RequestBuilder, Attempt, OwnedSemaphorePermit) {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let url = ask.url(&self.0.base);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let attempt = Attempt::begin(verb(&ask.method), path, self.0.clock, self.0.calls.clone());
        let mut request = self
            .0
            .http
            .request(ask.method.clone(), url)
            .header("X-Auth-Token", self.0.token.clone());
        if let Some(body) = &ask.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        (request, attempt, permit)
    }

    async fn exchange(
        &self,
        ask: &Ask,
        request: RequestBuilder,
        attempt: &mut Attempt,
    ) -> Result<Answer, Error> {
        let response = self.accepted(ask, request, attempt).await?;
        let status = response.status().as_u16();
        let most = self.0.most_bytes;
        let (body, is_whole) = self.body(ask, response, most, attempt).await?;
        if !is_whole {
            return Err(Error::Malformed {
                endpoint: ask.endpoint(),
                reason: format!("more than {most} bytes"),
            });
        }
        if let Some(said) = said::error_message(&body) {
            return Err(Error::Refused {
                endpoint: ask.endpoint(),
                status,
                said,
            });
        }
        Ok(Answer {
            endpoint: ask.endpoint(),
            body,
        })
    }

    /// Sends a request and waits for the status and the headers of a success.
    pub(super) async fn accepted(
        &self,
        ask: &Ask,
        request: RequestBuilder,
        attempt: &mut Attempt,
    ) -> Result<Response, Error> {
        let response = request
            .send()
            .await
            .map_err(|error| self.failed(ask, &error))?;
        let status = response.status();
        attempt.answered(status.as_u16());
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let (body, _) = self.body(ask, response, ERROR_BYTES, attempt).await?;
        Err(self.refused(ask, status, &headers, &body))
    }

    /// Reads a body up to a limit; the second value says whether that was all of it.
    pub(super) async fn body(
        &self,
        ask: &Ask,
        mut response: Response,
        most: usize,
        attempt: &mut Attempt,
    ) -> Result<(String, bool), Error> {
        let mut body = Vec::new();
        let mut is_whole = true;
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failed(ask, &error))?
        {
            attempt.received(chunk.len());
            let room = most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                is_whole = false;
                break;
            }
        }
        // Servers send ASCII with escapes; one wrong byte must not cost an answer.
        let body = match String::from_utf8(body) {
            Ok(body) => body,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok((body, is_whole))
    }

    /// What an answer with any other status than success means.
    fn refused(&self, ask: &Ask, status: StatusCode, headers: &HeaderMap, body: &str) -> Error {
        let endpoint = ask.endpoint();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if status.is_redirection()
            && let Some(to) = text(LOCATION)
        {
            let to = said::short(to);
            return Error::Redirected { endpoint, to };
        }
        match status.as_u16() {
            400 if self.speaks_plainly() && said::is_plain_http(body) => return Error::PlainHttp,
            401 => return Error::Unauthorized,
            403 => {
                let what = ask.purpose.clone();
                return Error::Forbidden { what };
            }
            404 => {
                let what = ask.about.clone();
                return Error::NotFound { what };
            }
            429 | 503 => {
                let now = self.0.clock.now();
                return Error::Busy(text(RETRY_AFTER).and_then(|text| retry::asked(text, now)));
            }
            _ => {}
        }
        let wildcard = || crate::query::leading_wildcard(ask.searched()?);
        if status == StatusCode::BAD_REQUEST
            && let Some(value) = wildcard()
        {
            const CELLS: usize = 60;
            let value = crate::text::fit(&value.into(), CELLS);
            return Error::LeadingWildcard { value };
        }
        match said::syntax(body) {
            Some(reason) if status == StatusCode::BAD_REQUEST => Error::Syntax { reason },
            _ => Error::Refused {
                endpoint,
                status: status.as_u16(),
                said: said::gist(body),
            },
        }
    }

    /// Whether the server is asked without TLS.
    fn speaks_plainly(&self) -> bool {
        self.0.base.scheme() == "http"
    }

    /// What a failure to have any answer, or all of it, means.
    pub(super) fn failed(&self, ask: &Ask, error: &reqwest::Error) -> Error {
        let is_connecting = error.is_connect();
        if error.is_timeout() {
            return Error::Timeout(if is_connecting {
                self.0.timeout.min(CONNECT)
            } else {
                self.0.timeout
            });
        }
        let url = self.0.base.origin().ascii_serialization();
        if let Some(failure) = tls::failure(error) {
            return tls::explain(failure, &url);
        }
        let is_garbage = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
        let endpoint = ask.endpoint();
        if is_garbage && self.speaks_plainly() {
            // What a TLS port answers to plain HTTP is an alert, which is no HTTP.
            return Error::PlainHttp;
        }
        if is_connecting {
            let reason = said::cause(error);
            return Error::Unreachable { url, reason };
        }
        if is_garbage {
            let reason = "no HTTP".into();
            return Error::Malformed { endpoint, reason };
        }
        if error.is_decode() && !is_cut(error) {
            let reason = "packed data that cannot be unpacked".into();
            return Error::Malformed { endpoint, reason };
        }
        Error::Cut { endpoint }
    }
}

/// Whether a body that cannot be unpacked ended too early, rather than being damaged.
fn is_cut(error: &reqwest::Error) -> bool {
    find::<hyper::Error>(error).is_some()
        || find::<io::Error>(error).is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
            )
        })
}

/// The first cause of a certain type.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The verb as text that lives as long as the program.
fn verb(method: &reqwest::Method) -> &'static str {
    match *method {
        reqwest::Method::GET => "GET",
        reqwest::Method::POST => "POST",
        reqwest::Method::PUT => "PUT",
        reqwest::Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}
