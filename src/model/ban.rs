//! Bans: hashes that sensors prevent from running.

use jiff::Timestamp;

use super::{Document, Md5};
use crate::text::Untrusted;

/// Files that cannot be banned (API reference 2.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Path patterns, some of which begin with an environment variable.
    pub patterns: Vec<Untrusted>,
}

/// A ban (API reference 2.9). Times are on the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Ban {
    pub md5: Md5,
    /// Reason given by the user who banned it; cleared when the ban is lifted.
    pub text: Untrusted,
    /// Whether it is in force. A lifted ban remains in the list.
    pub is_enabled: Option<bool>,
    /// The user who banned it.
    pub username: Untrusted,
    pub created: Option<Timestamp>,
    /// Number of blocked executions.
    pub blocks: Option<u64>,
    /// Time of the last blocked execution.
    pub last_block: Option<Timestamp>,
    /// Host of the last blocked execution.
    pub last_host: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}
