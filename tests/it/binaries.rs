//! Binaries on the screen: search, details, and the way to the processes that ran them and back.

use crate::support::{console::Console, stage::Stage, world};
use lampblack::api::Error;
use lampblack::fetch::Fetch;

/// What the server of the simulator has not collected: a file of the system.
const SYSTEM: &str = "digsig_publisher:Microsoft*";

/// A console at the binary of the incident's payload.
async fn at_payload() -> Console {
    let mut console = Console::start().await;
    console.press("esc 5").await.search("observed_filename:svch0st.exe").await;
    console.press("esc").await;
    console
}

#[tokio::test]
async fn a_binary_is_found_and_said_to_be_unsigned() {
    let mut console = at_payload().await;
    console.shows(&[
        "Binaries  1",
        "Unsigned",
        "svch0st.exe",
        "Unsigned (TRUST_E_NOSIGNATURE",
        "FIN-WS-042 (sensor 7)",
        "fuzzywombat-beacon-1",
    ]);
    // What the list has of it is all there is: moving costs nothing.
    console.asked();
    console.press("tab j k").await;
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_binary_leads_to_the_processes_that_ran_it_and_back() {
    let mut console = at_payload().await;
    console.press("enter").await;
    console.shows(&["1 Hunt", "Processes", "svch0st.exe", "row per process"]);
    console.press("[").await;
    console.shows(&["observed_filename:svch0st.exe", "FIN-WS-042 (sensor 7)"]);
}

#[tokio::test]
async fn a_process_leads_to_its_binary() {
    let mut console = Console::start().await;
    console.search("process_name:svch0st.exe").await.press("esc g b").await;
    console.shows(&["Binaries  1", "md5:", "TRUST_E_NOSIGNATURE"]);
    // So does an ancestor.
    console.press("[ tab k g b").await;
    console.shows(&["Binaries  1"]).lacks("TRUST_E_NOSIGNATURE");
}

#[tokio::test]
async fn an_alert_leads_to_its_binary() {
    let mut console = Console::start().await;
    console.press("esc 3 /").await.write("svch0st").await;
    console.press("enter k g b").await;
    console.shows(&["Binaries  1", "svch0st.exe"]);
}

#[tokio::test]
async fn the_first_bytes_are_fetched_when_asked_for_and_once() {
    let mut console = at_payload().await;
    console.asked();
    console.press("b").await;
    console.shows(&["First bytes of svch0st.exe", "00000000  4d 5a", "|is program canno|", "4096 B"]);
    let asked = console.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    console.press("G").await;
    console.shows(&["00000ff0"]);
    console.press("esc b").await;
    console.shows(&["4d 5a"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn bytes_that_were_not_collected_are_not_asked_for() {
    let mut console = Console::start().await;
    console.press("esc 5").await.search(SYSTEM).await.press("esc").await;
    console.asked();
    console.press("b").await;
    console.shows(&["The server has not collected this file"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[test]
fn bytes_that_do_not_come_are_said_to_have_failed_and_asked_for_again() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).press("esc 5").search("a");
    stage.press("esc b").shows(&["Loading"]);
    let failed = |_: &Fetch| Err(Error::Unauthorized);
    stage.answer_all(failed);
    stage.shows(&["First bytes", "token"]).press("!");
    stage.shows(&["Error: first bytes"]);
    stage.press("esc b").answer_all(world::answer);
    stage.shows(&["4d 5a"]);
}

#[test]
fn bytes_of_another_file_are_never_shown_under_its_name() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).press("esc 5").search("a");
    stage.press("esc b").answer_all(world::answer);
    stage.shows(&["4d 5a"]).press("esc j b");
    stage.lacks("4d 5a").shows(&["Loading"]);
}
