//! With whom a group's sensors share what they see (reference 2.7).

use serde_json::{Value, json};

use super::{body, found, not_allowed};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Desk, Record},
        server::Server,
    },
};

/// What can be said of an entry.
const SAID: [&str; 2] = ["who", "what"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "group", group, "datasharing", rest @ ..] = path.as_slice() else {
        return None;
    };
    let group = group.parse().ok();
    let Some(group) = group.filter(|&group| server.desk(|desk| desk.has_group(group))) else {
        return Some(Answer::werkzeug(404));
    };
    Some(match (method, rest) {
        ("GET", []) => server.desk(|desk| {
            let all = of_group(desk, group).map(|(_, entry)| json!(entry));
            Answer::compact(all.collect())
        }),
        ("POST", []) => body(ask, |wanted| create(server, group, wanted)),
        ("GET", [id]) => server.desk(|desk| {
            let mut all = of_group(desk, group);
            let entry = all.find(|(known, _)| known.to_string() == *id);
            found(entry.map(|(_, entry)| Answer::compact(json!(entry))))
        }),
        ("PUT", [id]) => body(ask, |wanted| change(server, group, id, wanted)),
        ("DELETE", [id]) => server.desk(|desk| {
            let id = number(desk, group, id);
            found(id.and_then(|id| desk.sharing.remove(id)).map(|_| Answer::success()))
        }),
        (_, [] | [_]) => not_allowed(),
        _ => return None,
    })
}

fn of_group(desk: &Desk, group: u64) -> impl Iterator<Item = (u64, &Record)> {
    let all = desk.sharing.all();
    all.filter(move |(_, entry)| admin::number(entry, "group_id") == Some(group))
}

/// The number of an entry, if it is one of the group.
fn number(desk: &Desk, group: u64, id: &str) -> Option<u64> {
    let id = id.parse().ok()?;
    of_group(desk, group).any(|(known, _)| known == id).then_some(id)
}

fn create(server: &Server, group: u64, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let mut entry = Record::from_iter([("group_id".into(), json!(group))]);
        if !write(&mut entry, wanted) {
            return Answer::werkzeug(400);
        }
        if is_there(desk, group, None, &entry) {
            return Answer::text(409, "That is shared already");
        }
        Answer::compact(json!({"id": desk.sharing.add(entry)}))
    })
}

fn change(server: &Server, group: u64, id: &str, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let Some(id) = number(desk, group, id) else {
            return Answer::werkzeug(404);
        };
        let mut entry = desk.sharing.get(id).cloned().unwrap_or_default();
        if !write(&mut entry, wanted) {
            return Answer::werkzeug(400);
        }
        if is_there(desk, group, Some(id), &entry) {
            return Answer::text(409, "That is shared already");
        }
        if let Some(old) = desk.sharing.get_mut(id) {
            *old = entry;
        }
        Answer::success()
    })
}

/// Whether the group shares the same with the same under another number.
fn is_there(desk: &Desk, group: u64, id: Option<u64>, entry: &Record) -> bool {
    let is_same = |other: &Record| SAID.iter().all(|name| other.get(*name) == entry.get(*name));
    of_group(desk, group).any(|(known, other)| Some(known) != id && is_same(other))
}

/// Takes over what is said; false if something is missing or is no text.
fn write(entry: &mut Record, wanted: &Record) -> bool {
    for name in SAID {
        if let Some(value) = wanted.get(name) {
            entry.insert(name.into(), value.clone());
        }
    }
    let is_said = |name: &&str| entry.get(*name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    SAID.iter().all(is_said)
}
