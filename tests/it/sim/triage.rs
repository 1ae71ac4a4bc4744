//! What people make of alerts: it shows in every search, as soon as the index knows.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use lampblack::sim::{Fault, Mode, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, ids, rows, small, time};

impl Lab {
    pub(crate) async fn post(&self, path: &str, body: Value) -> StatusCode {
        self.send(Method::POST, path, Some(body)).await.status()
    }

    /// The alert of an id.
    async fn alert(&self, id: &str) -> Value {
        let found = self.alerts(&[("cb.fq.unique_id", id)]).await;
        rows(&found)[0].clone()
    }

    /// The ids of the first alerts that a query finds.
    async fn first(&self, q: &str, count: &str) -> Vec<String> {
        ids(rows(&self.alerts(&[("q", q), ("rows", count)]).await), "unique_id")
    }
}

const OPEN: &str = "status:Unresolved";

/// A server whose index does not update until the test says so.
async fn late() -> Lab {
    Lab::start(Options { index_lag: Duration::from_hours(1), ..small() }).await
}

#[tokio::test]
async fn one_alert_is_resolved_and_opened_again() {
    let lab = Lab::small().await;
    let id = &lab.first(OPEN, "1").await[0];
    let path = format!("/api/v1/alert/{id}");
    let before = lab.count(OPEN).await;
    let response = lab.send(Method::POST, &path, Some(json!({"status": "Resolved", "unique_id": id}))).await;
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"result": "success"}));
    let row = lab.alert(id).await;
    assert_eq!(row["status"], "Resolved");
    assert_eq!(time(&row["resolved_time"]), small().clock.now());
    assert_eq!(lab.count(OPEN).await, before - 1);
    let body = json!({"status": "In Progress", "assigned_to": "kim"});
    assert_eq!(lab.post(&path, body).await, 200);
    let row = lab.alert(id).await;
    assert_eq!((&row["status"], &row["assigned_to"]), (&json!("In Progress"), &json!("kim")));
    assert_eq!(row.get("resolved_time"), None);
    assert_eq!(lab.post(&path, json!({"assigned_to": ""})).await, 200);
    assert_eq!(lab.alert(id).await.get("assigned_to"), None);
}

