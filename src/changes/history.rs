//! The action log as a list of deeds.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::Act;
use crate::audit::{Entry, Event, Head, Stage, Verdict};
use crate::model::SensorId;

/// What was done, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// The newest deeds and those that still matter, the newest first.
    pub acts: Vec<Arc<Act>>,
    /// How many older ones the log has beside them.
    pub n_older: usize,
    /// Whether another program held the lock of the log while it was read.
    pub is_locked: bool,
    /// What is wrong with the log.
    pub faults: Vec<String>,
    /// How many lines it has, and the hash of the last one.
    pub head: (u64, String),
    /// The last deed that cut a host off or let it back, by server and sensor: its place among the deeds.
    turns: HashMap<(String, SensorId), usize>,
}

impl From<Verdict> for Journal {
    fn from(verdict: Verdict) -> Self {
        let faults = verdict.faults.iter().map(ToString::to_string).collect();
        Self::new(verdict.entries, &HashMap::new(), faults, verdict.head)
    }
}

impl Journal {
    /// The deeds of some lines of the log, in their order. `undone` has the line of the deed that took another one back, by
    /// the line of that one, where those lines may not be among them.
    pub(super) fn new(entries: Vec<Entry>, undone: &HashMap<u64, u64>, faults: Vec<String>, head: Head) -> Self {
        let mut acts: BTreeMap<u64, Act> = BTreeMap::new();
        for Entry { line, at, event, .. } in entries {
            match event {
                Event::Sending(sending) => {
                    acts.insert(line, Act::new(line, at, *sending));
                }
                Event::Known(outcome) => {
                    if let Some(act) = acts.get_mut(&outcome.of) {
                        act.steps.push((at, *outcome));
                    }
                }
                Event::Repaired { .. } | Event::Damaged { .. } => {}
            }
        }
        let ours: Vec<_> = acts
            .values()
            .filter(|act| act.stage() != Stage::NotApplied)
            .filter_map(|act| Some((act.sending.undoes?, act.line)))
            .collect();
        let others = undone.iter().map(|(line, by)| (*line, *by));
        for (line, by) in others.chain(ours) {
            if let Some(act) = acts.get_mut(&line) {
                act.undone_by = Some(by);
            }
        }
        supersede(&mut acts);
        let acts = acts.into_values().rev();
        let acts: Vec<_> = acts.map(Arc::new).collect();
        let mut turns = HashMap::new();
        for (place, act) in acts.iter().enumerate() {
            if let Some((sensor, _)) = act.turn() {
                // The newest come first.
                turns.entry((act.sending.server.clone(), sensor)).or_insert(place);
            }
        }
        Self { turns, acts, n_older: 0, is_locked: false, faults, head: (head.lines, head.last) }
    }
}

/// Marks what is open and can be told no more, since a later deed has settled the same.
fn supersede(acts: &mut BTreeMap<u64, Act>) {
    let mut settled: HashMap<_, u64> = HashMap::new();
    for act in acts.values_mut().rev() {
        let Some(matter) = act.deed().map(|deed| deed.matter()) else {
            continue;
        };
        let target = &act.sending.target;
        let target = (target.kind.clone(), target.id.clone());
        let key = (act.sending.server.clone(), target, matter);
        if act.stage() == Stage::Confirmed {
            settled.entry(key).or_insert(act.line);
        } else if !act.stage().is_final() {
            act.superseded_by = settled.get(&key).copied();
        }
    }
}

impl Journal {
    /// The deed that cut a host off, if no later one let it back.
    pub fn isolation(&self, server: &str, sensor: SensorId) -> Option<&Arc<Act>> {
        let place = self.turns.get(&(server.to_owned(), sensor))?;
        let act = self.acts.get(*place)?;
        let (_, is_isolation) = act.turn()?;
        is_isolation.then_some(act)
    }

    /// The hosts of a server that are cut off as far as the log knows, with the deed that did it.
    pub fn isolations(&self, server: &str) -> impl Iterator<Item = (SensorId, &Arc<Act>)> {
        let here = self.turns.keys().filter(move |(other, _)| other == server);
        here.filter_map(move |(server, sensor)| Some((*sensor, self.isolation(server, *sensor)?)))
    }

    /// How many deeds on a server are not known to be done or not to be done.
    pub fn n_open(&self, server: &str) -> usize {
        let here = self.acts.iter().filter(|act| act.sending.server == server);
        here.filter(|act| act.is_open()).count()
    }

    /// The last deed on this server of who is at the keyboard that was done for its own sake, and not in vain.
    pub fn last(&self, server: &str, is_mine: impl Fn(&Act) -> bool) -> Option<&Arc<Act>> {
        self.acts.iter().find(|act| {
            act.sending.server == server
                && act.sending.undoes.is_none()
                && act.sending.follows.is_none()
                && act.undone_by.is_none()
                && act.stage() != Stage::NotApplied
                && is_mine(act)
        })
    }

