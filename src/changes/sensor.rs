//! What is done to the sensor of a host (reference 2.6): each deed moves one member of its record.

use super::{Deed, Estate, Plan, Prepared, Refusal, State, isolation, role::Role};
use crate::api::{Change, Error};
use crate::model::{Group, GroupId, Isolation, Sensor};
use crate::text;

/// Finds out what a deed would do to a host.
pub(super) async fn prepare(deed: Deed, sensor: Sensor, estate: &Estate) -> Result<Prepared, Error> {
    let Estate { client, guard, .. } = estate;
    // How a time is written depends on the release.
    if matches!(deed, Deed::Flush { .. }) && client.release().is_none() {
        client.info().await?;
    }
    let mut notes = Vec::new();
    let known = match (&deed, sensor.group) {
        (_, None) => None,
        // Of hosts that are moved, several leave one group, and all enter one.
        (Deed::Move { .. }, Some(id)) => Some(estate.group(id).await),
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
    let needs_role = matches!(deed, Deed::Isolate(_)) || guard.roles().next().is_some();
    let role = if needs_role { Role::read(&sensor, client).await } else { Role::NotRead };
    let protection = guard.protects(&sensor, group.as_ref());
    let protection = protection.or_else(|| guard.protects_role(&role));
    let then = match &deed {
        Deed::Move { group: wanted, .. } => match estate.group(*wanted).await {
            Ok(group) => format!("group {}", text::visible(&group.name)),
            Err(Error::NotFound { what }) => {
                return Ok(Prepared::Refused(Refusal {
                    why: format!("the server does not know {what}"),
                    hint: "`lampblack sensor show HOST` names the group of a host",
                    is_guard: false,
                }));
            }
            Err(error) => return Err(error),
        },
        _ => String::new(),
    };
    notes.extend(doubts(&deed, &sensor));
    Ok(Prepared::Ready(Box::new(Plan {
        effects: effects(&deed, &sensor, group.as_ref(), &then),
        notes,
        protection,
        role,
        ..Plan::new(deed, State::Sensor(Box::new(sensor)), estate)
    })))
}

/// What is sent.
pub(super) fn changes(deed: &Deed, sensor: &Sensor, release: Option<(u32, u32)>) -> Vec<Change> {
    let change = match deed {
        Deed::Isolate(_) => Change::isolation(sensor, true),
        Deed::Release(_) => Change::isolation(sensor, false),
        Deed::Move { group, .. } => Change::group(sensor, *group),
        Deed::Flush { until, .. } => Change::flush(sensor, *until, release),
        Deed::Restart(_) => Change::restart(sensor),
        Deed::Annotate { notes, .. } => Change::notes(sensor, notes),
        _ => return Vec::new(),
    };
    vec![change]
}

/// Whether the server holds what was asked of it, and whether the sensor has done it. `None` where the record does not
/// say: the members that vanish when a sensor has acted on them are as good as never written.
pub(super) fn holds(deed: &Deed, sensor: &Sensor) -> (Option<bool>, Option<bool>) {
    let both = |holds: Option<bool>| (holds, holds);
    match deed {
        Deed::Isolate(_) => (sensor.isolation_wanted, sensor.is_isolating),
        Deed::Release(_) => (sensor.isolation_wanted.map(|is| !is), sensor.is_isolating.map(|is| !is)),
        Deed::Move { group, .. } => both(sensor.group.map(|is| is == *group)),
        Deed::Flush { .. } => both((!sensor.flush_until.is_empty()).then_some(true)),
        Deed::Restart(_) => both(sensor.restart_queued.filter(|is| *is)),
        Deed::Annotate { notes, .. } => both(Some(sensor.notes.raw() == notes)),
        _ => both(None),
    }
}

/// What the server holds, in words.
pub(super) fn words(deed: &Deed, sensor: &Sensor) -> String {
    match deed {
        Deed::Isolate(_) | Deed::Release(_) => sensor.isolation().to_string(),
        Deed::Move { .. } => sensor.group.map_or("no group".into(), |group| format!("group {group}")),
        Deed::Flush { .. } if sensor.flush_until.is_empty() => {
            "no flush queued: already done, or ignored by the server".into()
        }
        Deed::Flush { .. } => "flush queued for the next check-in".into(),
        Deed::Restart(_) if sensor.restart_queued == Some(true) => "restart queued for the next check-in".into(),
        Deed::Restart(_) => "no restart queued: already done, or ignored by the server".into(),
        Deed::Annotate { .. } if sensor.notes.is_empty() => "no notes".into(),
        Deed::Annotate { .. } => format!("notes: {}", text::fit(&sensor.notes, 60)),
        _ => String::new(),
    }
}

/// Why nothing would change, if that is so.
pub(super) fn already(deed: &Deed, sensor: &Sensor) -> Option<String> {
    let waits = |what: &str| format!("is already waiting to be {what}; the sensor was last seen {}", last_seen(sensor));
    let is_so = match deed {
        Deed::Move { group, .. } if sensor.group == Some(*group) => {
            return Some("is already in that group".into());
        }
        Deed::Annotate { notes, .. } if sensor.notes.raw() == notes => {
            return Some("already has these notes".into());
        }
        Deed::Flush { .. } if !sensor.flush_until.is_empty() => waits("flushed"),
        Deed::Restart(_) if sensor.restart_queued == Some(true) => waits("restarted"),
        Deed::Isolate(_) => match sensor.isolation() {
            Isolation::Yes => "is already isolated".into(),
            Isolation::Pending => waits("isolated"),
            _ => return None,
        },
        Deed::Release(_) => match sensor.isolation() {
            Isolation::No => "is not isolated".into(),
            Isolation::Lifting => waits("unisolated"),
            _ => return None,
        },
        _ => return None,
    };
    Some(is_so)
}

/// Why it cannot be done to this sensor, and what to do about it.
pub(super) fn impossible(deed: &Deed, sensor: &Sensor) -> Option<(&'static str, &'static str)> {
    let is_isolation = matches!(deed, Deed::Isolate(_));
    let elsewhere = if is_isolation { "isolate the host at the network" } else { "no action can reach it" };
    if sensor.uninstalled == Some(true) {
        return Some(("no longer has a sensor: it was uninstalled", elsewhere));
    }
    if is_isolation && sensor.supports_isolation == Some(false) {
        return Some(("has a sensor that cannot isolate", elsewhere));
    }
    None
}

fn effects(deed: &Deed, sensor: &Sensor, group: Option<&Group>, then: &str) -> Vec<String> {
    let name = text::visible(&sensor.computer_name);
    let group_name = group.map_or("unknown".into(), |group| text::visible(&group.name));
    let status = text::visible(&sensor.status).to_lowercase();
    let what = match deed {
        Deed::Isolate(_) => format!("{} -> isolated", sensor.isolation()),
        Deed::Release(_) => format!("{} -> not isolated", sensor.isolation()),
        Deed::Move { .. } => format!("move to {then}"),
        Deed::Flush { .. } => "send all queued events now (no throttling)".into(),
        Deed::Restart(_) => "its service restarts at the next check-in".into(),
        Deed::Annotate { notes, .. } => {
            format!("notes {:?} -> {:?}", text::fit(&sensor.notes, 40), text::fit(&notes.as_str().into(), 40))
        }
        _ => String::new(),
    };
    let mut effects = vec![format!("{name}  sensor {}, {status}, group {group_name}: {what}", sensor.id)];
    match deed {
        Deed::Isolate(_) => effects.extend(isolation::effects(sensor, group)),
        Deed::Flush { .. } => effects.push(format!(
            "Queued on the host: {} KiB of events, {} KiB of files",
            kib(sensor.eventlog_bytes),
            kib(sensor.storefile_bytes)
        )),
        _ => {}
    }
    effects
}

fn kib(bytes: Option<u64>) -> String {
    bytes.map_or("?".into(), |bytes| bytes.div_ceil(1024).to_string())
}

fn doubts(deed: &Deed, sensor: &Sensor) -> Vec<String> {
    let mut doubts = Vec::new();
    let is_for_sensor = !matches!(deed, Deed::Annotate { .. });
    if is_for_sensor && !sensor.status.raw().eq_ignore_ascii_case("online") {
        doubts.push(format!(
            "{}: queued until it checks in, last seen {}",
            text::visible(&sensor.status),
            last_seen(sensor)
        ));
    }
    if is_for_sensor && sensor.uninstall == Some(true) {
        doubts.push("The sensor will be uninstalled at its next check-in".into());
    }
    match deed {
        Deed::Isolate(_) | Deed::Release(_) if sensor.isolation() == Isolation::Unknown => {
            doubts.push("The server does not say whether it is isolated".into());
        }
        Deed::Release(_) if !sensor.notes.is_empty() => {
            doubts.push(format!("Host notes: {}", text::fit(&sensor.notes, 120)));
        }
        Deed::Move { group, .. } if sensor.isolation() == Isolation::Yes => {
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
