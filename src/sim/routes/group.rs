//! Sensor groups, each alone in an array (reference 2.7).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{body, found, not_allowed, taken};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Desk, Record},
        server::Server,
    },
};

/// What follows from elsewhere, or never changes.
const FIXED: [&str; 4] = ["id", "number_of_hosts", "team_access", "isolation_exclusions"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let rest = match path.as_slice() {
        ["api", "group", rest @ ..] => rest,
        ["api", "v1" | "v3", "group", rest @ ..] if rest.len() < 2 => rest,
        _ => return None,
    };
    Some(match (method, rest) {
        ("GET", []) => server.desk(|desk| {
            let hosts = hosts(server);
            let all = desk.groups.all();
            Answer::compact(all.map(|(id, _)| told(server, desk, id, &hosts)).collect())
        }),
        ("POST", []) => body(ask, |wanted| create(server, wanted)),
        ("GET", [id]) => server.desk(|desk| {
            let id = id.parse().ok().filter(|&id| desk.has_group(id));
            found(id.map(|id| Answer::compact(json!([told(server, desk, id, &hosts(server))]))))
        }),
        ("PUT", [id]) => body(ask, |wanted| change(server, id, wanted)),
        ("DELETE", [id]) => remove(server, id),
        (_, [] | [_]) => not_allowed(),
        _ => return None,
    })
}

/// How many sensors each group has.
pub(super) fn hosts(server: &Server) -> BTreeMap<u64, u64> {
    server.sensors(|sensors| {
        let mut counts = BTreeMap::new();
        for host in &server.world.fleet.hosts {
            *counts.entry(u64::from(sensors.group_of(host))).or_default() += 1;
        }
        counts
    })
}

fn told(server: &Server, desk: &Desk, id: u64, hosts: &BTreeMap<u64, u64>) -> Value {
    let mut record = desk.groups.get(id).cloned().unwrap_or_default();
    for name in admin::unknown_of_group(&server.release) {
        record.remove(*name);
    }
    let access: Vec<Value> = desk
        .teams
        .all()
        .filter_map(|(team, teams)| {
            let entry = access_of(teams, id)?;
            Some(json!({
                "team_id": team,
                "team_name": desk.teams.name(team),
                "access_category": admin::text(entry, "access_category"),
            }))
        })
        .collect();
    record.insert("team_access".into(), access.into());
    let hosts = hosts.get(&id).copied().unwrap_or_default();
    record.insert("number_of_hosts".into(), json!(hosts));
    Value::Object(record)
}

/// What a team may do with a group.
fn access_of(team: &Record, group: u64) -> Option<&Record> {
    let entries = team.get("group_access")?.as_array()?.iter();
    entries.filter_map(Value::as_object).find(|entry| admin::number(entry, "group_id") == Some(group))
}

fn create(server: &Server, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let mut group = admin::fresh_group();
        match write(server, desk, &mut group, None, wanted) {
            Ok(()) => {
                let id = desk.groups.add(group);
                exclude(server, desk, id, wanted);
                give_access(desk, id, wanted);
                Answer::compact(json!({"id": id}))
            }
            Err(refusal) => refusal,
        }
    })
}

/// Changes a group by a record, or by a part of one.
fn change(server: &Server, id: &str, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let id = id.parse().unwrap_or(0);
        let Some(mut group) = desk.groups.get(id).cloned() else {
            return Answer::werkzeug(404);
        };
        if let Err(refusal) = write(server, desk, &mut group, Some(id), wanted) {
            return refusal;
        }
        if let Some(old) = desk.groups.get_mut(id) {
            *old = group;
        }
        exclude(server, desk, id, wanted);
        give_access(desk, id, wanted);
        Answer::success()
    })
}

fn write(server: &Server, desk: &Desk, group: &mut Record, id: Option<u64>, wanted: &Record) -> Result<(), Answer> {
    let mut fixed = FIXED.to_vec();
    fixed.extend(admin::unknown_of_group(&server.release));
    if admin::merge(group, wanted, &fixed).is_err() {
        return Err(Answer::werkzeug(400));
    }
    let name = admin::text(group, "name");
    let site = admin::number(group, "site_id").and_then(|site| desk.sites.get(site));
    if name.trim().is_empty() || site.is_none() {
        return Err(Answer::werkzeug(400));
    }
    if desk.groups.is_taken(name, id) {
        return Err(taken("sensor group", name));
    }
    Ok(())
}

/// Whom an isolated host may still speak to. Entries without a number are new.
fn exclude(server: &Server, desk: &mut Desk, id: u64, wanted: &Record) {
    let Some(entries) = wanted.get("isolation_exclusions").and_then(Value::as_array) else {
        return;
    };
    let now = format::local(server.now().as_millisecond());
    let known = |(_, group): (u64, &Record)| group["isolation_exclusions"].as_array().cloned();
    let known = desk.groups.all().filter_map(known).flatten();
    let mut last = known.filter_map(|entry| entry["id"].as_u64()).max();
    let complete = |entry: &Value| {
        let mut entry = entry.as_object()?.clone();
        if admin::number(&entry, "id").is_none() {
            last = Some(last.unwrap_or(0) + 1);
            entry.insert("id".into(), json!(last));
            entry.insert("group_id".into(), json!(id));
            entry.insert("uploader_id".into(), json!(1));
            entry.insert("uploader_username".into(), json!("admin"));
            entry.insert("added_time".into(), json!(now));
            entry.insert("changed_time".into(), json!(now));
        }
        Some(Value::Object(entry))
    };
    let entries: Vec<Value> = entries.iter().filter_map(complete).collect();
    if let Some(group) = desk.groups.get_mut(id) {
        group.insert("isolation_exclusions".into(), entries.into());
    }
}

/// What teams may do with a group is written in the teams.
fn give_access(desk: &mut Desk, id: u64, wanted: &Record) {
    let Some(entries) = wanted.get("team_access").and_then(Value::as_array) else {
        return;
    };
    for (team, record) in desk.teams.all_mut() {
        let entry =
            entries.iter().filter_map(Value::as_object).find(|entry| admin::number(entry, "team_id") == Some(team));
        if let Some(Value::Array(access)) = record.get_mut("group_access") {
            access.retain(|entry| entry["group_id"].as_u64() != Some(id));
            access.extend(
                entry.map(|entry| json!({"group_id": id, "access_category": admin::text(entry, "access_category")})),
            );
        }
    }
}

/// Removes a group. Its sensors go where sensors without a group are.
fn remove(server: &Server, id: &str) -> Answer {
    let id: u64 = id.parse().unwrap_or(0);
    if id == admin::DEFAULT {
        return Answer::text(409, "The default group cannot be deleted");
    }
    server.desk(|desk| {
        if desk.groups.remove(id).is_none() {
            return Answer::werkzeug(404);
        }
        give_access(desk, id, &Record::from_iter([("team_access".into(), json!([]))]));
        server.sensors(|sensors| {
            for host in &server.world.fleet.hosts {
                if u64::from(sensors.group_of(host)) == id {
                    sensors.ask(host, server.options.checkin, |sensor| sensor.group = 1);
                }
            }
        });
        Answer::success()
    })
}
