//! Statistics of alerts and hosts for the console's dashboard (reference 2.18; the real response formats are unknown).

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::method_not_allowed;
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    search::{alert::AlertDocument, run},
    state::{detections::IndexState, server::Server},
    world::Status,
};

const DEFAULT_ROWS: i64 = 10;
const DEFAULT_DAYS: i64 = 30;
const HOUR: f64 = 3_600_000.0;
/// Available statistics.
const KINDS: [&str; 14] = [
    "currentalertstatus",
    "currentmonitoringstatus",
    "unresolvedalertsbyseverity",
    "unresolvedalertsbytime",
    "unresolvedhostsbyseverity",
    "unresolvedhostsbytime",
    "unresolvedusersbyseverity",
    "unresolvedusersbytime",
    "adminsbyalertsresolved",
    "adminsbyresolvedtime",
    "unresolvedalerttrend",
    "alertresolutionaverage",
    "binarydwell",
    "hosthygiene",
];

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "detect", "report", subpath @ ..] = path.as_slice() else {
        return None;
    };
    let (feed, kind, subpath) = match subpath {
        [kind, subpath @ ..] if KINDS.contains(kind) => (None, *kind, subpath),
        [feed, kind @ ("unresolvedalertsbyseverity" | "unresolvedalerttrend"), subpath @ ..] => {
            (Some(*feed), *kind, subpath)
        }
        _ => return None,
    };
    if method != "GET" {
        return Some(method_not_allowed());
    }
    let index_state = server.detections.index_state();
    let counts = AlertCounts { server, index_state: &index_state, feed };
    counts.kind_values(kind, subpath).map(ApiResponse::json_compact)
}

/// Statistics of all alerts, or of those of one feed.
struct AlertCounts<'s> {
    server: &'s Server,
    index_state: &'s IndexState,
    feed: Option<&'s str>,
}

