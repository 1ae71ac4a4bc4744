//! What the server is licensed for (reference 2.1).

use serde_json::{Value, json};

use super::{body, not_allowed};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

const DAY: i64 = 86_400_000;
/// The sensors of a license come in steps of this.
const STEP: usize = 500;

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let (["api", "license"] | ["api", "v1", "license"]) = path.as_slice() else {
        return None;
    };
    Some(match method {
        "GET" => Answer::compact(license(server)),
        "POST" => body(ask, |wanted| renew(server, wanted)),
        _ => not_allowed(),
    })
}

fn license(server: &Server) -> Value {
    let hosts = &server.world.fleet.hosts;
    let in_service = hosts.iter().filter(|host| !host.uninstalled && host.offline.unwrap_or(0) < DAY).count();
    let licensed = hosts.len().next_multiple_of(STEP);
    let end = server.desk(|desk| desk.license_end);
    let date = format::solr(end);
    json!({
        "license_valid": true,
        "license_expired": end < server.now().as_millisecond(),
        "license_end_date": date.split('T').next(),
        "licensed_sensor_count": licensed,
        "licensed_sensor_count_exceeded": in_service > licensed,
        "actual_sensor_count": in_service,
        "server_token": server.token.chars().rev().collect::<String>(),
        "license_request_block": "-----BEGIN CB LICENSE REQUEST-----\nc2ltdWxhdGVk\n-----END CB LICENSE REQUEST-----\n",
    })
}

/// Any block that looks like one is good for a year.
fn renew(server: &Server, wanted: &Record) -> Answer {
    let block = admin::text(wanted, "license").trim();
    if !block.starts_with("-----BEGIN CB LICENSE") {
        return Answer::werkzeug(400);
    }
    let end = server.now().as_millisecond() + 365 * DAY;
    server.desk(|desk| desk.license_end = end);
    Answer::compact(json!({"status": "success"}))
}
