//! The front end: token, headers, error pages, compression, TLS.

use lampblack::sim::{self, Certificate, Options, Tls};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::sim::lab::{Lab, client, rows, small};

#[tokio::test]
async fn a_client_connects() {
    let lab = Lab::small().await;
    let response = lab.get("/api/info").await;
    assert_eq!(response.headers()["server"], "openresty");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    assert_eq!(response.headers()["expires"], response.headers()["date"]);
    assert_eq!(response.headers()["date"], "Thu, 04 Mar 2021 18:00:00 GMT");
    let text = response.text().await.unwrap();
    assert!(text.contains(r#""version": "6.2.0.171114.1158""#), "{text}");
    let partitions = lab.json("/api/v1/storage/events/partition").await;
    assert_eq!(partitions["writer"]["status"], "hot");
    assert_eq!(partitions["writer"]["info"]["isLegacy"], false);
    assert_eq!(partitions["writer"]["info"]["endDate"], Value::Null);
    for path in ["/api/v1/license", "/api/license", "/api/v1/license/"] {
        assert_eq!(lab.json(path).await["license_valid"], true);
    }
}

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    let lab = Lab::small().await;
    for token in [None, Some("0".repeat(40))] {
        let mut request = lab.client.get(format!("{}/api/v1/process", lab.sim.url));
        if let Some(token) = token {
            request = request.header("X-Auth-Token", token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()["content-type"], "text/html");
        let page = response.text().await.unwrap();
        assert!(page.contains("<title>401 Unauthorized</title>"), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_404_and_a_wrong_verb_a_405() {
    let lab = Lab::small().await;
    for path in [
        "/",
        "/api/v9/nothing",
        "/api/v1/sensor/99999",
        "/api/v1/sensor/x",
        "/api/group/99",
        "/api/site/2",
        "/api/user/nobody",
        "/api/v1/binary/00000000000000000000000000000000/summary",
        "/api/v1/process/00000007-0000-1092-01d7-10df4de391b0/0",
        "/api/v1/process/nonsense/0",
        "/api/v1/process/nonsense/0/nothing",
        "/api/v1/process/nonsense",
        "/api/v3/group/1/nothing",
        "/api/user/admin/nothing",
        "/_sim/nothing",
    ] {
        let response = lab.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let page = response.text().await.unwrap();
        assert!(page.contains("The requested URL was not found on the server."), "{path}: {page}");
    }
    for path in [
        "/api/info",
        "/api/v1/process",
        "/api/v1/process/nonsense/0",
        "/api/v1/sensor/7",
        "/api/v2/sensor",
        "/api/v3/group",
        "/api/users",
    ] {
        let response = lab.send(Method::DELETE, path, None).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
}

#[tokio::test]
async fn an_old_server_has_no_sensor_list_with_pages() {
    for (version, status) in [("5.1.1", 404), ("5.2.0", 200)] {
        let lab = Lab::start(Options { server_version: version.into(), ..small() }).await;
        assert_eq!(lab.status("/api/v2/sensor").await, status, "{version}");
        assert_eq!(lab.status("/api/v1/sensor").await, 200, "{version}");
    }
}

#[tokio::test]
async fn rows_can_be_limited_and_content_is_compressed_when_wanted() {
    let lab = Lab::start(Options { max_rows: Some(20), ..small() }).await;
    let found = lab.search(&[("rows", "100")]).await;
    assert_eq!(rows(&found).len(), 20);
    assert_eq!(lab.json("/api/info").await["maxSearchResultRows"], 20);
    let plain = client().gzip(false).build().unwrap();
    let ask = |coding: &'static str| {
        let url = format!("{}/api/v1/sensor/7", lab.sim.url);
        let request = plain.get(url).header("X-Auth-Token", &lab.sim.token);
        request.header("Accept-Encoding", coding).send()
    };
    let response = ask("gzip, deflate").await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let response = ask("identity").await.unwrap();
    assert_eq!(response.headers()["transfer-encoding"], "chunked");
    assert!(response.text().await.unwrap().starts_with("{\n  \"boot_id\""));
}

#[tokio::test]
async fn tls_is_spoken_with_a_certificate_made_at_start() {
    for tls_versions in [Tls::Both, Tls::Only12, Tls::Only13] {
        let sim = sim::start(Options { tls: true, tls_versions, ..small() }).await.unwrap();
        let pem = sim.certificate.clone().unwrap();
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
        let trusting = client().tls_certs_only([root]).build().unwrap();
        let url = format!("{}/api/info", sim.url);
        assert!(url.starts_with("https://"));
        let request = trusting.get(&url).header("X-Auth-Token", &sim.token);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{tls_versions:?}");
        let clear = url.replace("https://", "http://");
        let refused = trusting.get(clear).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        let page = refused.text().await.unwrap();
        assert!(page.contains("The plain HTTP request was sent to HTTPS port"), "{page}");
    }
}

#[tokio::test]
async fn certificates_come_in_the_shapes_that_are_about() {
    for (certificate, is_authority) in
        [(Certificate::NoSan, false), (Certificate::Authority, true), (Certificate::AuthorityNoSan, true)]
    {
        let sim = sim::start(Options { tls: true, certificate, ..small() }).await.unwrap();
        let pem = sim.certificate.clone().unwrap();
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
        let trusting = client().tls_certs_only([root]).build().unwrap();
        let url = format!("{}/api/info", sim.url);
        let error = trusting.get(&url).send().await.unwrap_err();
        let text = format!("{error:?}");
        let expected = if is_authority { "CaUsedAsEndEntity" } else { "NotValidForName" };
        assert!(text.contains(expected), "{certificate:?}: {text}");
        let careless = client().danger_accept_invalid_certs(true).build().unwrap();
        assert_eq!(careless.get(&url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let lab = Lab::small().await;
    let url = format!("{}/api/info", lab.sim.url);
    let client = lab.client.clone();
    drop(lab);
    // The listener closes when the runtime has dropped its task.
    tokio::task::yield_now().await;
    assert!(client.get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn only_a_host_header_of_this_machine_drives_the_simulation() {
    let lab = Lab::small().await;
    for (host, status) in [
        ("127.0.0.1:1", 200),
        ("localhost", 200),
        ("[::1]:8080", 200),
        ("evil.example", 404),
        ("localhost.evil.example", 404),
        ("192.168.0.7", 404),
        ("", 404),
    ] {
        for path in ["log", "faults", "truth?q=&rows=0"] {
            let url = format!("{}/_sim/{path}", lab.sim.url);
            let answer = lab.client.get(url).header("Host", host).send().await;
            assert_eq!(answer.unwrap().status(), status, "{host} {path}");
        }
    }
    // All other routes answer any host name.
    let info = lab
        .client
        .get(format!("{}/api/info", lab.sim.url))
        .header("Host", "cb.corp.example")
        .header("X-Auth-Token", &lab.sim.token);
    assert_eq!(info.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_body_is_bounded_before_the_token_is_looked_at() {
    let lab = Lab::small().await;
    let send = |path: &str, token: &str, bytes: usize| {
        lab.client.post(format!("{}{path}", lab.sim.url)).header("X-Auth-Token", token).body(vec![b' '; bytes]).send()
    };
    let kept = send("/api/v1/process", &lab.sim.token, 1 << 20);
    assert_eq!(kept.await.unwrap().status(), 200);
    for bytes in [1 << 10, 1 << 20, 40 << 20] {
        // The refusal may come before it has sent everything.
        if let Ok(answer) = send("/api/v1/process", "wrong", bytes).await {
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{bytes}");
        }
    }
    for (path, bytes) in [("/api/v1/process", 40 << 20), ("/_sim/faults", 2 << 20)] {
        if let Ok(answer) = send(path, &lab.sim.token, bytes).await {
            assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
    }
    // No request waits for a body that is never sent.
    let mut line = TcpStream::connect(lab.sim.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/v1/process HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n";
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    line.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}
