//! What is done to alerts (reference 2.13): many at once, named one by one, and proven one by one.
//!
//! Servers carry out changes of alerts late, and their index shows them later still. So long as that may be, an alert that
//! does not show it yet is waited for; then it is said, by its id.

mod restore;
mod snapshot;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use serde_json::{Value, json};

use restore::Before;
pub(super) use restore::{read_was, undoing};
pub use snapshot::Alerts;
use snapshot::{had, had_now, id, shown, source};

use super::{Estate, Plan, Prepared, State};
use crate::api::{AlertChange, Change};
use crate::model::{Alert, AlertId, AlertSource, AlertStatus};
use crate::text;

/// As many alerts a server takes at once, as the official client sends them.
pub const BLOCK: usize = 500;

/// As many stragglers are named; the others are counted.
const NAMED: usize = 8;

/// Something that is done to alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triage {
    /// To which.
    pub alerts: Arc<[AlertId]>,
    /// What they are to have.
    pub to: Verdict,
}

/// What alerts are to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// This owner, who is at it.
    Assigned(String),
    /// This status.
    Status(AlertStatus),
    /// False positives, and no more alerts from their reports.
    Ignored,
    /// What each of them had before: its status, its owner if it had one, and whether its report was ignored.
    Before(Before),
}

/// What an alert had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Was {
    /// Which alert.
    pub id: AlertId,
    /// How far somebody had looked.
    pub status: AlertStatus,
    /// Who had it; empty if nobody.
    pub assigned_to: String,
    /// Whether its report is to raise alerts again.
    pub is_heard_again: bool,
}

impl Triage {
    /// Deeds that do the same to all of these alerts, each of which to as many as a server takes at once.
    pub fn blocks(alerts: &[AlertId], to: &Verdict) -> Vec<Self> {
        let blocks = alerts.chunks(BLOCK).map(|block| Self { alerts: block.into(), to: to.clone() });
        blocks.collect()
    }

