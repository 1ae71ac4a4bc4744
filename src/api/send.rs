//! Sending a request and classifying its outcome.

use std::{error::Error as StdError, io, panic, sync::Arc, time::Duration};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use tokio::{sync::OwnedSemaphorePermit, task, time::timeout};

use super::{Client, Error, Proxy, auth::AuthAttempt, error_text, request::RequestSpec, retry, tls, trace::Attempt};
use crate::wire::Malformed;

/// The time-out for connecting. A host that is up answers within a second, even behind a slow VPN.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The maximum length of a URL in bytes. nginx, the front end of every server, refuses more than 8 KiB.
const MAX_URL_LENGTH: usize = 8000;

/// The maximum size of an error body in bytes; the rest is not read.
pub(super) const MAX_ERROR_BYTES: usize = 64 * 1024;

/// The size in bytes above which a body is large. Large bodies are read one at a time, so that simultaneous requests do
/// not take more memory than one.
const LARGE_BYTES: usize = 4 * 1024 * 1024;

/// The answer to a request with a success status.
pub(super) struct Accepted {
    endpoint: String,
    /// Whether the status is 204, No Content.
    is_nothing: bool,
    body: String,
    /// The proxy that may have written the answer.
    proxy: Option<String>,
    /// Keeps other large bodies from being read while this one is in memory.
    _large_permit: Option<OwnedSemaphorePermit>,
}

/// A body up to a limit, with secrets redacted.
pub(super) struct Body {
    pub(super) text: String,
    is_complete: bool,
    large_permit: Option<OwnedSemaphorePermit>,
}

/// A request that may be sent, with its permits.
pub(super) struct ReadyRequest {
    pub(super) request: RequestBuilder,
    pub(super) attempt: Attempt,
    pub(super) permit: OwnedSemaphorePermit,
    /// Dropped when the headers of the answer have arrived.
    pub(super) auth_attempt: AuthAttempt,
}

impl Accepted {
    /// Fails unless the answer to a change reports success. A web page is not from the server; other text may be
    /// (reference 2.9).
    pub(super) fn check_success(&self) -> Result<(), Error> {
        if let Some(reason) = error_text::foreign_answer(&self.body) {
            return Err(self.malformed_error(reason));
        }
        match error_text::failure_message(&self.body) {
            Some(message) => Err(Error::Refused { endpoint: self.endpoint.clone(), status: 200, message }),
            None => Ok(()),
        }
    }

    /// Parses the body with a function of `wire`.
    pub(super) fn parse_body<T>(&self, parse: impl FnOnce(&str) -> Result<T, Malformed>) -> Result<T, Error> {
        parse(&self.body).map_err(|malformed| {
            let is_page = self.body.trim_start().starts_with('<');
            match self.proxy.as_deref().filter(|_| is_page) {
                Some(proxy) => self.malformed_error(format!("{malformed}, through the proxy {proxy}")),
                None => self.malformed_error(malformed.to_string()),
            }
        })
    }

    /// Returns the error for this answer being malformed.
    pub(super) fn malformed_error(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { endpoint: self.endpoint.clone(), reason: reason.into() }
    }

    /// Returns the error for an answer about another object than the requested one, which must not be shown or acted
    /// on.
    pub(super) fn mismatch_error(&self, about: &str) -> Error {
        self.malformed_error(format!("not about {about}"))
    }

    /// Returns whether the server states with a 204 that there is nothing. An empty body with another status does not
    /// state that.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_nothing
    }

    /// Returns whether there is no body, as in a 204.
    pub(super) fn is_empty(&self) -> bool {
        self.body.trim().is_empty()
    }
}

