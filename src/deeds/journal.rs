//! The action log as a list of deeds: what was done, what became of it, and what would take it back.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Deed, LIVE, undo};
use crate::deeds;
use crate::model::{Document, SensorId};
use crate::record::actions::{Entry, Event, Outcome, Sending, Stage, Verdict};

/// One deed of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// The line on which it is said to be sent.
    pub line: u64,
    /// When that was, on this machine's clock, in UTC.
    pub at: Timestamp,
    /// What was sent, by whom and why.
    pub sending: Sending,
    /// What became known of it, the oldest first.
    pub steps: Vec<(Timestamp, Outcome)>,
    /// The line of the deed that took it back, if one did.
    pub undone_by: Option<u64>,
    /// The line of a later deed that was confirmed on the same target and decides the same thing: what became of this one
    /// cannot be told any more.
    pub superseded_by: Option<u64>,
    /// All of it, as JSON, once somebody has asked for it.
    document: OnceLock<Document>,
}

/// What was done, as far as the log tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Journal {
    /// The deeds, the newest first.
    pub acts: Vec<Arc<Act>>,
    /// What is wrong with the log.
    pub faults: Vec<String>,
    /// How many lines it has, and the hash of the last one.
    pub head: (u64, String),
    /// The last deed that cut a host off or let it back, by server and sensor: its place among the deeds.
    turns: HashMap<(String, SensorId), usize>,
}

impl From<Verdict> for Journal {
    fn from(verdict: Verdict) -> Self {
        let mut acts: BTreeMap<u64, Act> = BTreeMap::new();
        for Entry {
            line, at, event, ..
        } in verdict.entries
        {
            match event {
                Event::Sending(sending) => {
                    let act = Act {
                        line,
                        at,
                        sending: *sending,
                        steps: Vec::new(),
                        undone_by: None,
                        superseded_by: None,
                        document: OnceLock::new(),
                    };
                    acts.insert(line, act);
                }
                Event::Known(outcome) => {
                    if let Some(act) = acts.get_mut(&outcome.of) {
                        act.steps.push((at, *outcome));
                    }
                }
                Event::Repaired { .. } | Event::Damaged { .. } => {}
            }
        }
        let undone: Vec<_> = acts
            .values()
            .filter(|act| act.stage() != Stage::NotApplied)
            .filter_map(|act| Some((act.sending.undoes?, act.line)))
            .collect();
        for (line, by) in undone {
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
                turns
                    .entry((act.sending.server.clone(), sensor))
                    .or_insert(place);
            }
        }
        Self {
            turns,
            acts,
            faults: verdict.faults.iter().map(ToString::to_string).collect(),
            head: (verdict.head.lines, verdict.head.last),
        }
    }
}

