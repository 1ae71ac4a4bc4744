//! Opens the confirmations of changes: finds their targets, and the change that undo reverts.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{App, View};
use crate::changes::{
    self, AlertChange, BanChange, Change, Disposition, FeedChange, LoggedChange, ReportChange, SensorChange,
    WatchlistChange,
};
use crate::keys::Action;
use crate::model::{AlertStatus, Md5, SensorId};
use crate::panes::{
    ConfirmPane, FormPane, MarkedRows, NotesPane, Observables, Pane, PaneId, SensorGroupPicker, TargetNames,
};
use crate::session::{Cx, Effect};

/// Hours until a flush of a sensor's backlog ends; the official client uses this value, too (API reference 2.6,
/// "Flush").
const FLUSH_HOURS: i64 = 365 * 24;

const NO_USER: &str = "No user name configured, so alerts cannot be assigned to you. \
    Set user in the profile or start with --user NAME";

/// A confirmation or a form before it; otherwise the reason why there is none, or `None` if no target is selected.
type Opened = Result<Box<dyn Pane>, Option<String>>;

/// The kind of target that an action needs.
#[derive(Clone, Copy)]
enum Subject {
    Host,
    Hash,
    Alerts,
    Report,
    Watchlist,
    Feed,
}

impl Subject {
    fn from_action(action: Action) -> Option<Self> {
        Some(match action {
            Action::Isolate
            | Action::Release
            | Action::MoveSensor
            | Action::FlushSensor
            | Action::RestartSensor
            | Action::AnnotateSensor => Self::Host,
            Action::Ban | Action::Lift => Self::Hash,
            Action::Take
            | Action::Resolve
            | Action::FalsePositive
            | Action::Reopen
            | Action::Assign
            | Action::IgnoreAlerts => Self::Alerts,
            Action::IgnoreReport | Action::RestoreReport => Self::Report,
            Action::Enable | Action::Disable | Action::Remove => Self::Watchlist,
            Action::Synchronize => Self::Feed,
            _ => return None,
        })
    }

    fn label(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Hash => "hash",
            Self::Alerts => "alert",
            Self::Report => "threat report",
            Self::Watchlist => "watchlist or feed",
            Self::Feed => "feed",
        }
    }
}

impl App {
    /// Opens the confirmation of a changing action, or shows why it cannot; returns whether `action` changes the
    /// server.
    pub(super) fn open_confirmation(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        if action == Action::Undo {
            self.open_undo(now, effects);
            return true;
        }
        let Some(subject) = Subject::from_action(action) else {
            return false;
        };
        let mut cx = Cx::new(&mut self.session, effects, now);
        if !self.popups.is_empty() {
            cx.notify(format!("{}: press Esc first", action.label()));
            return true;
        }
        // Marked rows take precedence over the cursor and the focus.
        let main = self.view.main();
        let is_marked = self.panes.get(main).is_marked();
        let pane = match subject {
            // Feeds cannot be ignored, only their reports, so the focus does not matter here.
            Subject::Report if self.view == View::Feeds => PaneId::Reports,
            _ if is_marked => main,
            _ => self.focus,
        };
        if !is_marked && !self.is_target_visible(pane) {
            self.reject_unseen_target(action.label(), now, effects);
            return true;
        }
        let observables = self.panes.get(pane).observables(&self.session);
        let marked = self.marked_rows(pane);
        let opened = match subject {
            Subject::Hash => {
                let hashes = dedup(observables.iter().filter_map(Observables::md5));
                self.confirm_hashes(action, hashes)
            }
            Subject::Host => {
                let sensors = dedup(observables.iter().filter_map(Observables::sensor));
                self.confirm_sensors(action, sensors, now)
            }
            Subject::Alerts => self.confirm_alerts(action, &observables),
            Subject::Report => self.confirm_reports(action, &observables),
            Subject::Watchlist | Subject::Feed => self.confirm_switch(action, &observables),
        };
        match opened {
            Ok(mut confirmation) => {
                confirmation.set_hidden_rows(&marked);
                confirmation.set_target_names(&TargetNames::of_rows(&observables));
                self.acted_on_pane = Some(pane);
                self.popups.push(confirmation);
            }
            Err(reason) => {
                let has_no_target = reason.is_none();
                let text = reason.unwrap_or_else(|| {
                    let (verb, noun) = (action.label(), subject.label());
                    format!("{verb}: no {noun} selected")
                });
                if has_no_target {
                    self.missing_target = Some((text.clone(), pane, observables));
                }
                Cx::new(&mut self.session, effects, now).notify(text);
            }
        }
        true
    }

    /// Returns the marked rows of a pane; if the pane is not on screen, none of them is visible.
    pub(super) fn marked_rows(&self, pane: PaneId) -> MarkedRows {
        let mut marked = self.panes.get(pane).marked_rows(&self.session);
        if !self.is_drawn(pane) {
            let panes = self.view.panes().iter();
            let mut matches = panes.filter(|(id, _)| *id == pane);
            marked.offscreen_pane = matches.next().map(|(_, name)| *name);
        }
        marked
    }

    fn confirm_hashes(&self, action: Action, hashes: Vec<Md5>) -> Opened {
        let change = |md5| {
            Change::Ban(match action {
                Action::Lift => BanChange::Unban(md5),
                _ => BanChange::Ban { md5, note: None },
            })
        };
        self.confirm(hashes.into_iter().map(change).collect())
    }