impl Client {
    /// Parses an answer with a function of `wire`. A large one is parsed on another thread, so that other answers arrive
    /// meanwhile.
    pub(super) async fn parse_in_background<T: Send + 'static>(
        &self,
        answer: Accepted,
        parse: impl FnOnce(&str) -> Result<T, Malformed> + Send + 'static,
    ) -> Result<T, Error> {
        /// In bytes. A smaller answer is parsed in less time than a thread needs to start.
        const MIN_BYTES: usize = 256 * 1024;
        if answer.body.len() < MIN_BYTES {
            return answer.parse_body(parse);
        }
        let parsers = Arc::clone(&self.0.shared.parsers);
        let permit = parsers.acquire_owned().await.expect("the semaphore is never closed");
        let task = task::spawn_blocking(move || {
            let result = answer.parse_body(parse);
            drop(permit);
            result
        });
        // It is not cancelled unless the program ends.
        task.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            Err(_) => Err(Error::Timeout(self.0.timeout)),
        })
    }

    /// Sends a request, retries it if that is safe and useful, and returns the answer of a success.
    pub(super) async fn send(&self, spec: &RequestSpec) -> Result<Accepted, Error> {
        let length = spec.url(&self.0.base).as_str().len();
        if length > MAX_URL_LENGTH {
            return Err(Error::TooLong { what: spec.about.clone(), length, most: MAX_URL_LENGTH });
        }
        let mut n_retries = 0;
        loop {
            let ReadyRequest { request, mut attempt, permit: _permit, auth_attempt } = self.prepare(spec).await?;
            let outcome = self.exchange(spec, request, &mut attempt, auth_attempt).await;
            attempt.record_outcome(&outcome);
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => self.backoff(spec, &mut n_retries, error, attempt).await?,
            }
        }
    }

    /// Waits until a failed request may be sent again; returns the error if it must not.
    pub(super) async fn backoff(
        &self,
        spec: &RequestSpec,
        n_retries: &mut u32,
        error: Error,
        mut attempt: Attempt,
    ) -> Result<(), Error> {
        let is_last = *n_retries >= self.0.timings.retries;
        if is_last || !spec.is_safe || !retry::should_retry(&error, &self.0.timings) {
            return Err(error);
        }
        let wait = retry::backoff(&self.0.timings, *n_retries, &error);
        attempt.record_retry(wait);
        drop(attempt);
        tokio::time::sleep(wait).await;
        *n_retries += 1;
        Ok(())
    }

    /// Waits until a request may be sent and prepares it; fails if the credentials were refused.
    pub(super) async fn prepare(&self, spec: &RequestSpec) -> Result<ReadyRequest, Error> {
        let auth_attempt = self.0.shared.auth_gate.acquire().await?;
        let permit = Arc::clone(&self.0.permits).acquire_owned().await.expect("the semaphore is never closed");
        let url = spec.url(&self.0.base);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let path = self.0.shared.secrets.redact_message(path);
        let attempt = Attempt::start(method_name(&spec.method), path, self.0.clock, self.0.trace_tx.clone());
        let mut request = self.0.http.request(spec.method.clone(), url).header("X-Auth-Token", self.0.token.clone());
        if let Some(body) = &spec.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        Ok(ReadyRequest { request, attempt, permit, auth_attempt })
    }

    /// Sends a request and reads the answer of a success.
    pub(super) async fn exchange(
        &self,
        spec: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
        auth_attempt: AuthAttempt,
    ) -> Result<Accepted, Error> {
        let response = self.send_expecting_success(spec, request, attempt, auth_attempt).await?;
        let status = response.status().as_u16();
        let limit = self.0.max_bytes;
        let body = self.body(spec, response, limit, attempt).await?;
        if !body.is_complete {
            return Err(Error::TooLarge { endpoint: spec.endpoint(), limit });
        }
        if let Some(message) = error_text::error_message(&body.text) {
            return Err(Error::Refused { endpoint: spec.endpoint(), status, message });
        }
        Ok(Accepted {
            endpoint: spec.endpoint(),
            is_nothing: status == 204,
            body: body.text,
            proxy: self.intercepting_proxy().map(ToString::to_string),
            _large_permit: body.large_permit,
        })
    }

    /// Sends a request and waits for the status and the headers of a success.
    pub(super) async fn send_expecting_success(
        &self,
        spec: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
        auth_attempt: AuthAttempt,
    ) -> Result<Response, Error> {
        let outcome = self.send_once(spec, request, attempt).await;
        // A refused change is read back anyway, and that request shows whether the token is accepted.
        let is_refused = matches!(&outcome, Err(error) if error.may_have_arrived() && error.is_refusal());
        let is_read_back = !spec.is_safe && is_refused;
        // Requests that wait for this one to try the credentials need not wait for its body.
        if !is_read_back {
            self.0.shared.auth_gate.record_outcome(outcome.as_ref().map(|_| ()));
        }
        drop(auth_attempt);
        outcome
    }

    async fn send_once(
        &self,
        spec: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
    ) -> Result<Response, Error> {
        let response = request.send().await.map_err(|error| self.transport_error(spec, &error))?;
        let status = response.status();
        attempt.record_status(status.as_u16());
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = self.body(spec, response, MAX_ERROR_BYTES, attempt).await;
        // A refusal counts even if its body is incomplete.
        let is_refused = matches!(status.as_u16(), 401 | 407);
        let text = match body {
            Ok(body) => body.text,
            Err(_) if is_refused => String::new(),
            Err(error) => return Err(error),
        };
        let error = self.error_for_status(spec, status, &headers, &text);
        Err(self.0.shared.secrets.redact_error(error))
    }

    /// Reads a body up to `limit` bytes, unpacked.
    pub(super) async fn body(
        &self,
        spec: &RequestSpec,
        mut response: Response,
        limit: usize,
        attempt: &mut Attempt,
    ) -> Result<Body, Error> {
        let mut body = Vec::new();
        let mut is_complete = true;
        let mut large_permit = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport_error(spec, &error))? {
            attempt.record_bytes(chunk.len());
            let room = limit - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                is_complete = false;
                break;
            }
            if large_permit.is_none() && body.len() > LARGE_BYTES {
                // Other large answers wait on their open connections, but not longer than the time-out.
                let permit = timeout(self.0.timeout, Arc::clone(&self.0.shared.large_answers).acquire_owned())
                    .await
                    .map_err(|_| Error::Timeout(self.0.timeout))?;
                large_permit = Some(permit.expect("the semaphore is never closed"));
            }
        }
        // Servers send ASCII with escapes; a single invalid byte must not make an answer useless.
        let text = match String::from_utf8(body) {
            Ok(body) => body,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok(Body { text: self.0.shared.secrets.redact_record(text), is_complete, large_permit })
    }

    /// Returns the error for an answer without a success status.
    fn error_for_status(&self, spec: &RequestSpec, status: StatusCode, headers: &HeaderMap, body: &str) -> Error {
        let endpoint = spec.endpoint();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if status.is_redirection()
            && let Some(to) = text(LOCATION)
        {
            // Redacted before it is cut, because a part of a secret would not be found.
            let to = error_text::excerpt(&self.0.shared.secrets.redact_message(to.to_owned()));
            return Error::Redirected { endpoint, to };
        }
        match status.as_u16() {
            400 if self.is_plain_http() && error_text::is_plain_http(body) => return Error::PlainHttp,
            401 => return Error::Unauthorized,
            407 => return self.proxy_refused(Some(status)),
            403 => return Error::Forbidden { what: spec.purpose.clone() },
            404 => {
                return match error_text::session_gone_reason(spec.path(), body) {
                    Some(reason) => Error::SessionGone { reason },
                    None => Error::NotFound { what: spec.about.clone() },
                };
            }
            429 | 503 => {
                let now = self.0.clock.now();
                return Error::Busy(text(RETRY_AFTER).and_then(|text| retry::parse_retry_after(text, now)));
            }
            _ => {}
        }
        let wildcard = || crate::query::find_leading_wildcard(spec.query()?);
        if status == StatusCode::BAD_REQUEST
            && let Some(value) = wildcard()
        {
            const CELLS: usize = 60;
            let value = crate::text::fit(&value.into(), CELLS);
            return Error::LeadingWildcard { value };
        }
        match error_text::syntax_error(body) {
            Some(reason) if status == StatusCode::BAD_REQUEST => Error::Syntax { reason },
            _ => Error::Refused { endpoint, status: status.as_u16(), message: self.summarize_error(body) },
        }
    }

    /// Summarizes the body of an error, and names the proxy that may have written it.
    fn summarize_error(&self, body: &str) -> String {
        let summary = error_text::summarize(&self.0.shared.secrets.redact_message(body.to_owned()));
        match self.intercepting_proxy().filter(|_| body.trim_start().starts_with('<')) {
            Some(proxy) if summary.is_empty() => format!("a web page, through the proxy {proxy}"),
            Some(proxy) => format!("{summary}, a web page, through the proxy {proxy}"),
            None => summary,
        }
    }

    /// Returns the proxy that may have written an answer; `None` with TLS or SOCKS, where a proxy only relays bytes.
    pub(super) fn intercepting_proxy(&self) -> Option<&Proxy> {
        let proxy = self.0.proxy.as_ref()?;
        (self.is_plain_http() && !proxy.is_socks()).then_some(proxy)
    }

    /// Returns the error for a proxy that refuses the user. `answer` is the status of its answer to the request; `None`
    /// if no request was sent.
    fn proxy_refused(&self, answer: Option<StatusCode>) -> Error {
        let proxy = self.0.proxy.as_ref();
        Error::ProxyRefused {
            proxy: proxy.map_or_else(|| "in transit".into(), ToString::to_string),
            has_password: proxy.is_some_and(Proxy::has_password),
            is_early: answer.is_none(),
        }
    }

    /// Returns whether requests are sent without TLS.
    fn is_plain_http(&self) -> bool {
        self.0.base.scheme() == "http"
    }

    /// Returns the error for a missing or incomplete answer.
    pub(super) fn transport_error(&self, spec: &RequestSpec, error: &reqwest::Error) -> Error {
        self.0.shared.secrets.redact_error(self.classify_transport_error(spec, error))
    }

    fn classify_transport_error(&self, spec: &RequestSpec, error: &reqwest::Error) -> Error {
        let is_connecting = error.is_connect();
        if error.is_timeout() {
            return Error::Timeout(if is_connecting { self.0.timeout.min(CONNECT_TIMEOUT) } else { self.0.timeout });
        }
        let url = self.0.base.origin().ascii_serialization();
        if let Some(failure) = tls::find_tls_error(error) {
            return tls::explain(failure, &url);
        }
        let is_garbage = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
        let endpoint = spec.endpoint();
        if is_garbage && self.is_plain_http() {
            // A TLS port answers plain HTTP with a TLS alert, which is no HTTP.
            return Error::PlainHttp;
        }
        if is_connecting {
            return match &self.0.proxy {
                Some(proxy) => self.proxy_error(proxy, url, error),
                None => Error::Unreachable { url, reason: error_text::root_cause(error) },
            };
        }
        if is_garbage {
            return Error::Malformed { endpoint, reason: "not HTTP".into() };
        }
        if error.is_decode() && !is_cut(error) {
            return Error::Malformed { endpoint, reason: "compressed data that cannot be unpacked".into() };
        }
        Error::Cut { endpoint }
    }
}

