//! The fields of sensors.

use super::{CellValue, Field, find};
use crate::model::{Isolation, Sensor};
use crate::text::Untrusted;

/// The fields of sensor rows.
pub const FIELDS: &[Field<Sensor>] = &[
    Field::new("computer_name", |sensor| (&sensor.computer_name).into()),
    Field::new("status", state_value),
    Field::new("isolation", isolation_value),
    Field::new("last_checkin_time", |sensor| CellValue::time(sensor.last_checkin)),
    Field::new("network_adapters", |sensor| CellValue::Text(addresses_text(sensor))),
    Field::new("sensor_health_status", health_value),
    Field::new("os_environment_display_string", |sensor| (&sensor.os).into()),
    Field::new("build_version_string", |sensor| CellValue::Text(sensor.release().into())),
    Field::new("id", |sensor| CellValue::Number(sensor.id.0)),
    Field::new("group_id", |sensor| CellValue::text_of(sensor.group)),
    Field::new("notes", |sensor| (&sensor.notes).into()),
    Field::new("computer_dns_name", |sensor| (&sensor.dns_name).into()),
    Field::new("registration_time", |sensor| CellValue::time(sensor.registered)),
    Field::new("next_checkin_time", |sensor| CellValue::time(sensor.next_checkin)),
    Field::new("num_eventlog_bytes", |sensor| sensor.eventlog_bytes.into()),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Sensor> {
    find(FIELDS, name)
}

/// Returns the sensor status, and the restart or uninstall that is pending.
fn state_value(sensor: &Sensor) -> CellValue {
    if sensor.is_uninstalled() {
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
