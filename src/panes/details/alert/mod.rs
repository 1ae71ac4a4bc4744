//! The alert details pane: the selected alert or alert group, with its context.

mod context;
mod fields;
mod group;

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{
    ActionResult, Pane, PaneHeader, PaneId, RenderCx, Selection, copy, cursor,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::{AlertId, Document};
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;
use crate::widgets::FieldList;

/// The pane with the selected alert.
#[derive(Debug, Default)]
pub struct AlertPane {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// The group and the alert that the scroll offset is for.
    scrolled_id: (Option<Untrusted>, Option<AlertId>),
}

impl AlertPane {
    /// Returns the observables that actions apply to.
    fn observables(&self, session: &Session) -> Vec<Observables> {
        // An action on a group applies to all its alerts, even if this pane has the focus.
        let group = session.alert_state.selected_group.as_deref().map(Observables::of_alert_group);
        let alert = || session.selection.alert.as_deref().map(Observables::of_alert);
        group.or_else(alert).into_iter().collect()
    }
}

impl Pane for AlertPane {
    fn id(&self) -> PaneId {
        PaneId::Alert
    }

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
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::new_cursor(action, self.offset, self.height, last) {
            self.offset = to;
            return ActionResult::Done;
        }
        let Some(alert) = cx.session().selection.alert.clone() else {
            return ActionResult::notify("No alert selected", cx);
        };
        if action == Action::Open {
            let destination = alert.process.map(Destination::Process);
            return ActionResult::navigate_or_notify(destination.ok_or("This alert has no process to open"), cx);
        }
        pivot::pivot(action, cx, |session| self.observables(session))
            .or_else(|| copy::copy_clip(copy::alert_clip(&alert, action), cx))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        cx.fetch_alert_context();
        let session = cx.session();
        let group = session.alert_state.selected_group.as_ref();
        let alert = session.selection.alert.as_ref();
        let ids = (group.map(|group| group.label().clone()), alert.map(|alert| alert.id.clone()));
        if ids != self.scrolled_id {
            self.scrolled_id = ids;
            self.offset = 0;
        }
        ActionResult::Done
    }

    fn selection(&self, session: &Session) -> Selection {
        self.observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let alert = session.selection.alert.as_deref()?;
        Some(("Alert".into(), alert.document.clone()))
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
        self.height = usize::from(area.height);
        self.offset = self.offset.min(fields.len().saturating_sub(1));
        let list = FieldList { fields: &fields, scroll: self.offset };
        self.n_lines = list.render(area, frame.buffer_mut(), cx.theme);
    }
}
