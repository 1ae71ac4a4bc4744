//! Alerts: one for each hit of a scenario, and random ones of the last thirty days.

use std::ops::Range;

use super::{
    World,
    fleet::Os,
    intelligence::Intelligence,
    process::Process,
    rng::{Rng, hash_text},
    to_ticks,
};
use crate::model::ProcessId;

const SALT: u64 = 0xa1e7;
const SALT_NEW: u64 = 0xa1e8;
const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// Upper limit, against a mistyped number.
const MAX_ALERTS: u64 = 1_000_000;

/// Alert as the server raised it.
#[derive(Clone, Debug)]
pub(crate) struct Alert {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) subject: Subject,
    pub(crate) origin: Origin,
    pub(crate) score: i64,
    /// In milliseconds since 1970, server's clock.
    pub(crate) created_at: i64,
    pub(crate) status: Status,
    pub(crate) resolved_at: Option<i64>,
    /// Index of the assigned user.
    pub(crate) assignee: Option<usize>,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// Number of a process, and one of its segments.
    Process(u32, u32),
    /// A process that the server has purged, as events are not stored as long as alerts; `template` is an index.
    Expired { id: ProcessId, host: u32, template: usize },
    /// Index of a binary.
    Binary(usize),
    /// Id of a sensor.
    Host(u32),
}

/// The watchlist that raised an alert, or the feed and its report, by index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    Watchlist(usize),
    Report(usize, usize),
}

/// Status of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Unresolved,
    InProgress,
    Resolved,
    FalsePositive,
}

impl Status {
    /// Parses a status as spelled in alert documents.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let statuses = [Self::Unresolved, Self::InProgress, Self::Resolved, Self::FalsePositive];
        statuses.into_iter().find(|status| status.label() == word)
    }

    /// Whether the alert needs no further work.
    pub(crate) fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::FalsePositive)
    }

    /// Returns the spelling in alert documents.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Unresolved => "Unresolved",
            Self::InProgress => "In Progress",
            Self::Resolved => "Resolved",
            Self::FalsePositive => "False Positive",
        }
    }
}

/// Hit of a watchlist or report, with its score.
#[derive(Clone, Copy)]
struct Hit {
    origin: Origin,
    score: i64,
}

/// Generates all alerts, the newest first: one for each hit of a scenario, and `count` random ones.
pub(crate) fn generate_alerts(world: &World, intelligence: &Intelligence, count: u64) -> Vec<Alert> {
    let mut alerts = scenario_alerts(world, intelligence);
    let background_hits = BackgroundHits::from_world(world, intelligence);
    for number in 0..count.min(MAX_ALERTS) {
        alerts.extend(background_hits.random_alert(number));
    }
    alerts.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
    alerts
}

