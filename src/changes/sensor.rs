//! What is done to the sensor of a host (reference 2.6): each deed moves one member of its record.

use super::{Change, Plan, PlanContext, Prepared, Rejection, Snapshot, isolation, role::HostRole};
use crate::api::{Error, WriteRequest};
use crate::model::{Group, GroupId, Isolation, Sensor};
use crate::text;

/// Finds out what a deed would do to a host.
pub(super) async fn prepare(deed: Change, sensor: Sensor, estate: &PlanContext) -> Result<Prepared, Error> {
    let PlanContext { client, policy: guard, .. } = estate;
    // How a time is written depends on the release.
    if matches!(deed, Change::Flush { .. }) && client.release().is_none() {
        client.info().await?;
    }
    let mut notes = Vec::new();
    let known = match (&deed, sensor.group) {
        (_, None) => None,
        // Of hosts that are moved, several leave one group, and all enter one.
        (Change::Move { .. }, Some(id)) => Some(estate.group(id).await),
        (_, Some(id)) => Some(client.group(id).await),
    };
    let group = match known {
        Some(known) => match known {
            Ok(group) => Some(group),
            Err(error) => {
                notes.push(format!("Its sensor group is unknown: {error}"));
                None
            }
        },
        None => None,
    };
    let needs_role = matches!(deed, Change::Isolate(_)) || guard.protected_roles().next().is_some();
    let role = if needs_role { HostRole::read(&sensor, client).await } else { HostRole::NotRead };
    let protection = guard.protection_reason(&sensor, group.as_ref());
    let protection = protection.or_else(|| guard.role_protection_reason(&role));
    let then = match &deed {
        Change::Move { group: wanted, .. } => match estate.group(*wanted).await {
            Ok(group) => format!("group {}", text::make_visible(&group.name)),
            Err(Error::NotFound { what }) => {
                return Ok(Prepared::Rejected(Rejection {
                    why: format!("the server does not know {what}"),
                    hint: "`lampblack sensor show HOST` names the group of a host",
                    is_policy: false,
                }));
            }
            Err(error) => return Err(error),
        },
        _ => String::new(),
    };
    notes.extend(warnings(&deed, &sensor));
    Ok(Prepared::Ready(Box::new(Plan {
        effects: effects(&deed, &sensor, group.as_ref(), &then),
        notes,
        protection,
        role,
        ..Plan::new(deed, Snapshot::Sensor(Box::new(sensor)), estate)
    })))
}

/// What is sent.
pub(super) fn write_requests(deed: &Change, sensor: &Sensor, release: Option<(u32, u32)>) -> Vec<WriteRequest> {
    let change = match deed {
        Change::Isolate(_) => WriteRequest::isolation(sensor, true),
        Change::Unisolate(_) => WriteRequest::isolation(sensor, false),
        Change::Move { group, .. } => WriteRequest::group(sensor, *group),
        Change::Flush { until, .. } => WriteRequest::flush(sensor, *until, release),
        Change::Restart(_) => WriteRequest::restart(sensor),
        Change::Annotate { notes, .. } => WriteRequest::notes(sensor, notes),
        _ => return Vec::new(),
    };
    vec![change]
}

/// Whether the server holds what was asked of it, and whether the sensor has done it. `None` where the record does not
/// say: the members that vanish when a sensor has acted on them are as good as never written.
pub(super) fn is_satisfied_by(deed: &Change, sensor: &Sensor) -> (Option<bool>, Option<bool>) {
    let both = |holds: Option<bool>| (holds, holds);
    match deed {
        Change::Isolate(_) => (sensor.isolation_wanted, sensor.is_isolating),
        Change::Unisolate(_) => (sensor.isolation_wanted.map(|is| !is), sensor.is_isolating.map(|is| !is)),
        Change::Move { group, .. } => both(sensor.group.map(|is| is == *group)),
        Change::Flush { .. } => both((!sensor.flush_until.is_empty()).then_some(true)),
        Change::Restart(_) => both(sensor.restart_queued.filter(|is| *is)),
        Change::Annotate { notes, .. } => both(Some(sensor.notes.raw() == notes)),
        _ => both(None),
    }
}

/// What the server holds, in words.
pub(super) fn describe(deed: &Change, sensor: &Sensor) -> String {
    match deed {
        Change::Isolate(_) | Change::Unisolate(_) => sensor.isolation().to_string(),
        Change::Move { .. } => sensor.group.map_or("no group".into(), |group| format!("group {group}")),
        Change::Flush { .. } if sensor.flush_until.is_empty() => {
            "no flush queued: already done, or ignored by the server".into()
        }
        Change::Flush { .. } => "flush queued for the next check-in".into(),
        Change::Restart(_) if sensor.restart_queued == Some(true) => "restart queued for the next check-in".into(),
        Change::Restart(_) => "no restart queued: already done, or ignored by the server".into(),
        Change::Annotate { .. } if sensor.notes.is_empty() => "no notes".into(),
        Change::Annotate { .. } => format!("notes: {}", text::fit(&sensor.notes, 60)),
        _ => String::new(),
    }
}

