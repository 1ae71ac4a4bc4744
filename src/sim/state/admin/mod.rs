//! What administrators change: groups, sites, people, filters, the license, the store of events, investigations.

mod event_store;
mod group;
mod record_table;

use serde_json::{Value, json};

pub(in crate::sim) use event_store::{Partition, Refusal, Store};
pub(in crate::sim) use group::{DEFAULT, fresh as fresh_group, unknown as unknown_of_group};
pub(in crate::sim) use record_table::{Record, Shelf, merge, number, text};

use super::super::{
    format,
    world::{Team, User, World},
};

const DAY: i64 = 86_400_000;

/// All of it.
#[derive(Debug, Default)]
pub(in crate::sim) struct Desk {
    /// Sensor groups, without what follows from teams and sensors.
    pub(in crate::sim) groups: Shelf,
    pub(in crate::sim) sites: Shelf,
    pub(in crate::sim) throttles: Shelf,
    pub(in crate::sim) teams: Shelf,
    /// What each group shares with whom: whoever sets up another group has to agree to it first.
    pub(in crate::sim) sharing: Shelf,
    /// In the order they came.
    pub(in crate::sim) users: Vec<User>,
    /// What is kept away from the store, in the order it came; each says its own id.
    pub(in crate::sim) filters: Vec<Record>,
    pub(in crate::sim) investigations: Shelf,
    pub(in crate::sim) tags: Shelf,
    pub(in crate::sim) store: Store,
    /// When the license ends.
    pub(in crate::sim) license_end: i64,
    /// The other product of the house, as far as this one is to know of it; without its token.
    pub(in crate::sim) platform: Record,
}

impl Desk {
    /// What a world begins with.
    pub(in crate::sim) fn of(world: &World) -> Self {
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
            groups: Shelf::of(fleet.groups.iter().map(group::told)),
            sites: Shelf::of([json!({"id": DEFAULT, "name": "Default Site"})]),
            // Working hours of a week.
            throttles: Shelf::of((1..=5).map(|day| {
                json!({
                    "id": day,
                    "site_id": DEFAULT,
                    "day_of_week": day,
                    "from": 8,
                    "to": 18,
                    "bytes_per_second": 1_048_576.0,
                })
            })),
            teams: Shelf::of(fleet.teams.iter().map(team)),
            sharing: Shelf::of([
                json!({"id": 1, "group_id": DEFAULT, "who": "VIRUSTOTAL", "what": "BIN"}),
                json!({"id": 2, "group_id": DEFAULT, "who": "BIT9", "what": "MD5"}),
            ]),
            users: fleet.users.clone(),
            investigations: Shelf::of([json!({
                "id": 1,
                "name": "Default Investigation",
                "notes": "",
                "created_by_user_id": "1",
                "date_started": format::local(world.now - 200 * DAY),
                "last_updated": format::local(world.now - 200 * DAY),
            })]),
            store: Store::of(world),
            license_end: world.now + 300 * DAY,
            ..Self::default()
        }
    }

    /// Whether sensors can be in a group.
    pub(in crate::sim) fn has_group(&self, id: u64) -> bool {
        self.groups.get(id).is_some()
    }
}
