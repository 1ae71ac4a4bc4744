//! Ingress filters: what is kept away from the store of events (reference 2.16).

use serde_json::{Value, json};

use super::{body, found, not_allowed};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

/// What only the server writes.
const FIXED: [&str; 6] = ["id", "hit_rate", "create_timestamp", "modify_timestamp", "create_user_id", "modify_user_id"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "ingress_whitelist", rest @ ..] = path.as_slice() else {
        return None;
    };
    Some(match (method, rest) {
        ("GET", []) => server.desk(|desk| Answer::compact(json!(desk.filters))),
        ("POST", []) => match ask.json() {
            Ok(Value::Array(wanted)) => create(server, &wanted),
            _ => Answer::werkzeug(400),
        },
        ("GET", [id]) => server.desk(|desk| {
            let filter = desk.filters.iter().find(|one| admin::text(one, "id") == *id);
            found(filter.map(|filter| Answer::compact(json!(filter))))
        }),
        ("PUT", [id]) => body(ask, |wanted| change(server, id, wanted)),
        ("DELETE", [id]) => server.desk(|desk| {
            let before = desk.filters.len();
            desk.filters.retain(|one| admin::text(one, "id") != *id);
            found((desk.filters.len() < before).then(Answer::success))
        }),
        (_, [] | [_]) => not_allowed(),
        _ => return None,
    })
}

/// Makes filters. The ids are the caller's, and all are good or none is made.
fn create(server: &Server, wanted: &[Value]) -> Answer {
    let now = format::local(server.now().as_millisecond());
    server.desk(|desk| {
        let mut made: Vec<Record> = Vec::new();
        for wanted in wanted {
            let Some(filter) = wanted.as_object().and_then(|wanted| fresh(wanted, &now)) else {
                return Answer::werkzeug(400);
            };
            let id = admin::text(&filter, "id");
            if desk.filters.iter().chain(&made).any(|one| admin::text(one, "id") == id) {
                return Answer::text(409, &format!("A filter '{id}' already exists"));
            }
            made.push(filter);
        }
        let ids: Vec<Value> = made.iter().map(|filter| filter["id"].clone()).collect();
        desk.filters.extend(made);
        Answer::compact(ids.into())
    })
}

fn change(server: &Server, id: &str, wanted: &Record) -> Answer {
    let now = format::local(server.now().as_millisecond());
    server.desk(|desk| {
        let mut filters = desk.filters.iter_mut();
        let filter = filters.find(|one| admin::text(one, "id") == id);
        found(filter.map(|filter| {
            if admin::merge(filter, wanted, &FIXED).is_err() {
                return Answer::werkzeug(400);
            }
            filter.insert("modify_timestamp".into(), json!(now));
            Answer::success()
        }))
    })
}

/// A new filter; none without an id of letters, digits and dashes, a name and a description.
fn fresh(wanted: &Record, now: &str) -> Option<Record> {
    let id = admin::text(wanted, "id");
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    if id.is_empty() || !id.chars().all(is_plain) {
        return None;
    }
    let filter = json!({
        "id": id,
        "name": "",
        "description": "",
        "enabled": true,
        "priority": 0,
        "version": 1,
        "internal": false,
        "os_mask": 7,
        "global": true,
        "group_ids": [],
        "sensor_ids": [],
        "path_filters": [],
        "cmdline_filters": [],
        "md5_filters": [],
        "descendant_filtering_level": 0,
        "filter_all_events": true,
        "regmod_filters": [],
        "modload_filters": [],
        "filemod_filters": [],
        "non_binary_filemod_filters": [],
        "netconn_filters": [],
        "crossproc_filters": [],
        "filter_on_sensor": false,
        "filter_on_server": true,
        "track_metrics": true,
        "hit_rate": 0.0,
        "create_timestamp": now,
        "modify_timestamp": now,
        "create_user_id": 1,
        "modify_user_id": 1,
    });
    let Value::Object(mut filter) = filter else {
        return None;
    };
    admin::merge(&mut filter, wanted, &FIXED).ok()?;
    let is_told = ["name", "description"].iter().all(|name| wanted.contains_key(*name));
    is_told.then_some(filter)
}
