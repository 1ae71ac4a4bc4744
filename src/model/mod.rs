//! The nouns of an investigation: plain data, whatever the server's version and spelling.

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

pub use admin::{Access, License, Partition, Site, Team, User};
pub use alert::{Alert, AlertId, AlertKind, AlertSource, AlertStatus, Indicator, OPEN_ALERTS};
pub use alert_digest::{Gatherer, Queue, Queued};
pub use ban::{Ban, Restrictions};
pub use binary::{Binary, Endpoint, Head, Signature, Version};
pub use clock::{Clock, Pace};
pub use duration::{duration, lasted};
pub use event::{
    AccessRights, Block, Childproc, CrossKind, Crossproc, Direction, Event, EventKind, Events, Fact, FileAction,
    FileType, Fileless, Filemod, Kinds, Modload, Netconn, Protocol, RegAction, Regmod, Segment, SegmentInfo, Side,
    Stage, What, sort_by_time,
};
pub use extract::Extract;
pub use facet::{Change, Compared, Facet, FacetValue, Facets, compare};
pub use feed::{Feed, FeedId, Report, ReportId, Sealed};
pub use hash::{Md5, Sha256};
pub use hash_list::HashList;
pub use lineage::{Lineage, Top};
pub use link::{Link, LinkTarget, host};
pub use path_check::Survey;
pub use period::{EventClock, Period, last_moment, moment};
pub use prevalence::{HostCount, Prevalence};
pub use process::{Counts, FeedHit, Process, ProcessId, Summary, WatchlistHit};
pub use search::{Corpus, Document, Known, Page, Search, Span};
pub use sensor::{Adapter, Group, GroupId, Isolation, Sensor, SensorId, Severed};
pub use sensor_filter::{Also, SensorFilter};
pub use server::ServerInfo;
pub use watchlist::{ActionKind, StoredIndex, WatchAction, Watchlist, WatchlistId};
pub use zone::{Lean, Precision, Zone, is_skewed, skew, zone_here, zone_named};
