//! A binary: one file by its hash, and who vouches for it.

mod describe;

use jiff::Timestamp;

use super::{Document, FeedHit, Md5, SensorId, Sha256, WatchlistHit};
use crate::text::Untrusted;

/// What the server knows of one file (reference 2.5). Times are the server's clock unless the name says signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// Its hash.
    pub md5: Md5,
    /// Its SHA-256 (7.x).
    pub sha256: Option<Sha256>,
    /// What it says of itself.
    pub version: Version,
    /// Where it was seen.
    pub observed_paths: Vec<Untrusted>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// How many of its bytes the server holds; 0 when it was not collected.
    pub stored_size: Option<u64>,
    /// Whether it is a program rather than a library.
    pub is_executable: Option<bool>,
    /// Whether it is made for 64 bits.
    pub is_64bit: Option<bool>,
    /// Its signature.
    pub signature: Signature,
    /// When the server first saw it.
    pub first_seen: Option<Timestamp>,
    /// When it was last seen.
    pub last_seen: Option<Timestamp>,
    /// How many hosts reported it.
    pub hosts: Option<u64>,
    /// Those hosts, as far as the server lists them.
    pub endpoints: Vec<Endpoint>,
    /// The sensor groups of those hosts, by name.
    pub groups: Vec<Untrusted>,
    /// The server's word for its operating system.
    pub os: Untrusted,
    /// Watchlists that tagged it.
    pub watchlists: Vec<WatchlistHit>,
    /// Feeds that have a report on it.
    pub feeds: Vec<FeedHit>,
    /// The record as the server sent it.
    pub document: Document,
}

/// The version resource of a file: what its maker says, or whoever poses as its maker. Empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The name its maker gave it.
    pub original_filename: Untrusted,
    /// The name it has inside.
    pub internal_name: Untrusted,
    /// What it is.
    pub description: Untrusted,
    /// Its version.
    pub file_version: Untrusted,
    /// The product it belongs to.
    pub product: Untrusted,
    /// The version of that product.
    pub product_version: Untrusted,
    /// What that product is.
    pub product_description: Untrusted,
    /// The company it comes from.
    pub company: Untrusted,
    /// Who has the rights to it.
    pub copyright: Untrusted,
    /// Whose marks are in it.
    pub trademark: Untrusted,
    /// Why it is not an ordinary build.
    pub private_build: Untrusted,
    /// How it differs from an ordinary build.
    pub special_build: Untrusted,
    /// Anything else.
    pub comments: Untrusted,
}

/// A host that has a file, as the server lists it: `HOST|id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The name of the host.
    pub host: Untrusted,
    /// Its sensor, if the server says which.
    pub sensor: Option<SensorId>,
}

impl From<&Untrusted> for Endpoint {
    fn from(text: &Untrusted) -> Self {
        let (host, id) = text.raw().rsplit_once('|').unwrap_or((text.raw(), ""));
        match id.trim().parse() {
            Ok(id) => Self { host: host.into(), sensor: Some(SensorId(id)) },
            // A host's name has no bar in it; what has one is shown whole.
            Err(_) => Self { host: text.clone(), sensor: None },
        }
    }
}

/// The first bytes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileHead {
    /// As many as were asked for, or as there are.
    pub bytes: Vec<u8>,
    /// Whether that is all the server holds.
    pub is_whole: bool,
}

impl Binary {
    /// Whether the server holds some of its bytes and not all: large files are kept cut off.
    pub fn is_partial(&self) -> bool {
        match (self.stored_size, self.size) {
            (Some(stored), Some(size)) => 0 < stored && stored < size,
            _ => false,
        }
    }

    /// Whether the server says that it holds none of its bytes.
    pub fn is_uncollected(&self) -> bool {
        self.stored_size == Some(0)
    }

    /// The name to know it by: its maker's, or else that of a path it was seen at. Empty when there is neither.
    pub fn name(&self) -> Untrusted {
        if let Some(name) = self.version.original_filename.non_empty() {
            return name.clone();
        }
        let path = self.observed_paths.first();
        let name = path.and_then(|path| path.raw().rsplit(['\\', '/']).next());
        name.unwrap_or_default().into()
    }
}

/// A file's signature, as the first sensor that saw it judged it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// `Signed`, `Unsigned`, `Bad Signature`, `Expired`, … in the server's words.
    pub result: Untrusted,
    /// The system's code for that result; 0 is good.
    pub code: Option<u32>,
    /// Who signed.
    pub publisher: Untrusted,
    /// Who vouches for the signer.
    pub issuer: Untrusted,
    /// Whom the certificate is made out to.
    pub subject: Untrusted,
    /// What the signer calls it.
    pub program: Untrusted,
    /// When it was signed, by the signer's clock.
    pub signed_at: Option<Timestamp>,
}

impl Signature {
    /// Whether it is good; `None` when the server does not say.
    pub fn is_valid(&self) -> Option<bool> {
        self.result.non_empty().map(|result| result.eq_ignore_case("signed"))
    }

    /// What the system's code says, in words; `None` when there is none, or none that is known.
    pub fn reason(&self) -> Option<&'static str> {
        // From Windows' winerror.h.
        Some(match self.code? {
            0 => "the signature is good",
            0x8009_2010 | 0x800b_010c => "its certificate was revoked",
            0x8009_2012 | 0x8009_2013 | 0x800b_010e => "whether its certificate was revoked could not be learned",
            0x8009_2026 => "the host's settings do not allow it",
            0x8009_6001 | 0x8009_6002 | 0x8009_6004 => "the signature cannot be verified",
            0x8009_6005 => "its time stamp cannot be verified",
            0x8009_6010 => "the file was changed after it was signed",
            0x800b_0001 | 0x800b_0003 => "it is of a kind that has no signature",
            0x800b_0004 => "the signer is not trusted",
            0x800b_0100 => "it has no signature",
            0x800b_0101 => "its certificate has expired",
            0x800b_0109 => "the root of its certificates is not trusted",
            0x800b_010a | 0x800b_0112 => "its certificates lead to no trusted root",
            0x800b_0110 => "its certificate is not made for this use",
            0x800b_0111 => "the signer is explicitly distrusted",
            _ => return None,
        })
    }

    /// Whole days from the signing to a start; negative when it was signed after it ran.
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
        assert_eq!(reason(Some(2_148_204_800)), Some("it has no signature"));
        assert_eq!(reason(Some(0)), Some("the signature is good"));
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
