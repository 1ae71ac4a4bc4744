//! Faults: each is what it says, where it says, and no more.

use std::time::Duration;

use lampblack::sim::{Fault, Mode, Options};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, client, rows, small};

#[tokio::test]
async fn each_status_can_be_forced() {
    let lab = Lab::small().await;
    for (mode, status, text) in [
        (Mode::Unauthorized, 401, "Unauthorized"),
        (Mode::Forbidden, 403, "Forbidden"),
        (Mode::NotFound, 404, "Not Found"),
        (Mode::TooMany, 429, "Too Many"),
        (Mode::Internal, 500, "Unhandled exception. Check logs for details."),
        (Mode::BadGateway, 502, "<center>openresty</center>"),
        (Mode::Unavailable, 503, "<center>openresty</center>"),
        (Mode::GatewayTimeout, 504, "504 Gateway Time-out"),
    ] {
        lab.sim.add_fault(Fault::new(mode).for_target("^/api/info").method("GET").limit_times(1).retry_after(7));
        let response = lab.get("/api/info").await;
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["retry-after"], "7");
        let body = response.text().await.unwrap();
        assert!(body.contains(text), "{body}");
        assert_eq!(lab.status("/api/info").await, 200, "it was to happen once");
    }
}

#[tokio::test]
async fn faults_are_switched_from_outside_and_the_log_says_what_was_asked() {
    let lab = Lab::small().await;
    let faults = json!([{"mode": "503", "match": "^/api/v1/process", "times": 1, "retry_after": 2},
                        {"mode": "latency", "match": "^/api/info", "ms": 1}]);
    let url = |path: &str| format!("{}{path}", lab.sim.url);
    let posted = lab.client.post(url("/_sim/faults")).json(&faults).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::OK, "no token is needed");
    assert_eq!(lab.status("/api/v1/process?q=a").await, 503);
    assert_eq!(lab.status("/api/v1/process?q=a").await, 200);
    assert_eq!(lab.status("/api/info").await, 200);
    let log = lab.json("/_sim/log").await;
    assert_eq!(
        log,
        json!([
            {"method": "GET", "target": "/api/v1/process?q=a", "status": 503},
            {"method": "GET", "target": "/api/v1/process?q=a", "status": 200},
            {"method": "GET", "target": "/api/info", "status": 200},
        ])
    );
    assert_eq!(lab.json("/_sim/faults").await.as_array().unwrap().len(), 1);
    for path in ["/_sim/faults", "/_sim/log"] {
        lab.send(Method::DELETE, path, None).await;
        assert_eq!(lab.json(path).await, json!([]));
    }
    assert!(lab.sim.seen_requests().is_empty());
    let broken = lab.send(Method::POST, "/_sim/faults", Some(json!({"mode": "teapot"}))).await;
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_hanging_request_is_seen_and_never_answered() {
    let lab = Lab::small().await;
    lab.sim.add_fault(Fault::new(Mode::Hang).limit_times(1));
    let url = format!("{}/api/info", lab.sim.url);
    let request = lab.client.get(url).timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(lab.sim.seen_requests()[0].status, 0);
}

#[tokio::test]
async fn a_body_can_be_cut_or_broken_or_of_wrong_types() {
    let lab = Lab::small().await;
    let path = "/api/v1/process?rows=9";
    for gzip in [true, false] {
        lab.sim.add_fault(Fault::new(Mode::Cut).limit_times(1));
        let client = client().gzip(gzip).build().unwrap();
        let url = format!("{}{path}", lab.sim.url);
        let request = client.get(url).header("X-Auth-Token", &lab.sim.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.bytes().await.is_err(), "the body has no end");
    }
    lab.sim.add_fault(Fault::new(Mode::BrokenJson).limit_times(1));
    let text = lab.get(path).await.text().await.unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_err());
    lab.sim.add_fault(Fault::new(Mode::WrongTypes).limit_times(1));
    let spoiled = lab.json(path).await;
    let whole = lab.json(path).await;
    assert_eq!(spoiled["total_results"], whole["total_results"]);
    let (spoiled, whole) = (rows(&spoiled), rows(&whole));
    assert_eq!(spoiled.len(), 9);
    assert!(spoiled[0]["id"].is_null());
    assert_eq!(spoiled[1]["id"], whole[1]["id"]);
    assert_ne!(spoiled[1], whole[1]);
    assert_eq!(spoiled[2], whole[2]);
}

