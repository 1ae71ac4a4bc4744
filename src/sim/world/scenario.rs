//! Scenarios: scripted processes with their traces, loaded from TOML files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    background::{self, Background},
    binary::{Binaries, BinaryToml},
    feed_toml::FeedToml,
    fleet::{Fleet, Os},
    parse_duration, parse_time,
    rng::{Rng, hash_text},
    template::ProcessTemplates,
};
use crate::model::ProcessId;
use crate::sim::format;

/// The scenario files, in the order in which their processes are numbered.
const SCENARIO_FILES: [(&str, &str); 4] = [
    ("documentation.toml", include_str!("../../../assets/world/documentation.toml")),
    ("incident.toml", include_str!("../../../assets/world/incident.toml")),
    (HOSTILE_FILE, include_str!("../../../assets/world/hostile.toml")),
    ("busy.toml", include_str!("../../../assets/world/busy.toml")),
];
/// The file with strings written by an attacker.
const HOSTILE_FILE: &str = "hostile.toml";
/// Padding of a command line.
const FILLER: &str = "AAAABBBBCCCCDDDD";

/// Process of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct ScriptedProcess {
    pub(crate) id: ProcessId,
    pub(crate) host: u32,
    pub(crate) parent: Parent,
    /// In milliseconds since 1970, host's clock.
    pub(crate) start: i64,
    /// In milliseconds; `None` while it runs.
    pub(crate) lifetime: Option<i64>,
    /// Last event of a running process, in milliseconds since 1970; `None`: now.
    pub(crate) last_event: Option<i64>,
    pub(crate) binary: usize,
    pub(crate) cmdline: String,
    pub(crate) user: String,
    pub(crate) files: Vec<Trace>,
    pub(crate) keys: Vec<Trace>,
    pub(crate) modules: Vec<Trace>,
    pub(crate) crossings: Vec<Crossing>,
    pub(crate) network: Vec<ScriptedConnection>,
    /// Indexes of the binaries that it wrote.
    pub(crate) written_binaries: Vec<usize>,
    /// Deleted files of the sensor.
    pub(crate) tampers: Vec<Trace>,
    /// Command lines that a ban stopped.
    pub(crate) blocks: Vec<Trace>,
    /// Fileless scripts.
    pub(crate) scripts: Vec<Trace>,
    /// Number of further connections, all to the first remote end of `network`.
    pub(crate) beacons: u64,
    // Numbers of further files, keys and modules, named after the first. Searches do not find them.
    pub(crate) more_files: u64,
    pub(crate) more_keys: u64,
    pub(crate) more_modules: u64,
    pub(crate) segments: u32,
    pub(crate) watchlists: Vec<String>,
    pub(crate) feeds: Vec<FeedToml>,
    /// Whether its documents lack PID and start.
    pub(crate) is_damaged: bool,
}

/// Parent of a scenario process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The number of a process of the world.
    Number(u32),
    /// A process that the sensor never saw, with its GUID.
    Unseen(Option<ProcessId>),
}

/// Action on an object, `offset` milliseconds after the start of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) offset: i64,
    pub(crate) target: String,
}

/// Connection of a scenario process, `offset` milliseconds after its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScriptedConnection {
    pub(crate) offset: i64,
    pub(crate) ip: std::net::Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) domain: String,
}

/// Cross-process event, `offset` milliseconds after the start of the acting process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    pub(crate) offset: i64,
    /// `process_open`, `thread_open` or `remote_thread`.
    pub(crate) access_kind: String,
    /// Number of the other process.
    pub(crate) target: u32,
    /// The requested access mask; `None`: the default of the kind.
    pub(crate) access: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    until: Option<String>,
    /// Start of the time range of all `crowd` records, which ends at `until`.
    crowd_from: Option<String>,
    binary: Vec<BinaryToml>,
    process: Vec<ScenarioToml>,
    #[serde(default)]
    crowd: Vec<Crowd>,
}

