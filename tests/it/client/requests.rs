//! What the client sends.

use lampblack::api::{Client, Proxy};
use lampblack::model::{GroupId, ProcessId, Search, SensorFilter, SensorId, Span};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::client::server::{INFO, Server, TOKEN, json, raw, settings, status};

const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
const NONE: &str = r#"{"results": [], "total_results": 0, "start": 0}"#;
const FIRST: Span = Span { start: 0, rows: 100 };

fn line(request: &str) -> &str {
    request.lines().next().unwrap()
}

#[tokio::test]
async fn every_request_carries_the_token_and_says_who_asks() {
    let mut server = Server::start(vec![json(INFO)]).await;
    server.client().info().await.unwrap();
    let request = server.request().await.to_ascii_lowercase();
    assert_eq!(line(&request), "get /api/info http/1.1");
    assert!(request.contains(&format!("x-auth-token: {TOKEN}\r\n")));
    assert!(request.contains(concat!("user-agent: lampblack/", env!("CARGO_PKG_VERSION"), "\r\n")));
    assert!(request.contains("accept-encoding: gzip\r\n"));
    assert!(!request.contains("cookie") && !request.contains("referer"));
}

#[tokio::test]
async fn a_search_is_spelled_as_the_official_client_spells_it() {
    let mut server = Server::start(vec![json(NONE), json(INFO), json(NONE), json(NONE)]).await;
    let client = server.client();
    let none = Span { start: 0, rows: 0 };
    // A server of unknown release may not know the parameter that turns facets off.
    client.processes(&Search::default(), none).await.unwrap();
    assert_eq!(line(&server.request().await), "GET /api/v1/process?cb.urlver=1&q=&rows=0&start=0 HTTP/1.1");
    client.info().await.unwrap();
    server.request().await;
    client.processes(&Search::default(), none).await.unwrap();
    assert_eq!(line(&server.request().await), "GET /api/v1/process?cb.urlver=1&facet=false&q=&rows=0&start=0 HTTP/1.1");
    let search = Search {
        query: r"process_name:net.exe cmdline:\\test\blah".into(),
        sort: Some("last_update desc".into()),
        group_by: Some("id".into()),
        min_last_update: "2017-05-21T18:41:58.9Z".parse().ok(),
        max_last_server_update: "2017-05-22T00:00:00.1Z".parse().ok(),
        ..Search::default()
    };
    client.processes(&search, FIRST).await.unwrap();
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.group=id&cb.max_last_server_update=2017-05-22T00%3A00%3A01Z&\
         cb.min_last_update=2017-05-21T18%3A41%3A58Z&cb.urlver=1&facet=false&\
         q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah&rows=100&sort=last_update+desc&start=0 HTTP/1.1"
    );
}

#[tokio::test]
async fn a_binary_search_asks_for_what_its_index_understands() {
    let golden = include_str!("../../goldens/get_binary_search.json");
    let mut server = Server::start(vec![json(golden)]).await;
    let search = Search {
        query: "digsig_result:Unsigned".into(),
        sort: Some("host_count asc".into()),
        group_by: Some("id".into()),
        min_last_update: Some("2017-05-21T18:41:58Z".parse().unwrap()),
        ..Search::default()
    };
    let page = server.client().binaries(&search, FIRST).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 812));
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/binary?cb.urlver=1&q=digsig_result%3AUnsigned&rows=100&\
         sort=host_count+asc&start=0 HTTP/1.1"
    );
}

#[tokio::test]
async fn a_search_that_fits_no_address_and_cannot_be_posted_is_refused_before_it_is_sent() {
    let mut server = Server::start(vec![json(INFO)]).await;
    let search = Search { query: "title:abc OR ".repeat(1000), ..Search::default() };
    let refused = server.client().reports(&search, FIRST).await.unwrap_err();
    assert!(refused.is_refusal());
    assert!(refused.to_string().starts_with("threat reports: the query is too long: "));
    let filter = SensorFilter { hostname: Some("x".repeat(9000)), ..SensorFilter::default() };
    assert!(server.client().sensors(&filter, FIRST).await.is_err());
    // Nothing of it has left: the first request that comes is another one.
    server.client().info().await.unwrap();
    assert_eq!(line(&server.request().await), "GET /api/info HTTP/1.1");
}

