//! Sending a request and judging what comes back.

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Client, Error, Proxy, auth::AuthAttempt, error_text, request::RequestSpec, retry, tls, trace::Attempt};
use crate::wire::Malformed;

/// How long connecting may take: a host that is up answers within a second, even behind a slow VPN.
pub(super) const CONNECT: Duration = Duration::from_secs(15);

/// The longest address that is sent: nginx, which stands before every server, refuses more than 8 KiB.
const MAX_URL_LENGTH: usize = 8000;

/// How much of an error's body is read: a page of words.
pub(super) const ERROR_BYTES: usize = 64 * 1024;

/// Bytes of a body from which on it is large: of those, one is read at a time, so that many requests under way take no
/// more memory than one.
const LARGE_BYTES: usize = 4 * 1024 * 1024;

/// What the server answered to a request that it accepted.
pub(super) struct Accepted {
    endpoint: String,
    /// Whether the server says by its status, 204, that there is nothing.
    is_nothing: bool,
    body: String,
    /// The proxy that could have written it.
    proxy: Option<String>,
    /// While a large body is in memory, no other is read.
    _large: Option<OwnedSemaphorePermit>,
}

/// A body, or as much of it as was wanted. No secret is in it.
pub(super) struct Body {
    pub(super) text: String,
    is_whole: bool,
    large: Option<OwnedSemaphorePermit>,
}

/// A request that may be sent, and what it holds until it is answered.
pub(super) struct SentMark {
    pub(super) request: RequestBuilder,
    pub(super) attempt: Attempt,
    pub(super) permit: OwnedSemaphorePermit,
    /// It goes when the headers of the answer are here.
    pub(super) auth_attempt: AuthAttempt,
}

impl Accepted {
    /// Whether the server says of a change that it made it. A web page is not the server's; other text may be (reference
    /// 2.9).
    pub(super) fn check_success(&self) -> Result<(), Error> {
        if let Some(reason) = error_text::foreign_answer(&self.body) {
            return Err(self.malformed_error(reason));
        }
        match error_text::failure_message(&self.body) {
            Some(said) => Err(Error::Refused { endpoint: self.endpoint.clone(), status: 200, said }),
            None => Ok(()),
        }
    }

    /// Reads the body as what `wire` makes of it.
    pub(super) fn parse_body<T>(&self, read: impl FnOnce(&str) -> Result<T, Malformed>) -> Result<T, Error> {
        read(&self.body).map_err(|malformed| {
            let is_page = self.body.trim_start().starts_with('<');
            match self.proxy.as_deref().filter(|_| is_page) {
                Some(proxy) => self.malformed_error(format!("{malformed}, through the proxy {proxy}")),
                None => self.malformed_error(malformed.to_string()),
            }
        })
    }

    /// An error that says what is wrong with this answer.
    pub(super) fn malformed_error(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { endpoint: self.endpoint.clone(), reason: reason.into() }
    }

    /// An error that says that this answer is about another one than was asked for: it may be neither shown nor acted on.
    pub(super) fn of_another(&self, about: &str) -> Error {
        self.malformed_error(format!("an answer about another one than {about}"))
    }

    /// Whether the server says that there is nothing, with a 204. An empty body of any other success says nothing of what
    /// was asked.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_nothing
    }

    /// Whether there is no body, as in a 204.
    pub(super) fn is_empty(&self) -> bool {
        self.body.trim().is_empty()
    }
}