/// Raises the alerts with `numbers` at a time in milliseconds since 1970: random processes are hit again, by the origins
/// for which `may_raise` returns `true`.
pub(crate) fn raise_alerts(
    world: &World,
    numbers: Range<u64>,
    at: i64,
    may_raise: impl Fn(Origin) -> bool,
) -> Vec<Alert> {
    let intelligence = &world.intelligence;
    let hit_processes: Vec<(Process<'_>, Vec<Hit>)> = world
        .processes()
        .filter_map(|process| {
            let mut hits = process_hits(process, intelligence);
            hits.retain(|hit| may_raise(hit.origin));
            (!hits.is_empty()).then_some((process, hits))
        })
        .collect();
    let raise = |number| {
        let mut rng = Rng::new(world.seed, SALT_NEW, number);
        let (process, hits) = rng.choose(&hit_processes)?;
        let hit = rng.choose(hits)?;
        let segment = process.segments().saturating_sub(1);
        Some(Alert {
            id: random_uuid(&mut rng),
            subject: Subject::Process(process.number(), segment),
            origin: hit.origin,
            score: hit.score,
            created_at: at,
            status: Status::Unresolved,
            resolved_at: None,
            assignee: None,
        })
    };
    numbers.filter_map(raise).collect()
}

/// Creates the alerts of the scenarios, all of them unresolved.
fn scenario_alerts(world: &World, intelligence: &Intelligence) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut add = |name: String, subject, hit: Hit, created_at| {
        alerts.push(Alert {
            id: random_uuid(&mut Rng::new(world.seed, SALT, hash_text(&name))),
            subject,
            origin: hit.origin,
            score: hit.score,
            created_at,
            status: Status::Unresolved,
            resolved_at: None,
            assignee: None,
        });
    };
    for process in world.processes().filter(|process| process.is_scenario()) {
        for hit in process_hits(process, intelligence) {
            let name = format!("{} {:?}", process.id(), hit.origin);
            let created_at = detection_time(process.segment_arrival(0), hit.origin);
            add(name, Subject::Process(process.number(), 0), hit, created_at);
        }
    }
    for index in world.binaries.indexes() {
        let binary = &world.binaries.entries[index];
        // Binaries of background processes have random alerts instead.
        if binary.watchlists.is_empty() {
            continue;
        }
        let watchlist_hits = binary.watchlists.iter().filter_map(|id| watchlist_hit(intelligence, id));
        for hit in watchlist_hits.chain(report_hits(intelligence, &binary.feeds)) {
            let name = format!("{} {:?}", binary.md5, hit.origin);
            let created_at = detection_time(binary.first_seen, hit.origin);
            add(name, Subject::Binary(index), hit, created_at);
        }
    }
    for (feed_index, feed) in intelligence.feeds.iter().enumerate() {
        for (index, report) in feed.reports.iter().enumerate() {
            let hit = Hit { origin: Origin::Report(feed_index, index), score: report.score };
            for host in report.hosts.iter().filter_map(|&id| world.fleet.host(id)) {
                let last_checkin = world.now - host.silent_for.unwrap_or(0);
                let name = format!("{} {:?}", host.id, hit.origin);
                add(name, Subject::Host(host.id), hit, last_checkin);
            }
        }
    }
    alerts
}

/// Returns the watchlist and report hits of a process.
fn process_hits(process: Process<'_>, intelligence: &Intelligence) -> Vec<Hit> {
    let watchlist_hits = process.watchlists().iter().filter_map(|id| watchlist_hit(intelligence, id));
    watchlist_hits.chain(report_hits(intelligence, process.feeds())).collect()
}

fn watchlist_hit(intelligence: &Intelligence, id: &str) -> Option<Hit> {
    /// Score of every watchlist.
    const SCORE: i64 = 75;
    Some(Hit { origin: Origin::Watchlist(intelligence.watchlist_index(id)?), score: SCORE })
}

fn report_hits<'w>(intelligence: &'w Intelligence, feeds: &'w [super::FeedToml]) -> impl Iterator<Item = Hit> {
    feeds.iter().flat_map(|feed| {
        feed.reports.iter().filter_map(|report| {
            let (feed_index, index) = intelligence.report_indexes(&feed.name, report)?;
            Some(Hit { origin: Origin::Report(feed_index, index), score: feed.score })
        })
    })
}

/// Returns when the server detects an event that `arrived` at a time: reports match at once, watchlists every ten
/// minutes. Times are in milliseconds since 1970.
fn detection_time(arrived: i64, origin: Origin) -> i64 {
    match origin {
        Origin::Report(..) => arrived + 1_700,
        Origin::Watchlist(_) => arrived - arrived.rem_euclid(10 * MINUTE) + 10 * MINUTE + 3_400,
    }
}

/// Background processes and templates that random alerts are chosen from.
struct BackgroundHits<'w> {
    world: &'w World,
    intelligence: &'w Intelligence,
    /// Numbers of the processes with a hit.
    hit_processes: Vec<u32>,
    /// Indexes of the templates with a hit.
    hit_templates: Vec<usize>,
}

impl<'w> BackgroundHits<'w> {
    fn from_world(world: &'w World, intelligence: &'w Intelligence) -> Self {
        let templates = &world.templates.templates;
        let is_hit = |index: usize| {
            let template = &templates[index];
            template.watchlist.is_some() || !template.feeds.is_empty()
        };
        let processes = world.background.processes.iter().zip(0..);
        Self {
            world,
            intelligence,
            hit_processes: processes
                .filter(|(skeleton, _)| is_hit(usize::from(skeleton.template)))
                .map(|(_, number)| number)
                .collect(),
            hit_templates: (0..templates.len()).filter(|&index| is_hit(index)).collect(),
        }
    }