#[tokio::test]
async fn many_alerts_are_changed_in_one_go_and_every_search_sees_it() {
    let lab = Lab::small().await;
    let open = lab.first(OPEN, "60").await;
    assert_eq!(open.len(), 60);
    // Searches that are asked again must not be answered from memory.
    let before = lab.count("status:\"in progress\"").await;
    let body = json!({"alert_ids": open, "assigned_to": "newcomer", "requested_status": "In Progress"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.count("status:\"in progress\"").await, before + 60);
    assert_eq!(lab.count("assigned_to:newcomer").await, 60);
    let found = lab
        .alerts(&[
            ("cb.fq.assigned_to", "newcomer"),
            ("facet", "true"),
            ("facet.field", "status"),
            ("facet.field", "assigned_to"),
            ("sort", "alert_severity desc"),
            ("rows", "100"),
        ])
        .await;
    let changed = BTreeSet::from_iter(ids(rows(&found), "unique_id"));
    assert_eq!(changed, BTreeSet::from_iter(open));
    assert_eq!(
        found["facets"]["assigned_to"],
        json!([{"name": "newcomer", "value": 60, "percent": 100.0, "ratio": "100.0"}])
    );
    assert_eq!(found["facets"]["status"][0]["name"], "In Progress");
    let sorted = lab.alerts(&[("sort", "status asc"), ("rows", "1"), ("q", "assigned_to:newcomer")]).await;
    assert_eq!(rows(&sorted)[0]["status"], "In Progress");
}

#[tokio::test]
async fn alerts_are_changed_by_a_query_but_not_by_an_empty_one() {
    let lab = Lab::small().await;
    let all = lab.count("").await;
    for nothing in ["", "cb.urlver=1&q="] {
        let body = json!({"query": nothing, "requested_status": "Resolved"});
        assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
        assert!(lab.count("status:Resolved").await < all);
    }
    let query = "feed_name:soc status:Unresolved";
    assert!(lab.count(query).await > 3);
    let body = json!({"query": "cb.urlver=1&q=feed_name%3Asoc%20status%3AUnresolved", "requested_status": "Resolved"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.count(query).await, 0);
    assert!(lab.count(OPEN).await > 0);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let lab = Lab::small().await;
    let id = lab.first(OPEN, "1").await.remove(0);
    let open = lab.count(OPEN).await;
    for (path, body, expected) in [
        (format!("/api/v1/alert/{id}"), json!({"status": "resolved"}), 400),
        (format!("/api/v1/alert/{id}"), json!([]), 400),
        ("/api/v1/alert/6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845".into(), json!({"status": "Resolved"}), 404),
        ("/api/v1/alerts".into(), json!({"alert_ids": ["no"], "requested_status": "Resolved"}), 404),
        ("/api/v1/alerts".into(), json!({"alert_ids": [id], "requested_status": "Done"}), 400),
        ("/api/v1/alerts".into(), json!({"alert_ids": [id], "set_ignored": 7}), 400),
        ("/api/v1/alerts".into(), json!({"requested_status": "Resolved"}), 400),
        ("/api/v1/alerts".into(), json!({"query": "(a", "requested_status": "Resolved"}), 400),
    ] {
        assert_eq!(lab.post(&path, body.clone()).await, expected, "{path} {body}");
    }
    assert_eq!(lab.count(OPEN).await, open);
    assert_eq!(lab.status("/api/v1/alerts").await, 405);
    let known_and_not = json!({"alert_ids": [id, "no"], "requested_status": "Resolved"});
    assert_eq!(lab.post("/api/v1/alerts", known_and_not).await, 200);
    assert_eq!(lab.count(OPEN).await, open - 1);
}

#[tokio::test]
async fn the_index_knows_later() {
    let lab = late().await;
    let id = lab.first(OPEN, "1").await.remove(0);
    let body = json!({"alert_ids": [id], "requested_status": "Resolved"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.alert(&id).await["status"], "Unresolved");
    lab.sim.index_now();
    assert_eq!(lab.alert(&id).await["status"], "Resolved");
    let body = json!({"alert_ids": [id], "requested_status": "Unresolved"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.alert(&id).await["status"], "Resolved");
    assert_eq!(lab.post("/_sim/index", json!(null)).await, 200);
    assert_eq!(lab.alert(&id).await["status"], "Unresolved");
}

#[tokio::test]
async fn to_ignore_an_alert_is_to_ignore_its_report() {
    let lab = Lab::small().await;
    let report = "watchlist_id:vt-4471";
    let all = lab.count(report).await;
    assert!(all > 5, "{all}");
    let id = lab.first(report, "1").await.remove(0);
    let list = lab.first("feed_id:-1 status:Unresolved", "1").await.remove(0);
    let body = json!({"alert_ids": [id, list], "requested_status": "False Positive", "set_ignored": true});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    let found = lab.alerts(&[("q", report), ("rows", "1000")]).await;
    assert!(rows(&found).iter().all(|row| row["report_ignored"] == true));
    assert_eq!(lab.alert(&id).await["status"], "False Positive");
    let list = lab.alert(&list).await;
    assert_eq!((&list["status"], list.get("report_ignored")), (&json!("False Positive"), None));
    let others = lab.alerts(&[("q", "feed_name:soc")]).await;
    assert_eq!(rows(&others)[0]["report_ignored"], false);
    // It raises no more, and raises again once it is not ignored any more.
    let raised = lab.sim.raise_alerts(200);
    assert_eq!(raised.len(), 200);
    assert_eq!(lab.count(report).await, all);
    let body = json!({"alert_ids": [id], "set_ignored": "False"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.alert(&id).await["report_ignored"], false);
    lab.sim.raise_alerts(200);
    assert!(lab.count(report).await > all);
}

#[tokio::test]
async fn a_change_of_many_can_be_made_in_part_or_not_at_all() {
    let lab = Lab::small().await;
    let open = lab.first(OPEN, "10").await;
    let change = json!({"alert_ids": open, "requested_status": "Resolved", "assigned_to": "whoever"});
    lab.sim.add_fault(Fault::new(Mode::NeverConfirm).limit_times(1));
    assert_eq!(lab.post("/api/v1/alerts", change.clone()).await, 200);
    assert_eq!(lab.count("assigned_to:whoever").await, 0);
    let partial = json!({"mode": "partial", "match": "/api/v1/alerts", "times": 1});
    assert_eq!(lab.post("/_sim/faults", partial).await, 200);
    assert_eq!(lab.post("/api/v1/alerts", change.clone()).await, 200);
    assert_eq!(lab.count("assigned_to:whoever").await, 5);
    assert_eq!(lab.post("/api/v1/alerts", change).await, 200);
    assert_eq!(lab.count("assigned_to:whoever").await, 10);
}

#[tokio::test]
async fn new_alerts_arrive_while_the_list_is_shown() {
    let lab = Lab::small().await;
    let all = lab.first("", "10000").await;
    let raised = lab.sim.raise_alerts(3);
    let posted = lab.send(Method::POST, "/_sim/alerts", Some(json!({"count": 2}))).await;
    let posted: Value = posted.json().await.unwrap();
    let posted = posted["raised"].as_array().unwrap();
    assert_eq!((raised.len(), posted.len()), (3, 2));
    // The newest come first.
    let now = lab.first("", "10000").await;
    assert_eq!(now[5..], all);
    assert_eq!(json!(now[0]), posted[1]);
    assert_eq!(now[4], raised[0]);
    assert_eq!(BTreeSet::from_iter(&now).len(), now.len());
    for id in &now[..5] {
        let row = lab.alert(id).await;
        assert_eq!(row["status"], "Unresolved");
        assert_eq!(time(&row["created_time"]), small().clock.now());
        let path = format!("/api/v1/process/{}/0", row["process_id"].as_str().unwrap());
        let process = lab.json(&path).await;
        assert_eq!(process["process"]["process_name"], row["process_name"]);
    }
    let body = json!({"alert_ids": now[..5], "requested_status": "Resolved"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    assert_eq!(lab.alert(&now[0]).await["status"], "Resolved");
    assert_eq!(lab.post("/_sim/alerts", json!("many")).await, 400);
}

#[tokio::test]
async fn hundreds_of_a_hundred_thousand_are_changed_without_a_wait() {
    let lab = Lab::start(Options { alerts: 100_000, ..small() }).await;
    let open = lab.first(OPEN, "500").await;
    let started = Instant::now();
    let body = json!({"alert_ids": open, "requested_status": "Resolved"});
    assert_eq!(lab.post("/api/v1/alerts", body).await, 200);
    let took = started.elapsed();
    assert_eq!(lab.alert(&open[499]).await["status"], "Resolved");
    // It takes milliseconds; scanning for each would take a minute.
    assert!(took < Duration::from_secs(2), "{took:?}");
}
