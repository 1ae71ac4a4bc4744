//! Actions that hits of watchlists and feeds trigger: e-mail, syslog, HTTP, alerts.

use crate::sim::world::World;

/// Actions of all watchlists and feeds, the oldest first.
#[derive(Debug)]
pub(in crate::sim) struct Actions {
    actions: Vec<Action>,
    next_id: u64,
}

/// Action of a watchlist or feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Action {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) owner: Owner,
    /// 0 e-mail, 1 syslog, 2 HTTP, 3 alert.
    pub(in crate::sim) kind: u64,
    /// JSON as text.
    pub(in crate::sim) data: Option<String>,
}

/// Watchlist or feed that an action belongs to, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Owner {
    Watchlist(u64),
    Feed(u64),
}

const KIND_ALERT: u64 = 3;
const KIND_MAIL: u64 = 0;

impl Actions {
    /// Creates the actions that the world begins with: watchlists and feeds that tag something in it raise alerts.
    pub(super) fn from_world(world: &World) -> Self {
        let mut actions = Self { actions: Vec::new(), next_id: 1 };
        for list in &world.intelligence.watchlists {
            let Ok(id) = list.id.parse() else { continue };
            let owner = Owner::Watchlist(id);
            if !list.quiet {
                actions.add(owner, KIND_ALERT, None);
            }
            if !list.mail.is_empty() {
                let data = format!("{{\"email_recipients\":{:?}}}", list.mail).replace(' ', "");
                actions.add(owner, KIND_MAIL, Some(data));
            }
        }
        for feed in &world.intelligence.feeds {
            if feed.enabled && !feed.reports.is_empty() {
                actions.add(Owner::Feed(feed.id.into()), KIND_ALERT, None);
            }
        }
        actions
    }

    /// Returns the actions of `owner`.
    pub(in crate::sim) fn of_owner(&self, owner: Owner) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(move |action| action.owner == owner)
    }

    /// Whether hits of `owner` raise alerts.
    pub(super) fn raises_alerts(&self, owner: Owner) -> bool {
        self.of_owner(owner).any(|action| action.kind == KIND_ALERT)
    }

    /// Adds an action and returns it.
    pub(in crate::sim) fn add(&mut self, owner: Owner, kind: u64, data: Option<String>) -> &Action {
        let id = self.next_id;
        self.next_id += 1;
        let at = self.actions.len();
        self.actions.push(Action { id, owner, kind, data });
        &self.actions[at]
    }

    pub(in crate::sim) fn get_mut(&mut self, owner: Owner, id: u64) -> Option<&mut Action> {
        self.actions.iter_mut().find(|action| action.owner == owner && action.id == id)
    }

    /// Removes an action and returns whether it existed.
    pub(in crate::sim) fn remove(&mut self, owner: Owner, id: u64) -> bool {
        let old_len = self.actions.len();
        self.actions.retain(|action| action.owner != owner || action.id != id);
        self.actions.len() < old_len
    }

    /// Removes all actions of `owner`.
    pub(super) fn remove_all(&mut self, owner: Owner) {
        self.actions.retain(|action| action.owner != owner);
    }
}
