//! How much a process did: event counts, of the whole and of each segment.

use super::{
    process::{FactSource, Process, SALT_EVENTS},
    rng::Rng,
};

/// How many events of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) modload: u64,
    pub(crate) filemod: u64,
    pub(crate) regmod: u64,
    pub(crate) netconn: u64,
    pub(crate) childproc: u64,
    pub(crate) crossproc: u64,
    pub(crate) processblock: u64,
    /// Servers before 7.0 do not know them.
    pub(crate) fileless: u64,
}

impl Process<'_> {
    /// The events of the whole process.
    pub(crate) fn event_counts(self) -> Counts {
        match self.source {
            FactSource::Scenario(told) => {
                Counts {
                    // The first is the program itself.
                    modload: 1 + to_u64(told.modules.len()) + told.more_modules,
                    // Each is created and closed.
                    filemod: 2 * to_u64(told.files.len()) + told.more_files + to_u64(told.tampers.len()),
                    regmod: to_u64(told.keys.len()) + told.more_keys,
                    netconn: to_u64(told.network.len()) + told.beacons,
                    childproc: self.scenario_children(),
                    crossproc: to_u64(told.crossings.len()) + self.scenario_crossings(),
                    processblock: to_u64(told.blocks.len()),
                    fileless: to_u64(self.script_count()),
                }
            }
            FactSource::Background(skeleton, kind) => {
                let mut dice = self.rng(SALT_EVENTS);
                let busy = if kind.is_boot { 40 } else { 4 };
                // Each thing that can be searched for at least once.
                let some = |dice: &mut Rng, has: usize| match has {
                    0 => 0,
                    has => to_u64(has) + dice.next_below(busy),
                };
                Counts {
                    modload: 1 + to_u64(self.loaded_binaries().len()),
                    filemod: some(&mut dice, kind.files.len()),
                    regmod: some(&mut dice, kind.keys.len()),
                    netconn: some(&mut dice, self.connections().len()),
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

    /// The events of one segment: its share of the whole.
    pub(crate) fn segment_event_counts(self, segment: u32) -> Counts {
        let all = u64::from(self.segments()).max(1);
        let nth = u64::from(segment);
        let whole = self.event_counts();
        let share = |count: u64| count * (nth + 1) / all - count * nth / all;
        Counts {
            modload: share(whole.modload),
            filemod: share(whole.filemod),
            regmod: share(whole.regmod),
            netconn: share(whole.netconn),
            childproc: share(whole.childproc),
            crossproc: share(whole.crossproc),
            processblock: share(whole.processblock),
            fileless: share(whole.fileless),
        }
    }

    /// How often processes of the stories reached into it.
    fn scenario_crossings(self) -> u64 {
        self.world.process_index.crossings(self.number())
    }

    /// How many processes of the stories it started.
    fn scenario_children(self) -> u64 {
        to_u64(self.world.process_index.children(self.number()).len())
    }
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(0)
}
