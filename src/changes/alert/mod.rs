//! Changes of alerts (reference 2.13): many at once, each named by its ID and verified on its own.
//!
//! Servers apply changes of alerts asynchronously, and their index shows them later still. While a change may still
//! appear, an alert without it is pending; after that, it is reported by its ID.

mod restore;
mod snapshot;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) use restore::read_previous_alert;
use restore::{PreviousAlerts, inverse};
pub use snapshot::AlertSnapshot;
use snapshot::{alert_source, describe_current, describe_status, display_id, display_owner};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    operation::{NOTHING_LOGGED, Operation, WriteContext},
    snapshot::{Snapshot, changed_members},
};
use crate::api::{AlertUpdate, Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{Alert, AlertId, AlertSource, AlertStatus, ProcessId};
use crate::text;

/// The maximum number of alerts per request, as in the official client.
pub const BLOCK: usize = 500;

/// The maximum number of unchanged alerts that are listed by ID.
const MAX_STRAGGLERS: usize = 8;

/// A change of alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChange {
    pub alerts: Arc<[AlertId]>,
    pub desired: Disposition,
}

/// The state that alerts are set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// In progress, assigned to this user.
    Assigned(String),
    Status(AlertStatus),
    /// False positive, and their reports are ignored.
    Ignored,
    /// The previous state of each: its status, its owner if it had one, and whether its report was ignored.
    Previous(PreviousAlerts),
}

/// The previous state of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousAlert {
    pub id: AlertId,
    pub status: AlertStatus,
    /// The owner; empty if unassigned.
    pub assigned_to: String,
    /// Whether its report raises alerts again.
    pub report_restored: bool,
}

impl AlertChange {
    /// Returns the changes that set all of `alerts` to one state, split into blocks that a server accepts in one
    /// request.
    pub fn batches(alerts: &[AlertId], desired: &Disposition) -> Vec<Self> {
        alerts.chunks(BLOCK).map(|block| Self { alerts: block.into(), desired: desired.clone() }).collect()
    }

    /// Returns whether an alert has the desired state.
    fn is_satisfied_by(&self, alert: &Alert) -> bool {
        match &self.desired {
            Disposition::Assigned(user) => alert.assigned_to.raw() == user && alert.status == AlertStatus::InProgress,
            Disposition::Status(status) => alert.status == *status,
            Disposition::Ignored => {
                // A watchlist has no report, and some servers do not return this flag for an alert.
                alert.status == AlertStatus::FalsePositive && alert.is_report_ignored != Some(false)
            }
            Disposition::Previous(previous_alerts) => previous_alerts.get(&alert.id).is_some_and(|previous| {
                previous.status == alert.status
                    && (previous.assigned_to.is_empty() || previous.assigned_to == alert.assigned_to.raw())
                    && !(previous.report_restored && alert.is_report_ignored == Some(true))
            }),
        }
    }

