//! The REST client: sends requests, retries those that are safe to repeat, and parses answers into
//! [`model`](crate::model).
//!
//! The token is sent in one request header and appears nowhere else: in no message, log line, URL or `Debug` output.
//! "Reference" in the comments is the API reference of the server, with a section number.

mod auth;
mod curl;
mod download;
mod endpoints;
mod error;
mod error_text;
mod proxy;
mod request;
mod retry;
mod secrets;
mod send;
mod server_version;
mod settings;
mod tls;
mod trace;
mod write;

use std::{fmt, num::NonZeroUsize, sync::Arc, thread, time::Duration};

use reqwest::header::HeaderValue;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::{Semaphore, mpsc::UnboundedSender};
use url::{Host, Url};

pub use download::Download;
pub use endpoints::ban::BanList;
pub use error::{CertificateProblem, CommandAnswer, Error};
pub use proxy::Proxy;
pub use settings::{Settings, Tls};
pub use trace::RequestTrace;
pub use write::{AlertUpdate, Upload, WriteReply, WriteRequest};

use crate::model::{Clock, Timings};
use auth::AuthGate;
use secrets::Secrets;
use server_version::ServerVersion;

/// A client of one server. Clones share the connection pool and its limit.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    trust: ClientConfig,
    base: Url,
    server: String,
    /// The only copy of the token, except for the one in [`Secrets`].
    token: HeaderValue,
    proxy: Option<Proxy>,
    connections: usize,
    permits: Arc<Semaphore>,
    timeout: Duration,
    max_bytes: usize,
    timings: Timings,
    clock: Clock,
    trace_tx: Option<UnboundedSender<RequestTrace>>,
    shared: Arc<Shared>,
}

/// The state that clients with different connection pools share.
struct Shared {
    secrets: Secrets,
    auth_gate: AuthGate,
    release: ServerVersion,
    /// Allows one large answer to be read at a time.
    large_answers: Arc<Semaphore>,
    /// Allows one answer for each core to be parsed beside the network.
    parsers: Arc<Semaphore>,
}

impl Client {
    /// Creates a client without sending anything. Every attempt of every request is reported to `trace_tx`.
    ///
    /// Settings that cannot work are an [`Error::Invalid`].
    pub fn new(settings: Settings, trace_tx: Option<UnboundedSender<RequestTrace>>) -> Result<Self, Error> {
        // Without a provider the HTTP library panics. An error means that another client has already installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();

        check(&settings.url)?;
        let trust = tls::config(&settings.tls, settings.url.scheme())?;
        let token = header(settings.token.expose_secret())?;
        let secrets = Secrets::new(&settings.token);
        for secret in settings.proxy.iter().flat_map(Proxy::secrets) {
            secrets.add(&secret);
        }
        let connections = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
        let proxy = settings.proxy;
        Ok(Self(Arc::new(Inner {
            http: transport(trust.clone(), proxy.as_ref(), settings.timeout, connections)?,
            trust,
            server: display(&settings.url),
            base: settings.url,
            token,
            proxy,
            connections,
            permits: Arc::new(Semaphore::new(connections)),
            timeout: settings.timeout,
            max_bytes: settings.max_bytes,
            timings: settings.timings,
            clock: settings.clock,
            trace_tx,
            shared: Arc::new(Shared {
                secrets,
                auth_gate: AuthGate::new(),
                release: ServerVersion::new(),
                large_answers: Arc::new(Semaphore::new(1)),
                parsers: Arc::new(Semaphore::new(thread::available_parallelism().map_or(1, NonZeroUsize::get))),
            }),
        })))
    }

    /// Returns a client for this server with a new connection pool. The old pool is closed when its last client is
    /// dropped.
    pub fn with_new_connections(&self) -> Result<Self, Error> {
        let old = &*self.0;
        let http = transport(old.trust.clone(), old.proxy.as_ref(), old.timeout, old.connections)?;
        Ok(Self(Arc::new(Inner {
            http,
            trust: old.trust.clone(),
            base: old.base.clone(),
            server: old.server.clone(),
            token: old.token.clone(),
            proxy: old.proxy.clone(),
            connections: old.connections,
            permits: Arc::new(Semaphore::new(old.connections)),
            timeout: old.timeout,
            max_bytes: old.max_bytes,
            timings: old.timings,
            clock: old.clock,
            trace_tx: old.trace_tx.clone(),
            shared: old.shared.clone(),
        })))
    }

    /// Allows one request to try the token and the proxy's password again after they were refused.
    pub fn retry_credentials(&self) {
        self.0.shared.auth_gate.reopen();
    }

    /// Returns how many requests may be in flight.
    pub fn connections(&self) -> usize {
        self.0.connections
    }

    /// Returns the clock that gives the times of the answers.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// Returns the delays and the number of retries.
    pub fn timings(&self) -> Timings {
        self.0.timings
    }

    /// Returns the server's host, with its port unless it is the default port.
    pub fn server(&self) -> &str {
        &self.0.server
    }

    /// Returns the server's major and minor release, if known. It may change during a session.
    pub fn release(&self) -> Option<(u32, u32)> {
        self.0.shared.release.number()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.server).finish()
    }
}

/// Rejects a URL with parts that would appear in logs, or be silently ignored.
fn check(url: &Url) -> Result<(), Error> {
    let invalid = |reason: &str| Err(Error::Invalid { what: "url", reason: reason.into() });
    if !matches!(url.scheme(), "https" | "http") {
        return invalid("it must begin with https://");
    }
    if url.host().is_none() {
        return invalid("it has no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return invalid("it must not contain a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return invalid("it must end after host, port or path");
    }
    Ok(())
}

fn display(base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn header(token: &str) -> Result<HeaderValue, Error> {
    let invalid = |reason: &str| Error::Invalid { what: "token", reason: reason.into() };
    let token = token.trim();
    if token.is_empty() {
        return Err(invalid("it is empty"));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("it contains characters that tokens do not have"));
    }
    let mut value = HeaderValue::from_str(token).map_err(|_| invalid("it cannot be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn transport(
    trust: ClientConfig,
    proxy: Option<&Proxy>,
    timeout: Duration,
    connections: usize,
) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("lampblack/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .gzip(true)
        .connect_timeout(timeout.min(send::CONNECT_TIMEOUT))
        .timeout(timeout)
        .pool_max_idle_per_host(connections)
        // A timer would wake up a sleeping console. Instead the fetcher takes new connections after a pause.
        .pool_idle_timeout(None)
        // The library must not pick a proxy from the environment: the configuration decides, and can say why.
        .no_proxy()
        .tls_backend_preconfigured(trust);
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy.transport()?);
    }
    builder
        .build()
        .map_err(|error| Error::Invalid { what: "connection", reason: error_text::root_cause(&error.without_url()) })
}

/// Returns whether the server is this machine. Requests to it use no proxy, and plain HTTP to it does not leave the
/// machine.
pub fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
