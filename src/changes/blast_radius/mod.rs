//! The blast radius: what a change affects, found out before it is applied. Every line names its source.

mod describe;
mod hash;
mod host;
mod many;
mod report;
mod watchlist;

use std::pin::Pin;

use super::{PlanContext, role::HostRole};
use crate::api::Error;
use crate::model::{AlertId, Md5, ReportId, Sensor, StoredIndex};

pub(super) use many::{impact_of_executions, impact_per_hash, max_probe_requests, merge_impact};

/// The subject of a blast radius.
#[derive(Clone, Debug, Default)]
pub(super) enum ImpactSubject {
    /// The change has none.
    #[default]
    None,
    /// The isolation of a host.
    Host { sensor: Box<Sensor>, role: HostRole },
    /// The ban of a hash.
    Hash(Md5),
    /// A threat report that is ignored.
    Report(ReportId),
    /// The query of a watchlist.
    Watchlist { query: String, index: StoredIndex },
}

/// A line of the blast radius.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpactLine {
    /// The name of the line.
    pub subject: &'static str,
    /// The finding in words, or why it is unknown.
    pub text: String,
    /// The source of the result, and how much of it was read.
    pub source: String,
    /// Reasons against the change: neither `--yes` alone nor a single key confirms them.
    pub warnings: Vec<String>,
    /// Facts that are no reasons against the change.
    pub notes: Vec<String>,
    /// The alerts that the result counts, if an action can be applied to them.
    pub alerts: Vec<AlertId>,
    /// The number of requests it took.
    pub requests: u32,
    /// Whether the probe had a result.
    pub is_known: bool,
}

/// A query that produces one line.
type Probe<'a> = Pin<Box<dyn Future<Output = Result<ImpactLine, Error>> + Send + 'a>>;

impl ImpactSubject {
    /// Returns the names of the lines, in their order.
    pub(super) fn names(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Host { .. } => &host::NAMES,
            Self::Hash(_) => &hash::NAMES,
            Self::Report(_) => &report::NAMES,
            Self::Watchlist { .. } => &watchlist::NAMES,
        }
    }

    /// Runs all probes and passes each line to `on_line` as soon as its probe ends.
    pub(super) async fn find(&self, context: &PlanContext, on_line: impl Fn(ImpactLine)) {
        let client = &context.client;
        let probes: Vec<Probe<'_>> = match self {
            Self::None => Vec::new(),
            Self::Host { sensor, role } => host::impact_probes(sensor, role, client),
            Self::Hash(md5) => hash::impact_probes(*md5, context),
            Self::Report(report) => report::impact_probes(report, client),
            Self::Watchlist { query, index } => watchlist::impact_probes(query, index, client),
        };
        let lines = self.names().iter().zip(probes).map(|(name, probe)| {
            let on_line = &on_line;
            async move { on_line(run_probe(name, probe, context, 1).await) }
        });
        futures_util::future::join_all(lines).await;
    }
}

/// Runs a probe with a time-out that grows with the number of its requests.
async fn run_probe(name: &'static str, probe: Probe<'_>, context: &PlanContext, n_requests: u32) -> ImpactLine {
    let timeout = context.client.timings().probe_timeout * n_requests;
    match tokio::time::timeout(timeout, probe).await {
        Ok(Ok(line)) => ImpactLine { subject: name, is_known: true, ..line },
        Ok(Err(error)) => ImpactLine::unknown(name, &error.to_string()),
        Err(_) => ImpactLine::unknown(name, &format!("no answer within {} s", timeout.as_secs())),
    }
}

impl ImpactLine {
    /// Returns the line of a probe that has no result, with the warning that the result could have had.
    pub fn unknown(subject: &'static str, why: &str) -> Self {
        Self {
            subject,
            text: format!("unknown: {why}"),
            warnings: unavailable(subject, why).into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Returns the warning for a probe without a result, if its result can hold a warning: one that was not found out is
/// not known to be absent.
fn unavailable(name: &str, why: &str) -> Option<String> {
    let (source, doubt) = match name {
        "file" => ("File record", "whether it is Microsoft-signed or a security tool"),
        "hosts" => ("List of hosts", "how many hosts have it, or whether protected hosts do"),
        "groups" => ("Host types", "whether domain controllers ran it"),
        "role" => ("Host role", "whether this is a DOMAIN CONTROLLER"),
        "last 90 days" => ("Alerts of the last 90 days", "whether true positives are among those it would suppress"),
        "last 24 h" => ("Hits of the last 24 h", "how many alerts a day it would raise"),
        _ => return None,
    };
    Some(format!("{source} unavailable ({why}): cannot tell {doubt}"))
}
