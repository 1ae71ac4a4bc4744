//! The proxy for requests, and where it is configured.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Error;

/// An HTTP, HTTPS or SOCKS proxy. Host names are resolved on this machine for `socks5`, by the proxy for `socks5h`.
#[derive(Clone)]
pub struct Proxy {
    /// The URL with user name and password.
    address: SecretString,
    /// The URL without user name and password.
    display: String,
    is_socks: bool,
    password: Option<SecretString>,
    origin: String,
}

impl Proxy {
    /// Parses an address, whose scheme, user name and password are optional. `origin` says in messages where it is
    /// configured.
    pub fn new(address: &str, origin: impl Into<String>) -> Result<Self, Error> {
        let origin = origin.into();
        let invalid = || Error::Invalid {
            what: "proxy",
            // The address is not shown: it may hold a password.
            reason: format!("{origin} is not a proxy URL such as http://proxy:3128 or socks5://127.0.0.1:1080"),
        };
        let address = address.trim();
        let with_scheme = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let url = Url::parse(&with_scheme).map_err(|_| invalid())?;
        let is_socks = matches!(url.scheme(), "socks4" | "socks4a" | "socks5" | "socks5h");
        if url.host_str().is_none_or(str::is_empty) || !(is_socks || matches!(url.scheme(), "http" | "https")) {
            return Err(invalid());
        }
        let mut bare = url.clone();
        // This cannot fail for a URL with a host.
        let _ = (bare.set_username(""), bare.set_password(None));
        bare.set_path("");
        Ok(Self {
            address: url.as_str().into(),
            display: bare.as_str().trim_end_matches('/').to_owned(),
            is_socks,
            password: url.password().map(Into::into),
            origin,
        })
    }

    /// Returns whether it is a SOCKS proxy, which only relays bytes and writes no HTTP answers of its own.
    pub(super) fn is_socks(&self) -> bool {
        self.is_socks
    }

    /// Returns whether a password is configured.
    pub(super) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// Returns the password as it is written in the address, and decoded.
    pub(super) fn secrets(&self) -> Vec<String> {
        let Some(password) = &self.password else {
            return Vec::new();
        };
        let encoded = password.expose_secret().to_owned();
        // A form is decoded like a URL, except for the plus.
        let decoded = url::form_urlencoded::parse(format!("p={}", encoded.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, decoded)| decoded.into_owned());
        std::iter::once(encoded).chain(decoded).collect()
    }

    pub(super) fn transport(&self) -> Result<reqwest::Proxy, Error> {
        // The cause is not shown: it could repeat the address, and with it a password.
        reqwest::Proxy::all(self.address.expose_secret())
            .map_err(|_| Error::Invalid { what: "proxy", reason: format!("{} is not a proxy URL", self.origin) })
    }
}

/// Writes the address without user name and password, and where it is configured.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (from {})", self.display, self.origin)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_shown_without_its_password_and_with_its_origin() {
        for (address, shown) in [
            ("http://ana:s%40cret@proxy:3128", "http://proxy:3128 (from HTTPS_PROXY)"),
            ("proxy:3128", "http://proxy:3128 (from HTTPS_PROXY)"),
            ("socks5h://127.0.0.1:1080/", "socks5h://127.0.0.1:1080 (from HTTPS_PROXY)"),
        ] {
            let proxy = Proxy::new(address, "HTTPS_PROXY").unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert!(!format!("{proxy:?}").contains("cret"));
            proxy.transport().unwrap();
        }
        let proxy = Proxy::new("http://ana:s%40c+ret@proxy", "x").unwrap();
        assert_eq!(proxy.secrets(), ["s%40c+ret", "s@c+ret"]);
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_being_shown() {
        for address in ["", "ftp://ana:secret@proxy", "http://ana:secret@:x", "http://"] {
            let error = Proxy::new(address, "the profile").unwrap_err().to_string();
            assert!(error.contains("the profile") && !error.contains("secret"), "{error}");
        }
    }
}