impl Client {
    /// Returns the error for a proxy that did not connect to the server.
    fn proxy_error(&self, proxy: &Proxy, url: String, error: &reqwest::Error) -> Error {
        let proxy_name = proxy.to_string();
        // The HTTP library has no error types for these cases.
        let reason = match error_text::tunnel_error(error) {
            Some("proxy authorization required") => return self.proxy_refused(None),
            Some("unsuccessful") => "it answers, but does not connect to the server".into(),
            Some("unexpected end of file") => "it closes the connection".into(),
            Some("proxy response headers too long") => "the port answers, but not as a proxy".into(),
            _ => error_text::root_cause(error),
        };
        if proxy.is_socks() && reason.to_lowercase().contains("auth") {
            return self.proxy_refused(None);
        }
        Error::Proxy { proxy: proxy_name, url, reason }
    }
}

/// Returns whether a body failed to unpack because it ended too early, not because it is damaged.
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

/// Returns the first cause of type `E`.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(cause) = error.downcast_ref() {
            return Some(cause);
        }
        next = error.source();
    }
    None
}

/// Returns the name of the HTTP method as a static text.
fn method_name(method: &reqwest::Method) -> &'static str {
    match *method {
        reqwest::Method::GET => "GET",
        reqwest::Method::POST => "POST",
        reqwest::Method::PUT => "PUT",
        reqwest::Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}
