//! README and manual tell the truth: their screen, their stories, what their commands print.
//!
//! `DOCS_UPDATE=1 cargo test --test it readme::` writes what the program shows into the pages: the screen as text and as an SVG,
//! and the output below each command. The stories are written by hand, and these tests only walk through them.

mod pages;
mod shell;
use crate::support;
mod svg;

use std::{fs, path::Path};

use clap::CommandFactory;
use lampblack::cli::Cli;
use lampblack::keys::{Chord, Keymap};
use shell::Shell;
use support::console::{Console, small};

/// How the table of a story begins. Its first column has the keys of each step, or what is typed; what its second column quotes
/// is on the screen afterwards.
const STORY: &str = "| Keys | What you see |\n|---|---|\n";

/// The picture of the README.
const PICTURE: &str = "assets/docs/screen.svg";

/// The keys that lead to the picture: from the alerts to the process of the first one.
const KEYS: &str = "esc 3 enter";

/// House words, which no page says outside code.
const HOUSE_WORDS: &str = "anybody, are none, asked, call it, called back, deed, given up, gives up, goes, is none, let it, lies on top, \
    mend, nobody, set off, sets off, sheet, somebody, take back, taken back, takes back, takes in, told, whatever, whoever";

#[tokio::test]
async fn the_screen_in_the_readme_is_the_one_the_program_draws() {
    let mut console = Console::with(small(), 120, 34, |_| {}).await;
    console.press(KEYS).await;
    let screen = format!("```text\n{}```\n", console.text());
    pages::keep("README.md", |readme| {
        let shown = pages::between(readme, "<!-- screen -->\n", "<!-- /screen -->");
        readme.replace(shown, &screen)
    });
    let picture = svg::draw(console.buffer(), "lampblack: a process, who started it, and what it did");
    pages::keep(PICTURE, |_| picture);
}

#[tokio::test]
async fn the_stories_of_the_manual_happen_as_written() {
    let mut n_steps = 0;
    for path in pages::ALL {
        let text = pages::read(path);
        for story in text.split(STORY).skip(1) {
            let mut console = Console::start().await;
            let steps = story.lines().take_while(|line| line.starts_with('|'));
            for step in steps {
                let (keys, shown) = step[1..].split_once('|').unwrap();
                for keys in quoted(keys) {
                    if keys.split(' ').all(|key| key.parse::<Chord>().is_ok()) {
                        console.press(keys).await;
                    } else {
                        console.write(keys).await;
                    }
                }
                console.shows(&quoted(shown));
                n_steps += 1;
            }
        }
    }
    assert!(n_steps > 20, "{n_steps} steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_print_what_the_pages_show() {
    let shell = Shell::start().await;
    for path in pages::ALL {
        let text = pages::read(path);
        let shown: Vec<_> = pages::blocks(&text, "console")
            .into_iter()
            .map(|block| {
                let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
                let parts = commands.map(|command| format!("$ {command}\n{}", shell.run(command)));
                parts.collect::<Vec<_>>().concat()
            })
            .collect();
        pages::keep(path, |page| pages::with_blocks(page, "console", &shown));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_without_output_in_the_pages_succeed() {
    let shell = Shell::start().await;
    let mut n_commands = 0;
    for path in pages::ALL {
        let text = pages::read(path);
        let commands = pages::blocks(&text, "sh").into_iter().flat_map(str::lines);
        for command in commands.filter(|command| command.contains("lampblack ")) {
            let (output, is_done) = shell.run_to_its_end(command);
            let has_failed = output.lines().any(|line| line.starts_with("error: "));
            assert!(is_done && !has_failed, "{path}: {command}\n{output}");
            n_commands += 1;
        }
    }
    assert!(n_commands > 10, "{n_commands} commands");
}

#[test]
fn the_configurations_in_the_pages_are_accepted() {
    for path in pages::ALL {
        for text in pages::blocks(&pages::read(path), "toml") {
            let config = lampblack::config::Config::parse(text, None);
            assert!(config.is_ok(), "{path}: {config:?}\n{text}");
        }
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    for path in pages::ALL {
        let text = pages::read(path);
        let folder = std::path::Path::new(path).parent().unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if target.starts_with("https://") {
                continue;
            }
            let (file, part) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { path.into() } else { folder.join(file) };
            assert!(file.exists(), "{path}: {target}");
            let is_there = part.is_empty()
                || pages::read(file.to_str().unwrap())
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| anchor(line) == part);
            assert!(is_there, "{path}: no heading for {target}");
        }
    }
}

#[test]
fn the_contributors_page_has_a_row_for_each_module_and_names_files_that_exist() {
    let page = pages::read("assets/docs/contributing.md");
    let map = pages::between(&page, "## Modules", "## Adding to it");
    let rows: Vec<_> = map.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let rows = rows.join(" ");
    for line in fs::read_to_string("src/lib.rs").unwrap().lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(rows.contains(&format!("`{module}`")), "{module} has no row");
        }
    }
    let examples = pages::between(&page, "## Adding to it", "## Tests");
    let names = examples.split('`').skip(1).step_by(2).filter(|name| name.contains('/'));
    let mut n_names = 0;
    for name in names.filter(|name| !name.contains("NAME")) {
        n_names += 1;
        let is_there =
            [format!("src/{name}.rs"), format!("src/{name}/mod.rs")].iter().any(|path| Path::new(path).exists());
        assert!(is_there, "there is no {name}");
    }
    assert!(n_names > 20);
    let (_, change) = examples.split_once("**A change of a known target: ").unwrap();
    let (change, _) = change.split_once("**A list").unwrap();
    let n_files = change.split('`').skip(1).step_by(2).filter(|name| name.contains('/')).count();
    assert_eq!(change.split(' ').next().unwrap(), n_files.to_string());
}

