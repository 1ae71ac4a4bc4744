//! The bans of a server: those that its world begins with, and what clients have made of them.

use super::super::world::{World, drawn_md5, program};
use crate::model::Md5;

/// Days by which the ban of what was stopped is older than the world.
const AGE: i64 = 120;

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
    pub(in crate::sim) audit: Vec<Step>,
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
    pub(in crate::sim) fn of(world: &World) -> Self {
        let mut bans = Self::default();
        for process in world.processes().filter(|process| process.is_told()) {
            for (at, cmdline) in process.events(None).blocks {
                let Ok(md5) = drawn_md5(program(cmdline)).parse() else {
                    continue;
                };
                if !bans.is_in_force(md5) {
                    let before = world.now - AGE * 86_400_000;
                    bans.set(md5, "known tool of an earlier case", true, before);
                }
                if let Some(ban) = bans.find(md5) {
                    let host = process.host();
                    ban.last_block = Some(Block { at, sensor: host.id, host: host.name.clone() });
                }
            }
        }
        bans
    }

    pub(in crate::sim) fn all(&self) -> impl Iterator<Item = &Ban> {
        self.0.iter()
    }

    pub(in crate::sim) fn is_in_force(&self, md5: Md5) -> bool {
        self.all().any(|ban| ban.md5 == md5 && ban.enabled)
    }

    /// Makes a ban what it is to be, and writes that down.
    pub(in crate::sim) fn set(&mut self, md5: Md5, text: &str, enabled: bool, at: i64) {
        let step = Step { at, text: text.to_owned(), enabled };
        if let Some(ban) = self.find(md5) {
            text.clone_into(&mut ban.text);
            ban.enabled = enabled;
            ban.audit.push(step);
            return;
        }
        self.0.push(Ban { md5, text: text.to_owned(), enabled, audit: vec![step], last_block: None });
    }

    fn find(&mut self, md5: Md5) -> Option<&mut Ban> {
        self.0.iter_mut().find(|ban| ban.md5 == md5)
    }
}