#[tokio::test]
async fn a_long_search_is_posted() {
    let mut server = Server::start(vec![json(NONE)]).await;
    let query = "md5:3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4 OR ".repeat(200);
    let search = Search { query: query.clone(), ..Search::default() };
    server.client().processes(&search, FIRST).await.unwrap();
    let request = server.request().await;
    assert_eq!(line(&request), "POST /api/v1/process HTTP/1.1");
    assert!(request.to_ascii_lowercase().contains("content-type: application/json\r\n"));
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, serde_json::json!({"q": [query], "cb.urlver": ["1"], "rows": 100, "start": 0}));
}

#[tokio::test]
async fn facets_are_asked_for_as_the_official_client_asks() {
    let facets = include_str!("../../goldens/get_process_facets.json");
    let mut server = Server::start(vec![json(INFO), json(facets), json(facets), json(facets)]).await;
    let client = server.client();
    client.info().await.unwrap();
    server.request().await;
    let search = Search {
        query: "hostname:H username:u".into(),
        sort: Some("start asc".into()),
        group_by: Some("id".into()),
        min_last_server_update: "2017-05-21T18:41:58Z".parse().ok(),
        ..Search::default()
    };
    let fields = ["username".to_owned(), "process_name".to_owned()];
    let found = client.facets(&search, &fields).await.unwrap();
    assert_eq!(found.facets[0].field, "username");
    assert_eq!(found.get("process_name").unwrap().values.len(), 2);
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.min_last_server_update=2017-05-21T18%3A41%3A58Z&cb.urlver=1&facet=true&\
         facet.field=process_name&facet.field=username&q=hostname%3AH+username%3Au&rows=0&start=0 HTTP/1.1"
    );
    let long = Search { query: "md5:3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4 OR ".repeat(200), ..Search::default() };
    client.facets(&long, &fields).await.unwrap();
    let request = server.request().await;
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["facet.field"], serde_json::json!(fields));
}

#[tokio::test]
async fn how_common_a_file_is_is_asked_by_its_hash() {
    let count = include_str!("../../goldens/get_process_host_count.json");
    let mut server = Server::start(vec![json(count), json("[]"), json("{}")]).await;
    let client = server.client();
    let md5 = "9e107d9d372bb6826bd81d3542a419d6".parse().unwrap();
    let found = client.prevalence(md5).await.unwrap();
    assert_eq!((found.hosts, found.processes), (2, 5));
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process/host/count?cb.freqver=1&md5=9E107D9D372BB6826BD81D3542A419D6&name=md5 HTTP/1.1"
    );
    assert_eq!(client.prevalence(md5).await.unwrap().hosts, 0);
    assert!(client.prevalence(md5).await.is_err());
}

