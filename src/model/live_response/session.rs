//! A session of Live Response: an open connection to the sensor of a host.

use std::{fmt, net::IpAddr};

use jiff::Timestamp;

use super::LiveCommandKind;
use crate::model::{Document, SensorId};
use crate::text::Untrusted;

/// The number of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LiveSessionId(pub u64);

/// A session of Live Response. Times are on the server's clock, limits in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSession {
    pub id: LiveSessionId,
    pub sensor: Option<SensorId>,
    pub status: LiveStatus,
    pub host: Untrusted,
    /// `None` while it is pending.
    pub address: Option<IpAddr>,
    pub created: Option<Timestamp>,
    /// How long the server waits for the sensor.
    pub check_in_timeout: Option<u64>,
    /// How long the sensor waits for the next command.
    pub session_timeout: Option<u64>,
    /// How long the server waits for the next request, which a keepalive counts as.
    pub sensor_wait_timeout: Option<u64>,
    /// Days for which the server stores the files of the session.
    pub storage_days: Option<u64>,
    /// Size of the stored files, in bytes.
    pub storage_size: Option<u64>,
    pub os_version: Untrusted,
    /// `C:\` and others; empty while it is pending, and for systems without drives.
    pub drives: Vec<Untrusted>,
    pub working_directory: Untrusted,
    /// Names of the commands of the sensor; empty while the session is pending.
    pub commands: Vec<Untrusted>,
    pub document: Document,
}

/// The status of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveStatus {
    /// Waiting for the sensor to check in.
    Pending,
    Active,
    Timeout,
    Inactive,
    Closed,
    Error,
    /// A word that is not documented.
    Other(Untrusted),
}

impl LiveStatus {
    /// Parses the server's word, in any letter case.
    pub fn parse(word: &Untrusted) -> Self {
        match word.raw().trim().to_ascii_lowercase().as_str() {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "timeout" => Self::Timeout,
            "inactive" => Self::Inactive,
            "close" | "closed" => Self::Closed,
            "error" => Self::Error,
            _ => Self::Other(word.clone()),
        }
    }

    /// Whether commands can be sent now or after the sensor has checked in.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Pending | Self::Active)
    }

    /// Returns the server's word.
    pub fn label(&self) -> Untrusted {
        match self {
            Self::Pending => "pending".into(),
            Self::Active => "active".into(),
            Self::Timeout => "timeout".into(),
            Self::Inactive => "inactive".into(),
            Self::Closed => "closed".into(),
            Self::Error => "error".into(),
            Self::Other(word) => word.clone(),
        }
    }
}

impl LiveSession {
    /// Whether the sensor carries out commands of this kind.
    pub fn supports(&self, kind: LiveCommandKind) -> bool {
        self.commands.iter().any(|name| name.eq_ignore_case(kind.name()))
    }
}

impl fmt::Display for LiveSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
