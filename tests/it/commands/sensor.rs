//! `sensor`: hosts by name, never by part of one.

use std::{collections::BTreeSet, net::SocketAddr};

use lampblack::{model::Clock, sim::Options};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::bench::{Bench, Members, bare, finish, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_is_found_by_its_whole_name_only() {
    let bench = Bench::start().await;
    for host in ["3", "WIN-IA9NQ1GN8OI", "win-ia9nq1gn8oi"] {
        let ran = bench.run(&["sensor", "show", host, "--format", "jsonl"]).await;
        assert_eq!(ran.check(0).json_lines()[0].text("id"), "3", "{host}");
    }
    let dns = bench.run(&["sensor", "show", "3", "--format", "json"]).await;
    let rows: Vec<Value> = serde_json::from_str(&dns.out).unwrap();
    let dns = rows[0].text("computer_dns_name").to_uppercase();
    assert_eq!(
        bench.run(&["sensor", "show", &dns, "--format", "jsonl"]).await.check(0).json_lines()[0].text("id"),
        "3"
    );
    for host in ["WIN-IA9NQ1GN8O", "IA9NQ", "999999"] {
        let ran = bench.run(&["sensor", "show", host]).await;
        assert_eq!(ran.check(3).out, "");
        ran.notes_say("error: ").notes_say("hint: ");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensor_is_described_in_words() {
    let bench = Bench::start().await;
    let ran = bench.run(&["sensor", "show", "3"]).await;
    let out = &ran.check(0).out;
    assert!(out.starts_with("WIN-IA9NQ1GN8OI\n"), "{out}");
    for fact in ["isolation", "not isolated", "last check-in", "group", "as of", "address"] {
        assert!(out.contains(fact), "{fact}: {out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_several_sensors_is_ambiguous() {
    let home = tempfile::tempdir().unwrap();
    let mut command = bare(&home, &["sensor", "show", "Fin-WS-042"]);
    command.env("LAMPBLACK_URL", format!("http://{}", twins().await)).env("LAMPBLACK_TOKEN", "0123");
    let ran = finish(command, "").await;
    assert_eq!(ran.check(2).out, "");
    ran.notes_say("  8  FIN-WS-042  last check-in unknown  Offline")
        .notes_say("  9  fin-ws-042")
        .notes_say("error: 2 sensors have the name");
    assert!(!ran.notes.contains("0421"), "{}", ran.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn sensors_are_filtered_by_part_of_name_or_address() {
    let bench = Bench::start().await;
    let ids = async |arguments: &[&str]| -> Vec<String> {
        let ran = bench.run(arguments).await;
        ran.check(0).json_lines().iter().map(|row| row.text("id")).collect()
    };
    let format = ["--format", "jsonl", "--limit", "0"];
    let with = |filter| [&["sensor", "list", filter][..], &format].concat();
    assert_eq!(ids(&with("ia9nq1")).await, ["3"]);
    let ran = bench.run(&["sensor", "show", "3", "--format", "jsonl"]).await;
    let adapters = ran.json_lines()[0].text("network_adapters");
    let address = adapters.split(',').next().unwrap().to_owned();
    assert!(ids(&with(&address)).await.contains(&"3".to_owned()));
    let ran = bench.run(&["sensor", "list", "no-such-host"]).await;
    ran.check(3).notes_say("no sensor matches");
    let ran = bench.run(&["sensor", "list", "--limit", "2", "--format", "csv"]).await;
    assert_eq!(ran.check(0).out.lines().count(), 3);
    ran.notes_say("there are more");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_large_fleet_are_listed_each_once_and_no_more_is_asked_for_than_is_shown() {
    let bench = Bench::with(Options { sensors: 2_500, max_rows: Some(900), ..world() }).await;
    let rows = bench.rows(&["sensor", "list"]).await;
    let ids: BTreeSet<_> = rows.iter().map(|row| row.text("id")).collect();
    assert_eq!((rows.len(), ids.len()), (2_500, 2_500));
    bench.server.forget_requests();
    let ran = bench.run(&["sensor", "list", "--limit", "7"]).await;
    ran.check(0).notes_say("7 sensors; there are more");
    let seen = bench.server.seen_requests();
    assert!(seen.iter().any(|seen| seen.target.contains("rows=8")));
}

/// A host that was installed twice, which no simulated fleet has.
async fn twins() -> SocketAddr {
    let record = |id: u32, name: &str| json!({"id": id, "computer_name": name, "status": "Offline"});
    let body = json!({
        "results": [record(8, "FIN-WS-042"), record(9, "fin-ws-042"), record(10, "FIN-WS-0421")],
        "total_results": 3,
    });
    let body = body.to_string();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // No request here is longer than one read.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn sensors_are_found_by_each_of_their_facts() {
    let bench = Bench::start().await;
    let all = bench.rows(&["sensor", "list"]).await;
    let find = async |filter: &str| bench.rows(&["sensor", "list", filter]).await;
    let offline = find("status:offline").await;
    assert!(!offline.is_empty() && offline.iter().all(|row| row.text("status") == "Offline"));
    let online = find("-status:offline").await;
    assert_eq!(offline.len() + online.len(), all.len());
    // The program has the time of day, the world does not.
    let Clock::Fixed(now) = world().clock else { panic!("the world has a fixed clock") };
    let days = jiff::Timestamp::now().duration_since(now).as_hours().max(0) / 24 + 8;
    let lost = find(&format!("group:finance seen:>{days}d")).await;
    assert!(!lost.is_empty() && lost.len() < offline.len());
    assert!(lost.iter().all(|row| row.text("computer_name").starts_with("FIN")));
    let isolated = find("isolation:yes").await;
    assert!(isolated.iter().all(|row| row["is_isolating"] == true) && !isolated.is_empty());
    // The limit is that of what is shown, not of what is looked at.
    let ran = bench.run(&["sensor", "list", "os:linux", "--limit", "1"]).await;
    ran.check(0).notes_say("there are more");
    let ran = bench.run(&["sensor", "list", "state:offline"]).await;
    ran.check(2).notes_say("unknown sensor field state: use hostname");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_not_there_is_answered_with_those_there_are() {
    let bench = Bench::start().await;
    let ran = bench.run(&["sensor", "list", "group:nope"]).await;
    ran.check(3).notes_say("error: no sensor group is named \"nope\"\n").notes_say("hint: groups: Default Group, ");
    bench.run(&["sensor", "list", "nonsense:x group:nope"]).await.check(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sensor_or_one_hit_is_said_as_one() {
    let bench = Bench::start().await;
    let ran = bench.run(&["sensor", "list", "--limit", "1"]).await;
    ran.check(0).notes_say("note: 1 sensor; there are more");
    let rows = bench.rows(&["watchlist", "list"]).await;
    let once = rows.iter().find(|row| row.text("last_hit_count") == "1");
    let id = once.unwrap().text("id");
    let ran = bench.run(&["watchlist", "show", &id]).await;
    ran.check(0);
    assert!(ran.out.contains(" 1 hit\n"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_can_find_nothing_are_refused() {
    let bench = Bench::start().await;
    for (filter, why) in [
        ("status:foo", "use one of online, offline"),
        ("status:offline,online", "is not a status"),
        ("health:90", "health needs <90 or >90"),
        ("ip:zzz", "is not part of an IP address"),
        ("\"fin", "unclosed quote"),
    ] {
        let ran = bench.run(&["sensor", "list", filter]).await;
        ran.check(2).notes_say(why);
    }
}
