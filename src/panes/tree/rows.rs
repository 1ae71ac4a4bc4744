//! The rows of a process tree, computed from the chain of ancestors, the loaded relatives, and the expanded processes.

use std::collections::{BTreeSet, HashSet};

use crate::api::Error;
use crate::model::{Lineage, Process, ProcessId, Top};
use crate::session::{Remote, RemoteState, Session};
use crate::text::Untrusted;

#[derive(Clone, Copy, Debug)]
pub(in crate::panes) struct TreeRow<'a> {
    /// Levels below the first row.
    pub(super) depth: usize,
    pub(super) content: RowContent<'a>,
}

/// The content of a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum RowContent<'a> {
    Process(&'a Process, Fold),
    /// A note about the relatives of a process, in their place.
    Note(ProcessId, Note<'a>),
}

/// Which children of a process are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// It has no children.
    Leaf,
    /// None of them.
    Folded,
    /// Only the child that leads to the process that the tree was opened for.
    Path,
    Unfolded,
}

/// A note about relatives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Note<'a> {
    /// Why the chain ends here, whether more of it is being loaded, and the parent's name in the oldest known record.
    Top(&'a Top, bool, &'a Untrusted),
    /// They are being loaded.
    Awaited,
    /// They could not be fetched, or were cancelled if there is no error.
    Missing(Option<&'a Error>),
    None,
    /// There may be more than this number; with the server's count, if it has one.
    More(usize, Option<u64>),
    /// The server lists fewer than it counted.
    Truncated(usize, u64),
    /// Number of records that could not be read.
    Unreadable(usize),
    /// Number of siblings, and whether there may be more.
    Siblings(usize, bool),
    /// The process is its own ancestor.
    Loop,
}

/// Identifies a row while others are added and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKey {
    Process(ProcessId),
    Note(ProcessId),
}

impl<'a> TreeRow<'a> {
    pub(super) fn key(&self) -> RowKey {
        match self.content {
            RowContent::Process(process, _) => RowKey::Process(process.id),
            RowContent::Note(id, _) => RowKey::Note(id),
        }
    }

    /// Returns the process of the row.
    pub(super) fn process(&self) -> Option<&'a Process> {
        match self.content {
            RowContent::Process(process, _) => Some(process),
            RowContent::Note(..) => None,
        }
    }

    /// Returns which children of the process are shown.
    pub(super) fn fold_state(&self) -> Option<Fold> {
        match self.content {
            RowContent::Process(_, fold) => Some(fold),
            RowContent::Note(..) => None,
        }
    }
}

/// Returns the rows of the chain of ancestors, oldest first.
pub(in crate::panes) fn chain_rows<'a>(lineage: &'a Lineage, chain: Option<&impl RemoteState>) -> Vec<TreeRow<'a>> {
    let mut rows = Vec::new();
    rows.extend(top_row(lineage, chain));
    let processes = lineage.ancestors.iter().rev().chain([&lineage.subject]);
    rows.extend(
        processes
            .enumerate()
            .map(|(depth, process)| TreeRow { depth, content: RowContent::Process(process, Fold::Leaf) }),
    );
    rows
}

/// Returns the note why the chain ends; `None` if it ends at the root.
fn top_row<'a>(lineage: &'a Lineage, chain: Option<&impl RemoteState>) -> Option<TreeRow<'a>> {
    let is_awaited = chain.is_some_and(RemoteState::is_pending);
    let oldest = lineage.ancestors.last().unwrap_or(&lineage.subject);
    let note = Note::Top(&lineage.top, is_awaited, &oldest.parent_name);
    let content = RowContent::Note(lineage.subject.id, note);
    (lineage.top != Top::Root).then_some(TreeRow { depth: 0, content })
}

/// Returns the rows of the tree, with the children of the processes in `unfolded`.
pub(super) fn tree_rows<'a>(session: &'a Session, unfolded: &BTreeSet<ProcessId>) -> Vec<TreeRow<'a>> {
    let Some(origin) = session.opened.chain_start else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    let chain = session.lineage_of(origin);
    let lineage = chain.and_then(Remote::latest);
    let stem: Vec<&Process> = if let Some(fetched) = lineage {
        let lineage = &*fetched.value;
        rows.extend(top_row(lineage, chain));
        let ancestors = lineage.ancestors.iter().rev();
        ancestors.chain([&lineage.subject]).map(|process| &**process).collect()
    } else {
        let summary = session.opened.relatives.get(&origin).and_then(|remote| remote.latest());
        let process = summary.map(|fetched| &fetched.value.process);
        let opened = session.find_opened().filter(|opened| opened.id == origin);
        rows.push(TreeRow { depth: 0, content: RowContent::Note(origin, missing_chain_note(session, origin)) });
        process.or(opened).into_iter().collect()
    };
    let mut builder = TreeBuilder { session, unfolded, origin, rows, path: HashSet::new() };
    if let [root, descendants @ ..] = stem.as_slice() {
        builder.add_process(root, descendants, 0);
    }
    builder.rows
}

