//! A binary: one file by its hash, and who vouches for it.

use jiff::Timestamp;

use super::{Document, FeedHit, Md5, Sha256, WatchlistHit};
use crate::text::Untrusted;

/// What the server knows of one file (reference 2.5). Times are the server's clock unless the name says signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// Its hash.
    pub md5: Md5,
    /// Its SHA-256 (7.x).
    pub sha256: Option<Sha256>,
    /// The name its maker gave it.
    pub original_filename: Untrusted,
    /// What it says it is.
    pub description: Untrusted,
    /// The product it says it belongs to.
    pub product: Untrusted,
    /// The company it says it comes from.
    pub company: Untrusted,
    /// The version it says it has.
    pub version: Untrusted,
    /// Where it was seen.
    pub observed_paths: Vec<Untrusted>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// How many of its bytes the server holds.
    pub stored_size: Option<u64>,
    /// Whether it is a program rather than a library.
    pub is_executable: Option<bool>,
    /// Its signature.
    pub signature: Signature,
    /// When the server first saw it.
    pub first_seen: Option<Timestamp>,
    /// When it was last seen.
    pub last_seen: Option<Timestamp>,
    /// How many hosts reported it.
    pub hosts: Option<u64>,
    /// The server's word for its operating system.
    pub os: Untrusted,
    /// Watchlists that tagged it.
    pub watchlists: Vec<WatchlistHit>,
    /// Feeds that have a report on it.
    pub feeds: Vec<FeedHit>,
    /// The record as the server sent it.
    pub document: Document,
}

/// A file's signature, as the first sensor that saw it judged it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// `Signed`, `Unsigned`, `Bad Signature`, `Expired`, … in the server's words.
    pub result: Untrusted,
    /// Who signed.
    pub publisher: Untrusted,
    /// Who vouches for the signer.
    pub issuer: Untrusted,
    /// When it was signed, by the signer's clock.
    pub signed_at: Option<Timestamp>,
}

impl Signature {
    /// Whether it is good; `None` when the server does not say.
    pub fn is_good(&self) -> Option<bool> {
        self.result
            .non_empty()
            .map(|result| result.is_like("signed"))
    }

    /// Whole days from the signing to a start; negative when it was signed after it ran.
    pub fn days_before(&self, start: Timestamp) -> Option<i64> {
        let seconds = start.duration_since(self.signed_at?).as_secs();
        Some(seconds.div_euclid(86_400))
    }
}
