//! How much a process did: event counts, of the whole and of each segment.

use super::{
    process::{Process, SALT_EVENTS, Source},
    rng::Dice,
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
    pub(crate) fn counts(self) -> Counts {
        match self.source {
            Source::Told(told) => {
                Counts {
                    // The first is the program itself.
                    modload: 1 + count(told.modules.len()) + told.more_modules,
                    // Each is created and closed.
                    filemod: 2 * count(told.files.len()) + told.more_files + count(told.tampers.len()),
                    regmod: count(told.keys.len()) + told.more_keys,
                    netconn: count(told.network.len()) + told.beacons,
                    childproc: self.told_children(),
                    crossproc: count(told.crossprocs.len()) + self.told_crossings(),
                    processblock: count(told.blocks.len()),
                    fileless: count(self.script_count()),
                }
            }
            Source::Drawn(skeleton, kind) => {
                let mut dice = self.dice(SALT_EVENTS);
                let busy = if kind.is_boot { 40 } else { 4 };
                // Each thing that can be searched for at least once.
                let some = |dice: &mut Dice, has: usize| match has {
                    0 => 0,
                    has => count(has) + dice.below(busy),
                };
                Counts {
                    modload: 1 + count(self.loaded().len()),
                    filemod: some(&mut dice, kind.files.len()),
                    regmod: some(&mut dice, kind.keys.len()),
                    netconn: some(&mut dice, self.links().len()),
                    childproc: u64::from(skeleton.children)
                        + self.told_children()
                        + u64::from(self.hidden_child().is_some()),
                    crossproc: self.told_crossings(),
                    processblock: 0,
                    fileless: count(self.script_count()),
                }
            }
        }
    }

    /// The events of one segment: its share of the whole.
    pub(crate) fn segment_counts(self, segment: u32) -> Counts {
        let all = u64::from(self.segments()).max(1);
        let nth = u64::from(segment);
        let whole = self.counts();
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
    fn told_crossings(self) -> u64 {
        self.world.index.crossings(self.number())
    }

    /// How many processes of the stories it started.
    fn told_children(self) -> u64 {
        count(self.world.index.children(self.number()).len())
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(0)
}
