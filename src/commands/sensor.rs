//! The `sensor` command: lists sensors and changes them.

use std::{cell::RefCell, collections::HashSet, pin::pin};

use futures_util::TryStreamExt;
use jiff::ToSpan;

use super::{
    CommandCx, Exit, Failure,
    apply::apply_changes,
    completeness::{describe_unreadable, not_found},
    hosts, sensor_details,
};
use crate::api::{self, Client};
use crate::changes::{Change, SensorChange};
use crate::cli::{self, OutputArgs, WaitLimit};
use crate::columns::{CellValue, members, sensor};
use crate::config::Access;
use crate::fetch::{Fetcher, SensorFetch, SensorGroupFetch, pages};
use crate::model::{Group, GroupId, Page, Search, Sensor, SensorFilter, SensorId};
use crate::output::{Align, Format, OutputColumn, RowColumns, RowFormat, TableWriter};
use crate::text;

/// The columns of sensors.
const FORMAT: RowFormat<Sensor> = RowFormat {
    fields: sensor::FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(sensor::field("id")),
        OutputColumn::new("host", Align::Left).min_width(15).of(sensor::field("computer_name")),
        OutputColumn::new("status", Align::Left)
            .min_width(11)
            .of(sensor::field("status"))
            .with_value(|sensor| (&sensor.status).into()),
        OutputColumn::new("isolation", Align::Left)
            .of(sensor::field("isolation"))
            .with_value(|sensor| CellValue::text_of(Some(sensor.isolation()))),
        OutputColumn::new("last_checkin", Align::Left).of(sensor::field("last_checkin_time")),
        OutputColumn::new("address", Align::Left).min_width(15).rank(1).of(sensor::field("network_adapters")),
        OutputColumn::new("os", Align::Left).min_width(16).rank(2).of(sensor::field("os_environment_display_string")),
        OutputColumn::new("version", Align::Left).rank(4).of(sensor::field("build_version_string")),
        OutputColumn::new("group", Align::Right).rank(3).of(sensor::field("group_id")),
        OutputColumn::new("dns_name", Align::Left).min_width(20).rank(5).of(sensor::field("computer_dns_name")),
    ],
    members: members::SENSOR,
    json: |sensor| sensor.document.json().into(),
};

/// Runs `sensor`.
pub(super) async fn run(command: cli::Sensor, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        cli::Sensor::List { filter, output } => list(filter.as_deref(), output, cx).await,
        cli::Sensor::Show { host, format } => show(&host, format, cx).await,
        cli::Sensor::Isolate(cli::Isolation { args, wait }) => {
            change_sensors(&args, SensorChange::Isolate, wait.wait_limit(), cx.connect()?, cx).await
        }
        cli::Sensor::Unisolate(cli::Isolation { args, wait }) => {
            change_sensors(&args, SensorChange::Unisolate, wait.wait_limit(), cx.connect()?, cx).await
        }
        cli::Sensor::Flush(args) => {
            let server = cx.connect()?;
            // The period that the official client uses (reference 2.6, "Flush").
            let until = server.0.clock().now() + (365 * 24).hours();
            change_sensors(&args, |sensor| SensorChange::Flush { sensor, until }, WaitLimit::None, server, cx).await
        }
        cli::Sensor::Restart(args) => {
            change_sensors(&args, SensorChange::Restart, WaitLimit::None, cx.connect()?, cx).await
        }
        cli::Sensor::Uninstall(args) => {
            change_sensors(&args, SensorChange::Uninstall, WaitLimit::None, cx.connect()?, cx).await
        }
        cli::Sensor::Move { args, group } => {
            let server = cx.connect()?;
            let group = resolve_group(&group, &server.0).await?;
            change_sensors(&args, |sensor| SensorChange::Move { sensor, group }, WaitLimit::None, server, cx).await
        }
    }
}

