//! Children, other processes, bans and scripts, event by event.

use std::borrow::Cow;

use super::super::{
    process::{Process, Source},
    scenario::{Crossing, Told, Trace},
};
use super::{Child, List, Reach, Who, spread::sorted};

/// What a process may do with another that it has opened for everything.
const ALL_ACCESS: u32 = 0x1f_ffff;

impl<'w> Process<'w> {
    /// Those that began, and those whose end it lived to see.
    pub(super) fn child_events(self) -> (List<Child<'w>>, List<Child<'w>>) {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for child in self.children() {
            let who = Who::Known(child);
            starts.push((child.start(), Child { who, is_start: true }));
            if child.has_ended() && child.end() <= self.end() {
                ends.push((child.end(), Child { who, is_start: false }));
            }
        }
        if let Some(hidden) = self.hidden_child() {
            let who = Who::Hidden(hidden);
            starts.push((hidden.at, Child { who, is_start: true }));
        }
        (sorted(starts), sorted(ends))
    }

    /// What it did to others, and others did to it.
    pub(super) fn crossing_events(self) -> List<Reach<'w>> {
        let world = self.world;
        let mut list = Vec::new();
        let mut reach = |by: &'w Told, other: Option<Self>, crossing: &'w Crossing, is_target| {
            let default = match crossing.how.as_str() {
                "remote_thread" => 0,
                _ => ALL_ACCESS,
            };
            list.extend(other.map(|other| {
                let reach = Reach { how: &crossing.how, other, access: crossing.access.unwrap_or(default), is_target };
                (by.start + crossing.after, reach)
            }));
        };
        if let Source::Told(told) = self.source {
            for crossing in &told.crossprocs {
                reach(told, world.process(crossing.target), crossing, false);
            }
        }
        for (number, told) in world.stories().zip(&world.told) {
            let to_this = told.crossprocs.iter().filter(|one| one.target == self.number());
            for crossing in to_this {
                reach(told, world.process(number), crossing, true);
            }
        }
        sorted(list)
    }

    pub(super) fn block_events(self) -> List<&'w str> {
        let Source::Told(told) = self.source else {
            return Vec::new();
        };
        let at = |trace: &'w Trace| (told.start + trace.after, &*trace.what);
        sorted(told.blocks.iter().map(at).collect())
    }

    pub(super) fn script_events(self) -> List<Cow<'w, str>> {
        match self.source {
            Source::Told(told) => {
                let at = |trace: &'w Trace| (told.start + trace.after, Cow::Borrowed(&*trace.what));
                sorted(told.scripts.iter().map(at).collect())
            }
            Source::Drawn(..) => (0..self.script_count()).map(|_| (self.start() + 400, self.cmdline())).collect(),
        }
    }
}