/// Returns the note for a chain that is not loaded.
fn missing_chain_note(session: &Session, origin: ProcessId) -> Note<'_> {
    let summary = session.opened.relatives.get(&origin);
    let chain = session.lineage_of(origin);
    let is_awaited = summary.is_some_and(RemoteState::is_pending) || chain.is_some_and(RemoteState::is_pending);
    let error = summary.and_then(RemoteState::error);
    match error.or(chain.and_then(RemoteState::error)) {
        None if is_awaited => Note::Awaited,
        error => Note::Missing(error),
    }
}

/// Builds the rows of a tree.
struct TreeBuilder<'a, 'u> {
    session: &'a Session,
    unfolded: &'u BTreeSet<ProcessId>,
    origin: ProcessId,
    rows: Vec<TreeRow<'a>>,
    /// The processes on the path to the next row, to detect loops.
    path: HashSet<ProcessId>,
}

impl<'a> TreeBuilder<'a, '_> {
    /// Adds a process and its descendants. `stem` leads from the process to the one that the tree was opened for.
    fn add_process(&mut self, process: &'a Process, stem: &[&'a Process], depth: usize) {
        let id = process.id;
        let remote = self.session.opened.relatives.get(&id);
        let summary = remote.and_then(|remote| remote.latest());
        // The own record of the process has more fields than its mention in a relative's record.
        let process = summary.map_or(process, |fetched| &fetched.value.process);
        let is_loop = !self.path.insert(id);
        let is_childless = summary.is_some_and(|fetched| fetched.value.children.is_empty());
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
                if let [next, descendants @ ..] = stem {
                    self.add_process(next, descendants, depth + 1);
                    self.rows.extend(self.sibling_note(next).map(note));
                }
            }
            Fold::Unfolded => {
                for (child, descendants) in self.ordered_children(id, stem) {
                    self.add_process(child, descendants, depth + 1);
                }
                let notes = self.child_notes(id, stem);
                self.rows.extend(notes.into_iter().map(note));
            }
        }
        self.path.remove(&id);
    }

    /// Returns the children of a process, each once and in order of start; the child on the stem with the rest of the
    /// stem.
    fn ordered_children<'s>(&self, id: ProcessId, stem: &'s [&'a Process]) -> Vec<(&'a Process, &'s [&'a Process])> {
        let remote = self.session.opened.relatives.get(&id);
        let fetched = remote.and_then(|remote| remote.latest());
        let listed = fetched.map_or(&[][..], |fetched| &fetched.value.children);
        let mut seen = HashSet::new();
        let mut children: Vec<(&Process, &[&Process])> = Vec::new();
        if let [next, descendants @ ..] = stem {
            // The server may not list it among the children.
            seen.insert(next.id);
            children.push((next, descendants));
        }
        for child in listed {
            if seen.insert(child.id) {
                children.push((child, &[]));
            }
        }
        children.sort_by_key(|(child, _)| (child.started.is_none(), child.started, child.id));
        children
    }

    /// Returns the notes below the children of an expanded process, of which one may be on the stem.
    fn child_notes(&self, id: ProcessId, stem: &[&Process]) -> Vec<Note<'a>> {
        let Some(remote) = self.session.opened.relatives.get(&id) else {
            return vec![Note::Awaited];
        };
        let mut notes = Vec::new();
        if let Some(fetched) = remote.latest() {
            let n_shown = fetched.value.children.len();
            let counted = fetched.value.process.counts.childproc;
            let n_counted = counted.filter(|counted| usize::try_from(*counted).is_ok_and(|counted| counted > n_shown));
            if fetched.value.n_unreadable > 0 {
                notes.push(Note::Unreadable(fetched.value.n_unreadable));
            }
            if remote.is_pending() || remote.error().is_some() {
                // Whether more are loading, or failed to load, is noted below.
            } else if self.session.has_more_children(id) {
                notes.push(Note::More(n_shown, n_counted));
            } else if let (Some(counted), SERVER_LIMIT) = (n_counted, n_shown) {
                notes.push(Note::Truncated(n_shown, counted));
            } else if n_shown == 0 && stem.is_empty() {
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

    /// Returns a note with the number of siblings of `child` if the tree was opened for it: its answer lists them.
    fn sibling_note(&self, child: &Process) -> Option<Note<'a>> {
        let fetched = self.session.opened.relatives.get(&self.origin)?.latest()?;
        let n_siblings = fetched.value.siblings.len();
        let has_siblings = child.id == self.origin && n_siblings > 0;
        has_siblings.then_some(Note::Siblings(n_siblings, n_siblings >= SERVER_LIMIT))
    }
}

/// Relatives that the server lists by default. A server that lists exactly this many when more were requested has this
/// as its fixed limit.
const SERVER_LIMIT: usize = 15;
