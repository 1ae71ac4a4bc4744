//! The bans of a server: those that its world begins with, and what clients have made of them.

use super::super::world::{World, derived_md5, program_path};
use crate::model::Md5;

/// Days by which the ban of what was stopped is older than the world.
const INITIAL_AGE_DAYS: i64 = 120;

/// All bans, the oldest first.
#[derive(Debug, Default)]
pub(in crate::sim) struct Bans(Vec<Ban>);

/// One of them. It is never forgotten, only lifted.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Ban {
    pub(in crate::sim) md5: Md5,
    pub(in crate::sim) text: String,
    pub(in crate::sim) enabled: bool,
    /// What was done to it, the oldest first.
    pub(in crate::sim) history: Vec<Step>,
    pub(in crate::sim) last_block: Option<Block>,
}

/// One change.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Step {
    pub(in crate::sim) at: i64,
    pub(in crate::sim) text: String,
    pub(in crate::sim) enabled: bool,
}

/// The last time that it stopped something.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Block {
    pub(in crate::sim) at: i64,
    pub(in crate::sim) sensor: u32,
    pub(in crate::sim) host: String,
}

impl Bans {
    /// The bans that stopped what was stopped in the world.
    pub(in crate::sim) fn from_world(world: &World) -> Self {
        let mut bans = Self::default();
        for process in world.processes().filter(|process| process.is_scenario()) {
            for (at, cmdline) in process.events(None).blocks {
                let Ok(md5) = derived_md5(program_path(cmdline)).parse() else {
                    continue;
                };
                if !bans.is_in_force(md5) {
                    let before = world.now - INITIAL_AGE_DAYS * 86_400_000;
                    bans.set_ban(md5, "known tool of an earlier case", true, before);
                }
                if let Some(ban) = bans.find_mut(md5) {
                    let host = process.host();
                    ban.last_block = Some(Block { at, sensor: host.id, host: host.name.clone() });
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

    /// Makes a ban what it is to be, and writes that down.
    pub(in crate::sim) fn set_ban(&mut self, md5: Md5, text: &str, enabled: bool, at: i64) {
        let step = Step { at, text: text.to_owned(), enabled };
        if let Some(ban) = self.find_mut(md5) {
            text.clone_into(&mut ban.text);
            ban.enabled = enabled;
            ban.history.push(step);
            return;
        }
        self.0.push(Ban { md5, text: text.to_owned(), enabled, history: vec![step], last_block: None });
    }

    fn find_mut(&mut self, md5: Md5) -> Option<&mut Ban> {
        self.0.iter_mut().find(|ban| ban.md5 == md5)
    }
}
