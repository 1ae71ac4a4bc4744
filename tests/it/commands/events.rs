//! `events`: what processes did.

use lampblack::sim::Options;
use serde_json::{Value, json};

use super::bench::{Bench, Members, world};

async fn payload(bench: &Bench) -> String {
    bench.ids("process_name:svch0st.exe").await.remove(0)
}

fn texts(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row.text(name)).collect()
}

fn times(rows: &[Value]) -> Vec<jiff::Timestamp> {
    let time = |row: &Value| row.text("time").parse().unwrap();
    rows.iter().map(time).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_has_one_timeline_over_all_its_segments() {
    let bench = Bench::start().await;
    let id = payload(&bench).await;
    let ran = bench.run(&["events", &id, "--limit", "0", "--format", "jsonl"]).await;
    let rows = ran.check(0).json_lines();
    assert_eq!(ran.notes, "");
    assert!(ran.out.starts_with(r#"{"kind":"modload","time":""#), "{:.200}", ran.out);
    assert!(times(&rows).is_sorted());
    assert!(rows.iter().all(|row| row.text("process_id") == id));
    let mut segments = texts(&rows, "segment_id");
    segments.sort_unstable();
    segments.dedup();
    assert_eq!(segments.len(), 7);
    let of = |kind: &str| -> Vec<Value> { rows.iter().filter(|row| row.text("kind") == kind).cloned().collect() };
    assert_eq!(of("netconn").len(), 2_796);
    assert_eq!(of("netconn")[0]["remote_ip"], "203.0.113.77");
    assert_eq!(of("netconn")[0]["domain"], "update-cdn.example");
    let written = of("regmod").remove(0);
    assert_eq!((written.text("type"), written["path"].as_str().unwrap().ends_with(r"run\svchost")), ("2".into(), true));
    let children = of("childproc");
    assert!(children.iter().any(|child| child.text("commandLine").contains("MiniDump")));
    assert!(of("filemod").iter().any(|file| file.text("tamper") == "true"));
    assert_eq!(of("crossproc")[0].text("type"), "RemoteThread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_says_what_was_done_and_what_is_left_out() {
    let bench = Bench::start().await;
    let dump = bench.ids("crossproc_name:lsass.exe").await.remove(0);
    let ran = bench.run(&["events", &format!("{dump}-000000000001")]).await;
    let lines: Vec<&str> = ran.check(0).out.lines().collect();
    assert!(lines[0].starts_with("TIME"), "{}", ran.out);
    let has = |words: &[&str]| lines.iter().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(has(&["crossproc", "opened process", r"c:\windows\system32\lsass.exe"]), "{}", ran.out);
    assert!(has(&["filemod", "last wrote", r"c:\users\public\dbg.bin"]), "{}", ran.out);
    let few = bench.run(&["events", &payload(&bench).await, "--limit", "3", "--format", "csv"]).await;
    assert_eq!(few.check(0).out.lines().count(), 4);
    few.notes_say("3 of 28").notes_say("--limit 0 shows all");
    assert!(few.out.starts_with("time,kind,action,what,md5,segment,process\n"), "{}", few.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_are_one_timeline_and_what_is_missing_is_named() {
    let bench = Bench::start().await;
    let ids = bench.ids("process_name:winupdsvc.exe").await;
    let unknown = "0000ffff-0000-0001-01d7-10df4de391b0";
    let input = format!("{}\n{unknown}\n{}\n", ids[0], ids[1]);
    let ran = bench.fed(&["events", "-", "--limit", "0", "--format", "json"], &input).await;
    ran.check(3).notes_say(unknown);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    assert!(times(&rows).is_sorted());
    for id in &ids[..2] {
        assert!(rows.iter().any(|row| &row.text("process_id") == id));
    }
    let ran = bench.run(&["events", &ids[0], "net.exe"]).await;
    ran.check(2).notes_say("net.exe").notes_say("hint: ");
    assert_eq!(ran.out, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_fails_is_a_gap_and_costs_nothing_else() {
    let bench = Bench::start().await;
    let id = payload(&bench).await;
    let whole = bench.run(&["events", &id, "--limit", "0", "--format", "jsonl"]).await;
    let whole = whole.check(0).json_lines();
    let gone = whole[whole.len() / 2].text("segment_id");
    bench.fault(json!({"mode": "500", "match": format!("/{gone}/event")}));
    let ran = bench.run(&["events", &id, "--limit", "0", "--format", "jsonl"]).await;
    ran.check(1).notes_say(&format!("warning: segment {gone} of {id} is skipped")).notes_say("error: ");
    let rest: Vec<Value> = whole.into_iter().filter(|row| row.text("segment_id") != gone).collect();
    assert_eq!(ran.json_lines(), rest);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_release_tells_the_same_story() {
    for version in ["5.0", "5.1", "5.2", "6.2", "7.8"] {
        let options = Options { server_version: version.into(), ..world() };
        let bench = Bench::with(options).await;
        let shell = bench.ids("process_name:powershell.exe cmdline:-enc hostname:fin-ws-042").await.remove(0);
        let ran = bench.run(&["events", &shell, "--limit", "0", "--format", "jsonl"]).await;
        let hash = bench.md5("svch0st.exe").await;
        let rows = ran.check(0).json_lines();
        let kinds = |kind: &str| rows.iter().filter(|row| row.text("kind") == kind).count();
        let scripts = if version == "7.8" { 2 } else { 0 };
        assert_eq!(
            ["modload", "filemod", "netconn", "fileless_scriptload"].map(kinds),
            [3, 4, 1, scripts],
            "{version}"
        );
        assert!(kinds("childproc") >= 2, "{version}");
        assert!(rows.iter().any(|row| row.text("md5") == hash), "{version}");
        let csv = bench.run(&["events", &shell, "--format", "csv"]).await;
        assert!(csv.check(0).out.contains("connected to,update-cdn.example (203.0.113.77:80)"), "{}", csv.out);
    }
}
