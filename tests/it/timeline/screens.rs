//! What the timeline shows at every size, and a snapshot of it at one.

use insta::assert_snapshot;
use lampblack::fetch::{EventsFetch, Fetch};

use crate::support::{SIZES, SNAPSHOT_SIZE, family};
use crate::timeline::bench::{broken, opening};

#[test]
fn events_of_every_kind_and_a_gap_at_every_size() {
    for size in SIZES {
        let mut stage = opening(size.0, size.1);
        stage.answer_all(|fetch| match fetch {
            Fetch::Events(EventsFetch { segment, .. }) if segment.0 == 3 => Err(broken()),
            other => family::answer(other),
        });
        stage.press("j j j j j v j j");
        stage.shows(&[
            "! the server answered 500 (/api/v4/process)",
            "retry; if it fails again, ask the server",
            r"created c:\temp\out.exe",
            ">*10:15:40.500",
            "*10:15:39.550",
        ]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("events", stage.picture());
        }
    }
}

#[test]
fn a_filter_and_a_choice_of_kinds_at_every_size() {
    for size in SIZES {
        let mut stage = opening(size.0, size.1);
        stage.answer_all(family::answer);
        stage.press("e f e n e x / c : enter G");
        stage.shows(&[
            "6 of 19 loaded",
            r"created c:\temp\next.exe",
            r"deleted c:\temp\out.exe",
            "unknown: the record's time is unreadable",
        ]);
        if size == SNAPSHOT_SIZE {
            assert_snapshot!("filtered", stage.picture());
        }
    }
}
