//! Objects that rows of lists refer to.

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
