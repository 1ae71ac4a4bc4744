//! The command line: commands, arguments, options with their short forms, names of values and possible values.

use std::{collections::BTreeSet, fmt::Write};

use crate::nets::golden;
use crate::nets::program::Home;

/// The first of the options that hold for every command.
const EVERYWHERE: &str = "  --profile <NAME>\n";

#[test]
fn commands_options_and_values_are_those_of_the_golden() {
    let home = Home::empty();
    let mut text = String::new();
    walk(&home, &[], &mut text);
    golden::check("command_line.txt", &text);
}

/// Writes what a command takes, and then its own commands.
fn walk(home: &Home, path: &[&str], text: &mut String) {
    let help = home.prints(&[path, &["--help"]].concat());
    let name = [&["lampblack"], path].concat().join(" ");
    let usage = help.lines().find_map(|line| line.strip_prefix("Usage: "));
    writeln!(text, "{}", usage.unwrap_or(&name)).unwrap();
    let parts = Parts::of(&help);
    let mut options = String::new();
    for line in &parts.options {
        writeln!(options, "  {line}").unwrap();
    }
    // What holds for every command is written once.
    let everywhere = text.find(EVERYWHERE).map(|at| {
        let end = text[at..].find("\nlampblack").map_or(text.len(), |end| at + end + 1);
        text[at..end].to_owned()
    });
    if let Some(everywhere) = everywhere {
        assert!(options.contains(&everywhere), "{name} lacks some of\n{everywhere}");
        options = options.replace(&everywhere, "");
    }
    text.push_str(&options);
    for command in &parts.commands {
        walk(home, &[path, &[command]].concat(), text);
    }
}

/// What a help text names.
struct Parts {
    options: Vec<String>,
    commands: Vec<String>,
}

impl Parts {
    /// Reads the names, and leaves the explanations.
    fn of(help: &str) -> Self {
        let (mut options, mut commands) = (Vec::new(), Vec::new());
        let mut section = "";
        // The introduction may begin a line with anything.
        let (_, help) = help.split_once("Usage: ").unwrap_or_default();
        let mut seen = BTreeSet::new();
        for line in help.lines() {
            let text = line.trim();
            if !line.starts_with(' ') && text.ends_with(':') {
                section = text;
                continue;
            }
            let indent = line.len() - line.trim_start().len();
            match section {
                "Commands:" if indent == 2 => {
                    let name = text.split_whitespace().next().unwrap_or_default();
                    if name != "help" {
                        commands.push(name.to_owned());
                    }
                }
                "" | "Commands:" => {}
                // An option or an argument stands at the left; what it may be stands under it.
                _ if indent <= 6 && (text.starts_with('-') || text.starts_with(['<', '['])) => {
                    let name = text.split("  ").next().unwrap_or_default();
                    if seen.insert(name.to_owned()) {
                        options.push(name.to_owned());
                    }
                    options.extend(possible(text));
                }
                _ => {
                    if let Some(value) = text.strip_prefix("- ") {
                        let value = value.split(':').next().unwrap_or_default();
                        options.push(format!("  = {value}"));
                    }
                    options.extend(possible(text));
                }
            }
        }
        Self { options, commands }
    }
}

/// The possible values and the default that a line of help names.
fn possible(text: &str) -> Vec<String> {
    ["[possible values: ", "[default: "]
        .into_iter()
        .filter_map(|label| {
            let value = text.split(label).nth(1)?.split(']').next()?;
            Some(format!("  {label}{value}]"))
        })
        .collect()
}