#[tokio::test]
async fn a_server_before_6_0_is_asked_for_segment_1() {
    let old = INFO.replace("6.2.4.180911.1420", "5.1.0.150000.1");
    let summary = format!(r#"{{"process": {{"id": "{GUID}"}}}}"#);
    let mut server = Server::start(vec![json(&old), json(&summary), json(NONE)]).await;
    let client = server.client();
    let id: ProcessId = GUID.parse().unwrap();
    client.info().await.unwrap();
    client.summary(id, 15).await.unwrap();
    client.processes(&Search::default(), FIRST).await.unwrap();
    server.request().await;
    assert_eq!(line(&server.request().await), format!("GET /api/v1/process/{GUID}/1?children=15 HTTP/1.1"));
    assert_eq!(line(&server.request().await), "GET /api/v1/process?cb.urlver=1&q=&rows=100&start=0 HTTP/1.1");
}

#[tokio::test]
async fn an_unknown_server_that_lacks_segment_0_is_asked_for_segment_1() {
    let summary = format!(r#"{{"process": {{"id": "{GUID}"}}}}"#);
    let mut server = Server::start(vec![status("404 Not Found", "", b""), json(&summary)]).await;
    let summary = server.client().summary(GUID.parse().unwrap(), 0).await.unwrap();
    assert_eq!(summary.process.id, GUID.parse().unwrap());
    assert!(line(&server.request().await).contains("/0?children=0"));
    assert!(line(&server.request().await).contains("/1?children=0"));
}

#[tokio::test]
async fn each_noun_has_its_address() {
    let goldens = [
        include_str!("../../goldens/get_sensor_7.json"),
        include_str!("../../goldens/get_group_1.json"),
        include_str!("../../goldens/get_group_list.json"),
        include_str!("../../goldens/get_binary_summary.json"),
        include_str!("../../goldens/get_process_summary.json"),
        include_str!("../../goldens/get_sensor_search.json"),
    ];
    let mut server = Server::start(goldens.into_iter().map(json).collect()).await;
    let client = server.client();
    assert_eq!(client.sensor(SensorId(7)).await.unwrap().computer_name.raw(), "FIN-WS-042");
    assert_eq!(client.group(GroupId(1)).await.unwrap().name.raw(), "Default Group");
    assert_eq!(client.groups().await.unwrap().rows.len(), 2);
    let md5 = "9e107d9d372bb6826bd81d3542a419d6".parse().unwrap();
    assert_eq!(client.binary(md5).await.unwrap().md5, md5);
    assert_eq!(client.summary(GUID.parse().unwrap(), 15).await.unwrap().children.len(), 2);
    let filter = SensorFilter { hostname: Some("FIN WS".into()), group: Some(GroupId(1)), ..SensorFilter::default() };
    let page = client.sensors(&filter, FIRST).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 2));
    for path in [
        "/api/v1/sensor/7",
        "/api/group/1",
        "/api/group",
        "/api/v1/binary/9E107D9D372BB6826BD81D3542A419D6/summary",
        "/api/v1/process/00000007-0000-1092-01d7-10df4de391b0/0?children=15",
        "/api/v2/sensor?groupid=1&hostname=FIN+WS&rows=100&sort.col=computer_name&sort.dir=asc&start=0",
    ] {
        assert_eq!(line(&server.request().await), format!("GET {path} HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_path_in_the_servers_address_is_kept() {
    let mut server = Server::start(vec![json(INFO)]).await;
    let mut settings = server.settings("http");
    settings.url.set_path("/edr/");
    let client = Client::new(settings, None).unwrap();
    client.info().await.unwrap();
    assert_eq!(line(&server.request().await), "GET /edr/api/info HTTP/1.1");
    assert_eq!(client.server(), format!("localhost:{}", server.port));
}

/// A proxy on this machine.
fn proxy(scheme: &str, port: u16, login: &str) -> Proxy {
    Proxy::new(&format!("{scheme}://{login}127.0.0.1:{port}"), "HTTPS_PROXY").unwrap()
}

#[tokio::test]
async fn a_proxy_is_asked_for_what_lies_behind_it() {
    let refusal = || status("407 Proxy Authentication Required", "", b"");
    let mut server = Server::start(vec![json(INFO), refusal(), refusal()]).await;
    let port = server.port;
    for (url, expected) in [
        ("http://cb.invalid", "GET http://cb.invalid/api/info HTTP/1.1"),
        ("https://cb.invalid", "CONNECT cb.invalid:443 HTTP/1.1"),
    ] {
        let mut settings = settings(url);
        settings.proxy = Some(proxy("http", port, "ana:secret@"));
        let answer = Client::new(settings, None).unwrap().info().await;
        let request = server.request().await;
        assert_eq!(line(&request), expected);
        assert!(request.to_ascii_lowercase().contains("proxy-authorization: basic"));
        // A proxy that leads to TLS never sees the token.
        assert_eq!(request.contains(TOKEN), answer.is_ok());
        if let Err(error) = answer {
            assert_eq!(
                error.to_string(),
                format!(
                    "the proxy http://127.0.0.1:{port} (from HTTPS_PROXY) does not accept the username and password"
                )
            );
            assert!(!error.is_transient());
        }
    }
    assert_eq!(server.unread(), 0, "a password that was refused is not sent again");
}

#[tokio::test]
async fn a_proxy_that_does_not_lead_to_the_server_is_named_with_its_origin() {
    let page = b"<html><title>Access denied</title></html>";
    let denied = || status("403 Forbidden", "Content-Type: text/html\r\n", page);
    let unasked = || status("407 Proxy Authentication Required", "", b"");
    for (url, answer, expected) in [
        ("https://cb.invalid", denied(), "cannot reach https://cb.invalid: it answers, but does not connect"),
        ("https://cb.invalid", raw(""), "cannot reach https://cb.invalid: it closes the connection"),
        ("https://cb.invalid", unasked(), "requires a username and password"),
        ("http://cb.invalid", unasked(), "requires a username and password"),
        ("http://cb.invalid", status("502 Bad Gateway", "", page), "Access denied, a web page, through the proxy"),
        ("http://cb.invalid", json("<html>log in"), "a web page instead of JSON"),
    ] {
        let server = Server::start(vec![answer]).await;
        let mut settings = settings(url);
        settings.timings.retries = 0;
        settings.proxy = Some(proxy("http", server.port, ""));
        let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains(expected), "{said}");
        let name = format!("http://127.0.0.1:{} (from HTTPS_PROXY)", server.port);
        assert!(said.contains(&name), "{said}");
        assert!(error.hint().is_some(), "{said}");
    }
    // No server listens there.
    let mut settings = settings("https://cb.invalid");
    settings.timings.retries = 0;
    settings.proxy = Some(proxy("http", 1, ""));
    let error = Client::new(settings, None).unwrap().info().await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("the proxy http://127.0.0.1:1 (from HTTPS_PROXY)"), "{said}");
    assert!(said.contains("connection refused"), "{said}");
}

#[tokio::test]
async fn a_socks_proxy_leads_to_the_server_and_resolves_its_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // As `ssh -D` does: no login, a name, and from then on the server itself.
    let socks = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 3];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(&[5, 0]).await.unwrap();
        let mut head = [0; 5];
        stream.read_exact(&mut head).await.unwrap();
        let mut name = vec![0; usize::from(head[4])];
        stream.read_exact(&mut name).await.unwrap();
        let mut to = [0; 2];
        stream.read_exact(&mut to).await.unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        let mut request = [0; 2048];
        let length = stream.read(&mut request).await.unwrap();
        let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{INFO}", INFO.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        (String::from_utf8(name).unwrap(), String::from_utf8_lossy(&request[..length]).into_owned())
    };
    let mut settings = settings("http://cb.invalid");
    settings.proxy = Some(proxy("socks5h", port, ""));
    let client = Client::new(settings, None).unwrap();
    let (info, (name, request)) = tokio::join!(client.info(), socks);
    info.unwrap();
    assert_eq!(name, "cb.invalid");
    assert_eq!(line(&request), "GET /api/info HTTP/1.1");
}

