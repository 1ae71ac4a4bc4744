//! Changes of a sensor (reference 2.6): each sets one member of its record.

use super::{Change, Plan, PlanContext, Prepared, Rejection, Snapshot, isolation, role::HostRole};
use crate::api::{Error, WriteRequest};
use crate::model::{Group, GroupId, Isolation, Sensor};
use crate::text;

/// Plans the change of a sensor.
pub(super) async fn prepare(change: Change, sensor: Sensor, context: &PlanContext) -> Result<Prepared, Error> {
    let PlanContext { client, policy, .. } = context;
    // The server's version decides how a time is written.
    if matches!(change, Change::Flush { .. }) && client.release().is_none() {
        client.info().await?;
    }
    let mut notes = Vec::new();
    let fetched_group = match (&change, sensor.group) {
        (_, None) => None,
        // When several hosts are moved, many leave one group and all enter one.
        (Change::Move { .. }, Some(id)) => Some(context.group(id).await),
        (_, Some(id)) => Some(client.group(id).await),
    };
    let group = match fetched_group {
        Some(fetched_group) => match fetched_group {
            Ok(group) => Some(group),
            Err(error) => {
                notes.push(format!("Its sensor group is unknown: {error}"));
                None
            }
        },
        None => None,
    };
    let needs_role = matches!(change, Change::Isolate(_)) || policy.protected_roles().next().is_some();
    let role = if needs_role { HostRole::read(&sensor, client).await } else { HostRole::NotRead };
    let protection = policy.protection_reason(&sensor, group.as_ref()).or_else(|| policy.role_protection_reason(&role));
    let destination_name = match &change {
        Change::Move { group: destination, .. } => match context.group(*destination).await {
            Ok(group) => format!("group {}", text::make_visible(&group.name)),
            Err(Error::NotFound { what }) => {
                return Ok(Prepared::Rejected(Rejection {
                    why: format!("{what} not found on the server"),
                    hint: "`lampblack sensor show HOST` shows the group of a host",
                    is_policy: false,
                }));
            }
            Err(error) => return Err(error),
        },
        _ => String::new(),
    };
    notes.extend(warnings(&change, &sensor));
    // A host that is known to be protected needs no doubt.
    let name_doubt = policy.name_doubt(&sensor).filter(|_| protection.is_none());
    Ok(Prepared::Ready(Box::new(Plan {
        warnings: name_doubt.into_iter().collect(),
        effects: effects(&change, &sensor, group.as_ref(), &destination_name),
        notes,
        protection,
        role,
        ..Plan::new(change, Snapshot::Sensor(Box::new(sensor)), context)
    })))
}

/// Returns the request for the change.
pub(super) fn write_requests(change: &Change, sensor: &Sensor, release: Option<(u32, u32)>) -> Vec<WriteRequest> {
    let request = match change {
        Change::Isolate(_) => WriteRequest::isolation(sensor, true),
        Change::Unisolate(_) => WriteRequest::isolation(sensor, false),
        Change::Move { group, .. } => WriteRequest::group(sensor, *group),
        Change::Flush { until, .. } => WriteRequest::flush(sensor, *until, release),
        Change::Restart(_) => WriteRequest::restart(sensor),
        Change::Annotate { notes, .. } => WriteRequest::notes(sensor, notes),
        _ => return Vec::new(),
    };
    vec![request]
}

/// Returns whether the server has recorded the change, and whether the sensor has applied it. `None` if the record does
/// not say: a member that vanishes once the sensor has acted on it looks as if it was never set.
pub(super) fn is_satisfied_by(change: &Change, sensor: &Sensor) -> (Option<bool>, Option<bool>) {
    let same = |is_satisfied: Option<bool>| (is_satisfied, is_satisfied);
    match change {
        Change::Isolate(_) => (sensor.isolation_wanted, sensor.is_isolating),
        Change::Unisolate(_) => (sensor.isolation_wanted.map(|is| !is), sensor.is_isolating.map(|is| !is)),
        Change::Move { group, .. } => same(sensor.group.map(|is| is == *group)),
        Change::Flush { .. } => same((!sensor.flush_until.is_empty()).then_some(true)),
        Change::Restart(_) => same(sensor.restart_queued.filter(|is| *is)),
        Change::Annotate { notes, .. } => same(Some(sensor.notes.raw() == notes)),
        _ => same(None),
    }
}

