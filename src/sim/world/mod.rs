//! The world that the simulator serves: a fleet, its background activity and scripted scenarios.
//!
//! It is a function of a seed, three sizes, the present and its [`WorldOptions`], and never changes; `state` holds what
//! clients change.

mod alert;
mod background;
mod binary;
mod content;
mod counts;
mod events;
mod feed_toml;
mod fleet;
mod intelligence;
mod process;
mod process_index;
mod rng;
mod scenario;
mod template;
mod traces;

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

pub(super) use alert::{Alert, Origin, Status, Subject, raise_alerts};
pub(super) use binary::{Binaries, Binary, Deception, derived_sha256};
pub(super) use content::file_content as generated_content;
pub(super) use counts::Counts;
pub(super) use events::{
    Child, ChildRef, Connection, CrossProcess, EventList, Events, FileChange, Hidden, derived_md5, file_type,
};
pub(super) use feed_toml::FeedToml;
pub(super) use fleet::{Fleet, Group, Host, Os, Team, User};
pub(super) use intelligence::{Feed, Intelligence, Report, Watchlist};
pub(super) use process::{Parentage, Process, run_as_account};
pub(super) use rng::{Rng, hash_text};
pub(super) use template::ProcessTemplate;
pub(super) use traces::{Link, program_path};

use crate::model::ProcessId;
use background::Background;
use process_index::ProcessIndex;
use scenario::{Scene, ScriptedProcess};
use template::ProcessTemplates;

/// Initial, immutable data of the simulated server.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    /// When the world was generated, in milliseconds since 1970, server's clock.
    pub(super) now: i64,
    pub(super) fleet: Fleet,
    pub(super) binaries: Binaries,
    pub(super) intelligence: Intelligence,
    /// The newest first.
    pub(super) alerts: Vec<Alert>,
    /// Whether processes are split into segments by time (6.0 and later).
    has_time_segments: bool,
    templates: ProcessTemplates,
    background: Background,
    scenario: Vec<ScriptedProcess>,
    process_index: ProcessIndex,
    documents: u64,
}

/// Properties of a world besides seed and sizes.
#[derive(Clone, Copy, Debug)]
pub(super) struct WorldOptions {
    /// Whether processes are split into segments by time (6.0 and later).
    pub(super) has_time_segments: bool,
    /// Whether the world contains strings written by an attacker.
    pub(super) is_hostile: bool,
}

impl World {
    /// Generates a world with about `processes` background processes, and `alerts` alerts besides those of scenarios.
    pub(super) fn new(
        seed: u64,
        [processes, sensors, alerts]: [u64; 3],
        now: Timestamp,
        options: WorldOptions,
    ) -> Self {
        let now = now.as_millisecond();
        let fleet = Fleet::new(seed, sensors);
        let templates = ProcessTemplates::load_embedded();
        let background = Background::new(seed, &fleet, &templates, processes, now);
        let mut binaries = Binaries::new(seed, &fleet, &templates, &background);
        let scene = Scene {
            fleet: &fleet,
            templates: &templates,
            background: &background,
            now,
            is_hostile: options.is_hostile,
        };
        let scenario = scenario::load_scenarios(&scene, &mut binaries);
        binaries.build_index();
        let first = u32::try_from(background.processes.len()).unwrap_or(u32::MAX);
        let process_index = ProcessIndex::new(&scenario, first);
        let intelligence = Intelligence::load_embedded();
        let intelligence = if options.is_hostile { intelligence } else { intelligence.without_hostile() };
        let mut world = Self {
            seed,
            now,
            fleet,
            binaries,
            intelligence,
            alerts: Vec::new(),
            has_time_segments: options.has_time_segments,
            templates,
            background,
            scenario,
            process_index,
            documents: 0,
        };
        world.documents = world.processes().map(|process| u64::from(process.segments())).sum();
        world.alerts = alert::generate_alerts(&world, &world.intelligence, alerts);
        world
    }

    /// Returns the process template at `index`.
    pub(super) fn template(&self, index: usize) -> &ProcessTemplate {
        &self.templates.templates[index]
    }

