//! The README tells the truth: its screen, its walk, what its commands print.

mod support;

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use lampblack::sim::{self, Options, Running};
use portable_pty::CommandBuilder;
use support::{
    console::{Console, small},
    pty::Pty,
};
use tempfile::TempDir;

/// The columns of the terminal in which the README's commands are run.
const COLUMNS: u16 = 110;

fn readme() -> String {
    fs::read_to_string("README.md").unwrap()
}

/// What stands between two marks.
#[track_caller]
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).expect("the part has a beginning");
    let (part, _) = rest.split_once(end).expect("the part has an end");
    part
}

#[tokio::test]
async fn the_screen_in_the_readme_is_the_one_the_program_draws() {
    let mut console = Console::with(small(), 120, 34, |_| {}).await;
    console
        .search(r"process_name:net.exe cmdline:\\test\blah")
        .await;
    let screen = format!("```text\n{}```\n", console.text());
    let readme = readme();
    let shown = between(&readme, "<!-- screen -->\n", "<!-- /screen -->");
    assert_eq!(shown, screen, "there belongs:\n{screen}");
}

#[tokio::test]
async fn the_walk_in_the_readme_finds_what_it_tells() {
    let readme = readme();
    let walk = between(&readme, "## The first five minutes", "\n## ");
    let mut console = Console::start().await;
    for (query, found) in [
        (r"process_name:net.exe cmdline:\\test\blah", "Processes  2,"),
        ("process_name:winword.exe cmdline:.docm", "outlook.exe"),
        (
            "parent_name:winword.exe -process_name:splwow64.exe",
            "cmdline powershell.exe -nop -w hidden -enc",
        ),
        ("process_name:svch0st.exe", "signature Unsigned"),
        ("parent_name:svch0st.exe", "Processes  3,"),
        ("process_name:winupdsvc.exe", "SRV-FILE-01 #14"),
    ] {
        assert!(walk.contains(&format!("`{query}`")), "{query} is not told");
        console.search(query).await.shows(&[found]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_in_the_readme_print_what_it_shows() {
    let readme = readme();
    let blocks: Vec<&str> = readme
        .split("```console\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() > 3);
    let shell = Shell::start().await;
    let mut wrong = Vec::new();
    for block in blocks {
        let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
        let told: Vec<_> = commands
            .map(|command| format!("$ {command}\n{}", shell.run(command)))
            .collect();
        let told = told.concat();
        if block != told {
            wrong.push(format!("```console\n{told}```"));
        }
    }
    assert!(wrong.is_empty(), "there belongs:\n{}\n", wrong.join("\n"));
}

#[test]
fn every_module_has_its_line_in_the_readme() {
    let readme = readme();
    let library = fs::read_to_string("src/lib.rs").unwrap();
    let modules = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let table = between(&readme, "| Module | What it is |\n", "\n\n");
    let missing: Vec<_> = modules
        .filter(|module| !table.contains(&format!("`{module}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A shell of somebody who has a profile for a server.
struct Shell {
    home: TempDir,
    server: Running,
}

impl Shell {
    async fn start() -> Self {
        let options = Options {
            tls: true,
            ..small()
        };
        let server = sim::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        };
        write("cb.pem", server.certificate.as_deref().unwrap());
        let profile = format!(
            "[profiles.default]\nurl = {:?}\ntoken = {:?}\nuser = \"jgarman\"\nca_file = \"~/cb.pem\"\n",
            server.url, server.token
        );
        write(".config/lampblack/config.toml", &profile);
        Self { home, server }
    }

    /// What a command leaves on a terminal, with the names of this test replaced by those of the README.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_lampblack"));
        let directory = program.parent().unwrap().display();
        let mut shell = CommandBuilder::new("/bin/sh");
        shell.args(["-c", &format!("PATH={directory}:$PATH; {command}")]);
        let mut pty = Pty::run(shell, self.home.path(), COLUMNS, 60);
        pty.wait();
        let home = self.home.path().to_str().unwrap();
        let text = pty.text();
        let lines: Vec<_> = text.lines().map(str::trim_end).chain([""]).collect();
        lines
            .join("\n")
            .replace(home, "/home/ana")
            .replace(&self.server.url, "https://cb.example.com")
    }
}
