//! What the server tells of itself: license, dashboard, builds, the store of events, the history of sensors.

use std::time::Duration;

use lampblack::sim::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, rows, small};

const LINK: &str = "/api/v1/settings/global/platformserver";
const STORE: &str = "/api/v1/storage/events";

impl Lab {
    /// Name and status of every partition.
    async fn partitions(&self) -> Vec<(String, String)> {
        let answer = self.json(&format!("{STORE}/partition")).await;
        let parts = answer.as_object().unwrap().iter();
        parts.map(|(name, part)| (name.clone(), part["status"].as_str().unwrap().to_owned())).collect()
    }

    async fn act(&self, method: Method, path: &str) -> u16 {
        let path = format!("{STORE}/{path}");
        self.ask(method, &path, Value::Null).await.0
    }
}

#[tokio::test]
async fn the_license_counts_the_sensors_that_are_served_and_is_good_for_another_year() {
    let lab = Lab::small().await;
    let sensors = lab.json("/api/v2/sensor?rows=100").await;
    let online = rows(&sensors).iter().filter(|one| one["status"] == "Online");
    let license = lab.json("/api/license").await;
    assert!(license["actual_sensor_count"].as_u64().unwrap() >= online.count() as u64);
    assert!(license["actual_sensor_count"].as_u64().unwrap() < 16);
    assert_eq!(license["licensed_sensor_count_exceeded"], false);
    assert_eq!(license["license_end_date"], "2021-12-29");
    let renewed = |block: &str| json!({"license": block});
    let (status, _) = lab.ask(Method::POST, "/api/license", renewed("junk")).await;
    assert_eq!(status, 400);
    let block = "-----BEGIN CB LICENSE-----\nabc\n-----END CB LICENSE-----\n";
    let answer = lab.ask(Method::POST, "/api/v1/license", renewed(block)).await;
    assert_eq!(answer, (200, json!({"status": "success"})));
    let license = lab.json("/api/v1/license").await;
    assert_eq!(license["license_end_date"], "2022-03-04");
}

#[tokio::test]
async fn the_dashboard_counts_what_the_lists_have() {
    let lab = Lab::small().await;
    let hosts = lab.json("/api/v1/dashboard/hosts").await;
    for entry in hosts["hosts"].as_array().unwrap() {
        let group = lab.json(&format!("/api/group/{}", entry["group_id"])).await;
        assert_eq!(group[0]["number_of_hosts"], entry["count"]);
        let filter = format!("/api/v2/sensor?rows=100&groupid={}", entry["group_id"]);
        let sensors = lab.json(&filter).await;
        let online = rows(&sensors).iter().filter(|one| one["status"] == "Online");
        assert_eq!(entry["punctual"], online.count());
    }
    let answer = lab.json("/api/v1/dashboard/statistics").await;
    let node = answer["storage"].as_object().unwrap().values().next().unwrap();
    let binaries = lab.json("/api/v1/binary?rows=0").await;
    assert_eq!(node["ModuleStoreStats"]["files"], binaries["total_results"]);
    let alliance = lab.json("/api/v1/dashboard/alliance").await;
    assert_eq!(alliance["alliance_client"]["is_connected"], true);
    let builds = lab.json("/api/v2/builds").await;
    assert_eq!(builds, lab.json("/api/builds").await);
    let sensor = lab.json("/api/v1/sensor/7").await;
    let windows = builds["Windows"].as_array().unwrap();
    assert!(windows.contains(&json!({"version_string": sensor["build_version_string"]})));
}

#[tokio::test]
async fn the_token_of_the_other_product_is_taken_and_never_printed() {
    let lab = Lab::small().await;
    assert_eq!(lab.json(LINK).await, json!({}));
    let said = json!({"server_url": "cbp.corp.example", "auth_token": "s3cret", "watchlist_export": true});
    assert_eq!(lab.ask(Method::POST, LINK, said).await.0, 200);
    let part = json!({"watchlist_export": false});
    assert_eq!(lab.ask(Method::POST, LINK, part).await.0, 200);
    let expected = json!({"server_url": "cbp.corp.example", "watchlist_export": false});
    assert_eq!(lab.json(LINK).await, expected);
    let wrong = json!({"server_url": "https://cbp.corp.example/"});
    assert_eq!(lab.ask(Method::POST, LINK, wrong).await.0, 400);
}

