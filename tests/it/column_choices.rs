//! Columns that were chosen are there again the next time.

use crate::support::stage::Stage;
use lampblack::app::{AppSetup, Input};
use lampblack::runtime::{column_choices, session_file};

#[test]
fn columns_that_were_chosen_come_back_with_the_next_session() {
    let mut first = Stage::new(120, 36);
    first.search("a").answer_all(crate::support::world::answer);
    first.press("esc w space esc").text();
    let left = session_file(first.app.session());
    assert_eq!(left.columns.len(), 1);
    let text = serde_json::to_string(&left).unwrap();
    let read = serde_json::from_str(&text).unwrap();
    let setup = AppSetup { columns: column_choices(&read), ..AppSetup::default() };
    let mut second = Stage::with(120, 36, setup);
    assert_eq!(session_file(second.app.session()), left);
    second.search("a").answer_all(crate::support::world::answer);
    let header = |stage: &mut Stage| -> String {
        let screen = stage.text();
        let line = screen.lines().find(|line| line.contains("PROCESS ")).unwrap();
        line[..60].to_owned()
    };
    assert_eq!(header(&mut first), header(&mut second));
    assert_ne!(header(&mut second), header(Stage::new(120, 36).search("a").answer_all(crate::support::world::answer)));
}

#[test]
fn several_warnings_of_the_start_can_all_be_read() {
    let warnings: Vec<String> = [
        "the state directory was open to others, and is tightened",
        "the state directory is read-only: no action can be sent",
        "the history cannot be read: it is a FIFO, not a regular file",
    ]
    .map(str::to_owned)
    .into();
    let setup = AppSetup { warnings: warnings.clone(), ..AppSetup::default() };
    let mut stage = Stage::with(60, 24, setup);
    stage.shows(&["2 more warnings, esc ! shows all: the"]);
    // A message from before the first key does not hide that.
    let text = "another program has locked the action log".to_owned();
    let is_warning = true;
    stage.input(Input::Notice { text, is_warning });
    stage.shows(&["3 more warnings, esc ! shows all: another"]);
    stage.press("esc !").shows(&["open to others", "read-only", "a FIFO", "another program"]);
    stage.press("esc").lacks("more warnings");
    // They are read, and what comes later stands for itself.
    let text = "the disk is full".to_owned();
    stage.input(Input::Notice { text, is_warning });
    stage.press("!").shows(&["Last warning", "the disk is full"]);
    stage.lacks("read-only");
}

#[test]
fn what_comes_after_a_key_stands_alone_though_the_warnings_of_the_start_were_not_opened() {
    let warnings = vec!["the directory was open to others".to_owned(), "the history is a FIFO".to_owned()];
    let mut stage = Stage::with(60, 24, AppSetup { warnings, ..AppSetup::default() });
    stage.shows(&["1 more warning, esc ! shows all: the"]);
    let outcome = |text: &str| Input::Notice { text: text.to_owned(), is_warning: false };
    stage.press("esc").input(outcome("ban x: request accepted"));
    // The second comes while the first is still shown.
    stage.input(outcome("ban x: CONFIRMED"));
    stage.shows(&["ban x: CONFIRMED"]).lacks("more warning");
    // They can be read all the same.
    stage.press("!").shows(&["open to others", "a FIFO"]);
}

#[test]
fn a_single_warning_of_the_start_is_not_lost_behind_another() {
    let warnings = vec!["the directory was open to others".to_owned()];
    let mut stage = Stage::with(60, 24, AppSetup { warnings, ..AppSetup::default() });
    stage.input(Input::Notice { text: "the log is locked".to_owned(), is_warning: true });
    stage.shows(&["1 more warning, esc ! shows all: the log"]);
    stage.press("esc !").shows(&["open to others", "the log is locked"]);
}
