//! What an input leaves behind for the app: notices, a destination, a query.

use super::Destination;
use crate::query::Index;

/// What the last input leaves for the app to show or to follow.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The notice in the footer.
    pub notice: Option<Notice>,
    /// The last notice that is no warning.
    pub last_notice: Option<String>,
    /// The last warning, in full.
    pub last_warning: Option<String>,
    /// The warnings of the start, one each, until they were read in full.
    pub start_warnings: Vec<String>,
    /// Where the last key leads.
    pub(super) destination: Option<Destination>,
    /// A query picked elsewhere, for the editor of its index.
    pub(super) pending_query: Option<(Index, String)>,
}

/// A message in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub is_warning: bool,
    /// Whether it replaced the warnings of the start before any key was pressed, and has to say how they are read.
    pub names_start_warnings: bool,
}
