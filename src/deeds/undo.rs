//! What the log says was done, read back as a deed; and the deed that takes it back.

use serde_json::Value;

use super::Deed;
use crate::model::{GroupId, Md5, SensorId};
use crate::record::actions::Sending;

/// What was done, as far as this program knows such deeds.
pub(super) fn of(sending: &Sending) -> Option<Deed> {
    let sensor = || sending.target.id.parse().ok().map(SensorId);
    let hash = || sending.target.id.parse::<Md5>().ok();
    let wanted = |name: &str| sending.wanted.get(name);
    Some(match sending.deed.as_str() {
        "isolate" => Deed::Isolate(sensor()?),
        "release" => Deed::Release(sensor()?),
        "ban" => Deed::Ban {
            md5: hash()?,
            note: wanted("text").and_then(Value::as_str).map(str::to_owned),
        },
        "unban" => Deed::Lift(hash()?),
        "move" => Deed::Move {
            sensor: sensor()?,
            group: GroupId(wanted("group_id")?.as_u64()?),
        },
        "flush" => Deed::Flush {
            sensor: sensor()?,
            until: wanted("event_log_flush_time")?.as_str()?.parse().ok()?,
        },
        "restart" => Deed::Restart(sensor()?),
        "annotate" => Deed::Annotate {
            sensor: sensor()?,
            notes: wanted("notes")?.as_str()?.to_owned(),
        },
        _ => return None,
    })
}

/// What takes back what was done; `None` where nothing does. An isolation is taken back by a release.
pub(super) fn undoing(sending: &Sending) -> Option<Deed> {
    let before = |name: &str| sending.before.get(name);
    Some(match of(sending)? {
        Deed::Isolate(sensor) => Deed::Release(sensor),
        Deed::Release(sensor) => Deed::Isolate(sensor),
        Deed::Ban { md5, .. } => Deed::Lift(md5),
        Deed::Lift(md5) => Deed::Ban {
            md5,
            note: before("text").and_then(Value::as_str).map(str::to_owned),
        },
        Deed::Move { sensor, .. } => Deed::Move {
            sensor,
            group: GroupId(before("group_id")?.as_u64()?),
        },
        Deed::Annotate { sensor, .. } => Deed::Annotate {
            sensor,
            notes: before("notes")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        },
        Deed::Flush { .. } | Deed::Restart(_) => return None,
    })
}
