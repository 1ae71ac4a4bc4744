//! The sheets before deeds: what they are about, and what is taken back.

use jiff::{Timestamp, ToSpan};

use super::App;
use crate::deeds::Deed;
use crate::keys::Action;
use crate::model::{Md5, SensorId};
use crate::panes::{Clues, GroupsPane, NotesPane, Pane, PaneId, SheetPane};
use crate::session::{Cx, Effect};

/// Hours for which a sensor may send all it holds back: as far ahead as the official client asks (reference 2.6, "Flush").
const FLUSH: i64 = 365 * 24;

impl App {
    /// Opens the sheet of a verb that changes the server, or what must be said before it; false if it is no such verb.
    pub(super) fn open_sheet(
        &mut self,
        action: Action,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let is_about_hash = match action {
            Action::Isolate
            | Action::Release
            | Action::MoveSensor
            | Action::FlushSensor
            | Action::RestartSensor
            | Action::AnnotateSensor => false,
            Action::Ban | Action::Lift => true,
            Action::Undo => {
                self.open_undo(now, effects);
                return true;
            }
            _ => return false,
        };
        let mut cx = Cx::new(&mut self.session, effects, now);
        if self.overlay.is_some() {
            cx.notify(format!("{}: esc first", action.label()));
            return true;
        }
        // Marks beat the cursor, and the focus.
        let main = self.view.main();
        let is_marked = self.panes.get(main).is_marked();
        let pane = if is_marked { main } else { self.focus };
        let clues = self.panes.get(pane).clues(cx.session());
        let sheet = if is_about_hash {
            let hashes = once_each(clues.iter().filter_map(Clues::md5));
            self.hash_sheet(action, hashes)
        } else {
            let sensors = once_each(clues.iter().filter_map(Clues::sensor));
            self.sensor_sheet(action, sensors, now)
        };
        if sheet.is_none() {
            let what = if is_about_hash { "hash" } else { "host" };
            let text = format!("{}: no {what} is under the cursor", action.label());
            Cx::new(&mut self.session, effects, now).notify(text);
        }
        self.overlay = sheet;
        true
    }

    fn hash_sheet(&self, action: Action, hashes: Vec<Md5>) -> Option<Box<dyn Pane>> {
        let deed = |md5| match action {
            Action::Lift => Deed::Lift(md5),
            _ => Deed::Ban { md5, note: None },
        };
        self.sheet(hashes.into_iter().map(deed).collect())
    }

    fn sensor_sheet(
        &self,
        action: Action,
        sensors: Vec<SensorId>,
        now: Timestamp,
    ) -> Option<Box<dyn Pane>> {
        let until = now.checked_add(FLUSH.hours()).unwrap_or(Timestamp::MAX);
        let deed = |sensor| match action {
            Action::Isolate => Deed::Isolate(sensor),
            Action::Release => Deed::Release(sensor),
            Action::FlushSensor => Deed::Flush { sensor, until },
            _ => Deed::Restart(sensor),
        };
        match action {
            _ if sensors.is_empty() => None,
            Action::MoveSensor => Some(Box::new(GroupsPane::new(sensors))),
            Action::AnnotateSensor => Some(Box::new(NotesPane::new(sensors, &self.session))),
            _ => self.sheet(sensors.into_iter().map(deed).collect()),
        }
    }

    fn sheet(&self, deeds: Vec<Deed>) -> Option<Box<dyn Pane>> {
        let is_any = !deeds.is_empty();
        is_any.then(|| Box::new(SheetPane::new(deeds, &self.session)) as Box<dyn Pane>)
    }

    /// Opens the sheet that takes something back: the deed under the cursor, or else the last of one's own.
    fn open_undo(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.overlay.is_some() {
            return Cx::new(&mut self.session, effects, now).notify("undo: esc first");
        }
        let named = self
            .panes
            .get(self.focus)
            .popup(Action::Undo, &self.session);
        if named.is_none() && self.focus == PaneId::Acts {
            let text = "this one cannot be taken back: it was not done, was taken back already, or leaves nothing to restore";
            return Cx::new(&mut self.session, effects, now).notify(text);
        }
        let sheet = named.or_else(|| {
            let session = &self.session;
            let (journal, identity) = (session.journal.as_ref()?, &session.identity);
            let since = now.checked_sub(24.hours()).unwrap_or(now);
            let mine = identity.account.as_ref();
            let act = journal.last_reversible(&identity.host, since, |act| {
                let who = &act.sending.who;
                who.os_user.as_ref() == mine && who.user == identity.user
            })?;
            Some(Box::new(SheetPane::undoing(act, session)?))
        });
        match sheet {
            Some(sheet) => self.overlay = Some(sheet),
            None => Cx::new(&mut self.session, effects, now).notify(
                "nothing of yours of the last day is to be taken back; z on a row of @ takes back that one",
            ),
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
