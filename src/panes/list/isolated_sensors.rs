//! The isolated board: every host that is cut off or is to be, since when, by whom and why, as far as the log knows.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{CellValue, ListView, RowField};
use crate::changes::LoggedChange;
use crate::keys::{Action, Scope};
use crate::model::{IsolatedSensor, Isolation, SensorId};
use crate::panes::{
    PaneId,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::text;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// Hours after which somebody should look whether a host must still be cut off.
const REVIEW_HOURS: i64 = 24;

/// The hosts that are isolated, or are to be.
#[derive(Debug)]
pub struct IsolatedSensors;

impl ListView for IsolatedSensors {
    type Row = IsolatedSensor;

    const PANE: PaneId = PaneId::IsolatedSensors;
    const SCOPE: Scope = Scope::Isolated;
    const NAME: &'static str = "Isolated";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::IsolatedSensors, 0), Slot::ServerInfo];
    const NOT_ASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No hosts are isolated or pending isolation";
    const FIELDS: &'static [RowField<IsolatedSensor>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.load_once::<IsolatedSensor>();
    }

    fn note(session: &Session) -> Option<String> {
        let drifted = drifted_hosts(session);
        let names = drifted.join(", ");
        (!drifted.is_empty()).then(|| format!("DRIFT: log says isolated, server says not: {names}"))
    }

    fn destination(IsolatedSensor(row): &IsolatedSensor) -> Option<Destination> {
        Some(Destination::Search(Index::Process, format!("sensor_id:{}", row.id)))
    }

    fn observables(IsolatedSensor(row): &IsolatedSensor) -> Observables {
        Observables::of_host(row.id, &row.computer_name)
    }

    fn clip(IsolatedSensor(row): &IsolatedSensor, action: Action, _: &Session) -> Option<Clip> {
        copy::sensor_clip(row, action)
    }
}

/// The deed that isolated a host, if the log has it and no release since.
fn isolating_change(sensor: SensorId, session: &Session) -> Option<&LoggedChange> {
    let journal = session.changes.history.as_ref()?;
    journal.isolation(&session.connection.info.host, sensor).map(|act| &**act)
}

/// Hosts that are isolated as far as the log knows, and are not among those of the server.
fn drifted_hosts(session: &Session) -> Vec<String> {
    if session.lists.isolated_sensors.total().is_none() {
        return Vec::new();
    }
    let here: HashSet<_> = session.lists.isolated_sensors.loaded_rows().map(|(_, row)| row.0.id).collect();
    let journal = session.changes.history.iter();
    let known = journal.flat_map(|journal| journal.isolations(&session.connection.info.host));
    let gone = known.filter(|(id, _)| !here.contains(id));
    let mut names: Vec<_> =
        gone.map(|(_, act)| text::make_visible(&act.submitted.target.name.as_str().into())).collect();
    names.sort_unstable();
    names
}

/// What the server says, and whether that is what the log wants.
fn isolation_state(IsolatedSensor(sensor): &IsolatedSensor, session: &Session) -> CellValue {
    let is_ours = isolating_change(sensor.id, session).is_some();
    match sensor.isolation() {
        Isolation::Yes => CellValue::Word("ISOLATED"),
        Isolation::Pending => CellValue::Word("PENDING"),
        Isolation::Lifting if is_ours => CellValue::Word("DRIFT: UNISOLATE"),
        Isolation::Lifting => CellValue::Word("UNISOLATE"),
        Isolation::No | Isolation::Unknown => CellValue::Word("?"),
    }
}

fn isolated_since(IsolatedSensor(sensor): &IsolatedSensor, session: &Session) -> Option<Timestamp> {
    isolating_change(sensor.id, session).map(|act| act.at)
}

/// When somebody should look again; said in capitals once that has passed by the time of the answer.
fn review_time(sensor: &IsolatedSensor, session: &Session) -> CellValue {
    let due = isolated_since(sensor, session).and_then(|at| at.checked_add(REVIEW_HOURS.hours()).ok());
    let as_of = session.lists.isolated_sensors.loaded_pages().map(|page| page.as_of).max();
    match (due, as_of) {
        (Some(due), Some(now)) if due <= now => CellValue::Word("DUE"),
        (Some(due), _) => CellValue::Time(due),
        (None, _) => CellValue::Word("unknown"),
    }
}

const FIELDS: &[RowField<IsolatedSensor>] = &[
    RowField::new("isolation", TableColumn::left_aligned("STATE", 8, 14, 0), |theme| theme.caution, isolation_state),
    RowField::new(
        "computer_name",
        TableColumn::left_aligned("HOST", 12, 16, 0),
        |theme| theme.accent,
        |sensor, _| (&sensor.0.computer_name).into(),
    ),
    RowField::time("since", "SINCE", 2, |sensor, session| CellValue::time(isolated_since(sensor, session))),
    RowField::new(
        "by",
        TableColumn::left_aligned("BY", 8, 12, 3),
        |theme| theme.text,
        |sensor, session| match isolating_change(sensor.0.id, session) {
            Some(act) => CellValue::Text(act.actor_name().into()),
            None => CellValue::Word("unknown"),
        },
    ),
    RowField::time("review", "REVIEW", 4, review_time),
    RowField::new(
        "status",
        TableColumn::left_aligned("STATUS", 7, 11, 4),
        |theme| theme.text,
        |sensor, _| (&sensor.0.status).into(),
    ),
    RowField::time("last_checkin_time", "SEEN", 5, |sensor, _| CellValue::time(sensor.0.last_checkin)),
    RowField::new(
        "reason",
        TableColumn::left_aligned("REASON", 16, TableColumn::FILL, 1),
        |theme| theme.text,
        |sensor, session| {
            let act = isolating_change(sensor.0.id, session);
            let reason = act.and_then(|act| act.submitted.reason.clone());
            CellValue::Text(reason.unwrap_or_default().into())
        },
    ),
    RowField::new(
        "ticket",
        TableColumn::left_aligned("TICKET", 8, 12, 6),
        |theme| theme.text,
        |sensor, session| {
            let act = isolating_change(sensor.0.id, session);
            let ticket = act.and_then(|act| act.submitted.ticket.clone());
            CellValue::Text(ticket.unwrap_or_default().into())
        },
    ),
    RowField::new(
        "id",
        TableColumn::right_aligned("SENSOR", 6, 8, 7),
        |theme| theme.number,
        |sensor, _| CellValue::Number(sensor.0.id.0),
    ),
];
