//! Users and teams: created once, changed, deleted; no answer has a password.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::sim::lab::Lab;

#[tokio::test]
async fn a_user_is_made_once_and_the_password_is_never_sent_back() {
    let lab = Lab::small().await;
    let body = json!({
        "email": "lee@corp.example", "first_name": "Lee", "last_name": "Ng", "global_admin": false, "id": null,
        "password": "s3cret-pass", "teams": [1], "username": "lee",
    });
    let (status, answer) = lab.ask(Method::POST, "/api/user", body.clone()).await;
    assert_eq!((status, answer), (200, json!({"result": "success"})));
    let user = lab.json("/api/user/lee").await;
    let expected = json!({
        "email": "lee@corp.example", "first_name": "Lee", "last_name": "Ng", "global_admin": false, "id": 5,
        "teams": [{"id": 1, "name": "Analysts"}], "username": "lee",
    });
    assert_eq!(user, expected);
    assert_eq!(lab.ask(Method::POST, "/api/user", body).await.0, 409);
    let all = lab.json("/api/users").await;
    assert_eq!(all.as_array().unwrap().last(), Some(&user));
    assert!(!all.to_string().contains("s3cret"));

    // Servers from 6.1 on get whole teams back.
    let change = json!({"teams": [{"id": 2, "name": "Responders"}], "global_admin": "True", "password": "other"});
    assert_eq!(lab.ask(Method::PUT, "/api/user/lee", change).await.0, 200);
    let user = lab.json("/api/user/lee").await;
    assert_eq!(user["teams"], json!([{"id": 2, "name": "Responders"}]));
    assert_eq!((&user["global_admin"], &user["last_name"]), (&json!(true), &json!("Ng")));

    let removal = || lab.send(Method::DELETE, "/api/user/lee", None);
    assert_eq!(removal().await.status(), StatusCode::OK);
    assert_eq!(lab.status("/api/user/lee").await, 404);
    assert_eq!(removal().await.status(), StatusCode::NOT_FOUND);
    let own = lab.send(Method::DELETE, "/api/user/admin", None).await;
    assert_eq!(own.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_user_that_cannot_be_is_not_made() {
    let lab = Lab::small().await;
    for wrong in [
        json!({"email": "a@b"}),
        json!({"username": ""}),
        json!({"username": "x", "teams": [77]}),
        json!({"username": "x", "teams": "1"}),
        json!({"username": "x", "email": 1}),
        json!("x"),
    ] {
        let (status, _) = lab.ask(Method::POST, "/api/user", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
    }
    assert_eq!(lab.json("/api/users").await.as_array().unwrap().len(), 4);
    // As an old client sent it; the answer was a success.
    let unnamed = json!({"username": null, "email": "max@corp.example", "teams": []});
    assert_eq!(lab.ask(Method::POST, "/api/user", unnamed).await.0, 200);
    assert_eq!(lab.status("/api/user/max").await, 200);
}

#[tokio::test]
async fn a_team_sees_the_groups_it_is_given() {
    let lab = Lab::small().await;
    let access = json!([{"group_id": 4, "group_name": "whatever", "access_category": "Viewer"}]);
    let body = json!({"name": "Auditors", "group_access": access});
    let (status, made) = lab.ask(Method::POST, "/api/team", body.clone()).await;
    assert_eq!((status, made), (200, json!({"result": "success"})));
    let expected = json!({
        "id": 3, "name": "Auditors",
        "group_access": [{"group_id": 4, "group_name": "Finance", "access_category": "Viewer"}],
    });
    assert_eq!(lab.json("/api/team/3").await, expected);
    let group = lab.json("/api/group/4").await[0].clone();
    assert!(
        group["team_access"]
            .as_array()
            .unwrap()
            .contains(&json!({"team_id": 3, "team_name": "Auditors", "access_category": "Viewer"}))
    );
    assert_eq!(lab.ask(Method::POST, "/api/team", body).await.0, 409);
    let nowhere = json!({"name": "x", "group_access": [{"group_id": 99, "access_category": "Viewer"}]});
    assert_eq!(lab.ask(Method::POST, "/api/team", nowhere).await.0, 400);
    let name = json!({"name": "Audit"});
    assert_eq!(lab.ask(Method::PUT, "/api/team/3", name).await.0, 200);
    let team = lab.json("/api/team/3").await;
    assert_eq!((&team["name"], &team["group_access"]), (&json!("Audit"), &expected["group_access"]));

    let joined = json!({"teams": [3]});
    assert_eq!(lab.ask(Method::PUT, "/api/user/kim", joined).await.0, 200);
    assert_eq!(lab.send(Method::DELETE, "/api/team/3", None).await.status(), 200);
    assert_eq!(lab.status("/api/team/3").await, 404);
    assert_eq!(lab.json("/api/user/kim").await["teams"], json!([]));
}

#[tokio::test]
async fn logins_are_shown_with_those_that_failed() {
    let lab = Lab::small().await;
    let logins = lab.json("/api/useractivity").await;
    let logins = logins.as_array().unwrap();
    let words = |status: u64| {
        let of = |login: &&Value| login["http_status"] == status;
        logins.iter().find(of).map(|login| login["http_description"].clone())
    };
    assert_eq!((words(200), words(403)), (Some(json!("OK")), Some(json!("Forbidden"))));
    for login in logins {
        let path = format!("/api/user/{}", login["username"].as_str().unwrap());
        assert_eq!(lab.status(&path).await, 200);
    }
}

#[tokio::test]
async fn numbers_of_teams_may_be_text() {
    let lab = Lab::small().await;
    let user = json!({
        "username": "pkim", "first_name": "P", "last_name": "Kim", "email": "p@corp.example",
        "global_admin": false, "teams": ["1", 2, {"id": "2"}], "password": "secret",
    });
    lab.made("/api/user", user).await;
    let teams = lab.json("/api/user/pkim").await["teams"].clone();
    assert_eq!(teams[0], json!({"id": 1, "name": "Analysts"}));
    let wrong = lab.put("/api/user/pkim", json!({"teams": ["one"]})).await;
    assert_eq!(wrong, 400);
}
