//! Alerts: those of the stories, one for each hit, and drawn ones over the last thirty days.

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
/// More than this is not a queue but a mistyped number.
const MAX_ALERTS: u64 = 1_000_000;

/// One alert.
#[derive(Clone, Debug)]
pub(crate) struct Alert {
    /// A UUID.
    pub(crate) id: String,
    pub(crate) subject: Subject,
    pub(crate) origin: Origin,
    pub(crate) score: i64,
    /// Milliseconds since 1970, server's clock.
    pub(crate) created_at: i64,
    pub(crate) status: Status,
    pub(crate) resolved_at: Option<i64>,
    /// The place of the user who has it.
    pub(crate) assignee: Option<usize>,
}

/// What it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// A process, by its number, and one of its segments.
    Process(u32, u32),
    /// A process that the server has forgotten since, by its kind. Events are not kept as long as alerts.
    Expired { id: ProcessId, host: u32, kind: usize },
    /// A binary, by its place.
    Binary(usize),
    /// A host, by the number of its sensor.
    Host(u32),
}

/// Who raised it, by place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    Watchlist(usize),
    Report(usize, usize),
}

/// How far somebody has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Unresolved,
    InProgress,
    Resolved,
    FalsePositive,
}

impl Status {
    /// The status that a word says, in the spelling of alerts.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let all = [Self::Unresolved, Self::InProgress, Self::Resolved, Self::FalsePositive];
        all.into_iter().find(|status| status.label() == word)
    }

    /// Whether nobody has to look any more.
    pub(crate) fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::FalsePositive)
    }

    /// As alerts have it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Unresolved => "Unresolved",
            Self::InProgress => "In Progress",
            Self::Resolved => "Resolved",
            Self::FalsePositive => "False Positive",
        }
    }
}

/// One thing that hit something, and how bad it is.
#[derive(Clone, Copy)]
struct Hit {
    origin: Origin,
    score: i64,
}

/// All alerts, the newest first: one for each hit of the stories, and `count` others.
pub(crate) fn generate_alerts(world: &World, known: &Intelligence, count: u64) -> Vec<Alert> {
    let mut alerts = scenario_alerts(world, known);
    let noise = BackgroundHits::from_world(world, known);
    for number in 0..count.min(MAX_ALERTS) {
        alerts.extend(noise.random_alert(number));
    }
    alerts.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
    alerts
}

/// New alerts of a moment, numbered from `first` on: what happened before happens again. None comes from what `may` not
/// raise any.
pub(crate) fn raise_alerts(world: &World, numbers: Range<u64>, at: i64, may: impl Fn(Origin) -> bool) -> Vec<Alert> {
    let known = &world.intelligence;
    let hit: Vec<(Process<'_>, Vec<Hit>)> = world
        .processes()
        .filter_map(|process| {
            let mut hits = process_hits(process, known);
            hits.retain(|hit| may(hit.origin));
            (!hits.is_empty()).then_some((process, hits))
        })
        .collect();
    let draw = |number| {
        let mut dice = Rng::new(world.seed, SALT_NEW, number);
        let (process, hits) = dice.choose(&hit)?;
        let hit = dice.choose(hits)?;
        let segment = process.segments().saturating_sub(1);
        Some(Alert {
            id: random_uuid(&mut dice),
            subject: Subject::Process(process.number(), segment),
            origin: hit.origin,
            score: hit.score,
            created_at: at,
            status: Status::Unresolved,
            resolved_at: None,
            assignee: None,
        })
    };
    numbers.filter_map(draw).collect()
}

/// The alerts of the stories. Nobody has looked at them yet.
fn scenario_alerts(world: &World, known: &Intelligence) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut add = |name: String, subject, hit: Hit, created| {
        alerts.push(Alert {
            id: random_uuid(&mut Rng::new(world.seed, SALT, hash_text(&name))),
            subject,
            origin: hit.origin,
            score: hit.score,
            created_at: created,
            status: Status::Unresolved,
            resolved_at: None,
            assignee: None,
        });
    };
    for process in world.processes().filter(|process| process.is_scenario()) {
        for hit in process_hits(process, known) {
            let name = format!("{} {:?}", process.id(), hit.origin);
            let created = detection_time(process.segment_arrival(0), hit.origin);
            add(name, Subject::Process(process.number(), 0), hit, created);
        }
    }
    for place in world.binaries.indexes() {
        let binary = &world.binaries.entries[place];
        // The others belong to ordinary life, which is drawn.
        if binary.watchlists.is_empty() {
            continue;
        }
        let lists = binary.watchlists.iter();
        let lists = lists.filter_map(|id| watchlist_hit(known, id));
        for hit in lists.chain(report_hits(known, &binary.feeds)) {
            let name = format!("{} {:?}", binary.md5, hit.origin);
            let created = detection_time(binary.first_seen, hit.origin);
            add(name, Subject::Binary(place), hit, created);
        }
    }
    for (place, feed) in known.feeds.iter().enumerate() {
        for (at, report) in feed.reports.iter().enumerate() {
            let hit = Hit { origin: Origin::Report(place, at), score: report.score };
            let hosts = report.hosts.iter();
            for host in hosts.filter_map(|&id| world.fleet.host(id)) {
                // The last that was heard of it.
                let created = world.now - host.silent_for.unwrap_or(0);
                let name = format!("{} {:?}", host.id, hit.origin);
                add(name, Subject::Host(host.id), hit, created);
            }
        }
    }
    alerts
}

