//! Filtered and sorted sensor lists, cached for further pages until a sensor changes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::super::{
    http::request::ApiRequest,
    routes::SensorRecord,
    search::facets,
    world::{Fleet, Host},
};
use super::{sensors::Sensors, server::Server};

/// Number of cached lists: enough for a few clients with one or two lists each.
const MAX_CACHED: usize = 8;
/// Time until a cached list expires, because check-ins change an order by their times.
const LIFETIME: Duration = Duration::from_secs(10);
/// Text fields that hold numbers and are sorted as such.
const NUMERIC_FIELDS: [&str; 8] = [
    "sensor_uptime",
    "uptime",
    "physical_memory_size",
    "systemvolume_free_size",
    "num_eventlog_bytes",
    "num_storefiles_bytes",
    "clock_delta",
    "boot_id",
];

/// Cache of sensor lists, the newest first.
#[derive(Debug, Default)]
pub(in crate::sim) struct SensorLists(VecDeque<(SensorQuery, Arc<SensorList>)>);

/// Filters, order and facets of a sensor list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct SensorQuery {
    ip: Option<String>,
    name: Option<String>,
    group: Option<u64>,
    days: Option<i64>,
    column: String,
    is_descending: bool,
    /// Fields whose values are counted.
    facets: Vec<String>,
}

/// Sorted ids of the matching sensors, with facet counts.
#[derive(Debug)]
pub(in crate::sim) struct SensorList {
    pub(in crate::sim) ids: Vec<u32>,
    pub(in crate::sim) facets: BTreeMap<String, Value>,
    revision: u64,
    created_at: Instant,
}

/// Value that sensors are sorted by; a missing one comes last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SensorSortKey {
    Number(i64),
    Text(String),
    Missing,
}

impl SensorQuery {
    /// Parses the filters: case-sensitive parts of host names or addresses, of which the address takes precedence.
    pub(in crate::sim) fn parse_filters(request: &ApiRequest) -> Self {
        let ip = request.param("ip").filter(|ip| !ip.is_empty());
        let days = request.number("inactive_filter_days");
        Self {
            ip: ip.map(Into::into),
            name: request.param("hostname").filter(|_| ip.is_none()).map(Into::into),
            group: request.number("groupid"),
            days: days.and_then(|days| i64::try_from(days).ok()),
            ..Self::default()
        }
    }

    /// Parses filters, order and facets.
    pub(in crate::sim) fn parse_page(request: &ApiRequest) -> Self {
        let is = |name: &str, text: &str| request.param(name).is_some_and(|value| value.eq_ignore_ascii_case(text));
        let facets = request.params().filter(|(name, _)| *name == "facet.field" && is("facet", "true"));
        Self {
            column: request.param("sort.col").unwrap_or("computer_name").into(),
            is_descending: is("sort.dir", "desc"),
            facets: facets.map(|(_, field)| field.into()).collect(),
            ..Self::parse_filters(request)
        }
    }

    /// Returns the hosts that pass the filters, in the order of their ids.
    pub(in crate::sim) fn matching_hosts<'f>(
        &self,
        fleet: &'f Fleet,
        sensors: &Sensors,
    ) -> impl Iterator<Item = &'f Host> {
        let passes = move |host: &&Host| {
            self.name.as_ref().is_none_or(|name| host.name.contains(name))
                && self.ip.as_ref().is_none_or(|ip| host.ip.to_string().contains(ip))
                && self.group.is_none_or(|group| u64::from(sensors.group_of(host)) == group)
                && self.days.is_none_or(|days| host.silent_for.unwrap_or(0) < days * 86_400_000)
        };
        fleet.hosts.iter().filter(passes)
    }
}

impl SensorLists {
    /// Returns the cached list for `query`, or builds and caches it.
    pub(in crate::sim) fn find_or_build(&mut self, server: &Server, query: SensorQuery) -> Arc<SensorList> {
        server.with_sensors(|sensors| {
            self.0.retain(|(_, list)| list.revision == sensors.revision && list.created_at.elapsed() < LIFETIME);
            if let Some((_, cached)) = self.0.iter().find(|(key, _)| *key == query) {
                return Arc::clone(cached);
            }
            let list = Arc::new(SensorList::new(server, sensors, &query));
            self.0.truncate(MAX_CACHED - 1);
            self.0.push_front((query, Arc::clone(&list)));
            list
        })
    }
}

impl SensorList {
    fn new(server: &Server, sensors: &Sensors, query: &SensorQuery) -> Self {
        let mut counts: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        let mut keyed: Vec<(SensorSortKey, u32)> = Vec::new();
        for host in query.matching_hosts(&server.world.fleet, sensors) {
            let record = SensorRecord::new(server, host, sensors.state_of(host));
            for field in &query.facets {
                let values = counts.entry(field).or_default();
                match record.member_value(field) {
                    Value::Null => {}
                    Value::String(text) => *values.entry(text).or_default() += 1,
                    other => *values.entry(other.to_string()).or_default() += 1,
                }
            }
            keyed.push((SensorSortKey::from_value(&query.column, record.member_value(&query.column)), host.id));
        }
        keyed.sort_unstable();
        if query.is_descending {
            keyed.reverse();
        }
        let facets =
            counts.into_iter().map(|(field, counts)| (field.into(), facets::facet_list(field, counts, server.now())));
        Self {
            ids: keyed.into_iter().map(|(_, id)| id).collect(),
            facets: facets.collect(),
            revision: sensors.revision,
            created_at: Instant::now(),
        }
    }
}

impl SensorSortKey {
    fn from_value(column: &str, value: Value) -> Self {
        match value {
            Value::String(text) if NUMERIC_FIELDS.contains(&column) => {
                text.parse().map_or(Self::Text(text), Self::Number)
            }
            Value::String(text) => Self::Text(text.to_lowercase()),
            Value::Number(number) => Self::Number(number.as_i64().unwrap_or(0)),
            Value::Bool(flag) => Self::Number(flag.into()),
            _ => Self::Missing,
        }
    }
}
