//! One process: every fact about it, drawn or told.

use std::borrow::Cow;

use super::{
    FeedToml, World,
    background::{NO_PARENT, STILL_RUNNING, Skeleton},
    binary::Binary,
    fleet::{Host, Os},
    rng::{Rng, hash_text},
    scenario::{Parent, ScriptedProcess},
    template::{Account, ProcessTemplate},
    to_ticks,
};
use crate::model::ProcessId;

const SALT_ID: u64 = 0x1d;
const SALT_CMDLINE: u64 = 0xc11e;
pub(super) const SALT_EVENTS: u64 = 0xe7e;
const HOUR_MS: i64 = 3_600_000;

/// A process of the world.
#[derive(Clone, Copy)]
pub(crate) struct Process<'w> {
    pub(super) world: &'w World,
    number: u32,
    pub(super) source: FactSource<'w>,
}

/// Where the facts come from.
#[derive(Clone, Copy)]
pub(super) enum FactSource<'w> {
    Background(&'w Skeleton, &'w ProcessTemplate),
    Scenario(&'w ScriptedProcess),
}

/// Whose child a process is.
#[derive(Clone, Copy)]
pub(crate) enum Parentage<'w> {
    Known(Process<'w>),
    /// A process without a document, by the name it goes by.
    Unseen(ProcessId),
}

