//! Connections that break, lead elsewhere or cannot be trusted: what was known stays, the message and its hint are on the
//! screen, and the next try succeeds.

use std::io::Write;

use crate::support::{
    console::{Console, small},
    held_server::HeldServer,
    port_forward::PortForward,
};
use lampblack::api::Settings;
use lampblack::sim::{self, Fault, Mode, Options, Running};
use tempfile::NamedTempFile;

const QUERY: &str = r"process_name:net.exe cmdline:\\test\blah";

fn encrypted() -> Options {
    Options { tls: true, ..small() }
}

/// A console whose server stands behind a door, with an answer on its screen.
async fn behind_a_door(options: Options) -> (Console, PortForward) {
    let server = sim::start(options.clone()).await.unwrap();
    let door = PortForward::open(&server.url).await;
    let scheme = if options.tls { "https" } else { "http" };
    let mut certificate = NamedTempFile::new().unwrap();
    let pem = server.certificate.as_deref().unwrap_or_default();
    certificate.write_all(pem.as_bytes()).unwrap();
    let mut console = Console::at(server, 120, 36, |settings: &mut Settings| {
        settings.url = door.url(scheme).parse().unwrap();
        if scheme == "https" {
            settings.tls.ca_file = Some(certificate.path().into());
        }
    })
    .await;
    console.search(QUERY).await.shows(&["net  use y:"]);
    console.press("esc").await;
    (console, door)
}

/// A refresh fails: the message and its hint are there, and so is the old answer.
async fn fails(console: &mut Console, expected: &[&str]) {
    console.press("r").await;
    console.shows(expected).shows(&["net  use y:", "not current"]);
}

/// A refresh succeeds, and nothing is left of the error.
async fn succeeds(console: &mut Console, expected: &[&str]) {
    console.press("r").await;
    console.shows(&["net  use y:"]).lacks("not current");
    for text in expected {
        console.lacks(text);
    }
}

