//! Sensors in an order: made once for a question, kept while nothing about sensors changes, read page by page.

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

/// As many orders are kept: a few people, each with a list or two.
const MAX_KEPT: usize = 8;
/// Check-ins go on, and with them an order by their times.
const LIFETIME: Duration = Duration::from_secs(10);
/// Texts that are numbers, and are ordered as such.
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

/// The orders that are kept, the newest first.
#[derive(Debug, Default)]
pub(in crate::sim) struct SensorLists(VecDeque<(SensorQuery, Arc<SensorList>)>);

/// What an order is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) struct SensorQuery {
    ip: Option<String>,
    name: Option<String>,
    group: Option<u64>,
    days: Option<i64>,
    column: String,
    is_downwards: bool,
    /// Fields whose values are to be counted.
    facets: Vec<String>,
}

/// Who passes, in order, and the counts of some values.
#[derive(Debug)]
pub(in crate::sim) struct SensorList {
    pub(in crate::sim) ids: Vec<u32>,
    pub(in crate::sim) facets: BTreeMap<String, Value>,
    revision: u64,
    created_at: Instant,
}

/// What sensors are ordered by; nothing at all comes last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SensorSortKey {
    Number(i64),
    Text(String),
    Missing,
}

impl SensorQuery {
    /// The filters of a list: parts of names and addresses, case and all; an address overrules a name.
    pub(in crate::sim) fn parse_filters(ask: &ApiRequest) -> Self {
        let ip = ask.param("ip").filter(|ip| !ip.is_empty());
        let days = ask.number("inactive_filter_days");
        Self {
            ip: ip.map(Into::into),
            name: ask.param("hostname").filter(|_| ip.is_none()).map(Into::into),
            group: ask.number("groupid"),
            days: days.and_then(|days| i64::try_from(days).ok()),
            ..Self::default()
        }
    }

    /// The filters, order and facets of a page.
    pub(in crate::sim) fn parse_page(ask: &ApiRequest) -> Self {
        let is = |name: &str, word: &str| ask.param(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
        let counted = ask.params().filter(|(name, _)| *name == "facet.field" && is("facet", "true"));
        Self {
            column: ask.param("sort.col").unwrap_or("computer_name").into(),
            is_downwards: is("sort.dir", "desc"),
            facets: counted.map(|(_, field)| field.into()).collect(),
            ..Self::parse_filters(ask)
        }
    }

    /// Who passes the filters, in the order of their ids.
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
    /// The order that a question asks for.
    pub(in crate::sim) fn find_or_build(&mut self, server: &Server, question: SensorQuery) -> Arc<SensorList> {
        server.with_sensors(|sensors| {
            let is_good = |kept: &SensorList| kept.revision == sensors.revision && kept.created_at.elapsed() < LIFETIME;
            self.0.retain(|(_, kept)| is_good(kept));
            if let Some((_, kept)) = self.0.iter().find(|(asked, _)| *asked == question) {
                return Arc::clone(kept);
            }
            let roster = Arc::new(SensorList::new(server, sensors, &question));
            self.0.truncate(MAX_KEPT - 1);
            self.0.push_front((question, Arc::clone(&roster)));
            roster
        })
    }
}

impl SensorList {
    fn new(server: &Server, sensors: &Sensors, question: &SensorQuery) -> Self {
        let mut counts: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        let mut keyed: Vec<(SensorSortKey, u32)> = Vec::new();
        for host in question.matching_hosts(&server.world.fleet, sensors) {
            let card = SensorRecord::new(server, host, sensors.state_of(host));
            for field in &question.facets {
                let values = counts.entry(field).or_default();
                match card.member_value(field) {
                    Value::Null => {}
                    Value::String(text) => *values.entry(text).or_default() += 1,
                    other => *values.entry(other.to_string()).or_default() += 1,
                }
            }
            keyed.push((SensorSortKey::from_value(&question.column, card.member_value(&question.column)), host.id));
        }
        keyed.sort_unstable();
        if question.is_downwards {
            keyed.reverse();
        }
        let counted =
            counts.into_iter().map(|(field, counts)| (field.into(), facets::facet_list(field, counts, server.now())));
        Self {
            ids: keyed.into_iter().map(|(_, id)| id).collect(),
            facets: counted.collect(),
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
