//! Event store: partitions that are written, searched, unmounted or deleted (reference 2.15).

use std::collections::BTreeMap;

use super::DAY;
use crate::sim::{format, world::World};

/// Name of the partition that is written.
const WRITER_NAME: &str = "writer";
/// Time range of a partition.
const SPAN_DAYS: i64 = 3;
/// Approximate size of a document.
const DOCUMENT_BYTES: u64 = 1_361;

/// Partitions by name.
#[derive(Debug, Default)]
pub(crate) struct EventStore(BTreeMap<String, Partition>);

/// Partition of the event store; times in milliseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Partition {
    pub(crate) directory: String,
    pub(crate) start: i64,
    /// `None` while it is written.
    pub(crate) end: Option<i64>,
    pub(crate) documents: u64,
    pub(crate) segments: u64,
    /// Whether it is unmounted: on disk, but not searched.
    pub(crate) is_cold: bool,
    /// Whether a user mounted it again.
    pub(crate) is_user_mounted: bool,
}

/// Why a change of a partition was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    /// The partition does not exist.
    Unknown,
    /// The partition is being written, or is already in the requested state.
    Conflict,
}

impl Partition {
    /// Returns the approximate size.
    pub(crate) fn bytes(&self) -> u64 {
        self.documents * DOCUMENT_BYTES
    }

    /// Returns the status shown in lists: `hot`, `warm` or `cold`.
    pub(crate) fn status(&self) -> &'static str {
        match self.end {
            None => "hot",
            Some(_) if self.is_cold => "cold",
            Some(_) => "warm",
        }
    }
}

impl EventStore {
    /// Creates the writer and four older partitions of three days each.
    pub(super) fn from_world(world: &World) -> Self {
        let ages = [1, 4, 7, 10, 13];
        let share = world.n_documents() / 5;
        let partition = |(at, age): (u64, i64)| {
            let from = world.now - age * DAY;
            let until = (at > 0).then(|| from + SPAN_DAYS * DAY);
            let partition = Partition {
                directory: partition_name(from),
                start: from,
                end: until,
                documents: share,
                segments: 4 + at,
                is_cold: false,
                is_user_mounted: false,
            };
            let name = until.map_or(WRITER_NAME.into(), |_| partition.directory.clone());
            (name, partition)
        };
        Self((0..).zip(ages).map(partition).collect())
    }

    /// Returns all partitions with their names.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (&String, &Partition)> {
        self.0.iter()
    }

    /// Closes the writer at a time in milliseconds since 1970 and starts a new one.
    pub(crate) fn roll_over(&mut self, now: i64) {
        let mut directory = partition_name(now);
        // Directory names contain the time in minutes.
        while self.0.values().any(|part| part.directory == directory) {
            directory.push_str("_1");
        }
        let new = Partition {
            directory,
            start: now,
            end: None,
            documents: 0,
            segments: 0,
            is_cold: false,
            is_user_mounted: false,
        };
        if let Some(mut old) = self.0.insert(WRITER_NAME.into(), new) {
            old.end = Some(now);
            self.0.insert(old.directory.clone(), old);
        }
    }

    /// Mounts an unmounted partition.
    pub(crate) fn mount(&mut self, name: &str) -> Result<(), StoreError> {
        let partition = self.closed_partition(name)?;
        if !partition.is_cold {
            return Err(StoreError::Conflict);
        }
        partition.is_cold = false;
        partition.is_user_mounted = true;
        Ok(())
    }

    /// Unmounts a partition, which is then not searched.
    pub(crate) fn unmount(&mut self, name: &str) -> Result<(), StoreError> {
        let partition = self.closed_partition(name)?;
        if partition.is_cold {
            return Err(StoreError::Conflict);
        }
        partition.is_cold = true;
        partition.is_user_mounted = false;
        Ok(())
    }

    /// Deletes a partition.
    pub(crate) fn erase(&mut self, name: &str) -> Result<(), StoreError> {
        self.closed_partition(name)?;
        self.0.remove(name);
        Ok(())
    }

    /// Returns a partition that is not being written.
    fn closed_partition(&mut self, name: &str) -> Result<&mut Partition, StoreError> {
        let partition = self.0.get_mut(name).ok_or(StoreError::Unknown)?;
        match partition.end {
            Some(_) => Ok(partition),
            None => Err(StoreError::Conflict),
        }
    }
}

/// Formats the name of a partition by its start: `cbevents_2021_03_03_2031`.
fn partition_name(from: i64) -> String {
    let stamp = format::timestamp(from).strftime("%Y_%m_%d_%H%M");
    format!("cbevents_{stamp}")
}