    fn confirm_sensors(&self, action: Action, sensors: Vec<SensorId>, now: Timestamp) -> Opened {
        let until = now.checked_add(FLUSH_HOURS.hours()).unwrap_or(Timestamp::MAX);
        let change = |sensor| {
            Change::Sensor(match action {
                Action::Isolate => SensorChange::Isolate(sensor),
                Action::Release => SensorChange::Unisolate(sensor),
                Action::FlushSensor => SensorChange::Flush { sensor, until },
                _ => SensorChange::Restart(sensor),
            })
        };
        match action {
            _ if sensors.is_empty() => Err(None),
            Action::MoveSensor => Ok(Box::new(SensorGroupPicker::new(sensors))),
            Action::AnnotateSensor => Ok(Box::new(NotesPane::new(sensors, &self.session))),
            _ => self.confirm(sensors.into_iter().map(change).collect()),
        }
    }

    /// Opens the confirmation that sets status or owner of alerts, or ignores them.
    fn confirm_alerts(&self, action: Action, observables: &[Observables]) -> Opened {
        let mut seen = HashSet::new();
        let ids = observables.iter().flat_map(|observables| &observables.alerts);
        let alerts: Vec<_> = ids.filter(|id| seen.insert(*id)).cloned().collect();
        if alerts.is_empty() {
            return Err(None);
        }
        let disposition = match action {
            Action::Take => match &self.session.connection.info.user {
                Some(user) => Disposition::Assigned(user.clone()),
                None => return Err(Some(NO_USER.into())),
            },
            Action::Assign => return Ok(Box::new(FormPane::new_assignment(alerts))),
            Action::Resolve => Disposition::Status(AlertStatus::Resolved),
            Action::FalsePositive => Disposition::Status(AlertStatus::FalsePositive),
            Action::Reopen => Disposition::Status(AlertStatus::Unresolved),
            _ => Disposition::Ignored,
        };
        let batches = AlertChange::batches(&alerts, &disposition);
        let confirmation = ConfirmPane::new(batches.into_iter().map(Change::Triage).collect(), &self.session);
        Ok(Box::new(confirmation.with_confirm_key(self.pressed_key)))
    }

    fn confirm_reports(&self, action: Action, observables: &[Observables]) -> Opened {
        let reports = dedup(observables.iter().filter_map(|observables| observables.report.clone()));
        let is_watchlist = observables.iter().any(|observables| observables.watchlist.is_some());
        if reports.is_empty() && is_watchlist {
            let text = "Raised by a watchlist, not a report. Disable the watchlist in view 6";
            return Err(Some(text.into()));
        }
        let is_ignored = action == Action::IgnoreReport;
        let change = |report| Change::Ignore(ReportChange { report, is_ignored });
        self.confirm(reports.into_iter().map(change).collect())
    }

    /// Opens the confirmation that enables, disables, synchronizes or deletes watchlists or feeds.
    fn confirm_switch(&self, action: Action, observables: &[Observables]) -> Opened {
        let watchlists = dedup(observables.iter().filter_map(|observables| observables.watchlist));
        let feeds = dedup(observables.iter().filter_map(|observables| observables.feed));
        let watch = |id| {
            Change::Watch(match action {
                Action::Remove => WatchlistChange::Delete(id),
                _ => WatchlistChange::Switch { id, is_enabled: action == Action::Enable },
            })
        };
        let feed = |id| {
            Change::Feed(match action {
                Action::Remove => FeedChange::Delete(id),
                Action::Synchronize => FeedChange::Synchronize(id),
                _ => FeedChange::Switch { id, is_enabled: action == Action::Enable },
            })
        };
        if feeds.is_empty() {
            self.confirm(watchlists.into_iter().map(watch).collect())
        } else {
            self.confirm(feeds.into_iter().map(feed).collect())
        }
    }

    fn confirm(&self, changes: Vec<Change>) -> Opened {
        if changes.is_empty() {
            return Err(None);
        }
        Ok(Box::new(ConfirmPane::new(changes, &self.session)))
    }

    /// Opens the confirmation that undoes the change under the cursor, or else the user's last change.
    fn open_undo(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if !self.popups.is_empty() {
            return Cx::new(&mut self.session, effects, now).notify("Undo: press Esc first");
        }
        let selected = match self.focus {
            PaneId::Activity => self.panes.activity.undo_pane(&self.session),
            _ => None,
        };
        if selected.is_none() && self.focus == PaneId::Activity {
            let text = "Cannot undo: not completed, already undone, or nothing to restore";
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        let confirmation = selected.or_else(|| {
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
                format!("The last action, {verb} {name}, cannot be undone; this is an earlier one")
            });
            // Undo is about the last change even if the cursor is on another row, which the confirmation then says
            // first.
            let observables = self.panes.get(self.focus).observables(session);
            let is_elsewhere = confirmation.is_about_other_rows(&observables);
            let warning = is_elsewhere.then(|| {
                let (verb, name) = (changes::label(&logged.submitted.verb), logged.name());
                format!("Your last action, not the selected row: {verb} {name}")
            });
            let preface = skipped.into_iter().chain(warning).collect();
            Some(confirmation.with_preface(preface))
        });
        match confirmation {
            Some(mut confirmation) => {
                confirmation.set_hidden_rows(&self.marked_rows(self.focus));
                self.acted_on_pane = Some(self.focus);
                self.popups.push(Box::new(confirmation));
            }
            None => Cx::new(&mut self.session, effects, now)
                .notify("Nothing of yours to undo in the last 24 h. In Activity (@), z undoes the selected action"),
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
