//! Key bindings: one table for dispatch, hints, help and documentation.

mod action;
mod binding;
mod chord;
mod defaults;
mod docs;
mod overrides;
mod scope;

use std::collections::BTreeMap;

pub use action::Action;
pub use binding::Binding;
pub use chord::{Chord, key_of};
pub use docs::{to_markdown, to_text};
pub use scope::Scope;

/// The effective bindings: the defaults, changed by the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap(Vec<KeyRow>);

/// A row of the key table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRow {
    pub scope: Scope,
    pub binding: Binding,
    pub action: Action,
}

/// The result of looking up the chords typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// They are bound to this action.
    Action(Action),
    /// They are a prefix of bindings; each of these chords completes one.
    Prefix(Vec<(Chord, Action)>),
    None,
}

/// The user's bindings: scope, action, keys.
pub type Overrides = BTreeMap<String, BTreeMap<String, Vec<String>>>;

impl Default for Keymap {
    fn default() -> Self {
        let mut entries = Vec::new();
        for (scope, actions) in defaults::DEFAULTS {
            for (action, keys) in *actions {
                entries.extend(keys.iter().map(|key| KeyRow {
                    scope: *scope,
                    binding: key.parse().expect("a test parses every default"),
                    action: *action,
                }));
            }
        }
        Self(entries)
    }
}

impl Keymap {
    /// Returns the defaults changed by the user's bindings. A named action gets exactly the given keys; an empty list
    /// unbinds it. Fails with a message for every invalid entry.
    pub fn with_overrides(overrides: &Overrides) -> Result<Self, Vec<String>> {
        overrides::apply(Self::default(), overrides)
    }

    /// Looks up `typed` in `scopes`, the first of which takes precedence. Where text is typed, a character is never a
    /// key.
    pub fn lookup(&self, scopes: &[Scope], typed: &[Chord]) -> Lookup {
        let takes_text = scopes.first().is_some_and(|scope| scope.takes_text());
        let is_text = typed.first().is_none_or(|chord| takes_text && chord.is_text());
        if is_text {
            return Lookup::None;
        }
        let mut following: Vec<(Chord, Action)> = Vec::new();
        for scope in scopes {
            for entry in self.0.iter().filter(|entry| entry.scope == *scope) {
                match entry.binding.chords().strip_prefix(typed) {
                    // No longer binding has this prefix, since conflicts are rejected.
                    Some([]) => return Lookup::Action(entry.action),
                    Some([next, ..]) if following.iter().all(|(chord, _)| chord != next) => {
                        following.push((*next, entry.action));
                    }
                    _ => {}
                }
            }
        }
        if following.is_empty() { Lookup::None } else { Lookup::Prefix(following) }
    }

    /// Returns the bindings of `action` in one scope, in table order.
    pub fn chords(&self, scope: Scope, action: Action) -> impl Iterator<Item = &Binding> {
        self.0.iter().filter(move |entry| entry.scope == scope && entry.action == action).map(|entry| &entry.binding)
    }

    /// Returns the shortest label of a key that triggers `action` in `scopes`; `None` if there is none.
    pub fn hint(&self, scopes: &[Scope], action: Action) -> Option<String> {
        let bindings = scopes
            .iter()
            .flat_map(|scope| self.chords(*scope, action))
            .filter(|binding| self.lookup(scopes, binding.chords()) == Lookup::Action(action));
        bindings.map(Binding::short_label).min_by_key(|text| text.chars().count())
    }

    /// Returns every row, in table order.
    pub fn entries(&self) -> impl Iterator<Item = &KeyRow> {
        self.0.iter()
    }

