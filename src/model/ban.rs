//! A ban: a hash that sensors stop from running.

use jiff::Timestamp;

use super::{Document, Md5};
use crate::text::Untrusted;

/// What no ban reaches (reference 2.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Paths, some of which begin with a variable of the system.
    pub patterns: Vec<Untrusted>,
}

/// A ban as the server keeps it (reference 2.9). Times are the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Ban {
    /// The hash.
    pub md5: Md5,
    /// Why, in the words of whoever banned it; lifting a ban clears it.
    pub text: Untrusted,
    /// Whether it is in force. A ban that was lifted stays listed.
    pub is_enabled: Option<bool>,
    /// Who made it.
    pub username: Untrusted,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// How often it has stopped something.
    pub blocks: Option<u64>,
    /// When it last did.
    pub last_block: Option<Timestamp>,
    /// Where it last did.
    pub last_host: Untrusted,
    /// The record as the server sent it.
    pub document: Document,
}
