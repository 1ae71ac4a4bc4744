//! What could not be read is called unknown: no guard and no count takes it for absent.

use std::fs;

use serde_json::json;

use super::bench::{Bench, Members, Ran};

/// A domain controller of the simulator's fleet.
const CONTROLLER: &str = "CORP-DC-01";

/// A hash that no host has seen.
const NEW: &str = "00000000000000000000000000000bad";

impl Bench {
    async fn isolate_controller(&self, more: &[&'static str]) -> Ran {
        let words = ["sensor", "isolate", CONTROLLER, "--reason", "x", "--yes", "--no-wait"];
        self.run(&[more, &words[..]].concat()).await
    }

    /// The hash of a file of Microsoft's that many hosts have.
    async fn powershell(&self) -> String {
        let query = "observed_filename:powershell.exe digsig_result:Signed";
        let found = self.rows_of(&["binary", "search", query]).await;
        found[0].text("md5").to_lowercase()
    }

    async fn ban_hash(&self, md5: &str, last: &str) -> Ran {
        self.run(&["ban", "add", md5, "--reason", "x", last]).await
    }

    /// Puts an answer in the place of the one that counts the roles of a host.
    fn answer_role(&self, body: &str) {
        self.server.clear_faults();
        self.fault(json!({"mode": "answer", "match": "facet.field=host_type", "body": body}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_protected_while_its_role_is_unknown() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "wrong-types", "match": "host_type"}));
    let unknown = "PROTECTED: protected_hosts contains role:domain_controller, and its role is unknown";
    let ran = bench.isolate_controller(&[]).await;
    ran.check(5).notes_say(unknown).notes_say("1 value unreadable").notes_say("role: unknown");
    for body in [
        r#"{"total_results": 7, "results": [], "facets": {"host_type": []}}"#,
        r#"{"total_results": 7, "results": [], "facets": {}}"#,
        r#"{"total_results": 7, "results": [], "facets": {"host_type": [{"name": "", "value": 7}]}}"#,
        r#"{"results": [], "facets": {"host_type": []}}"#,
        r#"{"total_results": 0, "incomplete_results": true, "results": [], "facets": {"host_type": []}}"#,
        r#"{"total_results": 7, "incomplete_results": true, "results": [],
            "facets": {"host_type": [{"name": "workstation", "value": 7}]}}"#,
        r#"{"total_results": 7, "results": [],
            "facets": {"host_type": [{"name": "workstation", "value": 6}, null]}}"#,
    ] {
        bench.answer_role(body);
        let ran = bench.isolate_controller(&[]).await;
        assert_eq!(ran.exit, 5, "{body}: {}", ran.notes);
        ran.notes_say(unknown);
    }
    assert_eq!(bench.changes(), 0);
    // A host without any process has no role, and can be isolated.
    bench.answer_role(r#"{"total_results": 0, "results": [], "facets": {"host_type": []}}"#);
    let ran = bench.isolate_controller(&[]).await;
    ran.check(0).notes_say("the server has no process record of this host");
    assert_eq!(bench.changes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_cannot_be_read_warns_where_only_groups_are_protected() {
    let bench = Bench::start().await;
    let dir = bench.home.path().join("config/lampblack");
    fs::create_dir_all(&dir).unwrap();
    let (url, token) = (&bench.server.url, &bench.server.token);
    let text = format!("[profiles.lab]\nurl = {url:?}\ntoken = {token:?}\nprotected_hosts = [\"group:Finance\"]\n");
    fs::write(dir.join("config.toml"), text).unwrap();
    for mode in ["500", "wrong-types"] {
        bench.server.clear_faults();
        bench.fault(json!({"mode": mode, "match": "host_type"}));
        let ran = bench.isolate_controller(&["--profile", "lab"]).await;
        ran.check(5)
            .notes_say("WARNING: Host role unavailable (")
            .notes_say("cannot tell whether this is a DOMAIN CONTROLLER")
            .notes_say("error: --yes does not override 1 warning");
    }
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_whose_record_or_counts_cannot_be_had_is_not_passed_by_yes() {
    let bench = Bench::start().await;
    let md5 = bench.powershell().await;
    for (fault, warning) in [
        (
            json!({"mode": "503", "match": "/binary/"}),
            "File record unavailable (the server is busy): cannot tell whether it is Microsoft-signed",
        ),
        (
            json!({"mode": "503", "match": "/binary/"}),
            "List of hosts unavailable (the server is busy): cannot tell how many hosts have it",
        ),
        (
            json!({"mode": "wrong-types", "match": "/binary/"}),
            "File record unavailable (signature unreadable): cannot tell whether it is Microsoft-signed",
        ),
        (json!({"mode": "500", "match": "facet.field=group"}), "cannot tell whether domain controllers ran it"),
        (
            json!({"mode": "wrong-types", "match": "facet.field=group"}),
            "unreadable): cannot tell whether domain controllers ran it",
        ),
        (json!({"mode": "500", "match": "^/api/v2/sensor?"}), "cannot tell whether most hosts have it"),
    ] {
        bench.server.clear_faults();
        bench.fault(fault);
        let ran = bench.ban_hash(&md5, "--yes").await;
        ran.check(5).notes_say("WARNING: ").notes_say(warning).notes_say("error: --yes does not override");
    }
    assert_eq!(bench.changes(), 0);
    bench.server.clear_faults();
    // A hash that the server does not know is banned as before.
    bench.ban_hash(NEW, "--yes").await.check(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_list_of_hashes_those_whose_records_cannot_be_read_are_not_passed_by_yes() {
    let bench = Bench::start().await;
    let list: Vec<_> = (0..6).map(|n| format!("{NEW:.31}{n}")).collect();
    for fault in [
        json!({"mode": "503", "match": "/api/v1/binary?"}),
        json!({"mode": "answer", "match": "/api/v1/binary?", "body": r#"{"results": [{"md5": null}], "total_results": 1}"#}),
        json!({"mode": "answer", "match": "/api/v1/binary?",
            "body": r#"{"results": [], "total_results": 0, "incomplete_results": true}"#}),
    ] {
        bench.server.clear_faults();
        bench.fault(fault);
        let ran = bench.fed(&["ban", "add", "-", "--reason", "x", "--yes"], &list.join("\n")).await;
        ran.check(5).notes_say("cannot tell whether it is Microsoft-signed");
    }
    assert_eq!(bench.changes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_with_unreadable_values_are_shown_as_at_least_or_unknown() {
    let bench = Bench::start().await;
    let md5 = bench.powershell().await;
    bench.fault(json!({"mode": "wrong-types", "match": "facet"}));
    bench.fault(json!({"mode": "wrong-types", "match": "cb.group=id"}));
    let ran = bench.ban_hash(&md5, "--dry-run").await;
    ran.check(0).says("unreadable");
    bench.server.clear_faults();
    let broken = r#"{"total_results": 9, "results": [null], "facets": {"group": [null], "host_type": [3],
        "hostname": [{}], "username": [null, null]}}"#;
    bench.fault(json!({"mode": "answer", "match": "^/api/v1/process", "body": broken}));
    let gaps = bench.ban_hash(&md5, "--dry-run").await;
    gaps.check(0)
        .says("groups: unknown: 2 values unreadable")
        .says("on an unknown number of hosts, users: unknown")
        .says("running now: unknown: 1 of the processes unreadable")
        .says("3 values unreadable");
    for said in [&ran.out, &gaps.out] {
        for claim in ["nothing would", "no process recorded", "on 0 hosts", "no host", "running now: none", "all 1 "] {
            assert!(!said.contains(claim), "{claim:?} is in {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_isolation_hits_is_shown_as_at_least_or_unknown_where_values_are_unreadable() {
    let bench = Bench::start().await;
    let isolate = ["sensor", "isolate", "3", "--reason", "x", "--dry-run"];
    bench.fault(json!({"mode": "wrong-types", "match": "facet"}));
    let ran = bench.run(&isolate).await;
    ran.check(0).says("unreadable");
    bench.server.clear_faults();
    let broken = r#"{"total_results": 9, "results": [], "facets": {"hostname": [null], "username": [null]}}"#;
    for field in ["facet.field=hostname", "facet.field=username"] {
        bench.fault(json!({"mode": "answer", "match": field, "body": broken}));
    }
    let ran = bench.run(&isolate).await;
    ran.check(0).says("connections in: unknown: 1 value unreadable").says("users in 24 h: unknown: 1 value unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_is_an_error_and_no_empty_list() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "answer", "body": ""}));
    for list in [
        &["ban", "list"][..],
        &["watchlist", "list"],
        &["feed", "list"],
        &["report", "list"],
        &["group", "list"],
        &["user", "list"],
        &["sensor", "list"],
        &["alert", "list"],
        &["binary", "search", "x"],
        &["search", "x"],
    ] {
        let ran = bench.run(list).await;
        assert_eq!(ran.exit, 1, "{list:?}: {}{}", ran.out, ran.notes);
        ran.notes_say("nothing instead of JSON");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_could_not_be_asked_for_are_not_called_none() {
    let bench = Bench::start().await;
    let id = bench.ids("process_name:svch0st.exe").await.remove(0);
    for fault in [
        json!({"mode": "500", "match": "/segment"}),
        json!({"mode": "answer", "match": "/segment", "body": "<html></html>"}),
    ] {
        bench.server.clear_faults();
        bench.fault(fault);
        let ran = bench.run(&["events", &id]).await;
        assert!(!ran.check(1).notes.contains("no events"), "{}", ran.notes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_and_an_ignored_report_whose_hits_cannot_be_had_are_not_passed_by_yes() {
    let bench = Bench::start().await;
    for (fault, words, warning) in [
        (
            json!({"mode": "500", "match": "^/api/v1/process?"}),
            &["watchlist", "create", "own", "process_name:cmd.exe", "--reason", "x", "--yes"][..],
            "Hits of the last 24 h unavailable (",
        ),
        (
            json!({"mode": "500", "match": "^/api/v2/alert?"}),
            &["report", "ignore", "12:fuzzywombat-beacon-1", "--reason", "x", "--yes"][..],
            "cannot tell whether true positives are among those it would suppress",
        ),
    ] {
        bench.server.clear_faults();
        bench.fault(fault);
        bench.run(words).await.check(5).notes_say(warning).notes_say("error: --yes does not override");
    }
    assert_eq!(bench.changes(), 0);
}
