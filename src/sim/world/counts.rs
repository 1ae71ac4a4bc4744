//! How much a process did: event counts, of the whole and of each segment.

use super::{
    chance::Dice,
    process::{Process, SALT_EVENTS, Source},
    told::Parent,
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
}

impl Process<'_> {
    /// The events of the whole process.
    pub(crate) fn counts(self) -> Counts {
        match self.source {
            Source::Told(told) => {
                let count = |len: usize| u64::try_from(len).unwrap_or(0);
                Counts {
                    modload: count(told.modules.len()),
                    filemod: count(told.files.len()),
                    regmod: count(told.keys.len()),
                    netconn: count(told.network.len()) + told.beacons,
                    childproc: self.told_children(),
                    crossproc: count(told.crossprocs.len()),
                }
            }
            Source::Drawn(skeleton, kind) => {
                let mut dice = self.dice(SALT_EVENTS);
                let busy = if kind.is_boot { 40 } else { 4 };
                let some = |dice: &mut Dice, has: &[String]| {
                    if has.is_empty() {
                        0
                    } else {
                        1 + dice.below(busy)
                    }
                };
                Counts {
                    modload: u64::try_from(self.loaded().len()).unwrap_or(0),
                    filemod: some(&mut dice, &kind.files),
                    regmod: some(&mut dice, &kind.keys),
                    netconn: some(&mut dice, &kind.net),
                    childproc: u64::from(skeleton.children) + self.told_children(),
                    crossproc: 0,
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
        }
    }

    /// How many processes of the stories it started.
    fn told_children(self) -> u64 {
        let parent = Parent::Number(self.number());
        let children = self.world.told.iter().filter(|told| told.parent == parent);
        u64::try_from(children.count()).unwrap_or(0)
    }
}
