//! Lists: filtered, marked, given other columns, taken out, and left and found again as they were.

use std::fs;

use crate::support::{console::Console, stage::Stage};
use lampblack::fetch::{Answer, Fetch, Rows};
use lampblack::model::{Page, Process};

/// A console with a page of processes.
fn listing() -> Stage {
    let mut stage = Stage::new(200, 36);
    stage.search("a").press("esc +");
    stage
}

#[test]
fn a_filter_narrows_with_every_letter_and_says_how_many_of_how_many() {
    let mut stage = listing();
    stage.press("/").write("a10.dll").shows(&["/a10.dll  1 of 100 loaded"]);
    stage.press("backspace backspace backspace backspace backspace");
    stage.shows(&["/a1  11 of 100 loaded"]);
    stage.lacks("a20.dll,Start");
    stage.press("enter esc").shows(&["Cleared the filter", "a20.dll"]);
}

#[test]
fn a_filter_asks_one_column_and_excludes() {
    let mut stage = listing();
    stage.press("/").write("cmdline:a10 !user:nobody").shows(&["  1 of 100 loaded"]);
    stage.press("ctrl-u").write("cmdline:a10 !user:mlopez").shows(&["  0 of 100 loaded"]);
    stage.press("ctrl-u").write("host:rundll32").shows(&["0 of ", "No loaded row matches"]);
    // Nothing is there to act on, and nothing happens.
    stage.press("enter j space v k G y y").shows(&["No loaded row matches"]);
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
    stage.press("/").write("a17.dll").press("enter space").shows(&["3 marked"]);
    stage.press("esc r").answer_all(crate::support::world::answer);
    stage.press("y g");
    assert_eq!(stage.copied.last().unwrap().lines().count(), 3);
    // One layer at a time.
    stage.press("esc j").lacks("3 marked");
}

#[test]
fn marks_that_the_filter_hides_are_counted_apart_and_named_in_the_confirmation() {
    let mut stage = listing();
    stage.press("space space /").write("a1.dll").press("enter");
    stage.shows(&["2 marked, 1 hidden by the filter"]);
    stage.press("B").shows(&[
        "HIDDEN",
        "1 of 2 marked rows is not shown",
        "hidden by the filter: fin-ws-042  rundll32.exe",
        "a0.dll",
    ]);
    // Copying and writing them to a file say it as well.
    stage.press("esc y c");
    stage.shows(&["command line of 2 rows", "1 of 2 marked rows is not shown"]);
    stage.press("E").shows(&["1 of 2 marked rows is not shown"]);
    // Without the filter, all of them are shown again.
    stage.press("esc esc").shows(&["2 marked"]);
    stage.lacks("hidden by the filter");
    stage.press("B").lacks("HIDDEN");
}

#[test]
fn the_key_that_marks_all_marks_what_is_shown_and_says_what_else_is_marked() {
    let mut stage = listing();
    stage.press("space space /").write("a17.dll").press("enter *");
    stage.shows(&["Marked 1 row shown, of 100 loaded; in total 3 marked, 2 hidden by the filter"]);
    stage.press("esc esc *");
    stage.shows(&["Marked 100 rows shown, of 100 loaded"]);
    stage.lacks("in total");
}

#[test]
fn a_marked_row_out_of_sight_stays_known_when_the_list_is_fetched_again() {
    let mut stage = listing();
    stage.press("space G").answer_all(crate::support::world::answer);
    stage.shows(&["1 marked"]).lacks("not loaded");
    // Only what is in sight is asked for again; the other rows stay, as outdated.
    stage.press("r").answer_all(crate::support::world::answer);
    stage.shows(&["1 marked"]).lacks("not loaded");
    stage.press("B").lacks("HIDDEN");
}

