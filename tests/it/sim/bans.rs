//! Bans: made, refused, lifted with their note, and put in force again.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::{Lab, small};
use lampblack::sim::Options;

const LIST: &str = "/api/v1/banning/blacklist";
const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

fn one(md5: &str) -> String {
    format!("{LIST}/{md5}")
}

impl Lab {
    async fn ban(&self, md5: &str, text: &str) -> StatusCode {
        let body = json!({"md5hash": md5, "text": text, "enabled": true});
        self.send(Method::POST, LIST, Some(body)).await.status()
    }
}

#[tokio::test]
async fn a_hash_is_banned_once_whatever_its_case_and_the_second_time_is_a_conflict() {
    let lab = Lab::small().await;
    assert_eq!(lab.status(&one(MD5)).await, 404);
    assert_eq!(lab.ban(&MD5.to_uppercase(), "dropper").await, 200);
    let ban = lab.json(&one(&MD5.to_uppercase())).await;
    assert_eq!((&ban["md5hash"], &ban["text"]), (&json!(MD5), &json!("dropper")));
    assert_eq!((&ban["enabled"], &ban["block_count"]), (&json!(true), &json!(0)));
    assert_eq!(ban["last_block_time"], Value::Null);
    let body = json!({"md5hash": MD5, "text": "again", "enabled": "True", "ban_count": "0"});
    let again = lab.send(Method::POST, LIST, Some(body)).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.unwrap().contains("already exists"));
    assert_eq!(lab.json(&one(MD5)).await["text"], "dropper");
}

#[tokio::test]
async fn a_ban_that_is_lifted_stays_listed_without_its_note_until_somebody_puts_it_back() {
    let lab = Lab::small().await;
    lab.ban(MD5, "dropper").await;
    let whole = lab.json(&one(MD5)).await;
    let lifted = lab.send(Method::DELETE, &one(MD5), None).await;
    assert_eq!(lifted.json::<Value>().await.unwrap(), json!({"result": "success"}));
    let ban = lab.json(&one(MD5)).await;
    assert_eq!((&ban["enabled"], &ban["text"]), (&json!(false), &json!("")));

    let mut record = whole;
    record["enabled"] = false.into();
    let put = lab.send(Method::PUT, &one(MD5), Some(record)).await;
    assert_eq!(put.status(), StatusCode::OK);
    let ban = lab.json(&one(MD5)).await;
    assert_eq!((&ban["enabled"], &ban["text"]), (&json!(false), &json!("dropper")));

    assert_eq!(lab.ban(MD5, "it is back").await, 200);
    let ban = lab.json(&one(MD5)).await;
    assert_eq!(ban["enabled"], true);
    let audit: Vec<_> = ban["audit"].as_array().unwrap().iter().collect();
    let states: Vec<_> = audit.iter().map(|step| step["enabled"] == true).collect();
    assert_eq!(states, [true, false, false, true]);
    assert_eq!(audit[0]["text"], "it is back");
}

#[tokio::test]
async fn what_was_stopped_in_the_world_was_banned_before() {
    let lab = Lab::small().await;
    let bans = lab.json(&format!("{LIST}?count=10000")).await;
    let ban = &bans.as_array().unwrap()[0];
    assert_eq!((&ban["enabled"], &ban["block_count"]), (&json!(true), &json!(1)));
    let sensor = ban["last_block_sensor_id"].as_u64().unwrap();
    let sensor = lab.json(&format!("/api/v1/sensor/{sensor}")).await;
    assert_eq!(sensor["computer_name"], ban["last_block_hostname"]);
    assert_eq!(lab.json(&format!("{LIST}?count=0")).await, json!([]));
}

#[tokio::test]
async fn no_hash_is_no_ban_and_an_unknown_one_cannot_be_lifted() {
    let lab = Lab::small().await;
    assert_eq!(lab.ban("no hash", "x").await, 400);
    let lifted = lab.send(Method::DELETE, &one(MD5), None).await;
    assert_eq!(lifted.status(), StatusCode::NOT_FOUND);
    let words = lifted.text().await.unwrap();
    assert_eq!(words, format!("Ban for md5 '{MD5}' does not exist"));
    let old = Lab::start(Options { server_version: "5.2.0".into(), ..small() }).await;
    assert_eq!(old.status(&one(MD5)).await, 409);
    let restrictions = lab.json("/api/v1/banning/restrictions").await;
    assert!(restrictions["patterns"].to_string().contains("lsass.exe"));
}

#[tokio::test]
async fn from_7_7_on_the_lists_have_other_names() {
    for (version, known, unknown) in [("7.6", "blacklist", "bannedlist"), ("7.7", "bannedlist", "blacklist")] {
        let lab = Lab::start(Options { server_version: version.into(), ..small() }).await;
        let path = |name: &str| format!("/api/v1/banning/{name}");
        assert!(lab.json(&path(known)).await.is_array(), "{version}");
        assert_eq!(lab.status(&path(unknown)).await, 404, "{version}");
    }
}
