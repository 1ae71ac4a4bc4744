//! Sending a request and judging what comes back.

use std::{error::Error as StdError, io, sync::Arc, time::Duration};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER},
};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Client, Error, Proxy, auth::Turn, error_text, request::Ask, retry, tls, trace::Attempt};
use crate::wire::Malformed;

/// How long connecting may take: a host that is up answers within a second, even behind a slow VPN.
pub(super) const CONNECT: Duration = Duration::from_secs(15);

/// The longest address that is sent: nginx, which stands before every server, refuses more than 8 KiB.
const ADDRESS_MOST: usize = 8000;

/// How much of an error's body is read: a page of words.
pub(super) const ERROR_BYTES: usize = 64 * 1024;

/// Bytes of a body from which on it is large: of those, one is read at a time, so that many requests under way take no
/// more memory than one.
const LARGE_BYTES: usize = 4 * 1024 * 1024;

/// What the server answered to a request that it accepted.
pub(super) struct Answer {
    endpoint: String,
    /// Whether the server says by its status, 204, that there is nothing.
    is_nothing: bool,
    body: String,
    /// The proxy that could have written it.
    through: Option<String>,
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
pub(super) struct Departure {
    pub(super) request: RequestBuilder,
    pub(super) attempt: Attempt,
    pub(super) permit: OwnedSemaphorePermit,
    /// It goes when the headers of the answer are here.
    pub(super) turn: Turn,
}

impl Answer {
    /// Whether the server says of a change that it made it. A web page is not the server's; other text may be (reference
    /// 2.9).
    pub(super) fn is_success(&self) -> Result<(), Error> {
        if let Some(reason) = error_text::no_answer(&self.body) {
            return Err(self.malformed(reason));
        }
        match error_text::no_success(&self.body) {
            Some(said) => Err(Error::Refused { endpoint: self.endpoint.clone(), status: 200, said }),
            None => Ok(()),
        }
    }

    /// Reads the body as what `wire` makes of it.
    pub(super) fn read<T>(&self, read: impl FnOnce(&str) -> Result<T, Malformed>) -> Result<T, Error> {
        read(&self.body).map_err(|malformed| {
            let is_page = self.body.trim_start().starts_with('<');
            match self.through.as_deref().filter(|_| is_page) {
                Some(proxy) => self.malformed(format!("{malformed}, through the proxy {proxy}")),
                None => self.malformed(malformed.to_string()),
            }
        })
    }

    /// An error that says what is wrong with this answer.
    pub(super) fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed { endpoint: self.endpoint.clone(), reason: reason.into() }
    }

    /// An error that says that this answer is about another one than was asked for: it may be neither shown nor acted on.
    pub(super) fn of_another(&self, about: &str) -> Error {
        self.malformed(format!("an answer about another one than {about}"))
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
    pub(super) async fn send(&self, ask: &Ask) -> Result<Answer, Error> {
        let length = ask.url(&self.0.base).as_str().len();
        if length > ADDRESS_MOST {
            return Err(Error::TooLong { what: ask.about.clone(), length, most: ADDRESS_MOST });
        }
        let mut repeated = 0;
        loop {
            let Departure { request, mut attempt, permit: _permit, turn } = self.begin(ask).await?;
            let outcome = self.exchange(ask, request, &mut attempt, turn).await;
            attempt.settle(&outcome);
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => self.rest(ask, &mut repeated, error, attempt).await?,
            }
        }
    }

    /// Waits until a failed request may be sent again; the error if it is not to be.
    pub(super) async fn rest(
        &self,
        ask: &Ask,
        repeated: &mut u32,
        error: Error,
        mut attempt: Attempt,
    ) -> Result<(), Error> {
        let is_last = *repeated >= self.0.pace.retries;
        if is_last || !ask.is_safe || !retry::is_worth_it(&error, self.0.pace) {
            return Err(error);
        }
        let wait = retry::wait(self.0.pace, *repeated, &error);
        attempt.repeat_after(wait);
        drop(attempt);
        tokio::time::sleep(wait).await;
        *repeated += 1;
        Ok(())
    }

    /// A request that is ready to be sent, when it may be. After the credentials were refused, none may.
    pub(super) async fn begin(&self, ask: &Ask) -> Result<Departure, Error> {
        let turn = self.0.shared.gate.enter().await?;
        let permit = Arc::clone(&self.0.permits).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let url = ask.url(&self.0.base);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let path = self.0.shared.secrets.blank_message(path);
        let attempt = Attempt::begin(verb(&ask.method), path, self.0.clock, self.0.calls.clone());
        let mut request = self.0.http.request(ask.method.clone(), url).header("X-Auth-Token", self.0.token.clone());
        if let Some(body) = &ask.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        Ok(Departure { request, attempt, permit, turn })
    }

    async fn exchange(
        &self,
        ask: &Ask,
        request: RequestBuilder,
        attempt: &mut Attempt,
        turn: Turn,
    ) -> Result<Answer, Error> {
        let response = self.accepted(ask, request, attempt, turn).await?;
        let status = response.status().as_u16();
        let most = self.0.most_bytes;
        let body = self.body(ask, response, most, attempt).await?;
        if !body.is_whole {
            return Err(Error::TooLarge { endpoint: ask.endpoint(), limit: most });
        }
        if let Some(said) = error_text::error_message(&body.text) {
            return Err(Error::Refused { endpoint: ask.endpoint(), status, said });
        }
        Ok(Answer {
            endpoint: ask.endpoint(),
            is_nothing: status == 204,
            body: body.text,
            through: self.interposed().map(ToString::to_string),
            _large: body.large,
        })
    }

