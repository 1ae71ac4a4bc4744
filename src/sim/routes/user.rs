//! Console users, and when they logged in (reference 2.8).

use serde_json::{Map, Value, json};

use super::{
    body, found,
    json_body::{flag, whole},
    not_allowed,
};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Desk, Record},
        server::Server,
    },
    world::{User, number_of},
};

/// So many log-ins are told, one every few hours.
const LOGINS: i64 = 24;
const HOUR: i64 = 3_600_000;

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "users"]) => server.desk(|desk| {
            let all = desk.users.iter();
            Answer::compact(all.map(|user| told(desk, user)).collect())
        }),
        ("POST", ["api", "user" | "users"]) => body(ask, |wanted| create(server, wanted)),
        ("GET", ["api", "user", name]) => server.desk(|desk| {
            let user = place(desk, name).map(|at| told(desk, &desk.users[at]));
            found(user.map(Answer::compact))
        }),
        ("PUT", ["api", "user", name]) => body(ask, |wanted| change(server, name, wanted)),
        ("DELETE", ["api", "user", name]) => server.desk(|desk| match place(desk, name) {
            // Whose token this is: nobody may lock themselves out.
            Some(0) => Answer::werkzeug(403),
            Some(at) => {
                desk.users.remove(at);
                Answer::success()
            }
            None => Answer::werkzeug(404),
        }),
        ("GET", ["api", "useractivity"]) => Answer::compact(logins(server)),
        (_, ["api", "users" | "user" | "useractivity"] | ["api", "user", _]) => not_allowed(),
        _ => return None,
    })
}

fn place(desk: &Desk, name: &str) -> Option<usize> {
    desk.users.iter().position(|user| user.username == name)
}

fn told(desk: &Desk, user: &User) -> Value {
    let teams: Vec<Value> =
        user.teams.iter().map(|&team| json!({"id": team, "name": desk.teams.name(team.into())})).collect();
    let number = place(desk, &user.username).map(|at| at + 1);
    json!({
        "id": number,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "global_admin": user.admin,
        "teams": teams,
    })
}

/// Makes a user. Old clients leave the name out of the body: it is then that of the address.
fn create(server: &Server, wanted: &Record) -> Answer {
    let name = match wanted.get("username") {
        Some(Value::Null) => admin::text(wanted, "email").split('@').next().unwrap_or_default(),
        _ => admin::text(wanted, "username"),
    };
    let mut user = User {
        username: name.into(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        admin: false,
        teams: Vec::new(),
    };
    server.desk(|desk| {
        if name.trim().is_empty() || write(desk, &mut user, wanted).is_none() {
            return Answer::werkzeug(400);
        }
        if place(desk, name).is_some() {
            return Answer::text(409, &format!("User '{name}' already exists"));
        }
        desk.users.push(user);
        Answer::success()
    })
}

fn change(server: &Server, name: &str, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let Some(at) = place(desk, name) else {
            return Answer::werkzeug(404);
        };
        let mut user = desk.users[at].clone();
        if write(desk, &mut user, wanted).is_none() {
            return Answer::werkzeug(400);
        }
        desk.users[at] = user;
        Answer::success()
    })
}

/// Takes over what is said of a user; none if something cannot be. A password is taken and told to nobody.
fn write(desk: &Desk, user: &mut User, wanted: &Map<String, Value>) -> Option<()> {
    for (name, old) in
        [("first_name", &mut user.first_name), ("last_name", &mut user.last_name), ("email", &mut user.email)]
    {
        match wanted.get(name) {
            Some(Value::String(text)) => old.clone_from(text),
            Some(Value::Null) | None => {}
            Some(_) => return None,
        }
    }
    if let Some(value) = wanted.get("global_admin") {
        user.admin = flag(value)?;
    }
    if let Some(teams) = wanted.get("teams") {
        user.teams = teams.as_array()?.iter().map(|team| team_of(desk, team)).collect::<Option<_>>()?;
    }
    Some(())
}

/// The number of a team, given as such or as a record; none if there is no such team.
fn team_of(desk: &Desk, team: &Value) -> Option<u32> {
    let id = match team {
        Value::Object(team) => admin::number(team, "id"),
        other => whole(other).and_then(|id| u64::try_from(id).ok()),
    }?;
    desk.teams.get(id)?;
    u32::try_from(id).ok()
}

/// Who logged in, the last first. Now and then somebody mistypes a password.
fn logins(server: &Server) -> Value {
    let users: Vec<String> = server.desk(|desk| desk.users.iter().map(|user| user.username.clone()).collect());
    let login = |at: i64| {
        let draw = number_of(&format!("login {at}"));
        let who = usize::try_from(draw >> 8).unwrap_or(0) % users.len();
        let (status, words) = if draw.is_multiple_of(9) { (403, "Forbidden") } else { (200, "OK") };
        json!({
            "username": users[who],
            "timestamp": format::local(server.world.now - at * 5 * HOUR),
            "ip_address": format!("10.20.9.{}", 20 + draw % 30),
            "http_status": status,
            "http_description": words,
        })
    };
    (1..=LOGINS).map(login).collect()
}
