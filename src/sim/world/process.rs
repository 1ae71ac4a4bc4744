//! A process of the world, with every fact about it: random for background processes, scripted for scenarios.

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

/// Handle of a process of the world.
#[derive(Clone, Copy)]
pub(crate) struct Process<'w> {
    pub(super) world: &'w World,
    number: u32,
    pub(super) source: FactSource<'w>,
}

/// Where the facts of a process come from.
#[derive(Clone, Copy)]
pub(super) enum FactSource<'w> {
    Background(&'w Skeleton, &'w ProcessTemplate),
    Scenario(&'w ScriptedProcess),
}

/// Parent of a process.
#[derive(Clone, Copy)]
pub(crate) enum Parentage<'w> {
    Known(Process<'w>),
    /// A process without a document, known only by its GUID.
    Unseen(ProcessId),
}

impl<'w> Process<'w> {
    /// Creates the handle of the process `number`, which must be below `World::n_processes`.
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

    /// Returns the number of the process in the world.
    pub(crate) fn number(self) -> u32 {
        self.number
    }

    /// Returns the GUID.
    pub(crate) fn id(self) -> ProcessId {
        match self.source {
            FactSource::Scenario(scripted) => scripted.id,
            FactSource::Background(skeleton, template) => {
                let mut rng = self.rng(SALT_ID);
                let pid = match (template.pid, self.host().os) {
                    (Some(pid), _) => pid,
                    (None, Os::Windows) => 400 + 4 * random_below(&mut rng, 4_000),
                    (None, _) => 300 + random_below(&mut rng, 64_000),
                };
                let start = to_ticks(skeleton.start) + rng.next_below(10_000);
                ProcessId::new(skeleton.host, pid, start)
            }
        }
    }

    /// Returns the process id (PID); 0 if the GUID has none.
    pub(crate) fn pid(self) -> u32 {
        self.id().pid().unwrap_or(0)
    }

