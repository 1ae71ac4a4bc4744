//! `doctor`: what is in order and what is not.

use super::bench::{Bench, bare, finish};

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_nothing_wrong_with_a_server_in_order() {
    let bench = Bench::start().await;
    let ran = bench.run(&["doctor"]).await;
    let out = &ran.check(0).out;
    for line in ["configuration", "LAMPBLACK_URL and LAMPBLACK_TOKEN", "token", "accepted", "version", "sensors"] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert!(out.lines().all(|line| line.starts_with("ok ")), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_is_wrong() {
    let bench = Bench::start().await;
    let cases = [(bench.server.url.clone(), "token"), ("http://127.0.0.1:1".into(), "server")];
    for (url, what) in cases {
        let mut command = bare(&bench.home, &["doctor"]);
        command.env("LAMPBLACK_URL", url).env("LAMPBLACK_TOKEN", "0123wrong");
        let ran = finish(command, "").await;
        let failed: Vec<&str> = ran.check(1).out.lines().filter(|line| line.starts_with("fail")).collect();
        assert_eq!(failed.len(), 1, "{}", ran.out);
        assert!(failed[0].contains(what), "{}", ran.out);
        assert!(ran.out.contains("hint:"), "{}", ran.out);
        assert!(!ran.out.contains("0123wrong"));
    }
    let ran = finish(bare(&bench.home, &["doctor"]), "").await;
    assert!(ran.check(1).out.contains("lampblack demo"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_the_token_may_change_as_far_as_reading_shows_it() {
    let bench = Bench::start().await;
    let said = async |words: &[&str]| {
        let ran = bench.run(&[&["doctor"], words].concat()).await;
        let line = ran.check(0).out.lines().find(|line| line.starts_with("ok    changes")).map(str::to_owned);
        line.unwrap_or_default()
    };
    let users = bench.run(&["user", "list", "--format", "jsonl"]).await.json_lines();
    let name = |is_admin: bool| {
        let user = users.iter().find(|user| user["global_admin"] == is_admin);
        user.and_then(|user| user["username"].as_str()).expect("one of each").to_owned()
    };
    let (admin, analyst) = (name(true), name(false));
    assert!(said(&["--user", &admin]).await.ends_with(&format!("allowed: {admin} is a global administrator")));
    let found = said(&["--user", &analyst]).await;
    assert!(found.contains(&format!("{analyst} is ")) && found.contains(" in Default Group"), "{found}");
    assert!(said(&["--user", "unlisted"]).await.contains("not checked, doctor sends no changes"));
    assert!(said(&["--read-only"]).await.ends_with("off: the profile is read-only"));
}
