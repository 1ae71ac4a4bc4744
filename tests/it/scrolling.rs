//! A list longer than memory: rows on their way are placeholders, and the cursor never waits for them.

use crate::support::{console::Console, stage::Stage, world};
use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, ProcessesFetch, Rows};
use lampblack::model::{Page, Span};
use std::sync::Arc;

/// How many processes there are.
const TOTAL: u64 = 5_000;

/// The answer of a server with thousands of processes, the newest of which came after `n_new` others.
fn grown(n_new: u32) -> impl Fn(&Fetch) -> Result<Answer, Error> {
    move |fetch| {
        let Fetch::Processes(ProcessesFetch { span, .. }) = fetch else {
            return world::answer(fetch);
        };
        let Span { start, rows } = *span;
        let rows = (start..TOTAL.min(start + rows)).map(|row| {
            let row = u32::try_from(row).unwrap();
            // Those that are new are numbered from the end.
            let number = row.checked_sub(n_new).unwrap_or(9_000 + row);
            Arc::new(world::process(&world::document(number)))
        });
        Ok(Answer::from(world::known(Rows { rows: rows.collect(), total: TOTAL, start, ..Page::default() })))
    }
}

fn answer(fetch: &Fetch) -> Result<Answer, Error> {
    grown(0)(fetch)
}

/// A console with the beginning of thousands of processes.
fn listing() -> Stage {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(answer).write("a").press("enter esc").answer_all(answer);
    stage
}

/// How many rows stand for what is on its way.
fn n_placeholders(stage: &mut Stage) -> usize {
    stage.text().matches("· · ·").count()
}

/// The first rows of the pages that are awaited.
fn awaited(stage: &Stage) -> Vec<u64> {
    let start = |fetch: &Fetch| match fetch {
        Fetch::Processes(ProcessesFetch { span, .. }) => Some(span.start),
        _ => None,
    };
    stage.asked.iter().filter_map(|(_, _, fetch)| start(fetch)).collect()
}

#[test]
fn the_last_row_is_there_at_once_as_a_placeholder() {
    let mut stage = listing();
    stage.press("G");
    assert_eq!(n_placeholders(&mut stage), 26);
    stage.shows(&["row 5,000"]);
    assert_eq!(awaited(&stage), [4_900]);
    stage.answer_all(answer);
    assert_eq!(n_placeholders(&mut stage), 0);
    stage.shows(&["Parent chain  rundll32.exe 8999"]);
    // Back at the top, what was let go is asked for again, and only that.
    stage.press("g g");
    assert_eq!(n_placeholders(&mut stage), 26);
    assert_eq!(awaited(&stage), [0]);
    stage.answer_all(answer);
    stage.shows(&["Parent chain  rundll32.exe 4000"]);
}

#[test]
fn a_key_that_is_held_leaves_nothing_behind_to_be_waited_for() {
    let mut stage = listing();
    for _ in 0..40 {
        stage.press("ctrl-f").text();
    }
    stage.shows(&["row 1,039"]);
    // What has scrolled by is given up, but for a few pages around.
    let pages = awaited(&stage);
    assert!(pages.contains(&1_000) && pages.len() <= 5, "{pages:?}");
    // Whatever order the rest comes in, the right rows are shown.
    while !stage.asked.is_empty() {
        let last = stage.asked.len() - 1;
        stage.answer(last, answer);
    }
    assert_eq!(n_placeholders(&mut stage), 0);
    stage.shows(&["Parent chain  rundll32.exe 5038"]);
}

#[test]
fn a_page_that_fails_fails_alone_until_it_is_tried_again() {
    let mut stage = listing();
    for _ in 0..3 {
        stage.press("ctrl-f").text();
    }
    stage.answer_all(|fetch| match fetch {
        Fetch::Processes(_) => Err(Error::Internal),
        _ => answer(fetch),
    });
    stage.press("ctrl-d ctrl-d");
    stage.shows(&["not loaded, r retries"]);
    // What is here is no older for it.
    stage.shows(&["03-04 10:16:00"]);
    stage.lacks("not current");
    assert_eq!(awaited(&stage), Vec::<u64>::new());
    stage.press("r").answer_all(answer);
    stage.lacks("not loaded");
    stage.shows(&["03-04 10:16:00"]);
}

#[test]
fn a_page_that_is_given_up_is_not_asked_for_again_by_itself() {
    let mut stage = listing();
    stage.press("G ctrl-c k j");
    stage.shows(&["not loaded, r retries"]);
    assert_eq!(awaited(&stage), Vec::<u64>::new());
    stage.press("r").answer_all(answer);
    stage.shows(&["Parent chain  rundll32.exe 8999"]);
}

#[test]
fn a_refresh_stays_with_the_process_and_not_with_the_row() {
    let mut stage = listing();
    stage.press("j j j").answer_all(answer);
    stage.shows(&["Parent chain  rundll32.exe 4003"]);
    stage.press("r").answer_all(grown(2));
    stage.shows(&["row 6"]);
    stage.shows(&["Parent chain  rundll32.exe 4003"]);
    // A process that is gone leaves the cursor where it is.
    stage.press("r").answer_all(grown(3_000));
    stage.shows(&["row 6"]);
}

#[tokio::test]
async fn the_way_back_costs_no_request() {
    let mut console = Console::start().await;
    console.search("process_name:svchost.exe").await.press("esc").await;
    for _ in 0..12 {
        console.press("ctrl-f").await;
    }
    console.asked();
    console.press("g g").await;
    assert_eq!(console.asked(), Vec::<String>::new());
    console.shows(&["row 1 ", "svchost.exe"]).lacks("· · ·");
}