/// Many processes of one kind, spread over a time range.
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
    /// Generates the processes, which run between two times in milliseconds since 1970.
    fn process_records(&self, from: i64, until: i64) -> impl Iterator<Item = ScenarioToml> {
        (0..self.count).map(move |number| {
            let mut rng = Rng::new(0, hash_text(&self.binary), number);
            let start = from + rng.below_ms(until - from - parse_duration(&self.life));
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

/// The parts of the world that scenarios refer to.
pub(crate) struct Scene<'w> {
    pub(crate) fleet: &'w Fleet,
    pub(crate) templates: &'w ProcessTemplates,
    pub(crate) background: &'w Background,
    /// In milliseconds since 1970.
    pub(crate) now: i64,
    /// Whether to load the strings of an attacker.
    pub(crate) is_hostile: bool,
}

/// Loads all scenarios and adds their files to `binaries`.
pub(crate) fn load_scenarios(scene: &Scene<'_>, binaries: &mut Binaries) -> Vec<ScriptedProcess> {
    let mut processes = Vec::new();
    for (file, text) in SCENARIO_FILES {
        if file == HOSTILE_FILE && !scene.is_hostile {
            continue;
        }
        let scenario: ScenarioFile = toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut loader = ScenarioLoader {
            scene,
            last_event: scenario.until.as_deref().map(parse_time),
            binaries: BTreeMap::new(),
            numbers: BTreeMap::new(),
        };
        for binary in scenario.binary {
            let source = match &binary.kind {
                None => BinarySource::Scenario(binaries.add_scenario_binary(&binary)),
                Some(key) => BinarySource::Template(loader.template_index(key)),
            };
            loader.binaries.insert(binary.key, source);
        }
        let span = [scenario.crowd_from.as_deref(), scenario.until.as_deref()];
        let [from, until] = span.map(|time| time.map_or(scene.now, parse_time));
        let crowds = scenario.crowd.iter().flat_map(|crowd| crowd.process_records(from, until));
        for record in scenario.process.into_iter().chain(crowds) {
            let number = scene.background.processes.len() + processes.len();
            let key = record.key.clone();
            let process = loader.build_process(record, binaries);
            let seen = process.start - loader.clock_skew(process.host);
            binaries.entries[process.binary].record_run(process.host, seen);
            loader.numbers.insert(key, u32::try_from(number).unwrap_or(background::NO_PARENT));
            processes.push(process);
        }
    }
    processes
}

/// Resolves the keys of one scenario file.
struct ScenarioLoader<'w> {
    scene: &'w Scene<'w>,
    last_event: Option<i64>,
    binaries: BTreeMap<String, BinarySource>,
    numbers: BTreeMap<String, u32>,
}

/// The binary that a key stands for: an entry of the binaries, or the file of a process template.
#[derive(Clone, Copy)]
enum BinarySource {
    Scenario(usize),
    Template(usize),
}

impl ScenarioLoader<'_> {
    fn build_process(&self, record: ScenarioToml, binaries: &Binaries) -> ScriptedProcess {
        let start = match (&record.start, &record.at) {
            (Some(start), _) => parse_time(start),
            // `at` counts back from the present; the start is a time of the host's clock.
            (None, Some(at)) => self.scene.now - parse_duration(at) + self.clock_skew(record.host),
            (None, None) => self.scene.now + self.clock_skew(record.host),
        };
        let id = record.id.as_deref().map(parse_guid);
        let pid = record.pid.unwrap_or_else(|| 1_800 + 4 * u32::try_from(hash_text(&record.key) % 2_000).unwrap_or(0));
        let parent = match &record.parent {
            Some(key) => Parent::Number(self.process_number(key, record.host, start)),
            None => Parent::Unseen(record.parent_id.as_deref().map(parse_guid)),
        };
        let mut cmdline = record.cmdline;
        while cmdline.len() < record.filler {
            cmdline.push_str(FILLER);
        }
        let build = self.scene.fleet.host(record.host).map_or(0, |host| host.build);
        let file = |key: &str| match self.binaries.get(key) {
            Some(BinarySource::Scenario(index)) => *index,
            Some(BinarySource::Template(index)) => binaries.template_index(*index, build),
            None => panic!("no binary {key:?} in this scenario"),
        };
        ScriptedProcess {
            id: id.unwrap_or_else(|| ProcessId::new(record.host, pid, super::to_ticks(start))),
            host: record.host,
            parent,
            start,
            lifetime: record.life.as_deref().map(parse_duration),
            last_event: self.last_event,
            binary: file(&record.binary),
            cmdline,
            user: record.user,
            files: record.files.iter().map(|text| parse_trace(text)).collect(),
            keys: record.keys.iter().map(|text| parse_trace(text)).collect(),
            modules: record.modules.iter().map(|text| parse_trace(text)).collect(),
            crossings: record.crossprocs.iter().map(|text| self.parse_crossing(text, record.host, start)).collect(),
            network: record.network.iter().map(|text| parse_connection(text)).collect(),
            written_binaries: record.written.iter().map(|key| file(key)).collect(),
            tampers: record.tampers.iter().map(|text| parse_trace(text)).collect(),
            blocks: record.blocks.iter().map(|text| parse_trace(text)).collect(),
            scripts: record.scripts.iter().map(|text| parse_trace(text)).collect(),
            beacons: record.beacons,
            more_files: record.more_files,
            more_keys: record.more_keys,
            more_modules: record.more_modules,
            segments: record.segments,
            watchlists: record.watchlists,
            feeds: record.feeds,
            is_damaged: record.damaged,
        }
    }

    /// Returns the milliseconds by which the clock of a host is ahead of the server's.
    fn clock_skew(&self, host: u32) -> i64 {
        let host = self.scene.fleet.host(host);
        host.map_or(0, |host| host.skew * 1_000)
    }

    fn process_number(&self, key: &str, host: u32, at: i64) -> u32 {
        let number = match key.strip_prefix("kind:") {
            None => self.numbers.get(key).copied(),
            Some(template) => {
                let Scene { background, templates, .. } = self.scene;
                background::running_process(background, templates, host, Os::Windows, template, at)
            }
        };
        number.unwrap_or_else(|| panic!("no process {key:?} on host {host} before {at}"))
    }

    fn template_index(&self, key: &str) -> usize {
        let index = self.scene.templates.template_index(Os::Windows, key);
        index.unwrap_or_else(|| panic!("no kind {key:?}"))
    }

    fn parse_crossing(&self, text: &str, host: u32, start: i64) -> Crossing {
        let Trace { offset, target } = parse_trace(text);
        let (access_kind, target) = target.split_once(' ').unwrap_or((&target, ""));
        let (target, access) = target.split_once(" 0x").unwrap_or((target, ""));
        Crossing {
            offset,
            access_kind: access_kind.into(),
            target: self.process_number(target, host, start),
            access: u32::from_str_radix(access, 16).ok(),
        }
    }
}

/// Parses `+OFFSET TARGET`.
fn parse_trace(text: &str) -> Trace {
    let (offset, target) = text.split_once(' ').unwrap_or((text, ""));
    Trace { offset: parse_duration(offset.trim_start_matches('+')), target: target.into() }
}

/// Parses `+OFFSET ADDRESS:PORT DOMAIN`.
fn parse_connection(text: &str) -> ScriptedConnection {
    let Trace { offset, target } = parse_trace(text);
    let (address, domain) = target.split_once(' ').unwrap_or((&target, ""));
    let address: std::net::SocketAddrV4 =
        address.parse().unwrap_or_else(|_| panic!("{address:?} is not an address with a port"));
    ScriptedConnection { offset, ip: *address.ip(), port: address.port(), domain: domain.into() }
}

fn parse_guid(text: &str) -> ProcessId {
    text.parse().unwrap_or_else(|()| panic!("{text:?} is not a GUID"))
}

fn one() -> u32 {
    1
}