#[tokio::test]
async fn a_change_can_be_made_and_its_answer_lost() {
    let lab = Lab::small().await;
    let isolate = |wanted: bool| {
        let url = format!("{}/api/v1/sensor/7", lab.sim.url);
        let request = lab.client.put(url).header("X-Auth-Token", &lab.sim.token);
        request.json(&json!({"network_isolation_enabled": wanted})).send()
    };
    lab.sim.add_fault(Fault::new(Mode::LostAnswer).method("PUT").limit_times(1));
    assert!(isolate(true).await.is_err());
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], true);
    lab.sim.add_fault(Fault::new(Mode::Internal).method("PUT").limit_times(1).after_execution());
    assert_eq!(isolate(false).await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], false, "it was done all the same");
    lab.sim.add_fault(Fault::new(Mode::Internal).method("PUT").limit_times(1));
    isolate(true).await.unwrap();
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], false, "it was not done");
}

#[tokio::test]
async fn a_stubborn_sensor_never_confirms_until_the_fault_is_cleared() {
    let lab = Lab::small().await;
    lab.sim.add_fault(Fault::new(Mode::NeverConfirm).for_target("/sensor/7"));
    let body = json!({"network_isolation_enabled": true});
    for id in [6, 7] {
        let path = format!("/api/v1/sensor/{id}");
        assert_eq!(lab.send(Method::PUT, &path, Some(body.clone())).await.status(), StatusCode::NO_CONTENT);
    }
    let record = lab.json("/api/v1/sensor/7").await;
    assert_eq!((&record["network_isolation_enabled"], &record["is_isolating"]), (&json!(true), &json!(false)));
    assert_eq!(lab.json("/api/v1/sensor/6").await["is_isolating"], true);
    lab.sim.clear_faults();
    assert_eq!(lab.json("/api/v1/sensor/7").await["is_isolating"], true);
}

#[tokio::test]
async fn a_change_can_be_made_long_after_whoever_asked_for_it_was_sent_away() {
    let lab = Lab::small().await;
    let url = format!("{}/api/v1/sensor/7", lab.sim.url);
    let put = |body: Value| {
        let request = lab.client.put(&url).header("X-Auth-Token", &lab.sim.token);
        request.json(&body).timeout(Duration::from_millis(50))
    };
    let belated = |mode| {
        let later = Duration::from_millis(600);
        Fault::new(mode).method("PUT").limit_times(1).with_late_execution(later)
    };
    for (mode, notes) in [(Mode::GatewayTimeout, "sent away"), (Mode::LostAnswer, "cut off"), (Mode::Hang, "gone away")]
    {
        lab.sim.add_fault(belated(mode));
        let answer = put(json!({"notes": notes})).send().await;
        match mode {
            Mode::GatewayTimeout => assert_eq!(answer.unwrap().status(), 504),
            Mode::Hang => assert!(answer.unwrap_err().is_timeout()),
            _ => assert!(answer.is_err()),
        }
        let held = || async { lab.json("/api/v1/sensor/7").await["notes"].clone() };
        assert_ne!(held().await, notes, "{mode:?}: it is not made yet");
        while held().await != notes {}
    }
    let puts = lab.sim.seen_requests().into_iter();
    assert_eq!(puts.filter(|seen| seen.method == "PUT").count(), 3);
}

#[tokio::test]
async fn a_request_that_hangs_can_have_been_carried_out() {
    let lab = Lab::small().await;
    lab.sim.add_fault(Fault::new(Mode::Hang).method("PUT").limit_times(1).after_execution());
    let url = format!("{}/api/v1/sensor/7", lab.sim.url);
    let request = lab.client.put(url).header("X-Auth-Token", &lab.sim.token);
    let request = request.json(&json!({"notes": "carried out"}));
    let answer = request.timeout(Duration::from_millis(200)).send().await;
    assert!(answer.unwrap_err().is_timeout());
    assert_eq!(lab.json("/api/v1/sensor/7").await["notes"], "carried out");
}

#[tokio::test]
async fn a_host_that_starts_again_is_isolated_only_when_it_has_checked_in() {
    let lab = Lab::start(Options { checkin: Duration::from_millis(50), ..small() }).await;
    let url = format!("{}/api/v1/sensor/7", lab.sim.url);
    let request = lab.client.put(url).header("X-Auth-Token", &lab.sim.token);
    let wanted = json!({"network_isolation_enabled": true});
    request.json(&wanted).send().await.unwrap();
    let is_isolating = || async { lab.json("/api/v1/sensor/7").await["is_isolating"] == true };
    while !is_isolating().await {}
    lab.sim.add_fault(Fault::new(Mode::Reboot).limit_times(1));
    let record = lab.json("/api/v1/sensor/7").await;
    assert_eq!((&record["network_isolation_enabled"], &record["is_isolating"]), (&json!(true), &json!(false)));
    while !is_isolating().await {}
}
