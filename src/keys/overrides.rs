//! Applies the user's bindings to the defaults, reporting every mistake at once.

use super::{Action, Binding, KeyRow, Keymap, Overrides, Scope};

/// Replaces the bindings of every action named in `overrides`.
pub(super) fn apply(mut keymap: Keymap, overrides: &Overrides) -> Result<Keymap, Vec<String>> {
    let mut faults = Vec::new();
    for (scope_name, actions) in overrides {
        let Ok(scope) = scope_name.parse::<Scope>() else {
            let names: Vec<_> = Scope::all().map(Scope::name).collect();
            faults.push(format!("keys.{scope_name}: unknown place; use one of {}", names.join(", ")));
            continue;
        };
        for (action_name, keys) in actions {
            match action_name.parse::<Action>() {
                Ok(action) => faults.extend(replace(&mut keymap, scope, action, keys)),
                Err(_) => {
                    faults.push(format!("keys.{scope_name}.{action_name}: unknown action; {}", suggest(action_name)));
                }
            }
        }
    }
    faults.extend(find_conflicts(&keymap, |entry| {
        let actions = overrides.get(entry.scope.name());
        actions.is_some_and(|actions| actions.contains_key(entry.action.name()))
    }));
    if faults.is_empty() { Ok(keymap) } else { Err(faults) }
}

/// Binds exactly these keys to `action`; returns what is wrong with them.
fn replace(keymap: &mut Keymap, scope: Scope, action: Action, keys: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut entries = Vec::new();
    for key in keys {
        match key.parse::<Binding>() {
            Ok(binding) if scope.takes_text() && binding.chords()[0].is_text() => faults.push(format!(
                "keys.{scope}.{action}: {key:?} is a character that is typed there; use a key such as ctrl-x or f5"
            )),
            Ok(binding) => entries.push(KeyRow { scope, binding, action }),
            Err(reason) => faults.push(format!("keys.{scope}.{action}: {reason}")),
        }
    }
    // New bindings take the position of the old ones, or the end of their scope, so that the documentation keeps its
    // order.
    let is_replaced = |entry: &KeyRow| entry.scope == scope && entry.action == action;
    let position = keymap
        .0
        .iter()
        .position(is_replaced)
        .or_else(|| keymap.0.iter().rposition(|entry| entry.scope == scope).map(|last| last + 1))
        .unwrap_or(keymap.0.len());
    keymap.0.retain(|entry| !is_replaced(entry));
    keymap.0.splice(position..position, entries);
    faults
}

/// Returns the conflicting bindings: duplicates within a scope, or one that is a prefix of another where both are
/// looked up. Each conflict is reported once, at a binding that `is_suspect`: the user's rather than a default.
pub(super) fn find_conflicts(keymap: &Keymap, is_suspect: impl Fn(&KeyRow) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    let entries = &keymap.0;
    for (index, entry) in entries.iter().enumerate() {
        let others = entries.iter().enumerate().filter(|(other_index, other)| {
            // Of two suspects, the later one is reported.
            let is_reported_here = *other_index < index || !is_suspect(other);
            *other_index != index && is_reported_here && is_conflict(entry, other)
        });
        let conflicts: Vec<_> = others
            .map(|(_, other)| format!("{:?} is {} in {}", other.binding.to_string(), other.action, other.scope))
            .collect();
        if is_suspect(entry) && !conflicts.is_empty() {
            faults.push(format!(
                "keys.{}.{}: {:?} is already used: {}; use a free key, or give that action other keys, or []",
                entry.scope,
                entry.action,
                entry.binding.to_string(),
                conflicts.join(", "),
            ));
        }
    }
    faults
}

fn is_conflict(entry: &KeyRow, other: &KeyRow) -> bool {
    if entry.binding == other.binding {
        // Equal keys in two scopes do not conflict: the focused scope takes precedence.
        return entry.scope == other.scope;
    }
    let contains_both = |chain: &[Scope]| chain.contains(&entry.scope) && chain.contains(&other.scope);
    entry.binding.conflicts_with(&other.binding) && Scope::all().any(|focused| contains_both(focused.lookup_chain()))
}

