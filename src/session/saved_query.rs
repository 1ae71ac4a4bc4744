//! Queries kept under a name.

use super::PeriodInput;

/// A query under its name. All of it may be another's work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedQuery {
    /// What it is called.
    pub name: String,
    /// The query, as typed.
    pub query: String,
    /// When the last event must have been.
    pub period: PeriodInput,
    /// What it is for; may be empty.
    pub note: String,
}
