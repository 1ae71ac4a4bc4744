//! Filtered and sorted sensor lists, cached for further pages until a sensor changes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::super::{
    http::request::ApiRequest,
    world::{Fleet, Host},
};
use super::sensors::Sensors;

/// Number of cached lists: enough for a few clients with one or two lists each.
const MAX_CACHED: usize = 8;
/// Time until a cached list expires, because check-ins change an order by their times.
const LIFETIME: Duration = Duration::from_secs(10);

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
    pub(in crate::sim) column: String,
    pub(in crate::sim) is_descending: bool,
    /// Fields whose values are counted.
    pub(in crate::sim) facets: Vec<String>,
}

/// Sorted ids of the matching sensors, with facet counts.
#[derive(Debug)]
pub(in crate::sim) struct SensorList {
    pub(in crate::sim) ids: Vec<u32>,
    pub(in crate::sim) facets: BTreeMap<String, Value>,
    pub(in crate::sim) revision: u64,
    pub(in crate::sim) created_at: Instant,
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
    /// Returns the list for `query` if no sensor has changed since, as the revision says, and it has not expired.
    pub(in crate::sim) fn get(&mut self, query: &SensorQuery, revision: u64) -> Option<Arc<SensorList>> {
        self.0.retain(|(_, list)| list.revision == revision && list.created_at.elapsed() < LIFETIME);
        self.0.iter().find(|(key, _)| key == query).map(|(_, list)| Arc::clone(list))
    }

    /// Caches a list.
    pub(in crate::sim) fn put(&mut self, query: SensorQuery, list: &Arc<SensorList>) {
        self.0.truncate(MAX_CACHED - 1);
        self.0.push_front((query, Arc::clone(list)));
    }
}
