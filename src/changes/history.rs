//! The action log as a list of deeds.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::LoggedChange;
use crate::audit::{LogCheck, LogEntry, LogEvent, LogHead, LoggedStage};
use crate::model::SensorId;

/// What was done, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeHistory {
    /// The newest deeds and those that still matter, the newest first.
    pub activity: Vec<Arc<LoggedChange>>,
    /// How many older ones the log has beside them.
    pub n_older: usize,
    /// Whether another program held the lock of the log while it was read.
    pub is_locked: bool,
    /// What is wrong with the log.
    pub log_faults: Vec<String>,
    /// How many lines it has, and the hash of the last one.
    pub log_head: (u64, String),
    /// The last deed that cut a host off or let it back, by server and sensor: its place among the deeds.
    isolation_changes: HashMap<(String, SensorId), usize>,
}

impl From<LogCheck> for ChangeHistory {
    fn from(verdict: LogCheck) -> Self {
        let faults = verdict.faults.iter().map(ToString::to_string).collect();
        Self::new(verdict.entries, &HashMap::new(), faults, verdict.log_head)
    }
}

impl ChangeHistory {
    /// The deeds of some lines of the log, in their order. `undone` has the line of the deed that took another one back, by
    /// the line of that one, where those lines may not be among them.
    pub(super) fn new(entries: Vec<LogEntry>, undone: &HashMap<u64, u64>, faults: Vec<String>, head: LogHead) -> Self {
        let mut acts: BTreeMap<u64, LoggedChange> = BTreeMap::new();
        for LogEntry { line, at, event, .. } in entries {
            match event {
                LogEvent::Sending(sending) => {
                    acts.insert(line, LoggedChange::new(line, at, *sending));
                }
                LogEvent::Known(outcome) => {
                    if let Some(act) = acts.get_mut(&outcome.of) {
                        act.steps.push((at, *outcome));
                    }
                }
                LogEvent::Repaired { .. } | LogEvent::Damaged { .. } => {}
            }
        }
        let ours: Vec<_> = acts
            .values()
            .filter(|act| act.stage() != LoggedStage::NotApplied)
            .filter_map(|act| Some((act.submitted.undoes?, act.line)))
            .collect();
        let others = undone.iter().map(|(line, by)| (*line, *by));
        for (line, by) in others.chain(ours) {
            if let Some(act) = acts.get_mut(&line) {
                act.undone_by = Some(by);
            }
        }
        mark_superseded(&mut acts);
        let acts = acts.into_values().rev();
        let acts: Vec<_> = acts.map(Arc::new).collect();
        let mut turns = HashMap::new();
        for (place, act) in acts.iter().enumerate() {
            if let Some((sensor, _)) = act.isolation_change() {
                // The newest come first.
                turns.entry((act.submitted.server.clone(), sensor)).or_insert(place);
            }
        }
        Self {
            isolation_changes: turns,
            activity: acts,
            n_older: 0,
            is_locked: false,
            log_faults: faults,
            log_head: (head.lines, head.last),
        }
    }
}

/// Marks what is open and can be told no more, since a later deed has settled the same.
fn mark_superseded(acts: &mut BTreeMap<u64, LoggedChange>) {
    let mut settled: HashMap<_, u64> = HashMap::new();
    for act in acts.values_mut().rev() {
        let Some(matter) = act.change().map(|deed| deed.aspect()) else {
            continue;
        };
        let target = &act.submitted.target;
        let target = (target.kind.clone(), target.id.clone());
        let key = (act.submitted.server.clone(), target, matter);
        if act.stage() == LoggedStage::Confirmed {
            settled.entry(key).or_insert(act.line);
        } else if !act.stage().is_final() {
            act.superseded_by = settled.get(&key).copied();
        }
    }
}

impl ChangeHistory {
    /// The deed that cut a host off, if no later one let it back.
    pub fn isolation(&self, server: &str, sensor: SensorId) -> Option<&Arc<LoggedChange>> {
        let place = self.isolation_changes.get(&(server.to_owned(), sensor))?;
        let act = self.activity.get(*place)?;
        let (_, is_isolation) = act.isolation_change()?;
        is_isolation.then_some(act)
    }

    /// The hosts of a server that are cut off as far as the log knows, with the deed that did it.
    pub fn isolations(&self, server: &str) -> impl Iterator<Item = (SensorId, &Arc<LoggedChange>)> {
        let here = self.isolation_changes.keys().filter(move |(other, _)| other == server);
        here.filter_map(move |(server, sensor)| Some((*sensor, self.isolation(server, *sensor)?)))
    }

    /// How many deeds on a server are not known to be done or not to be done.
    pub fn n_open(&self, server: &str) -> usize {
        let here = self.activity.iter().filter(|act| act.submitted.server == server);
        here.filter(|act| act.is_open()).count()
    }

    /// The last deed on this server of who is at the keyboard that was done for its own sake, and not in vain.
    pub fn last_change(&self, server: &str, is_mine: impl Fn(&LoggedChange) -> bool) -> Option<&Arc<LoggedChange>> {
        self.activity.iter().find(|act| {
            act.submitted.server == server
                && act.submitted.undoes.is_none()
                && act.submitted.follows.is_none()
                && act.undone_by.is_none()
                && act.stage() != LoggedStage::NotApplied
                && is_mine(act)
        })
    }

