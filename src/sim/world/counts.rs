//! Event counts of processes and of their segments.

use super::{
    process::{FactSource, Process, SALT_EVENTS},
    rng::Rng,
};

/// Number of events of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) modload: u64,
    pub(crate) filemod: u64,
    pub(crate) regmod: u64,
    pub(crate) netconn: u64,
    pub(crate) childproc: u64,
    pub(crate) crossproc: u64,
    pub(crate) processblock: u64,
    /// Unknown to servers before 7.0.
    pub(crate) fileless: u64,
}

impl Process<'_> {
    /// Returns the event counts of the process, all segments together.
    pub(crate) fn event_counts(self) -> Counts {
        match self.source {
            FactSource::Scenario(scripted) => {
                Counts {
                    // The first is the executable itself.
                    modload: 1 + to_u64(scripted.modules.len()) + scripted.more_modules,
                    // Each file has a creation and a last write.
                    filemod: 2 * to_u64(scripted.files.len()) + scripted.more_files + to_u64(scripted.tampers.len()),
                    regmod: to_u64(scripted.keys.len()) + scripted.more_keys,
                    netconn: to_u64(scripted.network.len()) + scripted.beacons,
                    childproc: self.scenario_children(),
                    crossproc: to_u64(scripted.crossings.len()) + self.scenario_crossings(),
                    processblock: to_u64(scripted.blocks.len()),
                    fileless: to_u64(self.script_count()),
                }
            }
            FactSource::Background(skeleton, template) => {
                let mut rng = self.rng(SALT_EVENTS);
                let spread = if template.is_boot { 40 } else { 4 };
                // Every object that searches can find has at least one event.
                let count = |rng: &mut Rng, minimum: usize| match minimum {
                    0 => 0,
                    minimum => to_u64(minimum) + rng.next_below(spread),
                };
                Counts {
                    modload: 1 + to_u64(self.loaded_binaries().len()),
                    filemod: count(&mut rng, template.files.len()),
                    regmod: count(&mut rng, template.keys.len()),
                    netconn: count(&mut rng, self.connections().len()),
                    childproc: u64::from(skeleton.children)
                        + self.scenario_children()
                        + u64::from(self.hidden_child().is_some()),
                    crossproc: self.scenario_crossings(),
                    processblock: 0,
                    fileless: to_u64(self.script_count()),
                }
            }
        }
    }

    /// Returns the event counts of one segment, its share of the total.
    pub(crate) fn segment_event_counts(self, segment: u32) -> Counts {
        let segments = u64::from(self.segments()).max(1);
        let nth = u64::from(segment);
        let totals = self.event_counts();
        let share = |count: u64| count * (nth + 1) / segments - count * nth / segments;
        Counts {
            modload: share(totals.modload),
            filemod: share(totals.filemod),
            regmod: share(totals.regmod),
            netconn: share(totals.netconn),
            childproc: share(totals.childproc),
            crossproc: share(totals.crossproc),
            processblock: share(totals.processblock),
            fileless: share(totals.fileless),
        }
    }

    /// Returns how often scenario processes opened the process.
    fn scenario_crossings(self) -> u64 {
        self.world.process_index.crossings(self.number())
    }

    /// Returns how many scenario processes it started.
    fn scenario_children(self) -> u64 {
        to_u64(self.world.process_index.children(self.number()).len())
    }
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(0)
}
