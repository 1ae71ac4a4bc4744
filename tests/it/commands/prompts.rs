//! Prompts at the terminal: the number of targets, and a password that is not shown.

use std::time::Duration;

use lampblack::sim::Options;
use portable_pty::CommandBuilder;

use super::{
    bench::{Bench, Members, world},
    pty::Pty,
};

impl Bench {
    /// The program on a terminal.
    fn typed(&self, arguments: &[&str]) -> Pty {
        let mut command = CommandBuilder::new("/usr/bin/env");
        command.arg(format!("LAMPBLACK_URL={}", self.server.url));
        command.arg(format!("LAMPBLACK_TOKEN={}", self.server.token));
        command.arg(env!("CARGO_BIN_EXE_lampblack"));
        command.args(arguments);
        Pty::run(command, self.home.path(), 120, 60)
    }
}

async fn brisk() -> Bench {
    Bench::with(Options { index_lag: Duration::ZERO, ..world() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_that_is_typed_is_that_of_the_alerts() {
    let bench = brisk().await;
    let rows = bench.rows(&["alert", "list", "status:unresolved"]).await;
    let ids: Vec<_> = rows.iter().map(|row| row.text("unique_id")).collect();
    let (three, one) = (&ids[..3], &ids[3]);
    let mut arguments = vec!["alert", "status", "resolved"];
    arguments.extend(three.iter().map(String::as_str));
    for (answer, exit) in [("1\n", 5), ("3\n", 0)] {
        let mut pty = bench.typed(&arguments);
        pty.until("Type the number of alerts, 3, to confirm:");
        pty.send(answer);
        assert_eq!(pty.wait().exit_code(), exit, "{}", pty.text());
    }
    assert_eq!(bench.changes(), 1);
    // What is so already is not counted.
    arguments.push(one);
    let mut pty = bench.typed(&arguments);
    pty.until("Type yes to confirm:");
    pty.send("yes\n");
    assert!(pty.wait().success(), "{}", pty.text());
}

/// The password, which must not be shown.
const PASSWORD: &str = "s3cret-pass";

impl Bench {
    /// Makes a user at a terminal, and answers what is asked.
    fn user(&self, name: &str, answers: &[(&str, &str)]) -> (u32, String) {
        let mut pty =
            self.typed(&["user", "create", name, "--first-name", "A", "--last-name", "B", "--email", "a@b.example"]);
        for (question, answer) in answers {
            pty.until(question);
            pty.send(answer);
        }
        let exit = pty.wait().exit_code();
        assert!(!pty.text().contains(PASSWORD), "{}", pty.text());
        (exit, pty.text())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_asked_for_twice_and_not_shown() {
    let bench = brisk().await;
    let first = ("Password for newcomer:", "s3cret-pass\r");
    let again = |answer| ("Confirm password:", answer);
    let (exit, text) = bench.user("newcomer", &[first, again("s3cret-pas\r")]);
    assert!(exit == 2 && text.contains("the passwords differ"), "{text}");
    let (exit, text) = bench.user("newcomer", &[("Password for", "\x03")]);
    assert!(exit == 2 && text.contains("no password given"), "{text}");
    assert_eq!(bench.changes(), 0);
    let sure = ("Type yes to confirm:", "yes\r");
    let (exit, text) = bench.user("newcomer", &[first, again("s3cret-pasx\x7fs\r"), sure]);
    assert!(exit == 0 && text.contains("create user: confirmed"), "{text}");
    // What is typed afterwards is shown again, before or after the blank behind the question.
    let shown = text.replace(' ', "");
    assert!(shown.contains("toconfirm:yes"), "{text}");
    let (exit, text) = bench.user("Newcomer", &[]);
    assert!(exit == 0 && text.contains("already exists"), "{text}");
}
