//! How long an answer is good.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{answer::Answer, resource::Fetch};
use crate::model::{EventBatch, Process, Segment, Timings};

/// Whether an answer may be given again. What decides about a host is never old; what cannot change never expires.
pub(super) fn is_fresh(fetch: &Fetch, answer: &Answer, now: Timestamp, pace: Timings) -> bool {
    let limit = match (fetch, answer) {
        (_, answer) if answer.is_mutable() => pace.sensor_age,
        (_, Answer::Summary(known)) if known.value.process.terminated != Some(true) => {
            pace.running_age
        }
        (
            _,
            Answer::Facets(_)
            | Answer::Prevalence(_)
            | Answer::Count(_)
            // Others work on the same queue.
            | Answer::Alerts(_)
            | Answer::AlertDigest(_),
        ) => pace.count_age,
        (_, Answer::Segments(_)) => pace.running_age,
        (Fetch::Events { segment, .. }, Answer::Events(known))
            if may_grow(*segment, &known.value, known.as_of) =>
        {
            pace.running_age
        }
        _ => return true,
    };
    now.duration_since(answer.as_of()).try_into().is_ok_and(|age: Duration| age <= limit)
}

/// Whether a segment may get more events. That of a process that has ended may not, and one that came with a batch some
/// time before it was read is over, whatever the process does.
fn may_grow(segment: Segment, events: &EventBatch, as_of: Timestamp) -> bool {
    /// Batches are written at once; this is for servers that lag behind, and for clocks that differ.
    const SETTLED: SignedDuration = SignedDuration::from_mins(15);
    let has_ended = |process: &Process| process.terminated == Some(true);
    if events.process.as_ref().is_some_and(has_ended) {
        return false;
    }
    let age = segment.arrival_time().map(|arrived| as_of.duration_since(arrived));
    age.is_none_or(|age| age < SETTLED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_is_over_never_expires() {
        let arrived: Timestamp = "2021-03-04T10:15:45.678Z".parse().unwrap();
        let segment = Segment(1_614_852_945_678);
        let read = |seconds| {
            let as_of = arrived.checked_add(Duration::from_secs(seconds)).unwrap();
            may_grow(segment, &EventBatch::default(), as_of)
        };
        assert_eq!([read(0), read(15 * 60 - 1), read(15 * 60)], [true, true, false]);
    }
}
