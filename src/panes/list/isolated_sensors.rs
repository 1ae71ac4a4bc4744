//! The isolated board: every host that is cut off or is to be, since when, by whom and why, as far as the log knows.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};

use super::{Field, Kind, Value};
use crate::changes::Act;
use crate::keys::{Action, Scope};
use crate::model::{Isolation, SensorId, Severed};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    pivot::Clues,
};
use crate::query::Index;
use crate::session::{Cx, Lead, Session};
use crate::text;
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// Hours after which somebody should look whether a host must still be cut off.
const REVIEW: i64 = 24;

/// The hosts that are isolated, or are to be.
#[derive(Debug)]
pub struct Isolated;

impl Kind for Isolated {
    type Row = Severed;

    const PANE: PaneId = PaneId::Isolated;
    const SCOPE: Scope = Scope::Isolated;
    const NAME: &'static str = "Isolated";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Isolated, 0), Slot::Info];
    const UNASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No hosts are isolated or pending isolation";
    const FIELDS: &'static [Field<Severed>] = FIELDS;
    const SHOWN: usize = 8;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Severed>();
    }

    fn note(session: &Session) -> Option<String> {
        let drifted = drifted(session);
        let names = drifted.join(", ");
        (!drifted.is_empty()).then(|| format!("DRIFT: log says isolated, server says not: {names}"))
    }

    fn lead(Severed(row): &Severed) -> Option<Lead> {
        Some(Lead::Search(Index::Process, format!("sensor_id:{}", row.id)))
    }

    fn clues(Severed(row): &Severed) -> Clues {
        Clues::of_host(row.id, &row.computer_name)
    }

    fn copied(Severed(row): &Severed, action: Action, _: &Session) -> Option<Copied> {
        copy::sensor(row, action)
    }
}

/// The deed that isolated a host, if the log has it and no release since.
fn cause(sensor: SensorId, session: &Session) -> Option<&Act> {
    let journal = session.journal.as_ref()?;
    journal.isolation(&session.identity.host, sensor).map(|act| &**act)
}

/// Hosts that are isolated as far as the log knows, and are not among those of the server.
fn drifted(session: &Session) -> Vec<String> {
    if session.isolated.total().is_none() {
        return Vec::new();
    }
    let here: HashSet<_> = session.isolated.here().map(|(_, row)| row.0.id).collect();
    let journal = session.journal.iter();
    let known = journal.flat_map(|journal| journal.isolations(&session.identity.host));
    let gone = known.filter(|(id, _)| !here.contains(id));
    let mut names: Vec<_> = gone.map(|(_, act)| text::visible(&act.sending.target.name.as_str().into())).collect();
    names.sort_unstable();
    names
}

/// What the server says, and whether that is what the log wants.
fn state(Severed(sensor): &Severed, session: &Session) -> Value {
    let is_ours = cause(sensor.id, session).is_some();
    match sensor.isolation() {
        Isolation::Yes => Value::Word("ISOLATED"),
        Isolation::Pending => Value::Word("PENDING"),
        Isolation::Lifting if is_ours => Value::Word("DRIFT: UNISOLATE"),
        Isolation::Lifting => Value::Word("UNISOLATE"),
        Isolation::No | Isolation::Unknown => Value::Word("?"),
    }
}

fn since(Severed(sensor): &Severed, session: &Session) -> Option<Timestamp> {
    cause(sensor.id, session).map(|act| act.at)
}

/// When somebody should look again; said in capitals once that has passed by the time of the answer.
fn review(sensor: &Severed, session: &Session) -> Value {
    let due = since(sensor, session).and_then(|at| at.checked_add(REVIEW.hours()).ok());
    let as_of = session.isolated.held().map(|page| page.as_of).max();
    match (due, as_of) {
        (Some(due), Some(now)) if due <= now => Value::Word("DUE"),
        (Some(due), _) => Value::Time(due),
        (None, _) => Value::Word("unknown"),
    }
}

const FIELDS: &[Field<Severed>] = &[
    Field::new("isolation", Column::left("STATE", 8, 14, 0), |theme| theme.caution, state),
    Field::new(
        "computer_name",
        Column::left("HOST", 12, 16, 0),
        |theme| theme.accent,
        |sensor, _| (&sensor.0.computer_name).into(),
    ),
    Field::time("since", "SINCE", 2, |sensor, session| Value::time(since(sensor, session))),
    Field::new(
        "by",
        Column::left("BY", 8, 12, 3),
        |theme| theme.text,
        |sensor, session| match cause(sensor.0.id, session) {
            Some(act) => Value::Text(act.who().into()),
            None => Value::Word("unknown"),
        },
    ),
    Field::time("review", "REVIEW", 4, review),
    Field::new("status", Column::left("STATUS", 7, 11, 4), |theme| theme.text, |sensor, _| (&sensor.0.status).into()),
    Field::time("last_checkin_time", "SEEN", 5, |sensor, _| Value::time(sensor.0.last_checkin)),
    Field::new(
        "reason",
        Column::left("REASON", 16, Column::REST, 1),
        |theme| theme.text,
        |sensor, session| {
            let act = cause(sensor.0.id, session);
            let reason = act.and_then(|act| act.sending.reason.clone());
            Value::Text(reason.unwrap_or_default().into())
        },
    ),
    Field::new(
        "ticket",
        Column::left("TICKET", 8, 12, 6),
        |theme| theme.text,
        |sensor, session| {
            let act = cause(sensor.0.id, session);
            let ticket = act.and_then(|act| act.sending.ticket.clone());
            Value::Text(ticket.unwrap_or_default().into())
        },
    ),
    Field::new("id", Column::right("SENSOR", 6, 8, 7), |theme| theme.number, |sensor, _| Value::Number(sensor.0.id.0)),
];
