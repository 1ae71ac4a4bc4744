//! Processes that are opened and do not come, against the simulator.

use lampblack::panes::PaneId;
use serde_json::json;

use crate::support::changes::{changes, fault};
use crate::support::console::Console;

/// A console with a process of the documentation's own host open, and the alerts of other hosts before it. What else
/// the server knows of processes, it does not tell.
async fn before_the_alerts(mode: &str) -> Console {
    let mut console = Console::start().await;
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console.press("enter").await;
    console.shows(&["net.exe", "win-ia9nq1gn8oi #3"]);
    fault(&console, json!({"mode": mode, "match": "^/api/v1/process/"}));
    console.begin("3");
    console.until("FUZZYWOMBAT").await;
    console
}

/// Nothing of the process that was open before is on the screen, and nothing can be done to its host or its file.
async fn is_about_nothing_else(console: &mut Console) {
    for pane in ["tree", "events", "facts"] {
        console.lacks("win-ia9nq1gn8oi").lacks("WIN-IA9NQ1GN8OI");
        for key in ["I", "U", "B", "S n", "S m"] {
            console.press(key).await;
            console.lacks("win-ia9nq1gn8oi").lacks("WIN-IA9NQ1GN8OI");
            let screen = console.text();
            // An event names its host by itself.
            let is_nothing = screen.contains(" selected");
            assert!(is_nothing || pane == "events", "{key} in {pane}:\n{screen}");
            if console.app.focus() == PaneId::Overlay {
                console.press("esc").await;
            }
        }
        console.press("tab").await;
    }
    assert_eq!(changes(console), [""; 0]);
}

#[tokio::test]
async fn a_process_that_is_not_on_the_server_leaves_no_other_one_in_its_place() {
    for status in ["404", "500"] {
        let mut console = before_the_alerts(status).await;
        console.press("enter").await;
        is_about_nothing_else(&mut console).await;
    }
}

#[tokio::test]
async fn a_process_that_never_comes_leaves_no_other_one_in_its_place() {
    let mut console = before_the_alerts("hang").await;
    console.begin("enter");
    console.lacks("win-ia9nq1gn8oi");
    console.begin("I");
    console.shows(&["no host selected"]);
    console.begin("tab tab I");
    console.shows(&["no host selected"]);
}

#[tokio::test]
async fn a_child_that_does_not_come_leaves_its_parent_in_no_pane() {
    let mut console = Console::start().await;
    console.search("process_name:cmd.exe childproc_count:[1 TO *]").await;
    console.press("enter tab e c").await;
    let screen = console.text();
    assert!(screen.contains("child"), "{screen}");
    fault(&console, json!({"mode": "404", "match": "^/api/v1/process/"}));
    fault(&console, json!({"mode": "404", "match": "^/api/v2/process/"}));
    console.press("enter").await;
    let opened = console.app.session().opened.id;
    let subject = console.app.session().selection.process.clone();
    assert!(subject.is_none_or(|subject| Some(subject.id) == opened));
}

#[tokio::test]
async fn an_answer_about_another_thing_is_shown_by_no_pane_and_meant_by_no_key() {
    // What the server answers in place of a sensor, a binary and a process.
    let sensor = json!({"id": 9, "computer_name": "OTHER-HOST", "group_id": 1, "os_type": 1, "status": "Online",
        "supports_isolation": true, "network_isolation_enabled": false});
    let binary = json!({"md5": "E4D909C290D0FB1CA068FFADDF22CBD0", "observed_filename": ["c:\\other-file.exe"],
        "digsig_publisher": "OTHER-HOST"});
    let process = json!({"process": {"id": "00000009-0000-1092-01d7-10df4de391b0", "process_name": "other-file.exe",
        "hostname": "other-host", "sensor_id": 9}, "children": [], "siblings": []});
    let mut console = Console::start().await;
    for (path, body) in
        [("^/api/v1/sensor/3$", &sensor), ("^/api/v1/binary/", &binary), ("^/api/v1/process/0", &process)]
    {
        fault(
            &console,
            json!({"mode": "answer", "status": 200, "match": path, "method": "GET", "body": body.to_string()}),
        );
    }
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console.shows(&["not about sensor 3", "binary 79b6d4c5283fc806387c55b8d7c8b762: "]);
    for key in ["I", "B", "S n", "S m", "enter", "tab", "tab", "I", "2", "[", "g b", "[", "g h"] {
        console.press(key).await;
        let screen = console.text().to_lowercase();
        assert!(!screen.contains("other-host"), "{key}:\n{screen}");
        assert!(!screen.contains("other-file"), "{key}:\n{screen}");
        if console.app.focus() == PaneId::Overlay {
            console.press("esc").await;
        }
    }
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn the_events_of_another_process_begin_without_what_was_chosen_for_the_one_before() {
    let mut console = Console::start().await;
    console.search("process_name:svch0st.exe").await;
    console.press("enter tab").await;
    console.shows(&["Events  svch0st.exe"]);
    console.press("e n v j v j").await;
    let chosen = title(&console);
    assert!(chosen.contains(" of ") && chosen.contains("row 2"), "{chosen}");
    console.press("tab j j").await;
    // Its parent, by the tree.
    console.press("tab g p enter").await;
    console.lacks("[net ").lacks("Events  svch0st.exe");
    let other = title(&console);
    assert!(!other.contains(" of ") && other.contains("row 1"), "{other}");
    assert!(console.text().contains("│cmdline "), "its facts begin at the top");
    console.press("[").await;
    assert_eq!(title(&console), chosen);
}

/// What the pane with the events says of itself.
fn title(console: &Console) -> String {
    let screen = console.text();
    let line = screen.lines().find(|line| line.contains("Events  "));
    let title = line.and_then(|line| line.split("Events  ").nth(1));
    title.unwrap_or_default().split(" ─").next().unwrap().to_owned()
}
