//! `sensor`: hosts, as their sensors report them.

use std::{cell::RefCell, collections::HashSet, pin::pin};

use futures::TryStreamExt;
use jiff::ToSpan;

use super::{
    Caller, Exit, Failure,
    apply::perform,
    completeness::{missing, unread},
    hosts, sensor_details, time_args,
};
use crate::api::{self, Client};
use crate::changes::Deed;
use crate::cli::{self, Patience, Reading};
use crate::fetch::{Reader, pages};
use crate::model::{Group, GroupId, Page, Search, Sensor, SensorFilter, SensorId};
use crate::output::{Align, Cell, Column, Format, Row, Sheet};
use crate::text;

/// The columns of sensors.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Right),
    Column::new("host", Align::Left).least(15),
    Column::new("status", Align::Left).least(11),
    Column::new("isolation", Align::Left),
    Column::new("last_checkin", Align::Left),
    Column::new("address", Align::Left).least(15).rank(1),
    Column::new("os", Align::Left).least(16).rank(2),
    Column::new("version", Align::Left).rank(4),
    Column::new("group", Align::Right).rank(3),
    Column::new("dns_name", Align::Left).least(20).rank(5),
];

/// Runs what does something to sensors, or shows them.
pub(super) async fn run(command: cli::Sensor, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Sensor::List { filter, reading } => list(filter.as_deref(), reading, caller).await,
        cli::Sensor::Show { host, format } => show(&host, format, caller).await,
        cli::Sensor::Isolate(args) => isolate(Deed::Isolate, &args, caller).await,
        cli::Sensor::Unisolate(args) => isolate(Deed::Release, &args, caller).await,
        cli::Sensor::Flush(args) => {
            let (client, access) = caller.reach()?;
            // As far ahead as the official client asks (reference 2.6, "Flush").
            let until = client.clock().now() + (365 * 24).hours();
            let flush = |sensor| Deed::Flush { sensor, until };
            let deeds = deeds(&args.hosts, flush, &client, caller).await?;
            let server = (&client, &access);
            perform(deeds, &args.grounds, Patience::None, server, caller).await
        }
        cli::Sensor::Restart(args) => {
            let (client, access) = caller.reach()?;
            let deeds = deeds(&args.hosts, Deed::Restart, &client, caller).await?;
            let server = (&client, &access);
            perform(deeds, &args.grounds, Patience::None, server, caller).await
        }
        cli::Sensor::Move { hosts, group, grounds } => {
            let (client, access) = caller.reach()?;
            let group = find_group(&group, &client).await?;
            let to = |sensor| Deed::Move { sensor, group };
            let deeds = deeds(&hosts, to, &client, caller).await?;
            let server = (&client, &access);
            perform(deeds, &grounds, Patience::None, server, caller).await
        }
    }
}

async fn isolate(deed: fn(SensorId) -> Deed, args: &cli::Isolation, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let (client, access) = caller.reach()?;
    let deeds = deeds(&args.hosts, deed, &client, caller).await?;
    let server = (&client, &access);
    perform(deeds, &args.grounds, args.waiting.patience(), server, caller).await
}

/// The same deed for every host. All of them are found before anything is done to one.
async fn deeds(
    hosts: &[String],
    deed: impl Fn(SensorId) -> Deed,
    client: &Client,
    caller: &mut Caller<'_>,
) -> Result<Vec<Deed>, Failure> {
    let mut ids = Vec::new();
    for host in hosts {
        let id = hosts::find(host, client, caller).await?;
        if ids.contains(&id) {
            caller.note(&format!("{host} is named twice"));
        } else {
            ids.push(id);
        }
    }
    Ok(ids.into_iter().map(deed).collect())
}

/// The group of this name, letter case aside, or of this number.
async fn find_group(name: &str, client: &Client) -> Result<GroupId, Failure> {
    let groups = client.groups().await?;
    let found: Vec<_> = groups.rows.iter().filter(|group| group.name.is_like(name)).collect();
    match &found[..] {
        [group] => Ok(group.id),
        [] => {
            let id = name.parse().ok().map(GroupId);
            let known = id.filter(|id| groups.rows.iter().any(|group| group.id == *id));
            known.ok_or_else(|| no_group(name, &groups))
        }
        several => {
            let ids = several.iter().map(|group| group.id.to_string());
            let ids = ids.collect::<Vec<_>>().join(", ");
            Err(Failure::usage(format!("several groups have the name {name:?}"))
                .hint(format!("give the number of the one that is meant: {ids}")))
        }
    }
}

/// That there is no group of this name, and which there are.
fn no_group(name: &str, groups: &Page<Group>) -> Failure {
    let names = groups.rows.iter().map(|group| text::visible(&group.name));
    let names = names.collect::<Vec<_>>().join(", ");
    let why = format!("no sensor group has the name {name:?}");
    missing(why, groups.broken, "groups").hint(format!("there are: {names}"))
}

/// Runs `sensor list`.
async fn list(filter: Option<&str>, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, reading.format, COLUMNS, look);
    let mut listing = Listing {
        limit: if reading.limit == 0 { usize::MAX } else { usize::try_from(reading.limit).unwrap_or(usize::MAX) },
        ..Listing::default()
    };
    let mut ended = Ok(());
    for filter in filters(filter, &client).await? {
        ended = listing.read(&filter, &client, &mut sheet).await;
        if ended.is_err() || listing.is_cut {
            break;
        }
    }
    sheet.finish()?;
    if listing.broken > 0 {
        caller.warn(&unread(listing.broken, "sensors"));
    }
    ended?;
    if listing.is_cut {
        let n = text::counted(listing.seen.len(), "sensor", "sensors");
        caller.note(&format!("{n}; there are more, and --limit 0 gives all"));
    }
    if listing.seen.is_empty() && listing.broken == 0 {
        caller.note("no sensor matches");
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Done)
}