    /// What was done together with a deed and can be taken back with it, the first of them first; at least the deed itself.
    pub fn together(&self, act: &Arc<Act>) -> Vec<Arc<Act>> {
        let first = |act: &Act| act.sending.batch.unwrap_or(act.line);
        let ours = self.acts.iter().rev().filter(|other| {
            other.line == act.line
                || other.sending.server == act.sending.server
                    && first(other) == first(act)
                    && other.sending.follows.is_none()
                    && other.undo().is_some()
        });
        ours.cloned().collect()
    }

    /// What `z` takes back: the last deed on this server of who is at the keyboard, not older than `since`, that nothing
    /// has taken back, that took nothing back itself and that is no part of another.
    pub fn last_reversible(&self, server: &str, since: Timestamp, is_mine: impl Fn(&Act) -> bool) -> Option<&Arc<Act>> {
        self.acts.iter().find(|act| {
            act.sending.server == server
                && act.at >= since
                && act.sending.undoes.is_none()
                && act.sending.follows.is_none()
                && act.undo().is_some()
                && is_mine(act)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::audit::{Outcome, Sending, Target, Who};
    use crate::changes::Deed;
    use crate::model::{GroupId, Md5};

    fn sending(deed: &str, id: &str, before: Value, wanted: Value) -> Sending {
        Sending {
            who: Who::default(),
            server: "cb.example.com".into(),
            deed: deed.into(),
            target: Target { kind: String::new(), id: id.into(), name: id.into() },
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
    fn journal(deeds: Vec<(Sending, Option<Stage>)>) -> Journal {
        let mut entries = Vec::new();
        let mut write = |event| {
            let line = u64::try_from(entries.len()).unwrap() + 1;
            let (at, prev) = (Timestamp::UNIX_EPOCH, String::new());
            entries.push(Entry { line, at, event, prev });
            line
        };
        for (sending, stage) in deeds {
            let of = write(Event::Sending(Box::new(sending)));
            if let Some(stage) = stage {
                let (after, note) = (Value::Null, String::new());
                write(Event::Known(Box::new(Outcome { of, stage, after, note })));
            }
        }
        Journal::from(Verdict { entries, faults: Vec::new(), head: Head::default(), kept: None })
    }

    fn isolation() -> Sending {
        sending("isolate", "3", json!({}), json!({"is_isolating": true}))
    }

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    #[test]
    fn a_deed_without_an_outcome_is_open_and_unknown() {
        let journal = journal(vec![(isolation(), None)]);
        let act = &journal.acts[0];
        assert!(act.is_open());
        assert_eq!(act.stage(), Stage::Unknown);
        assert_eq!(act.deed(), Some(Deed::Isolate(SensorId(3))));
    }

    #[test]
    fn every_deed_is_taken_back_by_what_restores_what_was_before() {
        let md5: Md5 = MD5.parse().unwrap();
        let sensor = SensorId(3);
        for (sending, undo) in [
            (isolation(), Some(Deed::Release(sensor))),
            (sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"})), Some(Deed::Lift(md5))),
            (
                sending("unban", MD5, json!({"text": "old"}), json!({})),
                Some(Deed::Ban { md5, note: Some("old".into()) }),
            ),
            (
                sending("move", "3", json!({"group_id": 1}), json!({"group_id": 2})),
                Some(Deed::Move { sensor, group: GroupId(1) }),
            ),
            (
                sending("annotate", "3", json!({"notes": null}), json!({"notes": "x"})),
                Some(Deed::Annotate { sensor, notes: String::new() }),
            ),
            (sending("restart", "3", json!({}), json!({})), None),
            (sending("something of tomorrow", "3", json!({}), json!({})), None),
        ] {
            let deed = sending.deed.clone();
            let journal = journal(vec![(sending, Some(Stage::Confirmed))]);
            assert_eq!(journal.acts[0].undo(), undo, "{deed}");
        }
    }

    #[test]
    fn the_last_that_can_be_taken_back_is_neither_undone_nor_an_undo_nor_in_vain() {
        let ban = sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"}));
        let lift = Sending { undoes: Some(3), ..sending("unban", MD5, json!({"text": "x"}), json!({})) };
        let journal = journal(vec![
            (isolation(), Some(Stage::Confirmed)),
            (ban, Some(Stage::Confirmed)),
            (lift, Some(Stage::Confirmed)),
            (isolation(), Some(Stage::NotApplied)),
        ]);
        let last = |server: &str| {
            let last = journal.last_reversible(server, Timestamp::UNIX_EPOCH, |_| true);
            last.map(|act| act.line)
        };
        assert_eq!(last("cb.example.com"), Some(1));
        assert_eq!(last("another.example.com"), None);
        assert_eq!(journal.acts[2].undone_by, Some(5));
    }

    #[test]
    fn a_deed_is_settled_by_a_later_one_on_the_same_thing_alone() {
        let on = |kind: &str| {
            let target = Target { kind: kind.into(), id: "12".into(), name: String::new() };
            Sending { target, ..sending(&format!("disable {kind}"), "12", json!({}), json!({"enabled": false})) }
        };
        for (later, is_open) in [("watchlist", true), ("feed", false)] {
            let journal = journal(vec![(on("feed"), None), (on(later), Some(Stage::Confirmed))]);
            assert_eq!(journal.acts[1].is_open(), is_open, "{later}");
        }
    }
}
