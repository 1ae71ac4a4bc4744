//! Binaries: files by their hash, with version resource and signature.

mod describe;

use jiff::Timestamp;

use super::{Document, FeedHit, Md5, SensorId, Sha256, WatchlistHit};
use crate::text::Untrusted;

/// A binary known to the server (API reference 2.5). Times are on the server's clock, except for that of the signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    pub md5: Md5,
    /// SHA-256 (7.x).
    pub sha256: Option<Sha256>,
    /// Version resource.
    pub version: Version,
    /// Paths at which it was seen.
    pub observed_paths: Vec<Untrusted>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Number of bytes that the server has; 0 if it was not collected.
    pub stored_size: Option<u64>,
    /// Whether it is an executable rather than a library.
    pub is_executable: Option<bool>,
    pub is_64bit: Option<bool>,
    pub signature: Signature,
    /// When the server first saw it.
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// Number of hosts that reported it.
    pub hosts: Option<u64>,
    /// Those hosts, possibly not all.
    pub endpoints: Vec<Endpoint>,
    /// Names of the sensor groups of those hosts.
    pub groups: Vec<Untrusted>,
    /// Operating system, in the server's words.
    pub os: Untrusted,
    /// Watchlists that it matched.
    pub watchlists: Vec<WatchlistHit>,
    /// Feeds with a report on it.
    pub feeds: Vec<FeedHit>,
    /// The record as the server sent it.
    pub document: Document,
}

/// The version resource of a file, which an attacker can forge; absent members are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    pub original_filename: Untrusted,
    pub internal_name: Untrusted,
    pub description: Untrusted,
    pub file_version: Untrusted,
    pub product: Untrusted,
    pub product_version: Untrusted,
    pub product_description: Untrusted,
    pub company: Untrusted,
    pub copyright: Untrusted,
    pub trademark: Untrusted,
    /// Why it is not an ordinary build.
    pub private_build: Untrusted,
    /// How it differs from an ordinary build.
    pub special_build: Untrusted,
    pub comments: Untrusted,
}

/// A host that has a file; the server writes `HOST|id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub host: Untrusted,
    /// Id of its sensor, if the server sends it.
    pub sensor: Option<SensorId>,
}

impl From<&Untrusted> for Endpoint {
    fn from(text: &Untrusted) -> Self {
        let (host, id) = text.raw().rsplit_once('|').unwrap_or((text.raw(), ""));
        match id.trim().parse() {
            Ok(id) => Self { host: host.into(), sensor: Some(SensorId(id)) },
            // Host names contain no `|`; a text that does is shown in full.
            Err(_) => Self { host: text.clone(), sensor: None },
        }
    }
}

/// The first bytes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileHead {
    /// At most the requested number.
    pub bytes: Vec<u8>,
    /// Whether these are all bytes that the server has.
    pub is_whole: bool,
}

impl Binary {
    /// Returns whether the server has only part of the file: large files are truncated.
    pub fn is_partial(&self) -> bool {
        match (self.stored_size, self.size) {
            (Some(stored), Some(size)) => 0 < stored && stored < size,
            _ => false,
        }
    }

    /// Returns whether the server reports that it has none of the file.
    pub fn is_uncollected(&self) -> bool {
        self.stored_size == Some(0)
    }

    /// Returns a name for display: the original file name, or else the file name of an observed path. Empty if there is
    /// neither.
    pub fn name(&self) -> Untrusted {
        if let Some(name) = self.version.original_filename.non_empty() {
            return name.clone();
        }
        let path = self.observed_paths.first();
        let name = path.and_then(|path| path.raw().rsplit(['\\', '/']).next());
        name.unwrap_or_default().into()
    }
}

/// The signature of a file, as verified by the first sensor that saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// `Signed`, `Unsigned`, `Bad Signature`, `Expired`, … in the server's words.
    pub result: Untrusted,
    /// Windows error code of that result; 0 means valid.
    pub code: Option<u32>,
    /// Signer.
    pub publisher: Untrusted,
    /// Issuer of the signer's certificate.
    pub issuer: Untrusted,
    /// Subject of the certificate.
    pub subject: Untrusted,
    /// Program name in the signature.
    pub program: Untrusted,
    /// Signing time (signer's clock).
    pub signed_at: Option<Timestamp>,
}

impl Signature {
    /// Returns whether the signature is valid; `None` if the server does not say.
    pub fn is_valid(&self) -> Option<bool> {
        self.result.non_empty().map(|result| result.eq_ignore_case("signed"))
    }

    /// Describes the error code; `None` if there is none or it is unknown.
    pub fn reason(&self) -> Option<&'static str> {
        // From winerror.h of Windows.
        Some(match self.code? {
            0 => "valid signature",
            0x8009_2010 | 0x800b_010c => "certificate revoked",
            0x8009_2012 | 0x8009_2013 | 0x800b_010e => "revocation status unknown",
            0x8009_2026 => "not allowed by the host's settings",
            0x8009_6001 | 0x8009_6002 | 0x8009_6004 => "signature not verifiable",
            0x8009_6005 => "time stamp not verifiable",
            0x8009_6010 => "file changed after signing",
            0x800b_0001 | 0x800b_0003 => "file type without signatures",
            0x800b_0004 => "signer not trusted",
            0x800b_0100 => "TRUST_E_NOSIGNATURE",
            0x800b_0101 => "certificate expired",
            0x800b_0109 => "root certificate not trusted",
            0x800b_010a | 0x800b_0112 => "no chain to a trusted root",
            0x800b_0110 => "certificate not valid for this use",
            0x800b_0111 => "signer explicitly distrusted",
            _ => return None,
        })
    }

    /// Returns the full days from signing to `start`; negative if it was signed after `start`.
    pub fn days_before(&self, start: Timestamp) -> Option<i64> {
        let seconds = start.duration_since(self.signed_at?).as_secs();
        Some(seconds.div_euclid(86_400))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_host_and_its_sensor() {
        for (text, host, sensor) in [
            ("FIN-WS-042|7", "FIN-WS-042", Some(7)),
            ("FIN-WS-042", "FIN-WS-042", None),
            ("a|b|8", "a|b", Some(8)),
            ("FIN-WS-042|seven", "FIN-WS-042|seven", None),
            ("|7", "", Some(7)),
            ("", "", None),
        ] {
            let endpoint = Endpoint::from(&text.into());
            assert_eq!(endpoint.host.raw(), host);
            assert_eq!(endpoint.sensor, sensor.map(SensorId), "{text}");
        }
    }

    #[test]
    fn a_result_code_has_words() {
        let reason = |code| {
            let signature = Signature { code, ..Signature::default() };
            signature.reason()
        };
        assert_eq!(reason(Some(2_148_204_800)), Some("TRUST_E_NOSIGNATURE"));
        assert_eq!(reason(Some(0)), Some("valid signature"));
        assert_eq!((reason(Some(1)), reason(None)), (None, None));
    }

    #[test]
    fn a_signature_is_dated_against_a_start() {
        let signature = Signature { signed_at: Some("2026-03-01T12:00:00Z".parse().unwrap()), ..Signature::default() };
        for (start, days) in [
            ("2026-03-04T11:00:00Z", 2),
            ("2026-03-01T12:00:00Z", 0),
            ("2026-03-01T11:59:00Z", -1),
            ("2026-02-27T12:00:00Z", -2),
        ] {
            assert_eq!(signature.days_before(start.parse().unwrap()), Some(days));
        }
        let unsigned = Signature::default();
        assert_eq!(unsigned.days_before(Timestamp::UNIX_EPOCH), None);
    }
}
