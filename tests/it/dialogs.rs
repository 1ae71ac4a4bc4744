//! Dialogs: typed text reaches the right field, and a batch is undone as one.

use crate::support::changes::{changes, ready};
use crate::support::console::{Console, settings, small};
use crate::support::{keys, now};
use lampblack::api::{Client, WriteRequest};
use lampblack::app::Input;
use lampblack::model::{AlertStatus, Search, Span};
use lampblack::panes::PaneId;
use lampblack::theme::Theme;
use ratatui::style::Color;

/// A console of a user before the open alerts.
async fn queue() -> Console {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 3").await;
    console
}

/// The number of open alerts.
async fn n_open(console: &Console) -> u64 {
    let client = Client::new(settings(&console.sim), None).unwrap();
    let search = Search { query: "status:Unresolved OR status:\"In Progress\"".into(), ..Search::default() };
    let found = client.alerts(&search, Span { start: 0, rows: 0 }).await;
    found.unwrap().total
}

/// Sizes from nothing to an ordinary terminal: every one that is small, then coarser.
fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let heights = (1..=12).chain([14, 16, 20, 24]);
    heights.flat_map(|height| {
        let widths = [1, 2, 5, 10, 20, 30, 38, 39, 40, 41, 45, 50, 60, 70, 80];
        widths.into_iter().map(move |width| (width, height))
    })
}

/// Whether the screen shows the beginning of a name, as narrow lists cut the rest.
fn names(console: &Console, name: &str) -> bool {
    console.text().contains(&name[..name.len().min(8)])
}

#[tokio::test]
async fn an_open_confirmation_is_confirmed_at_no_size_that_hides_its_target() {
    let mut console = ready().await;
    let host = "WIN-IA9NQ1GN8OI";
    console.press("I").await.write("case 7").await;
    console.press("tab tab").await;
    let (mut n_hidden, mut n_shown) = (0, 0);
    for (width, height) in sizes() {
        console.resize(width, height).await;
        if names(&console, host) {
            n_shown += 1;
            console.shows(&["[ isolate ]"]);
            continue;
        }
        n_hidden += 1;
        console.press("enter").await;
        assert_eq!(changes(&console), [""; 0], "{width}x{height}");
        if width >= 20 && height >= 6 {
            console.shows(&["not done"]);
        }
    }
    assert!(n_hidden > 50 && n_shown > 50, "{n_hidden} {n_shown}");
    // At the least size there is, it can be read and done.
    console.resize(40, 8).await;
    assert!(names(&console, host));
    // The notice is cut, and says that it can be read in full.
    console.press("enter").await.until(": C…  ! in full").await;
    console.press("!").await.until("CONFIRMED").await;
}

#[tokio::test]
async fn no_action_key_works_at_a_size_that_hides_the_row_it_is_about() {
    let mut alerts = queue().await;
    for (width, height) in sizes() {
        alerts.resize(width, height).await;
        let is_shown = alerts.text().contains("│>");
        for key in ["d d", "I", "B"] {
            let mut keys = key.split(' ');
            alerts.press(keys.next().unwrap()).await;
            let is_open = alerts.app.focus() == PaneId::Overlay;
            assert_eq!(is_open, is_shown, "{key} at {width}x{height}:\n{}", alerts.text());
            if !is_open {
                alerts.press(keys.next().unwrap_or("j")).await;
                assert_eq!(changes(&alerts), [""; 0], "{key} at {width}x{height}");
            }
            alerts.press("esc").await;
        }
    }
}

#[tokio::test]
async fn a_form_takes_no_text_and_leads_nowhere_while_it_cannot_be_seen() {
    let mut console = Console::start().await;
    console.press("esc 9 n").await.shows(&["name"]);
    console.resize(39, 20).await.write("hidden").await;
    console.press("tab tab enter enter").await.shows(&["too small", "not done"]);
    console.resize(80, 24).await.lacks("hidden");
    // One line of it is enough, and that is the one that is written.
    console.resize(40, 8).await.write("seen").await.shows(&["seen"]);
    console.press("esc").await;
    // Navigation and leaving work, seen or not.
    console.resize(10, 3).await.press("1 j tab esc").await;
    console.resize(120, 36).await.shows(&["Query", "Processes"]);
}

