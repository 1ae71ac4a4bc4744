//! Sensor groups and sites: made, renamed, filled, emptied and removed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, rows};

impl Lab {
    /// Sends a body, and gives status and answer; what is no JSON is null.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let response = self.send(method, path, Some(body)).await;
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn group(&self, id: u64) -> Value {
        self.json(&format!("/api/group/{id}")).await[0].clone()
    }
}

#[tokio::test]
async fn a_new_group_is_there_with_the_servers_defaults_and_a_number_of_its_own() {
    let lab = Lab::small().await;
    let body = json!({"id": null, "name": "Critical Endpoints", "site_id": 1});
    let (status, made) = lab.ask(Method::POST, "/api/group", body.clone()).await;
    assert_eq!((status, &made), (200, &json!({"id": 7})));
    for path in ["/api/group/7", "/api/v3/group/7"] {
        let group = lab.json(path).await;
        assert_eq!(group.as_array().unwrap().len(), 1);
        assert_eq!(group[0]["name"], "Critical Endpoints");
        assert_eq!(group[0]["alert_criticality"], 3);
        assert_eq!(group[0]["quota_eventlog_bytes"], "1073741824");
        assert_eq!((&group[0]["number_of_hosts"], &group[0]["team_access"]), (&json!(0), &json!([])));
    }
    assert_eq!(lab.json("/api/group").await.as_array().unwrap().len(), 7);
    let again = lab.send(Method::POST, "/api/v3/group", Some(body)).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    for wrong in [
        json!({"site_id": 1}),
        json!({"name": " "}),
        json!({"name": "x", "site_id": 9}),
        json!({"name": "x", "banning_enabled": 3}),
        json!(["x"]),
    ] {
        let (status, _) = lab.ask(Method::POST, "/api/group", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
    }
    // A number is never given twice.
    assert_eq!(lab.send(Method::DELETE, "/api/group/7", None).await.status(), 200);
    assert_eq!(lab.status("/api/group/7").await, 404);
    let (_, made) = lab.ask(Method::POST, "/api/group", json!({"name": "Next"})).await;
    assert_eq!(made, json!({"id": 8}));
}

#[tokio::test]
async fn a_group_is_written_back_whole_or_in_part() {
    let lab = Lab::small().await;
    let mut whole = lab.group(4).await;
    whole["name"] = json!("Treasury");
    whole["number_of_hosts"] = json!(99);
    whole["quota_eventlog_bytes"] = json!(5);
    whole["isolation_exclusions"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "dns", "ip_address": "10.20.1.2", "enabled": true}));
    let (status, answer) = lab.ask(Method::PUT, "/api/v3/group/4", whole).await;
    assert_eq!((status, answer), (200, json!({"result": "success"})));
    let group = lab.group(4).await;
    assert_eq!(group["name"], "Treasury");
    assert_ne!(group["number_of_hosts"], 99);
    assert_eq!(group["quota_eventlog_bytes"], "5");
    assert_eq!(group["isolation_exclusions"][1]["id"], 2);
    assert_eq!(group["isolation_exclusions"][1]["group_id"], 4);
    let part = json!({"collect_netconns": false});
    assert_eq!(lab.ask(Method::PUT, "/api/group/4", part).await.0, 200);
    let group = lab.group(4).await;
    assert_eq!((&group["name"], &group["collect_netconns"]), (&json!("Treasury"), &json!(false)));
    let taken = json!({"name": "SERVERS"});
    assert_eq!(lab.ask(Method::PUT, "/api/group/4", taken).await.0, 409);
    assert_eq!(lab.ask(Method::PUT, "/api/group/77", json!({})).await.0, 404);
    // The permissions of a team are listed with the team too, by the present name of the group.
    let team = lab.json("/api/team/1").await;
    let access = team["group_access"].as_array().unwrap();
    assert!(access.iter().any(|entry| entry["group_name"] == "Treasury"));
    let none = json!({"team_access": [{"team_id": 2, "access_category": "Administrator"}]});
    assert_eq!(lab.ask(Method::PUT, "/api/group/4", none).await.0, 200);
    let team = lab.json("/api/team/1").await;
    let access = team["group_access"].as_array().unwrap();
    assert!(access.iter().all(|entry| entry["group_id"] != 4));
}

#[tokio::test]
async fn sensors_move_into_a_new_group_and_back_to_the_default_when_it_is_removed() {
    let lab = Lab::small().await;
    let (_, made) = lab.ask(Method::POST, "/api/group", json!({"name": "Quarantine"})).await;
    let id = made["id"].as_u64().unwrap();
    let before = lab.group(4).await["number_of_hosts"].as_u64().unwrap();
    let move_to = |group: u64| json!({"group_id": group});
    let (status, _) = lab.ask(Method::PUT, "/api/v1/sensor/7", move_to(id)).await;
    assert_eq!(status, 204);
    assert_eq!(lab.json("/api/v1/sensor/7").await["group_id"], id);
    assert_eq!(lab.group(id).await["number_of_hosts"], 1);
    assert_eq!(lab.group(4).await["number_of_hosts"], before - 1);
    let page = lab.json(&format!("/api/v2/sensor?groupid={id}")).await;
    assert_eq!((&page["total_results"], &rows(&page)[0]["id"]), (&json!(1), &json!(7)));
    let (status, _) = lab.ask(Method::PUT, "/api/v1/sensor/7", move_to(99)).await;
    assert_eq!(status, 400);

    let removed = lab.send(Method::DELETE, &format!("/api/group/{id}"), None).await;
    assert_eq!(removed.status(), StatusCode::OK);
    assert_eq!(lab.json("/api/v1/sensor/7").await["group_id"], 1);
    let page = lab.json(&format!("/api/v2/sensor?groupid={id}")).await;
    assert_eq!(page["total_results"], 0);
    let default = lab.send(Method::DELETE, "/api/group/1", None).await;
    assert_eq!(default.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn sites_come_and_go_unless_groups_stand_on_them() {
    let lab = Lab::small().await;
    let (status, made) = lab.ask(Method::POST, "/api/site", json!({"name": "HQ"})).await;
    assert_eq!((status, made), (200, json!({"id": 2})));
    assert_eq!(lab.ask(Method::POST, "/api/site", json!({"name": "hq"})).await.0, 409);
    assert_eq!(lab.ask(Method::PUT, "/api/site/2", json!({"name": "Head Office"})).await.0, 200);
    assert_eq!(lab.json("/api/site/2").await, json!([{"id": 2, "name": "Head Office"}]));
    let group = json!({"name": "Board", "site_id": 2});
    let (_, group) = lab.ask(Method::POST, "/api/group", group).await;
    let removal = || lab.send(Method::DELETE, "/api/site/2", None);
    assert_eq!(removal().await.status(), StatusCode::CONFLICT);
    let path = format!("/api/group/{}", group["id"]);
    lab.send(Method::DELETE, &path, None).await;
    assert_eq!(removal().await.status(), StatusCode::OK);
    assert_eq!(removal().await.status(), StatusCode::NOT_FOUND);
    let rules = lab.json("/api/throttle").await;
    let rule = &rules.as_array().unwrap()[0];
    assert!(rule["bytes_per_second"].is_f64() && rule["from"].is_u64());
    let path = format!("/api/throttle/{}", rule["id"]);
    assert_eq!(&lab.json(&path).await, rule);
    assert_eq!(lab.ask(Method::PUT, &path, rule.clone()).await.0, 405);
}
