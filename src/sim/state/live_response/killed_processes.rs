//! The processes that commands have ended.

use crate::model::ProcessId;
use crate::sim::state::append_list::AppendList;

/// The processes that commands have ended, with the times.
#[derive(Debug, Default)]
pub(in crate::sim) struct KilledProcesses(AppendList<(ProcessId, i64)>);

impl KilledProcesses {
    /// Records the end of a process, at a time in milliseconds since 1970, host's clock.
    pub(in crate::sim) fn add(&self, id: ProcessId, at: i64) {
        self.0.push((id, at));
    }

    /// Returns when a command has ended a process; `None` if none has.
    pub(in crate::sim) fn end(&self, id: impl FnOnce() -> ProcessId) -> Option<i64> {
        let mut killed = self.0.iter().peekable();
        killed.peek()?;
        let id = id();
        killed.find_map(|(known, at)| (*known == id).then_some(*at))
    }

    /// Returns how many there are, which serves as the revision.
    pub(in crate::sim) fn count(&self) -> usize {
        self.0.iter().count()
    }
}