/// Marks what is open and can be told no more, since a later deed has settled the same.
fn supersede(acts: &mut BTreeMap<u64, Act>) {
    let mut settled: HashMap<(String, String, &'static str), u64> = HashMap::new();
    for act in acts.values_mut().rev() {
        let Some(matter) = act.deed().map(|deed| deed.matter()) else {
            continue;
        };
        let (server, target) = (act.sending.server.clone(), act.sending.target.id.clone());
        let key = (server, target, matter);
        if act.stage() == Stage::Confirmed {
            settled.entry(key).or_insert(act.line);
        } else if !act.stage().is_final() {
            act.superseded_by = settled.get(&key).copied();
        }
    }
}

impl Act {
    /// How far it has got; unknown if the program ended before it could write more.
    pub fn stage(&self) -> Stage {
        self.steps
            .last()
            .map_or(Stage::Unknown, |(_, outcome)| outcome.stage)
    }

    /// What is to be said of it.
    pub fn note(&self) -> &str {
        self.steps
            .last()
            .map_or("the program ended before it knew more", |(_, outcome)| {
                &outcome.note
            })
    }

    /// What became of it, to be found out further.
    pub fn outcome(&self) -> deeds::Outcome {
        deeds::Outcome {
            line: self.line,
            stage: self.stage(),
            note: self.note().to_owned(),
            error: None,
            // Another program may be sending it right now, or it was sent and never answered.
            may_come_until: self.at.checked_add(LIVE).ok(),
            aside: String::new(),
        }
    }

    /// Whether what became of it is still to be found out.
    pub fn is_open(&self) -> bool {
        !self.stage().is_final() && self.superseded_by.is_none()
    }

    /// What was done, as far as this program knows such deeds.
    pub fn deed(&self) -> Option<Deed> {
        undo::of(&self.sending)
    }

    /// Whose host it cut off or let back, and whether it cut it off; `None` for every other deed and for what was not done.
    fn turn(&self) -> Option<(SensorId, bool)> {
        match self.deed().filter(|_| self.stage() != Stage::NotApplied)? {
            Deed::Isolate(sensor) => Some((sensor, true)),
            Deed::Release(sensor) => Some((sensor, false)),
            _ => None,
        }
    }

    /// What takes it back; `None` where nothing does, where it was not done, and where it was taken back already.
    pub fn undo(&self) -> Option<Deed> {
        let is_done = self.stage() != Stage::NotApplied && self.undone_by.is_none();
        let afters = self.steps.iter().rev().map(|(_, outcome)| &outcome.after);
        let after = afters.into_iter().find(|after| !after.is_null());
        let after = after.unwrap_or(&Value::Null);
        is_done
            .then(|| undo::undoing(&self.sending, after))
            .flatten()
    }

    /// Who did it: the configured user, or the account on this machine.
    pub fn who(&self) -> &str {
        let who = &self.sending.who;
        let name = who.user.as_deref().or(who.os_user.as_deref());
        name.unwrap_or("unknown")
    }

    /// All of it, as JSON.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let steps = self.steps.iter();
            let steps = steps.map(|(at, outcome)| json!({"at": at, "outcome": outcome}));
            let whole = json!({
                "line": self.line,
                "at": self.at,
                "sending": self.sending,
                "steps": steps.collect::<Vec<_>>(),
            });
            Document::new(whole.to_string())
        })
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

    /// What `z` takes back: the last deed on this server of who is at the keyboard, not older than `since`, that nothing
    /// has taken back and that took nothing back itself.
    pub fn last_reversible(
        &self,
        server: &str,
        since: Timestamp,
        is_mine: impl Fn(&Act) -> bool,
    ) -> Option<&Arc<Act>> {
        self.acts.iter().find(|act| {
            act.sending.server == server
                && act.at >= since
                && act.sending.undoes.is_none()
                && act.undo().is_some()
                && is_mine(act)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GroupId, Md5};
    use crate::record::actions::{Head, Target, Who};

    fn sending(deed: &str, id: &str, before: Value, wanted: Value) -> Sending {
        Sending {
            who: Who::default(),
            server: "cb.example.com".into(),
            deed: deed.into(),
            target: Target {
                kind: String::new(),
                id: id.into(),
                name: id.into(),
            },
            reason: None,
            ticket: None,
            undoes: None,
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
            entries.push(Entry {
                line,
                at,
                event,
                prev,
            });
            line
        };
        for (sending, stage) in deeds {
            let of = write(Event::Sending(Box::new(sending)));
            if let Some(stage) = stage {
                let (after, note) = (Value::Null, String::new());
                write(Event::Known(Box::new(Outcome {
                    of,
                    stage,
                    after,
                    note,
                })));
            }
        }
        Journal::from(Verdict {
            entries,
            faults: Vec::new(),
            head: Head::default(),
            kept: None,
        })
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
            (
                sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"})),
                Some(Deed::Lift(md5)),
            ),
            (
                sending("unban", MD5, json!({"text": "old"}), json!({})),
                Some(Deed::Ban {
                    md5,
                    note: Some("old".into()),
                }),
            ),
            (
                sending("move", "3", json!({"group_id": 1}), json!({"group_id": 2})),
                Some(Deed::Move {
                    sensor,
                    group: GroupId(1),
                }),
            ),
            (
                sending(
                    "annotate",
                    "3",
                    json!({"notes": null}),
                    json!({"notes": "x"}),
                ),
                Some(Deed::Annotate {
                    sensor,
                    notes: String::new(),
                }),
            ),
            (sending("restart", "3", json!({}), json!({})), None),
            (
                sending("something of tomorrow", "3", json!({}), json!({})),
                None,
            ),
        ] {
            let deed = sending.deed.clone();
            let journal = journal(vec![(sending, Some(Stage::Confirmed))]);
            assert_eq!(journal.acts[0].undo(), undo, "{deed}");
        }
    }

    #[test]
    fn the_last_that_can_be_taken_back_is_neither_undone_nor_an_undo_nor_in_vain() {
        let ban = sending("ban", MD5, json!({"enabled": false}), json!({"text": "x"}));
        let lift = Sending {
            undoes: Some(3),
            ..sending("unban", MD5, json!({"text": "x"}), json!({}))
        };
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
}
