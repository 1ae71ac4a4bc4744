//! The server that the console is connected to, and the account.

use jiff::{Timestamp, tz::TimeZone};

use super::Remote;
use crate::api::RequestTrace;
use crate::changes::Actor;
use crate::fetch::CacheStats;
use crate::model::{License, Partition, ServerInfo, Zone};

/// The server, the account, and how the two are reached.
#[derive(Debug, Default)]
pub struct Connection {
    /// What the configuration says of server and account.
    pub info: ConnectionInfo,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// Version and settings, from the server itself.
    pub server_info: Remote<ServerInfo>,
    pub license: Remote<License>,
    /// The parts of the server's event store.
    pub store_partitions: Remote<Vec<Partition>>,
    pub request_stats: RequestCounts,
    /// The number of tickets given out so far.
    pub(super) ticket_count: u64,
}

/// Server and account as the configuration has them; the header shows them at all times.
#[derive(Clone, Debug, Default)]
pub struct ConnectionInfo {
    /// Host and port of the server.
    pub server: String,
    /// Its address, as requests begin with it.
    pub url: String,
    /// Its host and port, as the action log names it.
    pub host: String,
    /// The person at the keyboard, as the action log names them.
    pub actor: Actor,
    /// Where address and token were found.
    pub source: String,
    /// The profile's name, if there is one.
    pub profile: String,
    /// The configured user; the server cannot say whose token it is.
    pub user: Option<String>,
    /// Whether every change is refused.
    pub is_read_only: bool,
    /// The color of the profile's frame.
    pub color: Option<String>,
    /// The zone of the hosts, if configured.
    pub host_zone: Option<TimeZone>,
    /// The zone of the user's machine, if it is not UTC.
    pub user_zone: Option<TimeZone>,
    /// How others could read or fake the traffic, in a word; `None` if they cannot.
    pub transport_risk: Option<&'static str>,
}

/// Requests sent since the start, and the state of the line.
#[derive(Clone, Debug, Default)]
pub struct RequestCounts {
    pub n_requests: u64,
    pub last_call: Option<RequestTrace>,
    pub cache_stats: CacheStats,
    /// Until when a busy server asked the console to wait (server clock).
    pub busy_until: Option<Timestamp>,
    /// Whether the server has not answered since its last answer.
    pub was_down: bool,
}
