//! The bans of a server: those that its world begins with, and what clients have made of them.

use super::world::{World, drawn_md5, program};
use crate::model::Md5;

/// Days by which the ban of what was stopped is older than the world.
const AGE: i64 = 120;

/// All bans, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Bans(Vec<Ban>);

/// One of them. It is never forgotten, only lifted.
#[derive(Clone, Debug)]
pub(super) struct Ban {
    pub(super) md5: Md5,
    pub(super) text: String,
    pub(super) enabled: bool,
    /// What was done to it, the oldest first.
    pub(super) audit: Vec<Step>,
    pub(super) last_block: Option<Block>,
}

/// One change.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) at: i64,
    pub(super) text: String,
    pub(super) enabled: bool,
}

/// The last time that it stopped something.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) at: i64,
    pub(super) sensor: u32,
    pub(super) host: String,
}

impl Bans {
    /// The bans that stopped what was stopped in the world.
    pub(super) fn of(world: &World) -> Self {
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

    pub(super) fn all(&self) -> impl Iterator<Item = &Ban> {
        self.0.iter()
    }

    pub(super) fn is_in_force(&self, md5: Md5) -> bool {
        self.all().any(|ban| ban.md5 == md5 && ban.enabled)
    }

    /// Makes a ban what it is to be, and writes that down.
    pub(super) fn set(&mut self, md5: Md5, text: &str, enabled: bool, at: i64) {
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
