//! The bytes that an attempt has kept of a file of a host, with the record of what they are: they are continued only by the
//! bytes of this very file.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Error;
use crate::model::{Md5, SensorId};
use crate::storage::{FileError, NewFile};

/// Which file of which host bytes are from, and from which byte on. Times are on the host's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSource {
    /// The URL of the server.
    pub server: String,
    pub sensor: SensorId,
    /// The path on the host.
    pub path: String,
    /// The first byte.
    pub offset: u64,
    /// The size of the file in bytes; `None` if the host has not listed it.
    pub size: Option<u64>,
    pub created: Option<Timestamp>,
    pub written: Option<Timestamp>,
}

/// The record beside the kept bytes.
#[derive(Serialize, Deserialize)]
pub(super) struct PartRecord {
    pub(super) source: FileSource,
    /// The number of bytes.
    pub(super) received: u64,
    pub(super) md5: Md5,
}

/// Bytes that were kept for the next attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPart {
    pub path: PathBuf,
    /// The number of bytes.
    pub received: u64,
}

/// Returns the path of the bytes that an earlier attempt has kept.
pub fn part_path(path: &Path) -> PathBuf {
    with_suffix(path, ".part")
}

fn record_path(path: &Path) -> PathBuf {
    with_suffix(path, ".part.json")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Deletes the kept bytes of a file that is complete without them.
pub(super) fn remove(path: &Path) {
    for path in [part_path(path), record_path(path)] {
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("cannot remove {}: {error}", path.display());
        }
    }
}

impl FileSource {
    /// Describes how a file differs from this one, whose first bytes are there; `None` if it is known not to.
    pub fn difference(&self, now: &Self) -> Option<String> {
        let changed = |what: &str| Some(format!("{what} has changed"));
        if self.server != now.server {
            return Some(format!("it is from {}", self.server));
        }
        if self.sensor != now.sensor {
            return Some(format!("it is from sensor {}", self.sensor));
        }
        if self.path != now.path {
            return Some(format!("it is {}", self.path));
        }
        if self.offset != now.offset {
            return Some(format!("it begins at byte {}", self.offset));
        }
        if self.size.is_none() || now.size.is_none() {
            return Some("the host does not tell whether the file is still the same".to_owned());
        }
        if self.size != now.size {
            return changed("the size of the file");
        }
        if (self.created, self.written) != (now.created, now.written) {
            return changed("the time of the file");
        }
        None
    }
}

impl PartRecord {
    /// Reads the record beside the kept bytes of `path`.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let record = record_path(path);
        let json = fs::read(&record).map_err(|error| FileError::new("read", &record, &error))?;
        Ok(serde_json::from_slice(&json).map_err(|error| FileError::new("read", &record, &error))?)
    }

    /// Writes the record beside the kept bytes of `path`, in place of an older one.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let path = record_path(path);
        let failed = |error: io::Error| FileError::new("write", &path, &error);
        let mut file = NewFile::replacing(&path)?;
        let json = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        file.write_all(&json).map_err(failed)?;
        file.persist()?;
        Ok(())
    }
}
