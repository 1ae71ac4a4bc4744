//! The front end: what stands between the socket and the application, and where faults strike.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future,
    io::{self, Write},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Frame, Incoming},
    header::{self, HeaderMap, HeaderValue},
    http::{request::Parts, uri::Authority},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use super::super::{
    format, routes,
    state::server::{Server, may_control, response_delay},
};
use super::{
    fault::{Fault, Mode, corrupt_rows},
    request::ApiRequest,
    response::{ApiResponse, Content},
};

/// Larger bodies are refused, as nginx does.
const MAX_BODY: usize = 32 << 20;
/// Nobody who cannot say the token is listened to for longer than this.
const MAX_UNAUTHORIZED_BODY: usize = 64 << 10;
/// What drives the simulation is short.
const MAX_CONTROL_BODY: usize = 1 << 20;

/// Answers one request, or breaks the connection with an error.
pub(in crate::sim) async fn handle_request(
    server: Arc<Server>,
    from: IpAddr,
    request: Request<Incoming>,
) -> io::Result<Response<Chunks>> {
    let (parts, body) = request.into_parts();
    let accepts_gzip = accepts_gzip(&parts.headers);
    let mut ask = ApiRequest::new(&parts.method, &parts.uri);
    let is_control = ask.route().1.first() == Some(&"_sim");
    if is_control && !(may_control(from) && is_local_host_header(&parts)) {
        return build_response(&server, &ApiResponse::app_error(404), accepts_gzip, None);
    }
    let is_known = is_authorized(&server, &parts.headers);
    let most = match (is_control, is_known) {
        (true, _) => MAX_CONTROL_BODY,
        (_, true) => MAX_BODY,
        (_, false) => MAX_UNAUTHORIZED_BODY,
    };
    let body = match read_body(body, most).await? {
        Some(body) => body,
        // Whoever cannot say the token is told so.
        None if !is_known && !is_control => Vec::new(),
        None => return build_response(&server, &ApiResponse::frontend_error(413), accepts_gzip, None),
    };
    ask = ask.with_body(body);
    if is_control {
        let answer = run_blocking(&server, ask, routes::control).await;
        return build_response(&server, &answer, accepts_gzip, None);
    }
    let number = server.record_request(&ask);
    let plan = server.fault_plan(&ask);
    let wait = response_delay(&server.options, &plan);
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let fault = plan.fault;
    ask.drops_change = fault.as_ref().is_some_and(|fault| fault.mode == Mode::NeverConfirm);
    ask.has_rebooted = fault.as_ref().is_some_and(|fault| fault.mode == Mode::Reboot);
    ask.is_partial = fault.as_ref().is_some_and(|fault| fault.mode == Mode::Partial);
    let answer = run_application(&server, ask, is_known, fault.as_ref()).await;
    let mut answer = fault.as_ref().and_then(fault_response).unwrap_or(answer);
    match fault.as_ref().map(|fault| fault.mode) {
        Some(Mode::Hang) => return future::pending().await,
        Some(Mode::LostAnswer) if !has_response(fault.as_ref()) => {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(Mode::WrongTypes) => {
            answer.content = match answer.content {
                Content::Pretty(value) => Content::Pretty(corrupt_rows(value)),
                Content::Compact(value) => Content::Compact(corrupt_rows(value)),
                other => other,
            }
        }
        _ => {}
    }
    server.record_status(number, answer.status);
    build_response(&server, &answer, accepts_gzip, fault.map(|fault| fault.mode))
}

/// What the application answers; nothing if it is not asked, or not before what goes wrong has gone wrong.
async fn run_application(server: &Arc<Server>, ask: ApiRequest, is_known: bool, fault: Option<&Fault>) -> ApiResponse {
    if !is_known {
        return ApiResponse::app_error(401);
    }
    let is_silent = |fault: &Fault| matches!(fault.mode, Mode::Hang | Mode::LostAnswer);
    // Another answers in its place, or nobody does.
    let deaf = fault.filter(|fault| is_silent(fault) || fault_response(fault).is_some());
    if let Some(later) = deaf.and_then(|fault| fault.later) {
        // It does not notice that nobody waits for its answer any more.
        let server = Arc::clone(server);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(later)).await;
            run_blocking(&server, ask, routes::handle).await;
        });
        return ApiResponse::no_content();
    }
    if deaf.is_some_and(|fault| !fault.after && fault.mode != Mode::LostAnswer) {
        return ApiResponse::no_content();
    }
    run_blocking(server, ask, routes::handle).await
}

/// Whether a fault has a status to answer with.
fn has_response(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|fault| fault.status.is_some())
}

/// The answer that a fault gives instead of the application's.
fn fault_response(fault: &Fault) -> Option<ApiResponse> {
    let mut answer = match fault.mode {
        Mode::Answer => ApiResponse::with_status(fault.status.unwrap_or(200), fault.body.as_deref()),
        Mode::LostAnswer => ApiResponse::with_status(fault.status?, fault.body.as_deref()),
        Mode::Unauthorized => ApiResponse::app_error(401),
        Mode::Forbidden => ApiResponse::app_error(403),
        Mode::NotFound => ApiResponse::app_error(404),
        Mode::TooMany => ApiResponse::app_error(429),
        Mode::Internal => ApiResponse::text(500, "Unhandled exception. Check logs for details."),
        Mode::BadGateway => ApiResponse::frontend_error(502),
        Mode::Unavailable => ApiResponse::frontend_error(503),
        Mode::GatewayTimeout => ApiResponse::frontend_error(504),
        Mode::Latency
        | Mode::Hang
        | Mode::Cut
        | Mode::BrokenJson
        | Mode::WrongTypes
        | Mode::NeverConfirm
        | Mode::Reboot
        | Mode::Partial => return None,
    };
    answer.retry_after = fault.retry_after.or((fault.mode == Mode::TooMany).then_some(1));
    Some(answer)
}

