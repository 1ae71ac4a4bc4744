//! The alert details pane: the selected alert or alert group, with its context.

mod context;
mod fields;
mod group;

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, ScrollView, ViewPane, copy,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::{AlertId, Document};
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;

/// The pane with the selected alert.
#[derive(Debug, Default)]
pub struct AlertPane {
    scroll: ScrollView,
    /// The group and the alert that the scroll offset is for.
    scrolled_id: (Option<Untrusted>, Option<AlertId>),
}

impl AlertPane {
    /// Returns the observables that actions apply to.
    fn observables(session: &Session) -> Vec<Observables> {
        // An action on a group applies to all its alerts, even if this pane has the focus.
        let group = session.alert_state.selected_group.as_deref().map(Observables::of_alert_group);
        let alert = || session.selection.alert.as_deref().map(Observables::of_alert);
        group.or_else(alert).into_iter().collect()
    }
}

impl ViewPane for AlertPane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        Self::observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let alert = session.selection.alert.as_deref()?;
        Some(("Alert".into(), alert.document.clone()))
    }

    fn refresh(&self, cx: &mut Cx<'_>) {
        cx.alerts().refresh_alert_context();
    }
}

impl Pane for AlertPane {
    fn scope(&self) -> Scope {
        Scope::Alert
    }

    fn header(&self, session: &Session) -> PaneHeader {
        match session.alert_state.selected_group {
            Some(_) => "Group summary".into(),
            None => "Alert details".into(),
        }
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let scrolled = self.scroll.handle_action(action);
        if !matches!(scrolled, ActionResult::Ignored) {
            return scrolled;
        }
        let Some(alert) = cx.session().selection.alert.clone() else {
            return ActionResult::notify("No alert selected", cx);
        };
        if action == Action::Open {
            let destination = alert.process.map(Destination::Process);
            return ActionResult::navigate_or_notify(destination.ok_or("This alert has no process to open"), cx);
        }
        pivot::pivot(action, cx, Self::observables).or_else(|| copy::copy_clip(copy::alert_clip(&alert, action), cx))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        cx.alerts().fetch_alert_context();
        let session = cx.session();
        let group = session.alert_state.selected_group.as_ref();
        let alert = session.selection.alert.as_ref();
        let ids = (group.map(|group| group.label().clone()), alert.map(|alert| alert.id.clone()));
        if ids != self.scrolled_id {
            self.scrolled_id = ids;
            self.scroll.reset();
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let group = session.alert_state.selected_group.as_deref();
        let group = group.map(|group| group::facts(group, session, cx.theme));
        let alert = session.selection.alert.as_deref();
        let alert = alert.map(|alert| fields::facts(alert, session, cx.theme));
        let fields: Vec<_> = group.into_iter().chain(alert).flatten().collect();
        if fields.is_empty() {
            let text = "Select an alert for details";
            frame.render_widget(Line::styled(text, cx.theme.muted), area);
            return;
        }
        self.scroll.render_fields(&fields, frame, area, cx.theme);
    }
}
