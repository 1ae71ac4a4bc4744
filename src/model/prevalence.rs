//! How common a file is among the hosts.

use super::Document;
use crate::text::Untrusted;

/// How many hosts and processes ran or loaded a file (API reference 2.2, frequency).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prevalence {
    /// Number of hosts that ran or loaded it.
    pub hosts: u64,
    /// Those hosts by descending count; may be fewer than [`Prevalence::hosts`].
    pub hostnames: Vec<HostCount>,
    /// Number of process documents that refer to it.
    pub processes: u64,
    /// Number of all process documents; 0 if the server does not say.
    pub total: u64,
    /// Whether the number of hosts is exact; `None` if the server does not say.
    pub is_exact: Option<bool>,
    /// Number of listed hosts that could not be parsed.
    pub n_unreadable: usize,
    /// The record as the server sent it.
    pub document: Document,
}

/// A host, with the number of its process documents that refer to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCount {
    pub name: Untrusted,
    pub count: u64,
}

impl Prevalence {
    /// Returns the share of process documents that refer to the file, from 0 to 1; `None` if the total is unknown.
    pub fn share(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "no count comes near 2^53, where it would show")]
        let share = self.processes as f64 / self.total as f64;
        (self.total > 0).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_total_there_is_no_share() {
        let mut prevalence = Prevalence { processes: 3, ..Prevalence::default() };
        assert_eq!(prevalence.share(), None);
        prevalence.total = 12;
        assert_eq!(prevalence.share(), Some(0.25));
    }
}
