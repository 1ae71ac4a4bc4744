//! The segments and events of a process (reference 2.3, 2.4).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{EventBatch, ProcessId, Search, Segment, SegmentInfo, Span};
use crate::text;
use crate::wire;

impl Client {
    /// Lists the segments of a process, oldest first.
    pub async fn segments(&self, id: ProcessId) -> Result<Vec<SegmentInfo>, Error> {
        match self.fetch_release_once().await {
            Some(release) if release < (6, 0) => self.legacy_segments(id).await,
            Some(_) => self.time_segments(id).await,
            // A server of unknown release may be too old for this endpoint.
            None => match self.time_segments(id).await {
                Err(Error::NotFound { .. }) => self.legacy_segments(id).await,
                other => other,
            },
        }
    }

    /// Fetches the events of one segment, or of all segments for [`Segment::ALL`] (6.0 and later).
    pub async fn events(&self, id: ProcessId, segment: Segment) -> Result<EventBatch, Error> {
        let release = self.fetch_release_once().await;
        let version = self.0.shared.release.event_version().unwrap_or_else(|| event_version(release));
        let (events, version) = match self.events_in(id, segment, version).await {
            // Not every 7.x server has version 5. The version that works is used from then on.
            Err(Error::NotFound { .. }) if version == 5 => (self.events_in(id, segment, 4).await, 4),
            events => (events, version),
        };
        if events.is_ok() {
            self.0.shared.release.set_event_version(version);
        }
        events
    }

    async fn time_segments(&self, id: ProcessId) -> Result<Vec<SegmentInfo>, Error> {
        let path = format!("/api/v1/process/{id}/segment");
        let about = format!("process {id}");
        let answer = self.send(&RequestSpec::get(path, &about)).await?;
        let (segments, n_unreadable) = answer.parse_body(wire::segments)?;
        let mut owners = segments.iter().filter_map(|segment| segment.process);
        if owners.any(|owner| owner != id) {
            return Err(answer.mismatch_error(&about));
        }
        if n_unreadable > 0 {
            // A segment without a number cannot be requested, and its events must not be silently missing.
            return Err(answer
                .malformed_error(format!("no number in {}", text::pluralize(n_unreadable, "segment", "segments"))));
        }
        Ok(segments)
    }

    /// Lists the segments by a process search, each row of which is one segment on servers before 6.0.
    async fn legacy_segments(&self, id: ProcessId) -> Result<Vec<SegmentInfo>, Error> {
        /// A segment has up to 10,000 events, so nearly every process has only one page of segments.
        const ROWS: u64 = 100;
        let search = Search { query: format!("process_id:{id}"), ..Search::default() };
        let mut segments: Vec<SegmentInfo> = Vec::new();
        let mut start = 0;
        loop {
            let page = self.processes(&search, Span { start, rows: ROWS }).await?;
            let own = page.rows.iter().filter(|row| row.id == id);
            segments.extend(own.map(SegmentInfo::from));
            start += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
            if page.n_sent() == 0 || start >= page.total {
                break;
            }
        }
        if segments.is_empty() {
            return Err(Error::NotFound { what: format!("process {id}") });
        }
        segments.sort_by_key(|info| info.segment);
        segments.dedup_by_key(|info| info.segment);
        Ok(segments)
    }

    async fn events_in(&self, id: ProcessId, segment: Segment, version: u8) -> Result<EventBatch, Error> {
        let path = format!("/api/v{version}/process/{id}/{segment}/event");
        let about = if segment == Segment::ALL {
            format!("process {id}")
        } else {
            format!("segment {segment} of process {id}")
        };
        let answer = self.send(&RequestSpec::get(path, &about)).await?;
        let events = answer.parse_body(|json| wire::events(json, id, segment))?;
        if events.process.as_ref().is_some_and(|process| process.id != id) {
            return Err(answer.mismatch_error(&about));
        }
        Ok(events)
    }
}

/// Returns the newest version of the event endpoint that a release has (reference 2.4).
fn event_version(release: Option<(u32, u32)>) -> u8 {
    match release {
        Some((0..=4, _) | (5, 0)) => 1,
        Some((5, 1)) => 2,
        Some((5, _)) => 3,
        Some((6, _)) | None => 4,
        Some(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_gets_its_newest_event_version() {
        for (release, version) in
            [((5, 0), 1), ((5, 1), 2), ((5, 2), 3), ((6, 0), 4), ((6, 3), 4), ((7, 0), 5), ((8, 1), 5)]
        {
            assert_eq!(event_version(Some(release)), version, "{release:?}");
        }
        assert_eq!(event_version(None), 4);
    }
}
