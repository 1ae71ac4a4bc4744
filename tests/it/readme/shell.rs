//! A shell whose user has a profile for a server, as the examples of the documentation assume.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use lampblack::sim::{self, Options, Running};
use portable_pty::CommandBuilder;
use tempfile::TempDir;

use crate::support::{console::small, pty::Pty};

/// The columns of the terminal in which the commands are run.
const COLUMNS: u16 = 110;

/// What the examples call besides lampblack, where not every machine has it: name and script.
const HELPERS: [(&str, &str); 2] = [
    // The string of one member of each object.
    ("jq", "for last; do :; done; name=${last##*.}; exec sed -n \"s/.*\\\"$name\\\":\\\"\\([^\\\"]*\\)\\\".*/\\1/p\""),
    ("pass", "echo correct-horse-battery-staple"),
];

/// A home with a configuration, and the server that it names.
pub(crate) struct Shell {
    home: TempDir,
    server: Running,
}

impl Shell {
    pub(crate) async fn start() -> Self {
        let options = Options { tls: true, ..small() };
        let server = sim::start(options).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str, mode: u32| {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        write("cb.pem", server.certificate.as_deref().unwrap(), 0o600);
        let profile = format!(
            "[profiles.default]\nurl = {:?}\ntoken = {:?}\nuser = \"jgarman\"\nca_file = \"~/cb.pem\"\n",
            server.url, server.token
        );
        write(".config/lampblack/config.toml", &profile, 0o600);
        for (name, script) in HELPERS {
            let text = format!("#!/bin/sh\n{script}\n");
            write(&format!("bin/{name}"), &text, 0o700);
        }
        Self { home, server }
    }

    /// What a command leaves on a terminal, with the names of this test replaced by those of the documentation.
    pub(crate) fn run(&self, command: &str) -> String {
        self.run_to_its_end(command).0
    }

    /// The same, and whether it ended with 0.
    pub(crate) fn run_to_its_end(&self, command: &str) -> (String, bool) {
        let program = Path::new(env!("CARGO_BIN_EXE_lampblack"));
        let directory = program.parent().unwrap().display();
        let home = self.home.path().to_str().unwrap();
        let mut shell = CommandBuilder::new("/bin/sh");
        let script = format!("cd; PATH={home}/bin:{directory}:$PATH; {command}");
        shell.args(["-c", &script]);
        let mut pty = Pty::run(shell, self.home.path(), COLUMNS, 60);
        let status = pty.wait();
        let text = pty.text();
        let lines: Vec<_> = text.lines().map(str::trim_end).chain([""]).collect();
        let text = lines.join("\n").replace(home, "/home/ana").replace(&self.server.url, "https://cb.example.com");
        (text, status.success())
    }
}
