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
