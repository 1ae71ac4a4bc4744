//! The data types of an investigation, independent of the server's version and its JSON.

mod admin;
mod alert;
mod alert_digest;
mod ban;
mod binary;
mod clock;
mod duration;
mod event;
mod extract;
mod facet;
mod feed;
mod hash;
mod hash_list;
mod lineage;
mod link;
mod live_response;
mod path_check;
mod period;
mod prevalence;
mod process;
mod search;
mod sensor;
mod sensor_filter;
mod server;
mod watchlist;
mod zone;

pub use admin::*;
pub use alert::{Alert, AlertId, AlertKind, AlertSource, AlertStatus, Indicator, OPEN_ALERTS};
pub use alert_digest::{AlertDigest, AlertSummary, DigestBuilder};
pub use ban::{Ban, Restrictions};
pub use binary::{Binary, Endpoint, FileHead, Signature, Version};
pub use clock::{Clock, Timings};
pub use duration::{duration, duration_from_millis};
pub use event::{
    AccessRights, Block, ChildStage, Childproc, CrossKind, Crossproc, Direction, Event, EventBatch, EventFacts,
    EventKind, FileAction, FileType, Fileless, Filemod, Kinds, Modload, Netconn, NetconnEnd, Property, Protocol,
    RegAction, Regmod, Segment, SegmentInfo, sort_by_time,
};
pub use extract::ExportData;
pub use facet::{ComparedValue, Facet, FacetDelta, FacetValue, Facets, compare};
pub use feed::{Feed, FeedId, Report, ReportId, Sealed};
pub use hash::{Md5, Sha256};
pub use hash_list::HashList;
pub use lineage::{Lineage, Top};
pub use link::{Link, LinkTarget, host};
pub use live_response::{
    CommandOutput, CommandResult, CommandRun, CommandRunId, DumpProgress, ExecuteWait, FileEntry, HostProcess,
    LiveCommand, LiveCommandKind, LiveSession, LiveSessionId, LiveStatus, RegistryData, RegistryType, RegistryValue,
    ResultCode, RunStatus, StoredFile, StoredFileId,
};
pub use path_check::PathCheck;
pub use period::{EventClock, Period, parse_end, parse_moment};
pub use prevalence::{HostCount, Prevalence};
pub use process::{EventCounts, FeedHit, Process, ProcessDocument, ProcessId, Summary, WatchlistHit};
pub use search::{Corpus, Document, Fetched, Page, Search, Span};
pub use sensor::{Adapter, Group, GroupId, IsolatedSensor, Isolation, Sensor, SensorId};
pub use sensor_filter::{ClientFilter, SensorFilter};
pub use server::ServerInfo;
pub use watchlist::{ActionKind, StoredIndex, WatchAction, Watchlist, WatchlistId};
pub use zone::{ClockDirection, Precision, Zone, describe_skew, is_skewed, local_zone, parse_zone};
