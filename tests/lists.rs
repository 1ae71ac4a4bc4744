//! Lists: filtered, marked, given other columns, taken out, and left and found again as they were.

mod support;

use std::fs;

use support::{console::Console, stage::Stage};

/// A console with a page of processes.
fn listing() -> Stage {
    let mut stage = Stage::new(200, 36);
    stage.search("a").press("esc +");
    stage
}

#[test]
fn a_filter_narrows_with_every_letter_and_says_how_many_of_how_many() {
    let mut stage = listing();
    stage
        .press("/")
        .write("a10.dll")
        .shows(&["/a10.dll", "1 of "]);
    stage.press("backspace backspace backspace backspace backspace");
    stage.shows(&["/a1"]);
    stage.lacks("a20.dll,Start");
    stage
        .press("enter esc")
        .shows(&["the filter is gone", "a20.dll"]);
}

#[test]
fn a_filter_asks_one_column_and_excludes() {
    let mut stage = listing();
    stage
        .press("/")
        .write("cmdline:a10 !user:nobody")
        .shows(&["1 of "]);
    stage
        .press("ctrl-u")
        .write("host:rundll32")
        .shows(&["0 of ", "no row that is loaded passes"]);
    // Nothing is there to act on, and nothing happens.
    stage
        .press("enter j space v k G y y")
        .shows(&["no row that is loaded passes"]);
}

#[test]
fn the_cursor_stays_with_its_row_when_the_filter_goes() {
    let mut stage = listing();
    stage.press("/").write("a17.dll").press("enter");
    assert!(stage.cursor_line().contains("a17.dll"));
    stage.press("esc");
    assert!(stage.cursor_line().contains("a17.dll"));
}

#[test]
fn marks_stay_through_filter_and_refresh_and_are_what_is_copied() {
    let mut stage = listing();
    stage.press("space j space").shows(&["2 marked"]);
    stage
        .press("/")
        .write("a17.dll")
        .press("enter space")
        .shows(&["3 marked"]);
    stage.press("esc r").answer_all(support::world::answer);
    stage.press("y g");
    assert_eq!(stage.copied.last().unwrap().lines().count(), 3);
    // One layer at a time.
    stage.press("esc").lacks("marked,");
}

#[test]
fn a_range_is_marked_by_moving() {
    let mut stage = listing();
    stage.press("v j j j v").shows(&["4 marked"]);
    stage.press("G").shows(&["4 marked"]);
    stage.press("*").shows(&["all that are shown of the "]);
}

#[test]
fn columns_are_chosen_moved_and_set_back() {
    let mut stage = listing();
    // The first is the flag: it goes; the last command is shown first.
    stage
        .press("w")
        .shows(&["Columns of processes", "netconn_count"]);
    stage.press("space esc").lacks("!  START");
    stage.press("w G").press("space esc");
    stage.shows(&["START (UTC)"]);
    stage.press("w R").shows(&["!  START"]);
}

#[test]
fn a_member_of_the_record_is_a_column_like_any_other() {
    let mut stage = Stage::new(200, 36);
    stage.search("a").press("esc w");
    // The members that are no field of ours come last, by name.
    stage.shows(&["  terminated"]).press("G space esc");
    stage.shows(&["terminated", "false"]);
}

#[tokio::test]
async fn what_is_shown_is_written_to_a_new_file_in_three_forms() {
    let dir = tempfile::tempdir().unwrap();
    let mut console = Console::start().await;
    console
        .search(r"process_name:net.exe cmdline:\\test\blah")
        .await
        .press("esc")
        .await;
    for (ending, has) in [
        ("csv", r"net  use z: \\test\blah"),
        ("jsonl", r#""process_name":"net.exe""#),
        ("md", "| --- |"),
    ] {
        let path = dir.path().join(format!("found.{ending}"));
        let name = path.display().to_string();
        console
            .press("E ctrl-u")
            .await
            .write(&name)
            .await
            .press("enter")
            .await;
        console.shows(&["wrote 2 rows to "]);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(has), "{text}");
        // It is there now, and stays as it is.
        console
            .press("E ctrl-u")
            .await
            .write(&name)
            .await
            .press("enter")
            .await;
        console.shows(&["exists already"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    console
        .press("E ctrl-u")
        .await
        .write("found.txt")
        .await
        .press("enter")
        .await;
    console.shows(&["end the name with .csv, .jsonl or .md"]);
}

#[tokio::test]
async fn going_back_finds_query_filter_marks_and_cursor_and_asks_nothing_again() {
    let mut console = Console::start().await;
    console
        .search("process_name:svchost.exe")
        .await
        .press("esc j j space")
        .await;
    console
        .press("/")
        .await
        .write("host")
        .await
        .press("enter")
        .await;
    let before = console.shows(&["/host"]).text();
    // Whatever Esc would take away stays.
    console
        .press("i ctrl-u")
        .await
        .write("process_name:net.exe")
        .await
        .press("enter")
        .await;
    console.shows(&["process_name:svchost.exe › process_name:net.exe"]);
    console.asked();
    console.press("tab [").await;
    console.shows(&["1 marked", "/host"]);
    let asked = console.asked();
    assert!(asked.is_empty(), "{asked:?}");
    let rows = |screen: &str| {
        screen
            .lines()
            .skip(7)
            .take(10)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&console.text()), rows(&before));
    console
        .press("]")
        .await
        .shows(&["process_name:net.exe", "net.exe"]);
    console
        .press("]")
        .await
        .shows(&["there is nothing to go forward to"]);
}