impl<'w> Process<'w> {
    /// The process of a number below the world's length.
    pub(super) fn new(world: &'w World, number: u32) -> Self {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let source = match world.background.processes.get(at) {
            Some(skeleton) => {
                FactSource::Background(skeleton, &world.templates.templates[usize::from(skeleton.template)])
            }
            None => FactSource::Scenario(&world.scenario[at - world.background.processes.len()]),
        };
        Self { world, number, source }
    }

    /// Its place in the world.
    pub(crate) fn number(self) -> u32 {
        self.number
    }

    /// Its GUID.
    pub(crate) fn id(self) -> ProcessId {
        match self.source {
            FactSource::Scenario(told) => told.id,
            FactSource::Background(skeleton, kind) => {
                let mut dice = self.rng(SALT_ID);
                let pid = match (kind.pid, self.host().os) {
                    (Some(pid), _) => pid,
                    (None, Os::Windows) => 400 + 4 * random_below(&mut dice, 4_000),
                    (None, _) => 300 + random_below(&mut dice, 64_000),
                };
                let start = to_ticks(skeleton.start) + dice.next_below(10_000);
                ProcessId::new(skeleton.host, pid, start)
            }
        }
    }

    /// Its number on its host.
    pub(crate) fn pid(self) -> u32 {
        self.id().pid().unwrap_or(0)
    }

    /// The host it ran on.
    pub(crate) fn host(self) -> &'w Host {
        let id = match self.source {
            FactSource::Scenario(told) => told.host,
            FactSource::Background(skeleton, _) => skeleton.host,
        };
        self.world.fleet.host(id).unwrap_or(&self.world.fleet.hosts[0])
    }

    /// The executable's file name.
    pub(crate) fn name(self) -> &'w str {
        match self.source {
            FactSource::Scenario(_) => &self.binary().name,
            FactSource::Background(_, kind) => &kind.name,
        }
    }

    /// The executable's path.
    pub(crate) fn path(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(_) => Cow::Borrowed(&self.binary().paths[0]),
            FactSource::Background(_, kind) => self.fill_template(&kind.path, &mut self.rng(SALT_CMDLINE)),
        }
    }

    /// The command line.
    pub(crate) fn cmdline(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(told) => Cow::Borrowed(&told.cmdline),
            FactSource::Background(_, kind) => {
                let mut dice = self.rng(SALT_CMDLINE);
                let template = dice.choose(&kind.cmdlines).map_or("", String::as_str);
                self.fill_template(template, &mut dice)
            }
        }
    }

    /// The user it ran as, with the domain.
    pub(crate) fn user(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(told) => Cow::Borrowed(&told.user),
            FactSource::Background(_, kind) => run_as_account(kind, self.host()),
        }
    }

    /// The user's SID on Windows, a number elsewhere.
    pub(crate) fn uid(self) -> String {
        let user = self.user();
        match &*user {
            "" => String::new(),
            "SYSTEM" => "S-1-5-18".into(),
            "LOCAL SERVICE" => "S-1-5-19".into(),
            "NETWORK SERVICE" => "S-1-5-20".into(),
            "root" => "0".into(),
            user if self.host().os == Os::Windows => {
                format!("S-1-5-21-1004336348-1177238915-682003330-{}", 1_100 + hash_text(user) % 4_000)
            }
            user => (500 + hash_text(user) % 500).to_string(),
        }
    }

    /// Its executable.
    pub(crate) fn binary(self) -> &'w Binary {
        let binaries = &self.world.binaries;
        let place = match self.source {
            FactSource::Scenario(told) => told.binary,
            FactSource::Background(skeleton, _) => {
                binaries.template_index(usize::from(skeleton.template), self.host().build)
            }
        };
        &binaries.entries[place]
    }

    /// When it started, in milliseconds since 1970, on its host's clock.
    pub(crate) fn start(self) -> i64 {
        match self.source {
            FactSource::Scenario(told) => told.start,
            FactSource::Background(skeleton, _) => skeleton.start,
        }
    }

    /// Whether its end was seen.
    pub(crate) fn has_ended(self) -> bool {
        match self.source {
            FactSource::Scenario(told) => told.lifetime.is_some(),
            FactSource::Background(skeleton, _) => skeleton.lifetime != STILL_RUNNING,
        }
    }

    /// Its last event, on its host's clock.
    pub(crate) fn end(self) -> i64 {
        let (life, until) = match self.source {
            FactSource::Scenario(told) => (told.lifetime, told.last_event),
            FactSource::Background(skeleton, _) => {
                let life = (skeleton.lifetime != STILL_RUNNING).then(|| i64::from(skeleton.lifetime));
                (life, None)
            }
        };
        if let Some(life) = life {
            return self.start() + life;
        }
        let quiet = self.rng(SALT_EVENTS).below_ms(HOUR_MS / 2) + 800;
        let host = self.host();
        let now = self.world.now + host.skew * 1_000;
        let heard = now - host.silent_for.unwrap_or(0) - quiet;
        until.unwrap_or(heard).max(self.start() + 1)
    }

    /// How many documents it has.
    pub(crate) fn segments(self) -> u32 {
        if !self.world.has_time_segments {
            return 1;
        }
        match self.source {
            FactSource::Scenario(told) => told.segments,
            FactSource::Background(_, kind) => {
                let hours = (self.end() - self.start()) / HOUR_MS;
                match hours {
                    0 => 1,
                    _ if kind.is_boot || !kind.connections.is_empty() => {
                        1 + u32::try_from(hours / 12).unwrap_or(6).min(6)
                    }
                    _ => 1 + random_below(&mut self.rng(SALT_EVENTS), 2),
                }
            }
        }
    }

    /// The last event of a segment, counted from 0, on the host's clock.
    pub(crate) fn segment_end(self, segment: u32) -> i64 {
        let (start, end) = (self.start(), self.end());
        let (nth, all) = (i64::from(segment) + 1, i64::from(self.segments()).max(1));
        if nth >= all { end } else { start + (end - start) / all * nth }
    }

    /// When the server had the events of a segment: later than they happened, and by another clock.
    pub(crate) fn segment_arrival(self, segment: u32) -> i64 {
        let mut dice = self.rng(SALT_EVENTS ^ u64::from(segment + 1));
        let lag = 150 + dice.below_ms(25_000);
        self.segment_end(segment) - self.host().skew * 1_000 + lag
    }

    /// Whose child it is.
    pub(crate) fn parent(self) -> Parentage<'w> {
        let unknown = ProcessId::new(self.host().id, u32::MAX, 0);
        match self.source {
            FactSource::Scenario(told) => match told.parent {
                Parent::Number(number) => Parentage::Known(Self::new(self.world, number)),
                Parent::Unseen(id) => Parentage::Unseen(id.unwrap_or(unknown)),
            },
            FactSource::Background(skeleton, _) if skeleton.parent == NO_PARENT => Parentage::Unseen(unknown),
            FactSource::Background(skeleton, _) => Parentage::Known(Self::new(self.world, skeleton.parent)),
        }
    }

    /// What it started, the oldest first of each story.
    pub(crate) fn children(self) -> impl Iterator<Item = Process<'w>> {
        /// A burst of short-lived children follows its parent this closely.
        const NEAR: u32 = 64;
        let world = self.world;
        let own = self.number;
        let range = world
            .background
            .hosts
            .get(usize::try_from(self.host().id).unwrap_or(0).wrapping_sub(1))
            .cloned()
            .unwrap_or_default();
        let drawn = match self.source {
            FactSource::Scenario(_) => 0..0,
            FactSource::Background(skeleton, _) if skeleton.children == 0 => 0..0,
            FactSource::Background(_, kind) if kind.is_boot => own..range.end,
            FactSource::Background(..) => own..range.end.min(own + NEAR),
        };
        let told = world.process_index.children(own).iter().copied();
        drawn
            .map(|number| Self::new(world, number))
            .filter(move |process| process.parent_number() == Some(own))
            .chain(told.map(|number| Self::new(world, number)))
    }

    fn parent_number(self) -> Option<u32> {
        match self.source {
            FactSource::Scenario(told) => match told.parent {
                Parent::Number(number) => Some(number),
                Parent::Unseen(_) => None,
            },
            FactSource::Background(skeleton, _) => Some(skeleton.parent).filter(|&parent| parent != NO_PARENT),
        }
    }

    /// The ids of the watchlists that tagged it.
    pub(crate) fn watchlists(self) -> &'w [String] {
        match self.source {
            FactSource::Scenario(told) => &told.watchlists,
            FactSource::Background(_, kind) => kind.watchlist.as_slice(),
        }
    }

    /// The feeds that have a report on it or on its executable.
    pub(crate) fn feeds(self) -> &'w [FeedToml] {
        match self.source {
            FactSource::Scenario(told) if !told.feeds.is_empty() => &told.feeds,
            _ => &self.binary().feeds,
        }
    }

    /// Whether its documents have lost pid and start.
    pub(crate) fn is_damaged(self) -> bool {
        matches!(self.source, FactSource::Scenario(told) if told.is_damaged)
    }

    /// Whether it is part of a story.
    pub(crate) fn is_scenario(self) -> bool {
        matches!(self.source, FactSource::Scenario(_))
    }

    /// Draws of its own for one purpose.
    pub(crate) fn rng(self, salt: u64) -> Rng {
        Rng::new(self.world.seed, salt, u64::from(self.number))
    }

    /// A template with its blanks filled in.
    pub(super) fn fill_template(self, template: &'w str, dice: &mut Rng) -> Cow<'w, str> {
        if !template.contains('{') {
            return Cow::Borrowed(template);
        }
        let host = self.host();
        let mut text = template.replace("{user}", &host.account);
        text = text.replace("{host}", &host.name.to_lowercase());
        text = text.replacen("{n}", &(1 + dice.next_below(250)).to_string(), 1);
        text = text.replace("{n}", &(1_000 + dice.next_below(9_000)).to_string());
        text = text.replace("{hex}", &dice.hex_digits(8));
        Cow::Owned(text)
    }
}

/// The user that processes of a kind run as on a host, with the domain.
pub(crate) fn run_as_account<'w>(kind: &ProcessTemplate, host: &'w Host) -> Cow<'w, str> {
    match kind.user {
        Account::System => "SYSTEM".into(),
        Account::Service => "LOCAL SERVICE".into(),
        Account::Network => "NETWORK SERVICE".into(),
        Account::Root => "root".into(),
        Account::User if host.os == Os::Windows => format!(r"CORP\{}", host.account).into(),
        Account::User => Cow::Borrowed(&host.account),
    }
}

fn random_below(dice: &mut Rng, bound: u64) -> u32 {
    u32::try_from(dice.next_below(bound)).unwrap_or(0)
}
