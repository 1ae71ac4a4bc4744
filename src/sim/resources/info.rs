//! The server itself: version, license, storage (reference 2.1, 2.15).

use serde_json::{Map, Value, json};

use super::not_allowed;
use crate::sim::{answer::Answer, ask::Ask, render, server::Server};

const DAY: i64 = 86_400_000;

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("GET", ["api", "info"]) => Answer::compact(info(server)),
        ("GET", ["api", "v1", "license"] | ["api", "license"]) => Answer::compact(license(server)),
        ("GET", ["api", "v1", "storage", "events", "partition"]) if server.release.is_6() => {
            Answer::compact(partitions(server))
        }
        ("GET", ["api", "builds"] | ["api", "v2", "builds"]) => Answer::compact(json!({
            "Windows": [{"version_string": "006.002.002.80304"}],
            "Linux": [{"version_string": "006.001.008.10228"}],
            "OSX": [{"version_string": "006.002.002.80202"}],
        })),
        (
            _,
            ["api", "info" | "license" | "builds"]
            | ["api", "v1", "license"]
            | ["api", "v2", "builds"],
        ) => not_allowed(),
        (_, ["api", "v1", "storage", "events", "partition"]) if server.release.is_6() => {
            not_allowed()
        }
        _ => return None,
    })
}

fn info(server: &Server) -> Value {
    let mut features = json!({"thirdparty_sharing": false});
    if server.release.is_6() {
        features["immutable_documents"] = json!(true);
        features["event_exclusions"] = json!(false);
        features["ipv6_support"] = json!(server.release.is_at_least(6, 1, 0));
    }
    let mut info = json!({
        "version": server.release.text,
        "version_release": server.release.package(),
        "cblrEnabled": true,
        "banningEnabled": true,
        "liveResponseAutoAttach": true,
        "processPageSize": 10,
        "binaryPageSize": 10,
        "processOrder": "",
        "binaryOrder": "",
        "maxSearchResultRows": server.options.max_rows.unwrap_or(1_000),
        "maxRowsSolrReportQuery": 10_000,
        "searchExportCount": 1_000,
        "timestampDeltaThreshold": 5,
        "linuxInstallerExists": true,
        "osxInstallerExists": true,
        "vdiGloballyEnabled": false,
        "cloud_install": false,
        "features": features,
    });
    if server.release.is_6() {
        info["user_preferences"] = json!({
            "processSearchSortOrder": "",
            "searchTablePreferences": {"username": {"visible": true}, "start-time": {"visible": true}},
            "watchlists": {
                "expiration": {"timeframeUnits": "months", "enabled": "on", "ignoreIds": [], "timeframeVal": 6},
                "sortOrder": "name",
            },
            "savedSearches": [],
            "minimalLeftNavigation": false,
            "default": true,
            "userMgmt": {"sortOrder": "first_name"},
            "hudGridItems": {},
            "facetsEnabled": [],
        });
    }
    info
}

fn license(server: &Server) -> Value {
    let sensors = server.world.fleet.hosts.len();
    let end = render::solr(server.world.now + 300 * DAY);
    json!({
        "license_valid": true,
        "license_expired": false,
        "license_end_date": end.split('T').next(),
        "licensed_sensor_count": 5_000.max(sensors),
        "licensed_sensor_count_exceeded": false,
        "actual_sensor_count": sensors,
        "server_token": server.token.chars().rev().collect::<String>(),
        "license_request_block": "-----BEGIN CB LICENSE REQUEST-----\nc2ltdWxhdGVk\n-----END CB LICENSE REQUEST-----\n",
    })
}

/// The writer, and a partition for every three days before it.
fn partitions(server: &Server) -> Value {
    let now = server.world.now;
    let documents = server.world.documents();
    let mut partitions = Map::new();
    for (at, age) in [1, 4, 7, 10, 13].into_iter().enumerate() {
        let from = now - age * DAY;
        let stamp = render::timestamp(from).strftime("%Y_%m_%d_%H%M");
        let directory = format!("cbevents_{stamp}");
        let is_writer = at == 0;
        let name = if is_writer { "writer" } else { &directory };
        let share = documents / 5;
        let until = (!is_writer).then(|| render::micros(from + 3 * DAY));
        partitions.insert(
            name.into(),
            json!({
                "name": name,
                "status": if is_writer { "hot" } else { "warm" },
                "info": {
                    "dir": format!("/var/cb/data/solr5/cbevents/{directory}"),
                    "schema": "cbevents_v1",
                    "startDate": render::micros(from),
                    "endDate": until,
                    "partitionId": from / 1_000 * 65_536,
                    "numDocs": share,
                    "maxDoc": share,
                    "deletedDocs": 0,
                    "segmentCount": 4 + at,
                    "sizeInBytes": share * 1_361,
                    "isLegacy": false,
                    "userMounted": false,
                },
            }),
        );
    }
    Value::Object(partitions)
}
