//! Actions on the alert queue as a whole: grouping, live updates, refreshing.

use jiff::Timestamp;

use super::{App, View, route::AlertsAction};
use crate::model::{Alert, OPEN_ALERTS};
use crate::panes::{AlertGroups, PaneId};
use crate::query::Index;
use crate::session::{Cx, Effect, GroupBy};

impl App {
    /// Changes how alerts are shown.
    pub(super) fn act_on_alerts(&mut self, action: AlertsAction, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut cx = Cx::new(&mut self.session, effects, now);
        match action {
            AlertsAction::Live => cx.alerts().toggle_live(),
            AlertsAction::GroupBy => {
                let by = GroupBy::next(cx.session().alert_state.group_by);
                cx.alerts().group_alerts_by(by);
                cx.alerts().align_alerts();
                match by {
                    Some(by) => cx.notify(format!("grouped by {}", by.label())),
                    None => cx.notify("not grouped"),
                }
                let has_alert_focus = self.focus == PaneId::Alert;
                self.show_view(self.grouped_view(View::Alerts));
                if has_alert_focus {
                    self.focus = PaneId::Alert;
                }
            }
        }
    }

    /// Returns from a filtered list of alerts to the queue: its groups as they were left, or all open alerts.
    pub(super) fn return_to_alert_groups(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.view == View::Alerts && self.return_to_view(View::AlertGroups, now, effects) {
            return;
        }
        let mut cx = Cx::new(&mut self.session, effects, now);
        let current = cx.session().lists.pages::<Alert>().search();
        if current.is_some_and(|search| search.query != OPEN_ALERTS) {
            self.panes.editor_mut(Index::Alert).set_text(OPEN_ALERTS);
            cx.lists().search_index(Index::Alert, OPEN_ALERTS.into());
        }
        self.show_view(self.grouped_view(View::Alerts));
    }

    /// Returns the view in which alerts were last shown, grouped or not; any other view is returned unchanged.
    pub(super) fn grouped_view(&self, view: View) -> View {
        match (view, self.session.alert_state.group_by) {
            (View::Alerts | View::AlertGroups, Some(_)) => View::AlertGroups,
            (View::Alerts | View::AlertGroups, None) => View::Alerts,
            (other, _) => other,
        }
    }

    /// Returns to the alerts as they were grouped in a location, once their list is restored.
    pub(super) fn restore_grouping(&mut self, by: Option<GroupBy>, now: Timestamp, effects: &mut Vec<Effect>) {
        let shown = self.panes.list::<AlertGroups>().state().search_shown().cloned();
        let mut cx = Cx::new(&mut self.session, effects, now);
        match by {
            Some(_) => cx.alerts().restore_alert_groups(by, shown),
            None => cx.alerts().group_alerts_by(None),
        }
        cx.alerts().align_alerts();
    }
}
