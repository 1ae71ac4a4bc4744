//! The blast radius of isolating a host.

use jiff::ToSpan;

use super::{ImpactLine, Probe, describe, unavailable};
use crate::api::{Client, Error};
use crate::changes::role::{DOMAIN_CONTROLLER, HostRole};
use crate::model::{Search, Sensor};
use crate::text;

/// The names of the lines, in their order.
pub(super) const NAMES: [&str; 3] = ["connections in", "users in 24 h", "role"];

/// Returns the probes, in the order of `NAMES`.
pub(super) fn impact_probes<'a>(sensor: &'a Sensor, role: &'a HostRole, client: &'a Client) -> Vec<Probe<'a>> {
    vec![
        Box::pin(recent_peers(sensor, client)),
        Box::pin(recent_users(sensor, client)),
        Box::pin(async { host_role(role) }),
    ]
}

/// Finds the hosts that connected to it in the last 24 hours.
async fn recent_peers(sensor: &Sensor, client: &Client) -> Result<ImpactLine, Error> {
    let addresses: Vec<_> = sensor
        .adapters
        .iter()
        .map(|adapter| adapter.ip)
        .filter(|ip| !ip.is_loopback() && !ip.is_unspecified() && ip.is_ipv4())
        .map(|ip| format!("ipaddr:{ip}"))
        .collect();
    if addresses.is_empty() {
        return Ok(ImpactLine {
            text: "unknown: the sensor reports no IP address".into(),
            source: "sensor record".into(),
            ..ImpactLine::default()
        });
    }
    let search = last_day_search(format!("({}) -sensor_id:{}", addresses.join(" OR "), sensor.id), client);
    let fields = ["hostname".to_owned()];
    let facets = client.facets(&search, &fields).await?;
    // The index does not distinguish blocked attempts from connections (reference 7).
    let has_blocked = client.release().is_some_and(|release| release >= (7, 7));
    let blocked = if has_blocked { ", including attempts that isolation blocked" } else { "" };
    let hosts: Vec<_> = facets.facets.iter().flat_map(|facet| &facet.values).collect();
    let gap = facets.gap();
    let at_least = if gap.is_some() { describe::AT_LEAST } else { "" };
    Ok(ImpactLine {
        text: match (hosts.len(), gap) {
            (0, Some(gap)) => format!("unknown: {gap}"),
            (0, None) => "none from other hosts with a sensor in 24 h".into(),
            (n, _) => format!(
                "from {at_least}{} in 24 h: {}",
                describe::host_count(n),
                describe::abbreviate_names(hosts.iter().map(|value| &value.name))
            ),
        },
        source: describe::describe_source(&format!("process search, netconn to its IP{blocked}"), &facets),
        requests: 1,
        ..ImpactLine::default()
    })
}

/// Finds the users whose processes it ran in the last 24 hours.
async fn recent_users(sensor: &Sensor, client: &Client) -> Result<ImpactLine, Error> {
    let search = last_day_search(format!("sensor_id:{}", sensor.id), client);
    let fields = ["username".to_owned()];
    let facets = client.facets(&search, &fields).await?;
    let values = facets.facets.iter().flat_map(|facet| &facet.values);
    let users: Vec<_> = values.map(|value| (&value.name, value.count)).collect();
    let gap = facets.gap();
    let at_least = if gap.is_some() { describe::AT_LEAST } else { "" };
    Ok(ImpactLine {
        text: match (&users[..], gap) {
            ([], Some(gap)) => format!("unknown: {gap}"),
            ([], None) if facets.total > 0 => "unknown: no process record names a user".into(),
            ([], None) => "none".into(),
            (some, _) => format!("{at_least}{}", describe::describe_counts(some)),
        },
        source: describe::describe_source("process search", &facets),
        requests: 1,
        ..ImpactLine::default()
    })
}

/// Returns the line about the role, which the plan has read already.
fn host_role(role: &HostRole) -> Result<ImpactLine, Error> {
    let (names, doubt) = match role {
        HostRole::Read { names, doubt } => (names, doubt),
        HostRole::Unread(error) => return Err(error.clone()),
    };
    let warning = if role.is_role(DOMAIN_CONTROLLER) {
        Some("DOMAIN CONTROLLER: logons and DNS through this host will stop".into())
    } else {
        let doubt = role.may_be(DOMAIN_CONTROLLER);
        doubt.and_then(|doubt| unavailable(NAMES[2], &doubt))
    };
    let shown = names.iter().map(|name| text::make_visible(name).replace('_', " "));
    let text = match (&shown.collect::<Vec<_>>()[..], doubt) {
        ([], Some(doubt)) => format!("unknown: {doubt}"),
        ([], None) => "unknown: the server has no process record of this host".into(),
        (names, _) => names.join(", "),
    };
    let source = match doubt {
        Some(doubt) => format!("host_type of its processes, {doubt}"),
        None => "host_type of its processes".into(),
    };
    Ok(ImpactLine { text, source, warnings: warning.into_iter().collect(), requests: 1, ..ImpactLine::default() })
}

/// Returns a search of the last 24 hours, by the server's update time.
fn last_day_search(query: String, client: &Client) -> Search {
    let now = client.clock().now();
    Search { query, min_last_server_update: now.checked_sub(24.hours()).ok(), ..Search::default() }
}
