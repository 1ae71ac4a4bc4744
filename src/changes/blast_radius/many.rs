//! Many hashes, looked up together: how many requests that takes is bounded, and known before.

use std::{collections::HashMap, hash::Hash};

use super::{ImpactLine, hash, run_probe};
use crate::api::Error;
use crate::changes::{Change, Plan, PlanContext, Snapshot};
use crate::model::Md5;

/// As many hashes are looked up one by one.
const MAX_SINGLE_LOOKUPS: usize = 4;

/// A list of so many bans may not be all of them.
const MAX_LISTED_BANS: usize = 10_000;

/// Whether these are looked up together: bans of more hashes than a few, or the end of such bans.
pub fn is_batch(deeds: &[Change]) -> bool {
    deeds.len() > MAX_SINGLE_LOOKUPS && deeds.iter().all(|deed| ban_hash(deed).is_some())
}

/// How many requests that takes, in words; nothing where they are looked up one by one.
pub fn batch_cost(deeds: &[Change]) -> Option<String> {
    is_batch(deeds).then(|| {
        let n = deeds.len();
        format!(
            "{n} hashes: up to {} API requests for this preview, then up to 4 for each hash that changes",
            max_probe_requests(n)
        )
    })
}

/// How many requests the looks at so many hashes take at most.
fn max_probe_requests(n: usize) -> usize {
    /// The bans, the server, its groups, its license, its sensors, and what no ban reaches.
    const SHARED: usize = 6;
    /// The records of the files, and three counts.
    const EACH: usize = 4;
    SHARED + EACH * n.div_ceil(hash::HASHES_PER_REQUEST)
}

fn ban_hash(deed: &Change) -> Option<Md5> {
    match deed {
        Change::Ban { md5, .. } | Change::Unban(md5) => Some(*md5),
        _ => None,
    }
}

/// Reads what the server has of the hashes of bans as one list. Nothing for those of which the list does not tell: they
/// are read alone.
pub async fn read_ban_batch(deeds: &[Change], estate: &PlanContext) -> Result<Vec<Option<Snapshot>>, Error> {
    if estate.policy.read_only_rejection().is_some() {
        return Ok(vec![None; deeds.len()]);
    }
    let client = &estate.client;
    let page = client.bans().await?;
    let is_whole = page.n_unreadable == 0 && page.rows.len() < MAX_LISTED_BANS;
    let bans = page.rows.into_iter().map(|ban| (ban.md5, ban));
    let mut bans: HashMap<_, _> = bans.collect();
    let states = deeds.iter().map(|deed| {
        let md5 = ban_hash(deed)?;
        let ban = bans.remove(&md5);
        (is_whole || ban.is_some()).then(|| Snapshot::Hash { md5, ban, list: client.ban_list() })
    });
    Ok(states.collect())
}

/// Whom the bans of many hashes will hit: what is known of each, and what is known of all of them together. What is not
/// about bans, or about few, has nothing here.
pub async fn batch_impact(plans: &[Plan], estate: &PlanContext) -> Option<(Vec<Vec<ImpactLine>>, Vec<ImpactLine>)> {
    let md5s = hashes_to_ban(plans)?;
    if md5s.len() <= MAX_SINGLE_LOOKUPS {
        return None;
    }
    let each = impact_per_hash(&md5s, estate).await;
    Some((each, impact_of_executions(&md5s, estate).await))
}

/// The same for the screen: what holds for several hashes is one line. The lines of one name are told together.
pub async fn batch_impact_merged(plans: &[Plan], estate: &PlanContext, tell: impl Fn(Vec<ImpactLine>)) {
    let Some(md5s) = hashes_to_ban(plans).filter(|md5s| !md5s.is_empty()) else {
        return;
    };
    tell(merge_impact(&md5s, impact_per_hash(&md5s, estate).await));
    tell(impact_of_executions(&md5s, estate).await);
}

/// The hashes that are banned; nothing if anything else is done.
fn hashes_to_ban(plans: &[Plan]) -> Option<Vec<Md5>> {
    let md5s = plans.iter().map(|plan| match (&plan.change, &plan.state) {
        (Change::Ban { .. }, Snapshot::Hash { md5, .. }) => Some(*md5),
        _ => None,
    });
    md5s.collect()
}

/// What the records of files tell, for each of them.
async fn impact_per_hash(md5s: &[Md5], estate: &PlanContext) -> Vec<Vec<ImpactLine>> {
    let mut records = hash::records(md5s, &estate.client).await;
    // The records of a block are one request, which is counted with the first of them.
    let mut n_requests = n_blocks(md5s);
    let mut each = Vec::new();
    for md5 in md5s {
        let record = match &mut records {
            Ok((records, doubt)) => records
                .remove(md5)
                .ok_or_else(|| doubt.clone().unwrap_or_else(|| Error::NotFound { what: format!("the binary {md5}") })),
            Err(error) => Err(error.clone()),
        };
        let mut facts = Vec::new();
        for (what, look) in hash::record_probes(record, estate) {
            let mut fact = run_probe(what, look, estate, 1).await;
            if what == hash::NAMES[0] {
                fact.requests = std::mem::take(&mut n_requests);
            }
            facts.push(fact);
        }
        each.push(facts);
    }
    each
}

