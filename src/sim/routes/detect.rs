//! Numbers about alerts and hosts for the console's first pages (reference 2.18, whose shapes are not known).

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

/// Rows and days of whoever does not say.
const DEFAULT_ROWS: i64 = 10;
const DEFAULT_DAYS: i64 = 30;
const HOUR: f64 = 3_600_000.0;
/// The numbers that there are.
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
    let ["api", "v1", "detect", "report", rest @ ..] = path.as_slice() else {
        return None;
    };
    let (feed, kind, rest) = match rest {
        [kind, rest @ ..] if KINDS.contains(kind) => (None, *kind, rest),
        [feed, kind @ ("unresolvedalertsbyseverity" | "unresolvedalerttrend"), rest @ ..] => (Some(*feed), *kind, rest),
        _ => return None,
    };
    if method != "GET" {
        return Some(method_not_allowed());
    }
    let known = server.detections.index_state();
    let report = AlertCounts { server, index_state: &known, feed };
    report.kind_values(kind, rest).map(ApiResponse::json_compact)
}

/// The alerts that are counted.
struct AlertCounts<'s> {
    server: &'s Server,
    index_state: &'s IndexState,
    /// Those of this feed alone.
    feed: Option<&'s str>,
}

impl AlertCounts<'_> {
    /// The numbers of a kind; none if the rest of the address cannot be read.
    fn kind_values(&self, kind: &str, rest: &[&str]) -> Option<Value> {
        let number = |at: usize, default: i64| match rest.get(at) {
            None => Some(default),
            Some(text) => text.parse().ok().filter(|number| *number > 0),
        };
        let days = || number(0, DEFAULT_DAYS);
        let rows = || {
            let rows = usize::try_from(number(0, DEFAULT_ROWS)?).unwrap_or(usize::MAX);
            let is_ascending = match rest.get(1) {
                None | Some(&"desc") => false,
                Some(&"asc") => true,
                Some(_) => return None,
            };
            Some((rows, is_ascending))
        };
        Some(match kind {
            "currentalertstatus" => named_values(self.count_by_status()),
            "currentmonitoringstatus" => named_values(self.count_by_sensor()),
            "unresolvedalertsbyseverity" => top_rows(self.highest_severity(Whose::Origin), rows()?),
            "unresolvedalertsbytime" => top_rows(self.oldest_hours(Whose::Origin), rows()?),
            "unresolvedhostsbyseverity" => top_rows(self.highest_severity(Whose::Host), rows()?),
            "unresolvedhostsbytime" => top_rows(self.oldest_hours(Whose::Host), rows()?),
            "unresolvedusersbyseverity" => top_rows(self.highest_severity(Whose::User), rows()?),
            "unresolvedusersbytime" => top_rows(self.oldest_hours(Whose::User), rows()?),
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
        let all = self.index_state.alerts(&self.server.world);
        all.filter_map(|number| run::find_alert(self.server, self.index_state, number))
            .filter(|alert| self.feed.is_none_or(|feed| alert.feed_id_name().1.eq_ignore_ascii_case(feed)))
    }

    fn open_alerts(&self) -> impl Iterator<Item = AlertDocument<'_>> {
        self.alerts().filter(|alert| !alert.state.status.is_closed())
    }

    fn count_by_status(&self) -> Vec<(String, f64)> {
        let all = [Status::Unresolved, Status::InProgress, Status::Resolved, Status::FalsePositive];
        let count = |status: Status| {
            let some = self.alerts().filter(|alert| alert.state.status == status);
            (status.label().to_owned(), to_f64(some.count()))
        };
        all.into_iter().map(count).collect()
    }

    fn count_by_sensor(&self) -> Vec<(String, f64)> {
        let hosts = &self.server.world.fleet.hosts;
        let (mut online, mut offline, mut uninstalled) = (0, 0, 0);
        for host in hosts {
            match (host.uninstalled, host.silent_for) {
                (true, _) => uninstalled += 1,
                (_, Some(_)) => offline += 1,
                _ => online += 1,
            }
        }
        [("Online", online), ("Offline", offline), ("Uninstalled", uninstalled)]
            .map(|(name, value)| (name.to_owned(), to_f64(value)))
            .into()
    }

    /// The highest severity of what is open.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the path of the method holds for one lifetime only")]
    fn highest_severity(&self, whose: Whose) -> BTreeMap<String, f64> {
        self.highest_by(whose, |alert| alert.severity())
    }

    /// For how many hours something has been open.
    fn oldest_hours(&self, whose: Whose) -> BTreeMap<String, f64> {
        let now = self.server.now().as_millisecond();
        self.highest_by(whose, |alert| to_hours(now - alert.alert.created_at) / HOUR)
    }

    fn highest_by(&self, whose: Whose, measure: impl Fn(&AlertDocument<'_>) -> f64) -> BTreeMap<String, f64> {
        let mut all: BTreeMap<String, f64> = BTreeMap::new();
        for alert in self.open_alerts() {
            if let Some(name) = whose.key(&alert) {
                let largest = all.entry(name).or_insert(f64::MIN);
                *largest = largest.max(measure(&alert));
            }
        }
        all
    }

    /// Who resolved alerts, measured by the hours that each took.
    fn by_resolver(&self, measure: impl Fn(&[f64]) -> f64) -> BTreeMap<String, f64> {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let (Some(user), Some(at)) = (alert.assignee(), alert.state.resolved_at) {
                let took = to_hours(at - alert.alert.created_at) / HOUR;
                all.entry(user.to_owned()).or_default().push(took);
            }
        }
        let measured = all.into_iter().map(|(user, times)| (user, measure(&times)));
        measured.collect()
    }

    /// A sum for each of the last days, the earliest first.
    fn sum_by_day(&self, days: i64, value: impl Fn(&AlertDocument<'_>) -> Option<(i64, f64)>) -> Value {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for (at, value) in self.alerts().filter_map(|alert| value(&alert)) {
            *sums.entry(format_day(at)).or_default() += value;
        }
        self.by_date(days, |day| sums.get(day).copied().unwrap_or(0.0))
    }

    /// How many hours it took to resolve what was resolved on a day.
    fn mean_hours(&self, days: i64) -> Value {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let Some(at) = alert.state.resolved_at {
                let took = to_hours(at - alert.alert.created_at) / HOUR;
                all.entry(format_day(at)).or_default().push(took);
            }
        }
        self.by_date(days, |day| all.get(day).map_or(0.0, |times| mean_of(times)))
    }

    /// How many hours files that were first seen on a day were about.
    fn dwell_hours(&self, days: i64) -> Value {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let files = self.server.world.binaries.entries.iter();
        for file in files.filter(|file| file.runs > 0) {
            let about = to_hours(file.last_seen - file.first_seen) / HOUR;
            all.entry(format_day(file.first_seen)).or_default().push(about);
        }
        self.by_date(days, |day| all.get(day).map_or(0.0, |times| mean_of(times)))
    }

    /// The part of the hosts, in percent, that no open alert of a day or of one before was about.
    fn clean_host_percent(&self, days: i64) -> Value {
        let mut first: BTreeMap<u32, String> = BTreeMap::new();
        for alert in self.open_alerts() {
            if let Some(host) = alert.host() {
                let on = format_day(alert.alert.created_at);
                let known = first.entry(host.id).or_insert_with(|| on.clone());
                *known = on.min(known.clone());
            }
        }
        let all = to_f64(self.server.world.fleet.hosts.len()).max(1.0);
        self.by_date(days, |day| {
            let sick = first.values().filter(|first| first.as_str() <= day);
            100.0 * (all - to_f64(sick.count())) / all
        })
    }

    fn by_date(&self, days: i64, value: impl Fn(&str) -> f64) -> Value {
        let now = self.server.now().to_zoned_datetime(TimeZone::UTC);
        let back = |ago: i64| now.checked_sub(Span::new().days(ago)).ok();
        let days = (0..days.min(3_650)).rev().filter_map(back);
        days.map(|at| {
            let day = at.strftime("%Y-%m-%d").to_string();
            json!({"date": day, "value": round_value(value(&day))})
        })
        .collect()
    }
}

/// Whose alerts are put together.
#[derive(Clone, Copy)]
enum Whose {
    /// Those of one watchlist or report.
    Origin,
    Host,
    User,
}

impl Whose {
    fn key(self, alert: &AlertDocument<'_>) -> Option<String> {
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

/// The first of them by their values.
fn top_rows(all: BTreeMap<String, f64>, (rows, is_ascending): (usize, bool)) -> Value {
    let mut all: Vec<(String, f64)> = all.into_iter().collect();
    all.sort_by(|(_, a), (_, b)| {
        let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
        if is_ascending { order } else { order.reverse() }
    });
    all.truncate(rows);
    named_values(all)
}

fn format_day(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / to_f64(values.len().max(1))
}

/// With three decimals, and without any where there are none.
fn round_value(value: f64) -> Value {
    let value = (value * 1_000.0).round() / 1_000.0;
    if value.fract() == 0.0 { json!(format!("{value:.0}").parse::<i64>().unwrap_or(0)) } else { json!(value) }
}

fn to_f64(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[expect(clippy::cast_precision_loss, reason = "no duration here comes near 2^53 milliseconds, where it would show")]
fn to_hours(milliseconds: i64) -> f64 {
    milliseconds as f64
}
