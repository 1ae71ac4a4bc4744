//! Queries saved under a name.

use super::PeriodInput;

/// A saved query. A query file may come from someone else, so none of it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedQuery {
    pub name: String,
    pub query: String,
    /// Period in which the last event must lie.
    pub period: PeriodInput,
    /// Description; may be empty.
    pub note: String,
}
