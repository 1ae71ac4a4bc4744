//! Alerts raised by watchlists and threat reports, with their status.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Document, EventCounts, Md5, ProcessId, SensorId, Sha256};
use crate::text::Untrusted;

/// Identifies an alert: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AlertId(pub Untrusted);

/// An alert (API reference 2.13). Times are on the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    pub id: AlertId,
    /// What the alert is about and how it was found.
    pub kind: AlertKind,
    pub status: AlertStatus,
    pub created: Option<Timestamp>,
    pub resolved: Option<Timestamp>,
    /// Empty if unassigned.
    pub assigned_to: Untrusted,
    /// 0 to 100.
    pub severity: Option<f64>,
    /// -100 to 100.
    pub report_score: Option<i64>,
    pub source: AlertSource,
    /// Id of the watchlist or report.
    pub source_id: Untrusted,
    /// Name of the watchlist, or title of the report.
    pub source_name: Untrusted,
    /// Name of the feed; `My Watchlists` for watchlists.
    pub feed_name: Untrusted,
    /// Whether its report has been ignored since.
    pub is_report_ignored: Option<bool>,
    pub indicator: Indicator,
    /// Description of the report, from the feed.
    pub description: Untrusted,
    /// URL of the feed's explanation.
    pub link: Untrusted,
    /// Computer name.
    pub host: Untrusted,
    pub sensor: Option<SensorId>,
    /// Name of the sensor group.
    pub group: Untrusted,
    /// Operating system, in the server's words.
    pub os: Untrusted,
    /// Address from which the sensor connected to the server.
    pub comms_ip: Option<IpAddr>,
    /// Local address of the sensor.
    pub interface_ip: Option<IpAddr>,
    /// `None` if the alert is about a binary.
    pub process: Option<ProcessId>,
    /// Segment of the process's events.
    pub segment: Option<u64>,
    /// File name of the process.
    pub process_name: Untrusted,
    /// Path of its executable.
    pub process_path: Untrusted,
    /// User that it ran as.
    pub user: Untrusted,
    /// Hash of the executable, or of the binary that the alert is about.
    pub md5: Option<Md5>,
    /// SHA-256 of that file (7.x).
    pub sha256: Option<Sha256>,
    /// Event counts of the process when the alert was raised.
    pub counts: EventCounts,
    /// Paths at which the binary was seen.
    pub observed_paths: Vec<Untrusted>,
    /// Number of hosts that have the binary.
    pub hosts: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl Alert {
    /// Whether the alert is unresolved or in progress.
    pub fn is_open(&self) -> bool {
        AlertStatus::OPEN_STATUSES.contains(&self.status)
    }
}

/// The query for open alerts, those of [`AlertStatus::OPEN_STATUSES`]. Needs parentheses when combined with other
/// terms.
pub const OPEN_ALERTS: &str = "status:Unresolved OR status:\"In Progress\"";

/// What an alert is about, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// A process, matched on ingress.
    IngressProcess,
    /// A binary, matched on ingress.
    IngressBinary,
    /// A host, matched on ingress.
    IngressHost,
    /// A process, found by a periodic search.
    QueryProcess,
    /// A binary, found by a periodic search.
    QueryBinary,
    /// Another word of the server.
    Other(Untrusted),
}

impl AlertKind {
    /// Every known kind.
    const ALL: [Self; 5] =
        [Self::IngressProcess, Self::IngressBinary, Self::IngressHost, Self::QueryProcess, Self::QueryBinary];

    /// Parses the server's word.
    pub fn parse(word: &Untrusted) -> Self {
        let kind = Self::ALL.into_iter().find(|kind| word.eq_ignore_case(kind.server_word().raw()));
        kind.unwrap_or_else(|| Self::Other(word.clone()))
    }

    /// Returns the server's word.
    pub fn server_word(&self) -> Untrusted {
        match self {
            Self::IngressProcess => "watchlist.hit.ingress.process".into(),
            Self::IngressBinary => "watchlist.hit.ingress.binary".into(),
            Self::IngressHost => "watchlist.hit.ingress.host".into(),
            Self::QueryProcess => "watchlist.hit.query.process".into(),
            Self::QueryBinary => "watchlist.hit.query.binary".into(),
            // The server may omit it.
            Self::Other(word) => word.non_empty().cloned().unwrap_or_else(|| "unknown".into()),
        }
    }
}

/// The status of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    Unresolved,
    InProgress,
    Resolved,
    FalsePositive,
    /// Another word of the server.
    Other(Untrusted),
}

impl AlertStatus {
    /// Every known status, in workflow order.
    pub const ALL: [Self; 4] = [Self::Unresolved, Self::InProgress, Self::Resolved, Self::FalsePositive];

    /// The statuses of open alerts. [`OPEN_ALERTS`] is the query for them.
    pub const OPEN_STATUSES: [Self; 2] = [Self::Unresolved, Self::InProgress];

    /// Parses the server's word or its hyphenated form, ignoring case: `In Progress`, `in-progress`.
    pub fn parse(word: &Untrusted) -> Self {
        let spaced = Untrusted::from(word.raw().trim().replace('-', " "));
        let status = Self::ALL.into_iter().find(|status| spaced.eq_ignore_case(status.server_word().raw()));
        status.unwrap_or_else(|| Self::Other(word.clone()))
    }

    /// Returns the server's word.
    pub fn server_word(&self) -> Untrusted {
        match self {
            Self::Unresolved => "Unresolved".into(),
            Self::InProgress => "In Progress".into(),
            Self::Resolved => "Resolved".into(),
            Self::FalsePositive => "False Positive".into(),
            Self::Other(word) => word.clone(),
        }
    }
}

/// What raised an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertSource {
    Watchlist,
    /// A report of the feed with this id, if the server sends it.
    Report(Option<u64>),
}

/// The indicator of a process or binary that an alert is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indicator {
    /// `query`, `md5`, `dns`, `ipv4`, … in the server's words.
    pub kind: Untrusted,
    /// Hash, domain or address; for a query, the parameters of its search as a watchlist stores them.
    pub value: Untrusted,
    /// Index that a query searches: `events` or `modules`.
    pub index: Untrusted,
    /// Matches in the document, in the server's words.
    pub matched: Vec<Untrusted>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_open_alerts_asks_for_each_status_that_is_open() {
        let term = |status: AlertStatus| match status.server_word().raw() {
            word if word.contains(' ') => format!("status:\"{word}\""),
            word => format!("status:{word}"),
        };
        assert_eq!(OPEN_ALERTS, AlertStatus::OPEN_STATUSES.map(term).join(" OR "));
    }

    #[test]
    fn words_are_parsed_in_any_case_and_unknown_ones_are_retained() {
        for status in AlertStatus::ALL {
            assert_eq!(AlertStatus::parse(&status.server_word()), status);
        }
        for (word, status) in [
            ("in progress", AlertStatus::InProgress),
            ("in-progress", AlertStatus::InProgress),
            ("false-positive", AlertStatus::FalsePositive),
            (" RESOLVED", AlertStatus::Resolved),
            ("Escalated", AlertStatus::Other("Escalated".into())),
            ("", AlertStatus::Other("".into())),
        ] {
            assert_eq!(AlertStatus::parse(&word.into()), status, "{word}");
        }
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::parse(&kind.server_word()), kind);
        }
        let odd = Untrusted::from("watchlist.hit.future");
        assert_eq!(AlertKind::parse(&odd), AlertKind::Other(odd.clone()));
    }
}
