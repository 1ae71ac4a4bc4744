//! Events of a process: the scripted ones of scenarios, and others that are generated on demand.
//!
//! Every list has the length stated by the documents of the process; a segment has its share of each (see `counts`).

mod name;
mod objects;
mod process_events;
mod spread;

use std::borrow::Cow;

pub(crate) use name::Name;
pub(crate) use objects::{derived_md5, file_type};

use super::{
    Binary,
    process::{FactSource, Process},
    traces::Link,
};
use crate::model::ProcessId;
use objects::file_hash;
use spread::Share;

const SALT_HIDDEN: u64 = 0x9416;

/// Events of one kind with their times, the oldest first.
pub(crate) type EventList<T> = Vec<(i64, T)>;

/// Events of a process or of one of its segments; times in milliseconds since 1970, host's clock.
pub(crate) struct Events<'w> {
    pub(crate) modules: EventList<Module<'w>>,
    pub(crate) files: EventList<FileChange<'w>>,
    pub(crate) keys: EventList<KeyChange<'w>>,
    pub(crate) links: EventList<Connection<'w>>,
    pub(crate) children: EventList<Child<'w>>,
    pub(crate) crossings: EventList<CrossProcess<'w>>,
    pub(crate) blocks: EventList<&'w str>,
    pub(crate) scripts: EventList<Cow<'w, str>>,
}

/// Load of a library or of the executable itself.
pub(crate) struct Module<'w> {
    pub(crate) path: Name<'w>,
    /// `None` if the file is no binary of the world.
    pub(crate) file: Option<&'w Binary>,
}

impl<'w> Module<'w> {
    /// Returns the MD5, derived from the path if the file is no binary of the world.
    pub(crate) fn md5(&self) -> Cow<'w, str> {
        file_hash(self.file, &self.path.to_string())
    }
}

/// Change of a file.
pub(crate) struct FileChange<'w> {
    /// 1 created, 2 first write, 4 deleted, 8 last write.
    pub(crate) action: u8,
    pub(crate) path: Name<'w>,
    pub(crate) is_tamper: bool,
}

/// Change of a registry key.
pub(crate) struct KeyChange<'w> {
    /// 1 key created, 2 first write, 4 key deleted, 8 value deleted.
    pub(crate) action: u8,
    pub(crate) path: Name<'w>,
}

/// Network connection with both its ends.
pub(crate) struct Connection<'w> {
    pub(crate) link: Link<'w>,
    pub(crate) local_port: u16,
    pub(crate) is_outbound: bool,
    pub(crate) has_proxy: bool,
}

/// Start or end of a child.
#[derive(Clone, Copy)]
pub(crate) struct Child<'w> {
    pub(crate) child: ChildRef<'w>,
    pub(crate) is_start: bool,
}

/// Child that has a document, or was hidden by the sensor.
#[derive(Clone, Copy)]
pub(crate) enum ChildRef<'w> {
    Known(Process<'w>),
    /// A process that the sensor's filtering hid.
    Hidden(Hidden),
}

/// Child that has no document.
#[derive(Clone, Copy)]
pub(crate) struct Hidden {
    pub(crate) id: ProcessId,
    pub(crate) pid: u32,
    pub(crate) at: i64,
}

/// Cross-process event: one process opens another or starts a thread in it.
pub(crate) struct CrossProcess<'w> {
    /// `process_open`, `thread_open` or `remote_thread`.
    pub(crate) access_kind: &'w str,
    pub(crate) other: Process<'w>,
    pub(crate) access: u32,
    /// Whether the other process acts and this one is the target.
    pub(crate) is_target: bool,
}

impl<'w> Process<'w> {
    /// Returns the events of `segment`, or all if it is `None`.
    pub(crate) fn events(self, segment: Option<u32>) -> Events<'w> {
        let share = Share {
            index: usize::try_from(segment.unwrap_or(0)).unwrap_or(0),
            count: match segment {
                Some(_) => usize::try_from(self.segments()).unwrap_or(1).max(1),
                None => 1,
            },
        };
        let (starts, ends) = self.child_events();
        let mut children = share.take_share(starts);
        children.extend(share.take_share(ends));
        children.sort_by_key(|(at, _)| *at);
        Events {
            modules: share.take_share(self.module_events()),
            files: share.take_share(self.file_events()),
            keys: share.take_share(self.key_events()),
            links: share.take_share(self.link_events()),
            children,
            crossings: share.take_share(self.crossing_events()),
            blocks: share.take_share(self.block_events()),
            scripts: share.take_share(self.script_events()),
        }
    }

    /// Returns the child that the sensor's filtering hid, if there is one.
    pub(crate) fn hidden_child(self) -> Option<Hidden> {
        let mut rng = self.rng(SALT_HIDDEN);
        let is_shell = matches!(self.name(), "cmd.exe" | "powershell.exe" | "sh" | "bash");
        if self.is_scenario() || !is_shell || !rng.is_one_in(11) {
            return None;
        }
        let pid = 40_000 + 4 * u32::try_from(rng.next_below(5_000)).unwrap_or(0);
        let started = self.id().0 & u128::from(u64::MAX);
        let created = u64::try_from(started).unwrap_or(0) + 1_000_000;
        Some(Hidden { id: ProcessId::new(self.host().id, pid, created), pid, at: self.start() + 100 })
    }

    /// Returns the number of fileless scripts that the process ran.
    pub(super) fn script_count(self) -> usize {
        match self.source {
            FactSource::Scenario(scripted) => scripted.scripts.len(),
            FactSource::Background(_, template) => usize::from(template.name == "powershell.exe"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;

    #[test]
    fn every_list_is_as_long_as_the_documents_say() {
        let world = world(3_000);
        for process in world.processes() {
            let totals = process.event_counts();
            let n_segments = process.segments();
            let segments = (0..n_segments).map(|segment| (Some(segment), process.segment_event_counts(segment)));
            for (segment, counts) in segments.chain([(None, totals)]) {
                let events = process.events(segment);
                let starts = events.children.iter().filter(|(_, child)| child.is_start).count();
                let lengths = [
                    events.modules.len(),
                    events.files.len(),
                    events.keys.len(),
                    events.links.len(),
                    starts,
                    events.crossings.len(),
                    events.blocks.len(),
                    events.scripts.len(),
                ];
                let expected = [
                    counts.modload,
                    counts.filemod,
                    counts.regmod,
                    counts.netconn,
                    counts.childproc,
                    counts.crossproc,
                    counts.processblock,
                    counts.fileless,
                ];
                let lengths = lengths.map(|len| u64::try_from(len).unwrap());
                assert_eq!(lengths, expected, "{} {segment:?}", process.id());
            }
        }
    }

    #[test]
    fn everything_happens_while_the_process_lives() {
        let world = world(1_000);
        for process in world.processes() {
            let events = process.events(None);
            let times = events.links.iter().map(|(at, _)| *at);
            let times = times.chain(events.modules.iter().map(|(at, _)| *at));
            for at in times {
                assert!((process.start()..=process.end()).contains(&at), "{}", process.id());
            }
        }
    }
}
