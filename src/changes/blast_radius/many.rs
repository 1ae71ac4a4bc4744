//! The blast radius of many bans: the hashes are looked up in blocks.

use std::{collections::HashMap, hash::Hash};

use super::{ImpactLine, PlanContext, hash, run_probe};
use crate::api::Error;
use crate::model::Md5;

/// Returns the maximum number of requests for the blast radius of `n` hashes.
pub(in crate::changes) fn max_probe_requests(n: usize) -> usize {
    /// Ban list, server info, sensor groups, license, number of sensors, ban restrictions.
    const SHARED: usize = 6;
    /// Binary records and three facet counts.
    const EACH: usize = 4;
    SHARED + EACH * n.div_ceil(hash::HASHES_PER_REQUEST)
}

/// Returns the lines from the binary record of each hash.
pub(in crate::changes) async fn impact_per_hash(md5s: &[Md5], context: &PlanContext) -> Vec<Vec<ImpactLine>> {
    let mut records = hash::records(md5s, &context.client).await;
    // The records of a block take one request, which is counted with the first hash.
    let mut n_requests = n_blocks(md5s);
    let mut each = Vec::new();
    for md5 in md5s {
        let record = match &mut records {
            Ok((records, missing_error)) => records.remove(md5).ok_or_else(|| {
                missing_error.clone().unwrap_or_else(|| Error::NotFound { what: format!("binary {md5}") })
            }),
            Err(error) => Err(error.clone()),
        };
        let mut lines = Vec::new();
        for (name, probe) in hash::record_probes(record, context) {
            let mut line = run_probe(name, probe, context, 1).await;
            if name == hash::NAMES[0] {
                line.requests = std::mem::take(&mut n_requests);
            }
            lines.push(line);
        }
        each.push(lines);
    }
    each
}

/// Returns the lines about executions of all hashes together.
pub(in crate::changes) async fn impact_of_executions(md5s: &[Md5], context: &PlanContext) -> Vec<ImpactLine> {
    let probes = hash::execution_probes(md5s, &context.client)
        .into_iter()
        .map(|(name, probe)| run_probe(name, probe, context, n_blocks(md5s)));
    futures_util::future::join_all(probes).await
}

fn n_blocks(md5s: &[Md5]) -> u32 {
    u32::try_from(md5s.len().div_ceil(hash::HASHES_PER_REQUEST)).unwrap_or(u32::MAX)
}

/// Merges the lines of many hashes: each line once, with the hashes that it applies to.
pub(in crate::changes) fn merge_impact(md5s: &[Md5], each: Vec<Vec<ImpactLine>>) -> Vec<ImpactLine> {
    let mut lines: BulkImpact<(&'static str, String, String), ImpactLine> = BulkImpact::default();
    let (mut warnings, mut notes) = (BulkImpact::default(), BulkImpact::default());
    for (md5, hash_lines) in md5s.iter().zip(each) {
        for mut line in hash_lines {
            for text in std::mem::take(&mut line.warnings) {
                warnings.add(text.clone(), text, *md5);
            }
            for text in std::mem::take(&mut line.notes) {
                notes.add(text.clone(), text, *md5);
            }
            let requests = std::mem::take(&mut line.requests);
            let key = (line.subject, line.text.clone(), line.source.clone());
            lines.add(key, line, *md5).requests += requests;
        }
    }
    let prefixed = |(text, holders): (String, Vec<Md5>)| format!("{}{text}", holder_prefix(&holders, md5s));
    let mut warnings = warnings.lines.into_iter().map(prefixed).collect();
    let mut notes = notes.lines.into_iter().map(prefixed).collect();
    let lines = lines.lines.into_iter();
    let lines = lines.map(|(line, holders)| ImpactLine {
        text: prefixed((line.text, holders)),
        // A warning of several hashes appears once, with the first line.
        warnings: std::mem::take(&mut warnings),
        notes: std::mem::take(&mut notes),
        ..line
    });
    lines.collect()
}

/// Distinct items with the hashes that they apply to, in the order in which they came.
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
    /// Adds an item that applies to a hash, and returns the first item with that key.
    fn add(&mut self, key: K, item: T, md5: Md5) -> &mut T {
        let index = *self.places.entry(key).or_insert(self.lines.len());
        if index == self.lines.len() {
            self.lines.push((item, Vec::new()));
        }
        let (item, holders) = &mut self.lines[index];
        holders.push(md5);
        item
    }
}

/// Returns a prefix that names the hashes an item applies to: a few by hash, many by number; empty if they are all.
fn holder_prefix(holders: &[Md5], all: &[Md5]) -> String {
    match holders {
        some if some.len() == all.len() => String::new(),
        [md5] => format!("{md5}: "),
        [one, other] => format!("{one}, {other}: "),
        [first, others @ ..] => format!("{first} and {} more: ", others.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &'static str, text: &str, requests: u32) -> ImpactLine {
        ImpactLine {
            subject: name,
            text: text.into(),
            warnings: vec![format!("look twice about {name}")],
            requests,
            ..ImpactLine::default()
        }
    }

    #[test]
    fn a_line_that_applies_to_several_hashes_appears_once_with_their_number() {
        let md5s = [1, 2, 3, 4].map(|n| Md5([n; 16]));
        let each = vec![
            vec![line("file", "no record", 1), line("hosts", "none", 0)],
            vec![line("file", "a.exe", 0), line("hosts", "none", 0)],
            vec![line("file", "no record", 2), line("hosts", "none", 0)],
            vec![line("file", "no record", 0), line("hosts", "none", 0)],
        ];
        let lines = merge_impact(&md5s, each);
        let text: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            text,
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
}
