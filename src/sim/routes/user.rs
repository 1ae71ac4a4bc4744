//! Console users and their logins (reference 2.8).

use serde_json::{Map, Value, json};

use super::{method_not_allowed, or_not_found, with_object_body};
use crate::sim::http::json_body::{parse_flag, parse_integer};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        admin::{self, AdminRecords, Record},
        server::Server,
    },
    world::{User, hash_text},
};

/// Number of listed logins.
const N_LOGINS: i64 = 24;
const HOUR: i64 = 3_600_000;

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "users"]) => server.with_admin(|admin| {
            ApiResponse::json_compact(admin.users.iter().map(|user| to_record(admin, user)).collect())
        }),
        ("POST", ["api", "user" | "users"]) => with_object_body(request, |body| create_user(server, body)),
        ("GET", ["api", "user", name]) => server.with_admin(|admin| {
            let user = user_index(admin, name).map(|at| to_record(admin, &admin.users[at]));
            or_not_found(user.map(ApiResponse::json_compact))
        }),
        ("PUT", ["api", "user", name]) => with_object_body(request, |body| update_user(server, name, body)),
        ("DELETE", ["api", "user", name]) => server.with_admin(|admin| match user_index(admin, name) {
            // The owner of the API token must not delete their own account.
            Some(0) => ApiResponse::app_error(403),
            Some(at) => {
                admin.users.remove(at);
                ApiResponse::success_result()
            }
            None => ApiResponse::app_error(404),
        }),
        ("GET", ["api", "useractivity"]) => ApiResponse::json_compact(login_list(server)),
        (_, ["api", "users" | "user" | "useractivity"] | ["api", "user", _]) => method_not_allowed(),
        _ => return None,
    })
}

fn user_index(admin: &AdminRecords, name: &str) -> Option<usize> {
    admin.users.iter().position(|user| user.username == name)
}

fn to_record(admin: &AdminRecords, user: &User) -> Value {
    let teams: Vec<Value> =
        user.teams.iter().map(|&team| json!({"id": team, "name": admin.teams.name(team.into())})).collect();
    let number = user_index(admin, &user.username).map(|at| at + 1);
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

/// Creates a user. Old clients send a null name: it is then taken from the e-mail address.
fn create_user(server: &Server, body: &Record) -> ApiResponse {
    let name = match body.get("username") {
        Some(Value::Null) => admin::text_member(body, "email").split('@').next().unwrap_or_default(),
        _ => admin::text_member(body, "username"),
    };
    let mut user = User {
        username: name.into(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        admin: false,
        teams: Vec::new(),
    };
    server.with_admin(|admin| {
        if name.trim().is_empty() || write_user(admin, &mut user, body).is_none() {
            return ApiResponse::app_error(400);
        }
        if user_index(admin, name).is_some() {
            return ApiResponse::text(409, &format!("User '{name}' already exists"));
        }
        admin.users.push(user);
        ApiResponse::success_result()
    })
}

fn update_user(server: &Server, name: &str, body: &Record) -> ApiResponse {
    server.with_admin(|admin| {
        let Some(at) = user_index(admin, name) else {
            return ApiResponse::app_error(404);
        };
        let mut user = admin.users[at].clone();
        if write_user(admin, &mut user, body).is_none() {
            return ApiResponse::app_error(400);
        }
        admin.users[at] = user;
        ApiResponse::success_result()
    })
}

/// Applies the members of a body; `None` if one is invalid. A password is accepted and not stored.
fn write_user(admin: &AdminRecords, user: &mut User, body: &Map<String, Value>) -> Option<()> {
    for (name, target) in
        [("first_name", &mut user.first_name), ("last_name", &mut user.last_name), ("email", &mut user.email)]
    {
        match body.get(name) {
            Some(Value::String(text)) => target.clone_from(text),
            Some(Value::Null) | None => {}
            Some(_) => return None,
        }
    }
    if let Some(value) = body.get("global_admin") {
        user.admin = parse_flag(value)?;
    }
    if let Some(teams) = body.get("teams") {
        user.teams = teams.as_array()?.iter().map(|team| team_of(admin, team)).collect::<Option<_>>()?;
    }
    Some(())
}

/// Returns the id of a team, which is sent as an id or as a record; `None` if there is no such team.
fn team_of(admin: &AdminRecords, team: &Value) -> Option<u32> {
    let id = match team {
        Value::Object(team) => admin::number_member(team, "id"),
        other => parse_integer(other).and_then(|id| u64::try_from(id).ok()),
    }?;
    admin.teams.get(id)?;
    u32::try_from(id).ok()
}

/// Returns the logins, the newest first, some of which failed.
fn login_list(server: &Server) -> Value {
    let users: Vec<String> = server.with_admin(|admin| admin.users.iter().map(|user| user.username.clone()).collect());
    let login = |at: i64| {
        let random = hash_text(&format!("login {at}"));
        let user = usize::try_from(random >> 8).unwrap_or(0) % users.len();
        let (status, description) = if random.is_multiple_of(9) { (403, "Forbidden") } else { (200, "OK") };
        json!({
            "username": users[user],
            "timestamp": format::local_time(server.world.now - at * 5 * HOUR),
            "ip_address": format!("10.20.9.{}", 20 + random % 30),
            "http_status": status,
            "http_description": description,
        })
    };
    (1..=N_LOGINS).map(login).collect()
}
