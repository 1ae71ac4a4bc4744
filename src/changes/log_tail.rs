//! The part of the audit log that the console shows: the log is read to the end, and only that part stays in memory.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

use serde::Deserialize;

use super::{ChangeHistory, log_reader};
use crate::audit::{self, LinePosition, LogEntry, LogLine, LoggedStage, Scan};
use crate::storage;

/// The number of changes that the console shows.
const MAX_SHOWN: usize = 1_000;

/// The number of older changes that are shown because their outcome is unknown.
const MAX_OPEN: usize = 200;

/// The number of later confirmed changes per target that are read to see whether an open one is superseded.
const MAX_LATER: usize = 5;

/// The members of a log line that decide whether it is shown.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow, default)]
    server: Cow<'a, str>,
    #[serde(borrow, default, rename = "deed")]
    verb: Cow<'a, str>,
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

/// The few facts about a change that decide whether it is shown.
struct Mention {
    line: u64,
    position: LinePosition,
    /// A hash of the server and the target.
    target: u64,
    /// Isolation (`true`) or unisolation (`false`); `None` for any other change.
    isolation: Option<bool>,
    undoes: Option<u64>,
    stage: LoggedStage,
}

/// All changes of the log, with a few bytes for each.
#[derive(Default)]
struct Mentions {
    /// In log order.
    changes: Vec<Mention>,
    /// The outcomes: the line of the change, and the position of the outcome.
    outcomes: Vec<(u64, LinePosition)>,
    /// Errors of lines that cannot be read.
    faults: Vec<String>,
}

impl ChangeHistory {
    /// Reads the audit log in `dir`: the newest changes, and older ones that are still open or isolated a host that was
    /// not unisolated since. Waits up to a second for a program that holds the lock of the log.
    pub fn read(dir: &Path) -> Result<Self, storage::FileError> {
        let mut mentions = Mentions::default();
        let scan = Scan::read(dir, |line| mentions.add(line))?;
        let shown = mentions.shown_lines();
        let entries = mentions.entries(&shown, &scan).map_err(|error| storage::FileError::new("read", dir, &error))?;
        let faults = scan.faults.iter().map(ToString::to_string);
        let faults = faults.chain(mentions.faults.iter().cloned()).collect();
        let n_older = mentions.changes.len() - shown.len();
        let mut history = Self::new(entries, &mentions.undone_lines(), faults, scan.head.clone());
        history.n_older = n_older;
        history.is_locked = scan.is_locked;
        Ok(history)
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
            // What was only read on a host is listed by `lampblack log show`.
            "sending" if audit::is_reading_verb(&outline.verb) => {}
            "sending" => self.changes.push(Mention {
                line: line.number,
                position: line.position,
                target: outline.target_hash(),
                isolation: log_reader::isolation_by(&outline.verb),
                undoes: outline.undoes,
                stage: LoggedStage::Unknown,
            }),
            "known" => {
                let index = self.changes.binary_search_by_key(&outline.of, |mention| mention.line);
                if let (Ok(index), Some(stage)) = (index, outline.stage) {
                    self.changes[index].stage = stage;
                    self.outcomes.push((outline.of, line.position));
                }
            }
            _ => {}
        }
    }

    /// Returns the lines of the changes that are shown.
    fn shown_lines(&self) -> HashSet<u64> {
        let newest = self.changes.iter().rev().take(MAX_SHOWN);
        let mut shown: HashSet<u64> = newest.map(|mention| mention.line).collect();
        let open = self.changes.iter().rev().skip(MAX_SHOWN).filter(|mention| !mention.stage.is_final()).take(MAX_OPEN);
        let mut n_later: HashMap<u64, usize> = HashMap::new();
        for mention in open {
            shown.insert(mention.line);
            n_later.insert(mention.target, 0);
        }
        let mut seen = HashSet::new();
        for mention in self.changes.iter().rev() {
            let is_applied = mention.stage != LoggedStage::NotApplied;
            if let Some(is_isolation) = mention.isolation
                && is_applied
                && seen.insert(mention.target)
                && is_isolation
            {
                shown.insert(mention.line);
            }
            if let Some(n) = n_later.get_mut(&mention.target)
                && mention.stage == LoggedStage::Confirmed
                && *n < MAX_LATER
            {
                *n += 1;
                shown.insert(mention.line);
            }
        }
        shown
    }

    /// Reads the shown changes and their outcomes from the log again.
    fn entries(&self, shown: &HashSet<u64>, scan: &Scan) -> io::Result<Vec<LogEntry>> {
        let changes = self.changes.iter().filter(|mention| shown.contains(&mention.line));
        let outcomes = self.outcomes.iter().filter(|(of, _)| shown.contains(of));
        let positions: BTreeSet<LinePosition> =
            changes.map(|mention| mention.position).chain(outcomes.map(|(_, position)| *position)).collect();
        let mut entries = Vec::with_capacity(positions.len());
        let mut lines = scan.lines();
        for position in positions {
            entries.push(serde_json::from_slice(&lines.line(position)?)?);
        }
        Ok(entries)
    }

    /// Returns the line of each undone change, with the line of its undo.
    fn undone_lines(&self) -> HashMap<u64, u64> {
        self.changes
            .iter()
            .filter(|mention| mention.stage != LoggedStage::NotApplied)
            .filter_map(|mention| Some((mention.undoes?, mention.line)))
            .collect()
    }
}

impl Outline<'_> {
    fn target_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.server, &self.target.kind, &self.target.id).hash(&mut hasher);
        hasher.finish()
    }
}