    /// What was done together with a deed and can be taken back with it, the first of them first; at least the deed itself.
    pub fn undo_batch(&self, act: &Arc<LoggedChange>) -> Vec<Arc<LoggedChange>> {
        let first = |act: &LoggedChange| act.submitted.batch.unwrap_or(act.line);
        let ours = self.activity.iter().rev().filter(|other| {
            other.line == act.line
                || other.submitted.server == act.submitted.server
                    && first(other) == first(act)
                    && other.submitted.follows.is_none()
                    && other.inverse().is_some()
        });
        ours.cloned().collect()
    }

    /// What `z` takes back: the last deed on this server of who is at the keyboard, not older than `since`, that nothing
    /// has taken back, that took nothing back itself and that is no part of another.
    pub fn last_undoable(
        &self,
        server: &str,
        since: Timestamp,
        is_mine: impl Fn(&LoggedChange) -> bool,
    ) -> Option<&Arc<LoggedChange>> {
        self.activity.iter().find(|act| {
            act.submitted.server == server
                && act.at >= since
                && act.submitted.undoes.is_none()
                && act.submitted.follows.is_none()
                && act.inverse().is_some()
                && is_mine(act)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::audit::{Actor, LoggedOutcome, LoggedTarget, Submitted};
    use crate::changes::Change;
    use crate::model::{GroupId, Md5};

    fn sending(deed: &str, id: &str, before: Value, wanted: Value) -> Submitted {
        Submitted {
            who: Actor::default(),
            server: "cb.example.com".into(),
            deed: deed.into(),
            target: LoggedTarget { kind: String::new(), id: id.into(), name: id.into() },
            reason: None,
            ticket: None,
            undoes: None,
            batch: None,
            follows: None,
            requests: Vec::new(),
            before,
            wanted,
        }
    }

    /// A log of these deeds, each of which got so far.
    fn journal(deeds: Vec<(Submitted, Option<LoggedStage>)>) -> ChangeHistory {
        let mut entries = Vec::new();
        let mut write = |event| {
            let line = u64::try_from(entries.len()).unwrap() + 1;
            let (at, prev) = (Timestamp::UNIX_EPOCH, String::new());
            entries.push(LogEntry { line, at, event, prev });
            line
        };
        for (sending, stage) in deeds {
            let of = write(LogEvent::Sending(Box::new(sending)));
            if let Some(stage) = stage {
                let (after, note) = (Value::Null, String::new());
                write(LogEvent::Known(Box::new(LoggedOutcome { of, stage, after, note })));
            }
        }
        ChangeHistory::from(LogCheck { entries, faults: Vec::new(), log_head: LogHead::default(), recorded_head: None })
    }

    fn isolation() -> Submitted {
        sending("isolate", "3", json!({}), json!({"is_isolating": true}))
    }

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    #[test]
    fn a_deed_without_an_outcome_is_open_and_unknown() {
        let journal = journal(vec![(isolation(), None)]);
        let act = &journal.activity[0];
        assert!(act.is_open());
        assert_eq!(act.stage(), LoggedStage::Unknown);
        assert_eq!(act.change(), Some(Change::Isolate(SensorId(3))));
    }

    #[test]
    fn every_deed_is_taken_back_by_what_restores_what_was_before() {
        let md5: Md5 = MD5.parse().unwrap();
        let sensor = SensorId(3);
        for (sending, undo) in [
            (isolation(), Some(Change::Unisolate(sensor))),
            (sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"})), Some(Change::Unban(md5))),
            (
                sending("unban", MD5, json!({"text": "old"}), json!({})),
                Some(Change::Ban { md5, note: Some("old".into()) }),
            ),
            (
                sending("move", "3", json!({"group_id": 1}), json!({"group_id": 2})),
                Some(Change::Move { sensor, group: GroupId(1) }),
            ),
            (
                sending("annotate", "3", json!({"notes": null}), json!({"notes": "x"})),
                Some(Change::Annotate { sensor, notes: String::new() }),
            ),
            (sending("restart", "3", json!({}), json!({})), None),
            (sending("something of tomorrow", "3", json!({}), json!({})), None),
        ] {
            let deed = sending.deed.clone();
            let journal = journal(vec![(sending, Some(LoggedStage::Confirmed))]);
            assert_eq!(journal.activity[0].inverse(), undo, "{deed}");
        }
    }

    #[test]
    fn the_last_that_can_be_taken_back_is_neither_undone_nor_an_undo_nor_in_vain() {
        let ban = sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"}));
        let lift = Submitted { undoes: Some(3), ..sending("unban", MD5, json!({"text": "x"}), json!({})) };
        let journal = journal(vec![
            (isolation(), Some(LoggedStage::Confirmed)),
            (ban, Some(LoggedStage::Confirmed)),
            (lift, Some(LoggedStage::Confirmed)),
            (isolation(), Some(LoggedStage::NotApplied)),
        ]);
        let last = |server: &str| {
            let last = journal.last_undoable(server, Timestamp::UNIX_EPOCH, |_| true);
            last.map(|act| act.line)
        };
        assert_eq!(last("cb.example.com"), Some(1));
        assert_eq!(last("another.example.com"), None);
        assert_eq!(journal.activity[2].undone_by, Some(5));
    }

    #[test]
    fn a_deed_is_settled_by_a_later_one_on_the_same_thing_alone() {
        let on = |kind: &str| {
            let target = LoggedTarget { kind: kind.into(), id: "12".into(), name: String::new() };
            Submitted { target, ..sending(&format!("disable {kind}"), "12", json!({}), json!({"enabled": false})) }
        };
        for (later, is_open) in [("watchlist", true), ("feed", false)] {
            let journal = journal(vec![(on("feed"), None), (on(later), Some(LoggedStage::Confirmed))]);
            assert_eq!(journal.activity[1].is_open(), is_open, "{later}");
        }
    }
}
