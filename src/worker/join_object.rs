//! Objects that rows of lists refer to.

use crate::fetch::Fetch;
use crate::model::{GroupId, Md5, SensorId};

/// An object that rows of lists refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JoinObject {
    /// The sensor that reported the row.
    Sensor(SensorId),
    Group(GroupId),
    /// The file of the row.
    Binary(Md5),
}

impl JoinObject {
    /// Returns the request for the object.
    pub fn fetch(self) -> Fetch {
        match self {
            Self::Sensor(id) => Fetch::Sensor(id),
            Self::Group(id) => Fetch::SensorGroup(id),
            Self::Binary(md5) => Fetch::Binary(md5),
        }
    }
}
