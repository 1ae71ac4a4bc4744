//! The letters and signs that stand for states: in the frame of the pane that has them, and in help.

use crate::keys::Scope;

/// A sign, what it means in a word or two, and in a sentence.
type Sign = (&'static str, &'static str, &'static str);

/// The signs of the list of processes, before each row.
const PROCESS_SIGNS: &[Sign] = &[
    ("S", "signed", "The file is signed and the signature is valid"),
    ("U", "unsigned", "The file is not signed"),
    ("B", "bad signature", "The file has an invalid signature"),
    ("!", "hit", "A feed or a watchlist matched the process"),
    ("?", "unknown", "Unknown: missing or unreadable"),
];

/// The signs of the list of alerts.
const ALERT_SIGNS: &[Sign] = &[
    ("M", "mine", "The alert is in progress and assigned to you"),
    ("P", "in progress", "The alert is in progress, assigned to another user"),
    ("R", "resolved", "The alert is resolved"),
    ("F", "false positive", "The alert is a false positive"),
];

/// The signs of the tree.
const TREE_SIGNS: &[Sign] = &[("!", "hit", "A feed or a watchlist matched the process")];

/// The signs that a pane uses, by where its keys are looked up.
pub(super) fn signs(scope: Scope) -> &'static [Sign] {
    match scope {
        Scope::Results => PROCESS_SIGNS,
        Scope::Alerts => ALERT_SIGNS,
        Scope::Tree | Scope::Lineage => TREE_SIGNS,
        _ => &[],
    }
}

/// The signs of a pane in one line.
pub(super) fn legend_line(scope: Scope) -> String {
    let signs = signs(scope).iter();
    let signs: Vec<_> = signs.map(|(sign, short, _)| format!("{sign} {short}")).collect();
    signs.join("  ")
}
