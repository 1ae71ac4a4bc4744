//! The stories: processes that are told one by one rather than drawn, each with the traces it left.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    background::{self, Background},
    binary::{Binaries, Deception},
    fleet::{Fleet, Os},
    parse_duration, parse_time,
    rng::{Rng, hash_text},
    template::ProcessTemplates,
};
use crate::model::ProcessId;
use crate::sim::format;

/// The files that tell them, in the order of their processes' numbers.
const SCENARIO_FILES: [(&str, &str); 4] = [
    ("documentation.toml", include_str!("../../../assets/world/documentation.toml")),
    ("incident.toml", include_str!("../../../assets/world/incident.toml")),
    (HOSTILE_FILE, include_str!("../../../assets/world/hostile.toml")),
    ("busy.toml", include_str!("../../../assets/world/busy.toml")),
];
/// The one whose strings are written by an attacker.
const HOSTILE_FILE: &str = "hostile.toml";
/// What a command line is filled up with to a size.
const FILLER: &str = "AAAABBBBCCCCDDDD";

/// One process of a story.
#[derive(Clone, Debug)]
pub(crate) struct ScriptedProcess {
    pub(crate) id: ProcessId,
    pub(crate) host: u32,
    pub(crate) parent: Parent,
    pub(crate) start: i64,
    /// In milliseconds; none while it runs.
    pub(crate) lifetime: Option<i64>,
    /// The last event of what still runs; none: now.
    pub(crate) last_event: Option<i64>,
    pub(crate) binary: usize,
    pub(crate) cmdline: String,
    pub(crate) user: String,
    pub(crate) files: Vec<Trace>,
    pub(crate) keys: Vec<Trace>,
    pub(crate) modules: Vec<Trace>,
    pub(crate) crossings: Vec<Crossing>,
    pub(crate) network: Vec<Call>,
    /// Files it wrote that are known binaries.
    pub(crate) written_binaries: Vec<usize>,
    /// Files of the sensor that it deleted.
    pub(crate) tampers: Vec<Trace>,
    /// Command lines that a ban stopped.
    pub(crate) blocks: Vec<Trace>,
    /// Scripts that are in no file.
    pub(crate) scripts: Vec<Trace>,
    /// Connections beyond those that are told, all to the same place.
    pub(crate) beacons: u64,
    /// Files, keys and modules beyond those that are told, named after the first. They are not searched.
    pub(crate) more_files: u64,
    pub(crate) more_keys: u64,
    pub(crate) more_modules: u64,
    pub(crate) segments: u32,
    pub(crate) watchlists: Vec<String>,
    pub(crate) feeds: Vec<FeedToml>,
    /// Its documents have no pid and no start.
    pub(crate) is_damaged: bool,
}

/// Whose child a process of a story is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The process of this number.
    Number(u32),
    /// A process that the sensor never saw, by the name it had.
    Unseen(Option<ProcessId>),
}

/// Something done to a thing, and how many milliseconds after the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) offset: i64,
    pub(crate) target: String,
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) offset: i64,
    pub(crate) ip: std::net::Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) domain: String,
}

/// Another process opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    pub(crate) offset: i64,
    /// `process_open`, `thread_open` or `remote_thread`.
    pub(crate) access_kind: String,
    /// The number of the other process.
    pub(crate) target: u32,
    /// The rights that were asked for, where they are told.
    pub(crate) access: Option<u32>,
}

/// A feed's report on something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedToml {
    pub(crate) name: String,
    pub(crate) score: i64,
    pub(crate) reports: Vec<String>,
    pub(crate) link: String,
}

/// A file of a story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BinaryToml {
    key: String,
    /// The file of an ordinary kind; the rest is then not said.
    kind: Option<String>,
    pub(crate) md5: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) path: String,
    pub(crate) company: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) signed: Option<String>,
    /// What the signature is worth, if it is neither good nor missing.
    pub(crate) signature: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) trick: Option<Deception>,
    /// Hosts that have it without a process that says so.
    #[serde(default)]
    pub(crate) hosts: Vec<u32>,
    #[serde(default)]
    pub(crate) watchlists: Vec<String>,
    #[serde(default)]
    pub(crate) feeds: Vec<FeedToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    until: Option<String>,
    /// When the crowds begin; they end with the story.
    crowd_from: Option<String>,
    binary: Vec<BinaryToml>,
    process: Vec<ScenarioToml>,
    #[serde(default)]
    crowd: Vec<Crowd>,
}

/// Many processes of one kind, spread over the time of a story.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crowd {
    binary: String,
    count: u64,
    host: u32,
    parent: Option<String>,
    life: String,
    cmdline: String,
    user: String,
}

