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
