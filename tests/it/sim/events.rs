//! Events: every version and kind, segments, windows, and the incident's story in them.

use std::collections::BTreeMap;

use lampblack::sim::Options;
use serde_json::{Value, json};

use crate::sim::lab::{Lab, rows, small};

const KINDS: [&str; 8] =
    ["modload", "filemod", "regmod", "netconn", "childproc", "crossproc", "processblock", "fileless_scriptload"];

async fn lab(version: &str) -> Lab {
    Lab::start(Options { server_version: version.into(), ..small() }).await
}

async fn id(lab: &Lab, query: &str) -> String {
    let found = lab.search(&[("q", query), ("cb.group", "id")]).await;
    rows(&found)[0]["id"].as_str().unwrap().to_owned()
}

async fn events(lab: &Lab, version: u8, id: &str, segment: &str) -> Value {
    let path = format!("/api/v{version}/process/{id}/{segment}/event");
    lab.json(&path).await["process"].clone()
}

fn list(process: &Value, kind: &str) -> Vec<Value> {
    let list = process[format!("{kind}_complete")].as_array();
    list.cloned().unwrap_or_default()
}

/// Events as the documents count them: a child once, however many records tell of it.
fn counted(process: &Value, kind: &str) -> usize {
    let is_end = |record: &&Value| match record.as_str() {
        Some(text) => text.split('|').nth(5) == Some("false"),
        None => record["type"] == "end",
    };
    let list = list(process, kind);
    match kind {
        "childproc" => list.iter().filter(|record| !is_end(record)).count(),
        _ => list.len(),
    }
}

#[track_caller]
fn check(record: &Value, fields: &[(usize, &str)]) {
    let text = record.as_str().unwrap();
    let found: Vec<&str> = text.split('|').collect();
    for (at, expected) in fields {
        assert_eq!(found[*at], *expected, "{text}");
    }
}

#[tokio::test]
async fn a_documents_counts_are_the_lengths_of_its_lists() {
    for version in ["6.2", "7.8"] {
        let lab = lab(version).await;
        let event = if version == "6.2" { 4 } else { 5 };
        let mut seen = BTreeMap::new();
        for row in lab.pages(&[], 1_000).await.iter().step_by(29) {
            let (id, segment) = (row["id"].as_str().unwrap(), row["segment_id"].to_string());
            let process = events(&lab, event, id, &segment).await;
            for kind in KINDS {
                let count = counted(&process, kind);
                let said = row[format!("{kind}_count")].as_u64().unwrap_or(0);
                assert_eq!(u64::try_from(count).unwrap(), said, "{kind} of {id}/{segment}");
                *seen.entry(kind).or_insert(0) += count;
            }
        }
        for kind in ["modload", "filemod", "regmod", "netconn", "childproc"] {
            assert!(seen[kind] > 0, "no {kind} anywhere");
        }
    }
}

#[tokio::test]
async fn segments_make_up_the_whole_and_say_what_they_have() {
    let lab = Lab::small().await;
    let id = id(&lab, "process_name:svch0st.exe").await;
    let whole = events(&lab, 4, &id, "0").await;
    let segments = lab.json(&format!("/api/v1/process/{id}/segment")).await;
    let segments = segments["process"]["segments"].as_array().unwrap().clone();
    let mut parts: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for segment in &segments {
        let unique = segment["unique_id"].as_str().unwrap();
        let number = u64::from_str_radix(&unique[37..], 16).unwrap();
        let part = events(&lab, 4, &id, &number.to_string()).await;
        for kind in KINDS {
            assert_eq!(
                segment["event_counts"][kind].as_u64().unwrap_or(0),
                u64::try_from(counted(&part, kind)).unwrap()
            );
            parts.entry(kind).or_default().extend(list(&part, kind));
        }
    }
    for kind in KINDS {
        assert_eq!(parts[kind], list(&whole, kind), "{kind}");
    }
    assert_eq!(lab.status(&format!("/api/v4/process/{id}/7/event")).await, 404);
}

