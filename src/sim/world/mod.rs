//! The world the simulator serves: a fleet, its ordinary life, and the stories told in it.
//!
//! It is a function of a seed, two sizes and the present, and never changes; what a client changes is kept beside it.

mod alert;
mod background;
mod binary;
mod content;
mod counts;
mod events;
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
pub(super) use counts::Counts;
pub(super) use events::{Child, Connection, EventList, Events, FileChange, Hidden, Reach, Who, derived_md5, file_type};
pub(super) use fleet::{Fleet, Group, Host, Os, Team, User};
pub(super) use intelligence::{Feed, Intelligence, Report, Watchlist};
pub(super) use process::{Parentage, Process, run_as_account};
pub(super) use rng::{Rng, hash_text};
pub(super) use scenario::FeedToml;
pub(super) use template::ProcessTemplate;
pub(super) use traces::{Link, program_path};

use crate::model::ProcessId;
use background::Background;
use process_index::Index;
use scenario::{Scene, ScriptedProcess};
use template::ProcessTemplates;

/// What there is to see.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    /// The present when the world was made, in milliseconds since 1970.
    pub(super) now: i64,
    pub(super) fleet: Fleet,
    pub(super) binaries: Binaries,
    pub(super) intelligence: Intelligence,
    /// The newest first.
    pub(super) alerts: Vec<Alert>,
    /// Whether the server splits a process by time (6.0 and later).
    has_time_segments: bool,
    templates: ProcessTemplates,
    background: Background,
    scenario: Vec<ScriptedProcess>,
    process_index: Index,
    documents: u64,
}

/// What a world is like, whatever its seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    /// Whether the server splits a process by time (6.0 and later).
    pub(super) has_time_segments: bool,
    /// Whether there are strings in it that an attacker wrote.
    pub(super) is_hostile: bool,
}

impl World {
    /// The world of a seed, with about so many ordinary processes, and `alerts` besides those of the stories.
    pub(super) fn new(seed: u64, [processes, sensors, alerts]: [u64; 3], now: Timestamp, traits: Traits) -> Self {
        let now = now.as_millisecond();
        let fleet = Fleet::new(seed, sensors);
        let kinds = ProcessTemplates::load_embedded();
        let noise = Background::new(seed, &fleet, &kinds, processes, now);
        let mut binaries = Binaries::new(seed, &fleet, &kinds, &noise);
        let scene = Scene { fleet: &fleet, kinds: &kinds, noise: &noise, now, is_hostile: traits.is_hostile };
        let told = scenario::load_scenarios(&scene, &mut binaries);
        binaries.build_index();
        let first = u32::try_from(noise.processes.len()).unwrap_or(u32::MAX);
        let index = Index::new(&told, first);
        let mut world = Self {
            seed,
            now,
            fleet,
            binaries,
            intelligence: Intelligence::load_embedded(traits.is_hostile),
            alerts: Vec::new(),
            has_time_segments: traits.has_time_segments,
            templates: kinds,
            background: noise,
            scenario: told,
            process_index: index,
            documents: 0,
        };
        world.documents = world.processes().map(|process| u64::from(process.segments())).sum();
        world.alerts = alert::generate_alerts(&world, &world.intelligence, alerts);
        world
    }

    /// The kind of process at a place.
    pub(super) fn template(&self, place: usize) -> &ProcessTemplate {
        &self.templates.templates[place]
    }

    /// All processes.
    pub(super) fn processes(&self) -> impl Iterator<Item = Process<'_>> {
        (0..self.n_processes()).map(|number| Process::new(self, number))
    }

    /// How many processes there are.
    pub(super) fn n_processes(&self) -> u32 {
        u32::try_from(self.background.processes.len() + self.scenario.len()).unwrap_or(u32::MAX)
    }

    /// How many documents they have.
    pub(super) fn n_documents(&self) -> u64 {
        self.documents
    }

    /// The process of a number.
    pub(super) fn process(&self, number: u32) -> Option<Process<'_>> {
        (number < self.n_processes()).then(|| Process::new(self, number))
    }

    /// The process with a GUID.
    pub(super) fn find_process(&self, id: ProcessId) -> Option<Process<'_>> {
        let host = u32::try_from(id.sensor().0).ok()?;
        self.processes_on_host(host).find(|process| process.id() == id)
    }

    /// The processes that ran on a host.
    pub(super) fn processes_on_host(&self, host: u32) -> impl Iterator<Item = Process<'_>> {
        let stories = self.scenario_numbers();
        let noise = host
            .checked_sub(1)
            .and_then(|at| self.background.hosts.get(usize::try_from(at).ok()?))
            .cloned()
            .unwrap_or_default();
        let told = stories.map(|number| Process::new(self, number)).filter(move |process| process.host().id == host);
        noise.map(|number| Process::new(self, number)).chain(told)
    }

    /// The numbers of the told processes.
    fn scenario_numbers(&self) -> Range<u32> {
        let first = u32::try_from(self.background.processes.len()).unwrap_or(u32::MAX);
        first..self.n_processes()
    }
}

/// Reads a time such as `2016-11-11T20:59:31.631Z`, in milliseconds since 1970.
fn parse_time(text: &str) -> i64 {
    let time: Timestamp = text.parse().unwrap_or_else(|_| panic!("{text:?} is not a time"));
    time.as_millisecond()
}

/// Reads a duration such as `46h 12m 3s 120ms`, in milliseconds.
fn parse_duration(text: &str) -> i64 {
    let span: SignedDuration = text.parse().unwrap_or_else(|_| panic!("{text:?} is not a duration"));
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// The 100 ns ticks since 1601 that GUIDs count, of a time in milliseconds since 1970.
fn to_ticks(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + 11_644_473_600_000) * 10_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn world(processes: u64) -> World {
        let now = "2021-03-04T18:00:00Z".parse().unwrap();
        let traits = Traits { has_time_segments: true, is_hostile: true };
        World::new(7, [processes, 20, 400], now, traits)
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
    fn every_process_has_a_segment_and_no_more_than_a_documents_number_can_say() {
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
