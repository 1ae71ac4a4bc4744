//! A profile: one server and how to reach it.

use std::{path::PathBuf, time::Duration};

use jiff::tz::TimeZone;
use secrecy::SecretString;

/// One `[profiles.NAME]` of the file, or one section of the official client's files.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own in the file")]
pub struct Profile {
    /// The server's address.
    pub url: Option<String>,
    /// Where its token is.
    pub token: Option<Token>,
    /// The console user the token belongs to; the API cannot say.
    pub user: Option<String>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether the server's certificate is verified.
    pub verify_tls: bool,
    /// Whether the name in the certificate is verified.
    pub verify_hostname: bool,
    /// The proxy to use instead of the system's.
    pub proxy: Option<String>,
    /// Whether proxies named by the environment are ignored; only the official client's files can say so.
    pub ignore_system_proxy: bool,
    /// Whether everything that changes the server is refused.
    pub read_only: bool,
    /// The color of the console's frame.
    pub color: Option<String>,
    /// The zone that the hosts keep.
    pub host_zone: Option<TimeZone>,
    /// The most requests in flight at a time.
    pub connections: usize,
    /// How long one request may take.
    pub timeout: Duration,
    /// Patterns of hosts that are not to be touched.
    pub protected_hosts: Vec<String>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            url: None,
            token: None,
            user: None,
            ca_file: None,
            verify_tls: true,
            verify_hostname: true,
            proxy: None,
            ignore_system_proxy: false,
            read_only: false,
            color: None,
            host_zone: None,
            connections: 8,
            // The server's front end gives up after 60 s; the official client waits twice as long.
            timeout: Duration::from_mins(2),
            protected_hosts: vec!["role:domain_controller".into()],
        }
    }
}

/// Where a token is; reading it may run a program, so it is read only when it is needed.
#[derive(Clone, Debug)]
pub enum Token {
    /// In the configuration itself.
    Inline(SecretString),
    /// In a file of its own.
    File(PathBuf),
    /// Printed by a program, given as its name and arguments; no shell is involved.
    Command(Vec<String>),
}
