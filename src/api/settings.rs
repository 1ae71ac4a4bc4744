//! How to reach a server, and how far to trust what answers there.

use std::{fmt, path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

use super::Proxy;
use crate::model::{Clock, Timings};

/// Everything a client needs to know before its first request.
#[derive(Clone)]
pub struct Settings {
    /// The server's address without `/api`, as `https://cb.example.com`.
    pub url: Url,
    /// The token of a console user (reference 1.1).
    pub token: SecretString,
    /// What certificate to accept.
    pub tls: Tls,
    /// The proxy for every request. The environment is not looked at.
    pub proxy: Option<Proxy>,
    /// How many requests are under way at a time, at most.
    pub connections: usize,
    /// How long one request may take, from connecting to the last byte.
    pub timeout: Duration,
    /// How many bytes an answer may have once unpacked. More would be a fault or an attack, and is not kept.
    pub max_bytes: usize,
    /// How long to wait before a repetition, and how often to repeat.
    pub timings: Timings,
    /// What time it is.
    pub clock: Clock,
}

/// Which certificates are accepted. TLS is 1.2 or 1.3, never less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Whether the certificate is checked at all.
    pub verify: bool,
    /// Whether it must name the host: the server's default one names `localhost`.
    pub verify_hostname: bool,
    /// Certificates, as PEM or DER, that are trusted in addition to the system's: authorities, or the server's own,
    /// which is then accepted byte for byte, whatever it says about itself apart from its names.
    pub ca_file: Option<PathBuf>,
}

impl Default for Tls {
    fn default() -> Self {
        Self { verify: true, verify_hostname: true, ca_file: None }
    }
}

impl Settings {
    /// The usual settings for a server.
    pub fn new(url: Url, token: SecretString) -> Self {
        Self {
            url,
            token,
            tls: Tls::default(),
            proxy: None,
            // More at a time only makes the server's search engine slower for everybody.
            connections: 8,
            // The server's front end gives up after 60 s; twice that, as the official client waits (reference 1.1).
            timeout: Duration::from_mins(2),
            // The largest answers known, event lists of long-running processes, have some tens of megabytes.
            max_bytes: 64 * 1024 * 1024,
            timings: Timings::default(),
            clock: Clock::default(),
        }
    }
}

impl fmt::Debug for Settings {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("url", &self.url.host_str())
            .field("tls", &self.tls)
            .field("proxy", &self.proxy)
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .field("most_bytes", &self.max_bytes)
            .field("pace", &self.timings)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
