//! Version and settings of the server.

use super::Document;
use crate::text::Untrusted;

/// Version and settings of the server (API reference 2.1).
#[derive(Clone, Debug, PartialEq)]
pub struct ServerInfo {
    /// Release, build date and number: `6.2.0.171114.1158`.
    pub version: Untrusted,
    /// Whether bans are enforced.
    pub banning_enabled: Option<bool>,
    /// Whether Live Response is enabled.
    pub live_response_enabled: Option<bool>,
    /// Maximum number of rows that the server's own console requests.
    pub max_rows: Option<u64>,
    /// Names of the enabled features.
    pub features: Vec<Untrusted>,
    /// The record as the server sent it.
    pub document: Document,
}

impl ServerInfo {
    /// Returns major and minor release; `None` if the version is not numeric.
    pub fn release(&self) -> Option<(u32, u32)> {
        let mut parts = self.version.raw().split('.').map(str::parse);
        match (parts.next()?, parts.next()?) {
            (Ok(major), Ok(minor)) => Some((major, minor)),
            _ => None,
        }
    }
}