/// What hit a process.
fn process_hits(process: Process<'_>, known: &Intelligence) -> Vec<Hit> {
    let lists = process.watchlists().iter();
    let lists = lists.filter_map(|id| watchlist_hit(known, id));
    lists.chain(report_hits(known, process.feeds())).collect()
}

fn watchlist_hit(known: &Intelligence, id: &str) -> Option<Hit> {
    /// What every watchlist counts for.
    const SCORE: i64 = 75;
    Some(Hit { origin: Origin::Watchlist(known.watchlist_index(id)?), score: SCORE })
}

fn report_hits<'w>(known: &'w Intelligence, feeds: &'w [super::FeedToml]) -> impl Iterator<Item = Hit> {
    feeds.iter().flat_map(|feed| {
        feed.reports.iter().filter_map(|report| {
            let (feed_place, place) = known.report_indexes(&feed.name, report)?;
            Some(Hit { origin: Origin::Report(feed_place, place), score: feed.score })
        })
    })
}

/// When the server notices what arrived at a time: reports as events come in, watchlists every ten minutes.
fn detection_time(arrived: i64, origin: Origin) -> i64 {
    match origin {
        Origin::Report(..) => arrived + 1_700,
        Origin::Watchlist(_) => arrived - arrived.rem_euclid(10 * MINUTE) + 10 * MINUTE + 3_400,
    }
}

/// What ordinary life has to offer.
struct BackgroundHits<'w> {
    world: &'w World,
    intelligence: &'w Intelligence,
    /// Processes that something hit.
    hit_processes: Vec<u32>,
    /// Kinds of process that something hits.
    hit_templates: Vec<usize>,
}

impl<'w> BackgroundHits<'w> {
    fn from_world(world: &'w World, known: &'w Intelligence) -> Self {
        let kinds = &world.templates.templates;
        let is_hit = |place: usize| {
            let kind = &kinds[place];
            kind.watchlist.is_some() || !kind.feeds.is_empty()
        };
        let processes = world.background.processes.iter().zip(0..);
        Self {
            world,
            intelligence: known,
            hit_processes: processes
                .filter(|(skeleton, _)| is_hit(usize::from(skeleton.template)))
                .map(|(_, number)| number)
                .collect(),
            hit_templates: (0..kinds.len()).filter(|&place| is_hit(place)).collect(),
        }
    }

