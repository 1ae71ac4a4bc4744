//! Live Response as the client asks for it: sessions, commands, uploads, and a session that is gone.

use std::time::Duration;

use lampblack::{
    api::{Client, CommandAnswer, Error, Upload, WriteRequest},
    live_response::HostSession,
    model::{LiveCommand, LiveSessionId, LiveStatus, SensorId, StoredFileId},
    wire,
};

use super::server::{Server, json, raw, status};

const SESSION: &str = include_str!("../../goldens/get_cblr_session_3.json");
const COMMAND: &str = include_str!("../../goldens/get_cblr_command_5_process_list.json");
const ID: LiveSessionId = LiveSessionId(3);

fn open(sensor: u64) -> WriteRequest {
    WriteRequest::live_session(SensorId(sensor))
}

#[tokio::test]
async fn sessions_are_listed_opened_kept_and_closed() {
    let list = format!("[{SESSION}]");
    let mut server = Server::start([list.as_str(), SESSION, SESSION, SESSION].map(json).into()).await;
    let client = server.client();
    let sessions = client.live_sessions().await.unwrap();
    assert_eq!(sessions.rows[0].status, LiveStatus::Active);
    assert!(server.request().await.starts_with("GET /api/v1/cblr/session?active_only=true HTTP/1.1\r\n"));
    let session = client.open_live_session(&open(7), SensorId(7)).await.unwrap();
    let request = server.request().await;
    assert!(request.starts_with("POST /api/v1/cblr/session HTTP/1.1\r\n") && request.ends_with(r#"{"sensor_id":7}"#));
    client.keep_live_session(ID).await.unwrap();
    assert!(server.request().await.starts_with("GET /api/v1/cblr/session/3/keepalive HTTP/1.1\r\n"));
    client.close_live_session(&session).await.unwrap();
    let request = server.request().await;
    assert!(request.starts_with("PUT /api/v1/cblr/session/3 HTTP/1.1\r\n"), "{request}");
    // All of the record is sent back, as the official client does.
    assert!(request.contains(r#""status":"close""#) && request.contains(r#""hostname":"FIN-WS-042""#), "{request}");
}

#[tokio::test]
async fn a_session_with_another_sensor_is_no_answer() {
    let server = Server::start(vec![json(SESSION), json(SESSION)]).await;
    let client = server.client();
    let error = client.open_live_session(&open(8), SensorId(8)).await.unwrap_err().to_string();
    assert!(error.ends_with("a session with sensor 7 instead of 8"), "{error}");
    assert!(client.live_session(LiveSessionId(4)).await.is_err());
}

#[tokio::test]
async fn a_session_that_is_gone_is_told_from_a_file_that_is() {
    let gone = |text: &str| status("404 Not Found", "Content-Type: text/plain\r\n", text.as_bytes());
    let bodies = ["Session 3 not found", "Sensor 7 is not connected", r#"{"status": "NOT_FOUND"}"#];
    let server = Server::start(bodies.map(gone).into()).await;
    let client = server.client();
    let request = WriteRequest::live_command(ID, &LiveCommand::ListProcesses);
    for body in bodies {
        let error = client.start_command(&request).await.unwrap_err();
        assert!(matches!(error, Error::SessionGone { .. }), "{body}: {error}");
    }
    let server = Server::start(vec![gone("File 9 not found"), gone("Session 3 not found")]).await;
    let client = server.client();
    let error = client.session_file(ID, StoredFileId(9)).await.unwrap_err();
    assert_eq!(error.to_string(), "file 9 of Live Response session 3 not found on the server");
    // What is to be closed is closed.
    let session = lampblack::wire::parse_one(SESSION).unwrap().unwrap();
    client.close_live_session(&session).await.unwrap();
}

#[tokio::test]
async fn a_command_that_changes_a_host_is_sent_once_and_one_that_reads_again() {
    let busy = || status("503 Service Unavailable", "", b"");
    let server = Server::start(vec![busy(), json(COMMAND)]).await;
    let list = WriteRequest::live_command(ID, &LiveCommand::ListProcesses);
    assert_eq!(server.client().start_command(&list).await.unwrap().id.0, 5);
    let mut server = Server::start(vec![busy(), json(COMMAND)]).await;
    let kill = WriteRequest::live_command(ID, &LiveCommand::Kill { pid: 4242 });
    assert!(matches!(server.client().start_command(&kill).await.unwrap_err(), Error::Busy(_)));
    assert_eq!(server.unread(), 1);
}

#[tokio::test]
async fn a_server_without_live_response_is_explained() {
    let server = Server::start(vec![status("412 Precondition Failed", "", b"")]).await;
    let error = server.client().live_sessions().await.unwrap_err();
    assert!(error.hint().unwrap().contains("CbLREnabled"), "{error}");
}

#[tokio::test]
async fn a_file_is_uploaded_as_a_part_of_a_form() {
    let mut server = Server::start(vec![json(r#"{"id": 5}"#)]).await;
    let file = Upload { name: "a.exe".into(), content: b"MZ\x90".to_vec() };
    assert_eq!(server.client().upload_file(ID, &file).await.unwrap(), StoredFileId(5));
    let request = server.request().await;
    assert!(request.starts_with("POST /api/v1/cblr/session/3/file HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("content-type: multipart/form-data; boundary=lampblack-file\r\n"));
    assert!(request.contains("name=\"file\"; filename=\"a.exe\""), "{request}");
}

#[tokio::test]
async fn only_a_stored_file_that_the_server_does_not_have_is_deleted() {
    let gone = |text: &str| status("404 Not Found", "Content-Type: text/plain\r\n", text.as_bytes());
    let server = Server::start(vec![gone("File 9 not found"), gone("Session 3 not found")]).await;
    let client = server.client();
    client.delete_session_file(ID, StoredFileId(9)).await.unwrap();
    let error = client.delete_session_file(ID, StoredFileId(9)).await.unwrap_err();
    assert!(matches!(error, Error::SessionGone { .. }), "{error}");
}

#[tokio::test]
async fn a_session_is_kept_while_something_else_takes_long() {
    let list = format!("[{SESSION}]");
    let mut server = Server::start([list.as_str(), SESSION, SESSION].map(json).into()).await;
    let mut settings = server.settings("http");
    settings.timings.keepalive_interval = Duration::from_millis(1);
    let client = Client::new(settings, None).unwrap();
    let sensor = wire::parse_one(r#"{"id": 7, "computer_name": "FIN-WS-042"}"#).unwrap().unwrap();
    let mut session = HostSession::new(client, sensor, None, ());
    session.open().await.unwrap();
    server.request().await;
    for _ in 0..2 {
        let request = session.keep_while(server.request()).await;
        assert!(request.starts_with("GET /api/v1/cblr/session/3/keepalive "), "{request}");
    }
}

#[tokio::test]
async fn the_outcome_of_a_change_is_unknown_once_it_was_sent_without_an_answer() {
    let list = format!("[{SESSION}]");
    let pending = r#"{"id": 5, "session_id": 3, "status": "pending", "name": "kill", "object": 4242}"#;
    let gone = || status("404 Not Found", "Content-Type: text/plain\r\n", b"Session 3 not found");
    let sensor = || wire::parse_one(r#"{"id": 7, "computer_name": "FIN-WS-042"}"#).unwrap().unwrap();
    let command = LiveCommand::Kill { pid: 4242 };
    let request = WriteRequest::live_command(ID, &command);
    for (answers, answer) in [
        (vec![json(&list), json(pending), gone()], CommandAnswer::Unknown),
        (vec![json(&list), raw("")], CommandAnswer::Unknown),
        (
            vec![json(&list), json(pending), json(r#"{"id": 5, "status": "error", "result_code": 2147942487}"#)],
            CommandAnswer::Refusal,
        ),
        (vec![json(&list), json(pending), json(r#"{"id": 5, "status": "cancel"}"#)], CommandAnswer::Refusal),
    ] {
        let server = Server::start(answers).await;
        let mut session = HostSession::new(server.client(), sensor(), None, ());
        let error: Error = session.change(&command, &request).await.unwrap_err().into();
        assert!(matches!(&error, Error::Host { answer: found, .. } if *found == answer), "{error:?}");
    }
    // A session that was gone before never had it.
    let server = Server::start(vec![json(&list), gone()]).await;
    let mut session = HostSession::new(server.client(), sensor(), None, ());
    let error: Error = session.change(&command, &request).await.unwrap_err().into();
    assert!(matches!(error, Error::SessionGone { .. }), "{error:?}");
}
