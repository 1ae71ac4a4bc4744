//! Actions of the timeline: open, pivot, copy, export.

use super::EventsPane;
use crate::keys::Action;
use crate::model::{Event, EventFacts, ExportData};
use crate::panes::{
    ActionResult, copy,
    pivot::{self, Observables},
};
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;

/// Columns of an export.
const COLUMN_NAMES: [&str; 7] = ["time", "kind", "action", "what", "md5", "segment", "process"];

/// Number of the last columns that are not members of the event's record.
const N_ADDED_COLUMNS: usize = 2;

impl EventsPane {
    /// Opens the child or target process of the selected event.
    pub(super) fn open_process(&self, cx: &mut Cx<'_>) -> ActionResult {
        let Some(event) = self.selected_event(cx.session()) else {
            return ActionResult::notify("No event selected", cx);
        };
        let id = match &event.what {
            EventFacts::Childproc(child) if child.is_suppressed => {
                let reason = "This child was suppressed by the sensor filter: no process record";
                return ActionResult::notify(reason, cx);
            }
            EventFacts::Childproc(child) => child.id,
            EventFacts::Crossproc(cross) => cross.id,
            _ => return ActionResult::notify("Only child and cross-process events can be opened", cx),
        };
        let destination = id.filter(|id| !id.is_unknown()).map(Destination::Process);
        ActionResult::navigate_or_notify(destination.ok_or("The event does not name the process"), cx)
    }

    /// Returns what can be searched for elsewhere of the selected event and the opened process.
    pub(super) fn observables_at_cursor(&self, session: &Session) -> Option<Observables> {
        let event = self.selected_event(session)?;
        Some(Observables::of_event(event, session.find_opened()))
    }

    /// Copies what `action` takes from the selected event, or searches for a value of it elsewhere.
    pub(super) fn copy_or_pivot(&self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let event = self.selected_event(cx.session()).cloned();
        if let Some(event) = event {
            let observables = |session: &Session| self.observables_at_cursor(session).into_iter().collect();
            return pivot::pivot(action, cx, observables)
                .or_else(|| copy::copy_clip(copy::event_clip(&event, action), cx));
        }
        ActionResult::notify(format!("{}: no event selected", action.label()), cx)
    }

    /// Returns the shown events for an export.
    pub(super) fn export_data(&self, session: &Session) -> ExportData {
        let rows = self.filtered.rows.iter();
        let events: Vec<_> = rows.filter_map(|row| session.opened.timeline.event(*row)).collect();
        ExportData {
            name: "events".into(),
            columns: COLUMN_NAMES.map(Untrusted::from).into(),
            rows: events.iter().map(|event| export_row(event)).collect(),
            documents: events.iter().map(|event| event.document.clone()).collect(),
            n_prefix_columns: N_ADDED_COLUMNS,
        }
    }
}

/// Returns the cells of an exported event, in the order of [`COLUMN_NAMES`].
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
