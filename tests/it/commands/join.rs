//! `--join`: what belongs to processes, each object asked for once, and nothing lost in silence.

use std::collections::BTreeSet;

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, Members, NET, world};

impl Bench {
    /// How many requests were made for paths with this in them.
    fn n_asked(&self, part: &str) -> usize {
        let requests = self.server.seen_requests();
        let asked = requests.iter().filter(|seen| seen.target.contains(part));
        asked.count()
    }
}

const ALL: &str = "sensor,group,binary";

#[tokio::test(flavor = "multi_thread")]
async fn the_objects_stand_in_the_row_under_their_names() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", NET, "--join", ALL, "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert_eq!((rows.len(), ran.notes.as_str()), (2, ""));
    for row in &rows {
        assert_eq!(row["process_name"], "net.exe");
        assert_eq!(row["sensor"]["id"], 3);
        assert_eq!(row["sensor"]["computer_name"], "WIN-IA9NQ1GN8OI");
        assert_eq!(row["group"]["name"], "Default Group");
        assert_eq!(row["binary"]["digsig_publisher"], "Microsoft Corporation");
    }
    for part in ["/api/v1/sensor/3", "/api/group/1", "/api/v1/binary/79B6D4C5283FC806387C55B8D7C8B762/summary"] {
        assert_eq!(bench.n_asked(part), 1, "{part}");
    }
    // Besides, what the server can group by depends on its release.
    assert_eq!(bench.n_asked("/api/info"), 1);
    assert_eq!(bench.server.seen_requests().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_objects_are_fetched_with_few_requests() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", "", "--join", ALL, "--limit", "0", "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    let distinct = |field: &str, id: &str| {
        let ids = rows.iter().map(|row| row[field].text(id));
        ids.collect::<BTreeSet<_>>()
    };
    let (sensors, groups, binaries) = (distinct("sensor", "id"), distinct("group", "id"), distinct("binary", "md5"));
    assert!(rows.len() > 400 && sensors.len() > 20 && groups.len() > 3 && binaries.len() > 50);
    assert_eq!((bench.n_asked("/api/v2/sensor"), bench.n_asked("/api/v1/sensor/")), (1, 0));
    assert_eq!((bench.n_asked("/api/group"), bench.n_asked("/api/group/")), (1, 0));
    // A file that the search does not find has a request of its own.
    assert_eq!(bench.n_asked("/api/v1/binary/"), 1);
    assert_eq!(bench.n_asked("/api/v1/binary"), 1 + binaries.len().div_ceil(100));
    for row in &rows {
        assert_eq!(row["sensor"]["id"], row["sensor_id"]);
        assert_eq!(row["group"]["id"], row["sensor"]["group_id"]);
        assert_eq!(row["binary"].text("md5").to_lowercase(), row.text("process_md5"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_wanted_is_fetched() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", NET, "--join", "group", "--format", "jsonl"]).await;
    let row = &ran.check(0).json_lines()[0];
    assert_eq!(row["group"]["id"], 1);
    assert_eq!((row.get("sensor"), row.get("binary")), (None, None));
    assert_eq!(bench.n_asked("/binary/"), 0);
    let ran = bench.run(&["search", NET, "--join", "host"]).await;
    ran.check(2).notes_say("sensor, group, binary");
    let ran = bench.run(&["search", NET, "--join", ALL, "--count"]).await;
    ran.check(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_say_who_signed_and_how_long_before() {
    let bench = Bench::start().await;
    let ran = bench.run(&["search", NET, "--join", ALL, "--format", "csv", "--sort", "start asc"]).await;
    let mut reader = csv::Reader::from_reader(ran.check(0).out.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[8..], ["host_status", "group", "signed", "publisher", "days_signed", "id"]);
    // The numbers are those of the official documentation.
    for row in reader.records() {
        let row = row.unwrap();
        let cells: Vec<&str> = row.iter().skip(8).take(5).collect();
        assert_eq!(cells, ["Online", "Default Group", "Signed", "Microsoft Corporation", "1569"]);
    }
    let ran = bench.run(&["search", NET, "--join", "binary"]).await;
    assert!(ran.out.lines().next().unwrap().ends_with("DAYS_SIGNED  ID"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ancestor_is_joined_too() {
    let bench = Bench::start().await;
    let ids = bench.ids(NET).await;
    bench.server.forget_requests();
    let ran = bench.run(&["tree", &ids[0], &ids[1], "--join", ALL, "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert_eq!(rows.len(), 2 * 9);
    for row in &rows {
        assert_eq!(row["sensor"]["id"], 3, "{row}");
        assert_eq!(row["group"]["name"], "Default Group");
        assert_eq!(row["binary"]["digsig_result"], "Signed", "{row}");
        assert!(["ancestor", "self"].contains(&row.text("relation").as_str()));
    }
    // One search for seven files: two of the nine processes are smss.exe, and two ntoskrnl.exe.
    assert_eq!((bench.n_asked("/api/v1/binary?"), bench.n_asked("/binary/")), (1, 0));
    assert_eq!((bench.n_asked("/sensor/"), bench.n_asked("/group/")), (1, 1));
    let table = bench.run(&["tree", &ids[0], "--join", "binary"]).await;
    assert!(table.check(0).out.contains("  Microsoft Corporation         1569  "), "{}", table.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_fetched_is_null_and_said() {
    let bench = Bench::start().await;
    bench.fault(json!({"mode": "404", "match": "^/api/v1/binary/"}));
    bench.fault(json!({"mode": "403", "match": "^/api/group/"}));
    let arguments = ["search", NET, "--join", ALL, "--format", "jsonl"];
    let ran = bench.run(&arguments).await;
    for row in ran.check(0).json_lines() {
        assert_eq!(row["sensor"]["id"], 3);
        assert_eq!((&row["group"], &row["binary"]), (&Value::Null, &Value::Null));
    }
    ran.notes_say("warning: related record missing: sensor group 1: ")
        .notes_say("warning: related record missing: binary 79b6d4c5283fc806387c55b8d7c8b762: ");
    assert_eq!(ran.notes.lines().count(), 2, "{}", ran.notes);

    // One line says as well as forty that no sensor can be seen.
    bench.fault(json!({"mode": "403", "match": "/sensor"}));
    let ran = bench.run(&["search", "", "--join", "sensor,group", "--format", "jsonl", "--limit", "0"]).await;
    let rows = ran.check(0).json_lines();
    assert!(rows.len() > 400 && rows.iter().all(|row| row["sensor"].is_null()));
    assert!(rows.iter().all(|row| row["group"].is_null()));
    assert_eq!(ran.notes.lines().count(), 9, "{}", ran.notes);
    ran.notes_say(" more related records missing\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_without_a_file_has_none_joined() {
    let bench = Bench::with(Options { processes: 2_000, ..world() }).await;
    // Children that the sensor's filtering hid have no hash.
    let shells = bench.ids("process_name:(powershell.exe or bash) or process_name:cmd.exe").await;
    let mut arguments = vec!["tree", "--join", "binary", "--format", "jsonl", "--depth", "0"];
    arguments.extend(shells.iter().map(String::as_str));
    let ran = bench.run(&arguments).await;
    let rows = ran.check(0).json_lines();
    let nameless = rows.iter().filter(|row| row.text("process_md5").is_empty());
    let nameless: Vec<_> = nameless.collect();
    assert!(!nameless.is_empty(), "no shell has a hidden child");
    assert!(nameless.iter().all(|row| row["binary"].is_null()));
    ran.notes_say("note: ").notes_say(" no binary");
}
