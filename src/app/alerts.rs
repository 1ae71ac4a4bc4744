//! The queue of alerts: grouped or not, and looked at again and again while somebody wants to be told of new ones.

use jiff::Timestamp;

use super::{App, View, panes::Panes};
use crate::keys::Action;
use crate::model::OPEN_ALERTS;
use crate::panes::PaneId;
use crate::query::Index;
use crate::session::{By, Cx, Effect};

impl App {
    /// Does what is meant with the alerts as a whole; false if it is nothing of that kind.
    pub(super) fn triage(&mut self, action: Action, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        if self.overlay.is_some() {
            return false;
        }
        let mut cx = Cx::new(&mut self.session, effects, now);
        match action {
            Action::Live => cx.turn_live(),
            Action::GroupBy => {
                let by = By::next(cx.session().triage.by);
                cx.group_by(by);
                cx.align_alerts();
                match by {
                    Some(by) => cx.notify(format!("grouped by {}", by.word())),
                    None => cx.notify("not grouped"),
                }
                let is_beside = self.focus == PaneId::Alert;
                self.go_to(self.grouped(View::Alerts));
                if is_beside {
                    self.focus = PaneId::Alert;
                }
            }
            _ => return false,
        }
        true
    }

    /// From some of the alerts back to the queue: its groups as they were left, or all that is open.
    pub(super) fn return_to_queue(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.view == View::Alerts && self.return_to(View::Queue, now, effects) {
            return;
        }
        let mut cx = Cx::new(&mut self.session, effects, now);
        let asked = cx.session().alerts.search();
        if asked.is_some_and(|search| search.query != OPEN_ALERTS) {
            self.panes.alert_query.set(OPEN_ALERTS);
            cx.submit(Index::Alert, OPEN_ALERTS.into());
        }
        self.go_to(self.grouped(View::Alerts));
    }

    /// The alerts as they were last looked at, grouped or not; any other view is itself.
    pub(super) fn grouped(&self, view: View) -> View {
        match (view, self.session.triage.by) {
            (View::Alerts | View::Queue, Some(_)) => View::Queue,
            (View::Alerts | View::Queue, None) => View::Alerts,
            (other, _) => other,
        }
    }
}

impl Panes {
    /// Asks again for the alerts that are shown, and for what is known around the one under the cursor.
    pub(super) fn refresh_alerts(&self, view: View, cx: &mut Cx<'_>) {
        cx.take_in();
        if view == View::Queue {
            cx.read_queue_again();
        } else {
            self.alerts.refresh(cx);
            cx.outdate_queue();
        }
        cx.look_around_again();
    }
}
