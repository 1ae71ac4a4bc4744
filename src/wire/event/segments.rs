//! Parsing of the segments of a process (reference 2.3).

use super::super::{
    FromRecord, Malformed, Record,
    page::{members, read_members, rows},
};
use crate::model::{EventCounts, ProcessId, Segment, SegmentInfo};

/// Parses the response to a request for the segments of a process. Also returns how many cannot be parsed.
pub fn segments(json: &str) -> Result<(Vec<SegmentInfo>, usize), Malformed> {
    let mut inner = read_members(json, "an object with segments")?;
    if let Some(process) = inner.get("process") {
        inner = members(process, "an object with segments")?;
    }
    let list = inner.get("segments").ok_or_else(|| Malformed::unexpected_value(json, "an object with segments"))?;
    let list =
        serde_json::from_str(list.get()).map_err(|_| Malformed::unexpected_value(list.get(), "a list of segments"))?;
    let (mut rows, n_unreadable) = rows::<SegmentInfo>(list);
    rows.sort_by_key(|row| row.segment);
    rows.dedup_by_key(|row| row.segment);
    Ok((rows, n_unreadable))
}

impl FromRecord for SegmentInfo {
    fn from_record(record: &Record) -> Option<Self> {
        let unique = record.text("unique_id");
        let in_id = ProcessId::parse_with_segment(unique.raw().trim());
        let segment = in_id.and_then(|(_, segment)| segment).or_else(|| record.count("segment_id"))?;
        Some(Self {
            process: in_id.map(|(process, _)| process),
            segment: Segment(segment),
            last_update: record.time("last_update"),
            last_server_update: record.time("last_server_update"),
            counts: record
                .nested_record("event_counts")
                .map_or_else(EventCounts::default, |counts| self::read_counts(&counts)),
        })
    }
}

/// Parses the event counts of a segment. The server omits kinds without events.
fn read_counts(record: &Record) -> EventCounts {
    let count = |name| Some(record.count(name).unwrap_or(0));
    EventCounts {
        modload: count("modload"),
        filemod: count("filemod"),
        regmod: count("regmod"),
        netconn: count("netconn"),
        childproc: count("childproc"),
        crossproc: count("crossproc"),
        processblock: count("processblock"),
        fileless_scriptload: count("fileless_scriptload"),
    }
}