#[tokio::test]
async fn each_version_has_its_shapes() {
    let lab = lab("7.8").await;
    let id = id(&lab, "process_name:powershell.exe cmdline:-enc hostname:FIN-WS-042").await;
    let shape = |record: &Value| match record {
        Value::String(text) if text.starts_with('{') => "json",
        Value::String(_) => "pipe",
        Value::Object(_) => "object",
        other => panic!("{other}"),
    };
    for (version, netconn, childproc) in [
        (1, "pipe", "pipe"),
        (2, "object", "pipe"),
        (3, "object", "object"),
        (4, "object", "object"),
        (5, "object", "object"),
    ] {
        let process = events(&lab, version, &id, "0").await;
        assert_eq!(shape(&list(&process, "netconn")[0]), netconn, "v{version}");
        assert_eq!(shape(&list(&process, "childproc")[0]), childproc, "v{version}");
        for kind in ["modload", "filemod"] {
            assert_eq!(shape(&list(&process, kind)[0]), "pipe", "v{version}");
        }
        let ip = &list(&process, "netconn")[0]["remote_ip"];
        match version {
            1 => check(&list(&process, "netconn")[0], &[(1, "-889163443"), (3, "6"), (5, "true")]),
            2 | 3 => assert_eq!(ip, -889_163_443),
            _ => assert_eq!(ip, "203.0.113.77"),
        }
        assert_eq!(list(&process, "fileless_scriptload").len(), if version == 5 { 2 } else { 0 });
        let fields = list(&process, "modload")[0].as_str().unwrap().split('|').count();
        // The lab of this test has a server of 7.x.
        assert_eq!(fields, if version >= 4 { 4 } else { 3 });
    }
    let shell = self::id(&lab, "blocked_status:a-ProcessTerminated").await;
    let blocked = events(&lab, 2, &shell, "0").await;
    assert_eq!(shape(&list(&blocked, "processblock")[0]), "json");
    assert_eq!(list(&events(&lab, 1, &shell, "0").await, "processblock"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_release_knows_its_versions_and_the_older_ones() {
    for (release, newest) in [("5.0", 1), ("5.1", 2), ("5.2", 3), ("6.2", 4), ("7.8", 5)] {
        let lab = lab(release).await;
        let id = id(&lab, "process_name:svch0st.exe").await;
        for version in 1..=5 {
            let path = format!("/api/v{version}/process/{id}/1/event");
            let expected = if version <= newest { 200 } else { 404 };
            assert_eq!(lab.status(&path).await, expected, "v{version} on {release}");
        }
        let segments = lab.status(&format!("/api/v1/process/{id}/segment")).await;
        assert_eq!(segments, if newest < 4 { 404 } else { 200 });
    }
}

#[tokio::test]
async fn the_events_show_the_incident() {
    let lab = lab("7.8").await;
    let payload = lab.md5("svch0st.exe").await.to_lowercase();
    let shell = id(&lab, "process_name:powershell.exe cmdline:-enc hostname:FIN-WS-042").await;
    let shell = events(&lab, 5, &shell, "0").await;
    let files = list(&shell, "filemod");
    let written = files.iter().find(|file| file.as_str().unwrap().contains(&payload));
    check(written.unwrap(), &[(0, "8"), (2, r"c:\users\mlopez\appdata\roaming\svc\svch0st.exe"), (4, "1")]);
    let script = list(&shell, "fileless_scriptload")[0].as_str().unwrap().to_owned();
    assert!(script.contains("DownloadString"), "{script}");
    let child = &list(&shell, "childproc")[1];
    assert_eq!(child["md5"], payload);

    let payload = id(&lab, "process_name:svch0st.exe").await;
    let process = events(&lab, 5, &payload, "0").await;
    let contacts = list(&process, "netconn");
    assert_eq!(contacts.len(), 2796);
    assert_eq!(contacts[0]["domain"], "update-cdn.example");
    let tampered = list(&process, "filemod").into_iter().find(|file| file.as_str().unwrap().contains("carbonblack"));
    check(&tampered.unwrap(), &[(0, "4"), (5, "true")]);

    let dump = id(&lab, "crossproc_name:lsass.exe").await;
    let dump_events = events(&lab, 5, &dump, "0").await;
    let open = &list(&dump_events, "crossproc")[0];
    check(open, &[(0, "ProcessOpen"), (4, r"c:\windows\system32\lsass.exe"), (5, "1"), (6, "5136"), (8, "false")]);
    let lsass = open.as_str().unwrap().split('|').nth(2).unwrap()[..36].to_owned();
    let lsass = events(&lab, 5, &lsass, "0").await;
    let opened = &list(&lsass, "crossproc")[0];
    check(opened, &[(0, "ProcessOpen"), (4, r"c:\windows\system32\rundll32.exe"), (8, "true")]);
    assert!(opened.as_str().unwrap().contains(&dump));

    let banned = id(&lab, "blocked_status:a-ProcessTerminated").await;
    let blocked = list(&events(&lab, 5, &banned, "0").await, "processblock");
    let blocked: Value = serde_json::from_str(blocked[0].as_str().unwrap()).unwrap();
    assert_eq!(blocked["blocked_path"], r"c:\users\public\m64.exe");
    assert_eq!(id(&lab, "tampered:true").await, payload);
}

#[tokio::test]
async fn a_hidden_child_is_counted_by_its_parent_alone() {
    let lab = Lab::small().await;
    let shells = lab.pages(&[("q", "process_name:cmd.exe"), ("cb.group", "id")], 500).await;
    let mut n_hidden = 0;
    for shell in shells {
        let id = shell["id"].as_str().unwrap();
        let children = list(&events(&lab, 4, id, "0").await, "childproc");
        for child in children.iter().filter(|child| child["is_suppressed"] == json!(true)) {
            n_hidden += 1;
            assert_ne!(child["commandLine"], "");
            let child = &child["processId"].as_str().unwrap()[..36];
            assert_eq!(lab.status(&format!("/api/v1/process/{child}/0")).await, 404);
            let summary = lab.json(&format!("/api/v1/process/{id}/0?children=1000")).await;
            let listed = summary["children"].as_array().unwrap();
            assert!(listed.iter().any(|one| one["id"] == child && one["is_suppressed"] == true));
        }
    }
    assert!(n_hidden > 0, "no process has a hidden child");
}

#[tokio::test]
async fn a_window_cuts_every_list() {
    let lab = Lab::small().await;
    let id = id(&lab, "process_name:svch0st.exe").await;
    let whole = list(&events(&lab, 4, &id, "0").await, "netconn");
    let path = format!("/api/v4/process/{id}/0/event?cb.event_start=10&cb.event_count=5");
    let process = lab.json(&path).await["process"].clone();
    assert_eq!(list(&process, "netconn"), whole[10..15]);
    assert!(process.get("crossproc_complete").is_none());
    assert_eq!(process["netconn_count"], 2796);
}

#[tokio::test]
async fn one_process_has_fifty_thousand_events_in_forty_segments() {
    let lab = Lab::small().await;
    let id = id(&lab, "process_name:bldagent.exe").await;
    let segments = lab.json(&format!("/api/v1/process/{id}/segment")).await;
    let segments = segments["process"]["segments"].as_array().unwrap();
    assert_eq!(segments.len(), 40);
    let counts = segments.iter().flat_map(|one| one["event_counts"].as_object().unwrap().values());
    assert_eq!(counts.map(|count| count.as_u64().unwrap()).sum::<u64>(), 50_000);
}

#[tokio::test]
async fn records_of_v4_have_a_sha256_from_7_on() {
    for (version, has) in [("6.2", false), ("7.0", true), ("7.8", true)] {
        let lab = lab(version).await;
        let id = id(&lab, "cmdline:MiniDump").await;
        let events = events(&lab, 4, &id, "0").await;
        for kind in ["modload", "filemod", "crossproc"] {
            let records = events[format!("{kind}_complete")].as_array().unwrap();
            let is_hash = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let hashes = records.iter().filter_map(|record| record.as_str()?.rsplit('|').next()).filter(is_hash);
            assert_eq!(hashes.count() > 0, has, "{version} {kind}");
        }
    }
}

#[tokio::test]
async fn what_isolation_stopped_is_said_from_7_7_on() {
    for (version, has) in [("7.6", false), ("7.7", true)] {
        let lab = lab(version).await;
        let found = lab
            .search(&[("q", "hostname:fin-ws-017 netconn_count:[1 TO *]"), ("rows", "300"), ("cb.group", "id")])
            .await;
        let (mut blocked, mut open) = (0, 0);
        for row in rows(&found) {
            let events = events(&lab, 4, row["id"].as_str().unwrap(), "0").await;
            for netconn in events["netconn_complete"].as_array().into_iter().flatten() {
                match netconn.get("block_type") {
                    None => open += 1,
                    Some(kind) => {
                        assert_eq!(kind, "NetworkIsolation");
                        assert_ne!(netconn["remote_port"], 53);
                        assert!(netconn["timestamp"].as_str().unwrap() >= "2021-03-02T18:00:00");
                        blocked += 1;
                    }
                }
            }
        }
        assert_eq!(blocked > 0, has, "{version}");
        assert!(open > 0, "{version}: nothing before it was isolated");
    }
}

#[tokio::test]
async fn a_drive_that_was_plugged_in_is_in_the_registry() {
    let lab = Lab::small().await;
    let class = "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}";
    for query in [
        format!(r"regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{class}\*"),
        r"regmod:registry\machine\system\currentcontrolset\enum\usbstor\*".to_owned(),
        "watchlist_1:*".to_owned(),
    ] {
        let query = format!("{query} hostname:fin-ws-017 process_name:wudfhost.exe");
        assert_eq!(lab.truth(&[("q", &query)]).await["processes"], 1, "{query}");
    }
}