impl AlertCounts<'_> {
    /// Returns a statistic; `None` if the rest of the path is invalid: days, or rows and their order.
    fn kind_values(&self, kind: &str, subpath: &[&str]) -> Option<Value> {
        let number = |at: usize, default: i64| match subpath.get(at) {
            None => Some(default),
            Some(text) => text.parse().ok().filter(|number| *number > 0),
        };
        let days = || number(0, DEFAULT_DAYS);
        let rows = || {
            let rows = usize::try_from(number(0, DEFAULT_ROWS)?).unwrap_or(usize::MAX);
            let is_ascending = match subpath.get(1) {
                None | Some(&"desc") => false,
                Some(&"asc") => true,
                Some(_) => return None,
            };
            Some((rows, is_ascending))
        };
        Some(match kind {
            "currentalertstatus" => named_values(self.count_by_status()),
            "currentmonitoringstatus" => named_values(self.count_by_sensor()),
            "unresolvedalertsbyseverity" => top_rows(self.highest_severity(AlertKey::Origin), rows()?),
            "unresolvedalertsbytime" => top_rows(self.oldest_hours(AlertKey::Origin), rows()?),
            "unresolvedhostsbyseverity" => top_rows(self.highest_severity(AlertKey::Host), rows()?),
            "unresolvedhostsbytime" => top_rows(self.oldest_hours(AlertKey::Host), rows()?),
            "unresolvedusersbyseverity" => top_rows(self.highest_severity(AlertKey::User), rows()?),
            "unresolvedusersbytime" => top_rows(self.oldest_hours(AlertKey::User), rows()?),
            "adminsbyalertsresolved" => top_rows(self.by_resolver(|times| to_f64(times.len())), rows()?),
            "adminsbyresolvedtime" => top_rows(self.by_resolver(mean_of), rows()?),
            "unresolvedalerttrend" => self.sum_by_day(days()?, |alert| {
                (!alert.state.status.is_closed()).then_some((alert.alert.created_at, 1.0))
            }),
            "alertresolutionaverage" => self.mean_hours(days()?),
            "binarydwell" => self.dwell_hours(days()?),
            "hosthygiene" => self.clean_host_percent(days()?),
            _ => return None,
        })
    }

    fn alerts(&self) -> impl Iterator<Item = AlertDocument<'_>> {
        self.index_state
            .alerts(&self.server.world)
            .filter_map(|number| run::find_alert(self.server, self.index_state, number))
            .filter(|alert| self.feed.is_none_or(|feed| alert.feed_id_name().1.eq_ignore_ascii_case(feed)))
    }

    fn open_alerts(&self) -> impl Iterator<Item = AlertDocument<'_>> {
        self.alerts().filter(|alert| !alert.state.status.is_closed())
    }

    fn count_by_status(&self) -> Vec<(String, f64)> {
        let statuses = [Status::Unresolved, Status::InProgress, Status::Resolved, Status::FalsePositive];
        let count = |status: Status| {
            let alerts = self.alerts().filter(|alert| alert.state.status == status);
            (status.label().to_owned(), to_f64(alerts.count()))
        };
        statuses.into_iter().map(count).collect()
    }

    fn count_by_sensor(&self) -> Vec<(String, f64)> {
        let hosts = &self.server.world.fleet.hosts;
        let (mut online, mut offline, mut uninstalled) = (0, 0, 0);
        self.server.with_sensors(|sensors| {
            for host in hosts {
                match (sensors.is_uninstalled(host), host.silent_for) {
                    (true, _) => uninstalled += 1,
                    (_, Some(_)) => offline += 1,
                    _ => online += 1,
                }
            }
        });
        [("Online", online), ("Offline", offline), ("Uninstalled", uninstalled)]
            .map(|(name, value)| (name.to_owned(), to_f64(value)))
            .into()
    }

    /// Returns the highest severity of the open alerts of each key.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the path of the method holds for one lifetime only")]
    fn highest_severity(&self, key: AlertKey) -> BTreeMap<String, f64> {
        self.highest_by(key, |alert| alert.severity())
    }

    /// Returns the age in hours of the oldest open alert of each key.
    fn oldest_hours(&self, key: AlertKey) -> BTreeMap<String, f64> {
        let now = self.server.now().as_millisecond();
        self.highest_by(key, |alert| to_hours(now - alert.alert.created_at))
    }

    fn highest_by(&self, key: AlertKey, measure: impl Fn(&AlertDocument<'_>) -> f64) -> BTreeMap<String, f64> {
        let mut highest: BTreeMap<String, f64> = BTreeMap::new();
        for alert in self.open_alerts() {
            if let Some(name) = key.value(&alert) {
                let value = highest.entry(name).or_insert(f64::MIN);
                *value = value.max(measure(&alert));
            }
        }
        highest
    }

    /// Applies `measure` to the resolution times in hours of each user who resolved alerts.
    fn by_resolver(&self, measure: impl Fn(&[f64]) -> f64) -> BTreeMap<String, f64> {
        let mut hours: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let (Some(user), Some(at)) = (alert.assignee(), alert.state.resolved_at) {
                hours.entry(user.to_owned()).or_default().push(to_hours(at - alert.alert.created_at));
            }
        }
        hours.into_iter().map(|(user, hours)| (user, measure(&hours))).collect()
    }

    /// Returns the sum of values for each of the last days (UTC), the earliest first.
    fn sum_by_day(&self, days: i64, value: impl Fn(&AlertDocument<'_>) -> Option<(i64, f64)>) -> Value {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for (at, value) in self.alerts().filter_map(|alert| value(&alert)) {
            *sums.entry(format_day(at)).or_default() += value;
        }
        self.by_date(days, |day| sums.get(day).copied().unwrap_or(0.0))
    }

    /// Returns the mean resolution time in hours of the alerts resolved on each day.
    fn mean_hours(&self, days: i64) -> Value {
        let mut hours: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let Some(at) = alert.state.resolved_at {
                hours.entry(format_day(at)).or_default().push(to_hours(at - alert.alert.created_at));
            }
        }
        self.by_date(days, |day| hours.get(day).map_or(0.0, |hours| mean_of(hours)))
    }

    /// Returns the mean time in hours between first and last run of the files first seen on each day.
    fn dwell_hours(&self, days: i64) -> Value {
        let mut hours: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for file in self.server.world.binaries.entries.iter().filter(|file| file.runs > 0) {
            hours.entry(format_day(file.first_seen)).or_default().push(to_hours(file.last_seen - file.first_seen));
        }
        self.by_date(days, |day| hours.get(day).map_or(0.0, |hours| mean_of(hours)))
    }

    /// Returns for each day the percentage of hosts without an open alert of that day or an earlier one.
    fn clean_host_percent(&self, days: i64) -> Value {
        let mut first_days: BTreeMap<u32, String> = BTreeMap::new();
        for alert in self.open_alerts() {
            if let Some(host) = alert.host() {
                let day = format_day(alert.alert.created_at);
                let first = first_days.entry(host.id).or_insert_with(|| day.clone());
                *first = day.min(first.clone());
            }
        }
        let total = to_f64(self.server.world.fleet.hosts.len()).max(1.0);
        self.by_date(days, |day| {
            let affected = first_days.values().filter(|first| first.as_str() <= day);
            100.0 * (total - to_f64(affected.count())) / total
        })
    }

    fn by_date(&self, days: i64, value: impl Fn(&str) -> f64) -> Value {
        let now = self.server.now().to_zoned_datetime(TimeZone::UTC);
        let days = (0..days.min(3_650)).rev().filter_map(|ago| now.checked_sub(Span::new().days(ago)).ok());
        days.map(|at| {
            let day = at.strftime("%Y-%m-%d").to_string();
            json!({"date": day, "value": round_value(value(&day))})
        })
        .collect()
    }
}

/// Property that alerts are grouped by.
#[derive(Clone, Copy)]
enum AlertKey {
    /// The watchlist or report.
    Origin,
    Host,
    User,
}

impl AlertKey {
    fn value(self, alert: &AlertDocument<'_>) -> Option<String> {
        match self {
            Self::Origin => Some(alert.source_id_name().1.to_owned()),
            Self::Host => Some(alert.host()?.name.to_lowercase()),
            Self::User => {
                let user = alert.origin_process()?.user.into_owned();
                (!user.is_empty()).then_some(user)
            }
        }
    }
}

fn named_values(rows: Vec<(String, f64)>) -> Value {
    let rows = rows.into_iter();
    rows.map(|(name, value)| json!({"name": name, "value": round_value(value)})).collect()
}

/// Returns the first rows in the order of their values.
fn top_rows(values: BTreeMap<String, f64>, (rows, is_ascending): (usize, bool)) -> Value {
    let mut sorted: Vec<(String, f64)> = values.into_iter().collect();
    sorted.sort_by(|(_, a), (_, b)| {
        let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
        if is_ascending { order } else { order.reverse() }
    });
    sorted.truncate(rows);
    named_values(sorted)
}

fn format_day(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / to_f64(values.len().max(1))
}

/// Rounds to three decimals; a number without decimals becomes an integer.
fn round_value(value: f64) -> Value {
    let value = (value * 1_000.0).round() / 1_000.0;
    if value.fract() == 0.0 { json!(format!("{value:.0}").parse::<i64>().unwrap_or(0)) } else { json!(value) }
}

fn to_f64(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[expect(clippy::cast_precision_loss, reason = "durations stay far below 2^53 milliseconds")]
fn to_hours(milliseconds: i64) -> f64 {
    milliseconds as f64 / HOUR
}
