//! Sensor groups and sites, each alone in an array (reference 2.7).

use serde_json::{Value, json};

use super::{found, not_allowed};
use crate::sim::{answer::Answer, ask::Ask, server::Server, world::Group};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let fleet = &server.world.fleet;
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "group"] | ["api", "v1" | "v3", "group"]) => Answer::compact(
            fleet
                .groups
                .iter()
                .map(|group| record(server, group))
                .collect(),
        ),
        ("GET", ["api", "group", id] | ["api", "v1" | "v3", "group", id]) => {
            let id = id.parse().ok();
            let group = fleet.groups.iter().find(|group| Some(group.id) == id);
            found(group.map(|group| Answer::compact(json!([record(server, group)]))))
        }
        ("GET", ["api", "site"]) => Answer::compact(json!([site()])),
        ("GET", ["api", "site", id]) => {
            found((*id == "1").then(|| Answer::compact(json!([site()]))))
        }
        (
            _,
            ["api", "group" | "site"]
            | ["api", "group" | "site", _]
            | ["api", "v1" | "v3", "group"]
            | ["api", "v1" | "v3", "group", _],
        ) => not_allowed(),
        _ => return None,
    })
}

fn site() -> Value {
    json!({"id": 1, "name": "Default Site"})
}

fn record(server: &Server, group: &Group) -> Value {
    let hosts = server.world.fleet.hosts.iter();
    let members = hosts.filter(|host| {
        server
            .sensor(host.id)
            .is_some_and(|sensor| sensor.group == group.id)
    });
    let teams: Vec<Value> = server
        .world
        .fleet
        .teams
        .iter()
        .map(|team| json!({"team_id": team.id, "team_name": team.name, "access_category": team.access}))
        .collect();
    let exclusions = match group.name.as_str() {
        "Finance" => json!([{
            "id": 1,
            "group_id": group.id,
            "name": "ticketing",
            "ip_address": "10.20.1.20",
            "enabled": true,
            "uploader_id": 1,
            "uploader_username": "admin",
            "added_time": "2020-02-03 09:12:44.021873-06:00",
            "changed_time": "2020-02-03 09:12:44.021873-06:00",
        }]),
        _ => json!([]),
    };
    let mut record = json!({
        "id": group.id,
        "name": group.name,
        "site_id": 1,
        "sensorbackend_server": "https://cb.corp.example:443",
        "sensor_exe_name": "",
        "address_resolution_hint": "",
        "team_access": teams,
        "alert_criticality": group.criticality,
        "tamper_level": 0,
        "process_filter_level": 0,
        "sensor_version_windows": "Manual",
        "sensor_version_osx": "Manual",
        "sensor_version_linux": "Manual",
        "datastore_server": null,
        "max_licenses": -1,
        "banning_enabled": group.banning,
        "filter_known_dlls": false,
        "vdi_enabled": false,
        "quota_eventlog_bytes": "1073741824",
        "quota_storefile_bytes": "1073741824",
        "quota_eventlog_percent": 1,
        "quota_storefile_percent": 1,
        "number_of_hosts": members.count(),
        "isolation_exclusions": exclusions,
        "event_exclusions": [],
    });
    for what in [
        "cross_procs",
        "emet_events",
        "filemods",
        "filewritemd5s",
        "moduleinfo",
        "moduleloads",
        "netconns",
        "nonbinary_filewrites",
        "processes",
        "regmods",
        "storefiles",
        "usercontext",
    ] {
        record[format!("collect_{what}")] = json!(true);
    }
    if server.release.is_7() {
        record["collect_amsi"] = json!(false);
        record["server_cert_id"] = json!(1);
    }
    record
}
