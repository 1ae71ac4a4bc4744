//! Simulated Carbon Black EDR server that answers over real HTTP.
//!
//! [`start`] generates a `world` from a seed and serves it. A request passes the front end (`front`: token, faults,
//! headers), is parsed (`http::request`) and answered by one of the `routes`, a file for each resource; searches run in
//! `search`, and `state` holds what clients change. The JSON is written by hand from the API reference, quirks included.

mod format;
mod front;
mod http;
mod listener;
mod options;
mod routes;
mod search;
mod state;
mod version;
mod world;

use std::{io, sync::Arc};

use tokio::{net::TcpListener, task::JoinSet};

pub use http::certificate::{Certificate, Tls};
pub use http::fault::{Fault, Mode};
pub use options::Options;
pub use state::server::SeenRequest;

use state::server::Server;

/// A running simulator, which stops when it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Scheme, address and port.
    pub url: String,
    pub token: String,
    /// The certificate as PEM; `None` without TLS.
    pub certificate: Option<String>,
    server: Arc<Server>,
    tasks: JoinSet<io::Result<()>>,
}

/// Generates the world and serves it in tasks owned by the returned value; fails if it cannot listen on the address or
/// create the certificate.
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
    // Generating a large world takes a moment and must not block the runtime.
    let server = tokio::task::spawn_blocking(move || Server::new(options)).await.map_err(io::Error::other)?;
    let server = Arc::new(server);
    let mut tasks = JoinSet::new();
    tasks.spawn(listener::accept_connections(listener, Arc::clone(&server), tls));
    Ok(Running { url, token: server.token.clone(), certificate, server, tasks })
}

impl Running {
    /// Waits until the simulator stops, which only an error makes it do.
    pub async fn wait_stopped(mut self) -> io::Result<()> {
        match self.tasks.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(error)) => Err(io::Error::other(error)),
            None => Ok(()),
        }
    }

    /// Returns the requests received so far, the oldest first, without those to the simulation's own control API.
    pub fn seen_requests(&self) -> Vec<SeenRequest> {
        self.server.seen_requests()
    }

    /// Clears the list of received requests.
    pub fn forget_requests(&self) {
        self.server.clear_seen();
    }

    /// Adds a fault, which applies to requests from now on.
    pub fn add_fault(&self, fault: Fault) {
        self.server.add_fault(fault);
    }

    /// Raises up to `count` new alerts now and returns their ids; ignored reports and disabled watchlists raise none.
    pub fn raise_alerts(&self, count: u64) -> Vec<String> {
        self.server.raise_alerts(count)
    }

    /// Makes searches see every pending change of an alert or report at once, in spite of the index lag.
    pub fn index_now(&self) {
        self.server.detections.index_now();
    }

    /// Removes all faults; sensors that ignored requests because of one check in again.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }
}
