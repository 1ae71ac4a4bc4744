//! Records of sensor groups.

use serde_json::{Value, json};

use super::Record;
use crate::sim::{version::Release, world::Group};

/// Id of the default group and of the default site.
pub(crate) const DEFAULT_ID: u64 = 1;

/// Event types that sensors of a new group collect.
const COLLECTED_EVENTS: [&str; 12] = [
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
];

/// Creates the record of a group that the world begins with.
pub(super) fn from_world(group: &Group) -> Value {
    let mut record = default_group();
    record.insert("id".into(), json!(group.id));
    record.insert("name".into(), json!(group.name));
    record.insert("alert_criticality".into(), json!(group.criticality));
    record.insert("banning_enabled".into(), json!(group.banning));
    if group.name == "Finance" {
        let exclusion = json!([{
            "id": 1,
            "group_id": group.id,
            "name": "ticketing",
            "ip_address": "10.20.1.20",
            "enabled": true,
            "uploader_id": 1,
            "uploader_username": "admin",
            "added_time": "2020-02-03 09:12:44.021873-06:00",
            "changed_time": "2020-02-03 09:12:44.021873-06:00",
        }]);
        record.insert("isolation_exclusions".into(), exclusion);
    }
    Value::Object(record)
}

/// Creates a group record with default settings.
pub(crate) fn default_group() -> Record {
    let mut record = json!({
        "name": "",
        "site_id": DEFAULT_ID,
        "sensorbackend_server": "https://cb.corp.example:443",
        "sensor_exe_name": "",
        "address_resolution_hint": "",
        "alert_criticality": 3,
        "tamper_level": 0,
        "process_filter_level": 0,
        "sensor_version_windows": "Manual",
        "sensor_version_osx": "Manual",
        "sensor_version_linux": "Manual",
        "datastore_server": null,
        "max_licenses": -1,
        "banning_enabled": true,
        "filter_known_dlls": false,
        "vdi_enabled": false,
        "quota_eventlog_bytes": "1073741824",
        "quota_storefile_bytes": "1073741824",
        "quota_eventlog_percent": 1,
        "quota_storefile_percent": 1,
        "isolation_exclusions": [],
        "event_exclusions": [],
        "collect_amsi": false,
        "server_cert_id": 1,
    });
    for event in COLLECTED_EVENTS {
        record[format!("collect_{event}")] = json!(true);
    }
    match record {
        Value::Object(record) => record,
        _ => Record::new(),
    }
}

/// Returns the members of a group record that `release` does not have yet.
pub(crate) fn unsupported_fields(release: &Release) -> &'static [&'static str] {
    if release.is_at_least_7() { &[] } else { &["collect_amsi", "server_cert_id"] }
}
