//! The fields of events.

use super::{CellValue, Field, find};
use crate::model::{Event, EventFacts, EventKind};

/// The fields of event rows.
pub const FIELDS: &[Field<Event>] = &[
    Field::new("time", |event| CellValue::time(event.at)),
    Field::new("kind", kind_value),
    Field::new("action", |event| CellValue::text_of(Some(describe_action(event)))),
    Field::new("what", |event| (&event.object()).into()),
    Field::new("md5", |event| CellValue::text_of(event.md5())),
    Field::new("segment_id", |event| CellValue::text_of(Some(event.segment))),
    Field::new("process_id", |event| CellValue::text_of(Some(event.process))),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Event> {
    find(FIELDS, name)
}

/// Returns the kind of an event; for an unknown kind, the server's name.
fn kind_value(event: &Event) -> CellValue {
    match &event.what {
        EventFacts::Other { kind, .. } => kind.into(),
        what => CellValue::text_of(Some(EventKind::to_string(&what.kind()))),
    }
}

/// Returns the action of an event, marked if it was tampering or if its path is uncertain.
fn describe_action(event: &Event) -> String {
    let action = event.action();
    match (event.is_tamper, event.is_ambiguous) {
        (true, _) => format!("{action} (tamper)"),
        (false, true) => format!("{action} (path uncertain)"),
        (false, false) => action.to_owned(),
    }
}
