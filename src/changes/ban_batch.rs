//! Many bans or unbans at once: the hashes are looked up in blocks, with a known maximum of requests.

use std::{collections::HashMap, sync::Arc};

use super::{
    BanSnapshot, Change, ChangeReading, ImpactLine, Plan, PlanContext, Reading,
    blast_radius::{ImpactSubject, impact_of_executions, impact_per_hash, max_probe_requests, merge_impact},
};
use crate::api::Error;
use crate::model::Md5;

/// The maximum number of hashes that are looked up one by one.
const MAX_SINGLE_LOOKUPS: usize = 4;

/// A ban list of this length may be truncated.
const MAX_LISTED_BANS: usize = 10_000;

/// Returns whether the changes are looked up in blocks: bans or unbans of more than a few hashes.
pub fn is_batch(changes: &[Change]) -> bool {
    changes.len() > MAX_SINGLE_LOOKUPS && changes.iter().all(|change| matches!(change, Change::Ban(_)))
}

/// Describes how many requests a batch takes; `None` if its hashes are looked up one by one.
pub fn batch_cost(changes: &[Change]) -> Option<String> {
    is_batch(changes).then(|| {
        let n = changes.len();
        format!(
            "{n} hashes: up to {} API requests for this preview, then up to 4 for each hash that changes",
            max_probe_requests(n)
        )
    })
}

/// Reads the bans of the hashes from the server's ban list. A hash for which the list is not conclusive is read on its own
/// later.
pub async fn read_ban_batch(changes: &[Change], context: &PlanContext) -> Result<Vec<Option<ChangeReading>>, Error> {
    if context.policy.read_only_rejection().is_some() {
        return Ok(vec![None; changes.len()]);
    }
    let client = &context.client;
    let page = client.bans().await?;
    let is_complete = page.n_unreadable == 0 && page.rows.len() < MAX_LISTED_BANS;
    let mut bans: HashMap<_, _> = page.rows.into_iter().map(|ban| (ban.md5, ban)).collect();
    let readings = changes.iter().map(|change| {
        let Change::Ban(change) = change else {
            return None;
        };
        let md5 = change.md5();
        let ban = bans.remove(&md5);
        (is_complete || ban.is_some()).then(|| {
            let state = BanSnapshot { md5, ban, list: client.ban_list() };
            ChangeReading::Ban(Arc::new(Reading { change: change.clone(), state }))
        })
    });
    Ok(readings.collect())
}

/// Returns the blast radius of many bans: the lines of each hash, and the lines of all hashes together. `None` for
/// other changes and for a few hashes.
pub async fn batch_impact(plans: &[Plan], context: &PlanContext) -> Option<(Vec<Vec<ImpactLine>>, Vec<ImpactLine>)> {
    let md5s = hashes_to_ban(plans)?;
    if md5s.len() <= MAX_SINGLE_LOOKUPS {
        return None;
    }
    let each = impact_per_hash(&md5s, context).await;
    Some((each, impact_of_executions(&md5s, context).await))
}

/// Finds out the blast radius of many bans for the screen: lines that apply to several hashes are merged, and the lines
/// of one name are passed to `on_lines` together.
pub async fn batch_impact_merged(plans: &[Plan], context: &PlanContext, on_lines: impl Fn(Vec<ImpactLine>)) {
    let Some(md5s) = hashes_to_ban(plans).filter(|md5s| !md5s.is_empty()) else {
        return;
    };
    on_lines(merge_impact(&md5s, impact_per_hash(&md5s, context).await));
    on_lines(impact_of_executions(&md5s, context).await);
}

/// Returns the hashes to be banned; `None` if a plan is another change.
fn hashes_to_ban(plans: &[Plan]) -> Option<Vec<Md5>> {
    plans
        .iter()
        .map(|plan| match &plan.impact {
            ImpactSubject::Hash(md5) => Some(*md5),
            ImpactSubject::None
            | ImpactSubject::Host { .. }
            | ImpactSubject::Report(_)
            | ImpactSubject::Watchlist { .. } => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::BanChange;

    #[test]
    fn bans_of_many_hashes_are_looked_up_together_and_their_cost_is_shown() {
        let unbans = |n: u8| (0..n).map(|n| Change::Ban(BanChange::Unban(Md5([n; 16])))).collect::<Vec<_>>();
        assert_eq!(batch_cost(&unbans(4)), None);
        let cost = batch_cost(&unbans(51)).unwrap();
        assert!(cost.starts_with("51 hashes: up to 14 API requests"), "{cost}");
    }
}
