//! The rows of a tree: a function of a parent chain, of the relatives that are known, and of what is unfolded.

use std::collections::{BTreeSet, HashSet};

use crate::api::Error;
use crate::model::{Lineage, Process, ProcessId, Top};
use crate::session::{Awaiting, Remote, Session};
use crate::text::Untrusted;

/// A row of a tree.
#[derive(Clone, Copy, Debug)]
pub(in crate::panes) struct TreeRow<'a> {
    /// How many levels below the first.
    pub(super) depth: usize,
    /// What stands there.
    pub(super) content: RowContent<'a>,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowContent<'a> {
    /// A process.
    Process(&'a Process, Fold),
    /// What is to be said of the relatives of a process, where they would stand.
    Note(ProcessId, Note<'a>),
}

/// How much of what is below a process is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// There is nothing below it.
    Leaf,
    /// Nothing is shown.
    Folded,
    /// Only the child that leads to the process it is about.
    Path,
    /// All its children.
    Unfolded,
}

/// What is to be said of relatives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Note<'a> {
    /// Why the chain begins where it begins, whether more of it is awaited, and what the oldest that is known calls its
    /// parent.
    Top(&'a Top, bool, &'a Untrusted),
    /// They are on their way.
    Awaited,
    /// They could not be fetched; without an error, they were given up.
    Missing(Option<&'a Error>),
    /// There are none.
    None,
    /// There may be more than these; and how many the server counted, if it did.
    More(usize, Option<u64>),
    /// The server lists fewer than it counted.
    Truncated(usize, u64),
    /// So many could not be read.
    Unreadable(usize),
    /// So many siblings, or at least so many.
    Siblings(usize, bool),
    /// It is above already.
    Loop,
}

/// What stays the same of a row while others come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKey {
    /// A process.
    Process(ProcessId),
    /// Something said of a process.
    Note(ProcessId),
}

impl<'a> TreeRow<'a> {
    /// What tells it from others.
    pub(super) fn key(&self) -> RowKey {
        match self.content {
            RowContent::Process(process, _) => RowKey::Process(process.id),
            RowContent::Note(of, _) => RowKey::Note(of),
        }
    }

    /// The process that stands there.
    pub(super) fn process(&self) -> Option<&'a Process> {
        match self.content {
            RowContent::Process(process, _) => Some(process),
            RowContent::Note(..) => None,
        }
    }

    /// How much of what is below that process is shown.
    pub(super) fn fold_state(&self) -> Option<Fold> {
        match self.content {
            RowContent::Process(_, fold) => Some(fold),
            RowContent::Note(..) => None,
        }
    }
}

/// The rows of a chain alone, the oldest first.
pub(in crate::panes) fn chain_rows(lineage: &Lineage, is_awaited: bool) -> Vec<TreeRow<'_>> {
    let mut rows = Vec::new();
    rows.extend(top_row(lineage, is_awaited));
    let processes = lineage.ancestors.iter().rev().chain([&lineage.subject]);
    rows.extend(
        processes
            .enumerate()
            .map(|(depth, process)| TreeRow { depth, content: RowContent::Process(process, Fold::Leaf) }),
    );
    rows
}

/// Why a chain begins where it begins, as a row above the oldest that is known; nothing when that is the root.
fn top_row(lineage: &Lineage, is_awaited: bool) -> Option<TreeRow<'_>> {
    let oldest = lineage.ancestors.last().unwrap_or(&lineage.subject);
    let note = Note::Top(&lineage.top, is_awaited, &oldest.parent_name);
    let what = RowContent::Note(lineage.subject.id, note);
    (lineage.top != Top::Root).then_some(TreeRow { depth: 0, content: what })
}

/// The rows of the whole tree.
pub(super) fn tree_rows<'a>(session: &'a Session, unfolded: &BTreeSet<ProcessId>) -> Vec<TreeRow<'a>> {
    let Some(origin) = session.opened.chain_start else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    let chain = session.lineage_of(origin);
    let lineage = chain.and_then(Remote::latest);
    let stem: Vec<&Process> = if let Some(known) = lineage {
        let lineage = &*known.value;
        rows.extend(top_row(lineage, chain.is_some_and(Awaiting::is_pending)));
        let ancestors = lineage.ancestors.iter().rev();
        ancestors.chain([&lineage.subject]).map(|process| &**process).collect()
    } else {
        let own = session.opened.relatives.get(&origin).and_then(|remote| remote.latest());
        let own = own.map(|known| &known.value.process);
        let opened = session.find_opened().filter(|opened| opened.id == origin);
        rows.push(TreeRow { depth: 0, content: RowContent::Note(origin, missing_chain_note(session, origin)) });
        own.or(opened).into_iter().collect()
    };
    let mut growth = Growth { session, unfolded, origin, rows, path: HashSet::new() };
    if let [root, rest @ ..] = stem.as_slice() {
        growth.add_process(root, rest, 0);
    }
    growth.rows
}

/// Why there is no chain.
fn missing_chain_note(session: &Session, origin: ProcessId) -> Note<'_> {
    let summary = session.opened.relatives.get(&origin);
    let chain = session.lineage_of(origin);
    let is_awaited = summary.is_some_and(Awaiting::is_pending) || chain.is_some_and(Awaiting::is_pending);
    let error = summary.and_then(Awaiting::error);
    match error.or(chain.and_then(Awaiting::error)) {
        None if is_awaited => Note::Awaited,
        error => Note::Missing(error),
    }
}

