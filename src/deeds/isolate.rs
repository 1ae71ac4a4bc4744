//! Cutting a host off, and letting it back (reference 2.6): two flags, of which a change moves only the first.

use super::{Deed, Guard, Plan, Prepared, Refusal};
use crate::api::{Client, Error};
use crate::model::{Group, Isolation, Search, Sensor, Span};
use crate::text;

/// Finds out what a deed would do to a host.
pub(super) async fn prepare(deed: Deed, client: &Client, guard: &Guard) -> Result<Prepared, Error> {
    let sensor = client.sensor(deed.sensor()).await?;
    let name = text::visible(&sensor.computer_name);
    if let Some(done) = already(deed, &sensor) {
        return Ok(Prepared::AlreadySo(format!("{name} {done}")));
    }
    if let Some((why, hint)) = impossible(deed, &sensor) {
        return Ok(Prepared::Refused(Refusal {
            why: format!("{name} {why}"),
            hint,
            is_guard: false,
        }));
    }
    let group = match sensor.group {
        Some(id) => Some(client.group(id).await),
        None => None,
    };
    let mut warnings = Vec::new();
    let group = match group {
        Some(Ok(group)) => Some(group),
        Some(Err(error)) => {
            warnings.push(format!("its group is not known: {error}"));
            None
        }
        None => None,
    };
    let role = role(&sensor, client, guard).await?;
    let protection = guard.protects(&sensor, group.as_ref()).or(role);
    let is_wanted = matches!(deed, Deed::Isolate(_));
    let change = client.isolation(&sensor, is_wanted);
    warnings.extend(doubts(&sensor));
    Ok(Prepared::Ready(Box::new(Plan {
        deed,
        change,
        effects: effects(deed, &sensor, group.as_ref()),
        warnings,
        protection,
        sensor,
    })))
}

/// Whether the sensor holds what a deed wants of it. `None` where it does not say.
pub(super) fn holds(deed: Deed, sensor: &Sensor) -> Option<bool> {
    let wanted = matches!(deed, Deed::Isolate(_));
    sensor.is_isolating.map(|is| is == wanted)
}

/// Whether the server holds what was asked of it. `None` where it does not say.
pub(super) fn is_asked(deed: Deed, sensor: &Sensor) -> Option<bool> {
    let wanted = matches!(deed, Deed::Isolate(_));
    sensor.isolation_wanted.map(|is| is == wanted)
}

fn already(deed: Deed, sensor: &Sensor) -> Option<String> {
    Some(match (deed, sensor.isolation()) {
        (Deed::Isolate(_), Isolation::Yes) => "is already isolated".into(),
        (Deed::Release(_), Isolation::No) => "is not isolated".into(),
        (Deed::Isolate(_), Isolation::Pending) => format!(
            "is already to be isolated, which its sensor has not done yet; last seen {}",
            last_seen(sensor)
        ),
        (Deed::Release(_), Isolation::Lifting) => format!(
            "is already to be released, which its sensor has not done yet; last seen {}",
            last_seen(sensor)
        ),
        _ => return None,
    })
}

fn impossible(deed: Deed, sensor: &Sensor) -> Option<(&'static str, &'static str)> {
    if sensor.uninstalled == Some(true) {
        return Some((
            "has no sensor any more: it was uninstalled",
            "cut the host off at the network",
        ));
    }
    if matches!(deed, Deed::Isolate(_)) && sensor.supports_isolation == Some(false) {
        return Some((
            "has a sensor that cannot isolate",
            "cut the host off at the network",
        ));
    }
    None
}

/// Why a host is protected by its role, which only the documents of its processes tell.
async fn role(sensor: &Sensor, client: &Client, guard: &Guard) -> Result<Option<String>, Error> {
    for role in guard.roles() {
        let search = Search {
            query: format!("sensor_id:{} host_type:{role}", sensor.id),
            ..Search::default()
        };
        let page = client
            .processes(&search, Span { start: 0, rows: 0 })
            .await?;
        if page.total > 0 {
            let role = text::visible(&role.into());
            return Ok(Some(format!("protected_hosts has role:{role}")));
        }
    }
    Ok(None)
}

fn effects(deed: Deed, sensor: &Sensor, group: Option<&Group>) -> Vec<String> {
    let name = text::visible(&sensor.computer_name);
    let group_name = group.map_or("unknown".into(), |group| text::visible(&group.name));
    let status = text::visible(&sensor.status).to_lowercase();
    let then = match deed {
        Deed::Isolate(_) => "isolated",
        Deed::Release(_) => "not isolated",
    };
    let mut effects = vec![format!(
        "{name}  sensor {}, {status}, group {group_name}: {} > {then}",
        sensor.id,
        sensor.isolation()
    )];
    if matches!(deed, Deed::Release(_)) {
        return effects;
    }
    let exclusions: Vec<_> = group
        .into_iter()
        .flat_map(|group| &group.isolation_exclusions)
        .map(text::visible)
        .collect();
    let excluded = match (group, &exclusions[..]) {
        (None, _) => "; the exclusions of its group are not known".to_owned(),
        (_, []) => String::new(),
        (_, some) => format!("; {}, by its group", some.join(", ")),
    };
    effects.push(format!(
        "stays reachable: the server, and with it Live Response{excluded}"
    ));
    effects.push("a reboot lifts it until the sensor checks in again".into());
    effects
}

fn doubts(sensor: &Sensor) -> Vec<String> {
    let mut doubts = Vec::new();
    if !sensor.status.raw().eq_ignore_ascii_case("online") {
        doubts.push(format!(
            "{}: queued until it checks in, last seen {}",
            text::visible(&sensor.status),
            last_seen(sensor)
        ));
    }
    if sensor.uninstall == Some(true) {
        doubts.push("its sensor is to be uninstalled at the next check-in".into());
    }
    if sensor.isolation() == Isolation::Unknown {
        doubts.push("the server does not say whether it is isolated now".into());
    }
    doubts
}

/// When a sensor last reported, in words.
pub(super) fn last_seen(sensor: &Sensor) -> String {
    sensor.last_checkin.map_or("never".into(), |at| {
        at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    })
}