/// What to ask the server for. Its matches mind the case; of a bare name, ours need not.
async fn filters(filter: Option<&str>, client: &Client) -> Result<Vec<SensorFilter>, Failure> {
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else {
        return Ok(vec![SensorFilter::default()]);
    };
    let is_address =
        filter.contains(['.', ':']) && filter.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'));
    if !is_address && filter.contains([':', '"', ' ']) {
        return Ok(vec![conditions(filter, client).await?]);
    }
    let by_name = hosts::spellings(filter)
        .into_iter()
        .map(|part| SensorFilter { hostname: Some(part), ..SensorFilter::default() });
    let by_address = is_address.then(|| SensorFilter { ip: Some(filter.to_owned()), ..SensorFilter::default() });
    // A part such as `10.` or `fe.` may be either.
    Ok(by_address.into_iter().chain(by_name).collect())
}

/// What is asked for by name.
async fn conditions(filter: &str, client: &Client) -> Result<SensorFilter, Failure> {
    // Names of groups are asked for only where one is meant.
    let groups = if filter.to_ascii_lowercase().contains("group:") { client.groups().await? } else { Page::default() };
    // That there is no such group is no wrong usage.
    let unknown = RefCell::new(None);
    let group = |name: &str| {
        let mut all = groups.rows.iter();
        let found = all.find(|group| group.name.is_like(name));
        if found.is_none() && name.parse::<u64>().is_err() {
            unknown.replace(Some(no_group(name, &groups)));
        }
        found.map(|group| group.id)
    };
    let read = SensorFilter::read(filter, group);
    read.map_err(|why| unknown.take().unwrap_or_else(|| Failure::usage(why)))
}

/// Sensors as they come, each once.
#[derive(Default)]
struct Listing {
    limit: usize,
    seen: HashSet<SensorId>,
    broken: usize,
    is_cut: bool,
}

impl Listing {
    async fn read(&mut self, filter: &SensorFilter, client: &Client, sheet: &mut Sheet<'_>) -> Result<(), Failure> {
        // One more than is wanted tells whether there are more; where all must be looked at, nobody knows how many those are.
        let wanted = self.limit.saturating_sub(self.seen.len());
        let wanted = u64::try_from(wanted).ok().map(|n| n.saturating_add(1));
        let search = Search { query: filter.to_string(), ..Search::default() };
        let now = client.clock().now();
        let limit = wanted.filter(|_| filter.also.is_empty());
        let mut all = pin!(pages::<Sensor>(client, search, limit));
        while let Some(page) = all.try_next().await? {
            self.broken += page.broken;
            let mut rows = Vec::new();
            for sensor in &page.rows {
                if self.seen.contains(&sensor.id) || !filter.passes(sensor, now) {
                    continue;
                }
                if self.seen.len() >= self.limit {
                    self.is_cut = true;
                    break;
                }
                self.seen.insert(sensor.id);
                rows.push(row(sensor));
            }
            sheet.rows(&rows)?;
            if self.is_cut {
                break;
            }
        }
        Ok(())
    }
}

/// Runs `sensor show`.
async fn show(host: &str, format: Format, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let id = hosts::find(host, &client, caller).await?;
    let mut reader = Reader::new(client);
    let sensor = match reader.sensor(id).await {
        Ok(sensor) => sensor,
        Err(api::Error::NotFound { .. }) => {
            return Err(Failure::new(Exit::Nothing, format!("there is no sensor {id}"))
                .hint("`lampblack sensor list` shows those there are"));
        }
        Err(error) => return Err(error.into()),
    };
    if format != Format::Table {
        let look = caller.look();
        let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
        sheet.rows(&[row(&sensor.value)])?;
        sheet.finish()?;
        return Ok(Exit::Done);
    }
    let group = match sensor.value.group {
        None => None,
        // The sensor is the answer; a group that cannot be read does not take it away.
        Some(id) => match reader.group(id).await {
            Ok(group) => Some(format!("{} ({id})", text::visible(&group.value.name))),
            Err(error) => {
                caller.warn(&format!("the group's name: {error}"));
                Some(id.to_string())
            }
        },
    };
    let details = sensor_details::details(&sensor, group);
    caller.streams.out.write_all(details.as_bytes())?;
    Ok(Exit::Done)
}

fn row(sensor: &Sensor) -> Row {
    let addresses: Vec<_> = sensor.adapters.iter().map(|adapter| adapter.ip.to_string()).collect();
    Row {
        cells: vec![
            Cell::from(Some(sensor.id)),
            Cell::of(&sensor.computer_name),
            Cell::of(&sensor.status),
            Cell::from(Some(sensor.isolation())),
            Cell::from(sensor.last_checkin.map(time_args::shown)),
            Cell::from(Some(addresses.join(" "))),
            Cell::of(&sensor.os),
            Cell::from(Some(sensor.release())),
            Cell::from(sensor.group),
            Cell::of(&sensor.dns_name),
        ],
        json: sensor.document.json().to_owned(),
    }
}
