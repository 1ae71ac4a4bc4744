//! Events of processes: one model for every server version.

mod codes;
mod describe;
mod facts;
mod kinds;
mod segment;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use codes::{AccessRights, CrossKind, Direction, FileAction, FileType, Protocol, RegAction};
pub use facts::{
    Block, ChildStage, Childproc, Crossproc, EventFacts, Fileless, Filemod, Modload, Netconn, NetconnEnd, Regmod,
};
pub use kinds::Kinds;
pub use segment::{Segment, SegmentInfo};

pub use describe::Property;

use super::{Document, Md5, Process, ProcessId, Signature};

/// An event of a process (API reference 2.4).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Time of the event (sensor clock, UTC); `None` if the record's time cannot be parsed.
    pub at: Option<Timestamp>,
    pub process: ProcessId,
    /// Segment from which it was fetched: [`Segment::ALL`] if all were fetched at once.
    pub segment: Segment,
    pub what: EventFacts,
    /// Whether it is an attempt to tamper with the sensor.
    pub is_tamper: bool,
    /// Whether its record is ambiguous, because a path in it contains the field separator.
    pub is_ambiguous: bool,
    /// The record as a JSON object: the server's own, or the separated fields under their names in the API reference.
    pub document: Document,
}

/// The kinds of events, with their names in output and on screen.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
pub enum EventKind {
    Filemod,
    Regmod,
    Netconn,
    Modload,
    /// A child process started or ended.
    Childproc,
    /// One process accessed another.
    Crossproc,
    /// A script ran without a file.
    #[strum(serialize = "fileless_scriptload")]
    Fileless,
    /// A banned file was blocked.
    #[strum(serialize = "processblock")]
    Block,
    /// Microsoft's Enhanced Mitigation Experience Toolkit intervened.
    Emet,
    /// A kind unknown to this program.
    Other,
}

impl Event {
    /// Returns the kind of the event.
    pub fn kind(&self) -> EventKind {
        self.what.kind()
    }

    /// Estimates the memory it uses, in bytes: the struct, its record, and its parsed strings.
    pub fn heap_size(&self) -> usize {
        size_of::<Self>() + 2 * self.document.len() + 64
    }
}

/// The events of a process or of one of its segments, as in one answer of the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventBatch {
    /// Events that could be parsed, oldest first; those without a time are last.
    pub rows: Vec<Event>,
    /// Number of records that could not be parsed.
    pub n_unreadable: usize,
    /// Document of the process, if the answer has one.
    pub process: Option<Process>,
    /// Signatures of files in the events, by hash.
    pub signatures: BTreeMap<Md5, Signature>,
    /// Response time of the server, in seconds.
    pub elapsed: Option<f64>,
}

impl EventBatch {
    /// Estimates the memory it uses, in bytes.
    pub fn heap_size(&self) -> usize {
        let document = self.process.as_ref().map_or(0, |process| process.document.len());
        let rows: usize = self.rows.iter().map(Event::heap_size).sum();
        size_of::<Self>() + document + 256 * self.signatures.len() + rows
    }
}

/// Sorts events chronologically; those without a time are last, and simultaneous ones keep their order.
pub fn sort_by_time(events: &mut [Event]) {
    events.sort_by_key(|event| event.at.unwrap_or(Timestamp::MAX));
}
