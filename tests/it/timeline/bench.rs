//! A console with a process opened, and its segments in the hands of the test.

use lampblack::api::Error;
use lampblack::fetch::{Answer, EventsFetch, Fetch};

use crate::support::{stage::Stage, world};

/// A console that has opened a process, of which nothing has come yet; the focus is on its events.
pub(crate) fn opening(width: u16, height: u16) -> Stage {
    let mut stage = Stage::new(width, height);
    stage.search("a").press("tab enter tab");
    stage
}

/// The same with everything there.
pub(crate) fn opened() -> Stage {
    let mut stage = opening(160, 48);
    stage.answer_all(world::answer);
    stage
}

/// Answers the request for a segment.
pub(crate) fn answer(stage: &mut Stage, segment: u64, result: impl Fn(&Fetch) -> Result<Answer, Error>) {
    let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Events(EventsFetch { segment: it, .. }) if it.0 == segment);
    let at = stage.asked.iter().position(|(_, _, fetch)| is_it(fetch));
    stage.answer(at.expect("it is asked for"), result);
}

/// The segments that wait for their answer.
pub(crate) fn awaited(stage: &Stage) -> Vec<u64> {
    let segment = |fetch: &Fetch| match fetch {
        Fetch::Events(EventsFetch { segment, .. }) => Some(segment.0),
        _ => None,
    };
    stage.asked.iter().filter_map(|(_, _, fetch)| segment(fetch)).collect()
}

/// Answers the list of segments.
pub(crate) fn list(stage: &mut Stage) {
    let is_it = |fetch: &Fetch| matches!(fetch, Fetch::Segments(_));
    let at = stage.asked.iter().position(|(_, _, fetch)| is_it(fetch));
    stage.answer(at.expect("it is asked for"), world::answer);
}

pub(crate) fn broken() -> Error {
    Error::Refused { endpoint: "/api/v4/process".into(), status: 500, message: String::new() }
}