/// Lets the application work where it holds nobody up.
async fn run_blocking(
    server: &Arc<Server>,
    ask: ApiRequest,
    work: impl FnOnce(&Server, &ApiRequest) -> ApiResponse + Send + 'static,
) -> ApiResponse {
    let server = Arc::clone(server);
    let work = tokio::task::spawn_blocking(move || work(&server, &ask));
    let stumbled = |_| ApiResponse::text(500, "Unhandled exception. Check logs for details.");
    work.await.unwrap_or_else(stumbled)
}

/// The whole body; none if it is longer than it may be, in which case the rest is not read.
async fn read_body(body: Incoming, most: usize) -> io::Result<Option<Vec<u8>>> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > most {
        return Ok(None);
    }
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(Some(body.to_bytes().to_vec())),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Whether a request was addressed to this machine by a name that no other can have: a page of somebody else, whose name
/// leads here, cannot drive the simulation through a browser.
fn is_local_host_header(parts: &Parts) -> bool {
    let in_header = parts.headers.get(header::HOST);
    let in_header = in_header.map(|host| host.to_str().unwrap_or_default());
    let addressed = parts.uri.authority().map(Authority::as_str);
    let mut hosts = in_header.into_iter().chain(addressed).peekable();
    hosts.peek().is_some() && hosts.all(is_loopback)
}

/// Whether a host, with a port or without one, is this machine.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_end_matches('.');
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn is_authorized(server: &Server, headers: &HeaderMap) -> bool {
    headers.get("x-auth-token").is_some_and(|token| token.as_bytes() == server.token.as_bytes())
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("gzip")))
}

/// Puts an answer on the wire with the headers of a real front end (reference 1.1).
fn build_response(
    server: &Server,
    answer: &ApiResponse,
    accepts_gzip: bool,
    mode: Option<Mode>,
) -> io::Result<Response<Chunks>> {
    let (mut bytes, kind) = answer.content.encoded_body();
    if mode == Some(Mode::BrokenJson) {
        bytes.truncate(bytes.len() / 2);
        bytes.extend_from_slice(b"\", }");
    }
    let date = http_date(server.now());
    let mut response = Response::builder()
        .status(answer.status)
        .header(header::SERVER, "openresty")
        .header(header::DATE, &date)
        .header(header::EXPIRES, &date)
        .header(header::CACHE_CONTROL, "max-age=0")
        .header(header::PRAGMA, "no-cache")
        .header(header::LAST_MODIFIED, format::naive_time(server.now()))
        .header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::X_FRAME_OPTIONS, "DENY");
    if let Some(kind) = kind {
        response = response.header(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(seconds) = answer.retry_after {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    if matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        response = response.header(header::LOCATION, "https://login.example/");
    }
    if accepts_gzip && kind.is_some() && !answer.content.is_compressed() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&bytes)?;
        bytes = encoder.finish()?;
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    let chunks = match mode {
        Some(Mode::Cut) => Chunks::truncated_body(&bytes),
        _ => Chunks::full_body(bytes),
    };
    response.body(chunks).map_err(io::Error::other)
}

fn http_date(at: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_default()
}

/// A body sent in chunks, without its length, as the real one is.
#[derive(Debug)]
pub(in crate::sim) struct Chunks(VecDeque<Chunk>);

#[derive(Debug)]
enum Chunk {
    Data(Bytes),
    /// Time for what was sent to leave the buffers.
    Pause,
    Disconnect,
}

impl Chunks {
    fn full_body(bytes: Vec<u8>) -> Self {
        let data = (!bytes.is_empty()).then(|| Chunk::Data(bytes.into()));
        Self(data.into_iter().collect())
    }

    /// The first half, and then the end of the connection.
    fn truncated_body(bytes: &[u8]) -> Self {
        let half = Bytes::copy_from_slice(&bytes[..bytes.len() / 2]);
        Self([Chunk::Data(half), Chunk::Pause, Chunk::Disconnect].into())
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.0.pop_front() {
            None => Poll::Ready(None),
            Some(Chunk::Data(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Chunk::Pause) => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Chunk::Disconnect) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

/// Refuses to be spoken to in the clear on an encrypted port, as nginx does.
pub(in crate::sim) async fn reject_plaintext(_: Request<Incoming>) -> Result<Response<Chunks>, Infallible> {
    let page = "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n\
                <center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS \
                port</center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n";
    let mut response = Response::new(Chunks::full_body(page.into()));
    *response.status_mut() = hyper::StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("openresty"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["localhost", "LOCALHOST:8443", "127.0.0.1:1", "127.8.8.8", "[::1]:443", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "0.0.0.0:80",
            "evil.example@127.0.0.1.nip.example",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
