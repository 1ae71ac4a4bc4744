//! What enabling and disabling an ingress filter does (reference 2.16).

use serde_json::{Value, json};

use super::assessment::Assessment;
use crate::api::Error;
use crate::model::{Group, GroupId, IngressFilter, Page};
use crate::text::{self, Untrusted};

/// Returns the members of an ingress filter that are logged and compared.
pub(super) fn filter_members(filter: &IngressFilter) -> Value {
    json!({
        "id": filter.id.0.raw(),
        "name": filter.name.raw(),
        "enabled": filter.is_enabled,
        "hides": describe_hidden_events(filter),
        "applies_to": filter.scope(|_| None).raw(),
        "systems": filter.systems(),
        "children": filter.descendant_levels(),
        "filters_on": filter.place(),
    })
}

/// Returns the events that a filter hides, as raw text.
fn describe_hidden_events(filter: &IngressFilter) -> String {
    let (events, processes) = (filter.filtered_events(), filter.process_patterns());
    let preposition = if filter.processes.is_empty() { "of" } else { "of processes with" };
    format!("{} {preposition} {}", events.raw(), processes.raw())
}

/// Returns what enabling a filter does. `groups` are the sensor groups, or why they could not be read.
pub(super) fn assess_enabled_filter(filter: &IngressFilter, groups: &Result<Page<Group>, Error>) -> Assessment {
    let hidden = text::make_visible(&describe_hidden_events(filter).into());
    let before = if filter.is_enabled.is_some() { "disabled" } else { "unknown" };
    let mut effects = vec![
        format!("{}: {before} -> enabled", text::make_visible(filter.title())),
        format!("Not stored while it is enabled: {hidden}"),
    ];
    effects.extend(describe_reach(filter, groups));
    let mut notes = vec!["Searches, watchlists and alerts do not find events that are not stored".to_owned()];
    notes.extend(match filter.is_on_sensor {
        Some(true) => Some("Sensors do not send these events: nothing can restore them".to_owned()),
        None => Some("It is unknown whether sensors still send these events".to_owned()),
        Some(false) => None,
    });
    let mut warnings = Vec::new();
    if filter.processes.is_empty() || filter.processes.iter().any(|(_, pattern)| is_wide(pattern)) {
        warnings.push("It matches every process, or nearly every one".to_owned());
    }
    if filter.is_global.is_none() {
        warnings.push("It is unknown which hosts it applies to: it may be all".to_owned());
    }
    Assessment { effects, warnings, notes, ..Assessment::default() }
}

/// Returns whether a pattern has nothing but wildcards and a drive.
fn is_wide(pattern: &Untrusted) -> bool {
    let pattern = pattern.raw().trim();
    let after_drive = match pattern.as_bytes() {
        [drive, b':', ..] if drive.is_ascii_alphabetic() => pattern.get(2..),
        _ => Some(pattern),
    };
    after_drive.unwrap_or_default().chars().all(|char| "*?.+^$\\/()[]".contains(char))
}

/// Returns what disabling a filter does. `groups` are the sensor groups, or why they could not be read.
pub(super) fn assess_disabled_filter(filter: &IngressFilter, groups: &Result<Page<Group>, Error>) -> Assessment {
    let hidden = text::make_visible(&describe_hidden_events(filter).into());
    let before = if filter.is_enabled.is_some() { "enabled" } else { "unknown" };
    let mut effects = vec![
        format!("{}: {before} -> disabled", text::make_visible(filter.title())),
        format!("Stored again: {hidden}"),
    ];
    effects.extend(describe_reach(filter, groups));
    let mut notes = vec!["Events from while it was enabled remain missing".to_owned()];
    if let Some(rate) = filter.hit_rate.filter(|rate| *rate > 0.0) {
        notes.push(format!("Its hit rate over the last 15 minutes is {rate}"));
    }
    Assessment { effects, notes, ..Assessment::default() }
}

/// Describes the hosts that a filter applies to, with their number.
fn describe_reach(filter: &IngressFilter, groups: &Result<Page<Group>, Error>) -> [String; 2] {
    let name =
        |id: GroupId| groups.as_ref().ok()?.rows.iter().find(|group| group.id == id).map(|group| group.name.clone());
    let scope = text::make_visible(&filter.scope(name));
    let hosts = describe_number_of_hosts(filter, groups);
    [
        format!("Applies to: {scope} ({hosts})"),
        format!(
            "Systems: {}; child processes: {}; on: {}",
            filter.systems(),
            filter.descendant_levels(),
            filter.place()
        ),
    ]
}

/// Describes how many hosts a filter applies to: those in its sensor groups, and those that it names.
fn describe_number_of_hosts(filter: &IngressFilter, groups: &Result<Page<Group>, Error>) -> String {
    let unknown = || "number of hosts unknown".to_owned();
    let Some(is_global) = filter.is_global else { return unknown() };
    let n_named = u64::try_from(filter.sensors.len()).unwrap_or(u64::MAX);
    let named = (!is_global && n_named > 0).then(|| text::pluralize(n_named, "host by its ID", "hosts by their IDs"));
    let in_groups = match groups {
        _ if !is_global && filter.groups.is_empty() => None,
        Err(error) => return format!("{}: {error}", unknown()),
        Ok(groups) => {
            let members = |id: &GroupId| groups.rows.iter().find(|group| group.id == *id)?.hosts;
            let counts: Option<Vec<_>> = match is_global {
                true if groups.n_unreadable > 0 => None,
                true => groups.rows.iter().map(|group| group.hosts).collect(),
                false => filter.groups.iter().map(members).collect(),
            };
            let Some(counts) = counts else { return unknown() };
            Some(text::pluralize(counts.iter().sum::<u64>(), "host", "hosts"))
        }
    };
    match (in_groups, named) {
        (Some(all), _) if is_global => all,
        (Some(in_groups), None) => format!("{in_groups} in its sensor groups"),
        (Some(in_groups), Some(named)) => format!("{in_groups} in its sensor groups, {named}"),
        (None, Some(named)) => named,
        (None, None) => "0 hosts".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_wildcards_is_wide_and_one_with_a_name_is_not() {
        for wide in ["", "*", r"c:\*", "/*", ".*", r"^.*$", r"*\*.*", " D:\\** "] {
            assert!(is_wide(&wide.into()), "{wide}");
        }
        for narrow in [r"c:\backup\*", "*.exe", "/usr/*", r"*\invscan.exe", "a", "c:x"] {
            assert!(!is_wide(&narrow.into()), "{narrow}");
        }
    }
}
