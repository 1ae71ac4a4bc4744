//! Processes that were run to deceive.

use std::sync::Arc;

use lampblack::fetch::{Answer, Fetch, ProcessesFetch, Rows};
use lampblack::model::{Page, Process};

use crate::hostile::checks::{INVISIBLE, check_whole};
use crate::support::{
    console::{Console, small},
    stage::Stage,
    world,
};

/// Everything in the simulator's world that was written to deceive: all of it ran on one host within seconds.
const HOSTILE: &str = "(sensor_id:8 start:[2026-03-03T23:17:30 TO 2026-03-03T23:18:30]) or cmdline:damaged";

#[tokio::test]
async fn hostile_processes_are_shown_and_copied_as_text() {
    let mut console = Console::start().await;
    console.search(HOSTILE).await.press("esc").await;
    let total = console.app.session().lists.pages::<Process>().total().unwrap();
    assert_eq!(total, 13, "{}", console.text());
    for _ in 0..total {
        check_whole(console.buffer());
        console.press("y y").await;
        check_whole(console.buffer());
        console.press("y c y j y d y n l h tab").await;
        check_whole(console.buffer());
        console.press("+").await;
        check_whole(console.buffer());
        console.press("esc esc j").await;
    }
    for copied in &console.outside.copied {
        // The columns of a row are parted by tabs, which are ours.
        let is_text = |char: char| char == '\t' || !char.is_control() && !INVISIBLE.contains(&char);
        assert!(copied.chars().all(is_text), "{copied:?}");
    }
    let seen = console.outside.copied.join("\n");
    for written in [
        "␛[2J",
        "␛]52;c;",
        "␇",
        "␍␊",
        "<U+202E>",
        "<U+200B>",
        "<U+009B>",
        "<U+2028>",
        "<U+FEFF>",
        "CORP\\tkim␊SYSTEM",
        "プロセス監視サービス.exe",
        "${jndi:ldap://",
    ] {
        assert!(seen.contains(written), "{written} was not met");
    }
}

#[tokio::test]
async fn hostile_processes_fit_on_every_screen() {
    for (width, height) in [(60, 16), (80, 24), (101, 20), (200, 60)] {
        let mut console = Console::with(small(), width, height, |_| {}).await;
        console.search(HOSTILE).await.press("esc").await;
        for _ in 0..13 {
            console.press("j").await;
            check_whole(console.buffer());
        }
    }
}

#[tokio::test]
async fn a_megabyte_of_command_line_is_a_row_like_any_other() {
    let mut console = Console::start().await;
    console.search("process_name:probe.exe").await.press("esc G g g").await;
    let rows = console.app.session().lists.pages::<Process>().loaded_pages().flat_map(|page| &page.value.rows);
    let longest = rows.map(|row| row.cmdline.raw().len()).max();
    assert!(longest >= Some(1_000_000), "{longest:?}");
    check_whole(console.buffer());
    // Sideways, through the parent chain and back, as through any other row.
    console.press("l l l l tab k j + esc esc").await;
    check_whole(console.buffer());
    console.shows(&["Processes  10, row 1"]);
}

#[test]
fn of_rows_of_megabytes_only_the_pages_in_sight_are_kept() {
    for (bytes, n_pages) in [(100, 4), (1_000_000, 1)] {
        let mut document = world::document(0);
        document["cmdline"] = "a".repeat(bytes).into();
        let process = world::process(&document);
        let mut stage = Stage::new(120, 36);
        stage.write("x").press("enter");
        let answer = |fetch: &Fetch| match fetch {
            Fetch::Processes(ProcessesFetch { span, .. }) => {
                let rows = (span.start..span.start + span.rows).map(|n| {
                    let id = world::id(u32::try_from(n).unwrap());
                    Arc::new(Process { id, ..process.clone() })
                });
                Ok(Answer::from(world::known(Rows {
                    rows: rows.collect(),
                    total: 1_000,
                    start: span.start,
                    ..Page::default()
                })))
            }
            other => world::answer(other),
        };
        stage.answer_all(answer);
        stage.press("esc");
        for _ in 0..15 {
            stage.press("ctrl-f");
            stage.answer_all(answer);
        }
        let n = stage.app.session().lists.pages::<Process>().loaded_pages().count();
        assert!(n >= n_pages && n <= n_pages + 1, "{n} pages of rows of {bytes} bytes");
    }
}

#[test]
fn a_copy_that_is_too_long_for_a_clipboard_goes_to_a_file() {
    let mut stage = Stage::new(120, 36);
    stage.write("x").press("enter");
    stage.answer_all(|fetch| match fetch {
        Fetch::Processes(_) => {
            let mut document = world::document(0);
            document["cmdline"] = "a".repeat(1_000_000).into();
            Ok(Answer::from(world::known(Rows {
                rows: vec![Arc::new(world::process(&document))],
                total: 1,
                ..Page::default()
            })))
        }
        other => world::answer(other),
    });
    stage.press("esc y y");
    stage.press("y c");
    assert!(stage.copied.is_empty());
    assert_eq!(stage.copied_to_file.len(), 2);
    assert!(stage.copied_to_file[1].len() == 1_000_000);
    // What is short goes where it always goes.
    stage.press("y n");
    assert_eq!(stage.copied, ["fin-ws-042"]);
}
