//! What the client sends.

use lampblack::api::Client;
use lampblack::model::{GroupId, ProcessId, Search, SensorFilter, SensorId, Span};
use serde_json::Value;

use crate::server::{INFO, Server, TOKEN, json, settings, status};

const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
const NONE: &str = r#"{"results": [], "total_results": 0, "start": 0}"#;
const FIRST: Span = Span {
    start: 0,
    rows: 100,
};

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
    assert!(request.contains(concat!(
        "user-agent: lampblack/",
        env!("CARGO_PKG_VERSION"),
        "\r\n"
    )));
    assert!(request.contains("accept-encoding: gzip\r\n"));
    assert!(!request.contains("cookie") && !request.contains("referer"));
}

#[tokio::test]
async fn a_search_is_spelled_as_the_official_client_spells_it() {
    let mut server = Server::start(vec![json(NONE), json(NONE)]).await;
    let client = server.client();
    client
        .processes(&Search::default(), Span { start: 0, rows: 0 })
        .await
        .unwrap();
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.urlver=1&facet=false&q=&rows=0&start=0 HTTP/1.1"
    );
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
    let golden = include_str!("../goldens/get_binary_search.json");
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
        "GET /api/v1/binary?cb.urlver=1&facet=false&q=digsig_result%3AUnsigned&rows=100&\
         sort=host_count+asc&start=0 HTTP/1.1"
    );
}

#[tokio::test]
async fn a_search_that_fits_no_address_and_cannot_be_posted_is_refused_before_it_is_sent() {
    let mut server = Server::start(vec![json(INFO)]).await;
    let search = Search {
        query: "title:abc OR ".repeat(1000),
        ..Search::default()
    };
    let refused = server.client().reports(&search, FIRST).await.unwrap_err();
    assert!(refused.is_refusal());
    assert!(
        refused
            .to_string()
            .starts_with("threat reports: the search is too long; ")
    );
    let filter = SensorFilter {
        hostname: Some("x".repeat(9000)),
        ..SensorFilter::default()
    };
    assert!(server.client().sensors(&filter, FIRST).await.is_err());
    // Nothing of it has left: the first request that comes is another one.
    server.client().info().await.unwrap();
    assert_eq!(line(&server.request().await), "GET /api/info HTTP/1.1");
}

#[tokio::test]
async fn a_long_search_is_posted() {
    let mut server = Server::start(vec![json(NONE)]).await;
    let query = "md5:3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4 OR ".repeat(200);
    let search = Search {
        query: query.clone(),
        ..Search::default()
    };
    server.client().processes(&search, FIRST).await.unwrap();
    let request = server.request().await;
    assert_eq!(line(&request), "POST /api/v1/process HTTP/1.1");
    assert!(
        request
            .to_ascii_lowercase()
            .contains("content-type: application/json\r\n")
    );
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"q": [query], "cb.urlver": ["1"], "facet": ["false"], "rows": 100, "start": 0})
    );
}

#[tokio::test]
async fn facets_are_asked_for_as_the_official_client_asks() {
    let facets = include_str!("../goldens/get_process_facets.json");
    let mut server = Server::start(vec![json(facets), json(facets), json(facets)]).await;
    let client = server.client();
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
    assert_eq!(found.of("process_name").unwrap().values.len(), 2);
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.min_last_server_update=2017-05-21T18%3A41%3A58Z&cb.urlver=1&facet=true&\
         facet.field=process_name&facet.field=username&q=hostname%3AH+username%3Au&rows=0&start=0 HTTP/1.1"
    );
    client.binary_facets(&search, &[]).await.unwrap();
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/binary?cb.urlver=1&facet=true&q=hostname%3AH+username%3Au&rows=0&start=0 HTTP/1.1"
    );
    let long = Search {
        query: "md5:3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4 OR ".repeat(200),
        ..Search::default()
    };
    client.facets(&long, &fields).await.unwrap();
    let request = server.request().await;
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["facet.field"], serde_json::json!(fields));
}