    /// Returns the host that the process ran on.
    pub(crate) fn host(self) -> &'w Host {
        let id = match self.source {
            FactSource::Scenario(scripted) => scripted.host,
            FactSource::Background(skeleton, _) => skeleton.host,
        };
        self.world.fleet.host(id).unwrap_or(&self.world.fleet.hosts[0])
    }

    /// Returns the file name of the executable.
    pub(crate) fn name(self) -> &'w str {
        match self.source {
            FactSource::Scenario(_) => &self.binary().name,
            FactSource::Background(_, template) => &template.name,
        }
    }

    /// Returns the path of the executable.
    pub(crate) fn path(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(_) => Cow::Borrowed(&self.binary().paths[0]),
            FactSource::Background(_, template) => self.fill_template(&template.path, &mut self.rng(SALT_CMDLINE)),
        }
    }

    /// Returns the command line.
    pub(crate) fn cmdline(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(scripted) => Cow::Borrowed(&scripted.cmdline),
            FactSource::Background(_, template) => {
                let mut rng = self.rng(SALT_CMDLINE);
                let cmdline = rng.choose(&template.cmdlines).map_or("", String::as_str);
                self.fill_template(cmdline, &mut rng)
            }
        }
    }

    /// Returns the user that the process ran as, with the domain.
    pub(crate) fn user(self) -> Cow<'w, str> {
        match self.source {
            FactSource::Scenario(scripted) => Cow::Borrowed(&scripted.user),
            FactSource::Background(_, template) => run_as_account(template, self.host()),
        }
    }

    /// Returns the user's SID on Windows, the numeric user id elsewhere.
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

    /// Returns the executable.
    pub(crate) fn binary(self) -> &'w Binary {
        let binaries = &self.world.binaries;
        let index = match self.source {
            FactSource::Scenario(scripted) => scripted.binary,
            FactSource::Background(skeleton, _) => {
                binaries.template_index(usize::from(skeleton.template), self.host().build)
            }
        };
        &binaries.entries[index]
    }

    /// Returns when the process started, in milliseconds since 1970, host's clock.
    pub(crate) fn start(self) -> i64 {
        match self.source {
            FactSource::Scenario(scripted) => scripted.start,
            FactSource::Background(skeleton, _) => skeleton.start,
        }
    }

    /// Whether the sensor saw the process end.
    pub(crate) fn has_ended(self) -> bool {
        match self.source {
            FactSource::Scenario(scripted) => scripted.lifetime.is_some(),
            FactSource::Background(skeleton, _) => skeleton.lifetime != STILL_RUNNING,
        }
    }

    /// Returns the time of the last event, in milliseconds since 1970, host's clock.
    pub(crate) fn end(self) -> i64 {
        let (lifetime, last_event) = match self.source {
            FactSource::Scenario(scripted) => (scripted.lifetime, scripted.last_event),
            FactSource::Background(skeleton, _) => {
                let lifetime = (skeleton.lifetime != STILL_RUNNING).then(|| i64::from(skeleton.lifetime));
                (lifetime, None)
            }
        };
        if let Some(lifetime) = lifetime {
            return self.start() + lifetime;
        }
        let idle = self.rng(SALT_EVENTS).below_ms(HOUR_MS / 2) + 800;
        let host = self.host();
        let now = self.world.now + host.skew * 1_000;
        let last_seen = now - host.silent_for.unwrap_or(0) - idle;
        last_event.unwrap_or(last_seen).max(self.start() + 1)
    }

    /// Returns the number of segments, and thus of documents.
    pub(crate) fn segments(self) -> u32 {
        if !self.world.has_time_segments {
            return 1;
        }
        match self.source {
            FactSource::Scenario(scripted) => scripted.segments,
            FactSource::Background(_, template) => {
                let hours = (self.end() - self.start()) / HOUR_MS;
                match hours {
                    0 => 1,
                    _ if template.is_boot || !template.connections.is_empty() => {
                        1 + u32::try_from(hours / 12).unwrap_or(6).min(6)
                    }
                    _ => 1 + random_below(&mut self.rng(SALT_EVENTS), 2),
                }
            }
        }
    }

    /// Returns the time of the last event of `segment` (from 0), in milliseconds since 1970, host's clock.
    pub(crate) fn segment_end(self, segment: u32) -> i64 {
        let (start, end) = (self.start(), self.end());
        let (nth, count) = (i64::from(segment) + 1, i64::from(self.segments()).max(1));
        if nth >= count { end } else { start + (end - start) / count * nth }
    }

    /// Returns when the last event of `segment` reached the server, in milliseconds since 1970, server's clock.
    pub(crate) fn segment_arrival(self, segment: u32) -> i64 {
        let mut rng = self.rng(SALT_EVENTS ^ u64::from(segment + 1));
        let lag = 150 + rng.below_ms(25_000);
        self.segment_end(segment) - self.host().skew * 1_000 + lag
    }

    /// Returns the parent.
    pub(crate) fn parent(self) -> Parentage<'w> {
        let unknown = ProcessId::new(self.host().id, u32::MAX, 0);
        match self.source {
            FactSource::Scenario(scripted) => match scripted.parent {
                Parent::Number(number) => Parentage::Known(Self::new(self.world, number)),
                Parent::Unseen(id) => Parentage::Unseen(id.unwrap_or(unknown)),
            },
            FactSource::Background(skeleton, _) if skeleton.parent == NO_PARENT => Parentage::Unseen(unknown),
            FactSource::Background(skeleton, _) => Parentage::Known(Self::new(self.world, skeleton.parent)),
        }
    }

    /// Returns the processes that this process started: background processes first, then those of scenarios.
    pub(crate) fn children(self) -> impl Iterator<Item = Process<'w>> {
        /// Short-lived children have numbers at most this far behind their parent's.
        const NEAR: u32 = 64;
        let world = self.world;
        let own = self.number;
        let range = world
            .background
            .hosts
            .get(usize::try_from(self.host().id).unwrap_or(0).wrapping_sub(1))
            .cloned()
            .unwrap_or_default();
        let candidates = match self.source {
            FactSource::Scenario(_) => 0..0,
            FactSource::Background(skeleton, _) if skeleton.children == 0 => 0..0,
            FactSource::Background(_, template) if template.is_boot => own..range.end,
            FactSource::Background(..) => own..range.end.min(own + NEAR),
        };
        let scripted = world.process_index.children(own).iter().copied();
        candidates
            .map(|number| Self::new(world, number))
            .filter(move |process| process.parent_number() == Some(own))
            .chain(scripted.map(|number| Self::new(world, number)))
    }

    fn parent_number(self) -> Option<u32> {
        match self.source {
            FactSource::Scenario(scripted) => match scripted.parent {
                Parent::Number(number) => Some(number),
                Parent::Unseen(_) => None,
            },
            FactSource::Background(skeleton, _) => Some(skeleton.parent).filter(|&parent| parent != NO_PARENT),
        }
    }

    /// Returns the ids of the watchlists that tagged the process.
    pub(crate) fn watchlists(self) -> &'w [String] {
        match self.source {
            FactSource::Scenario(scripted) => &scripted.watchlists,
            FactSource::Background(_, template) => template.watchlist.as_slice(),
        }
    }

    /// Returns the feeds that have a report on the process or its executable.
    pub(crate) fn feeds(self) -> &'w [FeedToml] {
        match self.source {
            FactSource::Scenario(scripted) if !scripted.feeds.is_empty() => &scripted.feeds,
            _ => &self.binary().feeds,
        }
    }

    /// Whether the documents of the process lack PID and start.
    pub(crate) fn is_damaged(self) -> bool {
        matches!(self.source, FactSource::Scenario(scripted) if scripted.is_damaged)
    }

    /// Whether the process belongs to a scenario.
    pub(crate) fn is_scenario(self) -> bool {
        matches!(self.source, FactSource::Scenario(_))
    }

    /// Creates a random number generator for this process and the purpose `salt`.
    pub(crate) fn rng(self, salt: u64) -> Rng {
        Rng::new(self.world.seed, salt, u64::from(self.number))
    }

    /// Fills in the placeholders of `template`: `{user}`, `{host}`, `{n}` and `{hex}`.
    pub(super) fn fill_template(self, template: &'w str, rng: &mut Rng) -> Cow<'w, str> {
        if !template.contains('{') {
            return Cow::Borrowed(template);
        }
        let host = self.host();
        let mut text = template.replace("{user}", &host.account);
        text = text.replace("{host}", &host.name.to_lowercase());
        text = text.replacen("{n}", &(1 + rng.next_below(250)).to_string(), 1);
        text = text.replace("{n}", &(1_000 + rng.next_below(9_000)).to_string());
        text = text.replace("{hex}", &rng.hex_digits(8));
        Cow::Owned(text)
    }
}

/// Returns the user that processes of `template` run as on `host`, with the domain.
pub(crate) fn run_as_account<'w>(template: &ProcessTemplate, host: &'w Host) -> Cow<'w, str> {
    match template.user {
        Account::System => "SYSTEM".into(),
        Account::Service => "LOCAL SERVICE".into(),
        Account::Network => "NETWORK SERVICE".into(),
        Account::Root => "root".into(),
        Account::User if host.os == Os::Windows => format!(r"CORP\{}", host.account).into(),
        Account::User => Cow::Borrowed(&host.account),
    }
}

fn random_below(rng: &mut Rng, bound: u64) -> u32 {
    u32::try_from(rng.next_below(bound)).unwrap_or(0)
}
