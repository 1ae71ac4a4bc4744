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

use restore::PreviousAlerts;
pub(super) use restore::{inverse, read_previous_alert};
pub use snapshot::AlertSnapshot;
use snapshot::{alert_source, describe_current, describe_status, display_id, display_owner};

use super::{Plan, PlanContext, Prepared, Snapshot};
use crate::api::{AlertUpdate, WriteRequest};
use crate::model::{Alert, AlertId, AlertSource, AlertStatus};
use crate::text;

/// As many alerts a server takes at once, as the official client sends them.
pub const BLOCK: usize = 500;

/// As many stragglers are named; the others are counted.
const MAX_STRAGGLERS: usize = 8;

/// Something that is done to alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertChange {
    /// To which.
    pub alerts: Arc<[AlertId]>,
    /// What they are to have.
    pub desired: Disposition,
}

/// What alerts are to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// This owner, who is at it.
    Assigned(String),
    /// This status.
    Status(AlertStatus),
    /// False positives, and no more alerts from their reports.
    Ignored,
    /// What each of them had before: its status, its owner if it had one, and whether its report was ignored.
    Previous(PreviousAlerts),
}

/// What an alert had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousAlert {
    /// Which alert.
    pub id: AlertId,
    /// How far somebody had looked.
    pub status: AlertStatus,
    /// Who had it; empty if nobody.
    pub assigned_to: String,
    /// Whether its report is to raise alerts again.
    pub report_restored: bool,
}

impl AlertChange {
    /// Deeds that do the same to all of these alerts, each of which to as many as a server takes at once.
    pub fn batches(alerts: &[AlertId], to: &Disposition) -> Vec<Self> {
        let blocks = alerts.chunks(BLOCK).map(|block| Self { alerts: block.into(), desired: to.clone() });
        blocks.collect()
    }