/// The door leads to another server for a while.
async fn check(options: Options, other: &Running, expected: &[&str]) {
    let (mut console, mut door) = behind_a_door(options).await;
    door.lead_to(&other.url).await;
    fails(&mut console, expected).await;
    door.lead_to(&console.sim.url).await;
    succeeds(&mut console, expected).await;
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back() {
    let expected = ["cannot reach http://127.0.0.1", "connection refused", "check the profile's url and proxy"];
    let (mut console, mut door) = behind_a_door(small()).await;
    door.shut().await;
    fails(&mut console, &expected).await;
    door.lead_to(&console.sim.url).await;
    succeeds(&mut console, &expected).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_the_one_known() {
    let other = sim::start(encrypted()).await.unwrap();
    let expected = ["but the key differs", "another machine answers"];
    check(encrypted(), &other, &expected).await;
}

#[tokio::test]
async fn http_where_https_is_spoken_of_a_sudden() {
    let other = sim::start(encrypted()).await.unwrap();
    let expected = ["the server expects HTTPS, not HTTP", "start the profile's url with https://"];
    check(small(), &other, &expected).await;
}

#[tokio::test]
async fn https_where_http_is_spoken_of_a_sudden() {
    let other = sim::start(small()).await.unwrap();
    check(encrypted(), &other, &["not with TLS", "check the port"]).await;
}

#[tokio::test]
async fn another_server_that_does_not_know_the_token() {
    let options = Options { token: Some("f".repeat(40)), ..small() };
    let other = sim::start(options).await.unwrap();
    let expected = ["the server does not accept the token", "doctor` shows"];
    check(small(), &other, &expected).await;
}

#[tokio::test]
async fn a_login_page_in_the_place_of_the_server() {
    let mut desk = HeldServer::open().await;
    let expected = ["a web page instead of JSON", "not to a login page"];
    let (mut console, mut door) = behind_a_door(small()).await;
    door.lead_to(&desk.url).await;
    let portal = async {
        loop {
            let page = "<html><title>Sign in</title></html>";
            desk.next().await.answer(page).await;
        }
    };
    tokio::select! {
        () = fails(&mut console, &expected) => {}
        () = portal => {}
    }
    door.lead_to(&console.sim.url).await;
    succeeds(&mut console, &expected).await;
}

#[tokio::test]
async fn a_new_question_that_fails_shows_no_rows_of_another_and_is_asked_again_by_its_key() {
    let (mut console, mut door) = behind_a_door(small()).await;
    door.shut().await;
    console.search("process_name:winword.exe").await;
    console.shows(&["cannot reach", "check the profile's url", "process_name:winword.exe"]).lacks("net  use y:");
    door.lead_to(&console.sim.url).await;
    console.press("r").await;
    console.shows(&["winword.exe", "Processes"]).lacks("cannot reach");
}

#[tokio::test]
async fn a_console_that_starts_without_its_server_finds_it_later() {
    let server = sim::start(small()).await.unwrap();
    let mut door = PortForward::open(&server.url).await;
    door.shut().await;
    let mut console = Console::at(server, 120, 36, |settings| {
        settings.url = door.url("http").parse().unwrap();
    })
    .await;
    console.shows(&["simulator unreachable", "cannot reach", "check the profile's url"]);
    door.lead_to(&console.sim.url).await;
    console.search(QUERY).await;
    console.shows(&["simulator 6.2.0", "net  use y:"]).lacks("unreachable").lacks("cannot reach");
}

#[tokio::test]
async fn giving_up_a_search_leaves_the_query_to_be_asked_again() {
    let mut console = Console::start().await;
    console.search(QUERY).await;
    console.sim.add_fault(Fault::new(Mode::Hang));
    console.press("i ctrl-u").await.write("process_name:winword.exe").await.press_while_asked("enter", "ctrl-c").await;
    // What was there answers another question, and is gone.
    console.shows(&["process_name:winword.exe", "Cancelled. r retries"]).lacks("net  use y:").lacks("in flight");
    console.sim.clear_faults();
    console.press("r").await;
    console.shows(&["winword.exe", "Processes  "]);
}

#[tokio::test]
async fn a_server_that_becomes_another_version_is_shown_and_asked_as_such() {
    let of = |version: &str| Options {
        token: Some("0123456789abcdef0123456789abcdef01234567".into()),
        server_version: version.into(),
        ..small()
    };
    let (mut console, mut door) = behind_a_door(of("6.2.4.180911.1420")).await;
    console.shows(&["6.2.4"]);
    let older = sim::start(of("5.2.0.161004.1206")).await.unwrap();
    door.shut().await;
    console.press("r").await.shows(&["not current"]);
    door.lead_to(&older.url).await;
    console.press("r").await.press("r").await;
    console.shows(&["5.2.0", "Processes", "segments"]).lacks("6.2.4");
    let seen = older.seen_requests();
    let last = seen.iter().rfind(|seen| seen.target.starts_with("/api/v1/process?"));
    assert!(!last.unwrap().target.contains("cb.group"), "{last:?}");
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_shown_and_can_be_cancelled() {
    let mut console = Console::start().await;
    console.search(QUERY).await.press("esc").await;
    let busy = || Fault::new(Mode::TooMany).for_target("^/api/v1/process?").retry_after(200);
    console.sim.add_fault(busy());
    console.begin("r").until("waiting until 10:23:20Z. ^c cancels").await;
    console.shows(&["busy until 10:23:20Z", "net  use y:"]);
    console.press("ctrl-c").await.lacks("busy until");
    console.sim.clear_faults();
    // More than five minutes are not waited.
    console.sim.add_fault(busy().retry_after(301));
    console.press("r").await.shows(&["the server is busy, retry in 301s"]);
}

#[tokio::test]
async fn a_token_that_is_refused_goes_out_once_until_r_is_pressed() {
    let mut console = Console::start().await;
    console.search(QUERY).await.press("esc").await;
    console.sim.add_fault(Fault::new(Mode::Unauthorized));
    console.sim.forget_requests();
    console.press("r").await.shows(&["the server does not accept the token"]);
    // What was under way together while the token was known to be good.
    let n_sent = console.sim.seen_requests().len();
    assert!(n_sent <= 8, "{n_sent}");
    // Rows, views and details that would be asked for otherwise.
    console.press("j j enter esc 3 4 5 esc 6 7 9 1").await;
    assert_eq!(console.sim.seen_requests().len(), n_sent);
    console.press("r").await;
    assert_eq!(console.sim.seen_requests().len(), n_sent + 1);
    console.sim.clear_faults();
    console.press("r").await.shows(&["net  use y:"]).lacks("does not accept");
}
