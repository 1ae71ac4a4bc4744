//! One deed of the action log: what was sent, what became of it, and what would take it back.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Change, REQUEST_LIFETIME, Snapshot, snapshot, undo};
use crate::audit::{LoggedOutcome, LoggedStage, Submitted};
use crate::changes;
use crate::model::{Document, SensorId};
use crate::text;

/// One deed of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedChange {
    /// The line on which it is said to be sent.
    pub line: u64,
    /// When that was, on this machine's clock, in UTC.
    pub at: Timestamp,
    /// What was sent, by whom and why.
    pub submitted: Submitted,
    /// What became known of it, the oldest first.
    pub steps: Vec<(Timestamp, LoggedOutcome)>,
    /// The line of the deed that took it back, if one did.
    pub undone_by: Option<u64>,
    /// The line of a later deed that was confirmed on the same target and decides the same thing: what became of this one
    /// cannot be told any more.
    pub superseded_by: Option<u64>,
    /// All of it, as JSON, once somebody has asked for it.
    document: OnceLock<Document>,
}

impl LoggedChange {
    /// One of which nothing is known yet.
    pub(super) fn new(line: u64, at: Timestamp, sending: Submitted) -> Self {
        Self {
            line,
            at,
            submitted: sending,
            steps: Vec::new(),
            undone_by: None,
            superseded_by: None,
            document: OnceLock::new(),
        }
    }

    /// How far it has got; unknown if the program ended before it could write more.
    pub fn stage(&self) -> LoggedStage {
        self.steps.last().map_or(LoggedStage::Unknown, |(_, outcome)| outcome.stage)
    }

    /// What is to be said of it.
    pub fn latest_note(&self) -> &str {
        self.steps.last().map_or("lampblack ended before the outcome was known", |(_, outcome)| &outcome.note)
    }

    /// What became of it, to be found out further.
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

    /// Whether what became of it is still to be found out. Where the server was read and did not tell, it never will.
    pub fn is_open(&self) -> bool {
        if self.superseded_by.is_some() {
            return false;
        }
        let is_mute = || {
            let last = self.steps.last().map(|(_, outcome)| &outcome.after);
            let deed = self.change();
            last.is_some_and(|after| !after.is_null()) || deed.is_some_and(|deed| deed.is_unverifiable())
        };
        match self.stage() {
            LoggedStage::Unknown => !is_mute(),
            other => !other.is_final(),
        }
    }

    /// What the server holds by now otherwise than this left it, in words: somebody has changed it since.
    pub fn changed_since(&self, now: &Snapshot) -> Vec<String> {
        let now = now.snapshot_json();
        let (Some(left), Some(held)) = (alerts(self.state_after()), alerts(&now)) else {
            return snapshot::changed_members(&self.submitted.wanted, self.state_after(), &now);
        };
        let left: HashMap<_, _> = left.collect();
        let changed = held.filter(|(id, now)| left.get(id).is_some_and(|left| left != now));
        let changed: Vec<_> = changed.map(|(_, now)| now).collect();
        let mut each: BTreeMap<String, usize> = BTreeMap::new();
        for [status, owner] in &changed {
            let owner = if owner.is_empty() { "nobody" } else { owner };
            *each.entry(format!("{status}, {owner}")).or_default() += 1;
        }
        let each: Vec<_> =
            each.iter().map(|(state, n)| format!("{n} {}", text::make_visible(&state.as_str().into()))).collect();
        if each.is_empty() {
            return Vec::new();
        }
        let n = text::pluralize(changed.len(), "alert was", "alerts were");
        vec![format!("{n} changed since: {}", each.join("; "))]
    }

    /// What the server held afterwards, as it was last read back; null if it never was.
    fn state_after(&self) -> &Value {
        let afters = self.steps.iter().rev().map(|(_, outcome)| &outcome.after);
        let after = afters.into_iter().find(|after| !after.is_null());
        after.unwrap_or(&Value::Null)
    }

    /// What was done, as far as this program knows such deeds.
    pub fn change(&self) -> Option<Change> {
        undo::from_submitted(&self.submitted)
    }

    /// Whose host it cut off or let back, and whether it cut it off; `None` for every other deed and for what was not done.
    pub(super) fn isolation_change(&self) -> Option<(SensorId, bool)> {
        match self.change().filter(|_| self.stage() != LoggedStage::NotApplied)? {
            Change::Isolate(sensor) => Some((sensor, true)),
            Change::Unisolate(sensor) => Some((sensor, false)),
            _ => None,
        }
    }

    /// What takes it back; `None` where nothing does, where it was not done, and where it was taken back already.
    pub fn inverse(&self) -> Option<Change> {
        let is_done = self.stage() != LoggedStage::NotApplied && self.undone_by.is_none();
        is_done.then(|| undo::inverse(&self.submitted, self.state_after())).flatten()
    }

    /// What its target is called, fit to be shown.
    pub fn name(&self) -> String {
        text::make_visible(&self.submitted.target.name.as_str().into())
    }

    /// Who did it: the configured user, or the account on this machine.
    pub fn actor_name(&self) -> &str {
        let who = &self.submitted.who;
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
                "sending": self.submitted,
                "steps": steps.collect::<Vec<_>>(),
            });
            Document::new(whole.to_string())
        })
    }
}

/// The alerts of a state in the log: their ids, each with its status and its owner.
fn alerts(state: &Value) -> Option<impl Iterator<Item = (&str, [&str; 2])>> {
    let each = state.get("alerts")?.as_array()?.iter();
    Some(each.filter_map(|alert| {
        let id = alert.get("unique_id")?.as_str()?;
        let status = alert.get("status")?.as_str()?;
        let owner = alert.get("assigned_to").and_then(Value::as_str);
        Some((id, [status, owner.unwrap_or_default()]))
    }))
}
