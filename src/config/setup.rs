//! Everything the console needs to begin.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;

use super::Source;
use crate::api::{self, Client, RequestTrace};
use crate::keys::Keymap;
use crate::model::Clock;
use crate::theme::Theme;

/// What the console is started with: all decisions made, all files read.
pub struct ConsoleSetup {
    /// The client, connected to nothing yet.
    pub client: Client,
    /// The client's requests as they are answered.
    pub traces: UnboundedReceiver<RequestTrace>,
    /// The server's address.
    pub server: Url,
    /// Where address and token were found.
    pub source: Source,
    /// The console user, when configured.
    pub user: Option<String>,
    /// The account on this machine, as the environment names it.
    pub account: Option<String>,
    /// Whether everything that changes the server is refused.
    pub read_only: bool,
    /// Whether the server's certificate is verified; the header shows when it is not.
    pub verifies_tls: bool,
    /// The color of the frame.
    pub color: Option<String>,
    /// The zone that the hosts keep, when configured.
    pub host_zone: Option<TimeZone>,
    /// Patterns of hosts that are not to be touched.
    pub protected_hosts: Vec<String>,
    /// What the user should know before anything else.
    pub notices: Vec<String>,
    /// The keys in force.
    pub keymap: Keymap,
    /// The theme, as far as the terminal can show it.
    pub theme: Theme,
    /// Where history, session and action log are kept; `None` when it cannot be written.
    pub state_dir: Option<PathBuf>,
    /// Where the configuration is, and with it what people share; `None` without a home directory.
    pub config_dir: Option<PathBuf>,
    /// Whether the server is the embedded simulator.
    pub is_demo: bool,
    /// Where the time of answers comes from.
    pub clock: Clock,
}

impl ConsoleSetup {
    /// How others could read or fake what is said to the server, in a word; nothing when they cannot.
    pub fn weak_transport(&self) -> Option<&'static str> {
        match self.server.scheme() {
            "http" if api::is_loopback(&self.server) => None,
            "http" => Some("NO TLS"),
            _ if !self.verifies_tls => Some("TLS NOT VERIFIED"),
            _ => None,
        }
    }
}
