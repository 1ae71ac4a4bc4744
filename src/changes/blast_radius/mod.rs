//! The blast radius: what a change affects, found out before it is applied. Every line names its source.

mod describe;
mod hash;
mod host;
mod many;
mod report;
mod watchlist;

use std::pin::Pin;

use super::{BanChange, Change, Plan, PlanContext, SensorChange, Snapshot, WatchlistChange};
use crate::api::Error;
use crate::model::{AlertId, StoredIndex};

pub use many::{batch_cost, batch_impact, batch_impact_merged, is_batch, read_ban_batch};

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

impl Change {
    /// Returns the names of the blast radius lines, in their order.
    pub fn probe_names(&self) -> &'static [&'static str] {
        match self {
            Self::Ban(BanChange::Ban { .. }) => &hash::NAMES,
            Self::Sensor(SensorChange::Isolate(_)) => &host::NAMES,
            Self::Ignore(change) if change.is_ignored => &report::NAMES,
            Self::Watch(change) if change.query().is_some() => &watchlist::NAMES,
            _ => &[],
        }
    }
}

impl Plan {
    /// Finds out the blast radius and passes each line to `on_line` as soon as its probe ends.
    pub async fn blast_radius(&self, context: &PlanContext, on_line: impl Fn(ImpactLine)) {
        let probes: Vec<Probe<'_>> = match (&self.change, &self.state) {
            (Change::Ban(BanChange::Ban { .. }), Snapshot::Hash { md5, .. }) => hash::impact_probes(*md5, context),
            (Change::Sensor(SensorChange::Isolate(_)), Snapshot::Sensor(sensor)) => {
                host::impact_probes(sensor, &self.role, &context.client)
            }
            (Change::Ignore(change), _) if change.is_ignored => report::impact_probes(&change.report, &context.client),
            (Change::Watch(change), Snapshot::Watchlist(current)) => {
                let index = match change {
                    WatchlistChange::Create(new) => Some(&new.index),
                    _ => current.watchlist.as_ref().map(|watchlist| &watchlist.index),
                };
                let index = index.unwrap_or(&StoredIndex::Events);
                let Some(query) = change.query() else {
                    return;
                };
                watchlist::impact_probes(query, index, &context.client)
            }
            _ => return,
        };
        let lines = self.change.probe_names().iter().zip(probes).map(|(name, probe)| {
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
