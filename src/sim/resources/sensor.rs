//! Sensors: the two lists, one record, and what one can be asked to do (reference 2.6).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{found, not_allowed};
use crate::sim::{
    answer::Answer,
    ask::Ask,
    facets, render,
    server::{SensorState, Server},
    world::{Host, number_of},
};

/// The unpaged list ends here.
const MOST: usize = 1_000;
/// How often a sensor reports, in milliseconds.
const CHECKIN: i64 = 30_000;
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
        ("GET", ["api", "v2", "sensor"]) if server.release.is_at_least(5, 2, 0) => {
            page(server, ask)
        }
        ("GET", ["api", "v1", "sensor", "statistics"]) => statistics(server),
        ("GET", ["api", "v1", "sensor", id]) => found(host(server, id).map(|host| {
            if ask.has_rebooted {
                server.reboot(host.id);
            }
            Answer::pretty(record(server, host))
        })),
        ("PUT", ["api", "v1", "sensor", id]) => found(change(server, ask, id)),
        (_, ["api", "v2", "sensor"]) if server.release.is_at_least(5, 2, 0) => not_allowed(),
        (_, ["api", "sensor"] | ["api", "v1", "sensor"] | ["api", "v1", "sensor", _]) => {
            not_allowed()
        }
        _ => return None,
    })
}

fn host<'s>(server: &'s Server, id: &str) -> Option<&'s Host> {
    server.world.fleet.host(id.parse().ok()?)
}

/// Who passes the filters: parts of names and addresses, case and all; an address overrules a name.
fn filtered<'s>(server: &'s Server, ask: &Ask) -> Vec<&'s Host> {
    let ip = ask.param("ip").filter(|ip| !ip.is_empty());
    let name = ask.param("hostname").filter(|_| ip.is_none());
    let group = ask.number("groupid");
    let days = ask
        .number("inactive_filter_days")
        .and_then(|days| i64::try_from(days).ok());
    let passes = |host: &&Host| {
        ip.is_none_or(|ip| host.ip.to_string().contains(ip))
            && name.is_none_or(|name| host.name.contains(name))
            && group.is_none_or(|group| {
                server
                    .sensor(host.id)
                    .is_some_and(|sensor| u64::from(sensor.group) == group)
            })
            && days.is_none_or(|days| host.offline.unwrap_or(0) < days * 86_400_000)
    };
    server.world.fleet.hosts.iter().filter(passes).collect()
}

fn list(server: &Server, ask: &Ask) -> Answer {
    let hosts = filtered(server, ask);
    if hosts.is_empty() {
        return Answer::nothing();
    }
    let records = hosts
        .into_iter()
        .take(MOST)
        .map(|host| record(server, host));
    Answer::pretty(records.collect())
}

fn page(server: &Server, ask: &Ask) -> Answer {
    let mut hosts = filtered(server, ask);
    let total = hosts.len();
    let field = ask.param("sort.col").unwrap_or("computer_name");
    hosts.sort_by_cached_key(|host| {
        let key = match record(server, host).get(field) {
            Some(Value::String(text)) => (0, text.to_lowercase()),
            Some(Value::Number(number)) => (number.as_i64().unwrap_or(0), String::new()),
            Some(Value::Bool(flag)) => (i64::from(*flag), String::new()),
            _ => (i64::MAX, String::new()),
        };
        (key, host.id)
    });
    if ask
        .param("sort.dir")
        .is_some_and(|way| way.eq_ignore_ascii_case("desc"))
    {
        hosts.reverse();
    }
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let start = ask.number("start").unwrap_or(0);
    let rows = ask.number("rows").unwrap_or(10);
    let rows = server.options.max_rows.map_or(rows, |most| rows.min(most));
    let mut counted = Map::new();
    if ask
        .param("facet")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    {
        for (_, field) in ask.params().filter(|(name, _)| *name == "facet.field") {
            counted.insert(field.into(), facet(server, &hosts, field));
        }
    }
    let results: Vec<Value> = hosts
        .into_iter()
        .skip(size(start))
        .take(size(rows))
        .map(|host| record(server, host))
        .collect();
    Answer::pretty(
        json!({"results": results, "total_results": total, "start": start, "facets": counted}),
    )
}

fn facet(server: &Server, hosts: &[&Host], field: &str) -> Value {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for host in hosts {
        let value = match record(server, host).get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => continue,
            Some(other) => other.to_string(),
        };
        *counts.entry(value).or_default() += 1;
    }
    facets::list(field, counts, server.now())
}

