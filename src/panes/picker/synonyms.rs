//! Words of the trade for actions that have another name here.

use crate::keys::Action;

/// Actions with the words by which they are known elsewhere.
const SYNONYMS: &[(Action, &[&str])] = &[
    (Action::Isolate, &["contain", "quarantine"]),
    (Action::Release, &["uncontain", "unquarantine"]),
    (Action::Ban, &["block", "blacklist"]),
    (Action::Lift, &["unblock", "allow"]),
    (Action::AddBans, &["block hashes"]),
    (Action::IgnoreAlerts, &["mute", "dismiss", "suppress"]),
    (Action::IgnoreReport, &["mute report", "suppress report"]),
    (Action::RestoreReport, &["unmute report"]),
    (Action::Resolve, &["dismiss", "close alert"]),
    (Action::FalsePositive, &["dismiss", "benign"]),
    (Action::Take, &["assign to me", "own", "acknowledge"]),
    (Action::ShowCommandLine, &["decode", "base64", "deobfuscate"]),
    (Action::ViewHunt, &["sweep", "search processes"]),
    (Action::SameHash, &["sweep hash"]),
    (Action::SameAddress, &["sweep address"]),
    (Action::SameDomain, &["sweep domain"]),
    (Action::ViewProcess, &["timeline", "process tree"]),
    (Action::Around, &["timeline of the host"]),
    (Action::ViewActivity, &["audit log", "request log"]),
    (Action::ViewSensors, &["hosts", "endpoints"]),
    (Action::ViewFacets, &["histogram", "statistics"]),
    (Action::SaveWatchlist, &["detection rule", "save search"]),
    (Action::Period, &["time range", "date"]),
    (Action::TimeZone, &["clock", "utc"]),
    (Action::Download, &["get file", "sample"]),
    (Action::YankRow, &["clipboard"]),
];

/// Words that name no action, with where to find what they mean.
const ELSEWHERE: &[(&str, &str)] = &[
    ("theme", "The theme is set in the configuration: theme = NAME"),
    ("colors", "Colors come from the theme in the configuration: theme = NAME"),
    ("config", "lampblack config shows the configuration and where it is"),
];

/// Returns the words by which `action` is known elsewhere.
pub(in crate::panes) fn synonyms(action: Action) -> impl Iterator<Item = &'static str> {
    let entries = SYNONYMS.iter().filter(move |(other, _)| *other == action);
    entries.flat_map(|(_, words)| words.iter().copied())
}

/// Returns where to find what `typed` means, if it is no action of the console.
pub(super) fn elsewhere(typed: &str) -> Option<&'static str> {
    let typed = typed.trim().to_lowercase();
    let mut entries = ELSEWHERE.iter().filter(|(word, _)| typed.chars().count() > 2 && word.starts_with(&typed));
    entries.next().map(|(_, text)| *text)
}
