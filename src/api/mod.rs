//! The REST client: asks the server, repeats what is safe to repeat, and turns answers into [`model`](crate::model).
//!
//! The token goes into one header of a request and nowhere else: no message, log line, address or `Debug` holds it.

mod admin;
mod alert;
mod ask;
mod ban;
mod binary;
mod call;
mod change;
mod download;
mod error;
mod event;
mod feed;
mod info;
mod process;
mod retry;
mod said;
mod send;
mod sensor;
mod settings;
mod tls;
mod watchlist;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::header::HeaderValue;
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::{Semaphore, mpsc::UnboundedSender};
use url::{Host, Url};

pub use ban::BanList;
pub use call::Call;
pub use change::{AlertChange, Change};
pub use download::Download;
pub use error::{Distrust, Error};
pub use settings::{Settings, Tls};

use crate::model::{Clock, Pace};

/// A connection to one server. Clones share its connections and their limit.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    settings: Settings,
    trust: ClientConfig,
    base: Url,
    server: String,
    token: HeaderValue,
    permits: Arc<Semaphore>,
    timeout: Duration,
    most_bytes: usize,
    pace: Pace,
    clock: Clock,
    calls: Option<UnboundedSender<Call>>,
    /// Major and minor release, once the server has told it.
    release: OnceLock<Option<(u32, u32)>>,
    /// The version of the events that the server was found to have.
    event_version: OnceLock<u8>,
    /// Where the server was found to have its bans.
    ban_list: OnceLock<BanList>,
}

/// What a server was found to be: its release, the version of its events, and where it has its bans.
type Learned = (
    OnceLock<Option<(u32, u32)>>,
    OnceLock<u8>,
    OnceLock<BanList>,
);

impl Client {
    /// Prepares a client; nothing is sent yet. Every attempt of every request is reported to `calls`.
    ///
    /// Settings that cannot work are [`Error::Invalid`].
    pub fn new(settings: Settings, calls: Option<UnboundedSender<Call>>) -> Result<Self, Error> {
        // Without a provider the HTTP library panics. When another client was first, its provider is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();

        check(&settings.url)?;
        let trust = tls::config(&settings.tls, settings.url.scheme() == "https")?;
        let nothing = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self::assemble(settings, trust, calls, nothing)
    }

    /// The same client with connections of its own. Those of this one are closed when nobody has it any more.
    pub fn reconnected(&self) -> Result<Self, Error> {
        let Inner {
            settings,
            trust,
            calls,
            release,
            event_version,
            ban_list,
            ..
        } = &*self.0;
        Self::assemble(
            settings.clone(),
            trust.clone(),
            calls.clone(),
            (release.clone(), event_version.clone(), ban_list.clone()),
        )
    }

    fn assemble(
        settings: Settings,
        trust: ClientConfig,
        calls: Option<UnboundedSender<Call>>,
        (release, event_version, ban_list): Learned,
    ) -> Result<Self, Error> {
        let connections = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Self(Arc::new(Inner {
            http: transport(&settings, trust.clone(), connections)?,
            server: display(&settings.url),
            base: settings.url.clone(),
            token: header(settings.token.expose_secret())?,
            permits: Arc::new(Semaphore::new(connections)),
            timeout: settings.timeout,
            most_bytes: settings.most_bytes,
            pace: settings.pace,
            clock: settings.clock,
            settings,
            trust,
            calls,
            release,
            event_version,
            ban_list,
        })))
    }

    /// The clock that the answers' times are taken from.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The pace of repetitions.
    pub fn pace(&self) -> Pace {
        self.0.pace
    }

    /// The server's host, with its port unless that is the usual one.
    pub fn server(&self) -> &str {
        &self.0.server
    }

    /// The server's release, major and minor, if it has told it.
    pub fn release(&self) -> Option<(u32, u32)> {
        self.0.release.get().copied().flatten()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.server).finish()
    }
}

/// Refuses an address with parts that would end up in logs, or be ignored silently.
fn check(url: &Url) -> Result<(), Error> {
    let invalid = |reason: &str| {
        Err(Error::Invalid {
            what: "url",
            reason: reason.into(),
        })
    };
    if !matches!(url.scheme(), "https" | "http") {
        return invalid("it must begin with https://");
    }
    if url.host().is_none() {
        return invalid("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return invalid("it must not hold a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return invalid("it must end after the host, the port or a path");
    }
    Ok(())
}

fn display(base: &Url) -> String {
    let host = base.host_str().unwrap_or_default();
    base.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn header(token: &str) -> Result<HeaderValue, Error> {
    let invalid = |reason: &str| Error::Invalid {
        what: "token",
        reason: reason.into(),
    };
    let token = token.trim();
    if token.is_empty() {
        return Err(invalid("it is empty"));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("it has characters that no token has"));
    }
    let mut value = HeaderValue::from_str(token).map_err(|_| invalid("no header can carry it"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn transport(
    settings: &Settings,
    trust: ClientConfig,
    connections: usize,
) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("lampblack/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .gzip(true)
        .connect_timeout(settings.timeout.min(send::CONNECT))
        .timeout(settings.timeout)
        .pool_max_idle_per_host(connections)
        // Whoever asks after a while takes a client with new connections: a timer would wake up a console that sleeps.
        .pool_idle_timeout(None)
        .tls_backend_preconfigured(trust);
    if settings.ignore_system_proxy || is_loopback(&settings.url) {
        builder = builder.no_proxy();
    }
    if let Some(proxy) = &settings.proxy {
        // The cause is not shown: it could repeat the address, and with it a password.
        let proxy = reqwest::Proxy::all(proxy).map_err(|_| Error::Invalid {
            what: "proxy",
            reason: "it is no address such as http://proxy:3128".into(),
        })?;
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| Error::Invalid {
        what: "connection",
        reason: said::cause(&error.without_url()),
    })
}

/// Whether the server is this machine: what is said to it leaves it neither by a proxy nor in clear text.
pub fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