    /// Returns the IDs of the alerts that this change itself may have set since they were logged: they have the desired
    /// state, and an owner that is unchanged or set by the change. `logged` has the status and owner of each.
    fn applied_since<'a>(
        &'a self,
        logged: &'a HashMap<&str, [&str; 2]>,
        read: &'a AlertSnapshot,
    ) -> impl Iterator<Item = &'a str> {
        let is_owner_desired = |alert: &Alert| match &self.desired {
            Disposition::Assigned(_) => true,
            Disposition::Previous(previous) => {
                let previous = previous.get(&alert.id);
                previous.is_some_and(|previous| previous.assigned_to == alert.assigned_to.raw())
            }
            Disposition::Status(_) | Disposition::Ignored => false,
        };
        let ids = read.present.iter().filter(move |alert| {
            let owner = logged.get(alert.id.0.raw()).map(|[_, owner]| *owner);
            self.is_satisfied_by(alert) && (owner == Some(alert.assigned_to.raw()) || is_owner_desired(alert))
        });
        ids.map(|alert| alert.id.0.raw())
    }

    /// Describes the desired state of an alert.
    fn describe_desired(&self, alert: &Alert) -> String {
        match &self.desired {
            Disposition::Assigned(user) => format!("In Progress, {}", display_owner(user)),
            Disposition::Status(status) => text::make_visible(&status.server_word()),
            Disposition::Ignored if is_watched(alert) => "False Positive; a watchlist cannot be ignored".into(),
            Disposition::Ignored => "False Positive and ignore report".into(),
            Disposition::Previous(previous_alerts) => {
                let previous = previous_alerts.get(&alert.id);
                previous.map_or("?".into(), |previous| describe_status(&previous.status, &previous.assigned_to))
            }
        }
    }

    /// Returns the number of alerts with the desired state, and of all.
    fn count(&self, current: &AlertSnapshot) -> (usize, usize) {
        let done = current.present.iter().filter(|alert| self.is_satisfied_by(alert)).count();
        (done, self.alerts.len())
    }

    /// Returns whether an alert that was as in `planned` is now as this change would set it.
    fn sets_alert(&self, planned: &Alert, current: &Alert) -> bool {
        let is_owner_kept = planned.assigned_to == current.assigned_to;
        self.alerts.contains(&current.id)
            && self.is_satisfied_by(current)
            && !self.is_satisfied_by(planned)
            && (is_owner_kept || matches!(self.desired, Disposition::Assigned(_) | Disposition::Previous(_)))
    }

    /// Counts the alerts in progress that the change would take from their owners, per owner: other than `user`, who
    /// makes the change, and the user whom it assigns.
    fn owners(&self, current: &AlertSnapshot, user: Option<&str>) -> BTreeMap<String, usize> {
        let mut owners = BTreeMap::new();
        for alert in current.present.iter().filter(|alert| !self.is_satisfied_by(alert)) {
            let owner = alert.assigned_to.raw();
            let is_in_progress = alert.status == AlertStatus::InProgress && !owner.is_empty();
            let is_new_owner = matches!(&self.desired, Disposition::Assigned(user) if user == owner);
            if is_in_progress && !is_new_owner && user != Some(owner) {
                *owners.entry(display_owner(owner)).or_default() += 1;
            }
        }
        owners
    }

    /// Describes the effect on an alert.
    fn effect(&self, alert: &Alert) -> String {
        /// Maximum width of a name, in cells.
        const WIDE: usize = 40;
        let score = alert.severity.map_or("?".into(), |score| format!("{score:.0}"));
        let name = alert_source(alert);
        let host = if alert.host.is_empty() { String::new() } else { format!(" on {}", text::fit(&alert.host, WIDE)) };
        // Alerts of one report on one host differ in these.
        let pid = alert.process.and_then(ProcessId::pid).map(|pid| format!("pid {pid}"));
        let raised = alert.created.map(|at| at.strftime("%m-%d %H:%M:%SZ").to_string());
        let parts: Vec<_> = pid.into_iter().chain(raised).collect();
        let distinction = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
        format!(
            "{score:>3}  {}{host}: {} -> {}{distinction}",
            text::fit(name, WIDE),
            describe_current(alert),
            self.describe_desired(alert)
        )
    }
}

impl Operation for AlertChange {
    type State = AlertSnapshot;

    fn verb(&self) -> &'static str {
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

    fn aspect(&self) -> Aspect {
        Aspect::AlertStatus
    }

    fn target(&self) -> Target {
        Target::Alerts(self.alerts.clone())
    }

    fn needs_reason(&self) -> bool {
        self.desired == Disposition::Ignored
    }

    async fn read(&self, client: &Client) -> Result<AlertSnapshot, Error> {
        AlertSnapshot::read(&self.alerts, client).await
    }

    fn desired(&self, _: &Justification) -> Value {
        match &self.desired {
            Disposition::Assigned(user) => json!({"status": "In Progress", "assigned_to": user}),
            Disposition::Status(status) => json!({"status": status.server_word().raw()}),
            Disposition::Ignored => json!({"status": "False Positive", "report_ignored": true}),
            Disposition::Previous(before) => {
                let alerts = before.iter().map(|previous| {
                    json!({
                        "unique_id": previous.id.0.raw(),
                        "status": previous.status.server_word().raw(),
                        "assigned_to": previous.assigned_to,
                        "is_heard_again": previous.report_restored,
                    })
                });
                json!({"alerts": alerts.collect::<Vec<_>>()})
            }
        }
    }

