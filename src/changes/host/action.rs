//! What is done on a host.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::changes::{members, operation::NOTHING_LOGGED};
use crate::model::{ExecuteWait, LiveCommand, Md5, RegistryData, RegistryType, RegistryValue, StoredFileId};
use crate::text::Untrusted;

/// A change of a host. Paths and keys are those of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostCommand {
    /// Ends a process.
    Kill {
        pid: u32,
        /// When it was started, by the host's clock: the number of a process that has ended is used again.
        started: Option<Timestamp>,
    },
    /// Runs a program.
    Execute {
        command_line: String,
        /// The file on the host that gets what the program prints; `None` to not wait for its end.
        output_file: Option<String>,
    },
    /// Writes a new file.
    PutFile(NewHostFile),
    /// Deletes a file or an empty directory.
    DeleteFile {
        path: String,
        #[serde(default, skip_serializing_if = "ExpectedEntry::is_any")]
        expected: ExpectedEntry,
    },
    CreateDirectory {
        path: String,
    },
    /// Creates a registry value, or replaces one.
    SetValue {
        /// Key, backslash and name.
        value: String,
        /// `REG_SZ` and others.
        kind: String,
        /// A number, a text or a list of texts.
        data: Value,
    },
    DeleteValue {
        value: String,
    },
    CreateKey {
        key: String,
    },
    /// Deletes a registry key with its values.
    DeleteKey {
        key: String,
    },
    /// Writes the memory of the host to a new file there.
    DumpMemory {
        /// The path of the file without the `.zip` that the sensor adds.
        path: String,
    },
    /// Closes the session with the host, for all users that share it.
    CloseSession {
        session: u64,
    },
}

/// A file to be written to a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHostFile {
    /// The path on the host.
    pub path: String,
    /// The name of the file here, without its path.
    pub name: String,
    #[serde(flatten)]
    pub hash: FileHash,
    /// Never written to the audit log.
    #[serde(skip)]
    pub content: FileContent,
}

/// Size and hash of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// In bytes.
    pub size: u64,
    pub md5: Md5,
}

/// What may be deleted under a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedEntry {
    #[default]
    Any,
    Directory,
    /// Only a file with this content.
    #[serde(untagged)]
    File(FileHash),
}

impl ExpectedEntry {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}

/// The bytes of a file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FileContent(pub Arc<[u8]>);

impl fmt::Debug for FileContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The time limit for the session and for the command; `None`: no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandLimit(pub Option<Duration>);

impl Default for CommandLimit {
    fn default() -> Self {
        Self(Some(Duration::from_mins(2)))
    }
}

