//! The reason for which a change is not planned.

/// Why a change is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Rejection {
    pub why: String,
    pub hint: &'static str,
    /// Whether the policy of this program rejects it, rather than the target.
    pub is_policy: bool,
}