#[tokio::test]
async fn how_common_a_file_is_is_asked_by_its_hash() {
    let count = include_str!("../goldens/get_process_host_count.json");
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
    assert_eq!(
        line(&server.request().await),
        format!("GET /api/v1/process/{GUID}/1?children=15 HTTP/1.1")
    );
    assert_eq!(
        line(&server.request().await),
        "GET /api/v1/process?cb.urlver=1&q=&rows=100&start=0 HTTP/1.1"
    );
}

#[tokio::test]
async fn an_unknown_server_that_lacks_segment_0_is_asked_for_segment_1() {
    let summary = format!(r#"{{"process": {{"id": "{GUID}"}}}}"#);
    let mut server = Server::start(vec![status("404 Not Found", "", b""), json(&summary)]).await;
    let summary = server
        .client()
        .summary(GUID.parse().unwrap(), 0)
        .await
        .unwrap();
    assert_eq!(summary.process.id, GUID.parse().unwrap());
    assert!(line(&server.request().await).contains("/0?children=0"));
    assert!(line(&server.request().await).contains("/1?children=0"));
}

#[tokio::test]
async fn each_noun_has_its_address() {
    let goldens = [
        include_str!("../goldens/get_sensor_7.json"),
        include_str!("../goldens/get_group_1.json"),
        include_str!("../goldens/get_group_list.json"),
        include_str!("../goldens/get_binary_summary.json"),
        include_str!("../goldens/get_process_summary.json"),
        include_str!("../goldens/get_sensor_search.json"),
    ];
    let mut server = Server::start(goldens.into_iter().map(json).collect()).await;
    let client = server.client();
    assert_eq!(
        client
            .sensor(SensorId(7))
            .await
            .unwrap()
            .computer_name
            .raw(),
        "FIN-WS-042"
    );
    assert_eq!(
        client.group(GroupId(1)).await.unwrap().name.raw(),
        "Default Group"
    );
    assert_eq!(client.groups().await.unwrap().rows.len(), 2);
    let md5 = "9e107d9d372bb6826bd81d3542a419d6".parse().unwrap();
    assert_eq!(client.binary(md5).await.unwrap().md5, md5);
    assert_eq!(
        client
            .summary(GUID.parse().unwrap(), 15)
            .await
            .unwrap()
            .children
            .len(),
        2
    );
    let filter = SensorFilter {
        hostname: Some("FIN WS".into()),
        group: Some(GroupId(1)),
        ..SensorFilter::default()
    };
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
        assert_eq!(
            line(&server.request().await),
            format!("GET {path} HTTP/1.1")
        );
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

#[tokio::test]
async fn a_proxy_is_asked_for_what_lies_behind_it() {
    let refusal = || status("407 Proxy Authentication Required", "", b"");
    let mut proxy = Server::start(vec![json(INFO), refusal()]).await;
    for (url, expected) in [
        (
            "http://cb.invalid",
            "GET http://cb.invalid/api/info HTTP/1.1",
        ),
        ("https://cb.invalid", "CONNECT cb.invalid:443 HTTP/1.1"),
    ] {
        let mut settings = settings(url);
        settings.proxy = Some(format!("http://ana:secret@127.0.0.1:{}", proxy.port));
        settings.pace.retries = 0;
        let answer = Client::new(settings, None).unwrap().info().await;
        let request = proxy.request().await;
        assert_eq!(line(&request), expected);
        assert!(
            request
                .to_ascii_lowercase()
                .contains("proxy-authorization: basic")
        );
        // A proxy that leads to TLS never sees the token.
        assert_eq!(request.contains(TOKEN), answer.is_ok());
        if let Err(error) = answer {
            assert_eq!(
                error.to_string(),
                "cannot reach https://cb.invalid: the proxy did not connect: proxy authorization required"
            );
        }
    }
}
