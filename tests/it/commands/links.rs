//! Links to the web console in the place of queries and ids, and the facet filters that come with stored queries.

use reqwest::Method;
use serde_json::json;

use super::bench::{Bench, Members, NET};

/// The part of a link before the `#`: of the server itself, and of another.
fn bases(bench: &Bench) -> (String, &'static str) {
    (bench.server.url.clone(), "https://cb.other.example")
}

/// A text as form data.
fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_search_is_its_query_on_this_server() {
    let bench = Bench::start().await;
    let (own, other) = bases(&bench);
    let search = form(&[("cb.urlver", "1"), ("q", NET)]);
    for (base, is_other) in [(own.as_str(), false), (other, true)] {
        for slash in ["", "/"] {
            let link = format!("{base}/#{slash}search/{search}");
            let ran = bench.run(&["search", &link, "--count"]).await;
            assert_eq!(ran.check(0).out, "2\n");
            ran.notes_say("note: query of the link: process_name:net.exe");
            assert_eq!(ran.notes.contains("the link is for cb.other.example"), is_other, "{}", ran.notes);
            let ran = bench.fed(&["facets", "-", "--field", "username", "--format", "jsonl"], &link).await;
            assert!(!ran.check(0).json_lines().is_empty());
        }
    }
    let link = format!("{own}/#/binaries/{}", form(&[("q", "x")]));
    let ran = bench.run(&["search", &link]).await;
    ran.check(2).notes_say("This link points to a binary search");
    let ran = bench.run(&["search", &format!("{own}/#/search/cb.urlver=1&process_name%3Aa.exe")]).await;
    ran.check(2).notes_say("This link has no query");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_process_is_its_id() {
    let bench = Bench::start().await;
    let (own, other) = bases(&bench);
    let id = bench.ids(NET).await.remove(0);
    for base in [own.as_str(), other, "hxxps://cb[.]other[.]example", ""] {
        let link = format!("{base}#analyze/{id}/1614852945678");
        let ran = bench.run(&["tree", &link, "--format", "jsonl"]).await;
        let rows = ran.check(0).json_lines();
        assert!(rows.iter().any(|row| row["relation"] == "self" && row["id"] == id.as_str()));
        assert_eq!(ran.notes.contains("; searching on "), base.contains("other"), "{}", ran.notes);
        let ran = bench.fed(&["events", "-", "--format", "jsonl"], &format!("{link}\n")).await;
        ran.check(0);
    }
    let ran = bench.run(&["tree", &format!("{own}/#/host/3")]).await;
    ran.check(2).notes_say("this link points to a host, not to a process");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_in_a_link_of_another_server_is_refused() {
    let bench = Bench::start().await;
    let (own, other) = bases(&bench);
    let alert = bench.rows(&["alert", "list"]).await[0].text("unique_id");
    let report = bench.rows(&["report", "list"]).await.remove(0);
    let (feed, report) = (report["feed_id"].to_string(), report.text("id"));
    let of_alert = format!("alerts?{}", form(&[("q", &format!("unique_id:{alert}"))]));
    let of_report = format!("threat-details/{feed}/{report}");
    let commands: [(&[&str], &str); 7] = [
        (&["sensor", "show"], "host/3"),
        (&["sensor", "isolate", "--dry-run", "--reason", "x"], "host/7"),
        (&["watchlist", "show"], "watchlist/14"),
        (&["watchlist", "search"], "watchlist/14"),
        (&["watchlist", "disable", "--dry-run", "--reason", "x"], "watchlist/14"),
        (&["alert", "status", "resolved", "--dry-run"], &of_alert),
        (&["report", "ignore", "--dry-run", "--reason", "x"], &of_report),
    ];
    for (command, fragment) in commands {
        let link = format!("{own}/#/{fragment}");
        let ran = bench.run(&[command, &[link.as_str()]].concat()).await;
        assert!(matches!(ran.exit, 0 | 3 | 5), "{command:?}: {}", ran.notes);
        assert!(!ran.notes.contains("link"), "{command:?}: {}", ran.notes);
        bench.server.forget_requests();
        let link = format!("{other}/#/{fragment}");
        let ran = bench.run(&[command, &[link.as_str()]].concat()).await;
        ran.check(2).notes_say("this link is for cb.other.example, the configured server is 127.0.0.1");
        assert_eq!(bench.server.seen_requests().len(), 0, "{command:?}");
        let link = format!("{own}/#/investigation/3");
        let ran = bench.run(&[command, &[link.as_str()]].concat()).await;
        ran.check(2).notes_say("this link points to an unknown page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_binary_is_its_hash() {
    let bench = Bench::start().await;
    let md5 = bench.md5("svch0st.exe").await;
    let link = format!("https://cb.other.example/#/binary/{}", md5.to_uppercase());
    let ran = bench.run(&["binary", "show", &link, "--format", "jsonl"]).await;
    assert_eq!(ran.check(0).json_lines()[0].text("md5").to_lowercase(), md5);
    let ran = bench.run(&["ban", "add", &link, "--dry-run", "--reason", "x"]).await;
    assert!(matches!(ran.exit, 0 | 5), "{}", ran.notes);
    let ran = bench.run(&["binary", "show", "https://cb.other.example/#/host/3"]).await;
    ran.check(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn facet_filters_of_a_stored_query_are_parameters_of_the_search() {
    let bench = Bench::start().await;
    let search = form(&[
        ("cb.urlver", "1"),
        ("q", "process_name:cmd.exe or\r\nprocess_name:net.exe"),
        ("cb.fq.hour_of_day", "3"),
        ("cb.fq.group", "Default Group"),
    ]);
    let list = json!({"id": null, "index_type": "events", "name": "At night", "search_query": search});
    bench.send(Method::POST, "/api/v1/watchlist", list).await;
    let query = r"(process_name:cmd.exe or process_name:net.exe) cb.fq.hour_of_day=3 cb.fq.group=Default\ Group";
    let ran = bench.run(&["watchlist", "show", "At night"]).await;
    ran.check(0);
    assert!(ran.out.contains(query), "{}", ran.out);
    let link = format!("#/search/{search}");
    for command in [
        vec!["watchlist", "search", "At night"],
        vec!["search", query],
        vec!["search", query, "--count"],
        vec!["search", &link],
        vec!["facets", query],
    ] {
        bench.server.forget_requests();
        let ran = bench.run(&command).await;
        assert!(matches!(ran.exit, 0 | 3), "{command:?}: {}", ran.notes);
        let seen = bench.server.seen_requests();
        let seen = seen.iter().find(|seen| seen.target.starts_with("/api/v1/process?")).unwrap();
        for part in [
            "cb.fq.group=Default+Group",
            "cb.fq.hour_of_day=3",
            "q=%28process_name%3Acmd.exe+or+process_name%3Anet.exe%29&",
        ] {
            assert!(seen.target.contains(part), "{command:?}: {}", seen.target);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_query_that_has_lost_its_q_is_not_run_without_a_word() {
    let bench = Bench::start().await;
    let list = json!({"id": null, "index_type": "events", "name": "Lost", "search_query": "cb.urlver=1&process_name%3Acmd.exe"});
    bench.send(Method::POST, "/api/v1/watchlist", list).await;
    let ran = bench.run(&["watchlist", "show", "Lost"]).await;
    assert!(ran.check(0).out.contains("malformed"), "{}", ran.out);
    let searches = |bench: &Bench| {
        bench.server.seen_requests().iter().filter(|seen| seen.target.starts_with("/api/v1/process")).count()
    };
    let ran = bench.run(&["watchlist", "search", "Lost"]).await;
    ran.check(2).notes_say("its stored query is malformed").notes_say("--as-typed");
    assert_eq!(searches(&bench), 0);
    let ran = bench.run(&["watchlist", "search", "Lost", "--count", "--as-typed"]).await;
    ran.check(0).notes_say("warning: its stored query is malformed");
    assert_eq!(searches(&bench), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_read_as_people_write_them_and_said_as_they_were_understood() {
    let bench = Bench::start().await;
    for (text, understood) in [
        ("2016-11-11", "last event since 2016-11-11 00:00:00Z, host clock"),
        ("2016-11-11T08:00", "last event since 2016-11-11 08:00:00Z, host clock"),
        ("2016-11-11 08:00:00", "last event since 2016-11-11 08:00:00Z, host clock"),
        ("2016-11-11T08:00:00+02:00", ""),
    ] {
        let ran = bench.run(&["search", NET, "--count", "--min-last-update", text]).await;
        assert_eq!(ran.check(0).out, "2\n");
        assert_eq!(ran.notes.contains("last event since"), !understood.is_empty());
        ran.notes_say(understood);
    }
    for text in ["yesterday", "-1h30m", "-7d"] {
        let ran = bench.run(&["facets", NET, "--max-last-server-update", text]).await;
        ran.check(0).notes_say("note: last event until 20").notes_say("server clock");
    }
    let ran = bench.run(&["search", NET, "--min-last-update", "soonish"]).await;
    ran.check(2).notes_say("is not valid").notes_say("hint: write 2026");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_by_a_field_that_is_none_is_refused_with_those_there_are() {
    let bench = Bench::start().await;
    for command in [["search", NET, "--sort", "bogus"], ["search", NET, "--sort", "bogus desc"]] {
        let ran = bench.run(&command).await;
        ran.check(2).notes_say("cannot be sorted by \"bogus\"").notes_say("last_update, ");
    }
    let ran = bench.run(&["binary", "search", "", "--sort", "cmdline"]).await;
    ran.check(2).notes_say("host_count, ");
    assert_eq!(bench.server.seen_requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn descendants_are_shown_for_as_many_generations_as_are_wanted() {
    let bench = Bench::start().await;
    let rows = bench.rows_of(&["tree", &bench.ids(NET).await[0], "--depth", "3"]).await;
    let top = rows[0].text("id");
    let deepest = |rows: &[serde_json::Value]| {
        let children = rows.iter().filter(|row| row["relation"] == "child");
        children.filter_map(|row| row["depth"].as_u64()).max()
    };
    for (wanted, depth) in [("0", None), ("1", Some(1)), ("3", Some(3))] {
        let rows = bench.rows_of(&["tree", &top, "--depth", "0", "--descend", wanted]).await;
        assert_eq!(deepest(&rows), depth, "--descend {wanted}");
        let ids: Vec<_> = rows.iter().map(|row| row.text("id")).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
        // Each stands directly below its parent's other descendants.
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row["depth"].as_u64() > Some(1)) {
            let before = rows[..at].iter().rev();
            let mut above = before.filter(|other| other["depth"].as_u64() < row["depth"].as_u64());
            let parent = above.next().unwrap().text("id");
            assert!(row.text("parent_unique_id").starts_with(&parent) || row.text("parent_id") == parent, "{row}");
        }
    }
}
