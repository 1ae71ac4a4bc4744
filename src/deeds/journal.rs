//! The action log as a list of deeds: what was done, what became of it, and what would take it back.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::json;

use super::{Deed, undo};
use crate::deeds;
use crate::model::Document;
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
    /// All of it, as JSON.
    pub document: Document,
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
                        document: Document::default(),
                    };
                    acts.insert(line, act);
                }
                Event::Known(outcome) => {
                    if let Some(act) = acts.get_mut(&outcome.of) {
                        act.steps.push((at, *outcome));
                    }
                }
                Event::Repaired { .. } => {}
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
        let acts = acts.into_values().rev();
        let acts = acts.map(|act| Arc::new(act.documented()));
        Self {
            acts: acts.collect(),
            faults: verdict.faults.iter().map(ToString::to_string).collect(),
            head: (verdict.head.lines, verdict.head.last),
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
        }
    }

    /// Whether what became of it is still to be found out.
    pub fn is_open(&self) -> bool {
        !self.stage().is_final()
    }

    /// What was done, as far as this program knows such deeds.
    pub fn deed(&self) -> Option<Deed> {
        undo::of(&self.sending)
    }

    /// What takes it back; `None` where nothing does, where it was not done, and where it was taken back already.
    pub fn undo(&self) -> Option<Deed> {
        let is_done = self.stage() != Stage::NotApplied && self.undone_by.is_none();
        is_done.then(|| undo::undoing(&self.sending)).flatten()
    }

    /// Who did it: the configured user, or the account on this machine.
    pub fn who(&self) -> &str {
        let who = &self.sending.who;
        let name = who.user.as_deref().or(who.os_user.as_deref());
        name.unwrap_or("unknown")
    }

    fn documented(mut self) -> Self {
        let steps = self.steps.iter();
        let steps = steps.map(|(at, outcome)| json!({"at": at, "outcome": outcome}));
        let whole = json!({
            "line": self.line,
            "at": self.at,
            "sending": self.sending,
            "steps": steps.collect::<Vec<_>>(),
        });
        self.document = Document::new(whole.to_string());
        self
    }
}

impl Journal {
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