#[test]
fn no_page_has_house_words() {
    let mut found = Vec::new();
    for path in pages::ALL {
        let text = pages::read(path);
        // Code stands between fences or backticks, and is what the program says.
        let prose: Vec<_> = text.split("```").step_by(2).collect();
        for line in prose.iter().flat_map(|part| part.lines()) {
            let plain: String = line.split('`').step_by(2).collect();
            let plain = format!(" {} ", plain.to_lowercase().replace(|char: char| !char.is_alphanumeric(), " "));
            let words = HOUSE_WORDS.split(',').map(str::trim);
            let bad = words.filter(|word| plain.contains(&format!(" {word} ")));
            found.extend(bad.map(|word| format!("{path}: {word}: {line}")));
        }
    }
    // The help of the keys has its own count in `tests/nets`.
    found.retain(|line| !line.starts_with("assets/docs/keys.md"));
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_readme_can_be_read_in_one_go() {
    let n_lines = pages::read("README.md").lines().count();
    assert!(n_lines <= 300, "{n_lines} lines");
}

#[test]
fn every_key_in_a_table_is_bound() {
    let keymap = Keymap::default();
    let bound: Vec<_> = keymap.entries().map(|entry| entry.binding.to_string()).collect();
    let is_bound = |key: &str| {
        let begins = |binding: &String| binding == key || binding.starts_with(&format!("{key} "));
        bound.iter().any(begins) || bound.contains(&key.replace('-', "minus"))
    };
    let mut found = Vec::new();
    for path in pages::ALL {
        let text = pages::read(path);
        let mut column = None;
        for line in text.lines() {
            let cells: Vec<_> = line.split('|').collect();
            let is_story = line.contains("What you see");
            if !line.starts_with('|') {
                column = None;
            } else if column.is_none() {
                let heading = cells.iter().position(|cell| matches!(cell.trim(), "Key" | "Keys"));
                column = Some(heading.filter(|_| !is_story));
            } else if let Some(Some(column)) = column {
                let keys = quoted(cells[column]).into_iter();
                found.extend(keys.filter(|key| !is_bound(key)).map(|key| format!("{path}: {key}: {line}")));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_message_in_a_table_is_one_of_the_program() {
    let program: String = pages::sources("src").join("\n");
    let program = program.split("\\\n").map(str::trim_start).collect::<String>();
    let mut n_messages = 0;
    for path in pages::ALL {
        let text = pages::read(path);
        for table in text.split("| It says | What to do |\n|---|---|\n").skip(1) {
            for line in table.lines().take_while(|line| line.starts_with('|')) {
                let messages = quoted(line.split('|').nth(1).unwrap());
                let parts = messages.into_iter().flat_map(|message| message.split('…'));
                for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
                    assert!(program.contains(part), "{path}: {part:?} is no message");
                    n_messages += 1;
                }
            }
        }
    }
    assert!(n_messages > 20, "{n_messages} messages");
}

#[test]
fn every_command_has_its_place_in_the_readme() {
    let readme = pages::read("README.md");
    let table = pages::between(&readme, "| Command | What it does |\n", "\n\n");
    let listed: Vec<_> = quoted(table).into_iter().flat_map(|code| code.split(' ')).collect();
    let mut program = Cli::command();
    program.build();
    let mut missing = Vec::new();
    for command in program.get_subcommands() {
        let names = command.get_subcommands().chain([command]).map(clap::Command::get_name);
        missing.extend(names.filter(|name| *name != "help" && !listed.contains(name)));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The name by which a heading can be linked.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|char| char.is_alphanumeric() || *char == ' ' || *char == '-')
        .map(|char| if char == ' ' { '-' } else { char })
        .collect()
}