fn statistics(server: &Server) -> Answer {
    let hosts = &server.world.fleet.hosts;
    let active = hosts
        .iter()
        .filter(|host| host.offline.unwrap_or(0) < 86_400_000);
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
    if server.release.is_at_least(7, 1, 0)
        && wanted.keys().any(|key| !WRITABLE.contains(&key.as_str()))
    {
        return Some(Answer::werkzeug(400));
    }
    let group = wanted.get("group_id").and_then(Value::as_u64);
    if group.is_some_and(|group| {
        server
            .world
            .fleet
            .groups
            .iter()
            .all(|known| u64::from(known.id) != group)
    }) {
        return Some(Answer::werkzeug(400));
    }
    server.ask_sensor(host.id, |sensor| {
        sensor.is_stubborn |= ask.is_in_vain;
        apply(sensor, &wanted, server.release.is_6());
    })?;
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

/// A sensor's record. Many of its numbers are text.
fn record(server: &Server, host: &Host) -> Value {
    let now = server.now().as_millisecond();
    let state = server.sensor(host.id);
    let state = state.as_ref();
    let draw = |what: &str, bound: u64| number_of(&format!("{what} {}", host.id)) % bound;
    let phase = i64::try_from(draw("phase", 30_000)).unwrap_or(0);
    let last = match host.offline {
        Some(since) => server.world.now - since,
        None => now - (now - phase).rem_euclid(CHECKIN),
    };
    let status = match (host.uninstalled, host.offline) {
        (true, _) => "Uninstalled",
        (_, Some(_)) => "Offline",
        _ => "Online",
    };
    let uptime = 86_400 + draw("uptime", 2_000_000);
    let registered = server.world.now
        - 90 * 86_400_000
        - i64::try_from(draw("registered", 20_000_000_000)).unwrap_or(0);
    let memory = (4 + 4 * draw("memory", 4)) << 30;
    let mac = format!("0050569a{:04x}", host.id & 0xffff);
    let mut record = json!({
        "id": host.id,
        "computer_name": host.name,
        "computer_dns_name": host.dns,
        "computer_sid": format!("S-1-5-21-1004336348-1177238915-{}", 600_000_000 + host.id),
        "status": status,
        "os_type": host.os.number(),
        "os_environment_id": 1 + host.build,
        "os_environment_display_string": host.system,
        "build_id": 11,
        "build_version_string": host.version,
        "group_id": state.map(|sensor| sensor.group),
        "network_adapters": format!("{},{mac}|", host.ip),
        "last_checkin_time": render::local(last),
        "next_checkin_time": render::local(last + CHECKIN),
        "registration_time": render::local(registered),
        "last_update": render::local(last + 417),
        "network_isolation_enabled": state.map(|sensor| sensor.isolation_wanted),
        "is_isolating": state.map(|sensor| sensor.is_isolating),
        "uninstall": state.map(|sensor| sensor.uninstall),
        "uninstalled": if host.uninstalled { json!(true) } else { Value::Null },
        "restart_queued": state.map(|sensor| sensor.restart_queued),
        "event_log_flush_time": state.and_then(|sensor| sensor.flush.clone()),
        "notes": state.and_then(|sensor| sensor.notes.clone()),
        "sensor_health_status": host.health,
        "sensor_health_message": host.health_message,
        "sensor_uptime": (uptime - 122).to_string(),
        "uptime": uptime.to_string(),
        "physical_memory_size": memory.to_string(),
        "systemvolume_free_size": (10_000_000_000 + draw("free", 90_000_000_000)).to_string(),
        "num_eventlog_bytes": host.eventlog.to_string(),
        "num_storefiles_bytes": host.storefiles.to_string(),
        "clock_delta": host.skew.to_string(),
        "boot_id": (1 + draw("boot", 60)).to_string(),
        "cookie": draw("cookie", 2_000_000_000),
    });
    if let (Value::Object(record), Value::Object(rest)) = (&mut record, same_everywhere()) {
        record.extend(rest);
    }
    record
}

/// What this world does not vary.
fn same_everywhere() -> Value {
    json!({
        "supports_isolation": true,
        "supports_cblr": true,
        "supports_2nd_gen_modloads": false,
        "systemvolume_total_size": "127371571200",
        "parity_host_id": "0",
        "power_state": 0,
        "node_id": 0,
        "shard_id": 0,
        "display": true,
        "license_expiration": "1990-01-01 00:00:00-06:00",
        "emet_version": "",
        "emet_telemetry_path": "",
        "emet_dump_flags": "",
        "emet_exploit_action": " (Locally configured)",
        "emet_report_setting": " (Locally configured)",
        "emet_process_count": 0,
        "emet_is_gpo": false,
    })
}
