//! The list of sensors that are isolated or pending isolation, with time, user and reason from the audit log.

use std::{collections::HashSet, ops::Range};

use jiff::{Timestamp, ToSpan};

use super::{ListView, RowField};
use crate::changes::LoggedChange;
use crate::columns::CellValue;
use crate::keys::{Action, Scope};
use crate::model::{IsolatedSensor, Isolation, SensorId};
use crate::panes::{
    copy::{self, Clip},
    pivot::Observables,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::text;
use crate::widgets::TableColumn;

/// Hours after which an isolation is due for review.
const REVIEW_HOURS: i64 = 24;

/// The list view of isolated sensors.
#[derive(Debug)]
pub struct IsolatedSensors;

impl ListView for IsolatedSensors {
    type Row = IsolatedSensor;

    const SCOPE: Scope = Scope::Isolated;
    const NAME: &'static str = "Isolated";
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No hosts are isolated or pending isolation";
    const FIELDS: &'static [RowField<IsolatedSensor>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;

    fn refresh(_: &Range<u64>, cx: &mut Cx<'_>) {
        cx.changes().fetch_change_history();
        cx.lists().refresh_or_load::<IsolatedSensor>();
    }

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<IsolatedSensor>();
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

/// Returns the logged change that isolated `sensor`, unless it was unisolated since.
fn isolating_change(sensor: SensorId, session: &Session) -> Option<&LoggedChange> {
    let history = session.changes.history.as_ref()?;
    history.isolation(&session.connection.info.host, sensor).map(|logged| &**logged)
}

/// Returns the names of sensors that are isolated by the audit log, but not by the server.
fn drifted_hosts(session: &Session) -> Vec<String> {
    if session.lists.pages::<IsolatedSensor>().total().is_none() {
        return Vec::new();
    }
    let listed: HashSet<_> = session.lists.pages::<IsolatedSensor>().loaded_rows().map(|(_, row)| row.0.id).collect();
    let history = session.changes.history.iter();
    let logged = history.flat_map(|history| history.isolations(&session.connection.info.host));
    let drifted = logged.filter(|(id, _)| !listed.contains(id));
    let mut names: Vec<_> =
        drifted.map(|(_, change)| text::make_visible(&change.submitted.target.name.as_str().into())).collect();
    names.sort_unstable();
    names
}

/// Returns the isolation state reported by the server, and whether it contradicts the audit log.
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
    isolating_change(sensor.id, session).map(|logged| logged.at)
}

/// Returns the time at which an isolation is due for review, or `DUE` if that was before the time of the answer.
fn review_time(sensor: &IsolatedSensor, session: &Session) -> CellValue {
    let due = isolated_since(sensor, session).and_then(|at| at.checked_add(REVIEW_HOURS.hours()).ok());
    let as_of = session.lists.pages::<IsolatedSensor>().loaded_pages().map(|page| page.as_of).max();
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
            Some(logged) => CellValue::Text(logged.actor_name().into()),
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
            let logged = isolating_change(sensor.0.id, session);
            let reason = logged.and_then(|logged| logged.submitted.reason.clone());
            CellValue::Text(reason.unwrap_or_default().into())
        },
    ),
    RowField::new(
        "ticket",
        TableColumn::left_aligned("TICKET", 8, 12, 6),
        |theme| theme.text,
        |sensor, session| {
            let logged = isolating_change(sensor.0.id, session);
            let ticket = logged.and_then(|logged| logged.submitted.ticket.clone());
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