    pub(super) fn verb(&self) -> &'static str {
        match &self.to {
            Verdict::Assigned(_) => "assign",
            Verdict::Status(AlertStatus::Unresolved) => "reopen",
            Verdict::Status(AlertStatus::InProgress) => "begin",
            Verdict::Status(AlertStatus::Resolved) => "resolve",
            Verdict::Status(AlertStatus::FalsePositive) => "false positive",
            Verdict::Status(AlertStatus::Other(_)) => "set status",
            Verdict::Ignored => "ignore",
            Verdict::Before(_) => "put back",
        }
    }

    /// Whether an alert has what it is to have.
    fn is_so(&self, alert: &Alert) -> bool {
        match &self.to {
            Verdict::Assigned(user) => alert.assigned_to.raw() == user && alert.status == AlertStatus::InProgress,
            Verdict::Status(status) => alert.status == *status,
            Verdict::Ignored => {
                // A watchlist has no report, and some servers do not say it in an alert.
                alert.status == AlertStatus::FalsePositive && alert.is_report_ignored != Some(false)
            }
            Verdict::Before(before) => before.of(&alert.id).is_some_and(|was| {
                was.status == alert.status
                    && (was.assigned_to.is_empty() || was.assigned_to == alert.assigned_to.raw())
                    && !(was.is_heard_again && alert.is_report_ignored == Some(true))
            }),
        }
    }

    /// What an alert is to have, in words.
    fn wish(&self, alert: &Alert) -> String {
        match &self.to {
            Verdict::Assigned(user) => format!("In Progress, {}", shown(user)),
            Verdict::Status(status) => text::visible(&status.word()),
            Verdict::Ignored if is_watched(alert) => "False Positive; a watchlist cannot be ignored".into(),
            Verdict::Ignored => "False Positive and ignore report".into(),
            Verdict::Before(before) => {
                let was = before.of(&alert.id);
                was.map_or("?".into(), |was| had(&was.status, &was.assigned_to))
            }
        }
    }

    pub(super) fn wanted(&self) -> Value {
        match &self.to {
            Verdict::Assigned(user) => json!({"status": "In Progress", "assigned_to": user}),
            Verdict::Status(status) => json!({"status": status.word().raw()}),
            Verdict::Ignored => json!({"status": "False Positive", "report_ignored": true}),
            Verdict::Before(before) => {
                let each = before.iter().map(|was| {
                    json!({
                        "unique_id": was.id.0.raw(),
                        "status": was.status.word().raw(),
                        "assigned_to": was.assigned_to,
                        "is_heard_again": was.is_heard_again,
                    })
                });
                json!({"alerts": each.collect::<Vec<_>>()})
            }
        }
    }

    pub(super) fn changes(&self, now: &Alerts) -> Vec<Change> {
        let ours: HashSet<_> = self.alerts.iter().collect();
        let is_open = |alert: &&Arc<Alert>| ours.contains(&alert.id) && !self.is_so(alert);
        let open: Vec<_> = now.here.iter().filter(is_open).collect();
        let ids = || open.iter().map(|alert| &alert.id);
        let change = |to| vec![Change::alerts(ids(), to)];
        match &self.to {
            _ if open.is_empty() => Vec::new(),
            Verdict::Assigned(user) => change(AlertChange {
                status: Some(&AlertStatus::InProgress),
                assigned_to: Some(user),
                ..AlertChange::default()
            }),
            // The official client has another way for one alone, which takes fewer rights.
            Verdict::Status(status) if open.len() == 1 => vec![Change::alert(&open[0].id, status)],
            Verdict::Status(status) => change(AlertChange { status: Some(status), ..AlertChange::default() }),
            Verdict::Ignored => change(AlertChange {
                status: Some(&AlertStatus::FalsePositive),
                is_ignored: Some(true),
                ..AlertChange::default()
            }),
            Verdict::Before(before) => restore::changes(before, &open),
        }
    }

    /// How many of the alerts that are there have yet to get it.
    pub(super) fn n_open(&self, now: &Alerts) -> usize {
        now.here.iter().filter(|alert| !self.is_so(alert)).count()
    }

    /// How many of the alerts have it, and how many there are.
    fn count(&self, now: &Alerts) -> (usize, usize) {
        let done = now.here.iter().filter(|alert| self.is_so(alert)).count();
        (done, self.alerts.len())
    }

    pub(super) fn already(&self, now: &Alerts) -> Option<String> {
        match (self.count(now), &now.here[..]) {
            ((1, 1), [alert]) => Some(format!("is already {}", had_now(alert))),
            ((done, all), _) if done == all => Some("already have this status".into()),
            _ => None,
        }
    }

    pub(super) fn impossible(&self, now: &Alerts) -> Option<(&'static str, &'static str)> {
        if now.here.is_empty() {
            return Some(("no longer on the server", "reload the alerts (r)"));
        }
        let is_nothing_ignored = self.to == Verdict::Ignored && now.here.iter().all(|alert| is_watched(alert));
        is_nothing_ignored.then_some((
            "raised by a watchlist: there is no report to ignore",
            "mark them as false positives instead, or disable the watchlist",
        ))
    }

    /// Whether the server holds it for all, for some or for none.
    pub(super) fn held(&self, now: &Alerts) -> Held {
        match self.count(now) {
            (done, all) if done == all => Held::All,
            (0, _) => Held::None,
            _ => Held::Some,
        }
    }

    pub(super) fn words(&self, now: &Alerts) -> String {
        let (done, all) = self.count(now);
        if all == 1
            && let [alert] = &now.here[..]
        {
            return had_now(alert);
        }
        let left = now.here.iter().filter(|alert| !self.is_so(alert));
        let left = left.map(|alert| format!("{} is {}", id(&alert.id), had_now(alert)));
        let gone = now.gone.iter().map(|gone| format!("{} no longer exists", id(gone)));
        let left: Vec<_> = left.chain(gone).collect();
        let so = format!("{done} of {} changed", text::counted(all, "alert", "alerts"));
        match left.len() {
            0 => so,
            n if n <= NAMED => format!("{so}; {}", left.join(", ")),
            n => format!("{so}; {} and {} more", left[..NAMED].join(", "), n - NAMED),
        }
    }

    /// Without those that somebody else has changed since they were looked at; and who they are, in words.
    pub(super) fn without_changed(&self, then: &Alerts, now: &Alerts) -> (Self, Vec<String>) {
        let before: HashMap<_, _> = then.here.iter().map(|alert| (&alert.id, alert)).collect();
        let mut said = Vec::new();
        let is_as_seen = |alert: &&Arc<Alert>| {
            if self.is_so(alert) {
                return false;
            }
            let Some(seen) = before.get(&alert.id) else {
                return false;
            };
            let is_same = seen.status == alert.status && seen.assigned_to == alert.assigned_to;
            if !is_same {
                said.push(format!("{} was changed meanwhile and is skipped: {}", id(&alert.id), had_now(alert)));
            }
            is_same
        };
        let kept: Vec<_> = now.here.iter().filter(is_as_seen).collect();
        let left = Self { alerts: kept.iter().map(|alert| alert.id.clone()).collect(), to: self.to.clone() };
        (left, said)
    }

    /// Finds out what it would do.
    pub(super) fn prepare(self, now: Arc<Alerts>, estate: &Estate) -> Prepared {
        let open = now.here.iter().filter(|alert| !self.is_so(alert));
        let mut effects: Vec<_> = open.map(|alert| self.effect(alert)).collect();
        let (n_open, n_so) = (effects.len(), now.here.len() - effects.len());
        if n_so > 0 {
            effects.push(text::counted(
                n_so,
                "already has this status and is skipped",
                "already have this status and are skipped",
            ));
        }
        let (mut warnings, mut notes) = (Vec::new(), Vec::new());
        if !now.gone.is_empty() {
            let names: Vec<_> = now.gone.iter().take(NAMED).map(id).collect();
            let n = now.gone.len();
            notes.push(format!("{n} no longer on the server: {}", names.join(", ")));
        }
        let owners = self.owners(&now, estate.user.as_deref());
        if !owners.is_empty() {
            let each: Vec<_> = owners.iter().map(|(who, n)| format!("{who} {n}")).collect();
            let n: usize = owners.values().sum();
            let are = if n == 1 { "is" } else { "are" };
            warnings.push(format!("{n} of {n_open} {are} assigned to others: {}", each.join(", ")));
        }
        if self.to == Verdict::Ignored {
            let open = now.here.iter().filter(|alert| !self.is_so(alert));
            let n = open.filter(|alert| is_watched(alert)).count();
            if n > 0 {
                notes.push(format!(
                    "{n} of {n_open} raised by watchlists, which are not ignored: marked as false positives only"
                ));
            }
        }
        if let Verdict::Before(before) = &self.to {
            let had_none = |was: &Was| was.assigned_to.is_empty();
            let keeps = now.here.iter().filter(|alert| !alert.assigned_to.is_empty());
            let keeps = keeps.filter(|alert| before.of(&alert.id).is_some_and(had_none));
            let n = keeps.count();
            if n > 0 {
                let n = text::counted(n, "alert was", "alerts were");
                notes.push(format!("{n} unassigned before and will stay assigned: the API cannot unassign alerts"));
            }
        }
        Prepared::Ready(Box::new(Plan {
            effects,
            warnings,
            notes,
            ..Plan::new(super::Deed::Triage(self), State::Alerts(now), estate)
        }))
    }

    /// How many of the alerts that it would change each other user is at work on: neither `user`, who does it, nor the one
    /// who is to have them.
    fn owners(&self, now: &Alerts, user: Option<&str>) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        for alert in now.here.iter().filter(|alert| !self.is_so(alert)) {
            let owner = alert.assigned_to.raw();
            let is_taken = alert.status == AlertStatus::InProgress && !owner.is_empty();
            let is_meant = matches!(&self.to, Verdict::Assigned(user) if user == owner);
            if is_taken && !is_meant && user != Some(owner) {
                *owners.entry(shown(owner)).or_default() += 1;
            }
        }
        owners
    }

    /// What it does to one alert.
    fn effect(&self, alert: &Alert) -> String {
        /// Cells of a name.
        const WIDE: usize = 40;
        let score = alert.severity.map_or("?".into(), |score| format!("{score:.0}"));
        let name = source(alert);
        let place = if alert.host.is_empty() { String::new() } else { format!(" on {}", text::fit(&alert.host, WIDE)) };
        format!("{score:>3}  {}{place}: {} -> {}", text::fit(name, WIDE), had_now(alert), self.wish(alert))
    }
}

/// Whether a watchlist raised it, which has no report.
fn is_watched(alert: &Alert) -> bool {
    alert.source == AlertSource::Watchlist
}

/// How many of several have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// Every one.
    All,
    /// Not all of them.
    Some,
    /// Not one.
    None,
}
