//! Parsing of the events of a process from all server versions (reference 2.4).
//!
//! A record is parsed by its form, not by the requested version: pipe-separated fields, an object, or an object as JSON
//! text. All three become [`RecordFields`], so that each kind of event needs only one reader.

mod block;
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
    page::{members, read_members},
    record::MemberMap,
};
use crate::model::{
    Document, Event, EventBatch, EventFacts, Md5, Process, ProcessId, Segment, Signature, sort_by_time,
};
use fields::RecordFields;
use pipe_fields::Layout;

/// The suffix of the names of event lists.
const LIST: &str = "_complete";

/// How records of one kind of event are read.
struct RecordReader {
    /// The fields of a pipe-separated record.
    layout: Layout,
    /// Reads the facts of an event; `None` if the record lacks its main content.
    read: fn(&RecordFields) -> Option<EventFacts>,
    /// Returns the field with the time.
    time: fn(&RecordFields) -> &'static str,
    /// The field that says whether the event was tampering with the sensor.
    tamper: &'static str,
}

/// Parses the response to a request for the events of a process.
pub fn events(json: &str, process: ProcessId, segment: Segment) -> Result<EventBatch, Malformed> {
    let envelope = read_members(json, "an object with a process")?;
    let inner = match envelope.get("process") {
        Some(process) => members(process, "a process")?,
        None => envelope.clone(),
    };
    let mut events = EventBatch {
        elapsed: Record::envelope(&envelope, &["process"]).float("elapsed"),
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

/// Returns the records of a list. A value that is not a list is one record; null is none.
fn records(list: &RawValue) -> Vec<&RawValue> {
    if list.get() == "null" {
        return Vec::new();
    }
    serde_json::from_str(list.get()).unwrap_or_else(|_| vec![list])
}

/// Returns the reader for a kind of event; `None` if it is unknown.
fn reader(kind: &str) -> Option<&'static RecordReader> {
    Some(match kind {
        "filemod" => &filemod::FILEMOD,
        "regmod" => &filemod::REGMOD,
        "modload" => &filemod::MODLOAD,
        "netconn" => &netconn::NETCONN,
        "childproc" => &childproc::CHILDPROC,
        "crossproc" => &crossproc::CROSSPROC,
        "processblock" => &block::BLOCK,
        "fileless_scriptload" => &block::FILELESS,
        _ => return None,
    })
}

/// Parses an event; `None` if it has no content.
fn event(
    kind: &str,
    reader: Option<&'static RecordReader>,
    record: &RawValue,
    process: ProcessId,
    segment: Segment,
) -> Option<Event> {
    let Some(reader) = reader else {
        let (what, at, document) = block::parse_unknown(kind, record)?;
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

/// Parses the process itself from all members that are not events.
fn document(members: &MemberMap<'_>) -> Option<Process> {
    let is_own = |name: &str| !name.ends_with(LIST) && name != "binaries";
    let own: BTreeMap<&str, &RawValue> =
        members.iter().filter(|(name, _)| is_own(name)).map(|(name, value)| (name.as_str(), *value)).collect();
    let json = serde_json::to_string(&own).ok()?;
    Process::from_record(&Record::parse(&json)?)
}

/// Parses the signatures of files, by MD5.
fn signatures(json: &RawValue) -> BTreeMap<Md5, Signature> {
    let files: MemberMap<'_> = serde_json::from_str(json.get()).unwrap_or_default();
    let signature = |(md5, facts): (&String, &&RawValue)| {
        let record = Record::from_row(facts)?;
        Some((md5.trim().parse().ok()?, binary::signature(&record)))
    };
    files.iter().filter_map(signature).collect()
}

/// Returns `timestamp`, the field with the time for most kinds of events.
fn timestamp(_: &RecordFields) -> &'static str {
    "timestamp"
}

#[cfg(test)]
mod tests;
