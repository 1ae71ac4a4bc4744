//! Fetches the events of all segments of a process, several segments at a time; a failed segment does not affect the
//! others.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt, stream};

use crate::api::{Client, Error};
use crate::model::{Event, EventBatch, Md5, ProcessId, Segment, SegmentInfo, Signature, sort_by_time};

/// Segments in flight: enough to hide the latency, few enough not to occupy the server.
pub const SEGMENTS_IN_FLIGHT: usize = 4;

/// The result of fetching one segment.
#[derive(Clone, Debug)]
pub struct FetchedSegment {
    pub segment: Segment,
    pub result: Result<EventBatch, Error>,
}

/// A segment whose events could not be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingSegment {
    pub segment: Segment,
    pub error: Error,
}

/// The events of a process in chronological order, as far as they could be fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimelineWalk {
    /// Oldest first; events without a time are last.
    pub events: Vec<Event>,
    /// Number of records that could not be parsed.
    pub n_unreadable: usize,
    /// Segments that could not be fetched.
    pub gaps: Vec<MissingSegment>,
    /// Number of fetched segments.
    pub loaded: usize,
    /// Signatures of the files in the events.
    pub signatures: BTreeMap<Md5, Signature>,
}

/// Returns the segments to fetch. If the server lists none, all events are fetched at once.
pub fn segments_to_fetch(segments: &[SegmentInfo]) -> Vec<Segment> {
    if segments.is_empty() {
        return vec![Segment::ALL];
    }
    segments.iter().map(|info| info.segment).collect()
}

/// Streams the segments in their order, several in flight.
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

/// Fetches all events of a process. Fails only if nothing could be fetched; missing segments are gaps.
pub async fn timeline(client: &Client, id: ProcessId) -> Result<TimelineWalk, Error> {
    let segments = client.segments(id).await?;
    let mut parts = std::pin::pin!(parts(client, id, &segments));
    let mut timeline = TimelineWalk::default();
    while let Some(part) = parts.next().await {
        match part.result {
            // Any further segment would fail for this reason as well.
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
