//! The server, embedded: a simulated Carbon Black EDR over real HTTP.
//!
//! [`start`] makes a world (`world`) from a seed and serves it. A request passes the front end (`front`: token, faults,
//! headers), is taken apart (`ask`) and answered by one of the `resources`, each a file that knows its routes; searches
//! go through `search` and `hits`. The JSON is written by hand from the API reference, quirks included.

mod format;
mod http;
mod routes;
mod search;
mod state;
mod version;
mod world;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinSet};

pub use http::certificate::{Certificate, Tls};
pub use http::fault::{Fault, Mode};
pub use state::server::SeenRequest;

use crate::model::Clock;
use state::server::Server;

/// What is simulated, and where it listens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to speak TLS, with a certificate made at start.
    pub tls: bool,
    /// The shape of that certificate.
    pub certificate: Certificate,
    /// The versions of TLS that are spoken.
    pub tls_versions: Tls,
    /// The same seed gives the same world, relative to the present.
    pub seed: u64,
    /// How many ordinary processes there are, about; every host has at least those of its boot.
    pub processes: u64,
    /// How many hosts there are; the stories need fourteen.
    pub sensors: u64,
    /// How many alerts there are, besides those of the stories.
    pub alerts: u64,
    /// The token that is accepted; absent: made from the seed.
    pub token: Option<String>,
    /// How late every answer is.
    pub latency: Duration,
    /// How long a sensor takes to act on what it is asked.
    pub checkin: Duration,
    /// How long the index takes to know of a changed alert or report.
    pub index_lag: Duration,
    /// The most rows one answer gives, whatever is asked; absent: no limit.
    pub max_rows: Option<u64>,
    /// After so long a search is given up with a 504. A real front end waits for about a minute (reference 1.1).
    pub patience: Duration,
    /// Whether there are strings in the world that an attacker wrote.
    pub hostile: bool,
    /// The release that is played: `6.2.0.171114.1158`, `7.8`.
    pub server_version: String,
    /// Whether bodies are refused that have members nobody can write, as `ValidateApiPayloadSchema` lets a server from 7.7
    /// on do.
    pub validates: bool,
    /// The present.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: false,
            certificate: Certificate::default(),
            tls_versions: Tls::default(),
            seed: 1,
            processes: 20_000,
            sensors: 40,
            alerts: 400,
            token: None,
            latency: Duration::ZERO,
            checkin: Duration::from_secs(3),
            index_lag: Duration::ZERO,
            max_rows: None,
            patience: Duration::from_secs(30),
            hostile: true,
            server_version: "6.2.0.171114.1158".into(),
            validates: false,
            clock: Clock::System,
        }
    }
}

/// A running simulator. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    /// Where it answers: scheme, address and port.
    pub url: String,
    /// The token it accepts.
    pub token: String,
    /// Its certificate as PEM, when it speaks TLS.
    pub certificate: Option<String>,
    server: Arc<Server>,
    tasks: JoinSet<io::Result<()>>,
}

/// Makes the world and serves it, in tasks that the answer owns. An error is about the address or the certificate.
pub async fn start(options: Options) -> io::Result<Running> {
    let (tls, certificate) = if options.tls {
        let (acceptor, pem) = http::certificate::tls_acceptor(options.certificate, options.tls_versions)?;
        (Some(acceptor), Some(pem))
    } else {
        (None, None)
    };
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", options.listen)))?;
    let scheme = if options.tls { "https" } else { "http" };
    let url = format!("{scheme}://{}", listener.local_addr()?);
    // A large world takes a moment, which is nobody else's.
    let server = tokio::task::spawn_blocking(move || Server::new(options)).await.map_err(io::Error::other)?;
    let server = Arc::new(server);
    let mut tasks = JoinSet::new();
    tasks.spawn(http::listener::accept_connections(listener, Arc::clone(&server), tls));
    Ok(Running { url, token: server.token.clone(), certificate, server, tasks })
}

impl Running {
    /// Waits until it stops, which it does only by an error.
    pub async fn wait_stopped(mut self) -> io::Result<()> {
        match self.tasks.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(error)) => Err(io::Error::other(error)),
            None => Ok(()),
        }
    }

    /// The requests it has seen, the oldest first; those that drive the simulation itself are not among them.
    pub fn seen_requests(&self) -> Vec<SeenRequest> {
        self.server.seen_requests()
    }

    /// Forgets the requests it has seen.
    pub fn forget_requests(&self) {
        self.server.clear_seen();
    }

    /// Switches a fault on.
    pub fn add_fault(&self, fault: Fault) {
        self.server.add_fault(fault);
    }

    /// Raises so many new alerts now, and gives their ids: fewer, if what raises alerts is ignored or switched off.
    pub fn raise_alerts(&self, count: u64) -> Vec<String> {
        self.server.raise_alerts(count)
    }

    /// Lets searches know at once of every change of an alert or a report, however late the index is.
    pub fn index_now(&self) {
        self.server.detections.index_now();
    }

    /// Switches all faults off. Sensors that were made to refuse check in again.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }
}
