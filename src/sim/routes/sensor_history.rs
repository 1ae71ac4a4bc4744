//! What a sensor told of itself over time: what waits to be sent, when it was heard, what it costs (reference 2.6).

use serde_json::{Value, json};

use super::{Card, found, not_allowed};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::server::Server,
    world::{Host, number_of},
};

/// So many entries are kept.
const KEPT: i64 = 24;
/// They are this far apart, in milliseconds.
const STEP: i64 = 5 * 60_000;

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "sensor", id, what] = path.as_slice() else {
        return None;
    };
    let entry = match *what {
        "queued" => queued,
        "activity" => activity,
        "resourcestatus" => resources,
        _ => return None,
    };
    if method != "GET" {
        return Some(not_allowed());
    }
    let host = id.parse().ok().and_then(|id| server.world.fleet.host(id));
    Some(found(host.map(|host| history(server, host, entry))))
}

/// The entries, the newest first. Whoever has been silent for weeks has none left.
fn history(server: &Server, host: &Host, entry: fn(&Host, u64, u64) -> Value) -> Answer {
    let sensor = server.sensors(|sensors| sensors.of(host));
    let last = Card::new(server, host, sensor).last_checkin();
    let oldest = server.now().as_millisecond() - 14 * 86_400_000;
    let entries: Vec<Value> = (0..KEPT)
        .map(|step| last - last.rem_euclid(STEP) - step * STEP)
        .take_while(|&at| at > oldest)
        .filter_map(|at| {
            let number = u64::try_from(at / STEP).unwrap_or(0);
            let draw = number_of(&format!("history {} {number}", host.id)) >> 8;
            let mut told = Some(entry(host, number, draw)).filter(Value::is_object)?;
            told["id"] = json!((number * 64 + u64::from(host.id % 64)).to_string());
            told["sensor_id"] = json!(host.id);
            told["timestamp"] = json!(format::local(at));
            Some(told)
        })
        .collect();
    if entries.is_empty() {
        return Answer::nothing();
    }
    Answer::compact(entries.into())
}

/// Counts are text here and numbers there, as the server has them. Nothing is told of an empty queue.
fn queued(host: &Host, _: u64, draw: u64) -> Value {
    let logs = host.eventlog.min(host.eventlog / 2 + draw % (host.eventlog / 2 + 1));
    let files = host.storefiles / 2 + draw % (host.storefiles / 2 + 1);
    if logs + files == 0 {
        return Value::Null;
    }
    json!({
        "num_eventlogs": logs.div_ceil(500_000).to_string(),
        "num_eventlog_bytes": logs.to_string(),
        "num_storefiles": files.div_ceil(4_000_000),
        "num_storefile_bytes": files.to_string(),
    })
}

fn activity(host: &Host, _: u64, _: u64) -> Value {
    json!({
        "computer_name": host.name,
        "computer_dns_name": host.dns,
        "os_environment_id": 1 + host.build,
        "build_version_string": host.version,
    })
}

/// A sensor that is not well has more memory every time.
fn resources(host: &Host, number: u64, draw: u64) -> Value {
    let grown = if host.health < 100 { number % 288 } else { 0 };
    json!({
        "commit_charge": (18_000_000 + draw % 4_000_000 + grown * 400_000).to_string(),
        "page_faults": (40_000 + draw % 9_000).to_string(),
        "handles": 280 + draw % 60,
    })
}
