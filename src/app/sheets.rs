//! The sheets before deeds: what they are about, and what is taken back.

use jiff::{Timestamp, ToSpan};

use super::App;
use crate::deeds::Deed;
use crate::keys::Action;
use crate::panes::{Clues, SheetPane};
use crate::session::{Cx, Effect};

impl App {
    /// Opens the sheet of a verb that changes the server; false if it is no such verb.
    pub(super) fn open_sheet(
        &mut self,
        action: Action,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let deed: fn(&Clues) -> Option<Deed> = match action {
            Action::Isolate => |clues| clues.sensor().map(Deed::Isolate),
            Action::Release => |clues| clues.sensor().map(Deed::Release),
            Action::Ban => |clues| {
                let md5 = clues.md5()?;
                Some(Deed::Ban { md5, note: None })
            },
            Action::Lift => |clues| clues.md5().map(Deed::Lift),
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
        let clues = self.panes.get(self.focus).clues(cx.session());
        let mut deeds: Vec<Deed> = Vec::new();
        for deed in clues.iter().filter_map(deed) {
            if !deeds.contains(&deed) {
                deeds.push(deed);
            }
        }
        if deeds.is_empty() {
            let what = match action {
                Action::Isolate | Action::Release => "host",
                _ => "hash",
            };
            cx.notify(format!("{}: no {what} is under the cursor", action.label()));
        } else {
            self.overlay = Some(Box::new(SheetPane::new(deeds, &self.session)));
        }
        true
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
        let sheet = named.or_else(|| {
            let session = &self.session;
            let (journal, identity) = (session.journal.as_ref()?, &session.identity);
            let since = now.checked_sub(24.hours()).unwrap_or(now);
            let mine = identity.account.as_ref();
            let act = journal.last_reversible(&identity.host, since, |act| {
                act.sending.who.os_user.as_ref() == mine
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
