//! A change in the audit log: what was sent, its outcome, and its inverse.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Change, ChangeReading, REQUEST_LIFETIME, SensorChange, log_reader};
use crate::audit::{LoggedOutcome, LoggedStage, LoggedTarget, Submitted};
use crate::changes;
use crate::model::{Document, SensorId};
use crate::text;

/// A change as recorded in the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedChange {
    /// The log line that records it as about to be sent.
    pub line: u64,
    /// When that line was written, by this machine's clock, in UTC.
    pub at: Timestamp,
    pub submitted: Submitted,
    /// Its logged outcomes with their times, oldest first.
    pub steps: Vec<(Timestamp, LoggedOutcome)>,
    /// The log line of the change that undid it.
    pub undone_by: Option<u64>,
    /// The log line of a later change that was confirmed on this target and aspect: the outcome of this one cannot be
    /// found out any more.
    pub superseded_by: Option<u64>,
    /// All of it as JSON, built on first use.
    document: OnceLock<Document>,
}

impl LoggedChange {
    /// Creates a logged change without an outcome.
    pub(super) fn new(line: u64, at: Timestamp, submitted: Submitted) -> Self {
        Self { line, at, submitted, steps: Vec::new(), undone_by: None, superseded_by: None, document: OnceLock::new() }
    }

    /// Returns its latest stage; unknown if the program ended before it could log one.
    pub fn stage(&self) -> LoggedStage {
        self.steps.last().map_or(LoggedStage::Unknown, |(_, outcome)| outcome.stage)
    }

    /// Returns the latest outcome in words.
    pub fn latest_note(&self) -> &str {
        self.steps.last().map_or("lampblack ended before the outcome was known", |(_, outcome)| &outcome.note)
    }

    /// Returns its outcome so far, from which the verification can go on.
    pub fn outcome(&self) -> changes::Outcome {
        changes::Outcome {
            line: self.line,
            stage: self.stage(),
            note: self.latest_note().to_owned(),
            error: None,
            // Another program may be sending it right now, or it was sent and never answered.
            may_come_until: self.at.checked_add(REQUEST_LIFETIME).ok(),
            skipped: String::new(),
        }
    }

    /// Returns whether its outcome can still be found out. If the server was read and did not show it, it never will; nor
    /// will that of a kind that this version does not know, or whose target is read only for someone who asks.
    pub fn is_open(&self) -> bool {
        let change = self.change().filter(|change| self.superseded_by.is_none() && change.is_read_unasked());
        let Some(change) = change else {
            return false;
        };
        let is_silent = || {
            let last_state = self.steps.last().map(|(_, outcome)| &outcome.after);
            last_state.is_some_and(|state| !state.is_null()) || change.is_unverifiable()
        };
        match self.stage() {
            LoggedStage::Unknown => !is_silent(),
            other => !other.is_final(),
        }
    }

    /// Describes what others have changed on the server since this change; `undo` is the change that undoes it, with the
    /// state of the target.
    pub fn changed_since(&self, undo: &ChangeReading) -> Vec<String> {
        let state = undo.snapshot_json();
        // Members that this change itself has set since the last read back are not counted.
        let is_own = |name: &String, value: &Value| state.get(name) == Some(value);
        let desired = self.submitted.desired.as_object().into_iter().flatten();
        let desired: Map<_, _> = desired
            .filter(|(name, value)| !is_own(name, value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        undo.changed_since(self.change().as_ref(), &desired.into(), self.state_after())
    }

    /// Returns the state that was last read back; null if none was.
    fn state_after(&self) -> &Value {
        self.steps
            .iter()
            .rev()
            .map(|(_, outcome)| &outcome.after)
            .into_iter()
            .find(|after| !after.is_null())
            .unwrap_or(&Value::Null)
    }

    /// Returns the change itself; `None` for a kind that this version does not know.
    pub fn change(&self) -> Option<Change> {
        log_reader::read_change(&self.submitted)
    }

    /// Returns the sensor that it isolated (`true`) or unisolated (`false`); `None` for any other change and for one
    /// without effect.
    pub(super) fn isolation_change(&self) -> Option<(SensorId, bool)> {
        match self.change().filter(|_| self.stage() != LoggedStage::NotApplied)? {
            Change::Sensor(SensorChange::Isolate(sensor)) => Some((sensor, true)),
            Change::Sensor(SensorChange::Unisolate(sensor)) => Some((sensor, false)),
            _ => None,
        }
    }

    /// Returns the change that undoes it; `None` if there is none, if it had no effect, and if it is undone already.
    pub fn inverse(&self) -> Option<Change> {
        let is_done = self.stage() != LoggedStage::NotApplied && self.undone_by.is_none();
        if is_done { self.find_inverse()?.ok() } else { None }
    }

    /// Returns why no change undoes it, if it had an effect; `None` also for a kind that this version does not know.
    pub fn undo_refusal(&self) -> Option<&'static str> {
        let has_effect = self.stage() != LoggedStage::NotApplied;
        if has_effect { self.find_inverse()?.err() } else { None }
    }

    fn find_inverse(&self) -> Option<Result<Change, &'static str>> {
        Some(self.change()?.inverse(&self.submitted.before, self.state_after()))
    }

    /// Returns the name of the target, safe to display; its kind and ID if it has no name.
    pub fn name(&self) -> String {
        let LoggedTarget { kind, id, name } = &self.submitted.target;
        let name = text::make_visible(&name.as_str().into());
        if name.trim().is_empty() { text::make_visible(&format!("{kind} {id}").into()) } else { name }
    }

    /// Returns who made it: the configured user, otherwise the account on this machine.
    pub fn actor_name(&self) -> &str {
        let actor = &self.submitted.who;
        actor.user.as_deref().or(actor.os_user.as_deref()).unwrap_or("unknown")
    }

    /// Returns all of it as JSON.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            let steps = self.steps.iter().map(|(at, outcome)| json!({"at": at, "outcome": outcome}));
            let record = json!({
                "line": self.line,
                "at": self.at,
                "sending": self.submitted,
                "steps": steps.collect::<Vec<_>>(),
            });
            Document::new(record.to_string())
        })
    }
}