    fn random_alert(&self, number: u64) -> Option<Alert> {
        let mut dice = Rng::new(self.world.seed, SALT, number);
        let is_recent = dice.next_below(5) < 3;
        let process = dice.choose(&self.hit_processes).filter(|_| is_recent);
        let recent = process.and_then(|&process| self.recent_hit(process, &mut dice));
        let (subject, hit, created) = recent.or_else(|| self.expired_hit(&mut dice))?;
        let created = created.min(self.world.now);
        let (status, resolved, assigned) = self.random_outcome(created, hit.origin, &mut dice);
        Some(Alert {
            id: random_uuid(&mut dice),
            subject,
            origin: hit.origin,
            score: hit.score,
            created_at: created,
            status,
            resolved_at: resolved,
            assignee: assigned,
        })
    }

    /// Something that hit a process which is still there.
    fn recent_hit(&self, number: u32, dice: &mut Rng) -> Option<(Subject, Hit, i64)> {
        let process = self.world.process(number)?;
        let hit = *dice.choose(&process_hits(process, self.intelligence))?;
        let drawn = dice.next_below(process.segments().into());
        let segment = u32::try_from(drawn).unwrap_or(0);
        let created = detection_time(process.segment_arrival(segment), hit.origin);
        // A host that was not heard of for months has processes older than any alert.
        let is_kept = created >= self.world.now - 30 * DAY;
        is_kept.then_some((Subject::Process(number, segment), hit, created))
    }

    /// The like of it, a week to a month ago.
    fn expired_hit(&self, dice: &mut Rng) -> Option<(Subject, Hit, i64)> {
        let kind = *dice.choose(&self.hit_templates)?;
        let sheet = &self.world.templates.templates[kind];
        let hosts = self.world.fleet.hosts.iter();
        let hosts: Vec<u32> =
            hosts.filter(|host| host.os == sheet.os && !host.has_no_background).map(|host| host.id).collect();
        let host = *dice.choose(&hosts)?;
        let lists = sheet.watchlist.iter();
        let lists = lists.filter_map(|id| watchlist_hit(self.intelligence, id));
        let hits: Vec<Hit> = lists.chain(report_hits(self.intelligence, &sheet.feeds)).collect();
        let hit = *dice.choose(&hits)?;
        let started = self.world.now - 8 * DAY - dice.below_ms(22 * DAY);
        let drawn = u32::try_from(dice.next_below(4_000)).unwrap_or(0);
        let pid = match sheet.os {
            Os::Windows => 400 + 4 * drawn,
            Os::Osx | Os::Linux => 300 + drawn,
        };
        let subject = Subject::Expired { id: ProcessId::new(host, pid, to_ticks(started)), host, kind };
        Some((subject, hit, detection_time(started + MINUTE, hit.origin)))
    }

    /// What became of it: most of what is old has been dealt with. What feeds say of ordinary life has been found false
    /// again and again, and is as often raised again.
    fn random_outcome(&self, created: i64, origin: Origin, dice: &mut Rng) -> (Status, Option<i64>, Option<usize>) {
        let users = u64::try_from(self.world.fleet.users.len()).unwrap_or(1);
        let who = usize::try_from(dice.next_below(users)).ok();
        let later = (created + 20 * MINUTE + dice.below_ms(2 * DAY)).min(self.world.now);
        let is_precedent = created < self.world.now - 2 * DAY;
        match (dice.next_below(20), origin) {
            (drawn, Origin::Report(..)) if is_precedent => match drawn {
                0 => (Status::Unresolved, None, None),
                1 => (Status::Resolved, Some(later), who),
                _ => (Status::FalsePositive, Some(later), who),
            },
            (0..16, Origin::Report(..)) => (Status::Unresolved, None, None),
            (drawn, _) => match drawn {
                0..6 => (Status::Unresolved, None, None),
                6..8 => (Status::InProgress, None, who),
                8..14 => (Status::FalsePositive, Some(later), who),
                _ => (Status::Resolved, Some(later), who),
            },
        }
    }
}

/// A random UUID.
fn random_uuid(dice: &mut Rng) -> String {
    let hex = dice.hex_digits(31);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}