/// Changes the sensors of the hosts that are given.
async fn change_sensors(
    args: &cli::Hosts,
    change: impl Fn(SensorId) -> SensorChange,
    wait_limit: WaitLimit,
    (client, access): (Client, Access),
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let changes = changes_for_hosts(&args.hosts, change, &client, cx).await?;
    apply_changes(changes, &args.justification, wait_limit, (&client, &access), cx).await
}

/// Returns the change for each host. All hosts are found before anything is sent.
async fn changes_for_hosts(
    hosts: &[String],
    change: impl Fn(SensorId) -> SensorChange,
    client: &Client,
    cx: &mut CommandCx<'_>,
) -> Result<Vec<Change>, Failure> {
    let mut ids = Vec::new();
    for host in hosts {
        let id = hosts::resolve_sensor(host, client, cx).await?;
        if ids.contains(&id) {
            cx.note(&format!("{host} is given twice"));
        } else {
            ids.push(id);
        }
    }
    Ok(ids.into_iter().map(|id| Change::Sensor(change(id))).collect())
}

/// Finds a sensor group by its name, ignoring case, or by its ID.
async fn resolve_group(name: &str, client: &Client) -> Result<GroupId, Failure> {
    let groups = client.groups().await?;
    let matches: Vec<_> = groups.rows.iter().filter(|group| group.name.eq_ignore_case(name)).collect();
    match &matches[..] {
        [group] => Ok(group.id),
        [] => {
            let id = name.parse().ok().map(GroupId);
            id.filter(|id| groups.rows.iter().any(|group| group.id == *id))
                .ok_or_else(|| no_group_failure(name, &groups))
        }
        several => {
            let ids = several.iter().map(|group| group.id.to_string()).collect::<Vec<_>>().join(", ");
            Err(Failure::usage(format!("several groups have the name {name:?}"))
                .with_hint(format!("give the group ID: {ids}")))
        }
    }
}

/// Returns the failure for an unknown group, with the existing ones.
fn no_group_failure(name: &str, groups: &Page<Group>) -> Failure {
    let names = groups.rows.iter().map(|group| text::make_visible(&group.name)).collect::<Vec<_>>().join(", ");
    let why = format!("no sensor group is named {name:?}");
    not_found(why, groups.n_unreadable, "groups").with_hint(format!("groups: {names}"))
}

/// Runs `sensor list`.
async fn list(filter: Option<&str>, output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let columns = FORMAT.choose(&output.fields)?;
    let client = cx.client()?;
    let style = cx.table_style();
    let mut table = TableWriter::new(cx.streams.out, output.format, columns.layout(), style);
    let mut listing = Listing {
        limit: if output.limit == 0 { usize::MAX } else { usize::try_from(output.limit).unwrap_or(usize::MAX) },
        columns,
        seen_ids: HashSet::new(),
        n_unreadable: 0,
        is_cut: false,
    };
    let mut result = Ok(());
    for filter in server_filters(filter, &client).await? {
        result = listing.read(&filter, &client, &mut table).await;
        if result.is_err() || listing.is_cut {
            break;
        }
    }
    table.finish()?;
    if listing.n_unreadable > 0 {
        cx.warn(&describe_unreadable(listing.n_unreadable, "sensors"));
    }
    result?;
    if listing.is_cut {
        let n = text::pluralize(listing.seen_ids.len(), "sensor", "sensors");
        cx.note(&format!("{n}; there are more, --limit 0 shows all"));
    }
    if listing.seen_ids.is_empty() && listing.n_unreadable == 0 {
        cx.note("no sensor matches");
        return Ok(Exit::NoResults);
    }
    Ok(Exit::Done)
}

/// Returns the filters to send. The server's match is case-sensitive; a bare name is searched in several spellings.
async fn server_filters(filter: Option<&str>, client: &Client) -> Result<Vec<SensorFilter>, Failure> {
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else {
        return Ok(vec![SensorFilter::default()]);
    };
    let is_address =
        filter.contains(['.', ':']) && filter.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':'));
    if !is_address && filter.contains([':', '"', ' ']) {
        return Ok(vec![parse_filter(filter, client).await?]);
    }
    let by_name = hosts::spellings(filter)
        .into_iter()
        .map(|part| SensorFilter { hostname: Some(part), ..SensorFilter::default() });
    let by_address = is_address.then(|| SensorFilter { ip: Some(filter.to_owned()), ..SensorFilter::default() });
    // A part such as `10.` or `fe.` may be a name or an address.
    Ok(by_address.into_iter().chain(by_name).collect())
}