/// Suggests the known name nearest to `name`, and where all names are listed.
fn suggest(name: &str) -> String {
    let distances = Action::all().map(|action| (strsim::levenshtein(name, action.name()), action));
    let nearest = distances.min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, action)) if distance <= 3 => {
            format!("did you mean {action}? `lampblack keys` lists all actions")
        }
        _ => "`lampblack keys` lists all actions".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::keys::{Chord, Lookup};

    fn overrides(rows: &[(&str, &str, &[&str])]) -> Overrides {
        let mut all = Overrides::new();
        for (scope, action, keys) in rows {
            let actions: &mut BTreeMap<_, _> = all.entry((*scope).to_owned()).or_default();
            let keys = keys.iter().map(|&key| key.to_owned()).collect();
            actions.insert((*action).to_owned(), keys);
        }
        all
    }

    #[track_caller]
    fn check_meaning(keymap: &Keymap, keys: &str, expected: &Lookup) {
        let typed: Vec<Chord> = keys.split(' ').map(|key| key.parse().unwrap()).collect();
        assert_eq!(&keymap.lookup(Scope::Results.lookup_chain(), &typed), expected);
    }

    #[test]
    fn an_action_gets_exactly_the_keys_given() {
        let keymap =
            Keymap::with_overrides(&overrides(&[("rows", "sort", &["o", "ctrl-s"]), ("list", "down", &[])])).unwrap();
        check_meaning(&keymap, "o", &Lookup::Action(Action::Sort));
        check_meaning(&keymap, "ctrl-s", &Lookup::Action(Action::Sort));
        check_meaning(&keymap, "s", &Lookup::None);
        check_meaning(&keymap, "j", &Lookup::None);
        assert_eq!(keymap.hint(Scope::Results.lookup_chain(), Action::Down), None);
    }

    #[test]
    fn the_focused_scope_hides_the_others() {
        let keymap = Keymap::with_overrides(&overrides(&[("results", "refresh", &["j"])])).unwrap();
        check_meaning(&keymap, "j", &Lookup::Action(Action::Refresh));
        let lineage = keymap.lookup(Scope::Lineage.lookup_chain(), &["j".parse().unwrap()]);
        assert_eq!(lineage, Lookup::Action(Action::Down));
    }

    #[test]
    fn new_keys_take_the_position_of_the_old_ones() {
        let order = |keymap: &Keymap| keymap.0.iter().map(|entry| entry.action).collect::<Vec<_>>();
        let keymap = Keymap::with_overrides(&overrides(&[("rows", "sort", &["o"])])).unwrap();
        assert_eq!(order(&keymap), order(&Keymap::default()));
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let faults = Keymap::with_overrides(&overrides(&[
            ("list", "down", &["hyper"]),
            ("list", "opne", &["l"]),
            ("rows", "refresh", &["s"]),
            ("rows", "sort", &["s", "y"]),
            ("nowhere", "sort", &["x"]),
            ("query", "submit", &["x"]),
        ]))
        .unwrap_err();
        // The list of scopes grows with every new view.
        let scopes: Vec<_> = Scope::all().map(Scope::name).collect();
        let faults = faults.join("\n").replace(&scopes.join(", "), "SCOPES");
        insta::assert_snapshot!(faults, @r#"
        keys.list.down: "hyper" is not a key; use a single character, f1 to f35, enter, esc, tab, backtab, space, minus, up, down, left, right, home, end, pageup, pagedown, delete, backspace, insert
        keys.list.opne: unknown action; did you mean open? `lampblack keys` lists all actions
        keys.nowhere: unknown place; use one of SCOPES
        keys.query.submit: "x" is a character that is typed there; use a key such as ctrl-x or f5
        keys.rows.sort: "y" is already used: "y y" is yank-row in copy, "y h" is yank-hash in copy, "y c" is yank-cmdline in copy, "y g" is yank-guid in copy, "y n" is yank-host in copy, "y j" is yank-json in copy, "y d" is yank-raw in copy, "y r" is yank-curl in calls; use a free key, or give that action other keys, or []
        keys.rows.refresh: "s" is already used: "s" is sort in rows; use a free key, or give that action other keys, or []
        "#);
    }
}
