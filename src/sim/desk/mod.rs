//! What administrators change: groups, sites, people, filters, the license, the store of events, investigations.

mod group;
mod shelf;
mod store;

use serde_json::{Value, json};

pub(super) use group::{DEFAULT, fresh as fresh_group, unknown as unknown_of_group};
pub(super) use shelf::{Record, Shelf, merge, number, text};
pub(super) use store::{Partition, Refusal, Store};

use super::{
    render,
    world::{Team, User, World},
};

const DAY: i64 = 86_400_000;

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// Sensor groups, without what follows from teams and sensors.
    pub(super) groups: Shelf,
    pub(super) sites: Shelf,
    pub(super) throttles: Shelf,
    pub(super) teams: Shelf,
    /// What each group shares with whom: whoever sets up another group has to agree to it first.
    pub(super) sharing: Shelf,
    /// In the order they came.
    pub(super) users: Vec<User>,
    /// What is kept away from the store, in the order it came; each says its own id.
    pub(super) filters: Vec<Record>,
    pub(super) investigations: Shelf,
    pub(super) tags: Shelf,
    pub(super) store: Store,
    /// When the license ends.
    pub(super) license_end: i64,
    /// The other product of the house, as far as this one is to know of it; without its token.
    pub(super) platform: Record,
}

impl Desk {
    /// What a world begins with.
    pub(super) fn of(world: &World) -> Self {
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
                "date_started": render::local(world.now - 200 * DAY),
                "last_updated": render::local(world.now - 200 * DAY),
            })]),
            store: Store::of(world),
            license_end: world.now + 300 * DAY,
            ..Self::default()
        }
    }

    /// Whether sensors can be in a group.
    pub(super) fn has_group(&self, id: u64) -> bool {
        self.groups.get(id).is_some()
    }
}
