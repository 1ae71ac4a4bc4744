//! Domain names, label by label (API reference, section 3.7).

use super::fold::{Needle, Stars, fold_char};

/// What a domain name must have.
#[derive(Clone, Debug)]
pub(super) enum DomainProbe {
    /// The whole name.
    Whole(Needle),
    /// A label, anywhere; with wildcards, the whole name will do as well.
    Label(Needle),
    /// Labels in a row: at the beginning, at the end, or at neither.
    Sequence { row: Vec<Needle>, is_first: bool, is_last: bool },
}

impl DomainProbe {
    pub(super) fn new(text: &str, stars: Stars) -> Self {
        let name = text.trim_matches('.');
        let (before, after) = (text.starts_with('.'), text.ends_with('.'));
        if before || after {
            let row = name.split('.').map(|label| Needle::new(label, stars, fold_char)).collect();
            return Self::Sequence { row, is_first: !before, is_last: !after };
        }
        let needle = Needle::new(name, stars, fold_char);
        if name.contains('.') { Self::Whole(needle) } else { Self::Label(needle) }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let name = text.strip_suffix('.').unwrap_or(text);
        match self {
            Self::Whole(needle) => needle.matches(name),
            Self::Label(needle) => {
                name.split('.').any(|label| needle.matches(label))
                    || (matches!(needle, Needle::Pattern(_)) && needle.matches(name))
            }
            Self::Sequence { row, is_first, is_last } => {
                let mut labels = name.split('.');
                let mut at_first = true;
                loop {
                    let mut from = labels.clone();
                    let fits = row.iter().all(|needle| from.next().is_some_and(|label| needle.matches(label)));
                    let at_last = from.next().is_none();
                    if fits && at_first == *is_first && at_last == *is_last {
                        return true;
                    }
                    at_first = false;
                    if labels.next().is_none() {
                        return false;
                    }
                }
            }
        }
    }
}
