//! The events of a process in every version of the server (reference 2.4).
//!
//! A record is read by its shape, not by the version that was asked for: fields between bars, an object, or an object
//! written as text. All three come out as [`RecordFields`], so that each kind has one reader.

mod blocked;
mod childproc;
mod crossproc;
mod fields;
mod filemod;
mod netconn;
mod pipe_fields;
mod segments;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

pub use segments::segments;

use super::{
    FromRecord, Malformed, Record, binary,
    page::{MemberMap, members, read_members},
};
use crate::model::{
    Document, Event, EventBatch, EventFacts, Md5, Process, ProcessId, Segment, Signature, sort_by_time,
};
use fields::RecordFields;
use pipe_fields::Layout;

/// What the names of lists end with.
const LIST: &str = "_complete";

/// How the records of a list are read.
struct RecordReader {
    /// The fields between bars.
    layout: Layout,
    /// Reads what happened; `None` when the record lacks what it is about.
    read: fn(&RecordFields) -> Option<EventFacts>,
    /// The field that has the time.
    time: fn(&RecordFields) -> &'static str,
    /// The field that says whether the sensor was its target.
    tamper: &'static str,
}

/// Reads the answer to a request for the events of a process.
pub fn events(json: &str, process: ProcessId, segment: Segment) -> Result<EventBatch, Malformed> {
    let envelope = read_members(json, "an object with a process")?;
    let inner = match envelope.get("process") {
        Some(process) => members(process, "a process")?,
        None => envelope.clone(),
    };
    let mut events = EventBatch {
        elapsed: Record::envelope(&envelope, "process").float("elapsed"),
        signatures: inner.get("binaries").map_or_else(BTreeMap::new, |json| signatures(json)),
        process: document(&inner),
        ..EventBatch::default()
    };
    for (name, list) in &inner {
        let Some(kind) = name.strip_suffix(LIST) else {
            continue;
        };
        let reader = reader(kind);
        for record in records(list) {
            match event(kind, reader, record, process, segment) {
                Some(event) => events.rows.push(event),
                None => events.n_unreadable += 1,
            }
        }
    }
    sort_by_time(&mut events.rows);
    Ok(events)
}

/// The records of a list; whatever else stands in its place is one record, and null is none.
fn records(list: &RawValue) -> Vec<&RawValue> {
    if list.get() == "null" {
        return Vec::new();
    }
    serde_json::from_str(list.get()).unwrap_or_else(|_| vec![list])
}

fn reader(kind: &str) -> Option<&'static RecordReader> {
    Some(match kind {
        "filemod" => &filemod::FILEMOD,
        "regmod" => &filemod::REGMOD,
        "modload" => &filemod::MODLOAD,
        "netconn" => &netconn::NETCONN,
        "childproc" => &childproc::CHILDPROC,
        "crossproc" => &crossproc::CROSSPROC,
        "processblock" => &blocked::BLOCK,
        "fileless_scriptload" => &blocked::FILELESS,
        _ => return None,
    })
}

fn event(
    kind: &str,
    reader: Option<&'static RecordReader>,
    record: &RawValue,
    process: ProcessId,
    segment: Segment,
) -> Option<Event> {
    let Some(reader) = reader else {
        let (what, at, document) = blocked::parse_unknown(kind, record)?;
        return Some(Event { at, process, segment, what, is_tamper: false, is_ambiguous: false, document });
    };
    let fields = RecordFields::parse(record, &reader.layout)?;
    Some(Event {
        at: fields.time((reader.time)(&fields)),
        process,
        segment,
        what: (reader.read)(&fields)?,
        is_tamper: fields.flag(reader.tamper).unwrap_or(false),
        is_ambiguous: fields.is_ambiguous(),
        document: Document::new(fields.document()),
    })
}

/// The process itself: all members that are no events.
fn document(members: &MemberMap<'_>) -> Option<Process> {
    let is_own = |name: &str| !name.ends_with(LIST) && name != "binaries";
    let own: BTreeMap<&str, &RawValue> =
        members.iter().filter(|(name, _)| is_own(name)).map(|(name, value)| (name.as_str(), *value)).collect();
    let json = serde_json::to_string(&own).ok()?;
    Process::from_record(&Record::parse(&json)?)
}

/// What is known of the signatures of files, by their hash.
fn signatures(json: &RawValue) -> BTreeMap<Md5, Signature> {
    let files: MemberMap<'_> = serde_json::from_str(json.get()).unwrap_or_default();
    let signature = |(md5, facts): (&String, &&RawValue)| {
        let record = Record::parse(facts.get())?;
        Some((md5.trim().parse().ok()?, binary::signature(&record)))
    };
    files.iter().filter_map(signature).collect()
}

/// The field with the time, where it is always the same.
fn timestamp(_: &RecordFields) -> &'static str {
    "timestamp"
}

#[cfg(test)]
mod tests;
