//! What a process did: its segments and their events (reference 2.3, 2.4).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{EventBatch, ProcessId, Search, Segment, SegmentInfo, Span};
use crate::wire;

impl Client {
    /// Lists the segments of a process, the oldest first.
    pub async fn segments(&self, id: ProcessId) -> Result<Vec<SegmentInfo>, Error> {
        match self.fetch_release_once().await {
            Some(release) if release < (6, 0) => self.legacy_segments(id).await,
            Some(_) => self.time_segments(id).await,
            // A server that has not told its release may be one that does not know the question.
            None => match self.time_segments(id).await {
                Err(Error::NotFound { .. }) => self.legacy_segments(id).await,
                other => other,
            },
        }
    }

    /// Fetches the events of one segment, or of all of them where that is [`Segment::ALL`] (6.0 and later).
    pub async fn events(&self, id: ProcessId, segment: Segment) -> Result<EventBatch, Error> {
        let release = self.fetch_release_once().await;
        let version = self.0.shared.release.event_version();
        let version = version.unwrap_or_else(|| event_version(release));
        let events = self.events_in(id, segment, version).await;
        let (events, version) = match events {
            // Not every 7.x has it. Nor does this server need to be asked twice.
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
        let (segments, broken) = answer.parse_body(wire::segments)?;
        let mut owners = segments.iter().filter_map(|segment| segment.process);
        if owners.any(|owner| owner != id) {
            return Err(answer.of_another(&about));
        }
        if broken > 0 {
            // A segment without its number cannot be asked for, and its events must not be missing silently.
            return Err(answer.malformed_error(format!("{broken} segments without a number")));
        }
        Ok(segments)
    }

    /// Up to 5.x each row of a search is one segment.
    async fn legacy_segments(&self, id: ProcessId) -> Result<Vec<SegmentInfo>, Error> {
        /// Each has up to 10,000 events, so this is one page for nearly every process.
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
            let what = format!("process {id}");
            return Err(Error::NotFound { what });
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
            return Err(answer.of_another(&about));
        }
        Ok(events)
    }
}

/// Which version of the events is the newest that a release has (reference 2.4).
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
    fn every_release_is_asked_for_the_newest_version_it_has() {
        for (release, version) in
            [((5, 0), 1), ((5, 1), 2), ((5, 2), 3), ((6, 0), 4), ((6, 3), 4), ((7, 0), 5), ((8, 1), 5)]
        {
            assert_eq!(event_version(Some(release)), version, "{release:?}");
        }
        assert_eq!(event_version(None), 4);
    }
}
