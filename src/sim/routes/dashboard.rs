//! Numbers for the console's first page, the builds of sensors, and the link to the other product (reference 2.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{body, group, not_allowed};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{admin::Record, server::Server},
    world::{Host, Os},
};

/// What can be said about the other product; its token is taken and told to nobody.
const PLATFORM: [&str; 3] = ["server_url", "ssl_certificate_verify", "watchlist_export"];

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "dashboard", "statistics"]) => Answer::compact(statistics(server)),
        ("GET", ["api", "v1", "dashboard", "alliance"]) => Answer::compact(json!({
            "alliance_client": {
                "is_enabled": true,
                "is_connected": true,
                "last_failure_code": null,
                "last_failure_time": null,
            },
        })),
        ("GET", ["api", "v1", "dashboard", "hosts"]) => Answer::compact(hosts(server)),
        ("GET", ["api", "builds"] | ["api", "v2", "builds"]) => Answer::compact(builds(server)),
        ("GET", ["api", "v1", "settings", "global", "platformserver"]) => {
            server.desk(|desk| Answer::compact(json!(desk.platform)))
        }
        ("POST", ["api", "v1", "settings", "global", "platformserver"]) => body(ask, |wanted| link(server, wanted)),
        (
            _,
            ["api", "builds"]
            | ["api", "v2", "builds"]
            | ["api", "v1", "dashboard", "statistics" | "alliance" | "hosts"]
            | ["api", "v1", "settings", "global", "platformserver"],
        ) => not_allowed(),
        _ => return None,
    })
}

/// How the stores do.
fn statistics(server: &Server) -> Value {
    let (documents, bytes) = server.desk(|desk| {
        let parts = desk.store.all();
        parts.fold((0, 0), |(documents, bytes), (_, part)| (documents + part.documents, bytes + part.bytes()))
    });
    let binaries = &server.world.binaries;
    let files = binaries.places().count();
    let stored: u64 = binaries.places().map(|place| binaries.all[place].copied()).sum();
    json!({
        "storage": {
            "127.0.0.1": {
                "EventStoreStats": [{"name": "cbevents", "documents": documents, "size_bytes": bytes}],
                "FileSystems": [{
                    "path": "/var/cb/data",
                    "total_bytes": 1_u64 << 40,
                    "used_bytes": bytes + stored,
                }],
                "ModuleInfoStoreStats": {"documents": files},
                "ModuleStoreStats": {"files": files, "size_bytes": stored},
                "SqlStoreStats": {"sensors": server.world.fleet.hosts.len()},
            },
        },
    })
}

/// How many sensors each group has, and how many of them check in on time.
fn hosts(server: &Server) -> Value {
    let counts = group::hosts(server);
    let punctual: BTreeMap<u64, u64> = server.sensors(|sensors| {
        let mut punctual = BTreeMap::new();
        let is_punctual = |host: &&Host| host.offline.is_none() && !host.uninstalled;
        for host in server.world.fleet.hosts.iter().filter(is_punctual) {
            *punctual.entry(u64::from(sensors.group_of(host))).or_default() += 1;
        }
        punctual
    });
    let groups: Vec<Value> = server.desk(|desk| {
        let number = |counts: &BTreeMap<u64, u64>, id| counts.get(&id).copied().unwrap_or(0);
        let all = desk.groups.all();
        all.map(|(id, _)| json!({"group_id": id, "count": number(&counts, id), "punctual": number(&punctual, id)}))
            .collect()
    });
    json!({"hosts": groups})
}

/// The versions that hosts have are those that the server has to give away.
fn builds(server: &Server) -> Value {
    let of = |os: Os| -> Vec<Value> {
        let hosts = server.world.fleet.hosts.iter();
        let versions: BTreeSet<&str> = hosts.filter(|host| host.os == os).map(|host| host.version.as_str()).collect();
        let newest_first = versions.into_iter().rev();
        newest_first.map(|version| json!({"version_string": version})).collect()
    };
    json!({"Windows": of(Os::Windows), "Linux": of(Os::Linux), "OSX": of(Os::Osx)})
}

fn link(server: &Server, wanted: &Record) -> Answer {
    let said: Vec<(&str, &Value)> = PLATFORM.into_iter().filter_map(|name| Some((name, wanted.get(name)?))).collect();
    let is_host = |url: &str| !url.contains('/');
    let is_good = said.iter().all(|(name, value)| match *name {
        "server_url" => value.as_str().is_some_and(is_host),
        _ => super::json_body::flag(value).is_some(),
    });
    if !is_good {
        return Answer::werkzeug(400);
    }
    server.desk(|desk| {
        for (name, value) in said {
            desk.platform.insert(name.into(), value.clone());
        }
        Answer::success()
    })
}
