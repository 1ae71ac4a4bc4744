//! A profile: a server and its connection settings.

use std::{path::PathBuf, time::Duration};

use jiff::tz::TimeZone;
use secrecy::SecretString;

/// One `[profiles.NAME]` section of our file, or one section of the official client's files.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate setting in the file")]
pub struct Profile {
    pub url: Option<String>,
    pub token: Option<Token>,
    /// The console user to whom the token belongs; the API does not provide it.
    pub user: Option<String>,
    /// A file of certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    pub verify_tls: bool,
    /// Whether the host name in the certificate is verified.
    pub verify_hostname: bool,
    /// The proxy, in place of those by the environment.
    pub proxy: Option<String>,
    /// Whether proxies by the environment are ignored; only the official client's files have this setting.
    pub ignore_system_proxy: bool,
    /// Whether all changes of the server are refused.
    pub read_only: bool,
    /// The color of the console's border.
    pub color: Option<String>,
    /// The time zone of the hosts.
    pub host_zone: Option<TimeZone>,
    /// The maximum number of concurrent requests.
    pub connections: usize,
    /// The time-out of a request.
    pub timeout: Duration,
    /// Patterns of hosts that may not be changed.
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
            // The server's front end times out after 60 s; the official client waits twice as long.
            timeout: Duration::from_mins(2),
            protected_hosts: vec!["role:domain_controller".into()],
        }
    }
}

/// The source of a token. It is read only when it is needed, because that may run a program.
#[derive(Clone, Debug)]
pub enum Token {
    /// The token itself, in the configuration.
    Inline(SecretString),
    /// A file with the token.
    File(PathBuf),
    /// A program that prints the token, with its arguments; run without a shell.
    Command(Vec<String>),
}
