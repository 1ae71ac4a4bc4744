//! The audit log as a list of changes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::{Aspect, LoggedChange};
use crate::audit::{LogCheck, LogEntry, LogEvent, LogHead, LoggedStage};
use crate::model::SensorId;

/// The changes in the audit log, with the state of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeHistory {
    /// The newest changes and the older ones that still matter, newest first.
    pub activity: Vec<Arc<LoggedChange>>,
    /// How many older changes the log has in addition.
    pub n_older: usize,
    /// Whether another program held the lock of the log during the read.
    pub is_locked: bool,
    /// Damaged or missing lines of the log, in words.
    pub log_faults: Vec<String>,
    /// The number of lines, and the hash of the last one.
    pub log_head: (u64, String),
    /// The last isolation or unisolation of each sensor, by server and sensor: its index in `activity`.
    isolation_changes: HashMap<(String, SensorId), usize>,
}

impl From<LogCheck> for ChangeHistory {
    fn from(check: LogCheck) -> Self {
        let faults = check.faults.iter().map(ToString::to_string).collect();
        Self::new(check.entries, &HashMap::new(), faults, check.log_head)
    }
}

impl ChangeHistory {
    /// Builds the history from log entries, in their order. `undone` maps the line of a change to the line of the one
    /// that undid it, for lines that `entries` may lack.
    pub(super) fn new(entries: Vec<LogEntry>, undone: &HashMap<u64, u64>, faults: Vec<String>, head: LogHead) -> Self {
        let mut changes: BTreeMap<u64, LoggedChange> = BTreeMap::new();
        for LogEntry { line, at, event, .. } in entries {
            match event {
                LogEvent::Sending(submitted) if !submitted.is_reading() => {
                    changes.insert(line, LoggedChange::new(line, at, *submitted));
                }
                LogEvent::Known(outcome) => {
                    if let Some(logged) = changes.get_mut(&outcome.of) {
                        logged.steps.push((at, *outcome));
                    }
                }
                LogEvent::Sending(_) | LogEvent::Repaired { .. } | LogEvent::Damaged { .. } => {}
            }
        }
        let undoes: Vec<_> = changes
            .values()
            .filter(|logged| logged.stage() != LoggedStage::NotApplied)
            .filter_map(|logged| Some((logged.submitted.undoes?, logged.line)))
            .collect();
        let earlier_undos = undone.iter().map(|(line, by)| (*line, *by));
        for (line, by) in earlier_undos.chain(undoes) {
            if let Some(logged) = changes.get_mut(&line) {
                logged.undone_by = Some(by);
            }
        }
        mark_superseded(&mut changes);
        let changes: Vec<_> = changes.into_values().rev().map(Arc::new).collect();
        let mut isolation_changes = HashMap::new();
        for (index, logged) in changes.iter().enumerate() {
            if let Some((sensor, _)) = logged.isolation_change() {
                // `activity` begins with the newest.
                isolation_changes.entry((logged.submitted.server.clone(), sensor)).or_insert(index);
            }
        }
        Self {
            isolation_changes,
            activity: changes,
            n_older: 0,
            is_locked: false,
            log_faults: faults,
            log_head: (head.lines, head.last),
        }
    }
}

/// Marks open changes whose outcome cannot be found out any more, since a later change of that aspect is confirmed.
fn mark_superseded(changes: &mut BTreeMap<u64, LoggedChange>) {
    let mut confirmed: HashMap<_, u64> = HashMap::new();
    for logged in changes.values_mut().rev() {
        let aspect = logged.change().map(|change| change.aspect());
        let Some(aspect) = aspect.filter(|aspect| *aspect != Aspect::Host) else {
            continue;
        };
        let target = &logged.submitted.target;
        let target = (target.kind.clone(), target.id.clone());
        let key = (logged.submitted.server.clone(), target, aspect);
        if logged.stage() == LoggedStage::Confirmed {
            confirmed.entry(key).or_insert(logged.line);
        } else if !logged.stage().is_final() {
            logged.superseded_by = confirmed.get(&key).copied();
        }
    }
}