const OLD: &str = r#"{"version": "5.2.0.161004.1206"}"#;

#[tokio::test]
async fn a_server_before_6_is_asked_in_words_that_it_knows() {
    let mut server = Server::start(vec![json(OLD), json(NONE), json(NONE)]).await;
    let client = server.client();
    let search = Search {
        query: "process_name:a.exe OR process_name:b.exe".into(),
        group_by: Some("id".into()),
        min_last_update: "2017-05-21T18:41:58.9Z".parse().ok(),
        ..Search::default()
    };
    client.processes(&search, FIRST).await.unwrap();
    // Its release is asked for first: what it does not know it would ignore.
    assert_eq!(line(&server.request().await), "GET /api/info HTTP/1.1");
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.urlver=1&facet=false&q=%28process_name%3Aa.exe+OR+process_name%3Ab.exe%29+\
         last_update%3A%5B2017-05-21T18%3A41%3A58Z+TO+%2A%5D&rows=100&start=0 HTTP/1.1"
    );
    // What comes of it does not matter here.
    let _ = client.facets(&search, &["username".into()]).await;
    let facets = server.request().await;
    assert!(line(&facets).contains("last_update") && !line(&facets).contains("cb.min"), "{facets}");
}

#[tokio::test]
async fn what_a_server_before_6_cannot_filter_by_is_refused() {
    let mut server = Server::start(vec![json(OLD)]).await;
    let client = server.client();
    let by_server = Search { min_last_server_update: "2017-05-21T18:41:58Z".parse().ok(), ..Search::default() };
    let by_host = Search { group_by: Some("hostname".into()), ..Search::default() };
    for (search, expected) in [
        (by_server, "this server (5.2) does not support a time range on the server's clock and would ignore it"),
        (by_host, "this server (5.2) does not support grouping by hostname and would ignore it"),
    ] {
        let error = client.processes(&search, FIRST).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.is_refusal() && error.hint().is_some());
    }
    assert_eq!(server.unread(), 1, "nothing but the release was asked for");
}

