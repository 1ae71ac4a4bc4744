//! The sheets before deeds: what they are about, and what is taken back.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{App, View};
use crate::changes::{self, Act, Deed, Feeding, Ignoring, Triage, Verdict, Watching};
use crate::keys::Action;
use crate::model::{AlertStatus, Md5, SensorId};
use crate::panes::{Clues, FormPane, GroupsPane, MarkedRows, NotesPane, Pane, PaneId, SheetPane};
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
enum About {
    Host,
    Hash,
    Alerts,
    Report,
    Watchlist,
    Feed,
}

impl About {
    fn of(action: Action) -> Option<Self> {
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

    fn name(self) -> &'static str {
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
    pub(super) fn open_sheet(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        if action == Action::Undo {
            self.open_undo(now, effects);
            return true;
        }
        let Some(about) = About::of(action) else {
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
            About::Report if self.view == View::Feeds => PaneId::Reports,
            _ if is_marked => main,
            _ => self.focus,
        };
        if !is_marked && !self.sees_target(pane) {
            self.refuse_unseen(action.label(), now, effects);
            return true;
        }
        let clues = self.panes.get(pane).clues(&self.session);
        let marked = self.marked_rows(pane);
        let opened = match about {
            About::Hash => {
                let hashes = once_each(clues.iter().filter_map(Clues::md5));
                self.hash_sheet(action, hashes)
            }
            About::Host => {
                let sensors = once_each(clues.iter().filter_map(Clues::sensor));
                self.sensor_sheet(action, sensors, now)
            }
            About::Alerts => self.triage_sheet(action, &clues),
            About::Report => self.report_sheet(action, &clues),
            About::Watchlist | About::Feed => self.switch_sheet(action, &clues),
        };
        match opened {
            Ok(mut sheet) => {
                sheet.name_hidden(&marked);
                self.acted_on = Some(pane);
                self.overlay = Some(sheet);
            }
            Err(why) => {
                let text = why.unwrap_or_else(|| {
                    let (verb, what) = (action.label(), about.name());
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
            marked.elsewhere = named.next().map(|(_, name)| *name);
        }
        marked
    }

    fn hash_sheet(&self, action: Action, hashes: Vec<Md5>) -> Opened {
        let deed = |md5| match action {
            Action::Lift => Deed::Lift(md5),
            _ => Deed::Ban { md5, note: None },
        };
        self.sheet(hashes.into_iter().map(deed).collect())
    }

    fn sensor_sheet(&self, action: Action, sensors: Vec<SensorId>, now: Timestamp) -> Opened {
        let until = now.checked_add(FLUSH.hours()).unwrap_or(Timestamp::MAX);
        let deed = |sensor| match action {
            Action::Isolate => Deed::Isolate(sensor),
            Action::Release => Deed::Release(sensor),
            Action::FlushSensor => Deed::Flush { sensor, until },
            _ => Deed::Restart(sensor),
        };
        match action {
            _ if sensors.is_empty() => Err(None),
            Action::MoveSensor => Ok(Box::new(GroupsPane::new(sensors))),
            Action::AnnotateSensor => Ok(Box::new(NotesPane::new(sensors, &self.session))),
            _ => self.sheet(sensors.into_iter().map(deed).collect()),
        }
    }

    /// How far somebody has looked at alerts.
    fn triage_sheet(&self, action: Action, clues: &[Clues]) -> Opened {
        let mut seen = HashSet::new();
        let all = clues.iter().flat_map(|clues| &clues.alerts);
        let alerts: Vec<_> = all.filter(|id| seen.insert(*id)).cloned().collect();
        if alerts.is_empty() {
            return Err(None);
        }
        let to = match action {
            Action::Take => match &self.session.identity.user {
                Some(user) => Verdict::Assigned(user.clone()),
                None => return Err(Some(NO_USER.into())),
            },
            Action::Assign => return Ok(Box::new(FormPane::assign(alerts))),
            Action::Resolve => Verdict::Status(AlertStatus::Resolved),
            Action::FalsePositive => Verdict::Status(AlertStatus::FalsePositive),
            Action::Reopen => Verdict::Status(AlertStatus::Unresolved),
            _ => Verdict::Ignored,
        };
        let blocks = Triage::blocks(&alerts, &to);
        let sheet = SheetPane::new(blocks.into_iter().map(Deed::Triage).collect(), &self.session);
        Ok(Box::new(sheet.done_by(self.pressed)))
    }

    fn report_sheet(&self, action: Action, clues: &[Clues]) -> Opened {
        let reports = once_each(clues.iter().filter_map(|clues| clues.report.clone()));
        let is_watchlist = clues.iter().any(|clues| clues.watchlist.is_some());
        if reports.is_empty() && is_watchlist {
            let text = "Raised by a watchlist, not a report. Disable the watchlist in view 6";
            return Err(Some(text.into()));
        }
        let on = action == Action::IgnoreReport;
        let deed = |report| Deed::Ignore(Ignoring { report, on });
        self.sheet(reports.into_iter().map(deed).collect())
    }

    /// What is enabled, disabled, synchronized or deleted: watchlists, or feeds.
    fn switch_sheet(&self, action: Action, clues: &[Clues]) -> Opened {
        let watchlists = once_each(clues.iter().filter_map(|clues| clues.watchlist));
        let feeds = once_each(clues.iter().filter_map(|clues| clues.feed));
        let watch = |id| {
            Deed::Watch(match action {
                Action::Remove => Watching::Delete(id),
                _ => Watching::Switch { id, on: action == Action::Enable },
            })
        };
        let feed = |id| {
            Deed::Feed(match action {
                Action::Remove => Feeding::Delete(id),
                Action::Synchronize => Feeding::Synchronize(id),
                _ => Feeding::Switch { id, on: action == Action::Enable },
            })
        };
        if feeds.is_empty() {
            self.sheet(watchlists.into_iter().map(watch).collect())
        } else {
            self.sheet(feeds.into_iter().map(feed).collect())
        }
    }

    fn sheet(&self, deeds: Vec<Deed>) -> Opened {
        if deeds.is_empty() {
            return Err(None);
        }
        Ok(Box::new(SheetPane::new(deeds, &self.session)))
    }

    /// Opens the sheet that takes something back: the deed under the cursor, or else the last of one's own.
    fn open_undo(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.overlay.is_some() {
            return Cx::new(&mut self.session, effects, now).notify("Undo: press Esc first");
        }
        let named = self.panes.get(self.focus).popup(Action::Undo, &self.session);
        if named.is_none() && self.focus == PaneId::Acts {
            let text = "Cannot undo: not completed, already undone, or nothing to restore";
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        let sheet = named.or_else(|| {
            let session = &self.session;
            let (journal, identity) = (session.journal.as_ref()?, &session.identity);
            let since = now.checked_sub(24.hours()).unwrap_or(now);
            let is_mine = |act: &Act| act.sending.who.is_same(&identity.who);
            let act = journal.last_reversible(&identity.host, since, is_mine)?;
            let sheet = SheetPane::undoing(&journal.together(act), session)?;
            let last = journal.last(&identity.host, is_mine);
            let passed = last.filter(|last| last.line > act.line && last.undo().is_none());
            let passed = passed.map(|last| {
                let (deed, name) = (changes::label(&last.sending.deed), last.name());
                format!("The last action, {deed} {name}, cannot be undone; this is one before it")
            });
            // `z` is about the last action wherever the cursor is: where that is on another row, it is said first.
            let clues = self.panes.get(self.focus).clues(session);
            let is_elsewhere = sheet.is_about_others(&clues);
            let elsewhere = is_elsewhere.then(|| {
                let (deed, name) = (changes::label(&act.sending.deed), act.name());
                format!("Your last action, not the selected row: {deed} {name}")
            });
            let preface = passed.into_iter().chain(elsewhere).collect();
            let sheet: Box<dyn Pane> = Box::new(sheet.with_preface(preface));
            Some(sheet)
        });
        match sheet {
            Some(mut sheet) => {
                sheet.name_hidden(&self.marked_rows(self.focus));
                self.acted_on = Some(self.focus);
                self.overlay = Some(sheet);
            }
            None => Cx::new(&mut self.session, effects, now)
                .notify("Nothing of yours to undo in the last 24 h. In Activity (@), z undoes the selected action"),
        }
    }
}

/// Each of them once, in their order.
fn once_each<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut each = Vec::new();
    for one in all {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    each
}
