//! What the client makes of answers that are odd but good.

use lampblack::model::{Search, SensorFilter, Span};

use crate::client::server::{Server, json, status};

const FIRST: Span = Span { start: 0, rows: 100 };
const SENSORS: &str = include_str!("../../goldens/get_sensor_list.json");

fn named(name: &str) -> SensorFilter {
    SensorFilter { hostname: Some(name.into()), ..SensorFilter::default() }
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    // gzip of {"version":"6.2.0.171114.1158"}
    let packed = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x4b, 0x2d, 0x2a, 0xce, 0xcc,
        0xcf, 0x53, 0xb2, 0x52, 0x32, 0xd3, 0x33, 0xd2, 0x33, 0xd0, 0x33, 0x34, 0x37, 0x34, 0x34, 0x34, 0xd1, 0x33,
        0x34, 0x34, 0xb5, 0x50, 0xaa, 0x05, 0x00, 0x29, 0xd1, 0xce, 0x97, 0x1f, 0x00, 0x00, 0x00,
    ];
    let server = Server::start(vec![status("200 OK", "Content-Encoding: gzip\r\n", &packed)]).await;
    let info = server.client().info().await.unwrap();
    assert_eq!(info.version.raw(), "6.2.0.171114.1158");
}

#[tokio::test]
async fn the_sensors_of_an_old_server_come_whole_and_are_cut_here() {
    let mut server = Server::start(vec![status("404 Not Found", "", b""), json(SENSORS)]).await;
    let page = server.client().sensors(&SensorFilter::default(), Span { start: 1, rows: 5 }).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.start), (1, 2, 1));
    assert_eq!(page.rows[0].computer_name.raw(), "LAB-LNX-03");
    server.request().await;
    assert!(server.request().await.starts_with("GET /api/v1/sensor HTTP/1.1"));
}

#[tokio::test]
async fn an_old_server_has_three_ways_to_say_that_no_sensor_matches() {
    for nothing in [
        status("204 No Content", "", b""),
        json("[]"),
        status("500 Internal Server Error", "", b"Unhandled exception."),
    ] {
        let server = Server::start(vec![status("404 Not Found", "", b""), nothing]).await;
        let page = server.client().sensors(&named("x"), FIRST).await.unwrap();
        assert_eq!((page.rows.len(), page.total), (0, 0));
    }
    let fault = status("500 Internal Server Error", "", b"Unhandled exception.");
    let server = Server::start(vec![status("404 Not Found", "", b""), fault]).await;
    server.client().sensors(&SensorFilter::default(), FIRST).await.unwrap_err();
}

#[tokio::test]
async fn no_groups_are_an_empty_list() {
    let server = Server::start(vec![status("204 No Content", "", b"")]).await;
    let page = server.client().groups().await.unwrap();
    assert_eq!((page.rows.len(), page.n_unreadable), (0, 0));
}

#[tokio::test]
async fn a_list_without_a_body_is_no_empty_list() {
    for body in ["", "  ", "null", "{}"] {
        let answers = vec![json(body), json(body), json(body), json(body)];
        let server = Server::start(answers).await;
        let client = server.client();
        client.groups().await.unwrap_err();
        client.users().await.unwrap_err();
        client.watchlists().await.unwrap_err();
        client.bans().await.unwrap_err();
    }
}

#[tokio::test]
async fn groups_that_cannot_be_read_are_counted() {
    let body = r#"[{"id": 1, "name": "Default Group"}, {"id": null}, 7]"#;
    let server = Server::start(vec![json(body)]).await;
    let page = server.client().groups().await.unwrap();
    assert_eq!((page.rows.len(), page.n_unreadable), (1, 2));
}

#[tokio::test]
async fn a_page_tells_what_is_missing_from_it() {
    let body = r#"{"results": [{"id": "00000007-0000-1092-01d7-10df4de391b0"}, {"id": null}],
        "total_results": "34884", "incomplete_results": true, "filtered": {"default group": 12}}"#;
    let server = Server::start(vec![json(body)]).await;
    let page = server.client().processes(&Search::default(), FIRST).await.unwrap();
    assert_eq!((page.rows.len(), page.n_unreadable, page.total), (1, 1, 34884));
    assert!(page.is_incomplete);
    assert_eq!(page.hidden, 12);
}

#[tokio::test]
async fn bytes_that_are_no_text_cost_only_themselves() {
    let body = b"{\"version\": \"6.2.0\", \"note\": \"\xff\"}";
    let server = Server::start(vec![status("200 OK", "", body)]).await;
    assert_eq!(server.client().info().await.unwrap().release(), Some((6, 2)));
}
