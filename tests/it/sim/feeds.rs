//! Feeds: read from their documents, switched, synchronized, deleted.

use std::fs;

use lampblack::sim::Options;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::sim::lab::{Lab, ids, rows, small};

const PATH: &str = "/api/v1/feed";

fn document(name: &str, reports: &[&str]) -> Value {
    let reports: Vec<Value> = reports
        .iter()
        .map(|id| {
            json!({"id": id, "title": format!("Report {id}"), "link": "https://intel.example", "timestamp": 1_614_000_000,
                "score": 75, "tags": ["loader"], "iocs": {"dns": [format!("{id}.example.net")]}})
        })
        .collect();
    json!({"feedinfo": {"name": name, "display_name": "Corp Intel", "icon": "aGk=", "summary": "s", "tech_data": "t",
        "provider_url": "https://intel.example"}, "reports": reports})
}

/// Serves one text over and over, and gives its address.
async fn served(text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/feed.json", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4_096]).await;
            let answer =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn feeds_are_listed_with_all_they_have() {
    let lab = Lab::small().await;
    let feeds = lab.json(PATH).await;
    let feeds = feeds.as_array().unwrap();
    assert!(feeds.len() >= 5);
    for feed in feeds {
        let id = feed["id"].as_u64().unwrap();
        assert_eq!(lab.json(&format!("{PATH}/{id}")).await, *feed);
        assert_eq!(feed.as_object().unwrap().len(), 24, "{feed}");
        assert!(feed["icon"].as_str().unwrap().len() > 50);
        assert_eq!(feed["provider_rating"], 3.0);
    }
    let trust = feeds.iter().find(|feed| feed["name"] == "SRSTrust");
    assert_eq!(trust.unwrap()["enabled"], false);
    assert_eq!(lab.status("/api/v1/feed/99").await, 404);
    let old = Lab::start(Options { server_version: "5.0".into(), ..small() }).await;
    assert_eq!((old.status(PATH).await, old.status("/api/v1/feed/2").await), (200, 405));
}

#[tokio::test]
async fn a_feed_is_read_from_an_address_or_a_file_when_it_is_added() {
    let lab = Lab::small().await;
    let url = served(document("corpintel", &["CI-1", "CI-2"]).to_string()).await;
    let feed = lab.made(PATH, json!({"feed_url": url, "validate_server_cert": false})).await;
    assert_eq!(
        (&feed["name"], &feed["display_name"], &feed["icon"]),
        (&json!("corpintel"), &json!("Corp Intel"), &json!("aGk="))
    );
    assert_eq!((&feed["enabled"], &feed["manually_added"]), (&json!(true), &json!(true)));
    let id = feed["id"].as_u64().unwrap();
    assert_eq!(lab.json(&format!("{PATH}/{id}")).await, feed);
    let found = lab.reports(&[("q", "domain:CI-2.example.net")]).await;
    assert_eq!(ids(rows(&found), "id"), ["CI-2"]);
    assert_eq!(lab.post(PATH, json!({"feed_url": url})).await, 409);

    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("feed.json");
    fs::write(&file, document("onfile", &[]).to_string()).unwrap();
    let url = format!("file://{}", file.display());
    let body = json!({"feed_url": url, "enabled": "False", "username": "u", "password": "p", "id": null});
    let feed = lab.made(PATH, body).await;
    assert_eq!((&feed["name"], &feed["enabled"], &feed["username"]), (&json!("onfile"), &json!(false), &json!("u")));
    assert_eq!(feed["id"], id + 1);
    assert_eq!(lab.json(&format!("{PATH}/{}/report", id + 1)).await, json!([]));
}

#[tokio::test]
async fn what_cannot_be_read_is_not_added() {
    let lab = Lab::small().await;
    let before = lab.json(PATH).await;
    let no_feed = served("<html>It works!</html>".into()).await;
    let wrong = served(document("two words", &[]).to_string()).await;
    for url in [
        no_feed.as_str(),
        &wrong,
        "http://127.0.0.1:1/feed.json",
        "https://intel.example/feed.json",
        "file:///no/such/file",
        "file:///dev/zero",
        "file:///",
        "gopher://x",
        "feed.json",
    ] {
        assert_eq!(lab.post(PATH, json!({"feed_url": url})).await, 500, "{url}");
    }
    for body in [json!({}), json!([]), json!({"feed_url": ""}), json!({"feed_url": wrong, "enabled": 3})] {
        assert_eq!(lab.post(PATH, body).await, 400);
    }
    assert_eq!(lab.json(PATH).await, before);
}

#[tokio::test]
async fn a_feed_is_synchronized_unless_it_is_disabled() {
    let lab = Lab::small().await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("feed.json");
    fs::write(&file, document("corpintel", &["a", "b"]).to_string()).unwrap();
    let feed = lab.made(PATH, json!({"feed_url": format!("file://{}", file.display())})).await;
    let path = format!("{PATH}/{}", feed["id"]);
    let found = async || ids(rows(&lab.reports(&[("q", "feed_name:corpintel")]).await), "id");
    assert_eq!(found().await, ["a", "b"]);
    fs::write(&file, document("corpintel", &["b", "c"]).to_string()).unwrap();
    assert_eq!(found().await, ["a", "b"]);
    let full = json!({"full_sync": true});
    assert_eq!(lab.made(&format!("{path}/synchronize"), full.clone()).await, json!({"result": "success"}));
    assert_eq!(found().await, ["b", "c"]);
    fs::write(&file, "{").unwrap();
    assert_eq!(lab.post(&format!("{path}/synchronize"), full.clone()).await, 500);
    assert_eq!(found().await, ["b", "c"]);
    let mut record = lab.json(&path).await;
    record["enabled"] = json!(false);
    record["local_rating"] = json!(4);
    let response = lab.send(Method::PUT, &path, Some(record.clone())).await;
    assert_eq!(response.json::<Value>().await.unwrap(), record);
    assert_eq!(lab.json(&path).await, record);
    assert_eq!(lab.post(&format!("{path}/synchronize"), full).await, 409);
    // Those of the world are not on any disk, and as they were.
    let before = lab.json("/api/v1/feed/12/report").await;
    let body = lab.send(Method::POST, "/api/v1/feed/12/synchronize", None).await;
    assert_eq!(body.status(), 200);
    assert_eq!(lab.json("/api/v1/feed/12/report").await, before);
    assert_eq!(lab.post("/api/v1/feed/99/synchronize", json!({})).await, 404);
    assert_eq!(lab.post("/api/v1/feed/1/synchronize", json!({})).await, 409);
}

#[tokio::test]
async fn a_deleted_feed_takes_its_reports_along_and_raises_nothing() {
    let lab = Lab::small().await;
    let n_alerts = lab.count("feed_name:virustotal").await;
    assert!(n_alerts > 0);
    assert_eq!(lab.put("/api/v1/feed/2", json!({"enabled": false})).await, 200);
    lab.sim.raise_alerts(300);
    assert_eq!(lab.count("feed_name:virustotal").await, n_alerts);
    assert_eq!(lab.reports(&[("q", "feed_id:2")]).await["total_results"], 1);
    assert_eq!(lab.delete("/api/v1/feed/2").await, 200);
    assert_eq!(lab.delete("/api/v1/feed/2").await, 404);
    assert_eq!(lab.reports(&[("q", "feed_id:2")]).await["total_results"], 0);
    assert_eq!(lab.status("/api/v1/feed/2/report/vt-4471").await, 404);
    assert_eq!(lab.count("feed_name:virustotal").await, n_alerts, "what was raised stays");
}

#[tokio::test]
async fn actions_of_a_feed_travel_as_those_of_a_group() {
    let lab = Lab::small().await;
    let path = "/api/v1/feed/12/action";
    let before = lab.json(path).await;
    assert_eq!(
        before,
        json!([{"id": before[0]["id"], "action_type": 3, "group_id": 12, "watchlist_id": -1, "action_data": null}])
    );
    let body =
        json!({"action_type": 0, "group_id": 12, "watchlist_id": null, "action_data": "{\"email_recipients\":[1]}"});
    let made = lab.made(path, body).await;
    assert_eq!(lab.json(path).await[1], made);
    assert_eq!(lab.post(path, json!({"action_type": 3, "group_id": 12})).await, 400, "it names no watchlist");
    assert_eq!(lab.delete(&format!("{path}/{}", made["id"])).await, 200);
    assert_eq!(lab.json(path).await, before);
    assert_eq!(lab.status("/api/v1/feed/3/action").await, 200);
    assert_eq!(lab.status("/api/v1/feed/99/action").await, 404);
}

#[tokio::test]
async fn a_feed_says_how_much_it_has_and_what_it_wants() {
    let lab = Lab::small().await;
    let stats = lab.json("/api/v1/feed/12/stats").await;
    let reports = lab.json("/api/v1/feed/12/report").await;
    let reports = reports.as_array().unwrap();
    assert_eq!(stats["report_count"], reports.len());
    let names = reports.iter().map(|report| report["iocs"]["dns"].as_array().unwrap().len());
    assert_eq!(stats["ioc_counts"]["dns"], names.sum::<usize>());
    let wants = lab.json("/api/v1/feed/12/requirements").await;
    assert_eq!((&wants["feed_id"], &wants["requires_who"]), (&json!(12), &Value::Null));
    for path in ["99/stats", "99/requirements", "12/whatever"] {
        assert_eq!(lab.status(&format!("/api/v1/feed/{path}")).await, 404, "{path}");
    }
}
