//! HTTP front end: authentication, limits, faults and headers around the application.

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

use super::{
    format,
    http::{
        fault::{Fault, Mode, corrupt_rows},
        request::ApiRequest,
        response::{ApiResponse, Caching, Content},
    },
    routes,
    state::server::{Server, may_control, response_delay},
};

/// Limit of a request body in bytes, as in nginx.
const MAX_BODY: usize = 32 << 20;
/// Limit of a request body without a valid token, in bytes.
const MAX_UNAUTHORIZED_BODY: usize = 64 << 10;
/// Limit of a request body for the control API, in bytes.
const MAX_CONTROL_BODY: usize = 1 << 20;

/// Handles one request; an error closes the connection without a response.
pub(in crate::sim) async fn handle_request(
    server: Arc<Server>,
    from: IpAddr,
    request: Request<Incoming>,
) -> io::Result<Response<Chunks>> {
    let (parts, body) = request.into_parts();
    let mut request = ApiRequest::new(&parts.method, &parts.uri);
    let is_control = request.route().1.first() == Some(&"_sim");
    if is_control && !(may_control(from) && is_local_host_header(&parts)) {
        return build_response(&server, &ApiResponse::app_error(404), &parts.headers, None);
    }
    let is_authorized = is_authorized(&server, &parts.headers);
    let max_len = match (is_control, is_authorized) {
        (true, _) => MAX_CONTROL_BODY,
        (_, true) => MAX_BODY,
        (_, false) => MAX_UNAUTHORIZED_BODY,
    };
    let body = match read_body(body, max_len).await? {
        Some(body) => body,
        // A request without a valid token gets a 401, even if it is too long.
        None if !is_authorized && !is_control => Vec::new(),
        None => return build_response(&server, &ApiResponse::frontend_error(413), &parts.headers, None),
    };
    request = request.with_body(body);
    if is_control {
        let answer = run_blocking(&server, request, routes::control).await;
        return build_response(&server, &answer, &parts.headers, None);
    }
    let number = server.record_request(&request);
    let plan = server.fault_plan(&request);
    let wait = response_delay(&server.options, &plan);
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let fault = plan.fault;
    request.drops_change = fault.as_ref().is_some_and(|fault| fault.mode == Mode::NeverConfirm);
    request.has_rebooted = fault.as_ref().is_some_and(|fault| fault.mode == Mode::Reboot);
    request.is_partial = fault.as_ref().is_some_and(|fault| fault.mode == Mode::Partial);
    request.host_fault = fault.as_ref().and_then(|fault| fault.mode.host_fault());
    let answer = if is_authorized {
        run_application(&server, request, fault.as_ref()).await
    } else {
        ApiResponse::app_error(401)
    };
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
    build_response(&server, &answer, &parts.headers, fault.map(|fault| fault.mode))
}

/// Returns the application's response, or an empty one if a fault replaces it: the request is then executed only if the
/// fault says so, now or later.
async fn run_application(server: &Arc<Server>, request: ApiRequest, fault: Option<&Fault>) -> ApiResponse {
    let is_silent = |fault: &Fault| matches!(fault.mode, Mode::Hang | Mode::LostAnswer);
    let replacement = fault.filter(|fault| is_silent(fault) || fault_response(fault).is_some());
    if let Some(later) = replacement.and_then(|fault| fault.later) {
        // The application does not notice that the client has stopped waiting.
        let server = Arc::clone(server);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(later)).await;
            run_blocking(&server, request, routes::handle).await;
        });
        return ApiResponse::no_content();
    }
    if replacement.is_some_and(|fault| !fault.after && fault.mode != Mode::LostAnswer) {
        return ApiResponse::no_content();
    }
    run_blocking(server, request, routes::handle).await
}

/// Whether a fault sets the status of the response.
fn has_response(fault: Option<&Fault>) -> bool {
    fault.is_some_and(|fault| fault.status.is_some())
}

/// Returns the response that a fault sends instead of the application's; `None` if it sends none.
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
        | Mode::Partial
        | Mode::SessionLost
        | Mode::SensorGone
        | Mode::AccessDenied
        | Mode::DiskFull => return None,
    };
    answer.retry_after = fault.retry_after.or((fault.mode == Mode::TooMany).then_some(1));
    Some(answer)
}

/// Runs the application on a thread that may block; a panic becomes a 500.
async fn run_blocking(
    server: &Arc<Server>,
    request: ApiRequest,
    work: impl FnOnce(&Server, &ApiRequest) -> ApiResponse + Send + 'static,
) -> ApiResponse {
    let server = Arc::clone(server);
    let work = tokio::task::spawn_blocking(move || work(&server, &request));
    work.await.unwrap_or_else(|_| ApiResponse::text(500, "Unhandled exception. Check logs for details."))
}

/// Reads a body of at most `max_len` bytes; `None` if it is longer.
async fn read_body(body: Incoming, max_len: usize) -> io::Result<Option<Vec<u8>>> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > max_len {
        return Ok(None);
    }
    match Limited::new(body, max_len).collect().await {
        Ok(body) => Ok(Some(body.to_bytes().to_vec())),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Whether a request names this machine as its host. A web page whose own name resolves to this machine (DNS rebinding)
/// cannot control the simulation through a browser.
fn is_local_host_header(parts: &Parts) -> bool {
    let in_header = parts.headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let in_uri = parts.uri.authority().map(Authority::as_str);
    let mut hosts = in_header.into_iter().chain(in_uri).peekable();
    hosts.peek().is_some() && hosts.all(is_loopback)
}

/// Whether `host`, with or without a port, is this machine.
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

/// Builds the HTTP response to a request with `headers`, with the headers of a real front end (reference 1.1).
fn build_response(
    server: &Server,
    answer: &ApiResponse,
    headers: &HeaderMap,
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
        .header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::X_FRAME_OPTIONS, "DENY");
    response = match &answer.caching {
        Caching::Page => {
            response.header(header::PRAGMA, "no-cache").header(header::LAST_MODIFIED, format::naive_time(server.now()))
        }
        Caching::None => response,
        Caching::File { etag, modified } => {
            response.header(header::ETAG, etag).header(header::LAST_MODIFIED, http_date(*modified))
        }
    };
    if let Some(kind) = kind {
        response = response.header(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(seconds) = answer.retry_after {
        response = response.header(header::RETRY_AFTER, seconds);
    }
    if matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        response = response.header(header::LOCATION, "https://login.example/");
    }
    if accepts_gzip(headers) && kind.is_some() && !answer.content.is_compressed() {
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

/// Body sent in chunks, without a content length, as by a real server.
#[derive(Debug)]
pub(in crate::sim) struct Chunks(VecDeque<Chunk>);

#[derive(Debug)]
enum Chunk {
    Data(Bytes),
    /// Gives the data sent before time to leave the buffers.
    Pause,
    Disconnect,
}

impl Chunks {
    fn full_body(bytes: Vec<u8>) -> Self {
        let data = (!bytes.is_empty()).then(|| Chunk::Data(bytes.into()));
        Self(data.into_iter().collect())
    }

    /// Creates a body that ends the connection after its first half.
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

/// Rejects plain HTTP on the HTTPS port, as nginx does.
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
