//! Hash bans: those that the world begins with, and the changes by clients.

use super::super::world::{World, derived_md5, program_path};
use crate::model::Md5;

/// Age of the bans that the world begins with.
const INITIAL_AGE_DAYS: i64 = 120;

/// All bans, the oldest first.
#[derive(Debug, Default)]
pub(in crate::sim) struct Bans(Vec<Ban>);

/// Ban of a hash, which is disabled rather than deleted.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Ban {
    pub(in crate::sim) md5: Md5,
    pub(in crate::sim) text: String,
    pub(in crate::sim) enabled: bool,
    /// The oldest first.
    pub(in crate::sim) history: Vec<BanChange>,
    pub(in crate::sim) last_block: Option<BanBlock>,
}

/// Change of a ban, at a time in milliseconds since 1970.
#[derive(Clone, Debug)]
pub(in crate::sim) struct BanChange {
    pub(in crate::sim) at: i64,
    pub(in crate::sim) text: String,
    pub(in crate::sim) enabled: bool,
}

/// Process that a ban stopped, at a time in milliseconds since 1970, host's clock.
#[derive(Clone, Debug)]
pub(in crate::sim) struct BanBlock {
    pub(in crate::sim) at: i64,
    pub(in crate::sim) sensor: u32,
    pub(in crate::sim) host: String,
}

impl Bans {
    /// Creates the bans behind the block events of the world.
    pub(in crate::sim) fn from_world(world: &World) -> Self {
        let mut bans = Self::default();
        for process in world.processes().filter(|process| process.is_scenario()) {
            for (at, cmdline) in process.events(None).blocks {
                let Ok(md5) = derived_md5(program_path(cmdline)).parse() else {
                    continue;
                };
                if !bans.is_in_force(md5) {
                    let created_at = world.now - INITIAL_AGE_DAYS * 86_400_000;
                    let text = "known tool of an earlier case".into();
                    bans.set_ban(md5, BanChange { at: created_at, text, enabled: true });
                }
                if let Some(ban) = bans.find_mut(md5) {
                    let host = process.host();
                    ban.last_block = Some(BanBlock { at, sensor: host.id, host: host.name.clone() });
                }
            }
        }
        bans
    }

    pub(in crate::sim) fn records(&self) -> impl Iterator<Item = &Ban> {
        self.0.iter()
    }

    pub(in crate::sim) fn is_in_force(&self, md5: Md5) -> bool {
        self.records().any(|ban| ban.md5 == md5 && ban.enabled)
    }

    /// Adds or changes a ban, and adds the change to its history.
    pub(in crate::sim) fn set_ban(&mut self, md5: Md5, change: BanChange) {
        let BanChange { text, enabled, .. } = change.clone();
        if let Some(ban) = self.find_mut(md5) {
            (ban.text, ban.enabled) = (text, enabled);
            ban.history.push(change);
            return;
        }
        self.0.push(Ban { md5, text, enabled, history: vec![change], last_block: None });
    }

    fn find_mut(&mut self, md5: Md5) -> Option<&mut Ban> {
        self.0.iter_mut().find(|ban| ban.md5 == md5)
    }
}
