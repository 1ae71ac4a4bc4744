//! `group`: sensor groups are listed and made.

use serde_json::json;

use super::bench::{Bench, Members};

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_listed_with_their_hosts() {
    let bench = Bench::start().await;
    let ran = bench.run(&["group", "list", "--format", "csv"]).await;
    ran.check(0).says("id,name,site,hosts,bans,reachable_when_isolated\n").says(",Finance,1,9,enforced,10.20.1.20\n");
    bench.fault(json!({"mode": "403", "match": "^/api/group"}));
    bench.run(&["group", "list"]).await.check(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_cannot_be_read_are_reported() {
    let bench = Bench::start().await;
    let n = bench.rows(&["group", "list"]).await.len();
    bench.fault(json!({"mode": "wrong-types", "match": "^/api/group"}));
    let ran = bench.run(&["group", "list", "--format", "jsonl"]).await;
    let n_read = ran.check(0).json_lines().len();
    ran.notes_say(&format!("{} groups could not be read", n - n_read));
    assert!(n_read < n);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_once_on_a_site_that_is_there() {
    let bench = Bench::start().await;
    let ran = bench.run(&["group", "create", "Kiosks", "--dry-run"]).await;
    ran.check(0).says("request: POST /api/group {\"name\":\"Kiosks\",\"site_id\":1}");
    let ran = bench.run(&["group", "create", "Kiosks", "--site", "9", "--yes"]).await;
    ran.check(3).notes_say("site 9 not found").notes_say("sites: 1 Default Site");
    bench.run(&["group", "create", " ", "--yes"]).await.check(2);
    assert_eq!(bench.changes(), 0);
    let ran = bench.run(&["group", "create", "Kiosks", "--yes"]).await;
    ran.check(0).says("create group: confirmed");
    let rows = bench.rows(&["group", "list"]).await;
    assert!(rows.iter().any(|row| row.text("name") == "Kiosks"));
    let ran = bench.run(&["group", "create", "kiosks", "--yes"]).await;
    ran.check(0).says("already exists; nothing was sent");
    assert_eq!(bench.changes(), 1);
    // Hosts can be moved there.
    let ran = bench.run(&["sensor", "move", "3", "--group", "Kiosks", "--yes"]).await;
    ran.check(0).says("move: confirmed");
}
