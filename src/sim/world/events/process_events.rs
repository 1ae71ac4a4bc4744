//! Children, other processes, bans and scripts, event by event.

use std::borrow::Cow;

use super::super::{
    process::{FactSource, Process},
    scenario::{Crossing, ScriptedProcess, Trace},
};
use super::{Child, EventList, Reach, Who, spread::sort_by_time};

/// What a process may do with another that it has opened for everything.
const ALL_ACCESS: u32 = 0x1f_ffff;

impl<'w> Process<'w> {
    /// Those that began, and those whose end it lived to see.
    pub(super) fn child_events(self) -> (EventList<Child<'w>>, EventList<Child<'w>>) {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for child in self.children() {
            let who = Who::Known(child);
            starts.push((child.start(), Child { child: who, is_start: true }));
            if child.has_ended() && child.end() <= self.end() {
                ends.push((child.end(), Child { child: who, is_start: false }));
            }
        }
        if let Some(hidden) = self.hidden_child() {
            let who = Who::Hidden(hidden);
            starts.push((hidden.at, Child { child: who, is_start: true }));
        }
        (sort_by_time(starts), sort_by_time(ends))
    }

    /// What it did to others, and others did to it.
    pub(super) fn crossing_events(self) -> EventList<Reach<'w>> {
        let world = self.world;
        let mut list = Vec::new();
        let mut reach = |by: &'w ScriptedProcess, other: Option<Self>, crossing: &'w Crossing, is_target| {
            let default = match crossing.access_kind.as_str() {
                "remote_thread" => 0,
                _ => ALL_ACCESS,
            };
            list.extend(other.map(|other| {
                let reach = Reach {
                    access_kind: &crossing.access_kind,
                    other,
                    access: crossing.access.unwrap_or(default),
                    is_target,
                };
                (by.start + crossing.offset, reach)
            }));
        };
        if let FactSource::Scenario(told) = self.source {
            for crossing in &told.crossings {
                reach(told, world.process(crossing.target), crossing, false);
            }
        }
        for (number, told) in world.scenario_numbers().zip(&world.scenario) {
            let to_this = told.crossings.iter().filter(|one| one.target == self.number());
            for crossing in to_this {
                reach(told, world.process(number), crossing, true);
            }
        }
        sort_by_time(list)
    }

    pub(super) fn block_events(self) -> EventList<&'w str> {
        let FactSource::Scenario(told) = self.source else {
            return Vec::new();
        };
        let at = |trace: &'w Trace| (told.start + trace.offset, &*trace.target);
        sort_by_time(told.blocks.iter().map(at).collect())
    }

    pub(super) fn script_events(self) -> EventList<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(told) => {
                let at = |trace: &'w Trace| (told.start + trace.offset, Cow::Borrowed(&*trace.target));
                sort_by_time(told.scripts.iter().map(at).collect())
            }
            FactSource::Background(..) => {
                (0..self.script_count()).map(|_| (self.start() + 400, self.cmdline())).collect()
            }
        }
    }
}
