//! Filtered and sorted lists of sensors.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use serde_json::Value;

use super::super::{
    search::facets,
    state::{
        sensor_list::{SensorList, SensorQuery},
        sensors::Sensors,
        server::Server,
    },
};
use super::sensor_record::SensorRecord;

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

/// Value that sensors are sorted by; a missing one comes last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SensorSortKey {
    Number(i64),
    Text(String),
    Missing,
}

/// Returns the list for `query`, from the cache if no sensor has changed.
pub(super) fn find_or_build(server: &Server, query: SensorQuery) -> Arc<SensorList> {
    server.with_sensor_lists(|lists| {
        server.with_sensors(|sensors| {
            if let Some(cached) = lists.get(&query, sensors.revision) {
                return cached;
            }
            let list = Arc::new(build_list(server, sensors, &query));
            lists.put(query, &list);
            list
        })
    })
}

fn build_list(server: &Server, sensors: &Sensors, query: &SensorQuery) -> SensorList {
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
    SensorList {
        ids: keyed.into_iter().map(|(_, id)| id).collect(),
        facets: facets.collect(),
        revision: sensors.revision,
        created_at: Instant::now(),
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