/// Parses a filter with named fields.
async fn parse_filter(filter: &str, client: &Client) -> Result<SensorFilter, Failure> {
    // Groups are fetched only if the filter names one.
    let groups = if filter.to_ascii_lowercase().contains("group:") { client.groups().await? } else { Page::default() };
    // An unknown group is not wrong usage.
    let unknown_group = RefCell::new(None);
    let find_group = |name: &str| {
        let group = groups.rows.iter().find(|group| group.name.eq_ignore_case(name));
        if group.is_none() && name.parse::<u64>().is_err() {
            unknown_group.replace(Some(no_group_failure(name, &groups)));
        }
        group.map(|group| group.id)
    };
    SensorFilter::parse(filter, find_group).map_err(|why| unknown_group.take().unwrap_or_else(|| Failure::usage(why)))
}

/// The sensors listed so far, without duplicates.
struct Listing {
    limit: usize,
    columns: RowColumns<Sensor>,
    seen_ids: HashSet<SensorId>,
    n_unreadable: usize,
    is_cut: bool,
}

impl Listing {
    async fn read(
        &mut self,
        filter: &SensorFilter,
        client: &Client,
        table: &mut TableWriter<'_>,
    ) -> Result<(), Failure> {
        // One more than the limit shows whether there are more. If this program filters the sensors itself, the number
        // to fetch is unknown.
        let n_needed = self.limit.saturating_sub(self.seen_ids.len());
        let n_needed = u64::try_from(n_needed).ok().map(|n| n.saturating_add(1));
        let search = Search { query: filter.to_string(), ..Search::default() };
        let now = client.clock().now();
        let limit = n_needed.filter(|_| filter.client_side.is_empty());
        let mut pages = pin!(pages::<Sensor>(client, search, limit));
        while let Some(page) = pages.try_next().await? {
            self.n_unreadable += page.n_unreadable;
            let mut rows = Vec::new();
            for sensor in &page.rows {
                if self.seen_ids.contains(&sensor.id) || !filter.matches(sensor, now) {
                    continue;
                }
                if self.seen_ids.len() >= self.limit {
                    self.is_cut = true;
                    break;
                }
                self.seen_ids.insert(sensor.id);
                rows.push(sensor);
            }
            table.write_rows(&self.columns.rows(rows)?)?;
            if self.is_cut {
                break;
            }
        }
        Ok(())
    }
}

/// Runs `sensor show`.
async fn show(host: &str, format: Format, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let id = hosts::resolve_sensor(host, &client, cx).await?;
    let mut fetcher = Fetcher::new(client);
    let sensor = match fetcher.get(SensorFetch(id)).await {
        Ok(sensor) => sensor,
        Err(api::Error::NotFound { .. }) => {
            return Err(Failure::new(Exit::NoResults, format!("sensor {id} not found"))
                .with_hint("`lampblack sensor list` shows the sensors"));
        }
        Err(error) => return Err(error.into()),
    };
    if format != Format::Table {
        let style = cx.table_style();
        FORMAT.write_one((&sensor.value, sensor.value.document.json()), format, style, cx.streams.out)?;
        return Ok(Exit::Done);
    }
    let group = match sensor.value.group {
        None => None,
        // The sensor is the result; a failed group request does not suppress it.
        Some(id) => match fetcher.get(SensorGroupFetch(id)).await {
            Ok(group) => Some(format!("{} ({id})", text::make_visible(&group.value.name))),
            Err(error) => {
                cx.warn(&format!("group name: {error}"));
                Some(id.to_string())
            }
        },
    };
    let details = sensor_details::details(&sensor, group);
    cx.streams.out.write_all(details.as_bytes())?;
    Ok(Exit::Done)
}