#[tokio::test]
async fn what_is_sent_follows_the_release_of_today() {
    let answers = vec![json(INFO), json(NONE), json(OLD), json(NONE)];
    let mut server = Server::start(answers).await;
    let client = server.client();
    let search = Search { group_by: Some("id".into()), ..Search::default() };
    for expected in ["cb.group=id", "cb.urlver=1"] {
        client.info().await.unwrap();
        client.processes(&search, FIRST).await.unwrap();
        server.request().await;
        let request = server.request().await;
        assert!(line(&request).starts_with(&format!("GET /api/v1/process?{expected}&")), "{request}");
    }
}

#[tokio::test]
async fn a_page_that_is_too_large_is_asked_for_in_parts() {
    let row = |number: u32| {
        format!(r#"{{"id": "00000007-0000-{number:04x}-01d7-10df4de391b0", "cmdline": "{}"}}"#, "x".repeat(400))
    };
    let page = |n: u32| {
        let rows: Vec<_> = (0..n).map(row).collect();
        json(&format!(r#"{{"results": [{}], "total_results": 100, "start": 0}}"#, rows.join(",")))
    };
    let mut server = Server::start(vec![page(100), page(25)]).await;
    let mut settings = server.settings("http");
    settings.max_bytes = 16 * 1024;
    let client = Client::new(settings, None).unwrap();
    let page = client.processes(&Search::default(), FIRST).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (25, 100));
    server.request().await;
    assert!(line(&server.request().await).contains("rows=25"));
}

#[tokio::test]
async fn of_a_record_that_is_too_large_the_long_texts_are_cut() {
    let row = format!(
        r#"{{"id": "00000007-0000-1092-01d7-10df4de391b0", "process_name": "a.exe", "cmdline": "{}"}}"#,
        "x".repeat(2_000_000)
    );
    let body = format!(r#"{{"results": [{row}], "total_results": 1, "start": 0}}"#);
    let server = Server::start(vec![json(&body)]).await;
    let page = server.client().processes(&Search::default(), FIRST).await.unwrap();
    let process = &page.rows[0];
    assert_eq!(process.name.raw(), "a.exe");
    assert!(process.cmdline.raw().ends_with("xxx… (951424 bytes omitted)"));
    assert!(process.document.len() < 1_100_000);
}
