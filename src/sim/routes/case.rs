//! Investigations, and the events that people tagged for them (reference 2.14).

use serde_json::{Map, Value, json};

use super::{body, found, not_allowed};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Desk, Record},
        server::Server,
    },
};

/// What follows from when and by whom an event was tagged.
const FIXED: [&str; 5] = ["id", "event_id", "investigation_id", "date_tagged", "tagged_by_user_id"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "investigations"]) => server.desk(|desk| {
            let all = desk.investigations.all();
            Answer::compact(all.map(|(_, case)| json!(case)).collect())
        }),
        // The number is that of the investigation here, and that of the event elsewhere.
        ("GET", ["api", "tagged_event", id]) => server.desk(|desk| {
            let id = id.parse().ok();
            let id = id.filter(|&id| desk.investigations.get(id).is_some());
            found(id.map(|id| listed(desk, |tag| admin::number(tag, "investigation_id") == Some(id))))
        }),
        ("GET", ["api", "tagged_events", process]) => server.desk(|desk| {
            listed(desk, |tag| {
                admin::text(tag, "unique_id").starts_with(process) || admin::text(tag, "process_id") == *process
            })
        }),
        ("POST", ["api", "tagged_event"]) => body(ask, |wanted| tag(server, wanted)),
        ("PUT", ["api", "tagged_event", id]) => body(ask, |wanted| {
            server.desk(|desk| {
                let tag = id.parse().ok().and_then(|id| desk.tags.get_mut(id));
                found(tag.map(|tag| match admin::merge(tag, wanted, &FIXED) {
                    Ok(()) => Answer::success(),
                    Err(_) => Answer::werkzeug(400),
                }))
            })
        }),
        ("DELETE", ["api", "tagged_event", id]) => server.desk(|desk| {
            let tag = id.parse().ok().and_then(|id| desk.tags.remove(id));
            found(tag.map(|_| Answer::success()))
        }),
        (_, ["api", "investigations" | "tagged_event"] | ["api", "tagged_event" | "tagged_events", _]) => not_allowed(),
        _ => return None,
    })
}

fn listed(desk: &Desk, is_one: impl Fn(&Record) -> bool) -> Answer {
    let tags = desk.tags.all().filter(|(_, tag)| is_one(tag));
    Answer::compact(tags.map(|(_, tag)| json!(tag)).collect())
}

fn tag(server: &Server, wanted: &Record) -> Answer {
    let now = format::local(server.now().as_millisecond());
    let tag = json!({
        "event_type": "",
        "event_data": {},
        "unique_id": "",
        "process_id": "",
        "segment_id": 0,
        "start_date": now,
        "notes": "",
        "date_tagged": now,
        "tagged_by_user_id": "1",
    });
    let Value::Object(mut tag) = tag else {
        return Answer::werkzeug(400);
    };
    server.desk(|desk| {
        let case = admin::number(wanted, "investigation_id");
        let Some((id, case)) = case.and_then(|id| Some((id, desk.investigations.get_mut(id)?))) else {
            return Answer::werkzeug(400);
        };
        if admin::merge(&mut tag, wanted, &FIXED).is_err() {
            return Answer::werkzeug(400);
        }
        case.insert("last_updated".into(), json!(now));
        tag.insert("investigation_id".into(), json!(id));
        let id = desk.tags.add(tag);
        if let Some(tag) = desk.tags.get_mut(id) {
            tag.insert("event_id".into(), json!(id));
        }
        Answer::compact(json!({"id": id}))
    })
}

/// The processes that are tagged, and for what: each search tells them all.
pub(super) fn tagged(server: &Server) -> Value {
    server.desk(|desk| {
        let mut tagged: Map<String, Value> = Map::new();
        for (_, tag) in desk.tags.all() {
            let process = admin::text(tag, "unique_id");
            let case = admin::number(tag, "investigation_id").unwrap_or(0);
            if process.is_empty() {
                continue;
            }
            let entry = tagged.entry(process).or_insert_with(|| json!([]));
            if let Some(entry) = entry.as_array_mut() {
                entry.push(json!({"name": desk.investigations.name(case), "id": case}));
            }
        }
        Value::Object(tagged)
    })
}
