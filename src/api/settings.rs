//! The settings of a client: address, credentials, TLS, proxy and limits.

use std::{fmt, path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

use super::Proxy;
use crate::model::{Clock, Timings};

/// The settings of a client.
#[derive(Clone)]
pub struct Settings {
    /// The base URL without `/api`, such as `https://cb.example.com`.
    pub url: Url,
    /// The API token of a console user (reference 1.1).
    pub token: SecretString,
    pub tls: Tls,
    /// The proxy for every request. Proxies in the environment are ignored.
    pub proxy: Option<Proxy>,
    /// The maximum number of simultaneous requests.
    pub connections: usize,
    /// The time-out of a request, from connecting to the last byte.
    pub timeout: Duration,
    /// The maximum size of an unpacked answer. A larger one is an error or an attack, and is dropped.
    pub max_bytes: usize,
    /// The delays before retries, and their number.
    pub timings: Timings,
    pub clock: Clock,
}

/// Which certificates are accepted. The TLS version is always 1.2 or 1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Whether the certificate is checked at all.
    pub verify: bool,
    /// Whether the certificate must name the host; the default certificate of a server names `localhost`.
    pub verify_hostname: bool,
    /// A file of certificates, as PEM or DER, that are trusted in addition to the system's. They are authorities, or
    /// the certificate of the server itself, which is then compared byte by byte and checked for its names only.
    pub ca_file: Option<PathBuf>,
}

impl Default for Tls {
    fn default() -> Self {
        Self { verify: true, verify_hostname: true, ca_file: None }
    }
}

impl Settings {
    /// Returns the default settings for a server.
    pub fn new(url: Url, token: SecretString) -> Self {
        Self {
            url,
            token,
            tls: Tls::default(),
            proxy: None,
            // More simultaneous requests only slow down the server's search engine for all users.
            connections: 8,
            // Twice the 60 s after which the server's front end cancels, as in the official client (reference 1.1).
            timeout: Duration::from_mins(2),
            // The largest known answers are event lists of long-running processes, with some tens of megabytes.
            max_bytes: 64 * 1024 * 1024,
            timings: Timings::default(),
            clock: Clock::default(),
        }
    }
}

impl fmt::Debug for Settings {
    /// Formats the settings without the token.
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