    fn random_alert(&self, number: u64) -> Option<Alert> {
        let mut rng = Rng::new(self.world.seed, SALT, number);
        let is_recent = rng.next_below(5) < 3;
        let process = rng.choose(&self.hit_processes).filter(|_| is_recent);
        let recent = process.and_then(|&process| self.recent_hit(process, &mut rng));
        let (subject, hit, created_at) = recent.or_else(|| self.expired_hit(&mut rng))?;
        let created_at = created_at.min(self.world.now);
        let (status, resolved_at, assignee) = self.random_outcome(created_at, hit.origin, &mut rng);
        Some(Alert {
            id: random_uuid(&mut rng),
            subject,
            origin: hit.origin,
            score: hit.score,
            created_at,
            status,
            resolved_at,
            assignee,
        })
    }

    /// Returns a random hit of the process `number`; `None` if it is older than 30 days.
    fn recent_hit(&self, number: u32, rng: &mut Rng) -> Option<(Subject, Hit, i64)> {
        let process = self.world.process(number)?;
        let hit = *rng.choose(&process_hits(process, self.intelligence))?;
        let segment = u32::try_from(rng.next_below(process.segments().into())).unwrap_or(0);
        let created_at = detection_time(process.segment_arrival(segment), hit.origin);
        // A host that has been offline for months has processes older than any alert.
        let is_recent = created_at >= self.world.now - 30 * DAY;
        is_recent.then_some((Subject::Process(number, segment), hit, created_at))
    }

    /// Returns a random hit of a purged process that ran 8 to 30 days ago.
    fn expired_hit(&self, rng: &mut Rng) -> Option<(Subject, Hit, i64)> {
        let index = *rng.choose(&self.hit_templates)?;
        let template = &self.world.templates.templates[index];
        let hosts = self.world.fleet.hosts.iter();
        let hosts: Vec<u32> =
            hosts.filter(|host| host.os == template.os && !host.has_no_background).map(|host| host.id).collect();
        let host = *rng.choose(&hosts)?;
        let watchlist_hits = template.watchlist.iter().filter_map(|id| watchlist_hit(self.intelligence, id));
        let hits: Vec<Hit> = watchlist_hits.chain(report_hits(self.intelligence, &template.feeds)).collect();
        let hit = *rng.choose(&hits)?;
        let started = self.world.now - 8 * DAY - rng.below_ms(22 * DAY);
        let offset = u32::try_from(rng.next_below(4_000)).unwrap_or(0);
        let pid = match template.os {
            Os::Windows => 400 + 4 * offset,
            Os::Osx | Os::Linux => 300 + offset,
        };
        let subject = Subject::Expired { id: ProcessId::new(host, pid, to_ticks(started)), host, template: index };
        Some((subject, hit, detection_time(started + MINUTE, hit.origin)))
    }

    /// Returns a random status with the resolution time and the assigned user. Most old alerts are closed. Those of feeds are
    /// mostly false positives when old, and mostly unresolved when recent, so that new alerts have precedents.
    fn random_outcome(&self, created_at: i64, origin: Origin, rng: &mut Rng) -> (Status, Option<i64>, Option<usize>) {
        let users = u64::try_from(self.world.fleet.users.len()).unwrap_or(1);
        let assignee = usize::try_from(rng.next_below(users)).ok();
        let resolved_at = (created_at + 20 * MINUTE + rng.below_ms(2 * DAY)).min(self.world.now);
        let is_precedent = created_at < self.world.now - 2 * DAY;
        match (rng.next_below(20), origin) {
            (roll, Origin::Report(..)) if is_precedent => match roll {
                0 => (Status::Unresolved, None, None),
                1 => (Status::Resolved, Some(resolved_at), assignee),
                _ => (Status::FalsePositive, Some(resolved_at), assignee),
            },
            (0..16, Origin::Report(..)) => (Status::Unresolved, None, None),
            (roll, _) => match roll {
                0..6 => (Status::Unresolved, None, None),
                6..8 => (Status::InProgress, None, assignee),
                8..14 => (Status::FalsePositive, Some(resolved_at), assignee),
                _ => (Status::Resolved, Some(resolved_at), assignee),
            },
        }
    }
}

/// Generates a random UUID (version 4).
fn random_uuid(rng: &mut Rng) -> String {
    let hex = rng.hex_digits(31);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}
