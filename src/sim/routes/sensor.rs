//! Sensors: the two lists, one record, and what one can be asked to do (reference 2.6).

use serde_json::{Map, Value, json};

use super::{Card, found, not_allowed};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{sensor_list::Question, sensors::SensorState, server::Server},
    world::Host,
};

/// The unpaged list ends here.
const MOST: usize = 1_000;
/// What a server from 7.1 on lets be changed.
const WRITABLE: [&str; 7] = [
    "network_isolation_enabled",
    "restart_queued",
    "uninstall",
    "liveresponse_init",
    "group_id",
    "notes",
    "event_log_flush_time",
];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "sensor"] | ["api", "sensor"]) => list(server, ask),
        ("GET", ["api", "v2", "sensor"]) if server.release.is_at_least(5, 2, 0) => page(server, ask),
        ("GET", ["api", "v1", "sensor", "statistics"]) => statistics(server),
        ("GET", ["api", "v1", "sensor", id]) => found(host(server, id).map(|host| {
            let sensor = server.sensors(|sensors| {
                if ask.has_rebooted {
                    sensors.reboot(host, server.options.checkin);
                }
                sensors.of(host)
            });
            Answer::pretty(Card::new(server, host, sensor).record())
        })),
        ("PUT", ["api", "v1", "sensor", id]) => found(change(server, ask, id)),
        (_, ["api", "v2", "sensor"]) if server.release.is_at_least(5, 2, 0) => not_allowed(),
        (_, ["api", "sensor"] | ["api", "v1", "sensor"] | ["api", "v1", "sensor", _]) => not_allowed(),
        _ => return None,
    })
}

fn host<'s>(server: &'s Server, id: &str) -> Option<&'s Host> {
    server.world.fleet.host(id.parse().ok()?)
}

fn list(server: &Server, ask: &Ask) -> Answer {
    let question = Question::read(ask);
    let records: Vec<Value> = server.sensors(|sensors| {
        let hosts = question.passing(&server.world.fleet, sensors).take(MOST);
        hosts.map(|host| Card::new(server, host, sensors.of(host)).record()).collect()
    });
    if records.is_empty() {
        return Answer::nothing();
    }
    Answer::pretty(Value::Array(records))
}

fn page(server: &Server, ask: &Ask) -> Answer {
    let roster = server.roster(Question::of_page(ask));
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let start = ask.number("start").unwrap_or(0);
    let rows = ask.number("rows").unwrap_or(10);
    let rows = server.options.max_rows.map_or(rows, |most| rows.min(most));
    let ids = roster.ids.iter().skip(size(start)).take(size(rows));
    let results: Vec<Value> = server.sensors(|sensors| {
        ids.filter_map(|&id| server.world.fleet.host(id))
            .map(|host| Card::new(server, host, sensors.of(host)).record())
            .collect()
    });
    Answer::pretty(json!({
        "results": results,
        "total_results": roster.ids.len(),
        "start": start,
        "facets": roster.facets,
    }))
}

fn statistics(server: &Server) -> Answer {
    let hosts = &server.world.fleet.hosts;
    let active = hosts.iter().filter(|host| host.offline.unwrap_or(0) < 86_400_000);
    Answer::compact(json!({
        "sensor_count": hosts.len(),
        "active_sensor_count": active.count(),
        "num_eventlog_bytes": hosts.iter().map(|host| host.eventlog).sum::<u64>(),
        "num_storefile_bytes": hosts.iter().map(|host| host.storefiles).sum::<u64>(),
    }))
}

/// Writes down what is asked; the sensor acts on it later.
fn change(server: &Server, ask: &Ask, id: &str) -> Option<Answer> {
    let host = host(server, id)?;
    let Ok(Value::Object(wanted)) = ask.json() else {
        return Some(Answer::werkzeug(400));
    };
    if server.release.is_at_least(7, 1, 0) && wanted.keys().any(|key| !WRITABLE.contains(&key.as_str())) {
        return Some(Answer::werkzeug(400));
    }
    let group = wanted.get("group_id").and_then(Value::as_u64);
    if group.is_some_and(|group| server.desk(|desk| !desk.has_group(group))) {
        return Some(Answer::werkzeug(400));
    }
    server.sensors(|sensors| {
        sensors.ask(host, server.options.checkin, |sensor| {
            sensor.is_stubborn |= ask.is_in_vain;
            apply(sensor, &wanted, server.release.is_6());
        });
    });
    Some(Answer::nothing())
}

/// Takes over what can be changed, and ignores the rest of a record.
fn apply(sensor: &mut SensorState, wanted: &Map<String, Value>, wants_mail_time: bool) {
    let flag = |name: &str, old: bool| match wanted.get(name) {
        Some(Value::Bool(flag)) => *flag,
        // The server has always taken Python's words too.
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => old,
    };
    sensor.isolation_wanted = flag("network_isolation_enabled", sensor.isolation_wanted);
    sensor.restart_queued = flag("restart_queued", sensor.restart_queued);
    sensor.uninstall = flag("uninstall", sensor.uninstall);
    if let Some(group) = wanted.get("group_id").and_then(Value::as_u64) {
        sensor.group = u32::try_from(group).unwrap_or(sensor.group);
    }
    match wanted.get("notes") {
        Some(Value::String(notes)) => sensor.notes = Some(notes.clone()),
        Some(Value::Null) => sensor.notes = None,
        _ => {}
    }
    match wanted.get("event_log_flush_time") {
        // `Wed, 05 Jan 2022 10:01:07 GMT`; other spellings are ignored from 6.0 on.
        Some(Value::String(at)) if !wants_mail_time || at.ends_with("GMT") => {
            sensor.flush = Some(at.clone());
        }
        Some(Value::Null) => sensor.flush = None,
        _ => {}
    }
}
