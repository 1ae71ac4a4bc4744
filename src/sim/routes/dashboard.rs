//! Statistics of the console's dashboard, sensor versions, and settings of the platform server (reference 2.1).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{group, method_not_allowed, with_object_body};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{admin::Record, server::Server},
    world::{Host, Os},
};

/// Writable settings of the platform server that are returned; its token is accepted and not stored.
const PLATFORM_FIELDS: [&str; 3] = ["server_url", "ssl_certificate_verify", "watchlist_export"];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "v1", "dashboard", "statistics"]) => ApiResponse::json_compact(store_statistics(server)),
        ("GET", ["api", "v1", "dashboard", "alliance"]) => ApiResponse::json_compact(json!({
            "alliance_client": {
                "is_enabled": true,
                "is_connected": true,
                "last_failure_code": null,
                "last_failure_time": null,
            },
        })),
        ("GET", ["api", "v1", "dashboard", "hosts"]) => ApiResponse::json_compact(host_statistics(server)),
        ("GET", ["api", "builds"] | ["api", "v2", "builds"]) => ApiResponse::json_compact(sensor_versions(server)),
        ("GET", ["api", "v1", "settings", "global", "platformserver"]) => {
            server.with_admin(|admin| ApiResponse::json_compact(json!(admin.platform)))
        }
        ("POST", ["api", "v1", "settings", "global", "platformserver"]) => {
            with_object_body(request, |body| update_platform(server, body))
        }
        (
            _,
            ["api", "builds"]
            | ["api", "v2", "builds"]
            | ["api", "v1", "dashboard", "statistics" | "alliance" | "hosts"]
            | ["api", "v1", "settings", "global", "platformserver"],
        ) => method_not_allowed(),
        _ => return None,
    })
}

/// Returns the sizes of the event and binary stores.
fn store_statistics(server: &Server) -> Value {
    let (documents, bytes) = server.with_admin(|admin| {
        let partitions = admin.store.partitions();
        partitions.fold((0, 0), |(documents, bytes), (_, part)| (documents + part.documents, bytes + part.bytes()))
    });
    let binaries = &server.world.binaries;
    let files = binaries.indexes().count();
    let stored: u64 = binaries.indexes().map(|index| binaries.entries[index].stored_size()).sum();
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

/// Returns for each group the number of sensors, and of those that check in on time.
fn host_statistics(server: &Server) -> Value {
    let counts = group::count_hosts(server);
    let punctual: BTreeMap<u64, u64> = server.with_sensors(|sensors| {
        let mut punctual = BTreeMap::new();
        let is_punctual = |host: &&Host| sensors.checks_in(host);
        for host in server.world.fleet.hosts.iter().filter(is_punctual) {
            *punctual.entry(u64::from(sensors.group_of(host))).or_default() += 1;
        }
        punctual
    });
    let groups: Vec<Value> = server.with_admin(|admin| {
        let number = |counts: &BTreeMap<u64, u64>, id| counts.get(&id).copied().unwrap_or(0);
        admin
            .groups
            .records()
            .map(|(id, _)| json!({"group_id": id, "count": number(&counts, id), "punctual": number(&punctual, id)}))
            .collect()
    });
    json!({"hosts": groups})
}

/// Returns the available sensor versions by operating system, the newest first: those installed on hosts.
fn sensor_versions(server: &Server) -> Value {
    let versions = |os: Os| -> Vec<Value> {
        let hosts = server.world.fleet.hosts.iter();
        let versions: BTreeSet<&str> = hosts.filter(|host| host.os == os).map(|host| host.version.as_str()).collect();
        let newest_first = versions.into_iter().rev();
        newest_first.map(|version| json!({"version_string": version})).collect()
    };
    json!({"Windows": versions(Os::Windows), "Linux": versions(Os::Linux), "OSX": versions(Os::Osx)})
}

fn update_platform(server: &Server, body: &Record) -> ApiResponse {
    let members: Vec<(&str, &Value)> =
        PLATFORM_FIELDS.into_iter().filter_map(|name| Some((name, body.get(name)?))).collect();
    let is_host = |url: &str| !url.contains('/');
    let is_valid = members.iter().all(|(name, value)| match *name {
        "server_url" => value.as_str().is_some_and(is_host),
        _ => crate::sim::http::json_body::parse_flag(value).is_some(),
    });
    if !is_valid {
        return ApiResponse::app_error(400);
    }
    server.with_admin(|admin| {
        for (name, value) in members {
            admin.platform.insert(name.into(), value.clone());
        }
        ApiResponse::success_result()
    })
}