    fn write_requests(&self, current: &AlertSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        let ids: HashSet<_> = self.alerts.iter().collect();
        let is_open = |alert: &&Arc<Alert>| ids.contains(&alert.id) && !self.is_satisfied_by(alert);
        let open: Vec<_> = current.present.iter().filter(is_open).collect();
        let open_ids = || open.iter().map(|alert| &alert.id);
        let request = |to| vec![WriteRequest::alerts(open_ids(), to)];
        match &self.desired {
            _ if open.is_empty() => Vec::new(),
            Disposition::Assigned(user) => request(AlertUpdate {
                status: Some(&AlertStatus::InProgress),
                assigned_to: Some(user),
                ..AlertUpdate::default()
            }),
            // As in the official client, a single alert has an endpoint of its own, which needs fewer rights.
            Disposition::Status(status) if open.len() == 1 => vec![WriteRequest::alert(&open[0].id, status)],
            Disposition::Status(status) => request(AlertUpdate { status: Some(status), ..AlertUpdate::default() }),
            Disposition::Ignored => request(AlertUpdate {
                status: Some(&AlertStatus::FalsePositive),
                is_ignored: Some(true),
                ..AlertUpdate::default()
            }),
            Disposition::Previous(before) => restore::write_requests(before, &open),
        }
    }

    /// Returns the number of existing alerts without the desired state.
    fn n_changed(&self, current: &AlertSnapshot) -> usize {
        current.present.iter().filter(|alert| !self.is_satisfied_by(alert)).count()
    }

    fn no_op_reason(&self, current: &AlertSnapshot) -> Option<String> {
        match (self.count(current), &current.present[..]) {
            ((1, 1), [alert]) => Some(format!("is already {}", describe_current(alert))),
            ((done, all), _) if done == all => Some("already have this status".into()),
            _ => None,
        }
    }

    fn rejection(&self, current: &AlertSnapshot) -> Option<(&'static str, &'static str)> {
        if current.present.is_empty() {
            return Some(("no longer on the server", "reload the alerts (r)"));
        }
        let is_nothing_ignored =
            self.desired == Disposition::Ignored && current.present.iter().all(|alert| is_watched(alert));
        is_nothing_ignored.then_some((
            "raised by a watchlist: there is no report to ignore",
            "mark them as false positives instead, or disable the watchlist",
        ))
    }

    fn stage(&self, current: &AlertSnapshot) -> LoggedStage {
        match self.count(current) {
            (done, all) if done == all => LoggedStage::Confirmed,
            (0, _) => LoggedStage::NotApplied,
            _ => LoggedStage::Partly,
        }
    }

    fn is_eventual(&self) -> bool {
        true
    }

