//! Investigations with what was tagged for them, filters at the door, installers, and what is shared.

use std::io::{Cursor, Read};

use reqwest::Method;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::sim::lab::{Lab, rows};

const FILTERS: &str = "/api/v1/ingress_whitelist";

#[tokio::test]
async fn an_event_is_tagged_for_an_investigation_and_searches_say_so() {
    let lab = Lab::small().await;
    let cases = lab.json("/api/investigations").await;
    assert_eq!((&cases[0]["id"], &cases[0]["name"]), (&json!(1), &json!("Default Investigation")));
    assert_eq!(lab.json("/api/tagged_event/1").await, json!([]));
    assert_eq!(lab.status("/api/tagged_event/2").await, 404);
    let found = lab.search(&[("q", "process_name:svch0st.exe"), ("rows", "1")]).await;
    assert_eq!(found["tagged_pids"], json!({}));
    let process = &rows(&found)[0];
    let body = json!({
        "investigation_id": 1, "event_type": "procstart", "unique_id": process["unique_id"],
        "event_data": {"description": "first stage"}, "notes": "look here", "id": 99,
    });
    let (status, made) = lab.ask(Method::POST, "/api/tagged_event", body).await;
    assert_eq!((status, &made), (200, &json!({"id": 1})));
    let tags = lab.json("/api/tagged_event/1").await;
    assert_eq!(tags[0]["event_data"]["description"], "first stage");
    let guid = process["id"].as_str().unwrap();
    assert_eq!(lab.json(&format!("/api/tagged_events/{guid}")).await, tags);
    let again = lab.search(&[("q", "process_name:none"), ("rows", "1")]).await;
    let unique_id = process["unique_id"].as_str().unwrap();
    let expected = json!([{"name": "Default Investigation", "id": 1}]);
    assert_eq!(again["tagged_pids"][unique_id], expected);

    let notes = json!({"notes": "seen", "investigation_id": 5});
    assert_eq!(lab.ask(Method::PUT, "/api/tagged_event/1", notes).await.0, 200);
    let tag = lab.json("/api/tagged_event/1").await[0].clone();
    assert_eq!((&tag["notes"], &tag["investigation_id"]), (&json!("seen"), &json!(1)));
    for (status, body) in [(400, json!({"investigation_id": 5})), (400, json!([]))] {
        assert_eq!(lab.ask(Method::POST, "/api/tagged_event", body).await.0, status);
    }
    assert_eq!(lab.send(Method::DELETE, "/api/tagged_event/1", None).await.status(), 200);
    assert_eq!(lab.json("/api/tagged_event/1").await, json!([]));
}

fn rows_of(list: &Value) -> &[Value] {
    list.as_array().unwrap()
}

#[tokio::test]
async fn a_filter_has_the_id_that_its_maker_gave_it() {
    let lab = Lab::small().await;
    let initial = lab.json(FILTERS).await;
    let on = |filter: &&Value| filter["enabled"] == json!(true);
    assert_eq!((rows_of(&initial).len(), rows_of(&initial).iter().filter(on).count()), (3, 2));
    let wanted = json!({"id": "backup-jobs", "name": "Backup", "description": "nightly", "os_mask": 1});
    let answer = lab.ask(Method::POST, FILTERS, json!([wanted])).await;
    assert_eq!(answer, (200, json!(["backup-jobs"])));
    let path = format!("{FILTERS}/backup-jobs");
    let filter = lab.json(&path).await;
    assert_eq!((&filter["os_mask"], &filter["global"]), (&json!(1), &json!(true)));
    assert!(filter["hit_rate"].is_f64() && filter["create_timestamp"].is_string());
    let wrong = [
        (409, json!([wanted])),
        (400, wanted.clone()),
        (400, json!([{"id": "x", "name": "no description"}])),
        (400, json!([{"id": "a b", "name": "", "description": ""}])),
    ];
    for (status, body) in wrong {
        assert_eq!(lab.ask(Method::POST, FILTERS, body.clone()).await.0, status, "{body}");
    }
    let mut whole = filter;
    whole["enabled"] = json!(false);
    whole["hit_rate"] = json!(7.5);
    assert_eq!(lab.ask(Method::PUT, &path, whole).await.0, 200);
    let filter = lab.json(&path).await;
    assert_eq!((&filter["enabled"], &filter["hit_rate"]), (&json!(false), &json!(0.0)));
    assert_eq!(lab.send(Method::DELETE, &path, None).await.status(), 200);
    assert_eq!(lab.status(&path).await, 404);
}

#[tokio::test]
async fn an_installer_knows_the_group_it_is_for() {
    let lab = Lab::small().await;
    for what in ["windows/exe", "windows/msi", "osx"] {
        let response = lab.get(&format!("/api/v1/group/4/installer/{what}")).await;
        let archive = Cursor::new(response.bytes().await.unwrap());
        let mut settings = String::new();
        let mut archive = ZipArchive::new(archive).unwrap();
        let mut member = archive.by_name("sensorsettings.ini").unwrap();
        member.read_to_string(&mut settings).unwrap();
        assert!(settings.contains("Name=Finance\r\nGroupId=4\r\n"), "{settings}");
    }
    let tape = lab.get("/api/v1/group/4/installer/linux").await;
    assert_eq!(tape.headers()["content-type"], "application/x-gzip");
    assert!(tape.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    for path in ["4/installer/amiga", "99/installer/osx", "99/datasharing"] {
        assert_eq!(lab.status(&format!("/api/v1/group/{path}")).await, 404, "{path}");
    }
    let shared = lab.json("/api/v1/group/1/datasharing").await;
    assert_eq!(shared[0], json!({"id": 1, "group_id": 1, "who": "VIRUSTOTAL", "what": "BIN"}));
    assert_eq!(lab.json("/api/v1/group/4/datasharing").await, Value::Array(Vec::new()));
}

#[tokio::test]
async fn what_a_group_shares_is_changed() {
    let lab = Lab::small().await;
    let list = "/api/v1/group/4/datasharing";
    let made = lab.made(list, json!({"who": "BIT9", "what": "BIN"})).await;
    let one = format!("{list}/{}", made["id"]);
    assert_eq!(lab.json(&one).await, json!({"id": made["id"], "group_id": 4, "who": "BIT9", "what": "BIN"}));
    let again = json!({"who": "BIT9", "what": "BIN"});
    let again = lab.send(Method::POST, list, Some(again)).await;
    assert_eq!(again.status(), 409, "it is shared already");
    for broken in [json!({"who": "BIT9"}), json!({"who": 3, "what": "BIN"}), json!([])] {
        let answer = lab.send(Method::POST, list, Some(broken.clone())).await;
        assert_eq!(answer.status(), 400, "{broken}");
    }
    assert_eq!(lab.put(&one, json!({"what": "MD5"})).await, 200);
    assert_eq!(lab.json(list).await[0]["what"], "MD5");
    let elsewhere = format!("/api/v1/group/1/datasharing/{}", made["id"]);
    assert_eq!(lab.status(&elsewhere).await, 404, "of another group");
    assert_eq!(lab.delete(&one).await, 200);
    assert_eq!(lab.json(list).await, json!([]));
    assert_eq!(lab.delete(&one).await, 404);
}
