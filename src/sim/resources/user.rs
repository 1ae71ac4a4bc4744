//! Console users and their teams (reference 2.8).

use serde_json::{Value, json};

use super::{found, not_allowed};
use crate::sim::{
    answer::Answer,
    ask::Ask,
    server::Server,
    world::{Team, User},
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let fleet = &server.world.fleet;
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "users"]) => Answer::compact(
            fleet
                .users
                .iter()
                .map(|user| record(server, user))
                .collect(),
        ),
        ("GET", ["api", "user", name]) => {
            let user = fleet.users.iter().find(|user| user.username == *name);
            found(user.map(|user| Answer::compact(record(server, user))))
        }
        ("GET", ["api", "teams"]) => Answer::compact(
            fleet
                .teams
                .iter()
                .map(|team| team_record(server, team))
                .collect(),
        ),
        ("GET", ["api", "team", id]) => {
            let id = id.parse().ok();
            let team = fleet.teams.iter().find(|team| Some(team.id) == id);
            found(team.map(|team| Answer::compact(team_record(server, team))))
        }
        (_, ["api", "users" | "teams"] | ["api", "user" | "team", _]) => not_allowed(),
        _ => return None,
    })
}

fn record(server: &Server, user: &User) -> Value {
    let teams = server.world.fleet.teams.iter();
    let teams: Vec<Value> = teams
        .filter(|team| user.teams.contains(&team.id))
        .map(|team| json!({"id": team.id, "name": team.name}))
        .collect();
    json!({
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "global_admin": user.admin,
        "teams": teams,
    })
}

fn team_record(server: &Server, team: &Team) -> Value {
    let groups = server.world.fleet.groups.iter();
    let access: Vec<Value> = groups
        .map(|group| json!({"group_id": group.id, "group_name": group.name, "access_category": team.access}))
        .collect();
    json!({"id": team.id, "name": team.name, "group_access": access})
}