#[test]
fn marks_of_a_list_that_is_not_on_the_screen_are_hidden_ones() {
    let mut stage = Stage::new(80, 24);
    stage.search("a").press("esc space space");
    stage.text();
    stage.press("tab").shows(&["Chain"]);
    stage.press("B").shows(&["2 of 2 marked rows are not shown", "in Processes, which is not on the screen"]);
}

#[test]
fn an_action_on_a_marked_row_is_about_what_the_list_shows_of_it_now() {
    let mut stage = listing();
    stage.press("space r").answer_all(|fetch| {
        let answer = crate::support::world::answer(fetch)?;
        if let Some(known) = answer.get::<Rows>() {
            let mut page = Page::clone(&known.value);
            for row in &mut page.rows {
                let mut document = crate::support::world::document(0);
                document["id"] = row.id.to_string().into();
                document["cmdline"] = "another command line".into();
                *row = crate::support::world::process(&document).into();
            }
            return Ok(crate::support::world::known(page).into());
        }
        Ok(answer)
    });
    stage.press("y c");
    assert_eq!(stage.copied.last().unwrap(), "another command line");
}

#[test]
fn marked_rows_are_copied_in_the_order_they_stand_in() {
    // The newest first: not the order of their names.
    let newest_first = |fetch: &Fetch| {
        let answer = crate::support::world::answer(fetch)?;
        if let Some(known) = answer.get::<Rows>() {
            let mut page = Page::clone(&known.value);
            page.rows.reverse();
            return Ok(crate::support::world::known(page).into());
        }
        Ok(answer)
    };
    let mut stage = Stage::new(200, 36);
    stage.write("a").press("enter").answer_all(newest_first);
    // The lower one is marked first.
    stage.press("esc j j space k k space y c");
    let copied = stage.copied.last().unwrap();
    let places = ["a98.dll", "a97.dll"].map(|name| copied.find(name));
    assert!(places[0].is_some() && places[0] < places[1], "{copied}");
}

#[test]
fn a_range_is_marked_by_moving() {
    let mut stage = listing();
    stage.press("v j j j v").shows(&["4 marked"]);
    stage.press("G").shows(&["4 marked"]);
    stage.press("*").shows(&["rows shown, of "]);
}

#[test]
fn a_range_over_rows_that_are_not_loaded_says_what_it_left_out() {
    let mut stage = listing();
    stage.press("v G").shows(&["100 marked", "114 rows are not loaded and not marked"]);
}

#[test]
fn a_filter_looks_again_when_other_columns_are_shown() {
    let mut stage = listing();
    // The user is named in a column of its own, and in no path of this list.
    stage.press("/").write("explorer").press("enter");
    stage.shows(&["100 of 100 loaded"]);
    stage.press("w j j j j space esc").lacks("PARENT");
    stage.shows(&["  0 of 100 loaded"]);
}

#[test]
fn segments_are_split_where_no_row_is() {
    let mut stage = Stage::new(120, 36);
    stage.write("a").press("enter").answer_all(|fetch| match fetch {
        Fetch::Processes(_) => Ok(Answer::from(crate::support::world::known(Rows::default()))),
        _ => crate::support::world::answer(fetch),
    });
    stage.press("esc").shows(&["No processes match"]);
    stage.press("g s").shows(&["one row per segment"]);
}

#[test]
fn an_order_gone_back_from_is_not_shown_as_the_order_of_what_is_there() {
    let mut stage = Stage::new(200, 36);
    stage.search("a").press("esc s").answer_all(crate::support::world::answer);
    stage.shows(&["START (UTC) v", "newest start first"]);
    stage.press("g s").answer_all(crate::support::world::answer);
    stage.shows(&["214 segments", "one row per segment"]);
    stage.press("[").answer_all(crate::support::world::answer);
    stage.shows(&["START (UTC) v", "one row per process"]);
    stage.press("[").answer_all(crate::support::world::answer);
    stage.shows(&["one row per process, newest activity first"]);
    stage.lacks("START (UTC) v");
}

