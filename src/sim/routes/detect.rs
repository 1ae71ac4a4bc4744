//! Numbers about alerts and hosts for the console's first pages (reference 2.18, whose shapes are not known).

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::not_allowed;
use crate::sim::{
    http::{request::Ask, response::Answer},
    search::{alert::AlertDocument, run},
    state::{detections::Known, server::Server},
    world::Status,
};

/// Rows and days of whoever does not say.
const ROWS: i64 = 10;
const DAYS: i64 = 30;
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

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "detect", "report", rest @ ..] = path.as_slice() else {
        return None;
    };
    let (feed, kind, rest) = match rest {
        [kind, rest @ ..] if KINDS.contains(kind) => (None, *kind, rest),
        [feed, kind @ ("unresolvedalertsbyseverity" | "unresolvedalerttrend"), rest @ ..] => (Some(*feed), *kind, rest),
        _ => return None,
    };
    if method != "GET" {
        return Some(not_allowed());
    }
    let known = server.intel.known();
    let report = Report { server, known: &known, feed };
    report.of(kind, rest).map(Answer::compact)
}

/// The alerts that are counted.
struct Report<'s> {
    server: &'s Server,
    known: &'s Known,
    /// Those of this feed alone.
    feed: Option<&'s str>,
}

impl Report<'_> {
    /// The numbers of a kind; none if the rest of the address cannot be read.
    fn of(&self, kind: &str, rest: &[&str]) -> Option<Value> {
        let number = |at: usize, default: i64| match rest.get(at) {
            None => Some(default),
            Some(text) => text.parse().ok().filter(|number| *number > 0),
        };
        let days = || number(0, DAYS);
        let rows = || {
            let rows = usize::try_from(number(0, ROWS)?).unwrap_or(usize::MAX);
            let is_ascending = match rest.get(1) {
                None | Some(&"desc") => false,
                Some(&"asc") => true,
                Some(_) => return None,
            };
            Some((rows, is_ascending))
        };
        Some(match kind {
            "currentalertstatus" => named(self.statuses()),
            "currentmonitoringstatus" => named(self.sensors()),
            "unresolvedalertsbyseverity" => top(self.worst(Whose::Origin), rows()?),
            "unresolvedalertsbytime" => top(self.oldest(Whose::Origin), rows()?),
            "unresolvedhostsbyseverity" => top(self.worst(Whose::Host), rows()?),
            "unresolvedhostsbytime" => top(self.oldest(Whose::Host), rows()?),
            "unresolvedusersbyseverity" => top(self.worst(Whose::User), rows()?),
            "unresolvedusersbytime" => top(self.oldest(Whose::User), rows()?),
            "adminsbyalertsresolved" => top(self.resolvers(|times| count(times.len())), rows()?),
            "adminsbyresolvedtime" => top(self.resolvers(mean), rows()?),
            "unresolvedalerttrend" => {
                self.by_day(days()?, |alert| (!alert.mark.status.is_closed()).then_some((alert.alert.created, 1.0)))
            }
            "alertresolutionaverage" => self.averages(days()?),
            "binarydwell" => self.dwell(days()?),
            "hosthygiene" => self.hygiene(days()?),
            _ => return None,
        })
    }

    fn alerts(&self) -> impl Iterator<Item = AlertDocument<'_>> {
        let all = self.known.alerts(&self.server.world);
        all.filter_map(|number| run::alert(self.server, self.known, number))
            .filter(|alert| self.feed.is_none_or(|feed| alert.feed().1.eq_ignore_ascii_case(feed)))
    }

    fn open(&self) -> impl Iterator<Item = AlertDocument<'_>> {
        self.alerts().filter(|alert| !alert.mark.status.is_closed())
    }

    fn statuses(&self) -> Vec<(String, f64)> {
        let all = [Status::Unresolved, Status::InProgress, Status::Resolved, Status::FalsePositive];
        let count = |status: Status| {
            let some = self.alerts().filter(|alert| alert.mark.status == status);
            (status.word().to_owned(), count(some.count()))
        };
        all.into_iter().map(count).collect()
    }

    fn sensors(&self) -> Vec<(String, f64)> {
        let hosts = &self.server.world.fleet.hosts;
        let (mut online, mut offline, mut uninstalled) = (0, 0, 0);
        for host in hosts {
            match (host.uninstalled, host.offline) {
                (true, _) => uninstalled += 1,
                (_, Some(_)) => offline += 1,
                _ => online += 1,
            }
        }
        [("Online", online), ("Offline", offline), ("Uninstalled", uninstalled)]
            .map(|(name, value)| (name.to_owned(), count(value)))
            .into()
    }

    /// The highest severity of what is open.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the path of the method holds for one lifetime only")]
    fn worst(&self, whose: Whose) -> BTreeMap<String, f64> {
        self.largest(whose, |alert| alert.severity())
    }

    /// For how many hours something has been open.
    fn oldest(&self, whose: Whose) -> BTreeMap<String, f64> {
        let now = self.server.now().as_millisecond();
        self.largest(whose, |alert| float(now - alert.alert.created) / HOUR)
    }

    fn largest(&self, whose: Whose, measure: impl Fn(&AlertDocument<'_>) -> f64) -> BTreeMap<String, f64> {
        let mut all: BTreeMap<String, f64> = BTreeMap::new();
        for alert in self.open() {
            if let Some(name) = whose.name(&alert) {
                let largest = all.entry(name).or_insert(f64::MIN);
                *largest = largest.max(measure(&alert));
            }
        }
        all
    }

    /// Who resolved alerts, measured by the hours that each took.
    fn resolvers(&self, measure: impl Fn(&[f64]) -> f64) -> BTreeMap<String, f64> {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let (Some(user), Some(at)) = (alert.assigned(), alert.mark.resolved) {
                let took = float(at - alert.alert.created) / HOUR;
                all.entry(user.to_owned()).or_default().push(took);
            }
        }
        let measured = all.into_iter().map(|(user, times)| (user, measure(&times)));
        measured.collect()
    }

    /// A sum for each of the last days, the earliest first.
    fn by_day(&self, days: i64, value: impl Fn(&AlertDocument<'_>) -> Option<(i64, f64)>) -> Value {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for (at, value) in self.alerts().filter_map(|alert| value(&alert)) {
            *sums.entry(day(at)).or_default() += value;
        }
        self.dated(days, |day| sums.get(day).copied().unwrap_or(0.0))
    }

    /// How many hours it took to resolve what was resolved on a day.
    fn averages(&self, days: i64) -> Value {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for alert in self.alerts() {
            if let Some(at) = alert.mark.resolved {
                let took = float(at - alert.alert.created) / HOUR;
                all.entry(day(at)).or_default().push(took);
            }
        }
        self.dated(days, |day| all.get(day).map_or(0.0, |times| mean(times)))
    }

    /// How many hours files that were first seen on a day were about.
    fn dwell(&self, days: i64) -> Value {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let files = self.server.world.binaries.all.iter();
        for file in files.filter(|file| file.runs > 0) {
            let about = float(file.last_seen - file.first_seen) / HOUR;
            all.entry(day(file.first_seen)).or_default().push(about);
        }
        self.dated(days, |day| all.get(day).map_or(0.0, |times| mean(times)))
    }

    /// The part of the hosts, in percent, that no open alert of a day or of one before was about.
    fn hygiene(&self, days: i64) -> Value {
        let mut first: BTreeMap<u32, String> = BTreeMap::new();
        for alert in self.open() {
            if let Some(host) = alert.host() {
                let on = day(alert.alert.created);
                let known = first.entry(host.id).or_insert_with(|| on.clone());
                *known = on.min(known.clone());
            }
        }
        let all = count(self.server.world.fleet.hosts.len()).max(1.0);
        self.dated(days, |day| {
            let sick = first.values().filter(|first| first.as_str() <= day);
            100.0 * (all - count(sick.count())) / all
        })
    }

    fn dated(&self, days: i64, value: impl Fn(&str) -> f64) -> Value {
        let now = self.server.now().to_zoned_datetime(TimeZone::UTC);
        let back = |ago: i64| now.checked_sub(Span::new().days(ago)).ok();
        let days = (0..days.min(3_650)).rev().filter_map(back);
        days.map(|at| {
            let day = at.strftime("%Y-%m-%d").to_string();
            json!({"date": day, "value": rounded(value(&day))})
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
    fn name(self, alert: &AlertDocument<'_>) -> Option<String> {
        match self {
            Self::Origin => Some(alert.origin().1.to_owned()),
            Self::Host => Some(alert.host()?.name.to_lowercase()),
            Self::User => {
                let user = alert.culprit()?.user.into_owned();
                (!user.is_empty()).then_some(user)
            }
        }
    }
}

fn named(rows: Vec<(String, f64)>) -> Value {
    let rows = rows.into_iter();
    rows.map(|(name, value)| json!({"name": name, "value": rounded(value)})).collect()
}

/// The first of them by their values.
fn top(all: BTreeMap<String, f64>, (rows, is_ascending): (usize, bool)) -> Value {
    let mut all: Vec<(String, f64)> = all.into_iter().collect();
    all.sort_by(|(_, a), (_, b)| {
        let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
        if is_ascending { order } else { order.reverse() }
    });
    all.truncate(rows);
    named(all)
}

fn day(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len().max(1))
}

/// With three decimals, and without any where there are none.
fn rounded(value: f64) -> Value {
    let value = (value * 1_000.0).round() / 1_000.0;
    if value.fract() == 0.0 { json!(format!("{value:.0}").parse::<i64>().unwrap_or(0)) } else { json!(value) }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[expect(clippy::cast_precision_loss, reason = "no duration here comes near 2^53 milliseconds, where it would show")]
fn float(milliseconds: i64) -> f64 {
    milliseconds as f64
}
