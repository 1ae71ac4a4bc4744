//! Files: as they come, in pieces, and no more of them than is wanted.

use std::io::{Cursor, Write};

use lampblack::api::{Client, Error, RequestTrace};
use lampblack::fetch::{Fetcher, FileHeadFetch};
use lampblack::model::Md5;
use tokio::sync::mpsc;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::server::{Answer, Server, raw, status};

const CONTENT: &[u8] = b"MZ\x90\0\x1b[2J and so on";

fn md5() -> Md5 {
    "9e107d9d372bb6826bd81d3542a419d6".parse().unwrap()
}

fn archive() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("filedata", CONTENT), ("metadata", b"x")] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The first bytes of the file, that many.
fn question(bytes: usize) -> FileHeadFetch {
    FileHeadFetch { md5: md5(), bytes }
}

fn zip(body: &[u8]) -> Answer {
    status("200 OK", "Content-Type: application/zip\r\n", body)
}

/// The beginning of an archive that never ends, by its header.
fn endless(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 99999999\r\n\r\n".to_vec();
    bytes.extend_from_slice(body);
    bytes
}

/// All that comes of a file.
async fn whole(client: &Client) -> Result<Vec<u8>, Error> {
    let mut download = client.download(md5()).await?;
    let mut all = Vec::new();
    while let Some(piece) = download.next().await? {
        all.extend_from_slice(piece.as_ref());
    }
    Ok(all)
}

#[tokio::test]
async fn a_file_comes_as_the_server_has_it() {
    let mut server = Server::start(vec![zip(&archive())]).await;
    let mut download = server.client().download(md5()).await.unwrap();
    assert_eq!(download.length(), Some(u64::try_from(archive().len()).unwrap()));
    let mut all = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        all.extend_from_slice(piece.as_ref());
    }
    assert_eq!(all, archive());
    let request = server.request().await;
    assert!(request.starts_with("GET /api/v1/binary/9E107D9D372BB6826BD81D3542A419D6 HTTP/1.1\r\n"), "{request}");
    let request = request.to_ascii_lowercase();
    assert!(request.contains("accept-encoding: identity\r\n"), "{request}");
}

#[tokio::test]
async fn a_busy_server_is_asked_for_a_file_again() {
    let busy = status("503 Service Unavailable", "", b"");
    let server = Server::start(vec![busy, zip(&archive())]).await;
    assert_eq!(whole(&server.client()).await.unwrap(), archive());
}

#[tokio::test]
async fn a_file_that_was_not_collected_is_not_found() {
    let server = Server::start(vec![status("404 Not Found", "", b"")]).await;
    let error = whole(&server.client()).await.unwrap_err();
    assert_eq!(error.to_string(), "a copy of 9e107d9d372bb6826bd81d3542a419d6 not found on the server");
}

#[tokio::test]
async fn a_message_in_the_place_of_a_file_is_an_error() {
    for (body, message) in [
        (
            r#"{"errorMessage": "no\u001b[31m disk"}"#,
            "the server answered 200: no␛[31m disk (GET /api/v1/binary/9E107D9D372BB6826BD81D3542A419D6)",
        ),
        (
            "{}",
            "unexpected response from GET /api/v1/binary/9E107D9D372BB6826BD81D3542A419D6: JSON instead of an \
             archive",
        ),
    ] {
        let server = Server::start(vec![super::server::json(body)]).await;
        let error = whole(&server.client()).await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_in_a_file_is_noticed() {
    let server = Server::start(vec![Answer::Bytes(endless(&archive()))]).await;
    let error = whole(&server.client()).await.unwrap_err();
    assert!(matches!(error, Error::Cut { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_falls_silent_in_a_file_is_given_up() {
    for answer in [Answer::Stopped(endless(&archive())), Answer::Silence] {
        let server = Server::start(vec![answer]).await;
        let mut settings = server.settings("http");
        settings.timeout = std::time::Duration::from_millis(100);
        let client = Client::new(settings, None).unwrap();
        let error = whole(&client).await.unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{error}");
    }
}

#[tokio::test]
async fn the_first_bytes_cost_no_more_than_their_part_of_the_archive() {
    // The server never gets to the end of this one.
    let server = Server::start(vec![Answer::Stopped(endless(&archive()[..60]))]).await;
    let (calls, mut traces) = mpsc::unbounded_channel();
    let client = Client::new(server.settings("http"), Some(calls)).unwrap();
    let mut reader = Fetcher::new(client);
    let head = reader.get(question(2)).await.unwrap();
    assert_eq!((&*head.value.bytes, head.value.is_whole), (&b"MZ"[..], false));
    // The request is over, and nothing is wrong with it.
    let RequestTrace { status, error, .. } = traces.recv().await.unwrap();
    assert_eq!((status, error), (Some(200), None));
    // The same bytes again cost nothing.
    assert!(reader.get(question(2)).await.unwrap().from_cache);
}

#[tokio::test]
async fn a_file_shorter_than_asked_for_is_whole() {
    let more = CONTENT.len() + 1;
    for bytes in [CONTENT.len(), more] {
        let server = Server::start(vec![zip(&archive())]).await;
        let mut reader = Fetcher::new(server.client());
        let head = reader.get(question(bytes)).await.unwrap();
        assert_eq!((&*head.value.bytes, head.value.is_whole), (CONTENT, true));
    }
}

#[tokio::test]
async fn the_first_bytes_of_what_is_no_archive_are_an_error() {
    let cut = archive()[..50].to_vec();
    for (body, reason) in [
        (b"<html>Log in</html>".to_vec(), "the download is not a zip archive"),
        (cut, "the archive is truncated"),
        (Vec::new(), "the download is not a zip archive"),
    ] {
        let server = Server::start(vec![zip(&body)]).await;
        let mut reader = Fetcher::new(server.client());
        let error = reader.get(question(999)).await.unwrap_err();
        assert!(error.to_string().ends_with(reason), "{error}");
    }
    let server = Server::start(vec![raw("garbage")]).await;
    assert!(Fetcher::new(server.client()).get(question(9)).await.is_err());
}
