//! The timeline has a picture at every size.

use insta::assert_snapshot;
use lampblack::fetch::Fetch;

use crate::support::family;
use crate::timeline::bench::{broken, opening};

const SIZES: [(u16, u16); 3] = [(60, 16), (80, 24), (120, 36)];

#[test]
fn events_of_every_kind_and_a_gap_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = opening(width, height);
        stage.answer_all(|fetch| match fetch {
            Fetch::Events { segment, .. } if segment.0 == 3 => Err(broken()),
            other => family::answer(other),
        });
        stage.press("j j j j j v j j");
        assert_snapshot!(format!("events-{width}x{height}"), stage.picture());
    }
}

#[test]
fn a_filter_and_a_choice_of_kinds_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = opening(width, height);
        stage.answer_all(family::answer);
        stage.press("e f e n e x / c : enter G");
        assert_snapshot!(format!("sifted-{width}x{height}"), stage.picture());
    }
}
