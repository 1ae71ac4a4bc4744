//! Banned hashes, and the paths that cannot be banned (reference 2.9).

use serde_json::{Map, Value, json};

use super::method_not_allowed;
use crate::model::Md5;
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        bans::{Ban, BanChange, Bans},
        server::Server,
    },
};

/// Number of listed bans, unless requested otherwise.
const DEFAULT_ROWS: u64 = 500;

/// Paths that no ban blocks, so that a ban can stop neither the operating system nor the sensor.
const RESTRICTED_PATHS: [&str; 8] = [
    r"carbonblack\cb.exe",
    r"%SystemRoot%\system32\svchost.exe",
    r"%SystemRoot%\system32\smss.exe",
    r"%SystemRoot%\system32\services.exe",
    r"%SystemRoot%\system32\csrss.exe",
    r"%SystemRoot%\system32\wininit.exe",
    r"%SystemRoot%\system32\winlogon.exe",
    r"%SystemRoot%\system32\lsass.exe",
];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "banning", subpath @ ..] = path.as_slice() else {
        return None;
    };
    // The lists were renamed in 7.7; this server has the names of its release only.
    let (banned, approved) =
        if server.version.is_at_least(7, 7, 0) { ("bannedlist", "approvedlist") } else { ("blacklist", "whitelist") };
    Some(match (method, subpath) {
        ("GET", ["restrictions"]) => ApiResponse::json_compact(json!({"patterns": RESTRICTED_PATHS})),
        (_, ["restrictions"]) => method_not_allowed(),
        ("GET", [name]) if *name == approved => ApiResponse::json_compact(json!({approved: RESTRICTED_PATHS})),
        (_, [name]) if *name == approved => method_not_allowed(),
        (_, [name, subpath @ ..]) if *name == banned => match (method, subpath) {
            ("GET", []) => list_bans(server, request),
            ("POST", []) => add_ban(server, request),
            ("GET", [md5]) => update_known(server, md5, |_, _| ()),
            ("PUT", [md5]) => match request.json() {
                Ok(Value::Object(record)) => set_note(server, md5, &record),
                _ => ApiResponse::app_error(400),
            },
            ("DELETE", [md5]) => disable_ban(server, md5),
            (_, [] | [_]) => method_not_allowed(),
            _ => return None,
        },
        _ => return None,
    })
}

fn list_bans(server: &Server, request: &ApiRequest) -> ApiResponse {
    let count = request.number("count").unwrap_or(DEFAULT_ROWS);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    server.with_bans(|bans| ApiResponse::json_compact(bans.records().take(count).map(to_record).collect()))
}

/// Bans a hash, or enables its disabled ban.
fn add_ban(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(Value::Object(body)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let Ok(md5) = text("md5hash").parse::<Md5>() else {
        return ApiResponse::app_error(400);
    };
    let is_enabled = match body.get("enabled") {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(word)) => !word.eq_ignore_ascii_case("false"),
        _ => true,
    };
    let now = server.now().as_millisecond();
    server.with_bans(|bans| {
        if bans.is_in_force(md5) {
            return ApiResponse::text(409, &format!("Ban for md5 '{md5}' already exists"));
        }
        bans.set_ban(md5, BanChange { at: now, text: text("text").to_owned(), enabled: is_enabled });
        ApiResponse::success_result()
    })
}

fn set_note(server: &Server, md5: &str, record: &Map<String, Value>) -> ApiResponse {
    let text = record.get("text").and_then(Value::as_str);
    let enabled = record.get("enabled").and_then(Value::as_bool);
    let now = server.now().as_millisecond();
    let answer = update_known(server, md5, |bans, ban| {
        let text = text.unwrap_or(&ban.text).to_owned();
        let enabled = enabled.unwrap_or(ban.enabled);
        bans.set_ban(ban.md5, BanChange { at: now, text, enabled });
    });
    if answer.status == 200 { ApiResponse::success_result() } else { answer }
}

/// Disables a ban, which stays listed but loses its note.
fn disable_ban(server: &Server, md5: &str) -> ApiResponse {
    let now = server.now().as_millisecond();
    let change = BanChange { at: now, text: String::new(), enabled: false };
    let answer = update_known(server, md5, |bans, ban| bans.set_ban(ban.md5, change.clone()));
    if answer.status == 200 {
        ApiResponse::success_result()
    } else {
        ApiResponse::text(answer.status, &format!("Ban for md5 '{md5}' does not exist"))
    }
}

/// Calls `f` with an existing ban and returns its previous record; a missing ban is a 404, up to 5.x a 409.
fn update_known(server: &Server, md5: &str, f: impl FnOnce(&mut Bans, &Ban)) -> ApiResponse {
    let missing = if server.version.is_at_least_6() { 404 } else { 409 };
    server.with_bans(|bans| {
        let md5 = md5.parse::<Md5>().ok();
        let existing = md5.and_then(|md5| bans.records().find(|ban| ban.md5 == md5).cloned());
        match existing {
            Some(ban) => {
                f(bans, &ban);
                ApiResponse::json_compact(to_record(&ban))
            }
            None if missing == 404 => ApiResponse::app_error(404),
            None => ApiResponse::text(missing, "No such ban"),
        }
    })
}

fn to_record(ban: &Ban) -> Value {
    let block = ban.last_block.as_ref();
    let audit: Vec<Value> = ban
        .history
        .iter()
        .rev()
        .map(|change| {
            json!({
                "username": "admin",
                "user_id": 1,
                "timestamp": format::local_time(change.at),
                "text": change.text,
                "enabled": change.enabled,
            })
        })
        .collect();
    json!({
        "md5hash": ban.md5.to_string(),
        "text": ban.text,
        "enabled": ban.enabled,
        "username": "admin",
        "user_id": 1,
        "timestamp": format::local_time(ban.history.first().map_or(0, |change| change.at)),
        "block_count": u32::from(block.is_some()),
        "last_block_time": block.map(|block| format::local_time(block.at)),
        "last_block_sensor_id": block.map(|block| block.sensor),
        "last_block_hostname": block.map(|block| block.host.clone()),
        "audit": audit,
    })
}