/// A tree that grows row by row.
struct Growth<'a, 'u> {
    session: &'a Session,
    unfolded: &'u BTreeSet<ProcessId>,
    origin: ProcessId,
    rows: Vec<TreeRow<'a>>,
    /// The processes above the next row.
    path: HashSet<ProcessId>,
}

impl<'a> Growth<'a, '_> {
    /// Adds a process and what is below it. The stem leads from it to the process that the tree is about.
    fn add_process(&mut self, process: &'a Process, stem: &[&'a Process], depth: usize) {
        let id = process.id;
        let remote = self.session.opened.relatives.get(&id);
        let summary = remote.and_then(|remote| remote.latest());
        // What was asked for says more than what came with its relatives.
        let process = summary.map_or(process, |known| &known.value.process);
        let is_loop = !self.path.insert(id);
        let is_childless = summary.is_some_and(|known| known.value.children.is_empty());
        let fold = if is_loop || process.is_suppressed || process.is_stub() {
            Fold::Leaf
        } else if self.unfolded.contains(&id) {
            Fold::Unfolded
        } else if !stem.is_empty() {
            Fold::Path
        } else if is_childless {
            Fold::Leaf
        } else {
            Fold::Folded
        };
        self.rows.push(TreeRow { depth, content: RowContent::Process(process, fold) });
        let note = |note| TreeRow { depth: depth + 1, content: RowContent::Note(id, note) };
        match fold {
            Fold::Leaf if is_loop => return self.rows.push(note(Note::Loop)),
            Fold::Leaf | Fold::Folded => {}
            Fold::Path => {
                if let [next, rest @ ..] = stem {
                    self.add_process(next, rest, depth + 1);
                    self.rows.extend(self.sibling_note(next).map(note));
                }
            }
            Fold::Unfolded => {
                for (child, rest) in self.ordered_children(id, stem) {
                    self.add_process(child, rest, depth + 1);
                }
                let notes = self.child_notes(id, !stem.is_empty());
                self.rows.extend(notes.into_iter().map(note));
            }
        }
        self.path.remove(&id);
    }

    /// The children of a process, the oldest first and each of them once, with what leads on from the one on the stem.
    fn ordered_children<'s>(&self, id: ProcessId, stem: &'s [&'a Process]) -> Vec<(&'a Process, &'s [&'a Process])> {
        let remote = self.session.opened.relatives.get(&id);
        let known = remote.and_then(|remote| remote.latest());
        let listed = known.map_or(&[][..], |known| &known.value.children);
        let mut seen = HashSet::new();
        let mut children: Vec<(&Process, &[&Process])> = Vec::new();
        if let [next, rest @ ..] = stem {
            // It may be none of those that the server lists.
            seen.insert(next.id);
            children.push((next, rest));
        }
        for child in listed {
            if seen.insert(child.id) {
                children.push((child, &[]));
            }
        }
        children.sort_by_key(|(child, _)| (child.started.is_none(), child.started, child.id));
        children
    }

    /// What is to be said of the children of a process that is unfolded.
    fn child_notes(&self, id: ProcessId, is_on_stem: bool) -> Vec<Note<'a>> {
        let Some(remote) = self.session.opened.relatives.get(&id) else {
            return vec![Note::Awaited];
        };
        let mut notes = Vec::new();
        if let Some(known) = remote.latest() {
            let n_shown = known.value.children.len();
            let counted = known.value.process.counts.childproc;
            let n_counted = counted.filter(|counted| usize::try_from(*counted).is_ok_and(|counted| counted > n_shown));
            if known.value.n_unreadable > 0 {
                notes.push(Note::Unreadable(known.value.n_unreadable));
            }
            if remote.is_pending() || remote.error().is_some() {
                // What becomes of the question for more is told below.
            } else if self.session.has_more_children(id) {
                notes.push(Note::More(n_shown, n_counted));
            } else if let (Some(counted), SERVER_LIMIT) = (n_counted, n_shown) {
                notes.push(Note::Truncated(n_shown, counted));
            } else if n_shown == 0 && !is_on_stem {
                notes.push(Note::None);
            }
        }
        match (remote.is_pending(), remote.error()) {
            (true, _) => notes.push(Note::Awaited),
            (false, Some(error)) => notes.push(Note::Missing(Some(error))),
            (false, None) if !remote.has_answer() => notes.push(Note::Missing(None)),
            (false, None) => {}
        }
        notes
    }

    /// The siblings of a process on the stem, if that is where one began: they came with it.
    fn sibling_note(&self, child: &Process) -> Option<Note<'a>> {
        let known = self.session.opened.relatives.get(&self.origin)?.latest()?;
        let n_siblings = known.value.siblings.len();
        let is_here = child.id == self.origin && n_siblings > 0;
        is_here.then_some(Note::Siblings(n_siblings, n_siblings >= SERVER_LIMIT))
    }
}

/// Relatives that a server lists unless it is asked for more; one that lists no more than these whatever it is asked is
/// told by that.
const SERVER_LIMIT: usize = 15;
