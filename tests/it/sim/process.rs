//! Processes: documents, summaries, segments, and the scenarios in them.

use lampblack::sim::Options;
use serde_json::{Value, json};

use crate::sim::lab::{Lab, ids, rows, small};

#[tokio::test]
async fn the_documentations_example_is_found_and_walked() {
    let lab = Lab::small().await;
    let query = ("q", r"process_name:net.exe cmdline:\\test\blah");
    let found = lab.search(&[query, ("rows", "100"), ("sort", "last_update desc")]).await;
    let nets = rows(&found);
    assert_eq!(found["total_results"], 2);
    let facts = |row: &Value| (row["start"].clone(), row["cmdline"].clone());
    assert_eq!(facts(&nets[0]), (json!("2016-11-11T20:59:31.631Z"), json!(r"net  use y: \\test\blah")));
    assert_eq!(facts(&nets[1]), (json!("2016-11-11T20:59:25.667Z"), json!(r"net  use z: \\test\blah")));
    assert_eq!(nets[0]["parent_md5"], "000000000000000000000000000000");
    assert_eq!(nets[0]["hostname"], "win-ia9nq1gn8oi");
    let mut chain = Vec::new();
    let mut id = nets[0]["parent_id"].as_str().unwrap().to_owned();
    loop {
        let path = format!("/api/v1/process/{id}/0?children=15");
        let summary = lab.json(&path).await;
        let process = &summary["process"];
        if *process == json!({}) {
            break;
        }
        chain.push(format!(
            "{} {} {} {}",
            process["start"].as_str().unwrap(),
            process["username"].as_str().unwrap(),
            process["process_pid"],
            process["cmdline"].as_str().unwrap()
        ));
        id = process["parent_id"].as_str().unwrap().to_owned();
    }
    assert_eq!(
        chain,
        [
            r#"2016-10-25T20:20:29.79Z WIN-IA9NQ1GN8OI\bit9rad 876 "C:\Windows\system32\cmd.exe" "#,
            r"2016-10-25T14:08:49.651Z WIN-IA9NQ1GN8OI\bit9rad 3124 C:\Windows\Explorer.EXE",
            r"2016-10-25T14:08:49.37Z WIN-IA9NQ1GN8OI\bit9rad 1560 C:\Windows\system32\userinit.exe",
            r"2016-10-25T14:08:26.382Z SYSTEM 748 winlogon.exe",
            r"2016-10-25T14:08:26.242Z SYSTEM 688 \SystemRoot\System32\smss.exe 00000001 00000030 ",
            r"2016-10-25T14:08:23.59Z SYSTEM 536 \SystemRoot\System32\smss.exe",
            r"2016-10-25T14:08:23.559Z SYSTEM 4 c:\windows\system32\ntoskrnl.exe",
            r"2016-10-25T14:08:23.374Z  0 c:\windows\system32\ntoskrnl.exe",
        ]
    );
    // Clients of 5.2 ask for the events instead.
    let events = lab.json(&format!("/api/v3/process/{id}/1/event")).await;
    assert_eq!(events["process"], json!({}));
    let binary = lab.json("/api/v1/binary/79b6d4c5283fc806387c55b8d7c8b762/summary").await;
    assert_eq!(binary["md5"], "79B6D4C5283FC806387C55B8D7C8B762");
    assert_eq!(binary["digsig_publisher"], "Microsoft Corporation");
    let group = lab.json("/api/group/1").await;
    assert_eq!(group[0]["name"], "Default Group");
    assert_eq!(lab.json("/api/v1/sensor/3").await["group_id"], 1);
}

#[tokio::test]
async fn the_traces_of_the_incident_are_found() {
    let lab = Lab::small().await;
    let payload = lab.md5("svch0st.exe").await;
    for (query, count) in [
        ("parent_name:outlook.exe process_name:winword.exe cmdline:purchase-order-4471.docm", 1),
        ("process_name:powershell.exe cmdline:-enc hostname:FIN-WS-042", 1),
        ("process_name:svch0st.exe digsig_result:Unsigned", 1),
        ("domain:update-cdn.example process_name:svch0st.exe", 1),
        ("ipaddr:198.51.100.23 process_name:winupdsvc.exe", 2),
        ("crossproc_name:lsass.exe", 1),
        (&format!("filewrite_md5:{payload}"), 1),
        ("alliance_score_soc:[90 TO *] process_name:svch0st.exe", 1),
        ("watchlist_23:* process_name:7z.exe", 1),
    ] {
        let truth = lab.truth(&[("q", query)]).await;
        assert_eq!(truth["processes"], count, "{query}");
    }
}