/// What has run of files, all of them together.
async fn impact_of_executions(md5s: &[Md5], estate: &PlanContext) -> Vec<ImpactLine> {
    let looks = hash::execution_probes(md5s, &estate.client).into_iter();
    let looks = looks.map(|(what, look)| run_probe(what, look, estate, n_blocks(md5s)));
    futures::future::join_all(looks).await
}

fn n_blocks(md5s: &[Md5]) -> u32 {
    u32::try_from(md5s.len().div_ceil(hash::HASHES_PER_REQUEST)).unwrap_or(u32::MAX)
}

/// What is known of each of many hashes, each thing once, with the hashes that it holds for.
fn merge_impact(md5s: &[Md5], each: Vec<Vec<ImpactLine>>) -> Vec<ImpactLine> {
    let mut lines: BulkImpact<(&'static str, String, String), ImpactLine> = BulkImpact::default();
    let (mut warnings, mut notes) = (BulkImpact::default(), BulkImpact::default());
    for (md5, facts) in md5s.iter().zip(each) {
        for mut fact in facts {
            for text in std::mem::take(&mut fact.warnings) {
                warnings.add(text.clone(), text, *md5);
            }
            for text in std::mem::take(&mut fact.notes) {
                notes.add(text.clone(), text, *md5);
            }
            let requests = std::mem::take(&mut fact.requests);
            let key = (fact.subject, fact.text.clone(), fact.source.clone());
            lines.add(key, fact, *md5).requests += requests;
        }
    }
    let named = |(text, holders): (String, Vec<Md5>)| format!("{}{text}", holder_prefix(&holders, md5s));
    let mut warnings = warnings.lines.into_iter().map(named).collect();
    let mut notes = notes.lines.into_iter().map(named).collect();
    let lines = lines.lines.into_iter();
    let lines = lines.map(|(fact, holders)| ImpactLine {
        text: named((fact.text, holders)),
        // What speaks against several of them is told once, whatever line it belongs to.
        warnings: std::mem::take(&mut warnings),
        notes: std::mem::take(&mut notes),
        ..fact
    });
    lines.collect()
}

/// Things that hold for hashes, each once, in the order in which they came.
struct BulkImpact<K, T> {
    places: HashMap<K, usize>,
    lines: Vec<(T, Vec<Md5>)>,
}

impl<K, T> Default for BulkImpact<K, T> {
    fn default() -> Self {
        Self { places: HashMap::new(), lines: Vec::new() }
    }
}

impl<K: Eq + Hash, T> BulkImpact<K, T> {
    /// Adds what holds for a hash. Returns the first that was added with that key.
    fn add(&mut self, key: K, thing: T, md5: Md5) -> &mut T {
        let at = *self.places.entry(key).or_insert(self.lines.len());
        if at == self.lines.len() {
            self.lines.push((thing, Vec::new()));
        }
        let (thing, holders) = &mut self.lines[at];
        holders.push(md5);
        thing
    }
}

/// The hashes that something holds for: a few by name, many by number, all of them not at all.
fn holder_prefix(holders: &[Md5], all: &[Md5]) -> String {
    match holders {
        some if some.len() == all.len() => String::new(),
        [md5] => format!("{md5}: "),
        [one, other] => format!("{one}, {other}: "),
        [first, rest @ ..] => format!("{first} and {} more: ", rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(what: &'static str, said: &str, requests: u32) -> ImpactLine {
        ImpactLine {
            subject: what,
            text: said.into(),
            warnings: vec![format!("look twice about {what}")],
            requests,
            ..ImpactLine::default()
        }
    }

    #[test]
    fn what_holds_for_several_hashes_is_one_line_that_counts_them() {
        let md5s = [1, 2, 3, 4].map(|n| Md5([n; 16]));
        let each = vec![
            vec![fact("file", "no record", 1), fact("hosts", "none", 0)],
            vec![fact("file", "a.exe", 0), fact("hosts", "none", 0)],
            vec![fact("file", "no record", 2), fact("hosts", "none", 0)],
            vec![fact("file", "no record", 0), fact("hosts", "none", 0)],
        ];
        let lines = merge_impact(&md5s, each);
        let said: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            said,
            [
                "01010101010101010101010101010101 and 2 more: no record",
                "none",
                "02020202020202020202020202020202: a.exe"
            ]
        );
        let warnings: Vec<_> = lines.iter().flat_map(|line| &line.warnings).collect();
        assert_eq!(warnings, ["look twice about file", "look twice about hosts"]);
        assert_eq!(lines[0].requests, 3);
    }

    #[test]
    fn bans_beyond_a_few_are_looked_up_together_and_what_that_takes_is_told() {
        let lifts = |n: u8| (0..n).map(|n| Change::Unban(Md5([n; 16]))).collect::<Vec<_>>();
        assert_eq!(batch_cost(&lifts(4)), None);
        let cost = batch_cost(&lifts(51)).unwrap();
        assert!(cost.starts_with("51 hashes: up to 14 API requests"), "{cost}");
    }
}
