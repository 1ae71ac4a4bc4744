//! Slots: the places on screen that answers belong to.

use std::fmt;

use strum::{AsRefStr, EnumIter};

use super::{JoinObject, List};
use crate::model::{ProcessId, Segment};

/// The place on screen that an answer belongs to. A slot has at most one pending request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr)]
pub enum Slot {
    /// Version and settings of the server, shown in the header.
    #[strum(serialize = "server")]
    ServerInfo,
    /// Page of a list that starts at this row.
    Page(List, u64),
    /// Parent chain of the selected process.
    #[strum(serialize = "parent chain")]
    Lineage,
    /// Sensor of the selected process.
    #[strum(serialize = "sensor")]
    Sensor,
    /// Group of that sensor.
    #[strum(serialize = "sensor group")]
    SensorGroup,
    /// Binary of the selected process.
    #[strum(serialize = "binary")]
    Binary,
    /// How common its file is.
    #[strum(serialize = "prevalence")]
    Prevalence,
    /// Open alerts of the selected host.
    #[strum(serialize = "alerts of the host")]
    HostAlerts,
    #[strum(serialize = "process")]
    Summary(ProcessId),
    /// List of segments of the opened process.
    #[strum(serialize = "segments")]
    Segments,
    /// Events of a segment of the opened process.
    #[strum(serialize = "events")]
    Events(Segment),
    #[strum(serialize = "first bytes")]
    FileHead,
    /// An object that rows refer to.
    #[strum(serialize = "columns")]
    Joined(JoinObject),
    /// Value counts of the process search, or of the search it is compared with.
    Facets(FacetSide),
    /// Values of the field that is being typed.
    #[strum(serialize = "values")]
    FieldValues,
    /// Actions of the selected watchlist.
    #[strum(serialize = "actions")]
    WatchActions,
    /// Current number of matches of the selected watchlist.
    #[strum(serialize = "matches now")]
    WatchCount,
    /// The selected threat report with its indicators.
    #[strum(serialize = "threat report")]
    Report,
    /// Number of alerts that the selected report raised.
    #[strum(serialize = "alerts of the report")]
    ReportAlerts,
    #[strum(serialize = "license")]
    License,
    /// All alerts of the search, for grouping.
    #[strum(serialize = "queue")]
    AlertDigest,
    /// The newest alerts, polled for live updates.
    #[strum(serialize = "new alerts")]
    NewAlerts,
    /// A part of the context of the selected alert.
    AlertContext(AlertContextPart),
}

/// A part of the context of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr, EnumIter)]
pub enum AlertContextPart {
    /// Newest alert of the selected group.
    #[strum(serialize = "newest alert")]
    NewestAlert,
    /// Parent chain of its process.
    #[strum(serialize = "parent chain")]
    Lineage,
    #[strum(serialize = "sensor")]
    Sensor,
    #[strum(serialize = "binary")]
    Binary,
    /// Number of open alerts on its host.
    #[strum(serialize = "alerts of the host")]
    HostAlerts,
    /// Number of open alerts of its file.
    #[strum(serialize = "alerts of the hash")]
    HashAlerts,
    /// Status counts of past alerts of its report or watchlist.
    #[strum(serialize = "alerts of the report")]
    PastOutcomes,
    /// The most recently resolved of those.
    #[strum(serialize = "alerts of the report")]
    LastResolved,
}

/// One of the two searches whose value counts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsRefStr)]
pub enum FacetSide {
    /// The search itself.
    #[strum(serialize = "facets")]
    A,
    /// The search it is compared with.
    #[strum(serialize = "facets to compare")]
    B,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(_, start) => write!(f, "rows from {}", start + 1),
            Self::AlertContext(part) => f.write_str(part.as_ref()),
            Self::Facets(side) => f.write_str(side.as_ref()),
            other => f.write_str(other.as_ref()),
        }
    }
}
