//! Columns of what belongs to rows: each object asked for once, those in sight first, and what does not come is said.

use crate::support::{
    console::{Console, small},
    stage::Stage,
    world,
};
use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, Rows};
use lampblack::sim::Options;
use lampblack::worker::{JoinObject, Slot};

/// A console with processes whose hashes are all different.
fn listing() -> Stage {
    let mut stage = Stage::new(120, 36);
    // How many rows are in sight, the first frame tells.
    stage.search("b").text();
    stage.press("i ctrl-u").write("a").press("enter").answer(0, distinct);
    stage
}

/// As a well-behaved server answers, with a file of its own for each process.
fn distinct(fetch: &Fetch) -> Result<Answer, Error> {
    let answer = world::answer(fetch)?;
    let Some(known) = answer.get::<Rows>() else {
        return Ok(answer);
    };
    let mut page = (*known.value).clone();
    for (process, row) in page.rows.iter_mut().zip(page.start + 1..) {
        let process = std::sync::Arc::make_mut(process);
        process.md5 = Some(format!("{row:032x}").parse().unwrap());
    }
    Ok(world::known(page).into())
}

/// How many files are awaited because rows need them.
fn n_awaited(stage: &Stage) -> usize {
    let is_file = |slot: &Slot| matches!(slot, Slot::Joined(JoinObject::Binary(_)));
    let slots = stage.asked.iter().map(|(_, slot, _)| *slot);
    slots.filter(is_file).count()
}

#[tokio::test]
async fn who_vouches_for_a_file_stands_beside_its_process() {
    let mut console = Console::start().await;
    console.search("process_name:svch0st.exe").await;
    // A watchlist or a feed has found it: that comes first.
    console.shows(&["│> !  "]);
    console.search("process_name:rptgen.exe").await;
    console.shows(&["│> U  "]);
    console.search("process_name:svchost.exe hostname:fin*").await;
    console.shows(&["│> S  "]);
}

#[tokio::test]
async fn each_file_is_asked_for_once_however_many_rows_need_it() {
    let mut console = Console::start().await;
    console.asked();
    console.search("process_name:svchost.exe").await.press("esc").await;
    let files = |console: &Console| {
        let mut files = console.asked();
        files.retain(|path| path.starts_with("/api/v1/binary/"));
        let n = files.len();
        files.sort();
        files.dedup();
        assert_eq!(n, files.len(), "{files:?}");
        n
    };
    let n = files(&console);
    assert!((1..=6).contains(&n), "{n}");
    // The same rows again need nothing.
    console.press("ctrl-f ctrl-b 3 1").await;
    assert!(files(&console) <= 3);
    console.press("r").await;
    assert_eq!(files(&console), 1, "that of the panel");
}

#[tokio::test]
async fn joined_columns_are_filled_and_filtered_by() {
    let options = Options { processes: 3_000, ..small() };
    let mut console = Console::with(options, 220, 36, |_| {}).await;
    console.search("process_name:rptgen.exe OR (process_name:svchost.exe hostname:fin-lt-0312)").await;
    // The columns that need more than the row come last of those with a name; what is shown moves up.
    console.press("esc w").await.press(&"j ".repeat(13)).await;
    console.press("space").await;
    console.press(&"j space ".repeat(7)).await;
    console.press("esc +").await;
    console.shows(&[
        "SIGNED",
        "PUBLISHER",
        "DAYS SIGNED",
        "SENSOR",
        "CLOCK",
        "ISOLATION",
        "GROUP NOW",
        "Microsoft C",
        "not isolated",
        "Online",
    ]);
    // The column is cut here; the filter reads the whole name.
    console.press("/").await.write("publisher:corporation").await.press("enter").await;
    console.shows(&["svchost.exe  "]).lacks("rptgen.exe  ");
    console.press("esc /").await.write("signed:unsigned").await.press("enter").await;
    console.shows(&["rptgen.exe"]).lacks("svchost.exe  ");
}

#[test]
fn only_what_is_in_sight_is_asked_for_and_what_is_out_of_sight_given_up() {
    let mut stage = listing();
    let n = n_awaited(&stage);
    assert!((20..=30).contains(&n), "{n}");
    stage.shows(&["│> …"]);
    stage.press("ctrl-f ctrl-f").text();
    assert!(n_awaited(&stage) <= n, "{}", n_awaited(&stage));
    stage.answer_all(distinct).shows(&["│> S"]);
    stage.lacks("│  …");
}

#[test]
fn what_does_not_come_is_said_and_asked_for_again() {
    let mut stage = listing();
    stage.answer_all(|fetch| match fetch {
        Fetch::Binary(_) => Err(Error::Internal),
        _ => distinct(fetch),
    });
    stage.shows(&["│> ?", "lookups failed"]);
    assert_eq!(n_awaited(&stage), 0);
    stage.press("j");
    assert_eq!(n_awaited(&stage), 0, "not by itself");
    stage.press("r").answer_all(distinct);
    stage.shows(&["│> S"]).lacks("lookups failed");
}

#[test]
fn what_is_given_up_is_not_asked_for_again_by_itself() {
    let mut stage = listing();
    stage.press("ctrl-c");
    assert!(stage.asked.is_empty());
    stage.press("j");
    assert_eq!(n_awaited(&stage), 0);
    stage.shows(&["│  ?"]).press("r").answer_all(distinct);
    stage.shows(&["│> S"]);
}

#[test]
fn a_file_that_the_server_does_not_know_is_unknown_and_no_failure() {
    let mut stage = listing();
    stage.answer_all(|fetch| match fetch {
        Fetch::Binary(_) => Err(Error::NotFound { what: "it".into() }),
        _ => distinct(fetch),
    });
    stage.shows(&["│> ?"]).lacks("lookups failed");
}

#[tokio::test]
async fn how_far_clocks_are_off_stands_beside_starts_only_while_these_are_compared() {
    let mut console = Console::start().await;
    console.search("process_name:winupdsvc.exe").await.lacks("CLOCK");
    let is_sensor = |path: &String| path.starts_with("/api/v1/sensor/");
    console.asked();
    console.press("s").await;
    console.shows(&["CLOCK", "+341 s, fast", "in sync"]);
    // One for each host, but for that of the panel, which is known.
    let n = console.asked().iter().filter(|path| is_sensor(path)).count();
    assert_eq!(n, 1);
    console.press("s s").await.lacks("CLOCK");
}