impl Crowd {
    /// Its processes, started between two times in milliseconds since 1970.
    fn process_sheets(&self, from: i64, until: i64) -> impl Iterator<Item = ScenarioToml> {
        (0..self.count).map(move |number| {
            let mut dice = Rng::new(0, hash_text(&self.binary), number);
            let start = from + dice.below_ms(until - from - parse_duration(&self.life));
            ScenarioToml {
                key: format!("{} {number}", self.binary),
                host: self.host,
                parent: self.parent.clone(),
                start: Some(format::timestamp(start).to_string()),
                life: Some(self.life.clone()),
                binary: self.binary.clone(),
                cmdline: self.cmdline.clone(),
                user: self.user.clone(),
                segments: 1,
                ..ScenarioToml::default()
            }
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioToml {
    key: String,
    host: u32,
    id: Option<String>,
    pid: Option<u32>,
    parent: Option<String>,
    parent_id: Option<String>,
    start: Option<String>,
    at: Option<String>,
    life: Option<String>,
    binary: String,
    cmdline: String,
    user: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    modules: Vec<String>,
    #[serde(default)]
    crossprocs: Vec<String>,
    #[serde(default)]
    network: Vec<String>,
    #[serde(default)]
    written: Vec<String>,
    #[serde(default)]
    tampers: Vec<String>,
    #[serde(default)]
    blocks: Vec<String>,
    #[serde(default)]
    scripts: Vec<String>,
    #[serde(default)]
    beacons: u64,
    #[serde(default)]
    more_files: u64,
    #[serde(default)]
    more_keys: u64,
    #[serde(default)]
    more_modules: u64,
    #[serde(default = "one")]
    segments: u32,
    #[serde(default)]
    watchlists: Vec<String>,
    #[serde(default)]
    feeds: Vec<FeedToml>,
    #[serde(default)]
    damaged: bool,
    #[serde(default)]
    filler: usize,
}

/// What the stories refer to.
pub(crate) struct Scene<'w> {
    pub(crate) fleet: &'w Fleet,
    pub(crate) kinds: &'w ProcessTemplates,
    pub(crate) noise: &'w Background,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    /// Whether the strings of an attacker are told too.
    pub(crate) is_hostile: bool,
}

/// All stories; their files are added to `binaries`.
pub(crate) fn load_scenarios(scene: &Scene<'_>, binaries: &mut Binaries) -> Vec<ScriptedProcess> {
    let mut told = Vec::new();
    for (file, text) in SCENARIO_FILES {
        if file == HOSTILE_FILE && !scene.is_hostile {
            continue;
        }
        let story: Story = toml::from_str(text).unwrap_or_else(|problem| panic!("{file}: {problem}"));
        let mut teller = ScenarioLoader {
            scene,
            last_event: story.until.as_deref().map(parse_time),
            binaries: BTreeMap::new(),
            numbers: BTreeMap::new(),
        };
        for sheet in story.binary {
            let place = match &sheet.kind {
                None => ScenarioTarget::Scenario(binaries.add_scenario_binary(&sheet)),
                Some(kind) => ScenarioTarget::Template(teller.template_index(kind)),
            };
            teller.binaries.insert(sheet.key, place);
        }
        let span = [story.crowd_from.as_deref(), story.until.as_deref()];
        let [from, until] = span.map(|time| time.map_or(scene.now, parse_time));
        let crowds = story.crowd.iter();
        let crowds = crowds.flat_map(|crowd| crowd.process_sheets(from, until));
        for sheet in story.process.into_iter().chain(crowds) {
            let number = scene.noise.processes.len() + told.len();
            let key = sheet.key.clone();
            let process = teller.build_process(sheet, binaries);
            let seen = process.start - teller.clock_skew(process.host);
            binaries.entries[process.binary].record_run(process.host, seen);
            teller.numbers.insert(key, u32::try_from(number).unwrap_or(background::NO_PARENT));
            told.push(process);
        }
    }
    told
}

/// One story while it is told.
struct ScenarioLoader<'w> {
    scene: &'w Scene<'w>,
    last_event: Option<i64>,
    binaries: BTreeMap<String, ScenarioTarget>,
    numbers: BTreeMap<String, u32>,
}

/// Where a key of a story points.
#[derive(Clone, Copy)]
enum ScenarioTarget {
    Scenario(usize),
    Template(usize),
}

impl ScenarioLoader<'_> {
    fn build_process(&self, sheet: ScenarioToml, binaries: &Binaries) -> ScriptedProcess {
        let start = match (&sheet.start, &sheet.at) {
            (Some(start), _) => parse_time(start),
            // How long ago it was is the same everywhere; the host writes down what its own clock said.
            (None, Some(at)) => self.scene.now - parse_duration(at) + self.clock_skew(sheet.host),
            (None, None) => self.scene.now + self.clock_skew(sheet.host),
        };
        let id = sheet.id.as_deref().map(parse_guid);
        let pid = sheet.pid.unwrap_or_else(|| {
            let drawn = hash_text(&sheet.key) % 2_000;
            1_800 + 4 * u32::try_from(drawn).unwrap_or(0)
        });
        let parent = match &sheet.parent {
            Some(key) => Parent::Number(self.process_number(key, sheet.host, start)),
            None => Parent::Unseen(sheet.parent_id.as_deref().map(parse_guid)),
        };
        let mut cmdline = sheet.cmdline;
        while cmdline.len() < sheet.filler {
            cmdline.push_str(FILLER);
        }
        let build = self.scene.fleet.host(sheet.host).map_or(0, |host| host.build);
        let file = |key: &str| match self.binaries.get(key) {
            Some(ScenarioTarget::Scenario(place)) => *place,
            Some(ScenarioTarget::Template(kind)) => binaries.template_index(*kind, build),
            None => panic!("no binary {key:?} in this story"),
        };
        ScriptedProcess {
            id: id.unwrap_or_else(|| ProcessId::new(sheet.host, pid, super::to_ticks(start))),
            host: sheet.host,
            parent,
            start,
            lifetime: sheet.life.as_deref().map(parse_duration),
            last_event: self.last_event,
            binary: file(&sheet.binary),
            cmdline,
            user: sheet.user,
            files: sheet.files.iter().map(|text| parse_trace(text)).collect(),
            keys: sheet.keys.iter().map(|text| parse_trace(text)).collect(),
            modules: sheet.modules.iter().map(|text| parse_trace(text)).collect(),
            crossings: sheet.crossprocs.iter().map(|text| self.parse_crossing(text, sheet.host, start)).collect(),
            network: sheet.network.iter().map(|text| parse_connection(text)).collect(),
            written_binaries: sheet.written.iter().map(|key| file(key)).collect(),
            tampers: sheet.tampers.iter().map(|text| parse_trace(text)).collect(),
            blocks: sheet.blocks.iter().map(|text| parse_trace(text)).collect(),
            scripts: sheet.scripts.iter().map(|text| parse_trace(text)).collect(),
            beacons: sheet.beacons,
            more_files: sheet.more_files,
            more_keys: sheet.more_keys,
            more_modules: sheet.more_modules,
            segments: sheet.segments,
            watchlists: sheet.watchlists,
            feeds: sheet.feeds,
            is_damaged: sheet.damaged,
        }
    }

    /// Milliseconds by which the clock of a host is ahead of the server's.
    fn clock_skew(&self, host: u32) -> i64 {
        let host = self.scene.fleet.host(host);
        host.map_or(0, |host| host.skew * 1_000)
    }

    fn process_number(&self, key: &str, host: u32, at: i64) -> u32 {
        let found = match key.strip_prefix("kind:") {
            None => self.numbers.get(key).copied(),
            Some(kind) => {
                let Scene { noise, kinds, .. } = self.scene;
                background::running_process(noise, kinds, host, Os::Windows, kind, at)
            }
        };
        found.unwrap_or_else(|| panic!("no process {key:?} on host {host} before {at}"))
    }

    fn template_index(&self, key: &str) -> usize {
        let place = self.scene.kinds.template_index(Os::Windows, key);
        place.unwrap_or_else(|| panic!("no kind {key:?}"))
    }

    fn parse_crossing(&self, text: &str, host: u32, start: i64) -> Crossing {
        let Trace { offset: after, target: what } = parse_trace(text);
        let (how, rest) = what.split_once(' ').unwrap_or((&what, ""));
        let (target, access) = rest.split_once(" 0x").unwrap_or((rest, ""));
        Crossing {
            offset: after,
            access_kind: how.into(),
            target: self.process_number(target, host, start),
            access: u32::from_str_radix(access, 16).ok(),
        }
    }
}

/// Reads `+OFFSET what`.
fn parse_trace(text: &str) -> Trace {
    let (offset, what) = text.split_once(' ').unwrap_or((text, ""));
    Trace { offset: parse_duration(offset.trim_start_matches('+')), target: what.into() }
}

/// Reads `+OFFSET address:port name`.
fn parse_connection(text: &str) -> Call {
    let Trace { offset: after, target: what } = parse_trace(text);
    let (address, domain) = what.split_once(' ').unwrap_or((&what, ""));
    let address: std::net::SocketAddrV4 =
        address.parse().unwrap_or_else(|_| panic!("{address:?} is not an address with a port"));
    Call { offset: after, ip: *address.ip(), port: address.port(), domain: domain.into() }
}

fn parse_guid(text: &str) -> ProcessId {
    text.parse().unwrap_or_else(|()| panic!("{text:?} is not a GUID"))
}

fn one() -> u32 {
    1
}
