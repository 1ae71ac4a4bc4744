//! All sensors: which hosts there are, whether they report, and what is wrong with them.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::model::{Isolation, Sensor, SensorFilter};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    pivot::Clues,
    prompt::sensor_search,
};
use crate::query::Index;
use crate::session::{Cx, Lead, Session};
use crate::text::Untrusted;
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// Every host, or those that were looked for.
#[derive(Debug)]
pub struct Sensors;

impl Kind for Sensors {
    type Row = Sensor;

    const PANE: PaneId = PaneId::Sensors;
    const SCOPE: Scope = Scope::Sensors;
    const NAME: &'static str = "Sensors";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Sensors, 0), Slot::Info];
    const UNASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No sensor matches (case-sensitive). i searches the server";
    const FIELDS: &'static [Field<Sensor>] = FIELDS;
    const SHOWN: usize = 10;
    const IS_COUNTED: bool = true;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Sensor>();
    }

    fn note(session: &Session) -> Option<String> {
        let filter = SensorFilter::of(&session.sensors.search()?.query);
        let is_any = filter != SensorFilter::default();
        is_any.then(|| format!("filter: {}", sensor_search::words(&filter, session)))
    }

    fn rest(row: Option<&Arc<Sensor>>, cx: &mut Cx<'_>) {
        cx.attend_host(row);
    }

    fn lead(row: &Sensor) -> Option<Lead> {
        Some(Lead::Search(Index::Process, format!("sensor_id:{}", row.id)))
    }

    fn clues(row: &Sensor) -> Clues {
        Clues::of_host(row.id, &row.computer_name)
    }

    fn copied(row: &Sensor, action: Action, _: &Session) -> Option<Copied> {
        copy::sensor(row, action)
    }
}

/// Whether it reports, or what is to become of it.
fn state(sensor: &Sensor) -> Value {
    if sensor.uninstalled == Some(true) {
        return Value::Judged("uninstalled".into(), false);
    }
    let word = sensor.status.raw().to_lowercase();
    let change = match (sensor.uninstall, sensor.restart_queued) {
        (Some(true), _) => ", uninstall pending",
        (_, Some(true)) => ", restart pending",
        _ => "",
    };
    let is_online = sensor.status.is_like("online");
    match word.as_str() {
        "" => Value::None,
        _ => Value::Judged(format!("{word}{change}").into(), is_online),
    }
}

/// Nothing where a host is like any other.
fn isolation(sensor: &Sensor) -> Value {
    match sensor.isolation() {
        Isolation::No => Value::None,
        Isolation::Pending => Value::Judged("PENDING".into(), false),
        Isolation::Yes => Value::Judged("ISOLATED".into(), false),
        Isolation::Lifting => Value::Judged("LIFTING".into(), false),
        Isolation::Unknown => Value::Missing,
    }
}

fn group(sensor: &Sensor, session: &Session) -> Value {
    let Some(id) = sensor.group else {
        return Value::None;
    };
    match session.group_name(id) {
        Some(name) => name.into(),
        None => Value::Text(format!("#{id}").into()),
    }
}

/// How well it is, and why not better.
fn health(sensor: &Sensor) -> Value {
    match sensor.health {
        None => (&sensor.health_message).into(),
        Some(100) => Value::Text("100".into()),
        Some(health) => {
            let text = format!("{health} {}", sensor.health_message.raw());
            Value::Judged(text.trim_end().into(), health >= 90)
        }
    }
}

fn addresses(sensor: &Sensor) -> Untrusted {
    let adapters = sensor.adapters.iter();
    let addresses: Vec<_> = adapters.map(|adapter| adapter.ip.to_string()).collect();
    addresses.join(" ").into()
}

const FIELDS: &[Field<Sensor>] = &[
    Field::new(
        "computer_name",
        Column::left("HOST", 14, 15, 0),
        |theme| theme.accent,
        |sensor, _| (&sensor.computer_name).into(),
    ),
    Field::new("status", Column::left("STATE", 11, 11, 1), |theme| theme.text, |sensor, _| state(sensor)),
    Field::new("isolation", Column::left("ISOLATION", 9, 9, 1), |theme| theme.caution, |sensor, _| isolation(sensor)),
    Field::time("last_checkin_time", "SEEN", 3, |sensor, _| Value::time(sensor.last_checkin)),
    Field::new("group", Column::left("GROUP", 13, 18, 2), |theme| theme.text, group),
    Field::new(
        "network_adapters",
        Column::left("ADDRESS", 13, 15, 5),
        |theme| theme.text,
        |sensor, _| Value::Text(addresses(sensor)),
    ),
    Field::new(
        "sensor_health_status",
        Column::left("HEALTH", 6, 24, 6),
        |theme| theme.number,
        |sensor, _| health(sensor),
    ),
    Field::new(
        "os_environment_display_string",
        Column::left("OS", 16, Column::REST, 4),
        |theme| theme.text,
        |sensor, _| (&sensor.os).into(),
    ),
    Field::new(
        "build_version_string",
        Column::left("VERSION", 9, 16, 7),
        |theme| theme.muted,
        |sensor, _| Value::Text(sensor.release().into()),
    ),
    Field::new("id", Column::right("SENSOR", 6, 8, 8), |theme| theme.number, |sensor, _| Value::Number(sensor.id.0)),
    Field::new("notes", Column::left("NOTES", 12, 30, 6), |theme| theme.text, |sensor, _| (&sensor.notes).into()),
    Field::new(
        "computer_dns_name",
        Column::left("DNS NAME", 16, 30, 8),
        |theme| theme.text,
        |sensor, _| (&sensor.dns_name).into(),
    ),
    Field::time("registration_time", "REGISTERED", 8, |sensor, _| Value::time(sensor.registered)),
    Field::time("next_checkin_time", "NEXT", 9, |sensor, _| Value::time(sensor.next_checkin)),
    Field::new(
        "num_eventlog_bytes",
        Column::right("WAITING", 8, 12, 9),
        |theme| theme.number,
        |sensor, _| sensor.eventlog_bytes.into(),
    ),
];
