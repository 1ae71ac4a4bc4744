//! Settings of a simulator.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::http::certificate::{Certificate, Tls};
use crate::model::Clock;

/// Settings of a simulator: its address, its world and its behavior.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Clone, Debug)]
pub struct Options {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to serve HTTPS, with a certificate generated at start.
    pub tls: bool,
    pub certificate: Certificate,
    pub tls_versions: Tls,
    /// Equal seeds give equal worlds, relative to the present.
    pub seed: u64,
    /// Approximate number of background processes; every host has at least those of its boot.
    pub processes: u64,
    /// Number of hosts, at least the fourteen that the scenarios need.
    pub sensors: u64,
    /// Number of alerts besides those of the scenarios.
    pub alerts: u64,
    /// The API token that is accepted; `None`: derived from the seed.
    pub token: Option<String>,
    /// Delay of every response.
    pub latency: Duration,
    /// How long a sensor takes to carry out a request.
    pub checkin: Duration,
    /// How long a command takes on a host, in a session of Live Response.
    pub command_time: Duration,
    /// Whether Live Response is enabled on the server.
    pub live_response: bool,
    /// How long until searches see a changed alert or report.
    pub index_lag: Duration,
    /// Upper limit for the rows of one response; `None`: no limit.
    pub max_rows: Option<u64>,
    /// Searches that take longer are answered with a 504. A real front end waits for about a minute (reference 1.1).
    pub search_timeout: Duration,
    /// Whether the world contains strings written by an attacker.
    pub hostile: bool,
    /// The simulated release: `6.2.0.171114.1158`, `7.8`.
    pub server_version: String,
    /// Whether bodies with read-only members are rejected, as by servers from 7.7 on with `ValidateApiPayloadSchema`.
    pub validates: bool,
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
            command_time: Duration::ZERO,
            live_response: true,
            index_lag: Duration::ZERO,
            max_rows: None,
            search_timeout: Duration::from_secs(30),
            hostile: true,
            server_version: "6.2.0.171114.1158".into(),
            validates: false,
            clock: Clock::System,
        }
    }
}
