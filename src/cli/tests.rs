//! The command line holds together.

use std::collections::BTreeSet;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn a_query_may_begin_with_a_minus() {
    let query = |arguments: &[&str]| {
        let words = [&["lampblack", "search"], arguments].concat();
        let cli = Cli::read_args(&words.iter().map(OsString::from).collect::<Vec<_>>());
        match cli.map_err(|error| error.to_string())?.command {
            Some(Command::Search(search)) => Ok((search.query, search.count)),
            other => Err(format!("{other:?}")),
        }
    };
    for text in ["-username:SYSTEM", "-hostname:a", "-v:a", "-", ""] {
        assert_eq!(query(&[text, "--count"]), Ok((text.to_owned(), true)));
        assert_eq!(query(&["--count", text]), Ok((text.to_owned(), true)));
    }
    let error = query(&["--cuont", "a"]).unwrap_err();
    assert!(error.contains("a similar argument exists: '--count'"), "{error}");
}

#[test]
fn the_token_is_never_an_option() {
    fn names(command: &clap::Command, found: &mut Vec<String>) {
        found.extend(
            command
                .get_arguments()
                .filter(|_| command.get_name() != "simulate")
                .filter_map(|argument| argument.get_long().map(str::to_owned)),
        );
        command.get_subcommands().for_each(|command| names(command, found));
    }
    let mut found = Vec::new();
    names(&Cli::command(), &mut found);
    assert!(found.iter().any(|name| name == "profile"));
    assert!(!found.iter().any(|name| name.contains("token")));
}

#[test]
fn no_argument_is_taken_for_an_option_that_holds_everywhere() {
    fn check(command: &clap::Command, global: &BTreeSet<&str>) {
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            let name = command.get_name();
            assert!(!global.contains(id), "{name} has a {id} of its own");
        }
        command.get_subcommands().for_each(|part| check(part, global));
    }
    let command = Cli::command();
    let global = command.get_arguments().filter(|one| one.is_global_set());
    let global: BTreeSet<_> = global.map(|one| one.get_id().as_str()).collect();
    assert!(global.contains("url") && global.contains("user"));
    command.get_subcommands().for_each(|part| check(part, &global));
}
