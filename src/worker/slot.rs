//! Where an answer belongs on the screen.

use std::fmt;

use strum::EnumIter;

use super::{JoinObject, List};
use crate::fetch::Fetch;
use crate::model::{ProcessId, Segment};

/// The place on screen an answer belongs to. A slot awaits at most one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The server's own facts, in the header.
    ServerInfo,
    /// The page of a list that begins with this row.
    Page(List, u64),
    /// The parent chain of the process under examination.
    Lineage,
    /// Its sensor.
    Sensor,
    /// The group of that sensor.
    SensorGroup,
    /// Its binary.
    Binary,
    /// How common its file is.
    Prevalence,
    /// The alerts that are open on its host.
    HostAlerts,
    /// A process with its relatives.
    Summary(ProcessId),
    /// Which segments the opened process has.
    Segments,
    /// The events of one of them.
    Events(Segment),
    /// The first bytes of a file.
    FileHead,
    /// A column of rows.
    Joined(JoinObject),
    /// What is counted of the process search, or of what it is compared with.
    Facets(FacetSide),
    /// Values of the field that is typed.
    FieldValues,
    /// What the watchlist under the cursor sets off.
    WatchActions,
    /// How much it finds now.
    WatchCount,
    /// The threat report under the cursor, with all that it looks for.
    Report,
    /// How many alerts it has raised.
    ReportAlerts,
    /// What the server is licensed for.
    License,
    /// Its store of events.
    Partitions,
    /// All alerts of the search, to be grouped.
    AlertDigest,
    /// A look whether new alerts have come.
    NewAlerts,
    /// What is to be known besides of the alert under the cursor.
    AlertContext(AlertContextPart),
}

/// What sets an alert in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter)]
pub enum AlertContextPart {
    /// The newest alert of the group under the cursor.
    NewestAlert,
    /// The parent chain of its process.
    Lineage,
    /// The sensor of its host.
    Sensor,
    /// Its file.
    Binary,
    /// How many alerts are open on its host.
    HostAlerts,
    /// How many are open of its file.
    HashAlerts,
    /// How the last alerts of its report or watchlist ended.
    PastOutcomes,
    /// Which of them was resolved last.
    LastResolved,
}

/// One of two results that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetSide {
    /// The result of the search itself.
    A,
    /// What it is compared with.
    B,
}

impl Fetch {
    /// The place its answer belongs to; `None` for what the screen never asks.
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
            Self::AlertContext(aside) => f.write_str(match aside {
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
