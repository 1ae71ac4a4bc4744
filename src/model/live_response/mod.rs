//! Live Response: interactive sessions on a host, their commands and what these return (API reference 2.17).

mod command;
mod command_run;
mod file_entry;
mod host_process;
mod registry;
mod result_code;
mod session;
mod stored_file;

pub use command::{ExecuteWait, LiveCommand, LiveCommandKind};
pub use command_run::{CommandOutput, CommandResult, CommandRun, CommandRunId, DumpProgress, RunStatus};
pub use file_entry::FileEntry;
pub use host_process::HostProcess;
pub use registry::{RegistryData, RegistryType, RegistryValue};
pub use result_code::ResultCode;
pub use session::{LiveSession, LiveSessionId, LiveStatus};
pub use stored_file::{StoredFile, StoredFileId};