impl HostCommand {
    /// Returns the verb in the audit log: a name on disk that must stay as it is.
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Kill { .. } => "kill",
            Self::Execute { .. } => "execute",
            Self::PutFile(_) => "put file",
            Self::DeleteFile { .. } => "delete file",
            Self::CreateDirectory { .. } => "create directory",
            Self::SetValue { .. } => "set value",
            Self::DeleteValue { .. } => "delete value",
            Self::CreateKey { .. } => "create key",
            Self::DeleteKey { .. } => "delete key",
            Self::DumpMemory { .. } => "dump memory",
            Self::CloseSession { .. } => "close session",
        }
    }

    /// Returns what is changed: a path, a key, a process or a command line.
    pub(super) fn object(&self) -> String {
        match self {
            Self::Kill { pid, .. } => format!("process {pid}"),
            Self::Execute { command_line, .. } => command_line.clone(),
            Self::PutFile(file) => file.path.clone(),
            Self::DeleteFile { path, .. } | Self::CreateDirectory { path } => path.clone(),
            Self::DumpMemory { .. } => self.dump_path().unwrap_or_default(),
            Self::SetValue { value, .. } | Self::DeleteValue { value } => value.clone(),
            Self::CreateKey { key } | Self::DeleteKey { key } => key.clone(),
            Self::CloseSession { session } => format!("session {session}"),
        }
    }

    /// Returns the path of the file or directory that is changed, if it is one.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::PutFile(NewHostFile { path, .. })
            | Self::DeleteFile { path, .. }
            | Self::CreateDirectory { path }
            | Self::DumpMemory { path } => Some(path),
            _ => None,
        }
    }

    /// Returns the file that a memory dump leaves on the host.
    pub fn dump_path(&self) -> Option<String> {
        match self {
            Self::DumpMemory { path } => Some(format!("{path}.zip")),
            _ => None,
        }
    }

    /// Returns the command for the sensor; `file` is the uploaded file, for a file that is written. `None` for a session
    /// that is closed.
    pub(super) fn command(&self, file: StoredFileId) -> Option<LiveCommand> {
        Some(match self.clone() {
            Self::Kill { pid, .. } => LiveCommand::Kill { pid },
            Self::Execute { command_line, output_file } => LiveCommand::Execute {
                command_line,
                wait: if output_file.is_some() { ExecuteWait::UntilEnd } else { ExecuteWait::No },
                output_file,
            },
            Self::PutFile(new) => LiveCommand::PutFile { path: new.path, file },
            Self::DeleteFile { path, .. } => LiveCommand::DeleteFile { path },
            Self::CreateDirectory { path } => LiveCommand::CreateDirectory { path },
            Self::SetValue { value, kind, data } => {
                LiveCommand::SetValue { value, kind: RegistryType::parse(&kind.into()), data: registry_data(&data) }
            }
            Self::DeleteValue { value } => LiveCommand::DeleteValue { value },
            Self::CreateKey { key } => LiveCommand::CreateKey { key },
            Self::DeleteKey { key } => LiveCommand::DeleteKey { key },
            Self::DumpMemory { path } => LiveCommand::DumpMemory { path },
            Self::CloseSession { .. } => return None,
        })
    }

    /// Returns the state of the target that the change is to achieve, as written to the audit log.
    pub(super) fn desired(&self) -> Value {
        match self {
            Self::Kill { .. } => json!({"process": null}),
            Self::Execute { command_line, .. } => json!({"command_line": command_line}),
            Self::PutFile(new) => json!({"file": {"size": new.hash.size, "md5": new.hash.md5}}),
            Self::DeleteFile { .. } => json!({"file": null}),
            Self::CreateDirectory { path } => json!({"file": {"directory": path}}),
            Self::DumpMemory { .. } => json!({"file": {"dump": self.dump_path()}}),
            Self::SetValue { kind, data, .. } => json!({"value": {"type": kind, "data": data}}),
            Self::DeleteValue { .. } => json!({"value": null}),
            Self::CreateKey { key } => json!({"key": {"path": key}}),
            Self::DeleteKey { .. } => json!({"key": null}),
            Self::CloseSession { .. } => json!({"session": null}),
        }
    }

    /// Returns the action that undoes this one, by the logged state `before` it, or why there is none.
    pub(super) fn inverse(&self, before: &Value) -> Result<Self, &'static str> {
        let old_value = |value: &String| match before.get("value") {
            None => Err(NOTHING_LOGGED),
            Some(Value::Null) => Ok(Self::DeleteValue { value: value.clone() }),
            Some(old) => {
                let kind = members::text(old, "type").ok_or(NOTHING_LOGGED)?;
                Ok(Self::SetValue { value: value.clone(), kind, data: old["data"].clone() })
            }
        };
        match self {
            Self::SetValue { value, .. } | Self::DeleteValue { value } => old_value(value),
            Self::PutFile(new) => {
                Ok(Self::DeleteFile { path: new.path.clone(), expected: ExpectedEntry::File(new.hash) })
            }
            Self::CreateDirectory { path } => {
                Ok(Self::DeleteFile { path: path.clone(), expected: ExpectedEntry::Directory })
            }
            Self::CreateKey { key } => Ok(Self::DeleteKey { key: key.clone() }),
            Self::Kill { .. }
            | Self::Execute { .. }
            | Self::DeleteFile { .. }
            | Self::DeleteKey { .. }
            | Self::DumpMemory { .. }
            | Self::CloseSession { .. } => Err(self.finality().unwrap_or(NOTHING_LOGGED)),
        }
    }

    /// Returns why nothing undoes the action; `None` if something does.
    pub(super) fn finality(&self) -> Option<&'static str> {
        Some(match self {
            Self::Kill { .. } => "a process that has ended does not come back",
            Self::Execute { .. } => "what a program does is not known here",
            Self::DeleteFile { .. } => "a deleted file does not come back; `lampblack lr get` fetches it first",
            Self::DeleteKey { .. } => "a deleted key does not come back; the log has its values",
            Self::DumpMemory { .. } => "the memory of that moment is read only once",
            Self::CloseSession { .. } => "the commands of the session are lost",
            Self::SetValue { .. }
            | Self::DeleteValue { .. }
            | Self::PutFile(_)
            | Self::CreateDirectory { .. }
            | Self::CreateKey { .. } => return None,
        })
    }

    /// Whether a registry value is what the action sets.
    pub(super) fn is_set_in(&self, found: &RegistryValue) -> bool {
        match self {
            Self::SetValue { kind, data, .. } => {
                found.kind == RegistryType::parse(&kind.as_str().into()) && found.data == registry_data(data)
            }
            _ => false,
        }
    }
}