impl Client {
    /// Sends a request, again if that is safe and worth it, and gives the answer of a success.
    pub(super) async fn send(&self, ask: &RequestSpec) -> Result<Accepted, Error> {
        let length = ask.url(&self.0.base).as_str().len();
        if length > MAX_URL_LENGTH {
            return Err(Error::TooLong { what: ask.about.clone(), length, most: MAX_URL_LENGTH });
        }
        let mut repeated = 0;
        loop {
            let SentMark { request, mut attempt, permit: _permit, auth_attempt: turn } = self.prepare(ask).await?;
            let outcome = self.exchange(ask, request, &mut attempt, turn).await;
            attempt.record_outcome(&outcome);
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => self.backoff(ask, &mut repeated, error, attempt).await?,
            }
        }
    }

    /// Waits until a failed request may be sent again; the error if it is not to be.
    pub(super) async fn backoff(
        &self,
        ask: &RequestSpec,
        repeated: &mut u32,
        error: Error,
        mut attempt: Attempt,
    ) -> Result<(), Error> {
        let is_last = *repeated >= self.0.timings.retries;
        if is_last || !ask.is_safe || !retry::should_retry(&error, self.0.timings) {
            return Err(error);
        }
        let wait = retry::backoff(self.0.timings, *repeated, &error);
        attempt.record_retry(wait);
        drop(attempt);
        tokio::time::sleep(wait).await;
        *repeated += 1;
        Ok(())
    }

    /// A request that is ready to be sent, when it may be. After the credentials were refused, none may.
    pub(super) async fn prepare(&self, ask: &RequestSpec) -> Result<SentMark, Error> {
        let turn = self.0.shared.auth_gate.acquire().await?;
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let url = ask.url(&self.0.base);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let path = self.0.shared.secrets.redact_message(path);
        let attempt = Attempt::start(verb(&ask.method), path, self.0.clock, self.0.trace_tx.clone());
        let mut request = self.0.http.request(ask.method.clone(), url).header("X-Auth-Token", self.0.token.clone());
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        Ok(SentMark { request, attempt, permit, auth_attempt: turn })
    }

    async fn exchange(
        &self,
        ask: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
        turn: AuthAttempt,
    ) -> Result<Accepted, Error> {
        let response = self.send_expecting_success(ask, request, attempt, turn).await?;
        let status = response.status().as_u16();
        let most = self.0.max_bytes;
        let body = self.body(ask, response, most, attempt).await?;
        if !body.is_whole {
            return Err(Error::TooLarge { endpoint: ask.endpoint(), limit: most });
        }
        if let Some(said) = error_text::error_message(&body.text) {
            return Err(Error::Refused { endpoint: ask.endpoint(), status, said });
        }
        Ok(Accepted {
            endpoint: ask.endpoint(),
            is_nothing: status == 204,
            body: body.text,
            proxy: self.intercepting_proxy().map(ToString::to_string),
            _large: body.large,
        })
    }

    /// Sends a request and waits for the status and the headers of a success.
    pub(super) async fn send_expecting_success(
        &self,
        ask: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
        turn: AuthAttempt,
    ) -> Result<Response, Error> {
        let outcome = self.send_once(ask, request, attempt).await;
        // What has become of a change is read back whatever was answered to it; that request shows whether the token is good.
        let is_refused = matches!(&outcome, Err(error) if error.may_have_arrived() && error.is_refusal());
        let is_read_back = !ask.is_safe && is_refused;
        // Those that wait for this request to try the credentials need not wait for the rest of its answer.
        if !is_read_back {
            self.0.shared.auth_gate.record_outcome(outcome.as_ref().map(|_| ()));
        }
        drop(turn);
        outcome
    }

    async fn send_once(
        &self,
        ask: &RequestSpec,
        request: RequestBuilder,
        attempt: &mut Attempt,
    ) -> Result<Response, Error> {
        let response = request.send().await.map_err(|error| self.transport_error(ask, &error))?;
        let status = response.status();
        attempt.record_status(status.as_u16());
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = self.body(ask, response, ERROR_BYTES, attempt).await;
        // What is refused is refused, whether or not all of the words for it come.
        let is_refused = matches!(status.as_u16(), 401 | 407);
        let text = match body {
            Ok(body) => body.text,
            Err(_) if is_refused => String::new(),
            Err(error) => return Err(error),
        };
        let error = self.error_for_status(ask, status, &headers, &text);
        Err(self.0.shared.secrets.redact_error(error))
    }

    /// Reads a body up to a limit, which counts it unpacked.
    pub(super) async fn body(
        &self,
        ask: &RequestSpec,
        mut response: Response,
        most: usize,
        attempt: &mut Attempt,
    ) -> Result<Body, Error> {
        let mut body = Vec::new();
        let mut is_whole = true;
        let mut large = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport_error(ask, &error))? {
            attempt.record_bytes(chunk.len());
            let room = most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                is_whole = false;
                break;
            }
            if large.is_none() && body.len() > LARGE_BYTES {
                // The others wait on their connections, no longer than for an answer.
                let turn = Arc::clone(&self.0.shared.large_answers).acquire_owned();
                let turn = timeout(self.0.timeout, turn).await;
                let turn = turn.map_err(|_| Error::Timeout(self.0.timeout))?;
                large = Some(turn.expect("the semaphore is never closed"));
            }
        }
        // Servers send ASCII with escapes; one wrong byte must not cost an answer.
        let text = match String::from_utf8(body) {
            Ok(body) => body,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        Ok(Body { text: self.0.shared.secrets.redact_record(text), is_whole, large })
    }

    /// What an answer with any other status than success means.
    fn error_for_status(&self, ask: &RequestSpec, status: StatusCode, headers: &HeaderMap, body: &str) -> Error {
        let endpoint = ask.endpoint();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if status.is_redirection()
            && let Some(to) = text(LOCATION)
        {
            // Before it is cut: half a secret is not found any more.
            let to = self.0.shared.secrets.redact_message(to.to_owned());
            let to = error_text::excerpt(&to);
            return Error::Redirected { endpoint, to };
        }
        match status.as_u16() {
            400 if self.is_plain_http() && error_text::is_plain_http(body) => return Error::PlainHttp,
            401 => return Error::Unauthorized,
            407 => return self.proxy_refused(false),
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
                return Error::Busy(text(RETRY_AFTER).and_then(|text| retry::parse_retry_after(text, now)));
            }
            _ => {}
        }
        let wildcard = || crate::query::find_leading_wildcard(ask.query()?);
        if status == StatusCode::BAD_REQUEST
            && let Some(value) = wildcard()
        {
            const CELLS: usize = 60;
            let value = crate::text::fit(&value.into(), CELLS);
            return Error::LeadingWildcard { value };
        }
        match error_text::syntax_error(body) {
            Some(reason) if status == StatusCode::BAD_REQUEST => Error::Syntax { reason },
            _ => Error::Refused { endpoint, status: status.as_u16(), said: self.summarize_error(body) },
        }
    }

    /// The gist of the body of an error, and whose words these may be.
    fn summarize_error(&self, body: &str) -> String {
        let said = error_text::summarize(&self.0.shared.secrets.redact_message(body.to_owned()));
        match self.intercepting_proxy().filter(|_| body.trim_start().starts_with('<')) {
            Some(proxy) if said.is_empty() => format!("a web page, through the proxy {proxy}"),
            Some(proxy) => format!("{said}, a web page, through the proxy {proxy}"),
            None => said,
        }
    }

    /// The proxy that could have written an answer: over TLS, and behind a tunnel of any kind, none can.
    pub(super) fn intercepting_proxy(&self) -> Option<&Proxy> {
        let proxy = self.0.proxy.as_ref()?;
        (self.is_plain_http() && !proxy.is_socks()).then_some(proxy)
    }

    /// The proxy does not let this user through.
    fn proxy_refused(&self, is_early: bool) -> Error {
        let proxy = self.0.proxy.as_ref();
        Error::ProxyRefused {
            proxy: proxy.map_or_else(|| "on the way".into(), ToString::to_string),
            has_password: proxy.is_some_and(Proxy::has_password),
            is_early,
        }
    }

    /// Whether the server is asked without TLS.
    fn is_plain_http(&self) -> bool {
        self.0.base.scheme() == "http"
    }

    /// What a failure to have any answer, or all of it, means.
    pub(super) fn transport_error(&self, ask: &RequestSpec, error: &reqwest::Error) -> Error {
        self.0.shared.secrets.redact_error(self.classify_transport_error(ask, error))
    }

    fn classify_transport_error(&self, ask: &RequestSpec, error: &reqwest::Error) -> Error {
        let is_connecting = error.is_connect();
        if error.is_timeout() {
            return Error::Timeout(if is_connecting { self.0.timeout.min(CONNECT) } else { self.0.timeout });
        }
        let url = self.0.base.origin().ascii_serialization();
        if let Some(failure) = tls::find_tls_error(error) {
            return tls::explain(failure, &url);
        }
        let is_garbage = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
        let endpoint = ask.endpoint();
        if is_garbage && self.is_plain_http() {
            // What a TLS port answers to plain HTTP is an alert, which is no HTTP.
            return Error::PlainHttp;
        }
        if is_connecting {
            return match &self.0.proxy {
                Some(proxy) => self.proxy_error(proxy, url, error),
                None => Error::Unreachable { url, reason: error_text::root_cause(error) },
            };
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

impl Client {
    /// What it means that a proxy did not lead to the server.
    fn proxy_error(&self, proxy: &Proxy, url: String, error: &reqwest::Error) -> Error {
        let proxy_name = proxy.to_string();
        // The HTTP library has no types for this.
        let reason = match error_text::tunnel_error(error) {
            Some("proxy authorization required") => return self.proxy_refused(true),
            Some("unsuccessful") => "it answers, but does not connect to the server".into(),
            Some("unexpected end of file") => "it hangs up".into(),
            Some("proxy response headers too long") => "what answers there is no proxy".into(),
            _ => error_text::root_cause(error),
        };
        let is_login = proxy.is_socks() && reason.to_lowercase().contains("auth");
        if is_login {
            return self.proxy_refused(true);
        }
        Error::Proxy { proxy: proxy_name, url, reason }
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
