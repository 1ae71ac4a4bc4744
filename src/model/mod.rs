//! The nouns of an investigation: plain data, whatever the server's version and spelling.

mod binary;
mod clock;
mod event;
mod hash;
mod lineage;
mod process;
mod search;
mod sensor;
mod server;

pub use binary::{Binary, Signature};
pub use clock::{Clock, Pace};
pub use event::{
    AccessRights, Block, Childproc, CrossKind, Crossproc, Direction, Event, EventKind, Events,
    Fact, FileAction, FileType, Fileless, Filemod, Modload, Netconn, Protocol, RegAction, Regmod,
    Segment, SegmentInfo, Side, Stage, What, sort_by_time,
};
pub use hash::{Md5, Sha256};
pub use lineage::{Lineage, Top};
pub use process::{Counts, FeedHit, Process, ProcessId, Summary, WatchlistHit};
pub use search::{Document, Known, Page, Search, Span};
pub use sensor::{Adapter, Group, GroupId, Isolation, Sensor, SensorFilter, SensorId};
pub use server::ServerInfo;
