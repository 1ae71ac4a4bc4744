//! The facts of a process: itself, its file, its host, and what others think of it.

use crate::support::{
    SIZES, SNAPSHOT_SIZE,
    console::Console,
    family::{self, child},
    stage::Stage,
};
use insta::assert_snapshot;
use lampblack::api::Error;
use lampblack::fetch::{Fetch, SummaryFetch};
use lampblack::worker::Slot;

/// A console of a size that shows the facts of the first process found.
fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.search("a").press("esc 2").answer_all(family::answer);
    stage
}

/// How many requests of a slot wait.
fn n_waiting(stage: &Stage, slot: Slot) -> usize {
    let waiting = stage.asked.iter();
    waiting.filter(|(_, other, _)| *other == slot).count()
}

#[test]
fn a_process_is_shown_with_its_file_and_its_host() {
    let mut stage = opened(120, 36);
    stage.shows(&[
        "rundll32.exe 4000 on fin-ws-042 #7",
        "as of 10:20:00Z",
        "C:\\Users\\mlopez\\AppData\\Local\\Temp\\a0.dll,Start",
        "start      2026-03-04 10:15:30Z",
        "end        still running? last event 2026-03-04 10:16:00",
        "user       CORP\\mlopez",
        "signature Signed by Microsoft Corporation",
        "113 d before start",
        "ran on    2 hosts: srv-file-01, fin-ws-042, 0.01% of all",
    ]);
    stage.press("backtab G").shows(&["clock     13 s off (vs server)"]);
}

#[test]
fn the_facts_are_those_of_the_process_under_the_cursor() {
    let mut stage = opened(120, 36);
    stage.press("j");
    // Nothing of another process stands under its name.
    stage.shows(&["child00.exe 5000 on fin-ws-042 #7", "ran on  Loading"]);
    assert_eq!(n_waiting(&stage, Slot::Prevalence), 1);
    stage.answer_all(family::answer);
    stage.shows(&["end        2026-03-04 10:17:02.500Z, after 22 s", "ran on    2 hosts"]);
    // One hash is one question, and one host another.
    stage.press("j");
    assert_eq!(n_waiting(&stage, Slot::Prevalence), 0);
    assert_eq!(n_waiting(&stage, Slot::HostAlerts), 0);
}

#[test]
fn what_is_open_on_the_host_is_shown_and_names_the_watchlists() {
    let mut stage = opened(160, 60);
    stage.shows(&[
        "alerts     1 open: 51 Rundll32 from temp (2 open on the host)",
        "watchlists Rundll32 from temp; #99",
        "feeds      soc 98 (beacon-1)",
    ]);
    stage.press("j").answer_all(family::answer);
    stage.shows(&["alerts     2 open on the host", "watchlists unknown"]);
}

#[test]
fn what_could_not_be_asked_is_said_and_the_rest_stays() {
    let mut stage = Stage::new(120, 36);
    let refuse = |fetch: &Fetch| match fetch {
        Fetch::Prevalence(_) | Fetch::Alerts(_) => Err(Error::Forbidden { what: "this".into() }),
        other => family::answer(other),
    };
    stage.search("a").press("esc 2").answer_all(refuse);
    stage.shows(&[
        "the token has no permission to this",
        "ran on    unknown",
        "alerts     unknown",
        "signature Signed by",
    ]);
    stage.press("r").answer_all(family::answer);
    stage.shows(&["ran on    2 hosts", "alerts     1 open"]);
}

#[test]
fn what_was_not_recorded_is_said_to_be_so_and_not_taken_from_others() {
    let mut stage = Stage::new(120, 36);
    let bare = |fetch: &Fetch| match fetch {
        Fetch::Summary(SummaryFetch { id, .. }) => {
            let document = serde_json::json!({"id": id.to_string(), "sensor_id": 7});
            let summary = serde_json::json!({"process": document});
            Ok(family::summary_answer(&summary))
        }
        other => family::answer(other),
    };
    stage.search("a").press("esc 2").answer_all(bare);
    stage.shows(&[
        "cmdline    unknown",
        "end        unknown",
        "path       unknown",
        "alerts     host unknown",
        "md5        unknown",
        "ran on  hash unknown",
        "name unknown 4000",
    ]);
}

#[test]
fn the_facts_can_be_copied_and_lead_to_the_process() {
    let mut stage = opened(120, 36);
    stage.press("j backtab y g enter").answer_all(family::answer);
    assert_eq!(stage.copied, [child(0).to_string()]);
    assert_eq!(stage.app.session().opened.id, Some(child(0)));
    stage.press("g p").shows(&["Tree  child00.exe"]);
}

#[test]
fn the_facts_fit_every_size() {
    for size in SIZES {
        let mut stage = opened(size.0, size.1);
        stage.press("backtab").answer_all(family::answer);
        stage.shows(&[
            "rundll32.exe 4000 on fin-ws-042 #7",
            r"c:\windows\system32\rundll32.exe",
            "3b4c1f0e9a7d5c2246b8d9e0f1a2b3c4",
            "1 open: 51 Rundll32 from temp (2 open on the",
            "watchlists Rundll32 from temp; #99",
        ]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("facts", stage.picture());
        }
    }
}

#[tokio::test]
async fn the_payload_is_rare_unsigned_and_alerted_on() {
    let mut console = Console::start().await;
    console.search("process_name:svch0st.exe").await.press("esc enter").await;
    console.shows(&[
        "svch0st.exe",
        "signature Unsigned",
        "ran on    1 host: fin-ws-042",
        "open on the host",
        "FUZZYWOMBAT",
    ]);
    console.asked();
    // Its child has another file on the same host.
    console.press("j").await;
    let asked = console.asked();
    assert!(!asked.iter().any(|path| path.contains("/alert")), "{asked:#?}");
    console.press("k").await;
    assert_eq!(console.asked(), Vec::<String>::new());
}
