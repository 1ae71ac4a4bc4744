//! What a process did, over all its segments: several in flight, and none costs the others.

use std::collections::BTreeMap;

use futures::{Stream, StreamExt, stream};

use crate::api::{Client, Error};
use crate::model::{Event, EventBatch, Md5, ProcessId, Segment, SegmentInfo, Signature, sort_by_time};

/// Segments in flight: enough to hide the way to the server, few enough to leave it to others.
pub const SEGMENTS_IN_FLIGHT: usize = 4;

/// One segment, as it has come or failed to come.
#[derive(Clone, Debug)]
pub struct FetchedSegment {
    /// Which one.
    pub segment: Segment,
    /// Its events, or why they are not here.
    pub result: Result<EventBatch, Error>,
}

/// A segment whose events are missing.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingSegment {
    /// Which one.
    pub segment: Segment,
    /// Why.
    pub error: Error,
}

/// The events of a process in the order in which they happened, as far as they could be had.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimelineWalk {
    /// The events, the oldest first; those without a time come last.
    pub events: Vec<Event>,
    /// How many records could not be read.
    pub n_unreadable: usize,
    /// The segments that are missing.
    pub gaps: Vec<MissingSegment>,
    /// How many segments have come.
    pub loaded: usize,
    /// What is known of the signatures of the files in it.
    pub signatures: BTreeMap<Md5, Signature>,
}

/// The segments to ask for. Where a server names none, all that there is is asked for at once.
pub fn segments_to_fetch(segments: &[SegmentInfo]) -> Vec<Segment> {
    if segments.is_empty() {
        return vec![Segment::ALL];
    }
    segments.iter().map(|info| info.segment).collect()
}

/// The segments one after another, in their order; several are asked for at a time.
pub fn parts(client: &Client, id: ProcessId, segments: &[SegmentInfo]) -> impl Stream<Item = FetchedSegment> + use<> {
    let client = client.clone();
    stream::iter(segments_to_fetch(segments))
        .map(move |segment| {
            let client = client.clone();
            async move {
                let result = client.events(id, segment).await;
                FetchedSegment { segment, result }
            }
        })
        .buffered(SEGMENTS_IN_FLIGHT)
}

/// Everything a process did. An error means that there is nothing at all; segments that are missing are gaps.
pub async fn timeline(client: &Client, id: ProcessId) -> Result<TimelineWalk, Error> {
    let segments = client.segments(id).await?;
    let mut parts = std::pin::pin!(parts(client, id, &segments));
    let mut timeline = TimelineWalk::default();
    while let Some(part) = parts.next().await {
        match part.result {
            // What the next would be told as well.
            Err(
                error @ (Error::Unauthorized
                | Error::NotSent { .. }
                | Error::ProxyRefused { .. }
                | Error::Forbidden { .. }),
            ) => return Err(error),
            _ => timeline.add(part),
        }
    }
    match timeline.gaps.first() {
        Some(gap) if timeline.loaded == 0 => return Err(gap.error.clone()),
        _ => {}
    }
    sort_by_time(&mut timeline.events);
    Ok(timeline)
}

impl TimelineWalk {
    fn add(&mut self, part: FetchedSegment) {
        let FetchedSegment { segment, result } = part;
        match result {
            Ok(events) => {
                self.loaded += 1;
                self.n_unreadable += events.n_unreadable;
                self.events.extend(events.rows);
                self.signatures.extend(events.signatures);
            }
            Err(error) => self.gaps.push(MissingSegment { segment, error }),
        }
    }
}
