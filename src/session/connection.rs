//! The server that the console is connected to, and the account.

use jiff::{Timestamp, tz::TimeZone};

use crate::api::RequestTrace;
use crate::changes::Actor;
use crate::fetch::CacheStats;
use crate::model::Zone;

/// The server, the account, and how the two are reached.
#[derive(Debug, Default)]
pub struct Connection {
    /// Server and account as configured.
    pub info: ConnectionInfo,
    pub zone: Zone,
    pub request_stats: RequestCounts,
    /// Number of tickets issued so far.
    pub(super) ticket_count: u64,
}

/// Server and account as configured; shown in the header at all times.
#[derive(Clone, Debug, Default)]
pub struct ConnectionInfo {
    /// Host and port, as shown.
    pub server: String,
    /// Base URL of every request.
    pub url: String,
    /// Host and port, as written to the audit log.
    pub host: String,
    /// The user of this console, as written to the audit log.
    pub actor: Actor,
    /// Where URL and token were configured.
    pub source: String,
    /// Name of the profile; may be empty.
    pub profile: String,
    /// The configured user; the API does not tell whose token it is.
    pub user: Option<String>,
    pub is_read_only: bool,
    /// The color of the border, by the profile.
    pub color: Option<String>,
    /// Configured time zone of the hosts.
    pub host_zone: Option<TimeZone>,
    /// Time zone of this machine; `None` if it is UTC.
    pub user_zone: Option<TimeZone>,
    /// Why the traffic could be read or forged (a single word); `None` if it is protected.
    pub transport_risk: Option<&'static str>,
}

/// Counts of the requests sent since the start, and whether the server answers.
#[derive(Clone, Debug, Default)]
pub struct RequestCounts {
    pub n_requests: u64,
    pub last_request: Option<RequestTrace>,
    pub cache_stats: CacheStats,
    /// Until when the server, being busy, wants no requests (server clock).
    pub busy_until: Option<Timestamp>,
    /// Whether the last request was not answered.
    pub was_down: bool,
}

impl Connection {
    /// Switches to the next time zone; returns whether there is another one.
    pub fn next_zone(&mut self) -> bool {
        let (host, user) = (self.info.host_zone.as_ref(), self.info.user_zone.as_ref());
        let has_others = host.is_some() || user.is_some();
        if has_others {
            self.zone = self.zone.next_zone(host, user);
        }
        has_others
    }
}
