//! Sensors, groups and people.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use lampblack::sim::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, form, ids, rows, small};

#[tokio::test]
async fn sensors_are_filtered_by_parts_that_mind_the_case() {
    let lab = Lab::small().await;
    let names = |answer: &Value| ids(answer.as_array().unwrap(), "computer_name");
    let found = lab.json("/api/v1/sensor?hostname=FIN-WS").await;
    assert!(names(&found).contains(&"FIN-WS-042".to_owned()), "{found}");
    assert!(names(&found).iter().all(|name| name.contains("FIN-WS")));
    let response = lab.get("/api/v1/sensor?hostname=fin-ws-042").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.text().await.unwrap(), "");
    let both = lab.json("/api/v1/sensor?hostname=nobody&ip=10.20.4.42").await;
    assert_eq!(names(&both), ["FIN-WS-042"], "only the address counts");
    assert_eq!(lab.json("/api/v1/sensor?groupid=3").await.as_array().unwrap().len(), 1);
    let record = lab.json("/api/v1/sensor/7").await;
    for text in ["clock_delta", "uptime", "num_eventlog_bytes", "boot_id"] {
        assert!(record[text].is_string(), "{text}");
    }
    assert!(record["network_adapters"].as_str().unwrap().ends_with('|'));
}

#[tokio::test]
async fn the_old_sensor_list_ends_at_a_thousand_and_the_new_one_has_pages() {
    let lab = Lab::start(Options { processes: 0, sensors: 1_203, ..small() }).await;
    assert_eq!(lab.json("/api/v1/sensor").await.as_array().unwrap().len(), 1_000);
    let mut seen = Vec::new();
    loop {
        let path = format!("/api/v2/sensor?rows=500&start={}&sort.col=computer_name&sort.dir=asc", seen.len());
        let page = lab.json(&path).await;
        assert_eq!(page["total_results"], 1_203);
        if rows(&page).is_empty() {
            break;
        }
        seen.extend(ids(rows(&page), "computer_name"));
    }
    assert_eq!(BTreeSet::from_iter(&seen).len(), 1_203);
    assert!(seen.iter().map(|name| name.to_lowercase()).is_sorted());
    let down = lab.json("/api/v2/sensor?rows=1&sort.col=id&sort.dir=desc&facet=true&facet.field=status").await;
    assert_eq!(down["results"][0]["id"], 1_203);
    assert!(down["facets"]["status"].as_array().unwrap().len() > 1);
}

#[tokio::test]
async fn a_sensor_does_what_it_is_asked_at_its_next_check_in() {
    let lab = Lab::start(Options { checkin: Duration::from_hours(1), ..small() }).await;
    let body = json!({"network_isolation_enabled": true, "group_id": 5, "boot_id": "1", "unknown": [1]});
    let response = lab.send(Method::PUT, "/api/v1/sensor/7", Some(body.clone())).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let asked = lab.json("/api/v1/sensor/7").await;
    assert_eq!((&asked["network_isolation_enabled"], &asked["is_isolating"]), (&json!(true), &json!(false)));
    assert_eq!(asked["group_id"], 5);

    let lab = Lab::small().await;
    lab.send(Method::PUT, "/api/v1/sensor/7", Some(body.clone())).await;
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], true, "the check-in is over");
    lab.send(Method::PUT, "/api/v1/sensor/7", Some(json!({"network_isolation_enabled": false}))).await;
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], false);
    // HR-WS-011 is offline.
    lab.send(Method::PUT, "/api/v1/sensor/8", Some(json!({"network_isolation_enabled": true}))).await;
    assert_eq!(lab.json("/api/v1/sensor/8").await["is_isolating"], false);
    for (path, body) in [("/api/v1/sensor/7", json!([1])), ("/api/v1/sensor/7", json!({"group_id": 77}))] {
        let refused = lab.send(Method::PUT, path, Some(body)).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }

    let lab = Lab::start(Options { server_version: "7.8".into(), ..small() }).await;
    let refused = lab.send(Method::PUT, "/api/v1/sensor/7", Some(body)).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "7.1 takes seven fields and no more");
    let taken = json!({"network_isolation_enabled": true, "group_id": 4});
    assert_eq!(lab.send(Method::PUT, "/api/v1/sensor/7", Some(taken)).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn one_group_comes_in_an_array_of_one() {
    let lab = Lab::small().await;
    for path in ["/api/group/4", "/api/v3/group/4", "/api/group/4/"] {
        let group = lab.json(path).await;
        assert_eq!(group.as_array().unwrap().len(), 1);
        assert_eq!(group[0]["name"], "Finance");
        assert!(group[0]["quota_eventlog_bytes"].is_string());
    }
    assert_eq!(lab.json("/api/group").await.as_array().unwrap().len(), 6);
    assert_eq!(lab.json("/api/site/1").await[0]["name"], "Default Site");
    assert!(lab.json("/api/site").await.is_array());
    assert_eq!(lab.json("/api/users").await[1]["username"], "rmercer");
    assert_eq!(lab.json("/api/user/kim").await["teams"][0]["name"], "Analysts");
    assert_eq!(lab.json("/api/teams").await[1]["group_access"][0]["access_category"], "Administrator");
}

#[tokio::test]
async fn fifty_thousand_sensors_are_put_in_order_once() {
    let lab = Lab::start(Options { processes: 0, sensors: 50_000, ..small() }).await;
    let page = |start: &str| {
        let params = form(&[
            ("start", start),
            ("rows", "50"),
            ("sort.col", "last_checkin_time"),
            ("sort.dir", "desc"),
            ("facet", "true"),
            ("facet.field", "status"),
            ("facet.field", "group_id"),
        ]);
        format!("/api/v2/sensor?{params}")
    };
    let first = lab.json(&page("0")).await;
    assert_eq!(first["total_results"], 50_000);
    let counted: u64 =
        first["facets"]["status"].as_array().unwrap().iter().map(|one| one["value"].as_u64().unwrap()).sum();
    assert_eq!(counted, 50_000);
    let began = Instant::now();
    for start in 1..=40 {
        let page = lab.json(&page(&(start * 1_000).to_string())).await;
        assert_eq!(rows(&page).len(), 50);
    }
    let forty = began.elapsed();
    // Each is a small part of what putting them in order takes; a busy machine is slow at both.
    let began = Instant::now();
    lab.ask(Method::PUT, "/api/v1/sensor/7", json!({"notes": "x"})).await;
    lab.json(&page("0")).await;
    assert!(forty < 20 * began.elapsed(), "{forty:?}, {:?}", began.elapsed());
}

#[tokio::test]
async fn the_sensor_that_the_documentation_isolates_has_the_number_it_prints() {
    let lab = Lab::small().await;
    let found = lab.json("/api/v1/sensor?hostname=HOSTNAME").await;
    let sensors = found.as_array().unwrap();
    assert_eq!(sensors.len(), 1);
    let facts = ["id", "boot_id", "build_id", "build_version_string"];
    assert_eq!(
        facts.map(|fact| sensors[0][fact].clone()),
        [json!(4), json!("0"), json!(5), json!("005.002.000.61003")]
    );
}
