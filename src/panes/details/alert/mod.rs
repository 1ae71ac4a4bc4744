//! The alert under the cursor: why it was raised, on what, what else there is, and what became of it.

mod context;
mod fields;
mod group;

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{
    Look, Pane, PaneId, copy, cursor,
    pivot::{self, Clues},
};
use crate::keys::{Action, Scope};
use crate::model::{AlertId, Document};
use crate::session::{Cx, Lead, Session};
use crate::text::Untrusted;
use crate::widgets::Fields;

/// The pane with the alert under the cursor.
#[derive(Debug, Default)]
pub struct AlertPane {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// Whose facts are scrolled: the name of the group, and the alert.
    of: (Option<Untrusted>, Option<AlertId>),
}

impl Pane for AlertPane {
    fn id(&self) -> PaneId {
        PaneId::Alert
    }

    fn scope(&self) -> Scope {
        Scope::Alert
    }

    fn title(&self, session: &Session) -> Line<'static> {
        match session.triage.bundle {
            Some(_) => "Group summary".into(),
            None => "Alert details".into(),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        let Some(alert) = cx.session().alert.clone() else {
            cx.notify("No alert selected");
            return true;
        };
        if action == Action::Open {
            match alert.process {
                Some(id) => cx.lead(Lead::Process(id)),
                None => cx.notify("This alert has no process to open"),
            }
            return true;
        }
        pivot::follow(action, cx, |session| self.clues(session)) || copy::copy_one(copy::alert(&alert, action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        // What is done to a group is done to all of it, wherever the focus is.
        let group = session.triage.bundle.as_deref().map(Clues::of_bundle);
        let alert = || session.alert.as_deref().map(Clues::of_alert);
        group.or_else(alert).into_iter().collect()
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        cx.look_around();
        let session = cx.session();
        let group = session.triage.bundle.as_ref();
        let alert = session.alert.as_ref();
        let shown = (group.map(|bundle| bundle.name().clone()), alert.map(|alert| alert.id.clone()));
        if shown != self.of {
            self.of = shown;
            self.offset = 0;
        }
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let alert = session.alert.as_deref()?;
        Some(("Alert".into(), alert.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || self.clues(session).pop())
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let group = session.triage.bundle.as_deref();
        let group = group.map(|bundle| group::facts(bundle, session, look.theme));
        let alert = session.alert.as_deref();
        let alert = alert.map(|alert| fields::facts(alert, session, look.theme));
        let fields: Vec<_> = group.into_iter().chain(alert).flatten().collect();
        if fields.is_empty() {
            let text = "Select an alert for details";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        }
        self.height = usize::from(area.height);
        self.offset = self.offset.min(fields.len().saturating_sub(1));
        let list = Fields { fields: &fields, scroll: self.offset };
        self.n_lines = list.render(area, frame.buffer_mut(), look.theme);
    }
}