#[tokio::test]
async fn keys_that_come_with_a_new_size_change_nothing_before_it_was_drawn() {
    let mut console = queue().await;
    console.press("d").await.shows(&["press d again to confirm"]);
    console.app.handle(Input::Resize, now());
    console.app.handle(Input::Key(keys("d")[0]), now());
    console.press("down").await.shows(&["RESOLVE"]);
    assert_eq!(changes(&console), [""; 0]);
}

#[tokio::test]
async fn a_reason_can_be_typed_at_once_where_a_key_would_do() {
    let mut console = queue().await;
    console.press("d").await.write("handled").await;
    console.shows(&["handled"]).lacks("again to confirm");
    assert_eq!(changes(&console), [""; 0]);
    console.press("tab tab enter").await.until("CONFIRMED").await;
    console.press("@").await.shows(&["handled"]);
}

#[tokio::test]
async fn the_reason_of_what_was_not_done_is_that_of_nothing_else() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.press("esc B").await.lacks("case 7");
    console.press("esc I").await.shows(&["case 7"]);
}

#[tokio::test]
async fn enter_changes_no_choice_of_a_dialog() {
    let mut console = queue().await;
    console.press(", G M").await.until("Based on 3 API requests").await;
    console.write("noise").await.press("tab tab enter").await;
    console.shows(&["no (Space toggles)"]);
    console.press("space").await.shows(&["yes (Space toggles)"]);
}

#[tokio::test]
async fn what_was_changed_together_is_undone_together() {
    let mut console = queue().await;
    let before = n_open(&console).await;
    // The noisiest report, and all that it has raised.
    console.press(", G M").await.until("Based on 3 API requests").await;
    console.write("noise").await.press("tab tab space tab").await;
    let screen = console.text();
    let n = screen.split("type ").nth(1).unwrap();
    let n = n.split(' ').next().unwrap().to_owned();
    console.write(&n).await.press("tab enter").await;
    console.until(&format!("{n} CONFIRMED")).await;
    assert!(n_open(&console).await < before);
    console.press("z").await.shows(&["Undo: 2 actions"]);
    console.press("tab tab").await.write(&n).await;
    console.press("tab enter").await;
    console.until(&format!("{n} CONFIRMED")).await;
    assert_eq!(n_open(&console).await, before);
    console.press("@").await.shows(&["undone"]);
}

#[tokio::test]
async fn an_undo_says_what_somebody_has_changed_since() {
    let mut console = queue().await;
    let client = Client::new(settings(&console.sim), None).unwrap();
    let search =
        Search { query: "status:Unresolved".into(), sort: Some("alert_severity desc".into()), ..Search::default() };
    let span = Span { start: 0, rows: 1 };
    let first = client.alerts(&search, span).await.unwrap().rows;
    console.press("space space d d").await;
    console.until("CONFIRMED; 2 of 2").await;
    let theirs = WriteRequest::alert(&first[0].id, &AlertStatus::FalsePositive);
    client.send_write(&theirs).await.unwrap();
    console.press("z").await.shows(&["1 alert was changed since: 1 False Positive, unassigned"]);
}

#[tokio::test]
async fn after_all_was_resolved_and_put_back_the_last_row_is_there_again() {
    let mut console = queue().await;
    console.press("G").await.shows(&["Alerts  160, row 160"]);
    for opening in ["* d", "z tab tab"] {
        console.press(opening).await.shows(&["number of alerts"]);
        console.press("ctrl-u").await.write("160").await;
        console.press("tab enter").await;
        console.until("CONFIRMED; 160 of 160").await;
    }
    console.press("g g G").await.shows(&["Alerts  160, row 160"]);
}

#[tokio::test]
async fn an_undo_of_something_earlier_says_what_it_passes_over() {
    let mut console = queue().await;
    console.press("d d").await.until("CONFIRMED").await;
    console.press("9 n").await.write("Quarantine").await;
    console.press("tab enter tab tab enter").await.until("CONFIRMED").await;
    console.press("z").await.shows(&["The last action, create group Quarantine, cannot be undone", "Undo: resolve"]);
}

