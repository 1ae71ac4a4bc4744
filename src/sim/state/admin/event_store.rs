//! The store of events: partitions that are written to, searched, laid aside or erased (reference 2.15).

use std::collections::BTreeMap;

use super::DAY;
use crate::sim::{format, world::World};

/// The partition that is written to.
const WRITER_NAME: &str = "writer";
/// Days that a partition spans.
const SPAN_DAYS: i64 = 3;
/// Bytes of a document, about.
const DOCUMENT_BYTES: u64 = 1_361;

/// All partitions by their names.
#[derive(Debug, Default)]
pub(crate) struct EventStore(BTreeMap<String, Partition>);

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Partition {
    pub(crate) directory: String,
    pub(crate) start: i64,
    /// None while it is written to.
    pub(crate) end: Option<i64>,
    pub(crate) documents: u64,
    pub(crate) segments: u64,
    /// Laid aside: on disk, and not searched.
    pub(crate) is_cold: bool,
    /// Somebody took it back.
    pub(crate) is_user_mounted: bool,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreRefusal {
    /// There is no such partition.
    Unknown,
    /// It is written to, or is so already.
    Conflict,
}

impl Partition {
    /// Its size, about.
    pub(crate) fn bytes(&self) -> u64 {
        self.documents * DOCUMENT_BYTES
    }

    /// What it is called in lists.
    pub(crate) fn status(&self) -> &'static str {
        match self.end {
            None => "hot",
            Some(_) if self.is_cold => "cold",
            Some(_) => "warm",
        }
    }
}

impl EventStore {
    /// The writer, and a partition for every three days before it.
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

    /// All of them.
    pub(crate) fn partitions(&self) -> impl Iterator<Item = (&String, &Partition)> {
        self.0.iter()
    }

    /// Lets the writer be a partition like any other, and begins a new one.
    pub(crate) fn roll_over(&mut self, now: i64) {
        let mut directory = partition_name(now);
        // Names are by the minute.
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

    /// Takes back what was laid aside.
    pub(crate) fn mount(&mut self, name: &str) -> Result<(), StoreRefusal> {
        let partition = self.closed_partition(name)?;
        if !partition.is_cold {
            return Err(StoreRefusal::Conflict);
        }
        partition.is_cold = false;
        partition.is_user_mounted = true;
        Ok(())
    }

    /// Lays a partition aside.
    pub(crate) fn unmount(&mut self, name: &str) -> Result<(), StoreRefusal> {
        let partition = self.closed_partition(name)?;
        if partition.is_cold {
            return Err(StoreRefusal::Conflict);
        }
        partition.is_cold = true;
        partition.is_user_mounted = false;
        Ok(())
    }

    /// Erases a partition.
    pub(crate) fn erase(&mut self, name: &str) -> Result<(), StoreRefusal> {
        self.closed_partition(name)?;
        self.0.remove(name);
        Ok(())
    }

    /// A partition that is not written to.
    fn closed_partition(&mut self, name: &str) -> Result<&mut Partition, StoreRefusal> {
        let partition = self.0.get_mut(name).ok_or(StoreRefusal::Unknown)?;
        match partition.end {
            Some(_) => Ok(partition),
            None => Err(StoreRefusal::Conflict),
        }
    }
}

/// `cbevents_2021_03_03_2031`.
fn partition_name(from: i64) -> String {
    let stamp = format::timestamp(from).strftime("%Y_%m_%d_%H%M");
    format!("cbevents_{stamp}")
}