impl ChangeHistory {
    /// Returns the change that isolated a sensor, if no later one unisolated it.
    pub fn isolation(&self, server: &str, sensor: SensorId) -> Option<&Arc<LoggedChange>> {
        let index = self.isolation_changes.get(&(server.to_owned(), sensor))?;
        let logged = self.activity.get(*index)?;
        let (_, is_isolation) = logged.isolation_change()?;
        is_isolation.then_some(logged)
    }

    /// Returns the sensors of a server that are isolated according to the log, each with the change that isolated it.
    pub fn isolations(&self, server: &str) -> impl Iterator<Item = (SensorId, &Arc<LoggedChange>)> {
        self.isolation_changes
            .keys()
            .filter(move |(of, _)| of == server)
            .filter_map(move |(server, sensor)| Some((*sensor, self.isolation(server, *sensor)?)))
    }

    /// Returns the number of changes on a server without a final outcome.
    pub fn n_open(&self, server: &str) -> usize {
        self.activity
            .iter()
            .filter(|logged| logged.submitted.server == server)
            .filter(|logged| logged.is_open())
            .count()
    }

    /// Returns the last change that the current user made on this server: neither an undo nor a follow-up, and not
    /// undone or without effect.
    pub fn last_change(&self, server: &str, is_mine: impl Fn(&LoggedChange) -> bool) -> Option<&Arc<LoggedChange>> {
        self.activity.iter().find(|logged| {
            logged.submitted.server == server
                && logged.submitted.undoes.is_none()
                && logged.submitted.follows.is_none()
                && logged.undone_by.is_none()
                && logged.stage() != LoggedStage::NotApplied
                && is_mine(logged)
        })
    }

    /// Returns the changes of the batch of `logged` that can be undone, oldest first; always with `logged` itself.
    pub fn undo_batch(&self, logged: &Arc<LoggedChange>) -> Vec<Arc<LoggedChange>> {
        let first = |logged: &LoggedChange| logged.submitted.batch.unwrap_or(logged.line);
        self.activity
            .iter()
            .rev()
            .filter(|member| {
                member.line == logged.line
                    || member.submitted.server == logged.submitted.server
                        && first(member) == first(logged)
                        && member.submitted.follows.is_none()
                        && member.inverse().is_some()
            })
            .cloned()
            .collect()
    }

