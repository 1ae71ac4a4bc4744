//! Teams of console users, and what they may do with which sensor groups (reference 2.8).

use serde_json::{Value, json};

use super::{body, found, not_allowed, taken};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Desk, Record},
        server::Server,
    },
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "teams"]) => server.desk(|desk| {
            let all = desk.teams.all();
            Answer::compact(all.map(|(_, team)| told(desk, team)).collect())
        }),
        ("POST", ["api", "team" | "teams"]) => body(ask, |wanted| create(server, wanted)),
        ("GET", ["api", "team", id]) => server.desk(|desk| {
            let team = id.parse().ok().and_then(|id| desk.teams.get(id));
            found(team.map(|team| Answer::compact(told(desk, team))))
        }),
        ("PUT", ["api", "team", id]) => body(ask, |wanted| change(server, id, wanted)),
        ("DELETE", ["api", "team", id]) => server.desk(|desk| {
            let id = id.parse().unwrap_or(0);
            for user in &mut desk.users {
                user.teams.retain(|team| u64::from(*team) != id);
            }
            found(desk.teams.remove(id).map(|_| Answer::success()))
        }),
        (_, ["api", "team" | "teams"] | ["api", "team", _]) => not_allowed(),
        _ => return None,
    })
}

/// A team with the names that its groups have now.
fn told(desk: &Desk, team: &Record) -> Value {
    let mut team = team.clone();
    let access = team.get_mut("group_access").and_then(Value::as_array_mut);
    for entry in access.into_iter().flatten() {
        let group = entry["group_id"].as_u64().unwrap_or(0);
        entry["group_name"] = json!(desk.groups.name(group));
    }
    Value::Object(team)
}

fn create(server: &Server, wanted: &Record) -> Answer {
    server.desk(|desk| match read(desk, wanted, None) {
        // Not the number, as with groups: the official client would take that for all there is of the team.
        Ok(team) => {
            desk.teams.add(team);
            Answer::success()
        }
        Err(refusal) => refusal,
    })
}

fn change(server: &Server, id: &str, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let id = id.parse().unwrap_or(0);
        let Some(mut whole) = desk.teams.get(id).cloned() else {
            return Answer::werkzeug(404);
        };
        whole.extend(wanted.clone());
        match read(desk, &whole, Some(id)) {
            Ok(team) => {
                if let Some(old) = desk.teams.get_mut(id) {
                    old.extend(team);
                }
                Answer::success()
            }
            Err(refusal) => refusal,
        }
    })
}

/// A team as it is wanted; it needs a name of its own, and groups that are there.
fn read(desk: &Desk, wanted: &Record, id: Option<u64>) -> Result<Record, Answer> {
    let name = admin::text(wanted, "name");
    if name.trim().is_empty() {
        return Err(Answer::werkzeug(400));
    }
    if desk.teams.is_taken(name, id) {
        return Err(taken("team", name));
    }
    let mut access = Vec::new();
    for entry in wanted.get("group_access").and_then(Value::as_array).into_iter().flatten() {
        let entry = entry.as_object();
        let group = entry.and_then(|entry| admin::number(entry, "group_id"));
        let (Some(entry), Some(group)) = (entry, group.filter(|&group| desk.has_group(group))) else {
            return Err(Answer::werkzeug(400));
        };
        let category = admin::text(entry, "access_category");
        access.push(json!({"group_id": group, "access_category": category}));
    }
    Ok(Record::from_iter([("name".into(), json!(name)), ("group_access".into(), access.into())]))
}
