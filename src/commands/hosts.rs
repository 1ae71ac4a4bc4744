//! Finding a host by its exact name.

use std::collections::BTreeMap;

use super::{CommandCx, Failure, completeness::not_found, links};
use crate::api::{self, Client};
use crate::model::{Sensor, SensorFilter, SensorId, Span};
use crate::output;
use crate::text;

/// The number of sensors per request: the maximum of the server's web console (reference 1.6).
pub(super) const PAGE: u64 = 1000;

/// Finds a sensor by its ID, or by its complete computer or DNS name, ignoring case.
pub(super) async fn resolve_sensor(host: &str, client: &Client, cx: &mut CommandCx<'_>) -> Result<SensorId, Failure> {
    let host = &links::host(host, cx)?;
    if let Ok(id) = host.parse() {
        return Ok(SensorId(id));
    }
    let (sensors, n_unreadable) = find_by_name(host, client).await?;
    match &sensors[..] {
        [] => Err(not_found(format!("no sensor is named {host:?}"), n_unreadable, "sensors")
            .with_hint("the full name must match; `lampblack sensor list PART` searches")),
        [sensor] => Ok(sensor.id),
        several => {
            for sensor in several {
                let line = line(sensor);
                cx.write_line(&line);
            }
            Err(Failure::usage(format!("{} sensors have the name {host:?}", several.len()))
                .with_hint("give the sensor ID"))
        }
    }
}

/// Returns a line that describes a sensor, to choose from several.
fn line(sensor: &Sensor) -> String {
    format!(
        "  {}  {}  last check-in {}  {}",
        sensor.id,
        text::make_visible(&sensor.computer_name),
        sensor.last_checkin.map_or_else(|| "unknown".to_owned(), output::format_time),
        text::make_visible(&sensor.status),
    )
}

/// Returns all sensors of this name, and the number of unreadable ones. The server's search is case-sensitive and
/// matches parts of names, so it only narrows down: to names that contain the first label, cut to the 15 letters of a
/// computer name, as typed, in upper case and in lower case. If that finds nothing, all sensors are read.
async fn find_by_name(host: &str, client: &Client) -> Result<(Vec<Sensor>, usize), api::Error> {
    const COMPUTER_NAME: usize = 15;
    let label: String = host.split('.').next().unwrap_or_default().chars().take(COMPUTER_NAME).collect();
    let mut found = BTreeMap::new();
    for spelling in spellings(&label) {
        let filter = SensorFilter { hostname: Some(spelling), ..SensorFilter::default() };
        collect_named(host, &filter, client, &mut found).await?;
    }
    let mut n_unreadable = 0;
    if found.is_empty() {
        n_unreadable = collect_named(host, &SensorFilter::default(), client, &mut found).await?;
    }
    Ok((found.into_values().collect(), n_unreadable))
}

/// Returns a word as typed, in upper case and in lower case, without duplicates.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut spellings = vec![word.to_owned()];
    for other in [word.to_uppercase(), word.to_lowercase()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings
}

/// Adds the sensors of this name to `found`, and returns the number of unreadable ones.
async fn collect_named(
    host: &str,
    filter: &SensorFilter,
    client: &Client,
    found: &mut BTreeMap<SensorId, Sensor>,
) -> Result<usize, api::Error> {
    let (mut start, mut n_unreadable) = (0, 0);
    loop {
        let page = client.sensors(filter, Span { start, rows: PAGE }).await?;
        start += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
        n_unreadable += page.n_unreadable;
        let is_last = page.n_sent() == 0 || start >= page.total;
        found.extend(page.rows.into_iter().filter(|sensor| sensor.is_named(host)).map(|sensor| (sensor.id, sensor)));
        if is_last {
            return Ok(n_unreadable);
        }
    }
}
