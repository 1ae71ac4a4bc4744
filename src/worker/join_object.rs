//! What rows of lists refer to.

use crate::fetch::Fetch;
use crate::model::{GroupId, Md5, SensorId};

/// An object that belongs to rows of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JoinObject {
    /// The sensor that saw them.
    Sensor(SensorId),
    /// The group of that sensor.
    Group(GroupId),
    /// Their file.
    Binary(Md5),
}

impl JoinObject {
    /// How it is asked for.
    pub fn fetch(self) -> Fetch {
        match self {
            Self::Sensor(id) => Fetch::Sensor(id),
            Self::Group(id) => Fetch::SensorGroup(id),
            Self::Binary(md5) => Fetch::Binary(md5),
        }
    }
}