#[test]
fn what_is_exported_of_a_longer_list_is_said() {
    let mut stage = listing();
    stage.press("E").shows(&["Export 100 processes", "of 214"]);
}

#[test]
fn columns_are_chosen_moved_and_set_back() {
    let mut stage = listing();
    // The first is the flag: it goes; the last command is shown first.
    stage.press("w").shows(&["Columns of processes", "days_signed"]);
    stage.press("space esc").lacks("S  LAST EVENT");
    // What was shown third is shown first, and wider than it likes by itself.
    stage.press("w j j K K > > > esc");
    let heading = |stage: &mut Stage| {
        let screen = stage.text();
        let line = screen.lines().find(|line| line.contains("HOST"));
        line.unwrap().to_owned()
    };
    let moved = heading(&mut stage);
    let places = ["HOST", "START"].map(|title| moved.find(title).unwrap());
    assert!(places[1] - places[0] > 28, "{moved}");
    stage.press("w R").shows(&["S  LAST EVENT"]);
}

#[test]
fn the_last_column_stays() {
    let mut stage = listing();
    stage.press("w space space space space space space space space space");
    stage.shows(&["At least one column is required"]);
    stage.press("esc").shows(&["CMDLINE"]);
}

#[test]
fn what_is_wrong_with_a_row_is_said_where_there_is_room() {
    let mut stage = listing();
    // A narrow column is the last one.
    stage.press("w G space esc");
    stage.press("G ctrl-c k j").shows(&["not loaded, r retries"]);
}

#[test]
fn a_member_of_the_record_is_a_column_like_any_other() {
    let mut stage = Stage::new(200, 36);
    stage.search("a").press("esc w G");
    // The members that are no field of ours come last, by name.
    stage.shows(&["  terminated"]).press("space esc");
    stage.shows(&["terminated", "false"]);
}

/// Asks for what is shown to be written to a file of this name.
async fn export<'a>(console: &'a mut Console, name: &str) -> &'a Console {
    console.press("E ctrl-u").await.write(name).await.press("enter").await
}

#[tokio::test]
async fn what_is_shown_is_written_to_a_new_file_in_three_forms() {
    let dir = tempfile::tempdir().unwrap();
    let mut console = Console::start().await;
    console.search(r"process_name:net.exe cmdline:\\test\blah").await.press("esc").await;
    for (ending, has) in
        [("csv", r"net  use z: \\test\blah"), ("jsonl", r#""process_name":"net.exe""#), ("md", "| --- |")]
    {
        let path = dir.path().join(format!("found.{ending}"));
        let name = path.display().to_string();
        let screen = export(&mut console, &name).await;
        screen.shows(&["Exported 2 rows to ", dir.path().to_str().unwrap()]);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(has), "{text}");
        // It is there now, and stays as it is.
        let screen = export(&mut console, &name).await;
        screen.shows(&["already exists"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        console.press("esc").await;
    }
}

#[tokio::test]
async fn a_file_name_that_is_refused_stays_to_be_mended_and_partial_rows_are_called_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut console = Console::start().await;
    console.search("domain:*").await.press("esc").await;
    let name = dir.path().join("found.txt").display().to_string();
    let screen = export(&mut console, &name).await;
    screen.shows(&["end the name with .csv, .jsonl or .md", "found.txt", "Export "]);
    console.press("backspace backspace backspace").await;
    console.write("csv").await.press("enter").await;
    console.lacks("Export 1");
    let path = dir.path().join("found.csv");
    let rows = fs::read_to_string(&path).unwrap().lines().count() - 1;
    let n_all = console.app.session().lists.pages::<Process>().total().unwrap();
    assert!(u64::try_from(rows).unwrap() < n_all, "{rows} of {n_all}");
    console.shows(&[&format!("Exported {rows} of {n_all} rows to ")]);
}

#[tokio::test]
async fn going_back_finds_query_filter_marks_and_cursor_and_asks_nothing_again() {
    let mut console = Console::start().await;
    console.search("process_name:svchost.exe").await.press("esc j j space").await;
    console.press("/").await.write("host").await.press("enter").await;
    let before = console.shows(&["/host"]).text();
    // Nothing that Esc would clear is lost.
    console.press("i ctrl-u").await.write("process_name:net.exe").await.press("enter").await;
    // On a wider screen there is room for the way.
    console.resize(200, 36).await;
    console.shows(&["process_name:svchost.exe › process_name:net.exe"]);
    console.resize(120, 36).await;
    console.asked();
    console.press("tab [").await;
    console.shows(&["1 marked", "/host"]);
    let asked = console.asked();
    assert!(asked.is_empty(), "{asked:?}");
    let rows = |screen: &str| screen.lines().skip(7).take(10).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&console.text()), rows(&before));
    console.press("]").await.shows(&["process_name:net.exe", "net.exe"]);
    console.press("]").await.shows(&["Nothing to go forward to"]);
}

