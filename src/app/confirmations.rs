//! Opens the confirmations of changes: finds their targets, and the change that undo reverts.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{
    App, View,
    route::{ChangeAction, HashAction, HostAction, ReportAction, SensorInput, SwitchAction, TriageAction},
};
use crate::changes::{self, AlertChange, BanChange, Change, Disposition, LoggedChange, ReportChange, Target};
use crate::model::{AlertStatus, SensorId};
use crate::panes::{
    ActionTargets, Activity, ConfirmPane, FormPane, NotesPane, Observables, Pane, PaneId, SensorGroupPicker,
    TargetNames, TargetRows,
};
use crate::session::{Cx, Effect};
use crate::worker::List;

const NO_USER: &str = "No user name configured, so alerts cannot be assigned to you. \
    Set user in the profile or start with --user NAME";

/// A confirmation or a form before it; otherwise the reason why there is none, or `None` if no target is selected.
type Opened = Result<Box<dyn Pane>, Option<String>>;

impl App {
    /// Opens the confirmation of a change, or shows why it cannot; `verb` is the change in words.
    pub(super) fn open_confirmation(
        &mut self,
        change: ChangeAction,
        verb: &str,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        // Marked rows take precedence over the cursor and the focus.
        let main = self.view.main();
        let pane = match change {
            // Feeds cannot be ignored, only their reports, so the focus does not matter here.
            ChangeAction::Report(_) if self.view == View::Feeds => PaneId::List(List::Reports),
            _ if self.panes.get(main).n_marked() > 0 => main,
            _ => self.focus,
        };
        if !self.is_target_visible(pane) {
            return self.reject_unseen_target(verb, now, effects);
        }
        let targets = self.panes.get(pane).action_targets(&self.session);
        let observables = &targets.rows;
        let opened = match change {
            ChangeAction::Host(action) => self.confirm_sensors(action, observables, now),
            ChangeAction::Hash(action) => self.confirm_hashes(action, observables),
            ChangeAction::Alerts(action) => self.confirm_alerts(action, observables),
            ChangeAction::Report(action) => self.confirm_reports(action, observables),
            ChangeAction::Switch(action) => self.confirm_switch(action, observables),
        };
        match opened {
            Ok(confirmation) => self.popups.open_for(confirmation, self.target_rows(pane, targets)),
            Err(reason) => {
                let has_no_target = reason.is_none();
                let text = reason.unwrap_or_else(|| format!("{verb}: no {} selected", change.target_label()));
                if has_no_target {
                    self.missing_target = Some((text.clone(), pane, targets.rows));
                }
                Cx::new(&mut self.session, effects, now).notify(text);
            }
        }
    }

    /// Opens a popup that is about the rows to which actions in the focused pane apply.
    pub(super) fn open_for_targets(&mut self, popup: Box<dyn Pane>) {
        let targets = self.panes.get(self.focus).action_targets(&self.session);
        self.popups.open_for(popup, self.target_rows(self.focus, targets));
    }

    /// Returns the rows of a pane that an action applies to; if the pane is not on screen, none of them is visible.
    fn target_rows(&self, pane: PaneId, targets: ActionTargets) -> TargetRows {
        let mut marked = targets.marked;
        if !self.is_drawn(pane) {
            marked.offscreen_pane = self.view.panes().find(|(id, _)| *id == pane).map(|(_, name)| name);
        }
        TargetRows { pane, marked, names: TargetNames::of_rows(&targets.rows) }
    }

    fn confirm_hashes(&self, action: HashAction, observables: &[Observables]) -> Opened {
        let hashes = dedup(observables.iter().filter_map(Observables::md5)).into_iter();
        self.confirm(match action {
            HashAction::Ban => hashes.map(|md5| Change::Ban(BanChange::Ban { md5, note: None })).collect(),
            HashAction::Unban => hashes.map(|md5| Change::Ban(BanChange::Unban(md5))).collect(),
        })
    }

    fn confirm_sensors(&self, action: HostAction, observables: &[Observables], now: Timestamp) -> Opened {
        let sensors = dedup(observables.iter().filter_map(Observables::sensor));
        if sensors.is_empty() {
            return Err(None);
        }
        let change = |sensor: &SensorId| action.change(*sensor, now).map(Change::Sensor);
        match sensors.iter().map(change).collect() {
            Ok(changes) => self.confirm(changes),
            Err(SensorInput::Group) => Ok(Box::new(SensorGroupPicker::new(sensors))),
            Err(SensorInput::Notes) => Ok(Box::new(NotesPane::new(sensors, &self.session))),
        }
    }

    /// Opens the confirmation that sets status or owner of alerts, or ignores them.
    fn confirm_alerts(&self, action: TriageAction, observables: &[Observables]) -> Opened {
        let mut seen = HashSet::new();
        let ids = observables.iter().flat_map(|observables| &observables.alerts);
        let alerts: Vec<_> = ids.filter(|id| seen.insert(*id)).cloned().collect();
        if alerts.is_empty() {
            return Err(None);
        }
        let disposition = match action {
            TriageAction::Take => match &self.session.connection.info.user {
                Some(user) => Disposition::Assigned(user.clone()),
                None => return Err(Some(NO_USER.into())),
            },
            TriageAction::Assign => return Ok(Box::new(FormPane::new_assignment(alerts))),
            TriageAction::Resolve => Disposition::Status(AlertStatus::Resolved),
            TriageAction::FalsePositive => Disposition::Status(AlertStatus::FalsePositive),
            TriageAction::Reopen => Disposition::Status(AlertStatus::Unresolved),
            TriageAction::Ignore => Disposition::Ignored,
        };
        let batches = AlertChange::batches(&alerts, &disposition);
        let confirmation = ConfirmPane::new(batches.into_iter().map(Change::Triage).collect(), &self.session);
        Ok(Box::new(confirmation.with_confirm_key(self.pressed_key)))
    }