    pub(super) fn verb(&self) -> &'static str {
        match &self.desired {
            Disposition::Assigned(_) => "assign",
            Disposition::Status(AlertStatus::Unresolved) => "reopen",
            Disposition::Status(AlertStatus::InProgress) => "begin",
            Disposition::Status(AlertStatus::Resolved) => "resolve",
            Disposition::Status(AlertStatus::FalsePositive) => "false positive",
            Disposition::Status(AlertStatus::Other(_)) => "set status",
            Disposition::Ignored => "ignore",
            Disposition::Previous(_) => "put back",
        }
    }

    /// Whether an alert has what it is to have.
    fn is_satisfied_by(&self, alert: &Alert) -> bool {
        match &self.desired {
            Disposition::Assigned(user) => alert.assigned_to.raw() == user && alert.status == AlertStatus::InProgress,
            Disposition::Status(status) => alert.status == *status,
            Disposition::Ignored => {
                // A watchlist has no report, and some servers do not say it in an alert.
                alert.status == AlertStatus::FalsePositive && alert.is_report_ignored != Some(false)
            }
            Disposition::Previous(before) => before.get(&alert.id).is_some_and(|was| {
                was.status == alert.status
                    && (was.assigned_to.is_empty() || was.assigned_to == alert.assigned_to.raw())
                    && !(was.report_restored && alert.is_report_ignored == Some(true))
            }),
        }
    }

    /// What an alert is to have, in words.
    fn describe_desired(&self, alert: &Alert) -> String {
        match &self.desired {
            Disposition::Assigned(user) => format!("In Progress, {}", display_owner(user)),
            Disposition::Status(status) => text::make_visible(&status.server_word()),
            Disposition::Ignored if is_watched(alert) => "False Positive; a watchlist cannot be ignored".into(),
            Disposition::Ignored => "False Positive and ignore report".into(),
            Disposition::Previous(before) => {
                let was = before.get(&alert.id);
                was.map_or("?".into(), |was| describe_status(&was.status, &was.assigned_to))
            }
        }
    }

    pub(super) fn desired(&self) -> Value {
        match &self.desired {
            Disposition::Assigned(user) => json!({"status": "In Progress", "assigned_to": user}),
            Disposition::Status(status) => json!({"status": status.server_word().raw()}),
            Disposition::Ignored => json!({"status": "False Positive", "report_ignored": true}),
            Disposition::Previous(before) => {
                let each = before.iter().map(|was| {
                    json!({
                        "unique_id": was.id.0.raw(),
                        "status": was.status.server_word().raw(),
                        "assigned_to": was.assigned_to,
                        "is_heard_again": was.report_restored,
                    })
                });
                json!({"alerts": each.collect::<Vec<_>>()})
            }
        }
    }

    pub(super) fn write_requests(&self, now: &AlertSnapshot) -> Vec<WriteRequest> {
        let ours: HashSet<_> = self.alerts.iter().collect();
        let is_open = |alert: &&Arc<Alert>| ours.contains(&alert.id) && !self.is_satisfied_by(alert);
        let open: Vec<_> = now.present.iter().filter(is_open).collect();
        let ids = || open.iter().map(|alert| &alert.id);
        let change = |to| vec![WriteRequest::alerts(ids(), to)];
        match &self.desired {
            _ if open.is_empty() => Vec::new(),
            Disposition::Assigned(user) => change(AlertUpdate {
                status: Some(&AlertStatus::InProgress),
                assigned_to: Some(user),
                ..AlertUpdate::default()
            }),
            // The official client has another way for one alone, which takes fewer rights.
            Disposition::Status(status) if open.len() == 1 => vec![WriteRequest::alert(&open[0].id, status)],
            Disposition::Status(status) => change(AlertUpdate { status: Some(status), ..AlertUpdate::default() }),
            Disposition::Ignored => change(AlertUpdate {
                status: Some(&AlertStatus::FalsePositive),
                is_ignored: Some(true),
                ..AlertUpdate::default()
            }),
            Disposition::Previous(before) => restore::write_requests(before, &open),
        }
    }

    /// How many of the alerts that are there have yet to get it.
    pub(super) fn n_open(&self, now: &AlertSnapshot) -> usize {
        now.present.iter().filter(|alert| !self.is_satisfied_by(alert)).count()
    }

    /// How many of the alerts have it, and how many there are.
    fn count(&self, now: &AlertSnapshot) -> (usize, usize) {
        let done = now.present.iter().filter(|alert| self.is_satisfied_by(alert)).count();
        (done, self.alerts.len())
    }

    pub(super) fn no_op_reason(&self, now: &AlertSnapshot) -> Option<String> {
        match (self.count(now), &now.present[..]) {
            ((1, 1), [alert]) => Some(format!("is already {}", describe_current(alert))),
            ((done, all), _) if done == all => Some("already have this status".into()),
            _ => None,
        }
    }

    pub(super) fn rejection(&self, now: &AlertSnapshot) -> Option<(&'static str, &'static str)> {
        if now.present.is_empty() {
            return Some(("no longer on the server", "reload the alerts (r)"));
        }
        let is_nothing_ignored =
            self.desired == Disposition::Ignored && now.present.iter().all(|alert| is_watched(alert));
        is_nothing_ignored.then_some((
            "raised by a watchlist: there is no report to ignore",
            "mark them as false positives instead, or disable the watchlist",
        ))
    }

    /// Whether the server holds it for all, for some or for none.
    pub(super) fn coverage(&self, now: &AlertSnapshot) -> Coverage {
        match self.count(now) {
            (done, all) if done == all => Coverage::All,
            (0, _) => Coverage::None,
            _ => Coverage::Some,
        }
    }

    pub(super) fn describe(&self, now: &AlertSnapshot) -> String {
        let (done, all) = self.count(now);
        if all == 1
            && let [alert] = &now.present[..]
        {
            return describe_current(alert);
        }
        let left = now.present.iter().filter(|alert| !self.is_satisfied_by(alert));
        let left = left.map(|alert| format!("{} is {}", display_id(&alert.id), describe_current(alert)));
        let gone = now.missing.iter().map(|gone| format!("{} no longer exists", display_id(gone)));
        let left: Vec<_> = left.chain(gone).collect();
        let so = format!("{done} of {} changed", text::pluralize(all, "alert", "alerts"));
        match left.len() {
            0 => so,
            n if n <= MAX_STRAGGLERS => format!("{so}; {}", left.join(", ")),
            n => format!("{so}; {} and {} more", left[..MAX_STRAGGLERS].join(", "), n - MAX_STRAGGLERS),
        }
    }

    /// Without those that somebody else has changed since they were looked at; and who they are, in words.
    pub(super) fn without_conflicts(&self, then: &AlertSnapshot, now: &AlertSnapshot) -> (Self, Vec<String>) {
        let before: HashMap<_, _> = then.present.iter().map(|alert| (&alert.id, alert)).collect();
        let mut said = Vec::new();
        let is_as_seen = |alert: &&Arc<Alert>| {
            if self.is_satisfied_by(alert) {
                return false;
            }
            let Some(seen) = before.get(&alert.id) else {
                return false;
            };
            let is_same = seen.status == alert.status && seen.assigned_to == alert.assigned_to;
            if !is_same {
                said.push(format!(
                    "{} was changed meanwhile and is skipped: {}",
                    display_id(&alert.id),
                    describe_current(alert)
                ));
            }
            is_same
        };
        let kept: Vec<_> = now.present.iter().filter(is_as_seen).collect();
        let left = Self { alerts: kept.iter().map(|alert| alert.id.clone()).collect(), desired: self.desired.clone() };
        (left, said)
    }

    /// Finds out what it would do.
    pub(super) fn prepare(self, now: Arc<AlertSnapshot>, estate: &PlanContext) -> Prepared {
        let open = now.present.iter().filter(|alert| !self.is_satisfied_by(alert));
        let mut effects: Vec<_> = open.map(|alert| self.effect(alert)).collect();
        let (n_open, n_so) = (effects.len(), now.present.len() - effects.len());
        if n_so > 0 {
            effects.push(text::pluralize(
                n_so,
                "already has this status and is skipped",
                "already have this status and are skipped",
            ));
        }
        let (mut warnings, mut notes) = (Vec::new(), Vec::new());
        if !now.missing.is_empty() {
            let names: Vec<_> = now.missing.iter().take(MAX_STRAGGLERS).map(display_id).collect();
            let n = now.missing.len();
            notes.push(format!("{n} no longer on the server: {}", names.join(", ")));
        }
        let owners = self.owners(&now, estate.user.as_deref());
        if !owners.is_empty() {
            let each: Vec<_> = owners.iter().map(|(who, n)| format!("{who} {n}")).collect();
            let n: usize = owners.values().sum();
            let are = if n == 1 { "is" } else { "are" };
            warnings.push(format!("{n} of {n_open} {are} assigned to others: {}", each.join(", ")));
        }
        if self.desired == Disposition::Ignored {
            let open = now.present.iter().filter(|alert| !self.is_satisfied_by(alert));
            let n = open.filter(|alert| is_watched(alert)).count();
            if n > 0 {
                notes.push(format!(
                    "{n} of {n_open} raised by watchlists, which are not ignored: marked as false positives only"
                ));
            }
        }
        if let Disposition::Previous(before) = &self.desired {
            let had_none = |was: &PreviousAlert| was.assigned_to.is_empty();
            let keeps = now.present.iter().filter(|alert| !alert.assigned_to.is_empty());
            let keeps = keeps.filter(|alert| before.get(&alert.id).is_some_and(had_none));
            let n = keeps.count();
            if n > 0 {
                let n = text::pluralize(n, "alert was", "alerts were");
                notes.push(format!("{n} unassigned before and will stay assigned: the API cannot unassign alerts"));
            }
        }
        Prepared::Ready(Box::new(Plan {
            effects,
            warnings,
            notes,
            ..Plan::new(super::Change::Triage(self), Snapshot::Alerts(now), estate)
        }))
    }

    /// How many of the alerts that it would change each other user is at work on: neither `user`, who does it, nor the one
    /// who is to have them.
    fn owners(&self, now: &AlertSnapshot, user: Option<&str>) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        for alert in now.present.iter().filter(|alert| !self.is_satisfied_by(alert)) {
            let owner = alert.assigned_to.raw();
            let is_taken = alert.status == AlertStatus::InProgress && !owner.is_empty();
            let is_meant = matches!(&self.desired, Disposition::Assigned(user) if user == owner);
            if is_taken && !is_meant && user != Some(owner) {
                *owners.entry(display_owner(owner)).or_default() += 1;
            }
        }
        owners
    }

    /// What it does to one alert.
    fn effect(&self, alert: &Alert) -> String {
        /// Cells of a name.
        const WIDE: usize = 40;
        let score = alert.severity.map_or("?".into(), |score| format!("{score:.0}"));
        let name = alert_source(alert);
        let place = if alert.host.is_empty() { String::new() } else { format!(" on {}", text::fit(&alert.host, WIDE)) };
        format!(
            "{score:>3}  {}{place}: {} -> {}",
            text::fit(name, WIDE),
            describe_current(alert),
            self.describe_desired(alert)
        )
    }
}

/// Whether a watchlist raised it, which has no report.
fn is_watched(alert: &Alert) -> bool {
    alert.source == AlertSource::Watchlist
}

/// How many of several have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Every one.
    All,
    /// Not all of them.
    Some,
    /// Not one.
    None,
}
