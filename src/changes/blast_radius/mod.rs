//! The blast radius: whom a deed will hit, found out before it is done. Every line says where it comes from.

mod describe;
mod hash;
mod host;
mod many;
mod report;
mod watchlist;

use std::pin::Pin;

use super::{Deed, Estate, Plan, State, Watching};
use crate::api::Error;
use crate::model::{AlertId, StoredIndex};

pub use many::{are_many, cost_of_many, of_many, of_many_gathered, read_many};

/// One line of the blast radius.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    /// What it is about, in a word.
    pub what: &'static str,
    /// What is so.
    pub said: String,
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
type Look<'a> = Pin<Box<dyn Future<Output = Result<Fact, Error>> + Send + 'a>>;

impl Deed {
    /// What the lines of its blast radius are about, in their order.
    pub fn looks(&self) -> &'static [&'static str] {
        match self {
            Self::Ban { .. } => &hash::NAMES,
            Self::Isolate(_) => &host::NAMES,
            Self::Ignore(ignoring) if ignoring.on => &report::NAMES,
            Self::Watch(watching) if watching.query().is_some() => &watchlist::NAMES,
            _ => &[],
        }
    }
}

impl Plan {
    /// Finds out whom it will hit, and tells each line as it becomes known.
    pub async fn radius(&self, estate: &Estate, tell: impl Fn(Fact)) {
        let looks: Vec<Look<'_>> = match (&self.deed, &self.state) {
            (Deed::Ban { .. }, State::Hash { md5, .. }) => hash::looks(*md5, estate),
            (Deed::Isolate(_), State::Sensor(sensor)) => host::looks(sensor, &self.role, &estate.client),
            (Deed::Ignore(ignoring), _) if ignoring.on => report::looks(&ignoring.report, &estate.client),
            (Deed::Watch(watching), State::Watchlist(now)) => {
                let index = match watching {
                    Watching::Create(new) => Some(&new.index),
                    _ => now.watchlist.as_ref().map(|one| &one.index),
                };
                let index = index.unwrap_or(&StoredIndex::Events);
                let Some(query) = watching.query() else {
                    return;
                };
                watchlist::looks(query, index, &estate.client)
            }
            _ => return,
        };
        let each = self.deed.looks().iter().zip(looks).map(|(what, look)| {
            let tell = &tell;
            async move { tell(known(what, look, estate, 1).await) }
        });
        futures::future::join_all(each).await;
    }
}

/// A line of the blast radius, in the time that it may take, which is longer where it takes several requests.
async fn known(what: &'static str, look: Look<'_>, estate: &Estate, n_requests: u32) -> Fact {
    let patience = estate.client.pace().patience * n_requests;
    let unknown = |why: String| Fact {
        said: format!("unknown: {why}"),
        warnings: unavailable(what, &why).into_iter().collect(),
        ..Fact::default()
    };
    let fact = match tokio::time::timeout(patience, look).await {
        Ok(Ok(fact)) => Fact { is_known: true, ..fact },
        Ok(Err(error)) => unknown(error.to_string()),
        Err(_) => unknown(format!("no answer within {} s", patience.as_secs())),
    };
    Fact { what, ..fact }
}

/// What cannot be told without a line that would warn. A warning that could not be looked for is not known to be absent.
fn unavailable(what: &str, why: &str) -> Option<String> {
    let (whose, doubt) = match what {
        "file" => ("File record", "whether it is Microsoft-signed or a security tool"),
        "hosts" => ("List of hosts", "how many hosts have it, or whether protected hosts do"),
        "groups" => ("Host types", "whether domain controllers ran it"),
        "role" => ("Host role", "whether this is a DOMAIN CONTROLLER"),
        _ => return None,
    };
    Some(format!("{whose} unavailable ({why}): cannot tell {doubt}"))
}
