//! How common a file is among the hosts.

use super::Document;
use crate::text::Untrusted;

/// Who ran or loaded a file, and how often (reference 2.2, frequency).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prevalence {
    /// How many hosts ran or loaded it.
    pub hosts: u64,
    /// The hosts by name, those with the most first; may be fewer than [`Prevalence::hosts`].
    pub hostnames: Vec<HostCount>,
    /// How many documents of processes refer to it.
    pub processes: u64,
    /// How many documents of processes there are; 0 when the server does not say.
    pub total: u64,
    /// Whether the number of hosts is exact; `None` when the server does not say.
    pub is_exact: Option<bool>,
    /// How many hosts of the list could not be read.
    pub n_unreadable: usize,
    /// The record as the server sent it.
    pub document: Document,
}

/// One host, and how many documents of its processes refer to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCount {
    /// The host's name.
    pub name: Untrusted,
    /// How many.
    pub count: u64,
}

impl Prevalence {
    /// The part of all process documents that refer to the file, from 0 to 1; `None` when there is nothing to compare
    /// with.
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
    fn nothing_to_compare_with_is_no_share() {
        let mut prevalence = Prevalence { processes: 3, ..Prevalence::default() };
        assert_eq!(prevalence.share(), None);
        prevalence.total = 12;
        assert_eq!(prevalence.share(), Some(0.25));
    }
}
