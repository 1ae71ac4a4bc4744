//! `[keys.*]`: the names of scopes and actions, and the chords that they have without a configuration.

use std::{collections::BTreeSet, fmt::Write};

use crate::nets::golden;
use crate::nets::program::Home;

/// A scope, an action in it, and its chords.
type Row = (String, String, Vec<String>);

/// What `lampblack keys` says.
fn table(home: &Home) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut scope = String::new();
    for line in home.prints(&["keys"]).lines() {
        if let Some((_, rest)) = line.split_once(" [keys.") {
            rest.trim_end_matches(']').clone_into(&mut scope);
        } else if line.starts_with("  ") {
            let mut columns = line.split("  ").map(str::trim).filter(|part| !part.is_empty());
            let mut column = || columns.next().unwrap().to_owned();
            let (chords, action) = (column(), column());
            let chords = chords.split(", ").map(str::to_owned).collect();
            rows.push((scope.clone(), action, chords));
        }
    }
    assert!(rows.len() > 200, "{rows:?}");
    rows
}

/// Every scope, as a mistake in a configuration lists them.
fn scopes(home: &Home) -> Vec<String> {
    home.configure("[keys.nowhere]\nhelp = []\n");
    let ran = home.run(&["keys"]);
    assert_eq!(ran.exit, 1, "{ran:#?}");
    let names = ran.notes.lines().find_map(|line| {
        let (_, names) = line.split_once("use one of ")?;
        Some(names.split(", ").map(str::to_owned).collect())
    });
    names.unwrap_or_else(|| panic!("{ran:#?}"))
}

/// The chords of a row, as TOML.
fn list(chords: &[String]) -> String {
    let chords = chords.iter().map(|chord| format!("{chord:?}"));
    format!("[{}]", chords.collect::<Vec<_>>().join(", "))
}

/// A `[keys]` table of these rows.
fn configuration(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut last = "";
    for (scope, action, chords) in rows {
        if scope != last {
            writeln!(text, "[keys.{scope}]").unwrap();
            last = scope;
        }
        writeln!(text, "{action} = {}", list(chords)).unwrap();
    }
    text
}

#[test]
fn every_default_chord_is_that_of_the_golden() {
    let home = Home::empty();
    golden::check("keys.toml", &configuration(&table(&home)));
    golden::check("scopes.txt", &(scopes(&home).join("\n") + "\n"));
}

#[test]
fn a_configuration_of_today_that_names_every_action_is_accepted_and_changes_nothing() {
    let home = Home::empty();
    let before = home.prints(&["keys", "--markdown"]);
    let text = std::fs::read_to_string(golden::folder().join("keys.toml")).unwrap();
    home.configure(&text);
    assert_eq!(home.prints(&["keys", "--markdown"]), before);
}

#[test]
fn every_action_can_be_unbound_in_every_scope_of_today() {
    let home = Home::empty();
    let names: BTreeSet<_> = table(&home).into_iter().map(|(_, action, _)| action).collect();
    let scopes = std::fs::read_to_string(golden::folder().join("scopes.txt")).unwrap();
    let mut text = String::new();
    for scope in scopes.lines() {
        writeln!(text, "[keys.{scope}]").unwrap();
        for action in &names {
            writeln!(text, "{action} = []").unwrap();
        }
    }
    home.configure(&text);
    let said = home.prints(&["keys"]);
    let unbound = said.lines().find_map(|line| line.strip_prefix("Not bound: "));
    let unbound: BTreeSet<_> = unbound.unwrap().split(", ").map(str::to_owned).collect();
    assert_eq!(unbound, names);
}

#[test]
fn a_chord_of_the_user_s_own_takes_the_place_of_those_of_today() {
    let home = Home::empty();
    home.configure("[keys.acts]\n[keys.global]\nquit = [\"ctrl-q\", \"g Q\"]\nrelease = [\"f12\"]\n");
    let rows = table(&home);
    let of = |action: &str| {
        let mut found = rows.iter().filter(|row| row.0 == "global" && row.1 == action);
        found.next().unwrap().2.join(" ")
    };
    assert_eq!((of("quit"), of("release")), ("ctrl-q g Q".into(), "f12".into()));
}

#[test]
fn the_table_as_markdown_has_a_row_for_each_scope_and_action() {
    let home = Home::empty();
    let markdown = home.prints(&["keys", "--markdown"]);
    let names = markdown.lines().skip(2).map(|line| {
        let parts: Vec<_> = line.split(" | ").collect();
        parts[parts.len() - 2].trim_matches('`').to_owned()
    });
    let expected = table(&home).into_iter().map(|(_, action, _)| action);
    assert_eq!(names.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}
