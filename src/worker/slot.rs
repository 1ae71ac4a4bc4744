//! Slots: the places on screen that answers belong to.

use std::fmt;

use strum::EnumIter;

use super::{JoinObject, List};
use crate::fetch::Fetch;
use crate::model::{ProcessId, Segment};

/// The place on screen that an answer belongs to. A slot has at most one pending request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Version and settings of the server, shown in the header.
    ServerInfo,
    /// Page of a list that starts at this row.
    Page(List, u64),
    /// Parent chain of the selected process.
    Lineage,
    /// Sensor of the selected process.
    Sensor,
    /// Group of that sensor.
    SensorGroup,
    /// Binary of the selected process.
    Binary,
    /// How common its file is.
    Prevalence,
    /// Open alerts of the selected host.
    HostAlerts,
    Summary(ProcessId),
    /// List of segments of the opened process.
    Segments,
    /// Events of a segment of the opened process.
    Events(Segment),
    FileHead,
    /// An object that rows refer to.
    Joined(JoinObject),
    /// Value counts of the process search, or of the search it is compared with.
    Facets(FacetSide),
    /// Values of the field that is being typed.
    FieldValues,
    /// Actions of the selected watchlist.
    WatchActions,
    /// Current number of matches of the selected watchlist.
    WatchCount,
    /// The selected threat report with its indicators.
    Report,
    /// Number of alerts that the selected report raised.
    ReportAlerts,
    License,
    /// Partitions of the event store.
    Partitions,
    /// All alerts of the search, for grouping.
    AlertDigest,
    /// The newest alerts, polled for live updates.
    NewAlerts,
    /// A part of the context of the selected alert.
    AlertContext(AlertContextPart),
}

/// A part of the context of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter)]
pub enum AlertContextPart {
    /// Newest alert of the selected group.
    NewestAlert,
    /// Parent chain of its process.
    Lineage,
    Sensor,
    Binary,
    /// Number of open alerts on its host.
    HostAlerts,
    /// Number of open alerts of its file.
    HashAlerts,
    /// Status counts of past alerts of its report or watchlist.
    PastOutcomes,
    /// The most recently resolved of those.
    LastResolved,
}

/// One of the two searches whose value counts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetSide {
    /// The search itself.
    A,
    /// The search it is compared with.
    B,
}

impl Fetch {
    /// Returns the slot that the answer belongs to; `None` if the caller must name it.
    pub fn slot(&self) -> Option<Slot> {
        Some(match self {
            Self::ServerInfo => Slot::ServerInfo,
            Self::Processes { span, .. } => Slot::Page(List::Processes, span.start),
            Self::Lineage { .. } => Slot::Lineage,
            Self::Sensor(_) => Slot::Sensor,
            Self::SensorGroup(_) => Slot::SensorGroup,
            Self::SensorGroups => Slot::Page(List::SensorGroups, 0),
            Self::Binary(_) => Slot::Binary,
            Self::Prevalence(_) => Slot::Prevalence,
            Self::Alerts { span, .. } => Slot::Page(List::Alerts, span.start),
            Self::Binaries { span, .. } => Slot::Page(List::Binaries, span.start),
            Self::Bans => Slot::Page(List::Bans, 0),
            Self::IsolatedSensors => Slot::Page(List::IsolatedSensors, 0),
            Self::Summary { id, .. } => Slot::Summary(*id),
            Self::Segments(_) => Slot::Segments,
            Self::Events { segment, .. } => Slot::Events(*segment),
            Self::FileHead { .. } => Slot::FileHead,
            Self::AlertDigest { .. } => Slot::AlertDigest,
            Self::Sensors { span, .. } => Slot::Page(List::Sensors, span.start),
            Self::Watchlists => Slot::Page(List::Watchlists, 0),
            Self::WatchActions(_) => Slot::WatchActions,
            Self::Feeds => Slot::Page(List::Feeds, 0),
            Self::Reports { span, .. } => Slot::Page(List::Reports, span.start),
            Self::Report(_) => Slot::Report,
            Self::Users => Slot::Page(List::Users, 0),
            Self::Teams => Slot::Page(List::Teams, 0),
            Self::Sites => Slot::Page(List::Sites, 0),
            Self::License => Slot::License,
            Self::Partitions => Slot::Partitions,
            Self::Facets { .. } | Self::AlertFacets { .. } | Self::Count { .. } => return None,
        })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerInfo => f.write_str("server"),
            Self::Page(_, start) => write!(f, "rows from {}", start + 1),
            Self::Lineage => f.write_str("parent chain"),
            Self::Sensor => f.write_str("sensor"),
            Self::SensorGroup => f.write_str("sensor group"),
            Self::Binary => f.write_str("binary"),
            Self::Prevalence => f.write_str("prevalence"),
            Self::HostAlerts => f.write_str("alerts of the host"),
            Self::Facets(FacetSide::A) => f.write_str("facets"),
            Self::Facets(FacetSide::B) => f.write_str("facets to compare"),
            Self::FieldValues => f.write_str("values"),
            Self::AlertDigest => f.write_str("queue"),
            Self::NewAlerts => f.write_str("new alerts"),
            Self::AlertContext(part) => f.write_str(match part {
                AlertContextPart::NewestAlert => "newest alert",
                AlertContextPart::Lineage => "parent chain",
                AlertContextPart::Sensor => "sensor",
                AlertContextPart::Binary => "binary",
                AlertContextPart::HostAlerts => "alerts of the host",
                AlertContextPart::HashAlerts => "alerts of the hash",
                AlertContextPart::PastOutcomes | AlertContextPart::LastResolved => "alerts of the report",
            }),
            Self::Summary(_) => f.write_str("process"),
            Self::Segments => f.write_str("segments"),
            Self::Events(_) => f.write_str("events"),
            Self::FileHead => f.write_str("first bytes"),
            Self::Joined(_) => f.write_str("columns"),
            Self::WatchActions => f.write_str("actions"),
            Self::WatchCount => f.write_str("matches now"),
            Self::Report => f.write_str("threat report"),
            Self::ReportAlerts => f.write_str("alerts of the report"),
            Self::License => f.write_str("license"),
            Self::Partitions => f.write_str("event store"),
        }
    }
}
