//! Sites, each alone in an array, and what they may send (reference 2.7).

use serde_json::{Value, json};

use super::{body, found, not_allowed, taken};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{
        admin::{self, Record},
        server::Server,
    },
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "site"]) => server.desk(|desk| {
            let all = desk.sites.all();
            Answer::compact(all.map(|(_, site)| Value::Object(site.clone())).collect())
        }),
        ("POST", ["api", "site"]) => body(ask, |wanted| create(server, wanted)),
        ("GET", ["api", "site", id]) => server.desk(|desk| {
            let site = id.parse().ok().and_then(|id| desk.sites.get(id));
            found(site.map(|site| Answer::compact(json!([site]))))
        }),
        ("PUT", ["api", "site", id]) => body(ask, |wanted| change(server, id, wanted)),
        ("DELETE", ["api", "site", id]) => remove(server, id),
        ("GET", ["api", "throttle"]) => server.desk(|desk| {
            let all = desk.throttles.all();
            Answer::compact(all.map(|(_, rule)| Value::Object(rule.clone())).collect())
        }),
        ("GET", ["api", "throttle", id]) => server.desk(|desk| {
            let rule = id.parse().ok().and_then(|id| desk.throttles.get(id));
            found(rule.map(|rule| Answer::compact(json!(rule))))
        }),
        (_, ["api", "site" | "throttle"] | ["api", "site" | "throttle", _]) => not_allowed(),
        _ => return None,
    })
}

fn create(server: &Server, wanted: &Record) -> Answer {
    let name = admin::text(wanted, "name");
    server.desk(|desk| {
        if name.trim().is_empty() {
            return Answer::werkzeug(400);
        }
        if desk.sites.is_taken(name, None) {
            return taken("site", name);
        }
        let site = Record::from_iter([("name".into(), json!(name))]);
        Answer::compact(json!({"id": desk.sites.add(site)}))
    })
}

fn change(server: &Server, id: &str, wanted: &Record) -> Answer {
    server.desk(|desk| {
        let id = id.parse().unwrap_or(0);
        let Some(mut site) = desk.sites.get(id).cloned() else {
            return Answer::werkzeug(404);
        };
        if admin::merge(&mut site, wanted, &["id"]).is_err() {
            return Answer::werkzeug(400);
        }
        let name = admin::text(&site, "name");
        if name.trim().is_empty() {
            return Answer::werkzeug(400);
        }
        if desk.sites.is_taken(name, Some(id)) {
            return taken("site", name);
        }
        if let Some(old) = desk.sites.get_mut(id) {
            *old = site;
        }
        Answer::success()
    })
}

fn remove(server: &Server, id: &str) -> Answer {
    server.desk(|desk| {
        let id = id.parse().unwrap_or(0);
        let mut groups = desk.groups.all();
        if id == admin::DEFAULT || groups.any(|(_, group)| group["site_id"].as_u64() == Some(id)) {
            return Answer::text(409, "The site is in use");
        }
        drop(groups);
        found(desk.sites.remove(id).map(|_| Answer::success()))
    })
}
