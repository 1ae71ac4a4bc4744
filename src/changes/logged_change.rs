//! One deed of the action log: what was sent, what became of it, and what would take it back.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Deed, LIVE, State, snapshot, undo};
use crate::audit::{Outcome, Sending, Stage};
use crate::changes;
use crate::model::{Document, SensorId};
use crate::text;

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

impl Act {
    /// One of which nothing is known yet.
    pub(super) fn new(line: u64, at: Timestamp, sending: Sending) -> Self {
        Self { line, at, sending, steps: Vec::new(), undone_by: None, superseded_by: None, document: OnceLock::new() }
    }

    /// How far it has got; unknown if the program ended before it could write more.
    pub fn stage(&self) -> Stage {
        self.steps.last().map_or(Stage::Unknown, |(_, outcome)| outcome.stage)
    }

    /// What is to be said of it.
    pub fn note(&self) -> &str {
        self.steps.last().map_or("lampblack ended before the outcome was known", |(_, outcome)| &outcome.note)
    }

    /// What became of it, to be found out further.
    pub fn outcome(&self) -> changes::Outcome {
        changes::Outcome {
            line: self.line,
            stage: self.stage(),
            note: self.note().to_owned(),
            error: None,
            // Another program may be sending it right now, or it was sent and never answered.
            may_come_until: self.at.checked_add(LIVE).ok(),
            aside: String::new(),
        }
    }

    /// Whether what became of it is still to be found out. Where the server was read and did not tell, it never will.
    pub fn is_open(&self) -> bool {
        if self.superseded_by.is_some() {
            return false;
        }
        let is_mute = || {
            let last = self.steps.last().map(|(_, outcome)| &outcome.after);
            let deed = self.deed();
            last.is_some_and(|after| !after.is_null()) || deed.is_some_and(|deed| deed.leaves_no_trace())
        };
        match self.stage() {
            Stage::Unknown => !is_mute(),
            other => !other.is_final(),
        }
    }

    /// What the server holds by now otherwise than this left it, in words: somebody has changed it since.
    pub fn drift(&self, now: &State) -> Vec<String> {
        let now = now.json();
        let (Some(left), Some(held)) = (alerts(self.after()), alerts(&now)) else {
            return snapshot::changed(&self.sending.wanted, self.after(), &now);
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
            each.iter().map(|(state, n)| format!("{n} {}", text::visible(&state.as_str().into()))).collect();
        if each.is_empty() {
            return Vec::new();
        }
        let n = text::counted(changed.len(), "alert was", "alerts were");
        vec![format!("{n} changed since: {}", each.join("; "))]
    }

    /// What the server held afterwards, as it was last read back; null if it never was.
    fn after(&self) -> &Value {
        let afters = self.steps.iter().rev().map(|(_, outcome)| &outcome.after);
        let after = afters.into_iter().find(|after| !after.is_null());
        after.unwrap_or(&Value::Null)
    }

    /// What was done, as far as this program knows such deeds.
    pub fn deed(&self) -> Option<Deed> {
        undo::of(&self.sending)
    }

    /// Whose host it cut off or let back, and whether it cut it off; `None` for every other deed and for what was not done.
    pub(super) fn turn(&self) -> Option<(SensorId, bool)> {
        match self.deed().filter(|_| self.stage() != Stage::NotApplied)? {
            Deed::Isolate(sensor) => Some((sensor, true)),
            Deed::Release(sensor) => Some((sensor, false)),
            _ => None,
        }
    }

    /// What takes it back; `None` where nothing does, where it was not done, and where it was taken back already.
    pub fn undo(&self) -> Option<Deed> {
        let is_done = self.stage() != Stage::NotApplied && self.undone_by.is_none();
        is_done.then(|| undo::undoing(&self.sending, self.after())).flatten()
    }

    /// What its target is called, fit to be shown.
    pub fn name(&self) -> String {
        text::visible(&self.sending.target.name.as_str().into())
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
