//! The complete setup of the console.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;

use super::Source;
use crate::api::{self, Client, RequestTrace};
use crate::keys::Keymap;
use crate::model::Clock;
use crate::theme::Theme;

/// How the console starts, by the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleStart {
    /// The query to start with.
    pub query: Option<String>,
    /// Whether the columns and queries of earlier sessions are left out, and the saved columns are not overwritten.
    pub is_clean: bool,
}

/// The setup of the console: all choices made, and all files read.
pub struct ConsoleSetup {
    /// The API client; it has no connection yet.
    pub client: Client,
    /// Receives a trace of each finished request.
    pub traces: UnboundedReceiver<RequestTrace>,
    /// The URL of the server.
    pub server: Url,
    /// The source of URL and token.
    pub source: Source,
    /// The configured console user.
    pub user: Option<String>,
    /// The account on this machine, by the environment.
    pub account: Option<String>,
    /// Whether all changes of the server are refused.
    pub read_only: bool,
    /// Whether the server's certificate is verified; if not, the header shows it.
    pub verifies_tls: bool,
    /// The color of the console's border.
    pub color: Option<String>,
    /// The configured time zone of the hosts.
    pub host_zone: Option<TimeZone>,
    /// Patterns of hosts that may not be changed.
    pub protected_hosts: Vec<String>,
    /// Warnings shown at start.
    pub notices: Vec<String>,
    pub start: ConsoleStart,
    pub keymap: Keymap,
    /// The theme, adapted to the terminal.
    pub theme: Theme,
    /// The directory of history, session file and audit log; `None` if it cannot be written.
    pub state_dir: Option<PathBuf>,
    /// The directory of configuration and saved queries; `None` without a home directory.
    pub config_dir: Option<PathBuf>,
    pub is_demo: bool,
    pub clock: Clock,
}

impl ConsoleSetup {
    /// Returns a short warning if others could read or forge the traffic with the server; otherwise `None`.
    pub fn weak_transport(&self) -> Option<&'static str> {
        match self.server.scheme() {
            "http" if api::is_loopback(&self.server) => None,
            "http" => Some("NO TLS"),
            _ if !self.verifies_tls => Some("TLS NOT VERIFIED"),
            _ => None,
        }
    }
}