    /// Sends a request and waits for the status and the headers of a success.
    pub(super) async fn accepted(
        &self,
        ask: &Ask,
        request: RequestBuilder,
        attempt: &mut Attempt,
        turn: Turn,
    ) -> Result<Response, Error> {
        let outcome = self.answered(ask, request, attempt).await;
        // What has become of a change is read back whatever was answered to it; that request shows whether the token is good.
        let is_refused = matches!(&outcome, Err(error) if error.may_have_arrived() && error.is_refusal());
        let is_read_back = !ask.is_safe && is_refused;
        // Those that wait for this request to try the credentials need not wait for the rest of its answer.
        if !is_read_back {
            self.0.shared.gate.learn(outcome.as_ref().map(|_| ()));
        }
        drop(turn);
        outcome
    }

    async fn answered(&self, ask: &Ask, request: RequestBuilder, attempt: &mut Attempt) -> Result<Response, Error> {
        let response = request.send().await.map_err(|error| self.failed(ask, &error))?;
        let status = response.status();
        attempt.answered(status.as_u16());
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
        let error = self.refused(ask, status, &headers, &text);
        Err(self.0.shared.secrets.blank_error(error))
    }

    /// Reads a body up to a limit, which counts it unpacked.
    pub(super) async fn body(
        &self,
        ask: &Ask,
        mut response: Response,
        most: usize,
        attempt: &mut Attempt,
    ) -> Result<Body, Error> {
        let mut body = Vec::new();
        let mut is_whole = true;
        let mut large = None;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(ask, &error))? {
            attempt.received(chunk.len());
            let room = most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                is_whole = false;
                break;
            }
            if large.is_none() && body.len() > LARGE_BYTES {
                // The others wait on their connections, no longer than for an answer.
                let turn = Arc::clone(&self.0.shared.large).acquire_owned();
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
        Ok(Body { text: self.0.shared.secrets.blank_record(text), is_whole, large })
    }

    /// What an answer with any other status than success means.
    fn refused(&self, ask: &Ask, status: StatusCode, headers: &HeaderMap, body: &str) -> Error {
        let endpoint = ask.endpoint();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if status.is_redirection()
            && let Some(to) = text(LOCATION)
        {
            // Before it is cut: half a secret is not found any more.
            let to = self.0.shared.secrets.blank_message(to.to_owned());
            let to = error_text::short(&to);
            return Error::Redirected { endpoint, to };
        }
        match status.as_u16() {
            400 if self.speaks_plainly() && error_text::is_plain_http(body) => return Error::PlainHttp,
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
        match error_text::syntax(body) {
            Some(reason) if status == StatusCode::BAD_REQUEST => Error::Syntax { reason },
            _ => Error::Refused { endpoint, status: status.as_u16(), said: self.gist(body) },
        }
    }

    /// The gist of the body of an error, and whose words these may be.
    fn gist(&self, body: &str) -> String {
        let said = error_text::gist(&self.0.shared.secrets.blank_message(body.to_owned()));
        match self.interposed().filter(|_| body.trim_start().starts_with('<')) {
            Some(proxy) if said.is_empty() => format!("a web page, through the proxy {proxy}"),
            Some(proxy) => format!("{said}, a web page, through the proxy {proxy}"),
            None => said,
        }
    }

    /// The proxy that could have written an answer: over TLS, and behind a tunnel of any kind, none can.
    pub(super) fn interposed(&self) -> Option<&Proxy> {
        let proxy = self.0.proxy.as_ref()?;
        (self.speaks_plainly() && !proxy.is_socks()).then_some(proxy)
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
    fn speaks_plainly(&self) -> bool {
        self.0.base.scheme() == "http"
    }

    /// What a failure to have any answer, or all of it, means.
    pub(super) fn failed(&self, ask: &Ask, error: &reqwest::Error) -> Error {
        self.0.shared.secrets.blank_error(self.failure(ask, error))
    }

    fn failure(&self, ask: &Ask, error: &reqwest::Error) -> Error {
        let is_connecting = error.is_connect();
        if error.is_timeout() {
            return Error::Timeout(if is_connecting { self.0.timeout.min(CONNECT) } else { self.0.timeout });
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
            return match &self.0.proxy {
                Some(proxy) => self.not_through(proxy, url, error),
                None => Error::Unreachable { url, reason: error_text::cause(error) },
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
    fn not_through(&self, proxy: &Proxy, url: String, error: &reqwest::Error) -> Error {
        let proxy_name = proxy.to_string();
        // The HTTP library has no types for this.
        let reason = match error_text::tunnel(error) {
            Some("proxy authorization required") => return self.proxy_refused(true),
            Some("unsuccessful") => "it answers, but does not connect to the server".into(),
            Some("unexpected end of file") => "it hangs up".into(),
            Some("proxy response headers too long") => "what answers there is no proxy".into(),
            _ => error_text::cause(error),
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