    /// Returns all processes, in the order of their numbers.
    pub(super) fn processes(&self) -> impl Iterator<Item = Process<'_>> {
        (0..self.n_processes()).map(|number| Process::new(self, number))
    }

    /// Returns the number of processes.
    pub(super) fn n_processes(&self) -> u32 {
        u32::try_from(self.background.processes.len() + self.scenario.len()).unwrap_or(u32::MAX)
    }

    /// Returns the number of process documents, which are segments.
    pub(super) fn n_documents(&self) -> u64 {
        self.documents
    }

    /// Returns the process `number`.
    pub(super) fn process(&self, number: u32) -> Option<Process<'_>> {
        (number < self.n_processes()).then(|| Process::new(self, number))
    }

    /// Returns the process with a GUID.
    pub(super) fn find_process(&self, id: ProcessId) -> Option<Process<'_>> {
        let host = u32::try_from(id.sensor().0).ok()?;
        self.processes_on_host(host).find(|process| process.id() == id)
    }

    /// Returns the processes of a host.
    pub(super) fn processes_on_host(&self, host: u32) -> impl Iterator<Item = Process<'_>> {
        let background = host
            .checked_sub(1)
            .and_then(|at| self.background.hosts.get(usize::try_from(at).ok()?))
            .cloned()
            .unwrap_or_default();
        let scenario = self.scenario_numbers().map(|number| Process::new(self, number));
        let scenario = scenario.filter(move |process| process.host().id == host);
        background.map(|number| Process::new(self, number)).chain(scenario)
    }

    /// Returns the numbers of the scenario processes.
    fn scenario_numbers(&self) -> Range<u32> {
        let first = u32::try_from(self.background.processes.len()).unwrap_or(u32::MAX);
        first..self.n_processes()
    }
}

/// Parses a time such as `2016-11-11T20:59:31.631Z` to milliseconds since 1970.
fn parse_time(text: &str) -> i64 {
    let time: Timestamp = text.parse().unwrap_or_else(|_| panic!("{text:?} is not a time"));
    time.as_millisecond()
}

/// Parses a duration such as `46h 12m 3s 120ms` to milliseconds.
fn parse_duration(text: &str) -> i64 {
    let span: SignedDuration = text.parse().unwrap_or_else(|_| panic!("{text:?} is not a duration"));
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Converts milliseconds since 1970 to the 100 ns ticks since 1601 that GUIDs contain.
fn to_ticks(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + 11_644_473_600_000) * 10_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn world(processes: u64) -> World {
        let now = "2021-03-04T18:00:00Z".parse().unwrap();
        let options = WorldOptions { has_time_segments: true, is_hostile: true };
        World::new(7, [processes, 20, 400], now, options)
    }

    #[test]
    fn every_parent_chain_ends_at_a_root() {
        let world = world(5_000);
        for process in world.processes() {
            let mut at = process;
            for depth in 0.. {
                assert!(depth < 30, "{} goes round in circles", process.cmdline());
                match at.parent() {
                    Parentage::Known(parent) => at = parent,
                    Parentage::Unseen(_) => break,
                }
            }
        }
    }

    #[test]
    fn every_process_is_found_by_its_guid_and_among_its_parents_children() {
        let world = world(2_000);
        for process in world.processes() {
            let found = world.find_process(process.id()).map(Process::number);
            assert_eq!(found, Some(process.number()), "{}", process.id());
            if let Parentage::Known(parent) = process.parent() {
                assert!(
                    parent.children().any(|child| child.number() == process.number()),
                    "{} has lost {}",
                    parent.name(),
                    process.name()
                );
            }
        }
    }

    #[test]
    fn every_process_has_a_segment_and_no_more_than_a_document_number_can_hold() {
        for process in world(5_000).processes() {
            assert!((1..=64).contains(&process.segments()), "{}", process.id());
            let ends: Vec<_> = (0..process.segments()).map(|segment| process.segment_arrival(segment)).collect();
            assert!(ends.is_sorted_by(|a, b| a < b), "{} {ends:?}", process.id());
        }
    }

    #[test]
    fn the_documentations_example_is_as_printed() {
        let world = world(0);
        let nets: Vec<_> = world.processes_on_host(3).filter(|process| process.name() == "net.exe").collect();
        assert_eq!(nets.len(), 2);
        let mut chain = Vec::new();
        let mut at = nets[0];
        while let Parentage::Known(parent) = at.parent() {
            chain.push(format!("{}({})", parent.name(), parent.pid()));
            at = parent;
        }
        assert_eq!(
            chain.join(" "),
            "cmd.exe(876) explorer.exe(3124) userinit.exe(1560) winlogon.exe(748) smss.exe(688) smss.exe(536) \
             ntoskrnl.exe(4) ntoskrnl.exe(0)"
        );
        assert_eq!(nets[1].binary().md5, "79b6d4c5283fc806387c55b8d7c8b762");
        assert_eq!(nets[1].cmdline(), r"net  use y: \\test\blah");
    }

    #[test]
    fn the_incident_can_be_walked_from_its_end_to_the_mail() {
        let world = world(100);
        let dump = world.processes().find(|process| process.cmdline().contains("MiniDump")).unwrap();
        let mut names = Vec::new();
        let mut at = dump;
        while let Parentage::Known(parent) = at.parent() {
            names.push(parent.name().to_owned());
            at = parent;
        }
        assert_eq!(names[..5], ["svch0st.exe", "powershell.exe", "winword.exe", "outlook.exe", "explorer.exe"]);
    }
}