/// Why nothing would change, if that is so.
pub(super) fn no_op_reason(deed: &Change, sensor: &Sensor) -> Option<String> {
    let waits = |what: &str| format!("is already waiting to be {what}; the sensor was last seen {}", last_seen(sensor));
    let is_so = match deed {
        Change::Move { group, .. } if sensor.group == Some(*group) => {
            return Some("is already in that group".into());
        }
        Change::Annotate { notes, .. } if sensor.notes.raw() == notes => {
            return Some("already has these notes".into());
        }
        Change::Flush { .. } if !sensor.flush_until.is_empty() => waits("flushed"),
        Change::Restart(_) if sensor.restart_queued == Some(true) => waits("restarted"),
        Change::Isolate(_) => match sensor.isolation() {
            Isolation::Yes => "is already isolated".into(),
            Isolation::Pending => waits("isolated"),
            _ => return None,
        },
        Change::Unisolate(_) => match sensor.isolation() {
            Isolation::No => "is not isolated".into(),
            Isolation::Lifting => waits("unisolated"),
            _ => return None,
        },
        _ => return None,
    };
    Some(is_so)
}

/// Why it cannot be done to this sensor, and what to do about it.
pub(super) fn rejection(deed: &Change, sensor: &Sensor) -> Option<(&'static str, &'static str)> {
    let is_isolation = matches!(deed, Change::Isolate(_));
    let elsewhere = if is_isolation { "isolate the host at the network" } else { "no action can reach it" };
    if sensor.uninstalled == Some(true) {
        return Some(("no longer has a sensor: it was uninstalled", elsewhere));
    }
    if is_isolation && sensor.supports_isolation == Some(false) {
        return Some(("has a sensor that cannot isolate", elsewhere));
    }
    None
}

fn effects(deed: &Change, sensor: &Sensor, group: Option<&Group>, then: &str) -> Vec<String> {
    let name = text::make_visible(&sensor.computer_name);
    let group_name = group.map_or("unknown".into(), |group| text::make_visible(&group.name));
    let status = text::make_visible(&sensor.status).to_lowercase();
    let what = match deed {
        Change::Isolate(_) => format!("{} -> isolated", sensor.isolation()),
        Change::Unisolate(_) => format!("{} -> not isolated", sensor.isolation()),
        Change::Move { .. } => format!("move to {then}"),
        Change::Flush { .. } => "send all queued events now (no throttling)".into(),
        Change::Restart(_) => "its service restarts at the next check-in".into(),
        Change::Annotate { notes, .. } => {
            format!("notes {:?} -> {:?}", text::fit(&sensor.notes, 40), text::fit(&notes.as_str().into(), 40))
        }
        _ => String::new(),
    };
    let mut effects = vec![format!("{name}  sensor {}, {status}, group {group_name}: {what}", sensor.id)];
    match deed {
        Change::Isolate(_) => effects.extend(isolation::effects(sensor, group)),
        Change::Flush { .. } => effects.push(format!(
            "Queued on the host: {} KiB of events, {} KiB of files",
            to_kib(sensor.eventlog_bytes),
            to_kib(sensor.storefile_bytes)
        )),
        _ => {}
    }
    effects
}

fn to_kib(bytes: Option<u64>) -> String {
    bytes.map_or("?".into(), |bytes| bytes.div_ceil(1024).to_string())
}

fn warnings(deed: &Change, sensor: &Sensor) -> Vec<String> {
    let mut doubts = Vec::new();
    let is_for_sensor = !matches!(deed, Change::Annotate { .. });
    if is_for_sensor && !sensor.status.raw().eq_ignore_ascii_case("online") {
        doubts.push(format!(
            "{}: queued until it checks in, last seen {}",
            text::make_visible(&sensor.status),
            last_seen(sensor)
        ));
    }
    if is_for_sensor && sensor.uninstall == Some(true) {
        doubts.push("The sensor will be uninstalled at its next check-in".into());
    }
    match deed {
        Change::Isolate(_) | Change::Unisolate(_) if sensor.isolation() == Isolation::Unknown => {
            doubts.push("The server does not say whether it is isolated".into());
        }
        Change::Unisolate(_) if !sensor.notes.is_empty() => {
            doubts.push(format!("Host notes: {}", text::fit(&sensor.notes, 120)));
        }
        Change::Move { group, .. } if sensor.isolation() == Isolation::Yes => {
            doubts.push(lost_exclusions(*group));
        }
        _ => {}
    }
    doubts
}

fn lost_exclusions(group: GroupId) -> String {
    format!("It is isolated: after the move, the isolation exclusions of group {group} apply")
}

/// When a sensor last reported, in words.
pub(super) fn last_seen(sensor: &Sensor) -> String {
    sensor.last_checkin.map_or("never".into(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}
