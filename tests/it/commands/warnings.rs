//! What speaks against an action: `--yes` alone does not pass it.

use std::fs;

use lampblack::sim::Options;
use serde_json::json;

use super::bench::{Bench, Members, world};

/// A domain controller of the simulator's fleet.
const CONTROLLER: &str = "CORP-DC-01";

/// The MD5 of no bytes at all.
const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";

impl Bench {
    /// Writes a configuration with this server as the profile `lab`.
    fn configure(&self, more: &str) {
        let dir = self.home.path().join("config/lampblack");
        fs::create_dir_all(&dir).unwrap();
        let (url, token) = (&self.server.url, &self.server.token);
        let text = format!("[profiles.lab]\nurl = {url:?}\ntoken = {token:?}\n{more}\n");
        fs::write(dir.join("config.toml"), text).unwrap();
    }
}

/// The words of an isolation.
fn isolate<'w>(host: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    [&["sensor", "isolate", host, "--reason", "x"], more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_warning_stops_yes_until_it_is_overridden() {
    let bench = Bench::start().await;
    // Signed by Microsoft, on every host, and no bytes at all.
    let common = ["binary", "search", "digsig_result:Signed host_count:[30 TO *]"];
    let common = bench.rows_of(&common).await;
    let is_signed = |row: &&serde_json::Value| row.text("digsig_publisher").contains("Microsoft");
    let signed = common.iter().find(is_signed).unwrap().text("md5");
    for (md5, warning) in [
        (signed.as_str(), "Microsoft-signed; may be an OS component"),
        (signed.as_str(), "hosts ("),
        (EMPTY, "This is the hash of the empty file"),
    ] {
        let ban = ["ban", "add", md5, "--reason", "x", "--yes"];
        let ran = bench.run(&ban).await;
        ran.check(5)
            .notes_say(warning)
            .notes_say("error: --yes does not override")
            .notes_say("hint: add --override-warnings");
    }
    assert_eq!(bench.changes(), 0);
    let ban = ["ban", "add", EMPTY, "--reason", "x", "--yes", "--override-warnings"];
    bench.run(&ban).await.check(0).notes_say("WARNING: This is the hash of the empty file");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn domain_controllers_are_protected_unless_the_profile_says_otherwise() {
    let bench = Bench::start().await;
    let ran = bench.run(&isolate(CONTROLLER, &["--yes", "--override-warnings"])).await;
    ran.check(5)
        .notes_say("PROTECTED: protected_hosts contains role:domain_controller")
        .notes_say("DOMAIN CONTROLLER: logons and DNS through this host will stop");
    // Of several it is left out.
    let many = ["sensor", "isolate", CONTROLLER, "WIN-IA9NQ1GN8OI", "--reason", "x", "--dry-run"];
    let ran = bench.run(&many).await;
    ran.check(5).says("WIN-IA9NQ1GN8OI").notes_say("CORP-DC-01 (sensor ").notes_say(") is skipped");
    bench.configure("protected_hosts = []");
    let lab = |more: &[&'static str]| [&["--profile", "lab"], &isolate(CONTROLLER, more)[..]].concat();
    let ran = bench.run(&lab(&["--yes"])).await;
    ran.check(5).notes_say("error: --yes does not override 1 warning: DOMAIN CONTROLLER");
    assert_eq!(bench.changes(), 0);
    let ran = bench.run(&lab(&["--yes", "--override-warnings", "--no-wait"])).await;
    ran.check(0);
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_role_cannot_be_read_is_protected_and_can_still_be_looked_at() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "504", "match": "^/api/v1/process"}));
    let ran = bench.run(&isolate("WIN-IA9NQ1GN8OI", &["--dry-run"])).await;
    ran.check(0)
        .says("PROTECTED: protected_hosts contains role:domain_controller, and its role is unknown")
        .says("request: PUT /api/v1/sensor/3");
    let ran = bench.run(&isolate("WIN-IA9NQ1GN8OI", &["--yes"])).await;
    ran.check(5).notes_say("and its role is unknown");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_to_be_known_is_a_note_and_yes_passes_it() {
    let bench = Bench::start().await;
    let hosts = bench.rows(&["sensor", "list"]).await;
    let is_away = |host: &&serde_json::Value| host.text("status") == "Offline" && host.text("is_isolating") == "false";
    let away = hosts.iter().find(is_away).unwrap().text("id");
    let ran = bench.run(&isolate(&away, &["--yes", "--no-wait"])).await;
    ran.check(0).notes_say("note: Offline: queued until it checks in");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_with_yes_sends_nothing() {
    let bench = Bench::start().await;
    let ran = bench.run(&isolate("WIN-IA9NQ1GN8OI", &["--yes", "--dry-run"])).await;
    ran.check(0).says("Dry run: nothing sent");
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tunnel_to_the_server_protects_no_host_that_has_a_loopback_adapter() {
    // Every address of the simulator is a loopback address, as through `ssh -L`.
    let bench = Bench::with(Options { ..world() }).await;
    let ran = bench.run(&isolate("WIN-IA9NQ1GN8OI", &["--dry-run"])).await;
    assert!(!ran.check(0).out.contains("PROTECTED"), "{}", ran.out);
}
