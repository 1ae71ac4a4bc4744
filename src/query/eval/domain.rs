//! Matching of domain names by their labels (API reference, section 3.7).

use super::fold::{Needle, Stars, fold_char};

/// The condition on a domain name.
#[derive(Clone, Debug)]
pub(super) enum DomainMatcher {
    FullName(Needle),
    /// Any label; with wildcards also the full name.
    Label(Needle),
    /// Consecutive labels: at the beginning, at the end, or with other labels on both sides.
    Sequence {
        labels: Vec<Needle>,
        is_first: bool,
        is_last: bool,
    },
}

impl DomainMatcher {
    pub(super) fn new(text: &str, stars: Stars) -> Self {
        let name = text.trim_matches('.');
        let (before, after) = (text.starts_with('.'), text.ends_with('.'));
        if before || after {
            let labels = name.split('.').map(|label| Needle::new(label, stars, fold_char)).collect();
            return Self::Sequence { labels, is_first: !before, is_last: !after };
        }
        let needle = Needle::new(name, stars, fold_char);
        if name.contains('.') { Self::FullName(needle) } else { Self::Label(needle) }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let name = text.strip_suffix('.').unwrap_or(text);
        match self {
            Self::FullName(needle) => needle.matches(name),
            Self::Label(needle) => {
                name.split('.').any(|label| needle.matches(label))
                    || (matches!(needle, Needle::Pattern(_)) && needle.matches(name))
            }
            Self::Sequence { labels, is_first, is_last } => {
                let mut remaining = name.split('.');
                let mut at_first = true;
                loop {
                    let mut following = remaining.clone();
                    let fits = labels.iter().all(|needle| following.next().is_some_and(|label| needle.matches(label)));
                    let at_last = following.next().is_none();
                    if fits && at_first == *is_first && at_last == *is_last {
                        return true;
                    }
                    at_first = false;
                    if remaining.next().is_none() {
                        return false;
                    }
                }
            }
        }
    }
}