#[tokio::test]
async fn a_warning_takes_the_one_key_confirm_away() {
    let mut console = queue().await;
    console.press("/").await.write("status:\"in progress\"").await;
    console.press("enter").await.until("> P ").await;
    console
        .press("d")
        .await
        .until("1 of 1 is assigned to others")
        .await
        .shows(&["Tab to [ resolve ], Enter to confirm"])
        .lacks("again to confirm");
    console.press("d").await.shows(&["Read the warning"]);
    assert_eq!(changes(&console), [""; 0]);
    // From the focused cancel button back to the one that does it.
    console.press("backtab enter").await.until("CONFIRMED").await;
    assert_eq!(changes(&console).len(), 1);
}

#[tokio::test]
async fn the_ticket_of_the_last_action_is_offered_and_never_used_by_one_key() {
    let mut console = queue().await;
    console.press("d").await.write("handled").await;
    console.press("tab").await.write("INC-42").await;
    console.press("tab enter").await.until("CONFIRMED").await;
    console.press("j d").await.shows(&["ticket (Tab takes INC-42)"]);
    console.press("d").await.until("CONFIRMED").await;
    // The focus comes to the field: the offer is taken, and can be erased.
    console.press("j d").await.press("tab tab").await;
    console.shows(&["INC-42"]).lacks("Tab takes");
    console.press("tab enter").await.until("CONFIRMED").await;
    let log = std::fs::read_to_string(console.state.path().join("actions.jsonl")).unwrap();
    let sent: Vec<_> = log.lines().filter(|line| line.contains("\"sending\"")).collect();
    let has_ticket: Vec<_> = sent.iter().map(|line| line.contains("INC-42")).collect();
    assert_eq!(has_ticket, [true, false, true], "{log}");
}

#[tokio::test]
async fn an_undo_says_when_the_row_under_the_cursor_is_not_what_it_is_about() {
    let mut console = queue().await;
    console.press("d d").await.until("CONFIRMED").await;
    console.press("j z").await.shows(&["Your last action, not the selected row: resolve"]);
    console.press("esc j").await;
    console.press("d d").await.until("CONFIRMED").await;
    // On the row of the first of the two.
    console.press("@ j z").await.shows(&["Not the last action: resolve"]);
    console.press("esc k z").await.shows(&["Undo: resolve"]).lacks("Not the last action");
}

#[tokio::test]
async fn the_button_that_enter_presses_is_marked_by_a_sign_as_well() {
    let mut console = ready().await;
    console.press("I").await.write("case 7").await;
    console.shows(&[" [ isolate ]  [ cancel ]"]);
    console.press("tab tab").await.shows(&[">[ isolate ]  [ cancel ]"]);
    console.press("tab").await.shows(&[" [ isolate ] >[ cancel ]"]);
}

#[tokio::test]
async fn popups_have_one_ground() {
    let mut console = ready().await;
    let theme = Theme::default();
    let (ground, screen) = (theme.popup.bg.unwrap(), theme.text.bg.unwrap());
    let popups = ["?", ":", "I", "B", "w", "E", "S m", "S n", "g q", "t", "ctrl-t", "ctrl-s"];
    for key in popups {
        console.press(key).await;
        assert_eq!(console.app.focus(), PaneId::Overlay, "{key}");
        let buffer = console.buffer();
        let grounds = |y: u16| {
            let row = (0..buffer.area.width).map(move |x| buffer[(x, y)].bg);
            let first = row.clone().position(|bg| bg == ground);
            let last = row.clone().rposition(|bg| bg == ground);
            let inside = first.zip(last).map(|(first, last)| first..=last);
            let inside = inside.into_iter().flatten();
            inside.filter(move |x| {
                let bg = buffer[(u16::try_from(*x).unwrap(), y)].bg;
                bg == screen || bg == Color::Reset
            })
        };
        let n_holes: usize = (0..buffer.area.height).map(|y| grounds(y).count()).sum();
        assert_eq!(n_holes, 0, "{key}:\n{}", console.text());
        console.press("esc").await;
    }
}
