//! The assessment of a change: what it would do to its target, and what speaks against it.

use super::blast_radius::ImpactSubject;

/// What was found out about a change of a target that was read just now.
#[derive(Debug, Default)]
pub(super) struct Assessment {
    pub(super) effects: Vec<String>,
    /// Reasons against the change.
    pub(super) warnings: Vec<String>,
    /// Facts that are no reasons against it.
    pub(super) notes: Vec<String>,
    /// Why the host is protected.
    pub(super) protection: Option<String>,
    pub(super) impact: ImpactSubject,
}
