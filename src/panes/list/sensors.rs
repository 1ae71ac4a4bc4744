//! The list of sensors: hosts, status, health.

use std::{ops::Range, sync::Arc};

use super::{ListView, RowField};
use crate::columns::{CellValue, sensor};
use crate::keys::{Action, Scope};
use crate::model::{Group, Sensor, SensorFilter};
use crate::panes::{
    AfterInput,
    copy::{self, Clip},
    pivot::Observables,
    prompt::sensor_search,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::widgets::TableColumn;

/// The list view of sensors.
#[derive(Debug)]
pub struct Sensors;

impl ListView for Sensors {
    type Row = Sensor;

    const SCOPE: Scope = Scope::Sensors;
    const NAME: &'static str = "Sensors";
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No sensor matches (case-sensitive). i searches the server";
    const FIELDS: &'static [RowField<Sensor>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 10;
    const IS_TOTAL_EXACT: bool = true;

    fn refresh(window: &Range<u64>, cx: &mut Cx<'_>) {
        cx.lists().refresh_window::<Sensor>(window);
        // The names of the groups are shown beside the host.
        cx.lists().refresh_or_load::<Group>();
    }

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Sensor>();
    }

    fn note(session: &Session) -> Option<String> {
        let filter = SensorFilter::parse_canonical(&session.lists.pages::<Sensor>().search()?.query);
        let is_any = filter != SensorFilter::default();
        is_any.then(|| format!("filter: {}", sensor_search::filter_text(&filter, session)))
    }

    fn on_select(row: Option<&Arc<Sensor>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.details().select_sensor(row);
        AfterInput::Nothing
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

fn group_value(sensor: &Sensor, session: &Session) -> CellValue {
    let Some(id) = sensor.group else {
        return CellValue::None;
    };
    match session.group_name(id) {
        Some(name) => name.into(),
        None => CellValue::Text(format!("#{id}").into()),
    }
}

const FIELDS: &[RowField<Sensor>] = &[
    RowField::of(sensor::field("computer_name"), TableColumn::left_aligned("HOST", 14, 15, 0), |theme| theme.accent),
    RowField::of(sensor::field("status"), TableColumn::left_aligned("STATE", 11, 11, 1), |theme| theme.text),
    RowField::of(sensor::field("isolation"), TableColumn::left_aligned("ISOLATION", 9, 9, 1), |theme| theme.caution),
    RowField::time_of(sensor::field("last_checkin_time"), "SEEN", 3),
    RowField::new("group", TableColumn::left_aligned("GROUP", 13, 18, 2), |theme| theme.text, group_value),
    RowField::of(sensor::field("network_adapters"), TableColumn::left_aligned("ADDRESS", 13, 15, 5), |theme| {
        theme.text
    }),
    RowField::of(sensor::field("sensor_health_status"), TableColumn::left_aligned("HEALTH", 6, 24, 6), |theme| {
        theme.number
    }),
    RowField::of(
        sensor::field("os_environment_display_string"),
        TableColumn::left_aligned("OS", 16, TableColumn::FILL, 4),
        |theme| theme.text,
    ),
    RowField::of(sensor::field("build_version_string"), TableColumn::left_aligned("VERSION", 9, 16, 7), |theme| {
        theme.muted
    }),
    RowField::of(sensor::field("id"), TableColumn::right_aligned("SENSOR", 6, 8, 8), |theme| theme.number),
    RowField::of(sensor::field("notes"), TableColumn::left_aligned("NOTES", 12, 30, 6), |theme| theme.text),
    RowField::of(sensor::field("computer_dns_name"), TableColumn::left_aligned("DNS NAME", 16, 30, 8), |theme| {
        theme.text
    }),
    RowField::time_of(sensor::field("registration_time"), "REGISTERED", 8),
    RowField::time_of(sensor::field("next_checkin_time"), "NEXT", 9),
    RowField::of(sensor::field("num_eventlog_bytes"), TableColumn::right_aligned("WAITING", 8, 12, 9), |theme| {
        theme.number
    }),
];
