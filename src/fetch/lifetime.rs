//! How long cached answers remain fresh.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{answer::Answer, resource::Fetch};
use crate::model::{EventBatch, Process, Segment, Timings};

/// Returns whether a cached answer may be used. Answers that may change at any time expire soonest, those that cannot
/// change never do.
pub(super) fn is_fresh(fetch: &Fetch, answer: &Answer, now: Timestamp, timings: Timings) -> bool {
    let limit = match (fetch, answer) {
        (_, answer) if answer.is_mutable() => timings.sensor_age,
        (_, Answer::Summary(fetched)) if fetched.value.process.terminated != Some(true) => {
            timings.running_age
        }
        (
            _,
            Answer::Facets(_)
            | Answer::Prevalence(_)
            | Answer::Count(_)
            // Other analysts work on this queue.
            | Answer::Alerts(_)
            | Answer::AlertDigest(_),
        ) => timings.count_age,
        (_, Answer::Segments(_)) => timings.running_age,
        (Fetch::Events { segment, .. }, Answer::Events(fetched))
            if may_grow(*segment, &fetched.value, fetched.as_of) =>
        {
            timings.running_age
        }
        _ => return true,
    };
    now.duration_since(answer.as_of()).try_into().is_ok_and(|age: Duration| age <= limit)
}

/// Returns whether a segment may get more events. Those of an ended process may not, nor those whose arrival time is
/// long enough before the answer.
fn may_grow(segment: Segment, events: &EventBatch, as_of: Timestamp) -> bool {
    /// Batches are written at once; this allows for servers that lag and clocks that differ.
    const MAX_WRITE_TIME: SignedDuration = SignedDuration::from_mins(15);
    let has_ended = |process: &Process| process.terminated == Some(true);
    if events.process.as_ref().is_some_and(has_ended) {
        return false;
    }
    let age = segment.arrival_time().map(|arrival| as_of.duration_since(arrival));
    age.is_none_or(|age| age < MAX_WRITE_TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_batch_never_expires() {
        let arrived: Timestamp = "2021-03-04T10:15:45.678Z".parse().unwrap();
        let segment = Segment(1_614_852_945_678);
        let may_grow_after = |seconds| {
            let as_of = arrived.checked_add(Duration::from_secs(seconds)).unwrap();
            may_grow(segment, &EventBatch::default(), as_of)
        };
        assert_eq!([may_grow_after(0), may_grow_after(15 * 60 - 1), may_grow_after(15 * 60)], [true, true, false]);
    }
}
