//! What a process did: one model for the events of every server version.

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

/// One event of a process (reference 2.4).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it happened, on the sensor's clock, in UTC; `None` where the record's time cannot be read.
    pub at: Option<Timestamp>,
    /// The process that it belongs to.
    pub process: ProcessId,
    /// The batch that it came with, as it was asked for: [`Segment::ALL`] where all were asked for at once.
    pub segment: Segment,
    /// What happened.
    pub what: EventFacts,
    /// Whether the sensor itself was its target.
    pub is_tamper: bool,
    /// Whether its record can be read in another way too: a path in it holds what parts the fields.
    pub is_ambiguous: bool,
    /// The record as one JSON object: the server's own, or the fields of a record between bars under the names that
    /// the reference gives them.
    pub document: Document,
}

/// The kinds of events, by the names that scripts and the screen use.
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
    /// A file was created, written or deleted.
    Filemod,
    /// A registry key or value was created, written or deleted.
    Regmod,
    /// A connection was made or taken.
    Netconn,
    /// A library was loaded.
    Modload,
    /// A child began or ended.
    Childproc,
    /// One process reached into another.
    Crossproc,
    /// A script ran that is in no file.
    #[strum(serialize = "fileless_scriptload")]
    Fileless,
    /// A ban stopped something.
    #[strum(serialize = "processblock")]
    Block,
    /// Microsoft's mitigation toolkit stepped in.
    Emet,
    /// A kind that this program does not know.
    Other,
}

impl Event {
    /// Its kind.
    pub fn kind(&self) -> EventKind {
        self.what.kind()
    }

    /// What it weighs in memory, in bytes, by estimate: the struct, the record, and the strings taken out of it.
    pub fn heap_size(&self) -> usize {
        size_of::<Self>() + 2 * self.document.len() + 64
    }
}

/// The events of a process, or of one of its segments, as one answer of the server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventBatch {
    /// The events that could be read, the oldest first; those without a time come last.
    pub rows: Vec<Event>,
    /// How many records could not be read.
    pub n_unreadable: usize,
    /// The document of the process, where the answer has one.
    pub process: Option<Process>,
    /// What the answer knows of the signatures of the files in it, by their hash.
    pub signatures: BTreeMap<Md5, Signature>,
    /// How long the server took, in seconds.
    pub elapsed: Option<f64>,
}

impl EventBatch {
    /// What they weigh in memory, in bytes, by estimate.
    pub fn heap_size(&self) -> usize {
        let document = self.process.as_ref().map_or(0, |one| one.document.len());
        let rows: usize = self.rows.iter().map(Event::heap_size).sum();
        size_of::<Self>() + document + 256 * self.signatures.len() + rows
    }
}

/// Puts events in the order in which they happened; what has no time comes last, and equal times stay as they are.
pub fn sort_by_time(events: &mut [Event]) {
    events.sort_by_key(|event| event.at.unwrap_or(Timestamp::MAX));
}
