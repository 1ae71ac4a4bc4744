//! What is done with the event under the cursor, and with all that are shown.

use super::EventsPane;
use crate::keys::Action;
use crate::model::{Event, Extract, What};
use crate::panes::{
    copy,
    pivot::{self, Clues},
};
use crate::session::{Cx, Lead, Session};
use crate::text::Untrusted;

/// The names of what is taken out of an event.
const COLUMNS: [&str; 7] = ["time", "kind", "action", "what", "md5", "segment", "process"];

/// Of these, what a record does not say itself.
const HEADS: usize = 2;

impl EventsPane {
    /// Opens the process that the event under the cursor is about.
    pub(super) fn open(&self, cx: &mut Cx<'_>) {
        let Some(event) = self.selected(cx.session()) else {
            return cx.notify("No event selected");
        };
        let id = match &event.what {
            What::Childproc(child) if child.is_suppressed => {
                return cx.notify("This child was suppressed by the sensor filter: no process record");
            }
            What::Childproc(child) => child.id,
            What::Crossproc(cross) => cross.id,
            _ => return cx.notify("Only child and cross-process events can be opened"),
        };
        match id.filter(|id| !id.is_unknown()) {
            Some(id) => cx.lead(Lead::Process(id)),
            None => cx.notify("The event does not name the process"),
        }
    }

    /// What of the event under the cursor, and of its process, can be asked about elsewhere.
    pub(super) fn under_cursor(&self, session: &Session) -> Option<Clues> {
        let event = self.selected(session)?;
        Some(Clues::of_event(event, session.opened_process()))
    }

    /// Copies what `action` names of the event under the cursor, or asks what else has the same.
    pub(super) fn pick(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let event = self.selected(cx.session()).cloned();
        if let Some(event) = event {
            let clues = |session: &Session| self.under_cursor(session).into_iter().collect();
            return pivot::follow(action, cx, clues) || copy::copy_one(copy::event(&event, action), cx);
        }
        cx.notify(format!("{}: no event selected", action.label()));
        true
    }

    /// The events that are shown.
    pub(super) fn extract(&self, session: &Session) -> Extract {
        let rows = self.sifted.rows.iter();
        let events: Vec<_> = rows.filter_map(|place| session.timeline.event(*place)).collect();
        Extract {
            name: "events".into(),
            columns: COLUMNS.map(Untrusted::from).into(),
            rows: events.iter().map(|event| row(event)).collect(),
            documents: events.iter().map(|event| event.document.clone()).collect(),
            n_heads: HEADS,
        }
    }
}

/// An event as it stands in a file.
fn row(event: &Event) -> Vec<Untrusted> {
    let at = event.at.map(|at| at.to_string());
    let md5 = event.md5().map(|md5| md5.to_string());
    vec![
        at.unwrap_or_default().into(),
        event.kind().to_string().into(),
        event.action().into(),
        event.object(),
        md5.unwrap_or_default().into(),
        event.segment.to_string().into(),
        event.process.to_string().into(),
    ]
}