/// Returns the data of a registry value from its JSON.
fn registry_data(data: &Value) -> RegistryData {
    match data {
        Value::Number(number) => {
            number.as_u64().map_or_else(|| RegistryData::Text(number.to_string().into()), RegistryData::Number)
        }
        Value::Array(entries) => {
            RegistryData::List(entries.iter().map(|entry| entry.as_str().unwrap_or_default().into()).collect())
        }
        Value::String(text) => RegistryData::Text(text.as_str().into()),
        other => RegistryData::Text(other.to_string().into()),
    }
}

/// Returns the data of a registry value as JSON.
pub(super) fn registry_json(data: &RegistryData) -> Value {
    match data {
        RegistryData::Number(number) => json!(number),
        RegistryData::Text(text) => json!(text.raw()),
        RegistryData::List(entries) => entries.iter().map(Untrusted::raw).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_made_and_put_is_undone_and_nothing_else() {
        let value = || r"HKLM\a\x".to_owned();
        let set = HostCommand::SetValue { value: value(), kind: "REG_DWORD".into(), data: json!(4) };
        let before = json!({"value": {"type": "REG_SZ", "data": "two"}});
        let old = HostCommand::SetValue { value: value(), kind: "REG_SZ".into(), data: json!("two") };
        assert_eq!(set.inverse(&before), Ok(old.clone()));
        assert_eq!(set.inverse(&json!({"value": null})), Ok(HostCommand::DeleteValue { value: value() }));
        assert!(set.inverse(&Value::Null).is_err());
        assert_eq!(HostCommand::DeleteValue { value: value() }.inverse(&before), Ok(old));
        let hash = FileHash { size: 3, md5: Md5([1; 16]) };
        let path = || r"c:\a".to_owned();
        let put =
            HostCommand::PutFile(NewHostFile { path: path(), name: "a".into(), hash, content: FileContent::default() });
        let delete = |expected| Ok(HostCommand::DeleteFile { path: path(), expected });
        assert_eq!(put.inverse(&Value::Null), delete(ExpectedEntry::File(hash)));
        let make = HostCommand::CreateDirectory { path: path() };
        assert_eq!(make.inverse(&Value::Null), delete(ExpectedEntry::Directory));
        for action in [
            HostCommand::Kill { pid: 4, started: None },
            HostCommand::Execute { command_line: "x".into(), output_file: None },
            HostCommand::DeleteFile { path: path(), expected: ExpectedEntry::Any },
            HostCommand::DumpMemory { path: path() },
            HostCommand::CloseSession { session: 1 },
        ] {
            assert_eq!(action.inverse(&before).err(), action.finality(), "{action:?}");
        }
    }

    #[test]
    fn the_content_of_a_file_is_not_in_the_log() {
        let put = HostCommand::PutFile(NewHostFile {
            path: "/tmp/a".into(),
            name: "a".into(),
            hash: FileHash { size: 3, md5: Md5([1; 16]) },
            content: FileContent(b"abc".as_slice().into()),
        });
        let json = serde_json::to_value(&put).unwrap();
        assert_eq!(json, json!({"put_file": {"path": "/tmp/a", "name": "a", "size": 3, "md5": "01".repeat(16)}}));
        assert!(serde_json::from_value::<HostCommand>(json).is_ok());
    }
}
