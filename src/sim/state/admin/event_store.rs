//! The store of events: partitions that are written to, searched, laid aside or erased (reference 2.15).

use std::collections::BTreeMap;

use super::DAY;
use crate::sim::{format, world::World};

/// The partition that is written to.
const WRITER: &str = "writer";
/// Days that a partition spans.
const SPAN: i64 = 3;
/// Bytes of a document, about.
const BYTES: u64 = 1_361;

/// All partitions by their names.
#[derive(Debug, Default)]
pub(crate) struct Store(BTreeMap<String, Partition>);

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Partition {
    pub(crate) directory: String,
    pub(crate) from: i64,
    /// None while it is written to.
    pub(crate) until: Option<i64>,
    pub(crate) documents: u64,
    pub(crate) segments: u64,
    /// Laid aside: on disk, and not searched.
    pub(crate) is_cold: bool,
    /// Somebody took it back.
    pub(crate) is_user_mounted: bool,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such partition.
    Unknown,
    /// It is written to, or is so already.
    Conflict,
}

impl Partition {
    /// Its size, about.
    pub(crate) fn bytes(&self) -> u64 {
        self.documents * BYTES
    }

    /// What it is called in lists.
    pub(crate) fn status(&self) -> &'static str {
        match self.until {
            None => "hot",
            Some(_) if self.is_cold => "cold",
            Some(_) => "warm",
        }
    }
}

impl Store {
    /// The writer, and a partition for every three days before it.
    pub(super) fn of(world: &World) -> Self {
        let ages = [1, 4, 7, 10, 13];
        let share = world.documents() / 5;
        let partition = |(at, age): (u64, i64)| {
            let from = world.now - age * DAY;
            let until = (at > 0).then(|| from + SPAN * DAY);
            let partition = Partition {
                directory: named(from),
                from,
                until,
                documents: share,
                segments: 4 + at,
                is_cold: false,
                is_user_mounted: false,
            };
            let name = until.map_or(WRITER.into(), |_| partition.directory.clone());
            (name, partition)
        };
        Self((0..).zip(ages).map(partition).collect())
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Partition)> {
        self.0.iter()
    }

    /// Lets the writer be a partition like any other, and begins a new one.
    pub(crate) fn roll_over(&mut self, now: i64) {
        let mut directory = named(now);
        // Names are by the minute.
        while self.0.values().any(|part| part.directory == directory) {
            directory.push_str("_1");
        }
        let new = Partition {
            directory,
            from: now,
            until: None,
            documents: 0,
            segments: 0,
            is_cold: false,
            is_user_mounted: false,
        };
        if let Some(mut old) = self.0.insert(WRITER.into(), new) {
            old.until = Some(now);
            self.0.insert(old.directory.clone(), old);
        }
    }

    /// Takes back what was laid aside.
    pub(crate) fn mount(&mut self, name: &str) -> Result<(), Refusal> {
        let partition = self.closed(name)?;
        if !partition.is_cold {
            return Err(Refusal::Conflict);
        }
        partition.is_cold = false;
        partition.is_user_mounted = true;
        Ok(())
    }

    /// Lays a partition aside.
    pub(crate) fn unmount(&mut self, name: &str) -> Result<(), Refusal> {
        let partition = self.closed(name)?;
        if partition.is_cold {
            return Err(Refusal::Conflict);
        }
        partition.is_cold = true;
        partition.is_user_mounted = false;
        Ok(())
    }

    /// Erases a partition.
    pub(crate) fn erase(&mut self, name: &str) -> Result<(), Refusal> {
        self.closed(name)?;
        self.0.remove(name);
        Ok(())
    }

    /// A partition that is not written to.
    fn closed(&mut self, name: &str) -> Result<&mut Partition, Refusal> {
        let partition = self.0.get_mut(name).ok_or(Refusal::Unknown)?;
        match partition.until {
            Some(_) => Ok(partition),
            None => Err(Refusal::Conflict),
        }
    }
}

/// `cbevents_2021_03_03_2031`.
fn named(from: i64) -> String {
    let stamp = format::timestamp(from).strftime("%Y_%m_%d_%H%M");
    format!("cbevents_{stamp}")
}
