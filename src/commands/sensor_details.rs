//! The details of a sensor as text.

use std::fmt::Write;

use jiff::Timestamp;

use crate::model::{Fetched, Isolation, Sensor, describe_skew, duration};
use crate::output;
use crate::text::{self, Untrusted};

/// Returns the properties of the sensor, one per line.
pub(super) fn details(fetched: &Fetched<Sensor>, group: Option<String>) -> String {
    let sensor = &*fetched.value;
    let shown = |text: &Untrusted| text.non_empty().map(text::make_visible);
    let time = |time: Option<Timestamp>| time.map(output::format_time);
    let properties = [
        ("sensor", Some(sensor.id.to_string())),
        ("DNS name", shown(&sensor.dns_name)),
        ("status", shown(&sensor.status)),
        ("isolation", Some(describe_isolation(sensor))),
        ("last check-in", time(sensor.last_checkin)),
        ("next check-in", time(sensor.next_checkin)),
        ("group", group),
        ("os", shown(&sensor.os)),
        ("version", Some(sensor.release()).filter(|text| !text.is_empty())),
        ("removal", describe_removal(sensor)),
        ("restart", (sensor.restart_queued == Some(true)).then(|| "at the next check-in".into())),
        ("health", describe_health(sensor)),
        ("uptime", sensor.uptime.map(duration)),
        ("clock", sensor.clock_delta.map(|delta| describe_skew(delta, None))),
        ("backlog", describe_backlog(sensor)),
        ("registered", time(sensor.registered)),
        ("notes", shown(&sensor.notes)),
        ("as of", Some(output::format_time(fetched.as_of))),
    ];
    let mut out = format!("{}\n", text::make_visible(&sensor.computer_name));
    let mut write_property = |name: &str, value: &str| {
        writeln!(out, "  {name:<14} {value}").expect("a String takes what is written to it");
    };
    for (name, value) in properties {
        if let Some(value) = value {
            write_property(name, &value);
        }
        if name == "DNS name" {
            for adapter in &sensor.adapters {
                write_property("address", &format!("{}  {}", adapter.ip, adapter.mac));
            }
        }
    }
    out
}

/// Describes the requested and the actual isolation.
fn describe_isolation(sensor: &Sensor) -> String {
    let yes_or_no = |value: Option<bool>| match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let isolation = sensor.isolation();
    let meaning = match isolation {
        Isolation::Pending => ": the host is still on the network",
        Isolation::Lifting => ": the host is still isolated",
        Isolation::No | Isolation::Yes | Isolation::Unknown => "",
    };
    let requested = yes_or_no(sensor.isolation_wanted);
    let actual = yes_or_no(sensor.is_isolating);
    let capability = if sensor.supports_isolation == Some(false) { " (this sensor cannot isolate)" } else { "" };
    format!("{isolation}, requested {requested}, actual {actual}{meaning}{capability}")
}

fn describe_removal(sensor: &Sensor) -> Option<String> {
    let text = match (sensor.uninstalled, sensor.uninstall) {
        (Some(true), _) => "removed",
        (_, Some(true)) => "at the next check-in",
        _ => return None,
    };
    Some(text.to_owned())
}

fn describe_health(sensor: &Sensor) -> Option<String> {
    let message = text::make_visible(&sensor.health_message);
    match (sensor.health, message.is_empty()) {
        (Some(health), true) => Some(health.to_string()),
        (Some(health), false) => Some(format!("{health}  {message}")),
        (None, false) => Some(message),
        (None, true) => None,
    }
}

fn describe_backlog(sensor: &Sensor) -> Option<String> {
    let events = sensor.eventlog_bytes?;
    let files = sensor.storefile_bytes.unwrap_or(0);
    Some(format!("events {events} B, files {files} B"))
}