    fn inverse(&self, before: &Value, _: &Value) -> Result<Self, &'static str> {
        inverse(before, self).ok_or(NOTHING_LOGGED)
    }

    fn changed_since(
        &self,
        undone: Option<&Self>,
        desired: &Value,
        after: &Value,
        current: &AlertSnapshot,
    ) -> Vec<String> {
        let state = current.snapshot_json();
        let (Some(logged), Some(read)) = (logged_alerts(after), logged_alerts(&state)) else {
            return changed_members(desired, after, &state);
        };
        let logged: HashMap<_, _> = logged.collect();
        let own: HashSet<_> = undone.into_iter().flat_map(|undone| undone.applied_since(&logged, current)).collect();
        let changed: Vec<_> = read
            .filter(|(id, current)| logged.get(id).is_some_and(|logged| logged != current) && !own.contains(id))
            .map(|(_, current)| current)
            .collect();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for [status, owner] in &changed {
            let owner = if owner.is_empty() { "unassigned" } else { owner };
            *counts.entry(format!("{status}, {owner}")).or_default() += 1;
        }
        let counts: Vec<_> =
            counts.iter().map(|(state, n)| format!("{n} {}", text::make_visible(&state.as_str().into()))).collect();
        if counts.is_empty() {
            return Vec::new();
        }
        let n = text::pluralize(changed.len(), "alert was", "alerts were");
        vec![format!("{n} changed since: {}", counts.join("; "))]
    }

    fn describe(&self, current: &AlertSnapshot) -> String {
        let (done, all) = self.count(current);
        if all == 1
            && let [alert] = &current.present[..]
        {
            return describe_current(alert);
        }
        let remaining = current
            .present
            .iter()
            .filter(|alert| !self.is_satisfied_by(alert))
            .map(|alert| format!("{} is {}", display_id(&alert.id), describe_current(alert)));
        let missing = current.missing.iter().map(|missing| format!("{} no longer exists", display_id(missing)));
        let remaining: Vec<_> = remaining.chain(missing).collect();
        let summary = format!("{done} of {} changed", text::pluralize(all, "alert", "alerts"));
        match remaining.len() {
            0 => summary,
            n if n <= MAX_STRAGGLERS => format!("{summary}; {}", remaining.join(", ")),
            n => format!("{summary}; {} and {} more", remaining[..MAX_STRAGGLERS].join(", "), n - MAX_STRAGGLERS),
        }
    }

    fn without_conflicts(
        &self,
        planned: &AlertSnapshot,
        current: &AlertSnapshot,
        undone: Option<&Self>,
    ) -> (Self, Vec<String>) {
        let planned_alerts: HashMap<_, _> = planned.present.iter().map(|alert| (&alert.id, alert)).collect();
        let mut conflicts = Vec::new();
        let is_unchanged = |alert: &&Arc<Alert>| {
            if self.is_satisfied_by(alert) {
                return false;
            }
            let Some(planned) = planned_alerts.get(&alert.id) else {
                return false;
            };
            let is_unchanged = planned.status == alert.status && planned.assigned_to == alert.assigned_to;
            if !is_unchanged {
                let is_own = undone.is_some_and(|undone| undone.sets_alert(planned, alert));
                let cause = if is_own { "was only now changed by the undone action" } else { "was changed meanwhile" };
                conflicts.push(format!(
                    "{} {cause} and is skipped: {}",
                    display_id(&alert.id),
                    describe_current(alert)
                ));
            }
            is_unchanged
        };
        let unchanged: Vec<_> = current.present.iter().filter(is_unchanged).collect();
        let change =
            Self { alerts: unchanged.iter().map(|alert| alert.id.clone()).collect(), desired: self.desired.clone() };
        (change, conflicts)
    }

    async fn assess(
        &self,
        current: &AlertSnapshot,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        let open = current.present.iter().filter(|alert| !self.is_satisfied_by(alert));
        let mut effects: Vec<_> = open.map(|alert| self.effect(alert)).collect();
        let (n_open, n_no_op) = (effects.len(), current.present.len() - effects.len());
        if n_no_op > 0 {
            effects.push(text::pluralize(
                n_no_op,
                "already has this status and is skipped",
                "already have this status and are skipped",
            ));
        }
        let (mut warnings, mut notes) = (Vec::new(), Vec::new());
        if !current.missing.is_empty() {
            let names: Vec<_> = current.missing.iter().take(MAX_STRAGGLERS).map(display_id).collect();
            let n = current.missing.len();
            notes.push(format!("{n} no longer on the server: {}", names.join(", ")));
        }
        let owners = self.owners(current, context.user.as_deref());
        if !owners.is_empty() {
            let counts: Vec<_> = owners.iter().map(|(who, n)| format!("{who} {n}")).collect();
            let n: usize = owners.values().sum();
            let are = if n == 1 { "is" } else { "are" };
            warnings.push(format!("{n} of {n_open} {are} assigned to others: {}", counts.join(", ")));
        }
        if self.desired == Disposition::Ignored {
            let open = current.present.iter().filter(|alert| !self.is_satisfied_by(alert));
            let n = open.filter(|alert| is_watched(alert)).count();
            if n > 0 {
                notes.push(format!(
                    "{n} of {n_open} raised by watchlists, which are not ignored: marked as false positives only"
                ));
            }
        }
        if let Disposition::Previous(previous_alerts) = &self.desired {
            let was_unassigned = |previous: &PreviousAlert| previous.assigned_to.is_empty();
            let still_assigned = current.present.iter().filter(|alert| !alert.assigned_to.is_empty());
            let still_assigned =
                still_assigned.filter(|alert| previous_alerts.get(&alert.id).is_some_and(was_unassigned));
            let n = still_assigned.count();
            if n > 0 {
                let n = text::pluralize(n, "alert was", "alerts were");
                notes.push(format!("{n} unassigned before and will stay assigned: the API cannot unassign alerts"));
            }
        }
        Ok(Ok(Assessment { effects, warnings, notes, ..Assessment::default() }))
    }
}

/// Returns whether a watchlist raised the alert; it has no report then.
fn is_watched(alert: &Alert) -> bool {
    alert.source == AlertSource::Watchlist
}

/// Returns the alerts of a logged state: the ID of each, with status and owner.
fn logged_alerts(state: &Value) -> Option<impl Iterator<Item = (&str, [&str; 2])>> {
    let alerts = state.get("alerts")?.as_array()?.iter();
    Some(alerts.filter_map(|alert| {
        let id = alert.get("unique_id")?.as_str()?;
        let status = alert.get("status")?.as_str()?;
        let owner = alert.get("assigned_to").and_then(Value::as_str);
        Some((id, [status, owner.unwrap_or_default()]))
    }))
}