    /// Returns the change that the undo key (`z`) undoes: the last one of the current user on this server since `since`
    /// that has an inverse and is neither an undo nor a follow-up.
    pub fn last_undoable(
        &self,
        server: &str,
        since: Timestamp,
        is_mine: impl Fn(&LoggedChange) -> bool,
    ) -> Option<&Arc<LoggedChange>> {
        self.activity.iter().find(|logged| {
            logged.submitted.server == server
                && logged.at >= since
                && logged.submitted.undoes.is_none()
                && logged.submitted.follows.is_none()
                && logged.inverse().is_some()
                && is_mine(logged)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::audit::{Actor, LoggedOutcome, LoggedTarget, Submitted};
    use crate::changes::{BanChange, Change, SensorChange};
    use crate::model::{GroupId, Md5};

    fn submitted(change: &str, id: &str, before: Value, desired: Value) -> Submitted {
        Submitted {
            who: Actor::default(),
            server: "cb.example.com".into(),
            verb: change.into(),
            target: LoggedTarget { kind: String::new(), id: id.into(), name: id.into() },
            reason: None,
            ticket: None,
            undoes: None,
            batch: None,
            follows: None,
            requests: Vec::new(),
            before,
            desired,
            change: Value::Null,
        }
    }

    /// Returns the history of a log with these changes, each at the given stage.
    fn history(changes: Vec<(Submitted, Option<LoggedStage>)>) -> ChangeHistory {
        let mut entries = Vec::new();
        let mut write = |event| {
            let line = u64::try_from(entries.len()).unwrap() + 1;
            let (at, prev) = (Timestamp::UNIX_EPOCH, String::new());
            entries.push(LogEntry { line, at, event, prev });
            line
        };
        for (submitted, stage) in changes {
            let of = write(LogEvent::Sending(Box::new(submitted)));
            if let Some(stage) = stage {
                let (after, note) = (Value::Null, String::new());
                write(LogEvent::Known(Box::new(LoggedOutcome { of, stage, after, note })));
            }
        }
        ChangeHistory::from(LogCheck { entries, faults: Vec::new(), log_head: LogHead::default(), recorded_head: None })
    }

    fn isolation() -> Submitted {
        submitted("isolate", "3", json!({}), json!({"is_isolating": true}))
    }

    #[test]
    fn what_was_only_read_is_no_change_and_what_cannot_be_read_any_more_is_not_open() {
        let reading = submitted("read process list", "7", Value::Null, json!({}));
        let unknown = submitted("something of tomorrow", "7", Value::Null, json!({}));
        let history = history(vec![(reading, None), (unknown, None)]);
        let [logged] = &history.activity[..] else { panic!("{:?}", history.activity) };
        assert_eq!((logged.line, logged.is_open()), (2, false));
        assert_eq!(history.n_open("cb.example.com"), 0);
    }

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    #[test]
    fn a_change_without_an_outcome_is_open_and_unknown() {
        let history = history(vec![(isolation(), None)]);
        let logged = &history.activity[0];
        assert!(logged.is_open());
        assert_eq!(logged.stage(), LoggedStage::Unknown);
        assert_eq!(logged.change(), Some(Change::Sensor(SensorChange::Isolate(SensorId(3)))));
    }

    #[test]
    fn every_change_is_undone_by_what_restores_the_state_before() {
        let md5: Md5 = MD5.parse().unwrap();
        let sensor = SensorId(3);
        for (submitted, undo) in [
            (isolation(), Some(Change::Sensor(SensorChange::Unisolate(sensor)))),
            (
                submitted("ban", MD5, json!({"enabled": false}), json!({"text": "x"})),
                Some(Change::Ban(BanChange::Unban(md5))),
            ),
            (
                submitted("unban", MD5, json!({"text": "old"}), json!({})),
                Some(Change::Ban(BanChange::Ban { md5, note: Some("old".into()) })),
            ),
            (
                submitted("move", "3", json!({"group_id": 1}), json!({"group_id": 2})),
                Some(Change::Sensor(SensorChange::Move { sensor, group: GroupId(1) })),
            ),
            (
                submitted("annotate", "3", json!({"notes": null}), json!({"notes": "x"})),
                Some(Change::Sensor(SensorChange::Annotate { sensor, notes: String::new() })),
            ),
            (submitted("restart", "3", json!({}), json!({})), None),
            (submitted("something of tomorrow", "3", json!({}), json!({})), None),
        ] {
            let change = submitted.verb.clone();
            let history = history(vec![(submitted, Some(LoggedStage::Confirmed))]);
            assert_eq!(history.activity[0].inverse(), undo, "{change}");
        }
    }

    #[test]
    fn the_last_undoable_change_is_neither_undone_nor_an_undo_nor_without_effect() {
        let ban = submitted("ban", MD5, json!({"enabled": false}), json!({"text": "x"}));
        let unban = Submitted { undoes: Some(3), ..submitted("unban", MD5, json!({"text": "x"}), json!({})) };
        let history = history(vec![
            (isolation(), Some(LoggedStage::Confirmed)),
            (ban, Some(LoggedStage::Confirmed)),
            (unban, Some(LoggedStage::Confirmed)),
            (isolation(), Some(LoggedStage::NotApplied)),
        ]);
        let last =
            |server: &str| history.last_undoable(server, Timestamp::UNIX_EPOCH, |_| true).map(|logged| logged.line);
        assert_eq!(last("cb.example.com"), Some(1));
        assert_eq!(last("another.example.com"), None);
        assert_eq!(history.activity[2].undone_by, Some(5));
    }

    #[test]
    fn a_change_is_superseded_only_by_a_later_one_on_the_same_target() {
        let on = |kind: &str| {
            let target = LoggedTarget { kind: kind.into(), id: "12".into(), name: String::new() };
            Submitted { target, ..submitted(&format!("disable {kind}"), "12", json!({}), json!({"enabled": false})) }
        };
        for (later, is_open) in [("watchlist", true), ("feed", false)] {
            let history = history(vec![(on("feed"), None), (on(later), Some(LoggedStage::Confirmed))]);
            assert_eq!(history.activity[1].is_open(), is_open, "{later}");
        }
    }
}
