//! What is done with the event under the cursor, and with all that are shown.

use super::EventsPane;
use crate::keys::Action;
use crate::model::{Event, EventFacts, ExportData};
use crate::panes::{
    copy,
    pivot::{self, Observables},
};
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;

/// The names of what is taken out of an event.
const COLUMN_NAMES: [&str; 7] = ["time", "kind", "action", "what", "md5", "segment", "process"];

/// Of these, what a record does not say itself.
const N_ADDED_COLUMNS: usize = 2;

impl EventsPane {
    /// Opens the process that the event under the cursor is about.
    pub(super) fn open_process(&self, cx: &mut Cx<'_>) {
        let Some(event) = self.selected_event(cx.session()) else {
            return cx.notify("No event selected");
        };
        let id = match &event.what {
            EventFacts::Childproc(child) if child.is_suppressed => {
                return cx.notify("This child was suppressed by the sensor filter: no process record");
            }
            EventFacts::Childproc(child) => child.id,
            EventFacts::Crossproc(cross) => cross.id,
            _ => return cx.notify("Only child and cross-process events can be opened"),
        };
        match id.filter(|id| !id.is_unknown()) {
            Some(id) => cx.navigate(Destination::Process(id)),
            None => cx.notify("The event does not name the process"),
        }
    }

    /// What of the event under the cursor, and of its process, can be asked about elsewhere.
    pub(super) fn observables_at_cursor(&self, session: &Session) -> Option<Observables> {
        let event = self.selected_event(session)?;
        Some(Observables::of_event(event, session.find_opened()))
    }

    /// Copies what `action` names of the event under the cursor, or asks what else has the same.
    pub(super) fn copy_or_pivot(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let event = self.selected_event(cx.session()).cloned();
        if let Some(event) = event {
            let clues = |session: &Session| self.observables_at_cursor(session).into_iter().collect();
            return pivot::pivot(action, cx, clues) || copy::copy_clip(copy::event_clip(&event, action), cx);
        }
        cx.notify(format!("{}: no event selected", action.label()));
        true
    }

    /// The events that are shown.
    pub(super) fn export_data(&self, session: &Session) -> ExportData {
        let rows = self.filtered.rows.iter();
        let events: Vec<_> = rows.filter_map(|place| session.opened.timeline.event(*place)).collect();
        ExportData {
            name: "events".into(),
            columns: COLUMN_NAMES.map(Untrusted::from).into(),
            rows: events.iter().map(|event| export_row(event)).collect(),
            documents: events.iter().map(|event| event.document.clone()).collect(),
            n_prefix_columns: N_ADDED_COLUMNS,
        }
    }
}

/// An event as it stands in a file.
fn export_row(event: &Event) -> Vec<Untrusted> {
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
