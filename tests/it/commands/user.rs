//! `user`: users are listed and made, and no password is seen.

use std::fs;

use super::bench::{Bench, Members, Ran};

const PASSWORD: &str = "s3cret pass, with a comma ";

impl Bench {
    /// Makes a user with this on standard input.
    async fn create(&self, more: &[&str], input: &str) -> Ran {
        let who = [
            "user",
            "create",
            "mgarcia",
            "--first-name",
            "Maria",
            "--last-name",
            "Garcia",
            "--email",
            "mgarcia@corp.example",
        ];
        let ran = self.fed(&[&who, more].concat(), input).await;
        for said in [&ran.out, &ran.notes] {
            assert!(!said.contains(PASSWORD.trim()), "{said}");
        }
        ran
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_with_their_teams_and_without_their_tokens() {
    let bench = Bench::start().await;
    let ran = bench.run(&["user", "list", "--format", "csv"]).await;
    ran.check(0)
        .says("kim,Kim,Okafor,kim@corp.example,no,\"Analysts, Responders\"\n")
        .says("admin,Cb,Administrator,admin@corp.example,yes,\n");
    let rows = bench.rows(&["user", "list"]).await;
    for row in &rows {
        let members = row.as_object().unwrap();
        assert!(!members.contains_key("auth_token") && !members.contains_key("password"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_with_the_password_of_standard_input_and_nobody_sees_it() {
    let bench = Bench::start().await;
    let teams = ["--team", "analysts", "--team", "Responders", "--yes", "-vv"];
    let ran = bench.create(&teams, &format!("{PASSWORD}\r\nmore\n")).await;
    ran.check(0)
        .says("create user: confirmed")
        .notes_say("\"password\":\"********\"")
        .notes_say("teams: Analysts, Responders");
    let rows = bench.rows(&["user", "list"]).await;
    let made = rows.iter().find(|row| row.text("username") == "mgarcia");
    assert_eq!(made.unwrap()["teams"].as_array().unwrap().len(), 2);
    let state = bench.home.path().join("state/lampblack");
    for file in [state.join("actions.jsonl"), bench.log()] {
        let text = fs::read_to_string(file).unwrap();
        assert!(!text.contains(PASSWORD.trim()), "{text}");
    }
    // No password is prompted for a user who exists.
    let ran = bench.create(&["--yes"], "").await;
    ran.check(0).says("already exists; its password and teams do not change");
    // A different user of that name does not make it a no-op.
    let ran = bench.create(&["--admin", "--yes"], PASSWORD).await;
    ran.check(1).notes_say("already exists with different permissions");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_a_team_or_a_name_nobody_is_made() {
    let bench = Bench::start().await;
    let ran = bench.create(&["--yes"], "").await;
    ran.check(2).notes_say("error: no password given").notes_say("the first line of stdin");
    bench.create(&["--yes"], "\nsecond\n").await.check(2);
    let ran = bench.create(&["--team", "Nobodies", "--yes"], PASSWORD).await;
    ran.check(3).notes_say("no team has the ID or name \"Nobodies\"").notes_say("names: Analysts, Responders");
    let ran = bench.create(&["--dry-run", "--admin"], "").await;
    ran.check(0).says("A global administrator may do everything on this server").says("\"password\":\"********\"");
    bench.create(&[], PASSWORD).await.check(5);
    bench.create(&["--yes", "--read-only"], PASSWORD).await.check(5);
    bench.create(&["--yes", "--password", "x"], "").await.check(2);
    bench.run(&["user", "create", "x", "--yes"]).await.check(2);
    assert_eq!(bench.changes(), 0);
}
