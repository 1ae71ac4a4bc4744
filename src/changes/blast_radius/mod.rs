//! The blast radius: whom a deed will hit, found out before it is done. Every line says where it comes from.

mod describe;
mod hash;
mod host;
mod many;
mod report;
mod watchlist;

use std::pin::Pin;

use super::{Change, Plan, PlanContext, Snapshot, WatchlistChange};
use crate::api::Error;
use crate::model::{AlertId, StoredIndex};

pub use many::{batch_cost, batch_impact, batch_impact_merged, is_batch, read_ban_batch};

/// One line of the blast radius.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpactLine {
    /// What it is about, in a word.
    pub subject: &'static str,
    /// What is so.
    pub text: String,
    /// Where that comes from, and how much of it was read.
    pub source: String,
    /// What of it speaks against the deed: `--yes` alone does not pass it, nor does one key.
    pub warnings: Vec<String>,
    /// What of it is to be known, and speaks against nothing.
    pub notes: Vec<String>,
    /// The alerts that it counts, one by one, where something can be done to them.
    pub alerts: Vec<AlertId>,
    /// How many requests it took.
    pub requests: u32,
    /// Whether it could be found out.
    pub is_known: bool,
}

/// A look that makes one line.
type Probe<'a> = Pin<Box<dyn Future<Output = Result<ImpactLine, Error>> + Send + 'a>>;

impl Change {
    /// What the lines of its blast radius are about, in their order.
    pub fn probe_names(&self) -> &'static [&'static str] {
        match self {
            Self::Ban { .. } => &hash::NAMES,
            Self::Isolate(_) => &host::NAMES,
            Self::Ignore(ignoring) if ignoring.is_ignored => &report::NAMES,
            Self::Watch(watching) if watching.query().is_some() => &watchlist::NAMES,
            _ => &[],
        }
    }
}

impl Plan {
    /// Finds out whom it will hit, and tells each line as it becomes known.
    pub async fn blast_radius(&self, estate: &PlanContext, tell: impl Fn(ImpactLine)) {
        let looks: Vec<Probe<'_>> = match (&self.change, &self.state) {
            (Change::Ban { .. }, Snapshot::Hash { md5, .. }) => hash::impact_probes(*md5, estate),
            (Change::Isolate(_), Snapshot::Sensor(sensor)) => host::impact_probes(sensor, &self.role, &estate.client),
            (Change::Ignore(ignoring), _) if ignoring.is_ignored => {
                report::impact_probes(&ignoring.report, &estate.client)
            }
            (Change::Watch(watching), Snapshot::Watchlist(now)) => {
                let index = match watching {
                    WatchlistChange::Create(new) => Some(&new.index),
                    _ => now.watchlist.as_ref().map(|one| &one.index),
                };
                let index = index.unwrap_or(&StoredIndex::Events);
                let Some(query) = watching.query() else {
                    return;
                };
                watchlist::impact_probes(query, index, &estate.client)
            }
            _ => return,
        };
        let each = self.change.probe_names().iter().zip(looks).map(|(what, look)| {
            let tell = &tell;
            async move { tell(run_probe(what, look, estate, 1).await) }
        });
        futures::future::join_all(each).await;
    }
}

/// A line of the blast radius, in the time that it may take, which is longer where it takes several requests.
async fn run_probe(what: &'static str, look: Probe<'_>, estate: &PlanContext, n_requests: u32) -> ImpactLine {
    let timeout = estate.client.timings().probe_timeout * n_requests;
    match tokio::time::timeout(timeout, look).await {
        Ok(Ok(line)) => ImpactLine { subject: what, is_known: true, ..line },
        Ok(Err(error)) => ImpactLine::unknown(what, &error.to_string()),
        Err(_) => ImpactLine::unknown(what, &format!("no answer within {} s", timeout.as_secs())),
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

/// Returns what cannot be told without a line that may warn: a warning that nothing looked for is not known to be absent.
fn unavailable(what: &str, why: &str) -> Option<String> {
    let (whose, doubt) = match what {
        "file" => ("File record", "whether it is Microsoft-signed or a security tool"),
        "hosts" => ("List of hosts", "how many hosts have it, or whether protected hosts do"),
        "groups" => ("Host types", "whether domain controllers ran it"),
        "role" => ("Host role", "whether this is a DOMAIN CONTROLLER"),
        "last 90 days" => ("Alerts of the last 90 days", "whether true positives are among those it would suppress"),
        "last 24 h" => ("Hits of the last 24 h", "how many alerts a day it would raise"),
        _ => return None,
    };
    Some(format!("{whose} unavailable ({why}): cannot tell {doubt}"))
}
