//! The server itself.

use super::Document;
use crate::text::Untrusted;

/// What the server says of itself (reference 2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct ServerInfo {
    /// Release, build date and number: `6.2.0.171114.1158`.
    pub version: Untrusted,
    /// Whether banned hashes are stopped at all.
    pub banning_enabled: Option<bool>,
    /// Whether Live Response is on.
    pub live_response_enabled: Option<bool>,
    /// The most rows the server's own console asks for at once.
    pub max_rows: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl ServerInfo {
    /// Major and minor release; `None` when the version is not made of numbers.
    pub fn release(&self) -> Option<(u32, u32)> {
        let mut parts = self.version.raw().split('.').map(str::parse);
        match (parts.next()?, parts.next()?) {
            (Ok(major), Ok(minor)) => Some((major, minor)),
            _ => None,
        }
    }
}
