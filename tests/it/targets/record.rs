//! The whole record of the row under a cursor.

use lampblack::panes::PaneId;

use crate::support::stage::Stage;
use crate::targets::answers::good;
use crate::targets::views::VIEWS;

#[test]
fn every_member_of_every_record_is_one_key_away() {
    for view in VIEWS {
        let mut stage = Stage::new(120, 60);
        stage.press(view.come);
        if !view.query.is_empty() {
            stage.write(view.query).press("enter");
        }
        stage.answer_all(good);
        stage.press(view.then).answer_all(good);
        stage.press(view.visit).answer_all(good);
        for pane in 0..view.panes {
            stage.copied.clear();
            stage.press("y j");
            let at = format!("{}, pane {pane}", view.name);
            let Some(record) = stage.copied.pop() else {
                stage.press("tab");
                continue;
            };
            stage.press("p");
            assert_eq!(stage.app.focus(), PaneId::Overlay, "{at}\n{}", stage.text());
            let mut seen = stage.text();
            for _ in 0..40 {
                stage.press("pagedown");
                seen.push_str(&stage.text());
            }
            let members: serde_json::Value = serde_json::from_str(&record).unwrap();
            for name in members.as_object().unwrap().keys() {
                let is_seen = seen.contains(name.as_str());
                assert!(is_seen, "{at}: {name} of {record}\n{}", stage.text());
            }
            stage.press("esc tab");
        }
    }
}

#[test]
fn where_no_record_is_under_the_cursor_that_is_said() {
    let mut stage = Stage::new(120, 36);
    stage.press("esc p").shows(&["No record selected"]);
}
