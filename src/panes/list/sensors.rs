//! The list of sensors: hosts, status, health.

use std::sync::Arc;

use super::{CellValue, ListView, RowField};
use crate::keys::{Action, Scope};
use crate::model::{Isolation, Sensor, SensorFilter};
use crate::panes::{
    ActionResult, PaneId,
    copy::{self, Clip},
    pivot::Observables,
    prompt::sensor_search,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::text::Untrusted;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of sensors.
#[derive(Debug)]
pub struct Sensors;

impl ListView for Sensors {
    type Row = Sensor;

    const PANE: PaneId = PaneId::Sensors;
    const SCOPE: Scope = Scope::Sensors;
    const NAME: &'static str = "Sensors";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Sensors, 0), Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No sensor matches (case-sensitive). i searches the server";
    const FIELDS: &'static [RowField<Sensor>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 10;
    const IS_TOTAL_EXACT: bool = true;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.load_once::<Sensor>();
    }

    fn note(session: &Session) -> Option<String> {
        let filter = SensorFilter::parse_canonical(&session.lists.sensors.search()?.query);
        let is_any = filter != SensorFilter::default();
        is_any.then(|| format!("filter: {}", sensor_search::filter_text(&filter, session)))
    }

    fn on_select(row: Option<&Arc<Sensor>>, cx: &mut Cx<'_>) -> ActionResult {
        cx.select_sensor(row);
        ActionResult::Done
    }

    fn destination(row: &Sensor) -> Option<Destination> {
        Some(Destination::Search(Index::Process, format!("sensor_id:{}", row.id)))
    }

    fn observables(row: &Sensor) -> Observables {
        Observables::of_host(row.id, &row.computer_name)
    }

    fn clip(row: &Sensor, action: Action, _: &Session) -> Option<Clip> {
        copy::sensor_clip(row, action)
    }
}

/// Returns the sensor status, and the restart or uninstall that is pending.
fn state_value(sensor: &Sensor) -> CellValue {
    if sensor.uninstalled == Some(true) {
        return CellValue::Rated("uninstalled".into(), false);
    }
    let word = sensor.status.raw().to_lowercase();
    let pending = match (sensor.uninstall, sensor.restart_queued) {
        (Some(true), _) => ", uninstall pending",
        (_, Some(true)) => ", restart pending",
        _ => "",
    };
    let is_online = sensor.status.eq_ignore_case("online");
    match word.as_str() {
        "" => CellValue::None,
        _ => CellValue::Rated(format!("{word}{pending}").into(), is_online),
    }
}

/// Returns the isolation state; no value for a host that is not isolated.
fn isolation_value(sensor: &Sensor) -> CellValue {
    match sensor.isolation() {
        Isolation::No => CellValue::None,
        Isolation::Pending => CellValue::Rated("PENDING".into(), false),
        Isolation::Yes => CellValue::Rated("ISOLATED".into(), false),
        Isolation::Lifting => CellValue::Rated("LIFTING".into(), false),
        Isolation::Unknown => CellValue::Unavailable,
    }
}

fn group_value(sensor: &Sensor, session: &Session) -> CellValue {
    let Some(id) = sensor.group else {
        return CellValue::None;
    };
    match session.group_name(id) {
        Some(name) => name.into(),
        None => CellValue::Text(format!("#{id}").into()),
    }
}

/// Returns the health score (0 to 100), with the server's message if it is below 100.
fn health_value(sensor: &Sensor) -> CellValue {
    match sensor.health {
        None => (&sensor.health_message).into(),
        Some(100) => CellValue::Text("100".into()),
        Some(health) => {
            let text = format!("{health} {}", sensor.health_message.raw());
            CellValue::Rated(text.trim_end().into(), health >= 90)
        }
    }
}

fn addresses_text(sensor: &Sensor) -> Untrusted {
    let adapters = sensor.adapters.iter();
    let addresses: Vec<_> = adapters.map(|adapter| adapter.ip.to_string()).collect();
    addresses.join(" ").into()
}

const FIELDS: &[RowField<Sensor>] = &[
    RowField::new(
        "computer_name",
        TableColumn::left_aligned("HOST", 14, 15, 0),
        |theme| theme.accent,
        |sensor, _| (&sensor.computer_name).into(),
    ),
    RowField::new(
        "status",
        TableColumn::left_aligned("STATE", 11, 11, 1),
        |theme| theme.text,
        |sensor, _| state_value(sensor),
    ),
    RowField::new(
        "isolation",
        TableColumn::left_aligned("ISOLATION", 9, 9, 1),
        |theme| theme.caution,
        |sensor, _| isolation_value(sensor),
    ),
    RowField::time("last_checkin_time", "SEEN", 3, |sensor, _| CellValue::time(sensor.last_checkin)),
    RowField::new("group", TableColumn::left_aligned("GROUP", 13, 18, 2), |theme| theme.text, group_value),
    RowField::new(
        "network_adapters",
        TableColumn::left_aligned("ADDRESS", 13, 15, 5),
        |theme| theme.text,
        |sensor, _| CellValue::Text(addresses_text(sensor)),
    ),
    RowField::new(
        "sensor_health_status",
        TableColumn::left_aligned("HEALTH", 6, 24, 6),
        |theme| theme.number,
        |sensor, _| health_value(sensor),
    ),
    RowField::new(
        "os_environment_display_string",
        TableColumn::left_aligned("OS", 16, TableColumn::FILL, 4),
        |theme| theme.text,
        |sensor, _| (&sensor.os).into(),
    ),
    RowField::new(
        "build_version_string",
        TableColumn::left_aligned("VERSION", 9, 16, 7),
        |theme| theme.muted,
        |sensor, _| CellValue::Text(sensor.release().into()),
    ),
    RowField::new(
        "id",
        TableColumn::right_aligned("SENSOR", 6, 8, 8),
        |theme| theme.number,
        |sensor, _| CellValue::Number(sensor.id.0),
    ),
    RowField::new(
        "notes",
        TableColumn::left_aligned("NOTES", 12, 30, 6),
        |theme| theme.text,
        |sensor, _| (&sensor.notes).into(),
    ),
    RowField::new(
        "computer_dns_name",
        TableColumn::left_aligned("DNS NAME", 16, 30, 8),
        |theme| theme.text,
        |sensor, _| (&sensor.dns_name).into(),
    ),
    RowField::time("registration_time", "REGISTERED", 8, |sensor, _| CellValue::time(sensor.registered)),
    RowField::time("next_checkin_time", "NEXT", 9, |sensor, _| CellValue::time(sensor.next_checkin)),
    RowField::new(
        "num_eventlog_bytes",
        TableColumn::right_aligned("WAITING", 8, 12, 9),
        |theme| theme.number,
        |sensor, _| sensor.eventlog_bytes.into(),
    ),
];
