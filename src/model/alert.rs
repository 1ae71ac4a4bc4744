//! An alert: what a watchlist or a feed's report found worth a look, and how far somebody has looked.

use std::net::IpAddr;

use jiff::Timestamp;

use super::{Document, EventCounts, Md5, ProcessId, SensorId, Sha256};
use crate::text::Untrusted;

/// The server's name for an alert: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId(pub Untrusted);

/// One alert (reference 2.13). Times are the server's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What was found, and when: as events came in, or by a search later.
    pub kind: AlertKind,
    /// How far somebody has looked.
    pub status: AlertStatus,
    /// When it was raised.
    pub created: Option<Timestamp>,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// The user it is assigned to; empty when nobody has it.
    pub assigned_to: Untrusted,
    /// 0 to 100.
    pub severity: Option<f64>,
    /// -100 to 100.
    pub report_score: Option<i64>,
    /// What raised it.
    pub source: AlertSource,
    /// The watchlist's id, or the report's.
    pub source_id: Untrusted,
    /// The watchlist's name, or the report's title.
    pub source_name: Untrusted,
    /// The feed's name; `My Watchlists` for watchlists.
    pub feed_name: Untrusted,
    /// Whether its report is ignored by now.
    pub is_report_ignored: Option<bool>,
    /// What matched.
    pub indicator: Indicator,
    /// What the feed says about its report.
    pub description: Untrusted,
    /// Where the feed explains itself.
    pub link: Untrusted,
    /// The computer, as the document spells it.
    pub host: Untrusted,
    /// The sensor that saw it.
    pub sensor: Option<SensorId>,
    /// The sensor group.
    pub group: Untrusted,
    /// The server's word for the operating system.
    pub os: Untrusted,
    /// The address by which the sensor reached the server.
    pub comms_ip: Option<IpAddr>,
    /// The sensor's own address.
    pub interface_ip: Option<IpAddr>,
    /// The process it is about; absent for one about a binary alone.
    pub process: Option<ProcessId>,
    /// Which batch of that process's events it was.
    pub segment: Option<u64>,
    /// That process's file name.
    pub process_name: Untrusted,
    /// The path of its executable.
    pub process_path: Untrusted,
    /// The user it ran as.
    pub user: Untrusted,
    /// The hash of the executable, or of the binary it is about.
    pub md5: Option<Md5>,
    /// The SHA-256 of the same (7.x).
    pub sha256: Option<Sha256>,
    /// How many events of each kind the process had by then.
    pub counts: EventCounts,
    /// Where the binary was seen.
    pub observed_paths: Vec<Untrusted>,
    /// How many hosts have the binary.
    pub hosts: Option<u64>,
    /// The record as the server sent it.
    pub document: Document,
}

impl Alert {
    /// Whether nobody has said yet what became of it.
    pub fn is_open(&self) -> bool {
        AlertStatus::OPEN_STATUSES.contains(&self.status)
    }
}

/// The query of the open alerts, those of [`AlertStatus::OPEN_STATUSES`]. Beside another term it needs parentheses.
pub const OPEN_ALERTS: &str = "status:Unresolved OR status:\"In Progress\"";

/// What an alert is about, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertKind {
    /// A process, as its events came in.
    IngressProcess,
    /// A binary, as it was first reported.
    IngressBinary,
    /// A host, as its events came in.
    IngressHost,
    /// A process, by a search.
    QueryProcess,
    /// A binary, by a search.
    QueryBinary,
    /// The server's own word for anything else.
    Other(Untrusted),
}

impl AlertKind {
    /// Every kind that is known.
    const ALL: [Self; 5] =
        [Self::IngressProcess, Self::IngressBinary, Self::IngressHost, Self::QueryProcess, Self::QueryBinary];

    /// Reads the server's word.
    pub fn parse(word: &Untrusted) -> Self {
        let known = Self::ALL.into_iter().find(|kind| word.eq_ignore_case(kind.server_word().raw()));
        known.unwrap_or_else(|| Self::Other(word.clone()))
    }

    /// The server's word.
    pub fn server_word(&self) -> Untrusted {
        match self {
            Self::IngressProcess => "watchlist.hit.ingress.process".into(),
            Self::IngressBinary => "watchlist.hit.ingress.binary".into(),
            Self::IngressHost => "watchlist.hit.ingress.host".into(),
            Self::QueryProcess => "watchlist.hit.query.process".into(),
            Self::QueryBinary => "watchlist.hit.query.binary".into(),
            // A server may leave it out.
            Self::Other(word) => word.non_empty().cloned().unwrap_or_else(|| "unknown".into()),
        }
    }
}

/// How far somebody has looked at an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertStatus {
    /// Nobody has.
    Unresolved,
    /// Somebody is at it.
    InProgress,
    /// It is dealt with.
    Resolved,
    /// It was nothing.
    FalsePositive,
    /// The server's own word for anything else.
    Other(Untrusted),
}

impl AlertStatus {
    /// Every status that is known, in the order of work.
    pub const ALL: [Self; 4] = [Self::Unresolved, Self::InProgress, Self::Resolved, Self::FalsePositive];

    /// Every status of an alert that is open. [`OPEN_ALERTS`] is the query that finds them.
    pub const OPEN_STATUSES: [Self; 2] = [Self::Unresolved, Self::InProgress];

    /// Reads the server's word in any case, or ours: `In Progress`, `in-progress`.
    pub fn parse(word: &Untrusted) -> Self {
        let spaced = Untrusted::from(word.raw().trim().replace('-', " "));
        let known = Self::ALL.into_iter().find(|status| spaced.eq_ignore_case(status.server_word().raw()));
        known.unwrap_or_else(|| Self::Other(word.clone()))
    }

    /// The server's word.
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
    /// A watchlist.
    Watchlist,
    /// A report of the feed with this number, where the server tells it.
    Report(Option<u64>),
}

/// What of a process or binary an alert is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indicator {
    /// `query`, `md5`, `dns`, `ipv4`, … in the server's words.
    pub kind: Untrusted,
    /// The hash, name or address. For a query: the parameters of its search, as a watchlist stores them.
    pub value: Untrusted,
    /// The index that a query searches: `events` or `modules`.
    pub index: Untrusted,
    /// What of the document matched, each in a few words.
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
    fn words_are_read_in_any_case_and_unknown_ones_stay() {
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
