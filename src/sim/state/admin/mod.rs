//! Records that administrators change: groups, sites, users, teams, ingress filters, license, event store and
//! investigations.

mod event_store;
mod group;
mod record_table;

use serde_json::{Value, json};

pub(in crate::sim) use event_store::{EventStore, Partition, StoreError};
pub(in crate::sim) use group::{DEFAULT_ID, default_group, unsupported_fields};
pub(in crate::sim) use record_table::{Record, RecordTable, merge_known, number_member, text_member};

use super::super::{
    format,
    world::{Team, User, World},
};

const DAY: i64 = 86_400_000;

/// The sensor group of the finance department.
const FINANCE_ID: u64 = 4;

/// Groups, users and other records of administrators.
#[derive(Debug, Default)]
pub(in crate::sim) struct AdminRecords {
    /// Sensor groups, without the members derived from teams and sensors.
    pub(in crate::sim) groups: RecordTable,
    pub(in crate::sim) sites: RecordTable,
    pub(in crate::sim) throttles: RecordTable,
    pub(in crate::sim) teams: RecordTable,
    /// What each group shares with which service; a new group shares nothing.
    pub(in crate::sim) sharing: RecordTable,
    /// In the order of their creation.
    pub(in crate::sim) users: Vec<User>,
    /// Ingress filters, in the order of their creation; their ids are set by clients.
    pub(in crate::sim) filters: Vec<Record>,
    pub(in crate::sim) investigations: RecordTable,
    pub(in crate::sim) tags: RecordTable,
    pub(in crate::sim) store: EventStore,
    /// In milliseconds since 1970.
    pub(in crate::sim) license_end: i64,
    /// Settings of the platform server (`/api/v1/settings/global/platformserver`), without its token.
    pub(in crate::sim) platform: Record,
}

impl AdminRecords {
    /// Creates the records that a world begins with.
    pub(in crate::sim) fn from_world(world: &World) -> Self {
        let fleet = &world.fleet;
        let team = |team: &Team| {
            let access: Vec<Value> = fleet
                .groups
                .iter()
                .map(|group| json!({"group_id": group.id, "access_category": team.access}))
                .collect();
            json!({"id": team.id, "name": team.name, "group_access": access})
        };
        Self {
            groups: RecordTable::from_records(fleet.groups.iter().map(group::from_world)),
            sites: RecordTable::from_records([json!({"id": DEFAULT_ID, "name": "Default Site"})]),
            // Working hours on weekdays.
            throttles: RecordTable::from_records((1..=5).map(|day| {
                json!({
                    "id": day,
                    "site_id": DEFAULT_ID,
                    "day_of_week": day,
                    "from": 8,
                    "to": 18,
                    "bytes_per_second": 1_048_576.0,
                })
            })),
            teams: RecordTable::from_records(fleet.teams.iter().map(team)),
            sharing: RecordTable::from_records([
                json!({"id": 1, "group_id": DEFAULT_ID, "who": "VIRUSTOTAL", "what": "BIN"}),
                json!({"id": 2, "group_id": DEFAULT_ID, "who": "BIT9", "what": "MD5"}),
            ]),
            users: fleet.users.clone(),
            filters: initial_filters(&format::local_time(world.now - 90 * DAY)),
            investigations: RecordTable::from_records([json!({
                "id": 1,
                "name": "Default Investigation",
                "notes": "",
                "created_by_user_id": "1",
                "date_started": format::local_time(world.now - 200 * DAY),
                "last_updated": format::local_time(world.now - 200 * DAY),
            })]),
            store: EventStore::from_world(world),
            license_end: world.now + 300 * DAY,
            ..Self::default()
        }
    }

    /// Whether a sensor group exists.
    pub(in crate::sim) fn has_group(&self, id: u64) -> bool {
        self.groups.get(id).is_some()
    }
}

/// Returns an ingress filter without patterns, as a server creates it with only an ID.
pub(in crate::sim) fn default_filter(id: &str, now: &str) -> Record {
    record(json!({
        "id": id,
        "name": "",
        "description": "",
        "enabled": true,
        "priority": 0,
        "version": 1,
        "internal": false,
        "os_mask": 7,
        "global": true,
        "group_ids": [],
        "sensor_ids": [],
        "path_filters": [],
        "cmdline_filters": [],
        "md5_filters": [],
        "descendant_filtering_level": 0,
        "filter_all_events": true,
        "regmod_filters": [],
        "modload_filters": [],
        "filemod_filters": [],
        "non_binary_filemod_filters": [],
        "netconn_filters": [],
        "crossproc_filters": [],
        "filter_on_sensor": false,
        "filter_on_server": true,
        "track_metrics": true,
        "hit_rate": 0.0,
        "create_timestamp": now,
        "modify_timestamp": now,
        "create_user_id": 1,
        "modify_user_id": 1,
    }))
}

/// Returns the ingress filters that a world begins with: of programs of which it therefore has no events.
fn initial_filters(created: &str) -> Vec<Record> {
    let filters = [
        json!({
            "id": "backup-agent",
            "name": "Backup agent",
            "description": "Reads every file of the finance share each night",
            "os_mask": 1,
            "global": false,
            "group_ids": [FINANCE_ID],
            "path_filters": ["c:\\program files\\nightvault\\*"],
            "descendant_filtering_level": -1,
            "priority": 10,
            "hit_rate": 48.25,
        }),
        json!({
            "id": "build-farm",
            "name": "Compilers of the build farm",
            "description": "Object files only; netconns and children stay",
            "os_mask": 4,
            "path_filters": ["/opt/toolchain/bin/*"],
            "filter_all_events": false,
            "non_binary_filemod_filters": ["/srv/build/*.o"],
            "hit_rate": 211.5,
        }),
        json!({
            "id": "inventory-2019",
            "name": "Inventory tool (retired)",
            "description": "Replaced in 2020, keep disabled",
            "enabled": false,
            "cmdline_filters": ["*\\invscan.exe /full*"],
            "filter_on_sensor": true,
        }),
    ];
    let filter = |members: Value| {
        let mut filter = default_filter("", created);
        filter.extend(record(members));
        filter
    };
    filters.map(filter).into()
}

fn record(value: Value) -> Record {
    if let Value::Object(record) = value { record } else { Record::new() }
}
