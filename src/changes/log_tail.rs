//! The part of the action log that the console shows: all of it is read, and only that part is kept in memory.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

use serde::Deserialize;

use super::ChangeHistory;
use crate::audit::{LinePosition, LogEntry, LogLine, LoggedStage, Scan};
use crate::storage;

/// How many deeds the console shows.
const MAX_SHOWN: usize = 1_000;

/// How many older ones are kept because it is not known what became of them.
const MAX_OPEN: usize = 200;

/// How many of the last deeds that were done to the same target tell whether that is settled.
const MAX_LATER: usize = 5;

/// As much of a line as decides whether it is kept.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    server: Cow<'a, str>,
    #[serde(borrow, default)]
    deed: Cow<'a, str>,
    #[serde(borrow, default)]
    target: TargetOutline<'a>,
    #[serde(default)]
    undoes: Option<u64>,
    #[serde(default)]
    of: u64,
    #[serde(default)]
    stage: Option<LoggedStage>,
}

#[derive(Default, Deserialize)]
struct TargetOutline<'a> {
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Cow<'a, str>,
}

/// What is remembered of a deed until it is known whether it is kept.
struct Mention {
    line: u64,
    position: LinePosition,
    /// Server and target, hashed.
    target: u64,
    /// Whether it cut a host off, true, or let it back.
    isolation: Option<bool>,
    undoes: Option<u64>,
    stage: LoggedStage,
}

/// All deeds of the log, with a few bytes for each.
#[derive(Default)]
struct Mentions {
    /// In the order of the log.
    changes: Vec<Mention>,
    /// What became known of them: the line of the deed, and where that stands.
    outcomes: Vec<(u64, LinePosition)>,
    /// Lines that are no entries.
    faults: Vec<String>,
}

impl ChangeHistory {
    /// Reads the action log of a directory: the newest deeds, and those older ones that are still open or have cut off a
    /// host that was not let back. Waits a second at most for a program that holds its lock.
    pub fn read(dir: &Path) -> Result<Self, storage::FileError> {
        let mut mentions = Mentions::default();
        let scan = Scan::read(dir, |line| mentions.add(line))?;
        let kept = mentions.kept_lines();
        let entries = mentions.entries(&kept, &scan).map_err(|error| storage::FileError::new("read", dir, &error))?;
        let faults = scan.faults.iter().map(ToString::to_string);
        let faults = faults.chain(mentions.faults.iter().cloned()).collect();
        let n_older = mentions.changes.len() - kept.len();
        let mut journal = Self::new(entries, &mentions.undone_lines(), faults, scan.head.clone());
        journal.n_older = n_older;
        journal.is_locked = scan.is_locked;
        Ok(journal)
    }
}

impl Mentions {
    fn add(&mut self, line: &LogLine<'_>) {
        let outline: Outline<'_> = match serde_json::from_slice(line.bytes) {
            Ok(outline) => outline,
            Err(error) => {
                let fault = format!("line {} cannot be read: {error}", line.number);
                return self.faults.push(fault);
            }
        };
        match &*outline.event {
            "sending" => self.changes.push(Mention {
                line: line.number,
                position: line.position,
                target: outline.target_hash(),
                isolation: match &*outline.deed {
                    "isolate" => Some(true),
                    "release" => Some(false),
                    _ => None,
                },
                undoes: outline.undoes,
                stage: LoggedStage::Unknown,
            }),
            "known" => {
                let deed = self.changes.binary_search_by_key(&outline.of, |deed| deed.line);
                if let (Ok(at), Some(stage)) = (deed, outline.stage) {
                    self.changes[at].stage = stage;
                    self.outcomes.push((outline.of, line.position));
                }
            }
            _ => {}
        }
    }

    /// The lines of the deeds that are kept.
    fn kept_lines(&self) -> HashSet<u64> {
        let newest = self.changes.iter().rev().take(MAX_SHOWN);
        let mut kept: HashSet<u64> = newest.map(|deed| deed.line).collect();
        let open = self.changes.iter().rev().skip(MAX_SHOWN);
        let open = open.filter(|deed| !deed.stage.is_final()).take(MAX_OPEN);
        let mut later: HashMap<u64, usize> = HashMap::new();
        for deed in open {
            kept.insert(deed.line);
            later.insert(deed.target, 0);
        }
        let mut decided = HashSet::new();
        for deed in self.changes.iter().rev() {
            let is_done = deed.stage != LoggedStage::NotApplied;
            if let Some(is_isolation) = deed.isolation
                && is_done
                && decided.insert(deed.target)
                && is_isolation
            {
                kept.insert(deed.line);
            }
            if let Some(n) = later.get_mut(&deed.target)
                && deed.stage == LoggedStage::Confirmed
                && *n < MAX_LATER
            {
                *n += 1;
                kept.insert(deed.line);
            }
        }
        kept
    }

    /// The lines of the deeds that are kept and of their outcomes, read again.
    fn entries(&self, kept: &HashSet<u64>, scan: &Scan) -> io::Result<Vec<LogEntry>> {
        let deeds = self.changes.iter().filter(|deed| kept.contains(&deed.line));
        let outcomes = self.outcomes.iter().filter(|(of, _)| kept.contains(of));
        let places = deeds.map(|deed| deed.position);
        let places: BTreeSet<LinePosition> = places.chain(outcomes.map(|(_, place)| *place)).collect();
        let mut entries = Vec::with_capacity(places.len());
        let mut lines = scan.lines();
        for place in places {
            entries.push(serde_json::from_slice(&lines.line(place)?)?);
        }
        Ok(entries)
    }

    /// Which deed took back which.
    fn undone_lines(&self) -> HashMap<u64, u64> {
        let done = self.changes.iter();
        let done = done.filter(|deed| deed.stage != LoggedStage::NotApplied);
        done.filter_map(|deed| Some((deed.undoes?, deed.line))).collect()
    }
}

impl Outline<'_> {
    fn target_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.server, &self.target.kind, &self.target.id).hash(&mut hasher);
        hasher.finish()
    }
}
