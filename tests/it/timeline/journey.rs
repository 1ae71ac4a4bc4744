//! The timeline of the incident, on the simulator.

use std::fs;

use lampblack::model::EventKind;

use crate::support::console::{Console, small};

/// A console with the payload of the incident opened, and the focus on its events.
async fn payload() -> Console {
    let mut console = Console::with(small(), 200, 50, |_| {}).await;
    console.search("process_name:svch0st.exe").await;
    console.press("esc enter tab").await;
    console
}

#[tokio::test]
async fn the_payloads_contact_and_its_children_are_found_by_keys() {
    let mut console = payload().await;
    console.shows(&["Events  ", " segments", "as of "]);
    console.press("e n").await.shows(&["[net ", "connected to"]);
    console.press("e n e c").await.shows(&["[child 6]", "started "]);
    // The first child is opened, and its own timeline is there.
    console.press("g g enter").await.shows(&["› "]);
    let session = console.app.session();
    let child = session.opened.id.unwrap();
    assert_eq!(session.opened.timeline.process(), Some(child));
    assert!(!session.opened.timeline.rows().is_empty());
    console.press("[").await.shows(&["[child 6]", "svch0st.exe"]);
}

#[tokio::test]
async fn what_is_shown_is_written_to_a_file_with_what_records_do_not_say() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.jsonl");
    let mut console = payload().await;
    console.press("e n E").await.shows(&["Export ", " events of "]);
    let name = path.display().to_string();
    console.press("ctrl-u").await.write(&name).await;
    console.press("enter").await.shows(&["Exported "]);
    let text = fs::read_to_string(&path).unwrap();
    let kind = EventKind::Netconn.to_string();
    assert!(!text.is_empty());
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["kind"], kind.as_str());
        assert!(record["time"].as_str().unwrap().ends_with('Z'));
        assert!(record.get("remote_ip").is_some(), "{line}");
    }
}

#[tokio::test]
async fn what_is_known_is_not_asked_again() {
    let mut console = payload().await;
    console.asked();
    console.press("tab 1 2 tab").await.shows(&["Events  "]);
    let asked = console.asked();
    assert!(!asked.iter().any(|path| path.contains("/event") || path.contains("/segment")), "{asked:#?}");
}
