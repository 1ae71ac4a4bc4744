//! One process: every fact about it, drawn or told.

use std::borrow::Cow;

use super::{
    FeedSheet, World,
    background::{NONE, RUNNING, Skeleton},
    binary::Binary,
    fleet::{Host, Os},
    rng::{Dice, number_of},
    scenario::{Parent, Told},
    template::{Account, Kind},
    ticks,
};
use crate::model::ProcessId;

const SALT_ID: u64 = 0x1d;
const SALT_CMDLINE: u64 = 0xc11e;
pub(super) const SALT_EVENTS: u64 = 0xe7e;
const HOUR: i64 = 3_600_000;

/// A process of the world.
#[derive(Clone, Copy)]
pub(crate) struct Process<'w> {
    pub(super) world: &'w World,
    number: u32,
    pub(super) source: Source<'w>,
}

/// Where the facts come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'w> {
    Drawn(&'w Skeleton, &'w Kind),
    Told(&'w Told),
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
        let source = match world.noise.all.get(at) {
            Some(skeleton) => Source::Drawn(skeleton, &world.kinds.all[usize::from(skeleton.kind)]),
            None => Source::Told(&world.told[at - world.noise.all.len()]),
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
            Source::Told(told) => told.id,
            Source::Drawn(skeleton, kind) => {
                let mut dice = self.dice(SALT_ID);
                let pid = match (kind.pid, self.host().os) {
                    (Some(pid), _) => pid,
                    (None, Os::Windows) => 400 + 4 * draw(&mut dice, 4_000),
                    (None, _) => 300 + draw(&mut dice, 64_000),
                };
                let start = ticks(skeleton.start) + dice.below(10_000);
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
            Source::Told(told) => told.host,
            Source::Drawn(skeleton, _) => skeleton.host,
        };
        self.world.fleet.host(id).unwrap_or(&self.world.fleet.hosts[0])
    }

    /// The executable's file name.
    pub(crate) fn name(self) -> &'w str {
        match self.source {
            Source::Told(_) => &self.binary().name,
            Source::Drawn(_, kind) => &kind.name,
        }
    }

    /// The executable's path.
    pub(crate) fn path(self) -> Cow<'w, str> {
        match self.source {
            Source::Told(_) => Cow::Borrowed(&self.binary().paths[0]),
            Source::Drawn(_, kind) => self.filled(&kind.path, &mut self.dice(SALT_CMDLINE)),
        }
    }

    /// The command line.
    pub(crate) fn cmdline(self) -> Cow<'w, str> {
        match self.source {
            Source::Told(told) => Cow::Borrowed(&told.cmdline),
            Source::Drawn(_, kind) => {
                let mut dice = self.dice(SALT_CMDLINE);
                let template = dice.pick(&kind.cmdlines).map_or("", String::as_str);
                self.filled(template, &mut dice)
            }
        }
    }

    /// The user it ran as, with the domain.
    pub(crate) fn user(self) -> Cow<'w, str> {
        match self.source {
            Source::Told(told) => Cow::Borrowed(&told.user),
            Source::Drawn(_, kind) => account(kind, self.host()),
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
                format!("S-1-5-21-1004336348-1177238915-682003330-{}", 1_100 + number_of(user) % 4_000)
            }
            user => (500 + number_of(user) % 500).to_string(),
        }
    }

    /// Its executable.
    pub(crate) fn binary(self) -> &'w Binary {
        let binaries = &self.world.binaries;
        let place = match self.source {
            Source::Told(told) => told.binary,
            Source::Drawn(skeleton, _) => binaries.of_kind(usize::from(skeleton.kind), self.host().build),
        };
        &binaries.all[place]
    }

    /// When it started, in milliseconds since 1970, on its host's clock.
    pub(crate) fn start(self) -> i64 {
        match self.source {
            Source::Told(told) => told.start,
            Source::Drawn(skeleton, _) => skeleton.start,
        }
    }

    /// Whether its end was seen.
    pub(crate) fn has_ended(self) -> bool {
        match self.source {
            Source::Told(told) => told.life.is_some(),
            Source::Drawn(skeleton, _) => skeleton.life != RUNNING,
        }
    }

    /// Its last event, on its host's clock.
    pub(crate) fn end(self) -> i64 {
        let (life, until) = match self.source {
            Source::Told(told) => (told.life, told.until),
            Source::Drawn(skeleton, _) => {
                let life = (skeleton.life != RUNNING).then(|| i64::from(skeleton.life));
                (life, None)
            }
        };
        if let Some(life) = life {
            return self.start() + life;
        }
        let quiet = self.dice(SALT_EVENTS).moment(HOUR / 2) + 800;
        let host = self.host();
        let now = self.world.now + host.skew * 1_000;
        let heard = now - host.offline.unwrap_or(0) - quiet;
        until.unwrap_or(heard).max(self.start() + 1)
    }

    /// How many documents it has.
    pub(crate) fn segments(self) -> u32 {
        if !self.world.has_time_segments {
            return 1;
        }
        match self.source {
            Source::Told(told) => told.segments,
            Source::Drawn(_, kind) => {
                let hours = (self.end() - self.start()) / HOUR;
                match hours {
                    0 => 1,
                    _ if kind.is_boot || !kind.net.is_empty() => 1 + u32::try_from(hours / 12).unwrap_or(6).min(6),
                    _ => 1 + draw(&mut self.dice(SALT_EVENTS), 2),
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
        let mut dice = self.dice(SALT_EVENTS ^ u64::from(segment + 1));
        let lag = 150 + dice.moment(25_000);
        self.segment_end(segment) - self.host().skew * 1_000 + lag
    }

    /// Whose child it is.
    pub(crate) fn parent(self) -> Parentage<'w> {
        let unknown = ProcessId::new(self.host().id, u32::MAX, 0);
        match self.source {
            Source::Told(told) => match told.parent {
                Parent::Number(number) => Parentage::Known(Self::new(self.world, number)),
                Parent::Unseen(id) => Parentage::Unseen(id.unwrap_or(unknown)),
            },
            Source::Drawn(skeleton, _) if skeleton.parent == NONE => Parentage::Unseen(unknown),
            Source::Drawn(skeleton, _) => Parentage::Known(Self::new(self.world, skeleton.parent)),
        }
    }

    /// What it started, the oldest first of each story.
    pub(crate) fn children(self) -> impl Iterator<Item = Process<'w>> {
        /// A burst of short-lived children follows its parent this closely.
        const NEAR: u32 = 64;
        let world = self.world;
        let own = self.number;
        let range = world
            .noise
            .hosts
            .get(usize::try_from(self.host().id).unwrap_or(0).wrapping_sub(1))
            .cloned()
            .unwrap_or_default();
        let drawn = match self.source {
            Source::Told(_) => 0..0,
            Source::Drawn(skeleton, _) if skeleton.children == 0 => 0..0,
            Source::Drawn(_, kind) if kind.is_boot => own..range.end,
            Source::Drawn(..) => own..range.end.min(own + NEAR),
        };
        let told = world.index.children(own).iter().copied();
        drawn
            .map(|number| Self::new(world, number))
            .filter(move |process| process.parent_number() == Some(own))
            .chain(told.map(|number| Self::new(world, number)))
    }

    fn parent_number(self) -> Option<u32> {
        match self.source {
            Source::Told(told) => match told.parent {
                Parent::Number(number) => Some(number),
                Parent::Unseen(_) => None,
            },
            Source::Drawn(skeleton, _) => Some(skeleton.parent).filter(|&parent| parent != NONE),
        }
    }

    /// The ids of the watchlists that tagged it.
    pub(crate) fn watchlists(self) -> &'w [String] {
        match self.source {
            Source::Told(told) => &told.watchlists,
            Source::Drawn(_, kind) => kind.watch.as_slice(),
        }
    }

    /// The feeds that have a report on it or on its executable.
    pub(crate) fn feeds(self) -> &'w [FeedSheet] {
        match self.source {
            Source::Told(told) if !told.feeds.is_empty() => &told.feeds,
            _ => &self.binary().feeds,
        }
    }

    /// Whether its documents have lost pid and start.
    pub(crate) fn is_damaged(self) -> bool {
        matches!(self.source, Source::Told(told) if told.is_damaged)
    }

    /// Whether it is part of a story.
    pub(crate) fn is_told(self) -> bool {
        matches!(self.source, Source::Told(_))
    }

    /// Draws of its own for one purpose.
    pub(crate) fn dice(self, salt: u64) -> Dice {
        Dice::new(self.world.seed, salt, u64::from(self.number))
    }

    /// A template with its blanks filled in.
    pub(super) fn filled(self, template: &'w str, dice: &mut Dice) -> Cow<'w, str> {
        if !template.contains('{') {
            return Cow::Borrowed(template);
        }
        let host = self.host();
        let mut text = template.replace("{user}", &host.account);
        text = text.replace("{host}", &host.name.to_lowercase());
        text = text.replacen("{n}", &(1 + dice.below(250)).to_string(), 1);
        text = text.replace("{n}", &(1_000 + dice.below(9_000)).to_string());
        text = text.replace("{hex}", &dice.hex(8));
        Cow::Owned(text)
    }
}

/// The user that processes of a kind run as on a host, with the domain.
pub(crate) fn account<'w>(kind: &Kind, host: &'w Host) -> Cow<'w, str> {
    match kind.user {
        Account::System => "SYSTEM".into(),
        Account::Service => "LOCAL SERVICE".into(),
        Account::Network => "NETWORK SERVICE".into(),
        Account::Root => "root".into(),
        Account::User if host.os == Os::Windows => format!(r"CORP\{}", host.account).into(),
        Account::User => Cow::Borrowed(&host.account),
    }
}

fn draw(dice: &mut Dice, bound: u64) -> u32 {
    u32::try_from(dice.below(bound)).unwrap_or(0)
}