#[tokio::test]
async fn partitions_are_laid_aside_taken_back_and_erased() {
    let lab = Lab::small().await;
    let parts = lab.partitions().await;
    assert_eq!(parts.iter().filter(|(_, status)| status == "hot").count(), 1);
    let name = &parts[0].0;
    assert!(name.starts_with("cbevents_2021_02_"), "{name}");
    let status = |parts: Vec<(String, String)>| parts[0].1.clone();
    assert_eq!(lab.act(Method::POST, &format!("{name}/mount")).await, 409);
    assert_eq!(lab.act(Method::POST, &format!("{name}/unmount")).await, 200);
    assert_eq!(status(lab.partitions().await), "cold");
    assert_eq!(lab.act(Method::POST, &format!("{name}/mount")).await, 200);
    assert_eq!(status(lab.partitions().await), "warm");
    let answer = lab.json(&format!("{STORE}/partition")).await;
    assert_eq!(answer[name.as_str()]["info"]["userMounted"], true);
    assert_eq!(lab.act(Method::DELETE, name).await, 200);
    assert_eq!(lab.partitions().await, parts[1..]);
    for (method, path, expected) in [
        (Method::POST, "writer/unmount", 409),
        (Method::DELETE, "writer", 409),
        (Method::DELETE, "cbevents_1999_01_01_0000", 404),
        (Method::POST, "partition", 405),
    ] {
        assert_eq!(lab.act(method, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn the_writer_rolls_over_from_6_1_on() {
    let lab = Lab::small().await;
    let before = lab.partitions().await.len();
    for made in 1..=3 {
        assert_eq!(lab.act(Method::POST, "new_partition").await, 200);
        let parts = lab.json(&format!("{STORE}/partition")).await;
        assert_eq!(parts.as_object().unwrap().len(), before + made);
        assert_eq!(parts["writer"]["info"]["numDocs"], 0);
    }
    let parts = lab.partitions().await;
    assert!(parts.iter().any(|(name, _)| name == "cbevents_2021_03_04_1800"));
    let old = Lab::start(Options { server_version: "6.0.0".into(), ..small() }).await;
    assert_ne!(old.act(Method::POST, "new_partition").await, 200);
}

#[tokio::test]
async fn a_sensor_tells_what_waits_and_what_it_costs_while_it_was_heard_of() {
    let lab = Lab::small().await;
    let sensors = lab.json("/api/v2/sensor?rows=100").await;
    let mut seen = [0, 0];
    for sensor in rows(&sensors) {
        let path = |what: &str| format!("/api/v1/sensor/{}/{what}", sensor["id"]);
        let waits = [&sensor["num_eventlog_bytes"], &sensor["num_storefiles_bytes"]];
        let is_idle = waits.iter().all(|count| *count == "0");
        let response = lab.get(&path("queued")).await;
        if response.status() == StatusCode::NO_CONTENT {
            seen[0] += 1;
            assert!(is_idle || sensor["status"] != "Online", "{sensor}");
            continue;
        }
        seen[1] += 1;
        let queued: Value = response.json().await.unwrap();
        let queued = queued.as_array().unwrap();
        assert!(queued.iter().map(|entry| entry["timestamp"].as_str().unwrap()).rev().is_sorted());
        for (name, is_text) in [
            ("id", true),
            ("num_eventlogs", true),
            ("num_eventlog_bytes", true),
            ("num_storefile_bytes", true),
            ("num_storefiles", false),
            ("sensor_id", false),
        ] {
            assert_eq!(queued[0][name].is_string(), is_text, "{name}");
        }
        let memory = lab.json(&path("resourcestatus")).await;
        assert!(memory[0]["commit_charge"].is_string());
        assert_eq!(lab.json(&path("activity")).await[0]["computer_name"], sensor["computer_name"]);
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    assert_eq!(lab.status("/api/v1/sensor/999/queued").await, 404);
}

#[tokio::test]
async fn a_sensor_that_was_uninstalled_by_a_request_counts_nowhere_as_one_that_checks_in() {
    let lab = Lab::start(Options { checkin: Duration::ZERO, ..small() }).await;
    let licensed = async || lab.json("/api/license").await["actual_sensor_count"].as_u64().unwrap();
    let of_status = async |status: &str| {
        let counts = lab.json("/api/v1/detect/report/currentmonitoringstatus").await;
        let count = counts.as_array().unwrap().iter().find(|count| count["name"] == status).unwrap();
        count["value"].as_f64().unwrap()
    };
    let before = (licensed().await, of_status("Online").await, of_status("Uninstalled").await);
    lab.put("/api/v1/sensor/3", json!({"network_isolation_enabled": true, "uninstall": true})).await;
    let record = lab.json("/api/v1/sensor/3").await;
    assert_eq!((&record["status"], &record["is_isolating"]), (&json!("Uninstalled"), &json!(false)));
    let after = (licensed().await, of_status("Online").await, of_status("Uninstalled").await);
    assert_eq!(after, (before.0 - 1, before.1 - 1.0, before.2 + 1.0));
}
