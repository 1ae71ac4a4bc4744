//! A process that runs on a host, as its sensor lists it.

use jiff::Timestamp;

use crate::model::{Document, ProcessId};
use crate::text::Untrusted;

/// A running process of a host. The time is on the host's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct HostProcess {
    pub pid: u32,
    pub parent_pid: Option<u32>,
    /// The GUID, by which the server's records of the process are found.
    pub id: Option<ProcessId>,
    pub parent: Option<ProcessId>,
    /// Empty for the system's own processes.
    pub path: Untrusted,
    pub command_line: Untrusted,
    pub user: Untrusted,
    pub sid: Untrusted,
    pub started: Option<Timestamp>,
    pub document: Document,
}

impl HostProcess {
    /// Returns the file name of the executable; the first word of the command line if the path is not known.
    pub fn name(&self) -> Untrusted {
        let path = self.path.raw();
        let path = if path.is_empty() { self.command_line.raw().split(' ').next().unwrap_or_default() } else { path };
        path.rsplit(['\\', '/']).next().unwrap_or(path).into()
    }
}