#[test]
fn nothing_moves_when_the_first_row_is_marked() {
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        let mut stage = Stage::new(width, height);
        stage.search("a").press("esc");
        let without = |screen: String| {
            let rows = screen.lines().filter(|line| line.starts_with('│'));
            let rows: Vec<_> = rows.map(|row| row.replace(['>', '*'], " ")).collect();
            // The panes beside it are those of the row under the cursor, which are asked for anew.
            let rows: Vec<_> = rows.iter().filter_map(|row| row.split("│").nth(1)).collect();
            rows.join("\n")
        };
        let before = without(stage.text());
        stage.press("space k").shows(&["1 marked"]);
        assert_eq!(without(stage.text()), before, "{width}x{height}");
    }
}

#[test]
fn the_column_that_a_list_is_ordered_by_is_shown_with_its_direction() {
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        let mut stage = Stage::new(width, height);
        stage.search("a").press("esc");
        let at = format!("{width}x{height}");
        for (title, sign) in [("LAST EVENT", " v "), ("START", " v "), ("START", " ^ ")] {
            let screen = stage.text();
            let header = screen.lines().find(|line| line.contains(title));
            let rest = header.and_then(|header| header.split(title).nth(1));
            let near: String = rest.unwrap_or_default().chars().take(12).collect();
            assert!(near.contains(sign), "{title} at {at}:\n{screen}");
            stage.press("s").answer_all(crate::support::world::answer);
        }
    }
}

/// In which order the processes were last asked for.
fn sort(stage: &Stage) -> String {
    let search = stage.app.session().lists.pages::<Process>().search();
    search.unwrap().sort.clone().unwrap()
}

#[test]
fn an_order_that_was_chosen_is_that_of_one_query_and_going_back_restores_it() {
    let mut stage = listing();
    stage.press("s").answer_all(crate::support::world::answer);
    assert_eq!(sort(&stage), "start desc");
    // Asked again, the same query keeps its order.
    stage.press("i enter").answer_all(crate::support::world::answer);
    assert_eq!(sort(&stage), "start desc");
    // Another query begins with the order that every query begins with.
    stage.press("esc x h").answer_all(crate::support::world::answer);
    assert_eq!(sort(&stage), "last_update desc");
    stage.press("[").answer_all(crate::support::world::answer);
    assert_eq!(sort(&stage), "start desc");
    stage.shows(&["START (UTC) v"]);
}

#[test]
fn letters_that_stand_for_states_are_explained_in_the_frame_and_in_help() {
    let mut stage = listing();
    stage.shows(&["S signed  U unsigned  B bad signature  ! hit  ? unknown"]);
    stage.press("?").text();
    stage.press("G").shows(&["The file is signed", "A feed or a watchlist matched"]);
    stage.press("esc 2").shows(&["! hit"]);
    // Where there is no room, nothing of it is cut in half.
    stage.press("1").resize(60, 16).lacks("signed  U");
}
