//! Events of children, other processes, bans and scripts.

use std::borrow::Cow;

use super::super::{
    process::{FactSource, Process},
    scenario::{Crossing, ScriptedProcess, Trace},
};
use super::{Child, ChildRef, CrossProcess, EventList, spread::sort_by_time};

/// Access mask `PROCESS_ALL_ACCESS` of Windows.
const ALL_ACCESS: u32 = 0x1f_ffff;

impl<'w> Process<'w> {
    /// Returns the starts of all children, and the ends of those that ended no later than this process.
    pub(super) fn child_events(self) -> (EventList<Child<'w>>, EventList<Child<'w>>) {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for child in self.children() {
            let child_ref = ChildRef::Known(child);
            starts.push((child.start(), Child { child: child_ref, is_start: true }));
            if child.has_ended() && child.end() <= self.end() {
                ends.push((child.end(), Child { child: child_ref, is_start: false }));
            }
        }
        if let Some(hidden) = self.hidden_child() {
            starts.push((hidden.at, Child { child: ChildRef::Hidden(hidden), is_start: true }));
        }
        (sort_by_time(starts), sort_by_time(ends))
    }

    /// Returns the cross-process events with this process as their actor or target.
    pub(super) fn crossing_events(self) -> EventList<CrossProcess<'w>> {
        let world = self.world;
        let mut list = Vec::new();
        let mut add = |actor: &'w ScriptedProcess, other: Option<Self>, crossing: &'w Crossing, is_target| {
            let default = match crossing.access_kind.as_str() {
                "remote_thread" => 0,
                _ => ALL_ACCESS,
            };
            list.extend(other.map(|other| {
                let event = CrossProcess {
                    access_kind: &crossing.access_kind,
                    other,
                    access: crossing.access.unwrap_or(default),
                    is_target,
                };
                (actor.start + crossing.offset, event)
            }));
        };
        if let FactSource::Scenario(scripted) = self.source {
            for crossing in &scripted.crossings {
                add(scripted, world.process(crossing.target), crossing, false);
            }
        }
        for (number, scripted) in world.scenario_numbers().zip(&world.scenario) {
            for crossing in scripted.crossings.iter().filter(|crossing| crossing.target == self.number()) {
                add(scripted, world.process(number), crossing, true);
            }
        }
        sort_by_time(list)
    }

    pub(super) fn block_events(self) -> EventList<&'w str> {
        let FactSource::Scenario(scripted) = self.source else {
            return Vec::new();
        };
        let at = |trace: &'w Trace| (scripted.start + trace.offset, &*trace.target);
        sort_by_time(scripted.blocks.iter().map(at).collect())
    }

    pub(super) fn script_events(self) -> EventList<Cow<'w, str>> {
        match self.source {
            FactSource::Scenario(scripted) => {
                let at = |trace: &'w Trace| (scripted.start + trace.offset, Cow::Borrowed(&*trace.target));
                sort_by_time(scripted.scripts.iter().map(at).collect())
            }
            FactSource::Background(..) => {
                (0..self.script_count()).map(|_| (self.start() + 400, self.cmdline())).collect()
            }
        }
    }
}