/// Describes the member that the change sets.
pub(super) fn describe(change: &Change, sensor: &Sensor) -> String {
    match change {
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

/// Returns why the change would have no effect; `None` if it would have one.
pub(super) fn no_op_reason(change: &Change, sensor: &Sensor) -> Option<String> {
    let is_waiting =
        |action: &str| format!("is already waiting to be {action}; the sensor was last seen {}", last_seen(sensor));
    let reason = match change {
        Change::Move { group, .. } if sensor.group == Some(*group) => {
            return Some("is already in that group".into());
        }
        Change::Annotate { notes, .. } if sensor.notes.raw() == notes => {
            return Some("already has these notes".into());
        }
        Change::Flush { .. } if !sensor.flush_until.is_empty() => is_waiting("flushed"),
        Change::Restart(_) if sensor.restart_queued == Some(true) => is_waiting("restarted"),
        Change::Isolate(_) => match sensor.isolation() {
            Isolation::Yes => "is already isolated".into(),
            Isolation::Pending => is_waiting("isolated"),
            _ => return None,
        },
        Change::Unisolate(_) => match sensor.isolation() {
            Isolation::No => "is not isolated".into(),
            Isolation::Lifting => is_waiting("unisolated"),
            _ => return None,
        },
        _ => return None,
    };
    Some(reason)
}

/// Returns why the sensor cannot apply the change, with a hint.
pub(super) fn rejection(change: &Change, sensor: &Sensor) -> Option<(&'static str, &'static str)> {
    let is_isolation = matches!(change, Change::Isolate(_));
    let elsewhere = if is_isolation { "isolate the host on the network" } else { "no action can reach it" };
    if sensor.uninstalled == Some(true) {
        return Some(("no longer has a sensor: it was uninstalled", elsewhere));
    }
    if is_isolation && sensor.supports_isolation == Some(false) {
        return Some(("has a sensor that cannot isolate", elsewhere));
    }
    None
}

fn effects(change: &Change, sensor: &Sensor, group: Option<&Group>, destination: &str) -> Vec<String> {
    let name = text::make_visible(&sensor.computer_name);
    let group_name = group.map_or("unknown".into(), |group| text::make_visible(&group.name));
    let status = text::make_visible(&sensor.status).to_lowercase();
    let transition = match change {
        Change::Isolate(_) => format!("{} -> isolated", sensor.isolation()),
        Change::Unisolate(_) => format!("{} -> not isolated", sensor.isolation()),
        Change::Move { .. } => format!("move to {destination}"),
        Change::Flush { .. } => "send all queued events now (no throttling)".into(),
        Change::Restart(_) => "its service restarts at the next check-in".into(),
        Change::Annotate { notes, .. } => {
            format!("notes {:?} -> {:?}", text::fit(&sensor.notes, 40), text::fit(&notes.as_str().into(), 40))
        }
        _ => String::new(),
    };
    let mut effects = vec![format!("{name}  sensor {}, {status}, group {group_name}: {transition}", sensor.id)];
    match change {
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

fn warnings(change: &Change, sensor: &Sensor) -> Vec<String> {
    let mut warnings = Vec::new();
    let is_for_sensor = !matches!(change, Change::Annotate { .. });
    if is_for_sensor && !sensor.status.raw().eq_ignore_ascii_case("online") {
        warnings.push(format!(
            "{}: queued until it checks in, last seen {}",
            text::make_visible(&sensor.status),
            last_seen(sensor)
        ));
    }
    if is_for_sensor && sensor.uninstall == Some(true) {
        warnings.push("The sensor will be uninstalled at its next check-in".into());
    }
    match change {
        Change::Isolate(_) | Change::Unisolate(_) if sensor.isolation() == Isolation::Unknown => {
            warnings.push("The server does not say whether it is isolated".into());
        }
        Change::Unisolate(_) if !sensor.notes.is_empty() => {
            warnings.push(format!("Host notes: {}", text::fit(&sensor.notes, 120)));
        }
        Change::Move { group, .. } if sensor.isolation() == Isolation::Yes => {
            warnings.push(lost_exclusions(*group));
        }
        _ => {}
    }
    warnings
}

fn lost_exclusions(group: GroupId) -> String {
    format!("It is isolated: after the move, the isolation exclusions of group {group} apply")
}

/// Returns the time of the last check-in, in UTC, or "never".
pub(super) fn last_seen(sensor: &Sensor) -> String {
    sensor.last_checkin.map_or("never".into(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}
