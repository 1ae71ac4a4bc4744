//! Hosts by name: the one that is meant, never one whose name merely contains it.

use std::collections::BTreeMap;

use super::{CommandCx, Failure, completeness::not_found, links, time_args};
use crate::api::{self, Client};
use crate::model::{Sensor, SensorFilter, SensorId, Span};
use crate::text;

/// As many sensors as are asked for at once: what the server's own console asks for at most (reference 1.6).
pub(super) const PAGE: u64 = 1000;

/// The sensor that is meant: its id, or a name that equals the computer or DNS name, letter case aside.
pub(super) async fn resolve_sensor(
    host: &str,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<SensorId, Failure> {
    let host = &links::host(host, caller)?;
    if let Ok(id) = host.parse() {
        return Ok(SensorId(id));
    }
    let (found, n_unread) = find_by_name(host, client).await?;
    match &found[..] {
        [] => Err(not_found(format!("no sensor has the name {host:?}"), n_unread, "sensors")
            .with_hint("the whole name must match; `lampblack sensor list PART` finds it")),
        [sensor] => Ok(sensor.id),
        several => {
            for sensor in several {
                let line = line(sensor);
                caller.write_line(&line);
            }
            Err(Failure::usage(format!("{} sensors have the name {host:?}", several.len()))
                .with_hint("give the id of the one that is meant"))
        }
    }
}

/// One sensor on one line, for choosing.
fn line(sensor: &Sensor) -> String {
    format!(
        "  {}  {}  last check-in {}  {}",
        sensor.id,
        text::make_visible(&sensor.computer_name),
        sensor.last_checkin.map_or_else(|| "unknown".to_owned(), time_args::format_time),
        text::make_visible(&sensor.status),
    )
}

/// All sensors of this name. The server's search minds the case and looks for parts, so it only narrows: to what
/// contains the first label, cut to the 15 letters of a computer name, as typed, in capitals, and in small letters.
/// If none of these is the host, every sensor is looked at, and those that could not be read are counted.
async fn find_by_name(host: &str, client: &Client) -> Result<(Vec<Sensor>, usize), api::Error> {
    const COMPUTER_NAME: usize = 15;
    let label: String = host.split('.').next().unwrap_or_default().chars().take(COMPUTER_NAME).collect();
    let mut found = BTreeMap::new();
    for part in spellings(&label) {
        let filter = SensorFilter { hostname: Some(part), ..SensorFilter::default() };
        collect_named(host, &filter, client, &mut found).await?;
    }
    let mut n_unread = 0;
    if found.is_empty() {
        n_unread = collect_named(host, &SensorFilter::default(), client, &mut found).await?;
    }
    Ok((found.into_values().collect(), n_unread))
}

/// A word as typed, in capitals and in small letters, each once.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut spellings = vec![word.to_owned()];
    for other in [word.to_uppercase(), word.to_lowercase()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings
}

/// Adds those of this name; how many of all could not be read.
async fn collect_named(
    host: &str,
    filter: &SensorFilter,
    client: &Client,
    found: &mut BTreeMap<SensorId, Sensor>,
) -> Result<usize, api::Error> {
    let (mut start, mut n_unread) = (0, 0);
    loop {
        let page = client.sensors(filter, Span { start, rows: PAGE }).await?;
        start += u64::try_from(page.n_sent()).unwrap_or(u64::MAX);
        n_unread += page.n_unreadable;
        let is_last = page.n_sent() == 0 || start >= page.total;
        found.extend(page.rows.into_iter().filter(|sensor| sensor.is_named(host)).map(|sensor| (sensor.id, sensor)));
        if is_last {
            return Ok(n_unread);
        }
    }
}