    /// Describes that `typed` is not bound in `scopes`, and names the nearest key that is.
    pub fn describe_nearest(&self, scopes: &[Scope], typed: &[Chord]) -> String {
        let shown = typed.iter().map(|chord| chord.short_label()).collect::<Vec<_>>().join(" ");
        if let [first] = typed
            && let Some(other) = first.other_case()
            && let Lookup::Action(action) = self.lookup(scopes, &[other])
        {
            return format!("\"{shown}\" does nothing in this pane; {} is {}", other.short_label(), action.label());
        }
        let other_scope = self.0.iter().find(|entry| entry.binding.chords() == typed);
        if let Some(entry) = other_scope {
            return format!(
                "\"{shown}\" does nothing in this pane (it is {} in {})",
                entry.action.label(),
                entry.scope.title()
            );
        }
        // Without the last chord, the prefix shows which keys may follow.
        if let [prefix @ .., _] = typed
            && let Lookup::Prefix(following) = self.lookup(scopes, prefix)
        {
            let keys: Vec<_> = following.iter().map(|(chord, _)| chord.short_label()).collect();
            return format!("\"{shown}\" does nothing in this pane; keys that can follow: {}", keys.join(" "));
        }
        match self.hint(scopes, Action::Help) {
            Some(key) => format!("\"{shown}\" does nothing in this pane; {key} lists the keys"),
            None => format!("\"{shown}\" does nothing in this pane"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Actions without a key, each with the reason.
    const ACTIONS_WITHOUT_KEY: &[Action] = &[];

    fn typed(keys: &str) -> Vec<Chord> {
        keys.split(' ').map(|key| key.parse().unwrap()).collect()
    }

    #[track_caller]
    fn check(scope: Scope, keys: &str, expected: Action) {
        let lookup = Keymap::default().lookup(scope.lookup_chain(), &typed(keys));
        assert_eq!(lookup, Lookup::Action(expected));
    }

    #[test]
    fn every_action_is_documented_named_and_bound() {
        let keymap = Keymap::default();
        for action in Action::all() {
            assert!(!action.help().is_empty(), "{action:?} has no doc comment");
            assert!(!action.help().ends_with('.'), "{action:?}: help is a table cell");
            assert_eq!(action.name().parse(), Ok(action));
            let is_bound = keymap.entries().any(|entry| entry.action == action);
            assert_ne!(is_bound, ACTIONS_WITHOUT_KEY.contains(&action), "{action:?}");
        }
        for scope in Scope::all() {
            assert_eq!(scope.name().parse(), Ok(scope));
            assert_eq!(scope.lookup_chain().first(), Some(&scope));
            assert_eq!(scope.lookup_chain().last(), Some(&Scope::Global));
        }
    }

    #[test]
    fn a_letter_is_no_hint_where_text_is_typed() {
        let keymap = Keymap::default();
        assert_eq!(keymap.hint(Scope::Query.lookup_chain(), Action::Help).as_deref(), Some("f1"));
        assert_eq!(keymap.hint(Scope::Results.lookup_chain(), Action::Help).as_deref(), Some("?"));
    }

    #[test]
    fn every_default_is_written_as_it_is_shown() {
        for (scope, actions) in defaults::DEFAULTS {
            for (action, keys) in *actions {
                for key in *keys {
                    let binding: Binding = key.parse().unwrap();
                    assert_eq!(binding.to_string(), *key, "{scope} {action}");
                    assert!(!scope.takes_text() || !binding.chords()[0].is_text(), "{key}");
                }
            }
        }
    }

    #[test]
    fn no_default_hides_another() {
        assert_eq!(overrides::find_conflicts(&Keymap::default(), |_| true), Vec::<String>::new());
        assert_eq!(Keymap::with_overrides(&Overrides::new()), Ok(Keymap::default()));
    }

    #[test]
    fn the_focused_scope_takes_precedence() {
        check(Scope::Query, "tab", Action::Complete);
        check(Scope::Results, "tab", Action::NextPane);
        check(Scope::Results, "enter", Action::Open);
        check(Scope::Query, "enter", Action::Submit);
        check(Scope::Results, "g g", Action::Top);
        check(Scope::Results, "g p", Action::GoParent);
    }

    #[test]
    fn a_prefix_knows_what_may_follow() {
        let keymap = Keymap::default();
        let Lookup::Prefix(following) = keymap.lookup(Scope::Results.lookup_chain(), &typed("g")) else {
            panic!("g is no prefix");
        };
        let shown: Vec<_> = following.iter().map(|(chord, action)| format!("{chord} {action}")).collect();
        assert_eq!(
            shown,
            [
                "s split-segments",
                "p go-parent",
                "r go-root",
                "a alerts-of-host",
                "b go-binary",
                "h go-host",
                "w go-watchlist",
                "f go-report",
                "g top",
                "t period",
                "q explain",
                "i view-isolated",
                "e view-partitions",
                "x view-ingress-filters"
            ]
        );
        assert_eq!(keymap.lookup(Scope::Results.lookup_chain(), &typed("g v")), Lookup::None);
        assert_eq!(keymap.lookup(Scope::Results.lookup_chain(), &[]), Lookup::None);
    }

    #[test]
    fn a_hint_is_the_shortest_key_that_is_not_hidden() {
        let keymap = Keymap::default();
        let hint = |scope: Scope, action| keymap.hint(scope.lookup_chain(), action);
        assert_eq!(hint(Scope::Results, Action::Down).as_deref(), Some("j"));
        assert_eq!(hint(Scope::Results, Action::Top).as_deref(), Some("gg"));
        assert_eq!(hint(Scope::Query, Action::History).as_deref(), Some("^r"));
        assert_eq!(hint(Scope::Query, Action::NextPane), None);
        assert_eq!(hint(Scope::Sensor, Action::Sort), None);
    }

    #[test]
    fn an_unbound_key_names_the_nearest_bound_one() {
        let keymap = Keymap::default();
        let nearest = |keys| keymap.describe_nearest(Scope::Sensor.lookup_chain(), &typed(keys));
        assert_eq!(nearest("J"), "\"J\" does nothing in this pane; j is down");
        assert_eq!(nearest("s"), "\"s\" does nothing in this pane (it is sort in Rows)");
        assert_eq!(nearest("y x"), "\"y x\" does nothing in this pane; keys that can follow: y h c g n j d");
        assert_eq!(nearest("f9"), "\"f9\" does nothing in this pane; ? lists the keys");
    }
}
