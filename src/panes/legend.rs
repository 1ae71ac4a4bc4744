//! Legends of status letters, shown in the frame of a pane and in help.

use crate::keys::Scope;

/// A sign, its short meaning, and its meaning as a sentence.
type Sign = (&'static str, &'static str, &'static str);

/// Signs in the list of processes.
const PROCESS_SIGNS: &[Sign] = &[
    ("S", "signed", "The file is signed and the signature is valid"),
    ("U", "unsigned", "The file is not signed"),
    ("B", "bad signature", "The file has an invalid signature"),
    ("!", "hit", "A feed or a watchlist matched the process"),
    ("?", "unknown", "Unknown: missing or unreadable"),
];

/// Signs in the list of alerts.
const ALERT_SIGNS: &[Sign] = &[
    ("M", "mine", "The alert is in progress and assigned to you"),
    ("P", "in progress", "The alert is in progress, assigned to another user"),
    ("R", "resolved", "The alert is resolved"),
    ("F", "false positive", "The alert is a false positive"),
];

/// Signs in the tree.
const TREE_SIGNS: &[Sign] = &[("!", "hit", "A feed or a watchlist matched the process")];

/// Returns the signs that the pane with this key scope uses.
pub(super) fn signs(scope: Scope) -> &'static [Sign] {
    match scope {
        Scope::Results => PROCESS_SIGNS,
        Scope::Alerts => ALERT_SIGNS,
        Scope::Tree | Scope::Lineage => TREE_SIGNS,
        _ => &[],
    }
}

/// Returns the signs of a pane with their meanings in one line.
pub(super) fn legend_line(scope: Scope) -> String {
    let signs = signs(scope).iter();
    let signs: Vec<_> = signs.map(|(sign, short, _)| format!("{sign} {short}")).collect();
    signs.join("  ")
}