#[tokio::test]
async fn a_summary_lists_no_more_relatives_than_asked_for() {
    let lab = Lab::small().await;
    let query = ("q", "process_name:explorer.exe hostname:fin-ws-042");
    let found = lab.search(&[query, ("cb.group", "id")]).await;
    let explorer = &rows(&found)[0];
    let id = explorer["id"].as_str().unwrap();
    for (children, expected) in [("", 15), ("?children=15", 15), ("?children=3", 3), ("?children=0", 0)] {
        let summary = lab.json(&format!("/api/v1/process/{id}/0{children}")).await;
        assert_eq!(summary["children"].as_array().unwrap().len(), expected, "{children}");
        assert!(summary["siblings"].as_array().unwrap().len() <= 15);
    }
    let all = lab.json(&format!("/api/v1/process/{id}/0?children=100000")).await;
    let children = all["children"].as_array().unwrap();
    assert_eq!(all["process"]["childproc_count"], children.len());
    for child in children {
        assert_eq!(child["parent_id"], id);
        assert_eq!(child["child_proc_type"], "exec");
        assert!(child.get("netconn_count").is_none());
    }
    assert_eq!(all["parent"]["process_name"], "userinit.exe");
    assert!(all["process"]["uid"].as_str().unwrap().starts_with("S-1-5-21-"));
    let v2 = lab.json(&format!("/api/v2/process/{id}/0")).await;
    assert_eq!(v2, all["process"]);
}

