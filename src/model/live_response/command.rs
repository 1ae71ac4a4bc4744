//! Commands for the sensor of a host.

use super::{RegistryData, RegistryType, StoredFileId};

/// A command of Live Response with its arguments. Paths and keys are those of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveCommand {
    ListProcesses,
    Kill {
        pid: u32,
    },
    Execute {
        command_line: String,
        wait: ExecuteWait,
        /// The file on the host that the output is written to.
        output_file: Option<String>,
    },
    GetFile {
        path: String,
        /// The first byte to fetch.
        offset: u64,
        /// How many bytes to fetch; `None`: all.
        count: Option<u64>,
    },
    PutFile {
        path: String,
        /// The uploaded file.
        file: StoredFileId,
    },
    DeleteFile {
        path: String,
    },
    ListDirectory {
        /// Ends in a separator or has a wildcard.
        pattern: String,
    },
    CreateDirectory {
        path: String,
    },
    ListKey {
        key: String,
    },
    QueryValue {
        /// Key, backslash and name.
        value: String,
    },
    /// Creates a registry value, or replaces one.
    SetValue {
        value: String,
        kind: RegistryType,
        data: RegistryData,
    },
    CreateKey {
        key: String,
    },
    DeleteKey {
        key: String,
    },
    DeleteValue {
        value: String,
    },
    /// Dumps the memory into a zip archive; `.zip` is added to the path.
    DumpMemory {
        path: String,
    },
}

/// Whether a command that runs a program waits until it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecuteWait {
    UntilEnd,
    No,
}

/// The kinds of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum LiveCommandKind {
    ListProcesses,
    Kill,
    Execute,
    GetFile,
    PutFile,
    DeleteFile,
    ListDirectory,
    CreateDirectory,
    ListKey,
    QueryValue,
    SetValue,
    CreateKey,
    DeleteKey,
    DeleteValue,
    DumpMemory,
}

impl LiveCommandKind {
    /// Returns the server's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ListProcesses => "process list",
            Self::Kill => "kill",
            Self::Execute => "create process",
            Self::GetFile => "get file",
            Self::PutFile => "put file",
            Self::DeleteFile => "delete file",
            Self::ListDirectory => "directory list",
            Self::CreateDirectory => "create directory",
            Self::ListKey => "reg enum key",
            Self::QueryValue => "reg query value",
            Self::SetValue => "reg set value",
            Self::CreateKey => "reg create key",
            Self::DeleteKey => "reg delete key",
            Self::DeleteValue => "reg delete value",
            Self::DumpMemory => "memdump",
        }
    }

    /// Whether the command leaves the host as it is.
    pub fn only_reads(self) -> bool {
        match self {
            Self::ListProcesses | Self::GetFile | Self::ListDirectory | Self::ListKey | Self::QueryValue => true,
            Self::Kill
            | Self::Execute
            | Self::PutFile
            | Self::DeleteFile
            | Self::CreateDirectory
            | Self::SetValue
            | Self::CreateKey
            | Self::DeleteKey
            | Self::DeleteValue
            | Self::DumpMemory => false,
        }
    }
}

impl LiveCommand {
    /// Returns the kind.
    pub fn kind(&self) -> LiveCommandKind {
        match self {
            Self::ListProcesses => LiveCommandKind::ListProcesses,
            Self::Kill { .. } => LiveCommandKind::Kill,
            Self::Execute { .. } => LiveCommandKind::Execute,
            Self::GetFile { .. } => LiveCommandKind::GetFile,
            Self::PutFile { .. } => LiveCommandKind::PutFile,
            Self::DeleteFile { .. } => LiveCommandKind::DeleteFile,
            Self::ListDirectory { .. } => LiveCommandKind::ListDirectory,
            Self::CreateDirectory { .. } => LiveCommandKind::CreateDirectory,
            Self::ListKey { .. } => LiveCommandKind::ListKey,
            Self::QueryValue { .. } => LiveCommandKind::QueryValue,
            Self::SetValue { .. } => LiveCommandKind::SetValue,
            Self::CreateKey { .. } => LiveCommandKind::CreateKey,
            Self::DeleteKey { .. } => LiveCommandKind::DeleteKey,
            Self::DeleteValue { .. } => LiveCommandKind::DeleteValue,
            Self::DumpMemory { .. } => LiveCommandKind::DumpMemory,
        }
    }

    /// Returns what the command is about: a path, a key or a command line; the number of a process for `kill`.
    pub fn object(&self) -> Option<String> {
        match self {
            Self::ListProcesses => None,
            Self::Kill { pid } => Some(pid.to_string()),
            Self::Execute { command_line, .. } => Some(command_line.clone()),
            Self::ListDirectory { pattern } => Some(pattern.clone()),
            Self::GetFile { path, .. }
            | Self::PutFile { path, .. }
            | Self::DeleteFile { path }
            | Self::CreateDirectory { path }
            | Self::DumpMemory { path } => Some(path.clone()),
            Self::ListKey { key } | Self::CreateKey { key } | Self::DeleteKey { key } => Some(key.clone()),
            Self::QueryValue { value } | Self::SetValue { value, .. } | Self::DeleteValue { value } => {
                Some(value.clone())
            }
        }
    }
}