    fn confirm_reports(&self, action: ReportAction, observables: &[Observables]) -> Opened {
        let reports = dedup(observables.iter().filter_map(|observables| observables.report.clone()));
        let is_watchlist = observables.iter().any(|observables| observables.watchlist.is_some());
        if reports.is_empty() && is_watchlist {
            let text = "Raised by a watchlist, not a report. Disable the watchlist in view 6";
            return Err(Some(text.into()));
        }
        let is_ignored = action == ReportAction::Ignore;
        let change = |report| Change::Ignore(ReportChange { report, is_ignored });
        self.confirm(reports.into_iter().map(change).collect())
    }

    /// Opens the confirmation that enables, disables, synchronizes or deletes watchlists or feeds.
    fn confirm_switch(&self, action: SwitchAction, observables: &[Observables]) -> Opened {
        let object = |row: &Observables| row.object().map(|(object, _)| object.clone());
        let mut targets = dedup(observables.iter().filter_map(object));
        if targets.is_empty() {
            targets = dedup(observables.iter().filter_map(|row| row.watchlist.map(Target::Watchlist)));
        }
        self.confirm(targets.into_iter().filter_map(|target| action.change(target)).collect())
    }

    fn confirm(&self, changes: Vec<Change>) -> Opened {
        if changes.is_empty() {
            return Err(None);
        }
        Ok(Box::new(ConfirmPane::new(changes, &self.session)))
    }

    /// Opens the confirmation that undoes the change under the cursor, or else the user's last change.
    pub(super) fn open_undo(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.focus == PaneId::List(List::Activity) {
            if let Some(confirmation) = self.panes.list::<Activity>().undo_pane(&self.session) {
                return self.open_for_targets(Box::new(confirmation));
            }
            let text = match self.panes.list::<Activity>().undo_refusal(&self.session) {
                Some(reason) => format!("Cannot undo: {reason}"),
                None => "Cannot undo: not completed, already undone, or nothing to restore".into(),
            };
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        if let Some(confirmation) = self.last_undo(now) {
            // It is about the last change, and not about the selected or marked rows.
            self.popups.replace_all(confirmation);
        } else {
            let text = self.describe_no_undo(now);
            Cx::new(&mut self.session, effects, now).notify(text);
        }
    }

    /// Returns the confirmation that undoes the user's last change that can be undone.
    fn last_undo(&self, now: Timestamp) -> Option<ConfirmPane> {
        let session = &self.session;
        let (history, info) = (session.changes.history.as_ref()?, &session.connection.info);
        let since = now.checked_sub(24.hours()).unwrap_or(now);
        let is_mine = |logged: &LoggedChange| logged.submitted.who.is_same_actor(&info.actor);
        let logged = history.last_undoable(&info.host, since, is_mine)?;
        let confirmation = ConfirmPane::undo(&history.undo_batch(logged), session)?;
        let last = history.last_change(&info.host, is_mine);
        let skipped = last.filter(|last| last.line > logged.line && last.inverse().is_none());
        let skipped = skipped.map(|last| {
            let (verb, name) = (changes::label(&last.submitted.verb), last.name());
            let reason = last.undo_refusal().map_or(String::new(), |reason| format!(": {reason}"));
            format!("The last action, {verb} {name}, cannot be undone{reason}; this is an earlier one")
        });
        // Undo is about the last change even if the cursor is on another row, which the confirmation then says
        // first.
        let rows = self.panes.get(self.focus).action_targets(session).rows;
        let is_elsewhere = confirmation.is_about_other_rows(&rows);
        let warning = is_elsewhere.then(|| {
            let (verb, name) = (changes::label(&logged.submitted.verb), logged.name());
            format!("Your last action, not the selected row: {verb} {name}")
        });
        let preface = skipped.into_iter().chain(warning).collect();
        Some(confirmation.with_preface(preface))
    }

    /// Says that there is nothing to undo, and why if the last action never can be undone.
    fn describe_no_undo(&self, now: Timestamp) -> String {
        let info = &self.session.connection.info;
        let since = now.checked_sub(24.hours()).unwrap_or(now);
        let is_mine = |logged: &LoggedChange| logged.at >= since && logged.submitted.who.is_same_actor(&info.actor);
        let history = self.session.changes.history.as_ref();
        let last = history.and_then(|history| history.last_change(&info.host, is_mine));
        match last.and_then(|last| Some((last, last.undo_refusal()?))) {
            Some((last, reason)) => {
                let (verb, name) = (changes::label(&last.submitted.verb), last.name());
                format!("The last action, {verb} {name}, cannot be undone: {reason}")
            }
            None => "Nothing of yours to undo in the last 24 h. In Activity (@), z undoes the selected action".into(),
        }
    }
}

/// Returns the values without duplicates, in order of first occurrence.
fn dedup<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut unique = Vec::new();
    for value in values {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    unique
}