#[tokio::test]
async fn a_segment_can_be_asked_for_alone() {
    let lab = Lab::small().await;
    let found = lab.search(&[("q", "process_name:svch0st.exe")]).await;
    let row = &rows(&found)[0];
    let id = row["id"].as_str().unwrap();
    let list = lab.json(&format!("/api/v1/process/{id}/segment")).await;
    let segments = list["process"]["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 7);
    let mut connections = 0;
    for segment in segments {
        let unique = segment["unique_id"].as_str().unwrap();
        assert_eq!((unique.len(), &unique[..36]), (49, id));
        let number = i64::from_str_radix(&unique[37..], 16).unwrap();
        let summary = lab.json(&format!("/api/v1/process/{id}/{number}")).await;
        assert_eq!(summary["process"]["unique_id"], unique);
        assert_eq!(summary["process"]["netconn_count"], segment["event_counts"]["netconn"]);
        connections += segment["event_counts"]["netconn"].as_u64().unwrap();
    }
    let merged = lab.json(&format!("/api/v1/process/{id}/0")).await;
    assert_eq!(merged["process"]["netconn_count"], connections);
    assert_eq!(lab.status(&format!("/api/v1/process/{id}/77")).await, 404);
}

#[tokio::test]
async fn every_parent_in_a_result_resolves_or_is_unknown() {
    let lab = Lab::small().await;
    for row in lab.pages(&[("cb.group", "parent_id")], 1_000).await {
        let id = row["parent_id"].as_str().unwrap();
        let unknown = format!("{}-ffff-ffff-0000-000000000000", &id[..8]);
        let status = lab.status(&format!("/api/v1/process/{id}/0?children=0")).await;
        assert_eq!(status == 404, id == unknown, "{id}");
    }
}

#[tokio::test]
async fn the_unseen_parent_of_the_kernel_is_an_empty_process() {
    for version in ["5.2", "6.2", "7.8"] {
        let lab = Lab::start(Options { server_version: version.into(), ..small() }).await;
        let id = "00000003-0000-0004-01d2-2ec93f6051ee";
        for segment in [0, 1] {
            let path = format!("/api/v1/process/{id}/{segment}?children=15");
            assert_eq!(lab.json(&path).await, json!({"process": {}, "siblings": [], "children": [], "parent": {}}));
        }
        assert_eq!(lab.json(&format!("/api/v2/process/{id}/1")).await, json!({}));
        let events = format!("/api/v1/process/{id}/1/event");
        assert_eq!(lab.json(&events).await["process"], json!({}));
        let other = "00000003-0000-0004-01d2-2ec93f6051ef";
        let path = format!("/api/v1/process/{other}/1");
        assert_eq!(lab.status(&path).await, 404, "a parent without a record");
    }
}

#[tokio::test]
async fn rows_have_the_quirks_of_real_ones() {
    let lab = Lab::small().await;
    let all = lab.pages(&[], 1_000).await;
    let nulls = all.iter().filter(|row| row["parent_unique_id"].is_null()).count();
    assert!(nulls > 0, "no row without its parent's unique id");
    let foreign = all.iter().filter(|row| {
        let id = row["parent_unique_id"].as_str().unwrap_or_default();
        !id.is_empty() && id[..8] != row["parent_id"].as_str().unwrap()[..8]
    });
    assert!(foreign.count() > 0, "no row that names another sensor's process");
    let damaged = all.iter().find(|row| row["start"] == -1).unwrap();
    assert_eq!(damaged["process_pid"], -1);
    for row in &all {
        for field in ["hostname", "username", "process_name", "cmdline"] {
            assert!(row[field].is_string(), "{field} of {row}");
        }
        assert!(row["comms_ip"].as_i64().is_some_and(|ip| i32::try_from(ip).is_ok()));
        assert_eq!(row["group"], row["group"].as_str().unwrap().to_lowercase());
    }
    let tagged = lab.search(&[("q", "watchlist_21:*"), ("rows", "1")]).await;
    let hit = &rows(&tagged)[0];
    assert_eq!(hit["watchlists"][0]["wid"], "21");
    assert_eq!(hit["watchlists"][0]["segments_hit"][0], hit["segment_id"]);
    assert_eq!(hit["alliance_score_soc"], 98);
}

#[tokio::test]
async fn hostile_text_arrives_as_it_was_written() {
    let lab = Lab::small().await;
    let found = lab.search(&[("q", "hostname:hr-ws-011 path:users\\public\\*"), ("rows", "100")]).await;
    let cmdlines = ids(rows(&found), "cmdline");
    let has = |text: &str| cmdlines.iter().any(|cmdline| cmdline.contains(text));
    for text in ["\u{1b}]52;c;", "\u{1b}]0;", "\u{202e}", "\r\n", "=HYPERLINK", "\u{9b}31m", "\0"] {
        assert!(has(text), "{text:?} is not among them");
    }
    assert!(cmdlines.iter().any(|cmdline| cmdline.len() >= 1 << 20));
}

#[tokio::test]
async fn releases_differ_as_documented() {
    let old = Lab::start(Options { server_version: "5.2.0".into(), ..small() }).await;
    let found = old.search(&[("q", "process_name:net.exe hostname:WIN-IA9NQ1GN8OI")]).await;
    let row = &rows(&found)[0];
    assert_eq!(row["hostname"], "WIN-IA9NQ1GN8OI");
    assert_eq!(row["segment_id"], 1);
    assert_eq!(row["unique_id"].as_str().unwrap().len(), 45);
    assert!(found.get("incomplete_results").is_none());
    assert_eq!(old.status("/api/v1/storage/events/partition").await, 404);
    let new = Lab::start(Options { server_version: "7.8".into(), ..small() }).await;
    let found = new.search(&[("q", "process_name:net.exe hostname:WIN-IA9NQ1GN8OI")]).await;
    let row = &rows(&found)[0];
    // Real ones of 7.x have it as a number too.
    assert_eq!(row["comms_ip"], -1_407_842_931_i64);
    assert_eq!(row["process_sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let world = |seed| async move {
        let lab = Lab::start(Options { seed, ..small() }).await;
        let rows = lab.pages(&[], 1_000).await;
        (lab.sim.token.clone(), rows)
    };
    let (first, second, other) = (world(1).await, world(1).await, world(2).await);
    assert_eq!(first, second);
    assert_ne!(first.0, other.0);
    assert_ne!(first.1, other.1);
}

/// When a process of the incident started, by the server's clock, in milliseconds since 1970.
async fn started(lab: &Lab, query: &str) -> i64 {
    let found = lab.search(&[("q", query), ("cb.group", "id")]).await;
    let row = &rows(&found)[0];
    let sensor = lab.json(&format!("/api/v1/sensor/{}", row["sensor_id"])).await;
    let ahead: i64 = sensor["clock_delta"].as_str().unwrap().parse().unwrap();
    let start: jiff::Timestamp = row["start"].as_str().unwrap().parse().unwrap();
    start.as_millisecond() - ahead * 1_000
}

#[tokio::test]
async fn an_effect_comes_after_its_cause_whatever_the_clocks_of_the_hosts() {
    let lab = Lab::small().await;
    let mut services = Vec::new();
    for host in ["srv-file-01", "fin-lt-0312"] {
        let command = format!(r#"process_name:sc.exe cmdline:"\\{host} create WinUpdSvc""#);
        let service = format!("process_name:winupdsvc.exe hostname:{host}");
        let (command, service) = (started(&lab, &command).await, started(&lab, &service).await);
        // Within a minute: who creates a service starts it.
        assert!((0..60_000).contains(&(service - command)), "{host}: {}", service - command);
        services.push(service);
    }
    assert!(services.is_sorted(), "the file server was first");
}

#[tokio::test]
async fn a_preview_is_short_flat_and_marked() {
    let lab = Lab::small().await;
    let found = lab.search(&[("q", "process_name:winupdsvc.exe"), ("rows", "1")]).await;
    let id = rows(&found)[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/process/{id}/0/preview");
    let plain = lab.json(&path).await;
    assert_eq!((&plain["segment"], &plain["id"]), (&json!(""), &json!(id)));
    let connections = plain["netconn_complete"].as_array().unwrap().len();
    assert!((1..=30).contains(&connections), "{connections}");
    assert!(plain["netconn_count"].as_u64().unwrap() > 1_000);
    assert!(!plain.to_string().contains("PREPREPRE"));
    let marked = lab.json(&format!("{path}?q=process_name:WinUpdSvc.exe")).await;
    assert_eq!(marked["cmdline"], r"C:\Windows\Temp\PREPREPREwinupdsvc.exePOSTPOSTPOST");
    assert_eq!(lab.status(&format!("{path}?q=(")).await, 400);
    let unknown = path.replace(id, "0000000e-0000-0001-01d2-2efd3af51186");
    assert_eq!(lab.status(&unknown).await, 404);
}

#[tokio::test]
async fn a_processs_feed_hits_and_its_archive_are_given() {
    let lab = Lab::small().await;
    let found = lab.search(&[("q", "process_name:winupdsvc.exe"), ("rows", "1")]).await;
    let row = &rows(&found)[0];
    let path = format!("/api/v1/process/{}/0", row["id"].as_str().unwrap());
    let hits = lab.json(&format!("{path}/threat_intel_hits")).await;
    let hits = hits.as_array().unwrap();
    let score = row["alliance_score_soc"].clone();
    assert!(hits.iter().any(|hit| {
        hit["feed_name"] == "soc" && hit["report_id"] == "fuzzywombat-service-1" && hit["score"] == score
    }));
    let report = lab.get(&format!("{path}/report")).await;
    assert_eq!(report.headers()["content-type"], "application/zip");
    let bytes = report.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for name in ["process.json", "events.json"] {
        let member = archive.by_name(name).unwrap();
        let whole: Value = serde_json::from_reader(member).unwrap();
        assert!(whole.is_object(), "{name}");
    }
    let plain = lab.search(&[("q", "process_name:smss.exe"), ("rows", "1")]).await;
    let id = rows(&plain)[0]["id"].as_str().unwrap();
    let none = lab.json(&format!("/api/v1/process/{id}/0/threat_intel_hits")).await;
    assert_eq!(none, json!([]));
}
