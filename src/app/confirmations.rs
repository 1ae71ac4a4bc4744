//! The sheets before deeds: what they are about, and what is taken back.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{App, View};
use crate::changes::{self, AlertChange, Change, Disposition, FeedChange, LoggedChange, ReportChange, WatchlistChange};
use crate::keys::Action;
use crate::model::{AlertStatus, Md5, SensorId};
use crate::panes::{
    ConfirmPane, FormPane, MarkedRows, NotesPane, Observables, Pane, PaneId, SensorGroupPicker, TargetNames,
};
use crate::session::{Cx, Effect};

/// Hours for which a sensor may send all it holds back: as far ahead as the official client asks (reference 2.6, "Flush").
const FLUSH: i64 = 365 * 24;

/// What is said where nobody is configured.
const NO_USER: &str = "No user name configured, so alerts cannot be assigned to you. \
    Set user in the profile or start with --user NAME";

/// A sheet or a popup before it; or why there is none, where the reason is not that nothing is under the cursor.
type Opened = Result<Box<dyn Pane>, Option<String>>;

/// What a verb is about.
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
    /// Opens the sheet of a verb that changes the server, or what must be said before it; false if it is no such verb.
    pub(super) fn open_confirmation(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        if action == Action::Undo {
            self.open_undo(now, effects);
            return true;
        }
        let Some(about) = Subject::from_action(action) else {
            return false;
        };
        let mut cx = Cx::new(&mut self.session, effects, now);
        if self.overlay.is_some() {
            cx.notify(format!("{}: press Esc first", action.label()));
            return true;
        }
        // Marks beat the cursor, and the focus.
        let main = self.view.main();
        let is_marked = self.panes.get(main).is_marked();
        let pane = match about {
            // Of feeds themselves nothing is ignored: their reports are meant, wherever the focus is.
            Subject::Report if self.view == View::Feeds => PaneId::Reports,
            _ if is_marked => main,
            _ => self.focus,
        };
        if !is_marked && !self.is_target_visible(pane) {
            self.reject_unseen_target(action.label(), now, effects);
            return true;
        }
        let clues = self.panes.get(pane).observables(&self.session);
        let marked = self.marked_rows(pane);
        let opened = match about {
            Subject::Hash => {
                let hashes = dedup(clues.iter().filter_map(Observables::md5));
                self.confirm_hashes(action, hashes)
            }
            Subject::Host => {
                let sensors = dedup(clues.iter().filter_map(Observables::sensor));
                self.confirm_sensors(action, sensors, now)
            }
            Subject::Alerts => self.confirm_alerts(action, &clues),
            Subject::Report => self.confirm_reports(action, &clues),
            Subject::Watchlist | Subject::Feed => self.confirm_switch(action, &clues),
        };
        match opened {
            Ok(mut sheet) => {
                sheet.set_hidden_rows(&marked);
                sheet.set_target_names(&TargetNames::of_rows(&clues));
                self.acted_on_pane = Some(pane);
                self.overlay = Some(sheet);
            }
            Err(why) => {
                let text = why.unwrap_or_else(|| {
                    let (verb, what) = (action.label(), about.label());
                    format!("{verb}: no {what} selected")
                });
                Cx::new(&mut self.session, effects, now).notify(text);
            }
        }
        true
    }

    /// The marked rows of a pane; none of them can be seen while the pane is not on the screen.
    pub(super) fn marked_rows(&self, pane: PaneId) -> MarkedRows {
        let mut marked = self.panes.get(pane).marked_rows(&self.session);
        if !self.is_drawn(pane) {
            let panes = self.view.panes().iter();
            let mut named = panes.filter(|(id, _)| *id == pane);
            marked.offscreen_pane = named.next().map(|(_, name)| *name);
        }
        marked
    }

    fn confirm_hashes(&self, action: Action, hashes: Vec<Md5>) -> Opened {
        let deed = |md5| match action {
            Action::Lift => Change::Unban(md5),
            _ => Change::Ban { md5, note: None },
        };
        self.confirm(hashes.into_iter().map(deed).collect())
    }

    fn confirm_sensors(&self, action: Action, sensors: Vec<SensorId>, now: Timestamp) -> Opened {
        let until = now.checked_add(FLUSH.hours()).unwrap_or(Timestamp::MAX);
        let deed = |sensor| match action {
            Action::Isolate => Change::Isolate(sensor),
            Action::Release => Change::Unisolate(sensor),
            Action::FlushSensor => Change::Flush { sensor, until },
            _ => Change::Restart(sensor),
        };
        match action {
            _ if sensors.is_empty() => Err(None),
            Action::MoveSensor => Ok(Box::new(SensorGroupPicker::new(sensors))),
            Action::AnnotateSensor => Ok(Box::new(NotesPane::new(sensors, &self.session))),
            _ => self.confirm(sensors.into_iter().map(deed).collect()),
        }
    }

    /// How far somebody has looked at alerts.
    fn confirm_alerts(&self, action: Action, clues: &[Observables]) -> Opened {
        let mut seen = HashSet::new();
        let all = clues.iter().flat_map(|clues| &clues.alerts);
        let alerts: Vec<_> = all.filter(|id| seen.insert(*id)).cloned().collect();
        if alerts.is_empty() {
            return Err(None);
        }
        let to = match action {
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
        let blocks = AlertChange::batches(&alerts, &to);
        let sheet = ConfirmPane::new(blocks.into_iter().map(Change::Triage).collect(), &self.session);
        Ok(Box::new(sheet.with_confirm_key(self.pressed_key)))
    }

    fn confirm_reports(&self, action: Action, clues: &[Observables]) -> Opened {
        let reports = dedup(clues.iter().filter_map(|clues| clues.report.clone()));
        let is_watchlist = clues.iter().any(|clues| clues.watchlist.is_some());
        if reports.is_empty() && is_watchlist {
            let text = "Raised by a watchlist, not a report. Disable the watchlist in view 6";
            return Err(Some(text.into()));
        }
        let on = action == Action::IgnoreReport;
        let deed = |report| Change::Ignore(ReportChange { report, is_ignored: on });
        self.confirm(reports.into_iter().map(deed).collect())
    }

    /// What is enabled, disabled, synchronized or deleted: watchlists, or feeds.
    fn confirm_switch(&self, action: Action, clues: &[Observables]) -> Opened {
        let watchlists = dedup(clues.iter().filter_map(|clues| clues.watchlist));
        let feeds = dedup(clues.iter().filter_map(|clues| clues.feed));
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

    fn confirm(&self, deeds: Vec<Change>) -> Opened {
        if deeds.is_empty() {
            return Err(None);
        }
        Ok(Box::new(ConfirmPane::new(deeds, &self.session)))
    }

    /// Opens the sheet that takes something back: the deed under the cursor, or else the last of one's own.
    fn open_undo(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.overlay.is_some() {
            return Cx::new(&mut self.session, effects, now).notify("Undo: press Esc first");
        }
        let named = self.panes.get(self.focus).popup(Action::Undo, &self.session);
        if named.is_none() && self.focus == PaneId::Activity {
            let text = "Cannot undo: not completed, already undone, or nothing to restore";
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        let sheet = named.or_else(|| {
            let session = &self.session;
            let (journal, identity) = (session.changes.history.as_ref()?, &session.connection.info);
            let since = now.checked_sub(24.hours()).unwrap_or(now);
            let is_mine = |act: &LoggedChange| act.submitted.who.is_same_actor(&identity.actor);
            let act = journal.last_undoable(&identity.host, since, is_mine)?;
            let sheet = ConfirmPane::undo(&journal.undo_batch(act), session)?;
            let last = journal.last_change(&identity.host, is_mine);
            let passed = last.filter(|last| last.line > act.line && last.inverse().is_none());
            let passed = passed.map(|last| {
                let (deed, name) = (changes::label(&last.submitted.verb), last.name());
                format!("The last action, {deed} {name}, cannot be undone; this is one before it")
            });
            // `z` is about the last action wherever the cursor is: where that is on another row, it is said first.
            let clues = self.panes.get(self.focus).observables(session);
            let is_elsewhere = sheet.is_about_other_rows(&clues);
            let elsewhere = is_elsewhere.then(|| {
                let (deed, name) = (changes::label(&act.submitted.verb), act.name());
                format!("Your last action, not the selected row: {deed} {name}")
            });
            let preface = passed.into_iter().chain(elsewhere).collect();
            let sheet: Box<dyn Pane> = Box::new(sheet.with_preface(preface));
            Some(sheet)
        });
        match sheet {
            Some(mut sheet) => {
                sheet.set_hidden_rows(&self.marked_rows(self.focus));
                self.acted_on_pane = Some(self.focus);
                self.overlay = Some(sheet);
            }
            None => Cx::new(&mut self.session, effects, now)
                .notify("Nothing of yours to undo in the last 24 h. In Activity (@), z undoes the selected action"),
        }
    }
}

/// Each of them once, in their order.
fn dedup<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut each = Vec::new();
    for one in all {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    each
}
