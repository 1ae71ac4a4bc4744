//! The tree of a process: who started it, what it started, and what else these started.

mod draw;
mod rows;

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Frame, layout::Rect, text::Line};

pub(super) use draw::{TreeStyle, render_rows};
pub(super) use rows::chain_rows;
use rows::{Fold, Note, RowContent, RowKey, TreeRow};

use super::{
    Pane, PaneId, RenderCx, copy, cursor,
    details::process,
    legend,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Process, ProcessId, Top};
use crate::session::{Cx, Destination, Remote, Session};
use crate::text;
use crate::worker::Slot;

/// Numbers of children to ask for, each where the one before was not enough. The first is the server's own.
const CHILD_LIMITS: [u32; 5] = [15, 100, 1_000, 10_000, 100_000];

/// As many processes are unfolded with one key, so that a wide tree is not asked for by mistake.
const MAX_UNFOLDED_AT_ONCE: usize = 50;

/// The pane with the tree.
#[derive(Debug, Default)]
pub struct TreePane {
    state: TreeState,
    /// The process that was opened when this pane last looked.
    opened_id: Option<ProcessId>,
    /// The relative that was asked for because the cursor rests on it.
    fetched_at_cursor: Option<ProcessId>,
    height: usize,
}

/// What is worth coming back to.
#[derive(Clone, Debug, Default)]
pub struct TreeState {
    /// Whose tree it is.
    pub relatives_origin: Option<ProcessId>,
    unfolded: BTreeSet<ProcessId>,
    cursor: Option<RowKey>,
    /// Where the cursor was seen last.
    cursor_row: usize,
    first_row: usize,
    /// How far the numbers of [`CHILD_LIMITS`] were gone through.
    child_limit_step: usize,
}

impl TreePane {
    /// The state that is worth coming back to.
    pub fn state(&self) -> &TreeState {
        &self.state
    }

    /// Goes back to a state.
    pub fn restore_state(&mut self, state: TreeState, opened: Option<ProcessId>) {
        self.state = state;
        self.opened_id = opened;
    }

    /// Asks again for what is shown, past the cache.
    pub fn refresh_shown(&self, cx: &mut Cx<'_>) {
        let rows = rows::tree_rows(cx.session(), &self.state.unfolded);
        let mut shown = unfolded_ids(&rows);
        shown.extend(cx.session().opened.id);
        let under_cursor = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process);
        shown.extend(under_cursor.filter(|process| has_own_document(process)).map(|process| process.id));
        for id in shown {
            cx.refresh_relative(id);
        }
    }

    /// Which row the cursor stands in: of those that may be meant, the one nearest to where it was.
    fn cursor_index(&self, rows: &[TreeRow<'_>]) -> usize {
        let found = (0..rows.len()).filter(|at| Some(rows[*at].key()) == self.state.cursor);
        let nearest = found.min_by_key(|at| at.abs_diff(self.state.cursor_row));
        nearest.unwrap_or(self.state.cursor_row.min(rows.len().saturating_sub(1)))
    }

    fn move_to(&mut self, rows: &[TreeRow<'_>], to: usize) {
        self.state.cursor_row = to;
        self.state.cursor = rows.get(to).map(TreeRow::key);
    }

    /// How many children are asked for.
    fn child_limit(&self) -> u32 {
        CHILD_LIMITS[self.state.child_limit_step.min(CHILD_LIMITS.len() - 1)]
    }

    /// Does what a row offers.
    fn run_row_action(&mut self, offer: RowAction, cx: &mut Cx<'_>) {
        match offer {
            RowAction::Open(id) => cx.navigate(Destination::Process(id)),
            RowAction::Unfold(id) => {
                self.state.unfolded.insert(id);
            }
            RowAction::Refetch(id) => cx.refresh_relative(id),
            RowAction::Chain => {
                cx.refresh_missing_relatives();
                cx.refresh_subject();
            }
            RowAction::FetchMore(counted) => {
                let asked = self.child_limit();
                let is_enough = |number: &u32| *number > asked && u64::from(*number) >= counted;
                let step = CHILD_LIMITS.iter().position(is_enough);
                self.state.child_limit_step = step.unwrap_or(CHILD_LIMITS.len() - 1);
                let n = self.child_limit();
                cx.notify(format!("Up to {n} children are loaded per process"));
            }
            RowAction::Nothing(why) => cx.notify(why),
        }
    }

    /// Unfolds every process of the highest level at which one is folded.
    fn unfold_level(&mut self, levels: &[(usize, Fold, ProcessId)], cx: &mut Cx<'_>) {
        let folded = || levels.iter().filter(|(_, fold, _)| *fold == Fold::Folded);
        let Some(level) = folded().map(|(depth, ..)| *depth).min() else {
            return cx.notify("Nothing to expand");
        };
        let ids: Vec<_> = folded().filter(|(depth, ..)| *depth == level).map(|(.., id)| *id).collect();
        if ids.len() > MAX_UNFOLDED_AT_ONCE {
            cx.notify(format!("Expanded {MAX_UNFOLDED_AT_ONCE} of {}. Press it again for more", ids.len()));
        }
        self.state.unfolded.extend(ids.into_iter().take(MAX_UNFOLDED_AT_ONCE));
    }

    /// Folds every process of the lowest level at which one is unfolded.
    fn fold_level(&mut self, levels: &[(usize, Fold, ProcessId)], cx: &mut Cx<'_>) {
        let unfolded = || levels.iter().filter(|(_, fold, _)| *fold == Fold::Unfolded);
        let Some(level) = unfolded().map(|(depth, ..)| *depth).max() else {
            return cx.notify("Nothing to collapse");
        };
        for (_, _, id) in unfolded().filter(|(depth, ..)| *depth == level) {
            self.state.unfolded.remove(id);
        }
    }

    /// Another tree, or another process of this one.
    fn follow_opened(&mut self, session: &Session) {
        if self.state.relatives_origin != session.opened.chain_start {
            self.state = TreeState {
                relatives_origin: session.opened.chain_start,
                unfolded: session.opened.chain_start.into_iter().collect(),
                ..TreeState::default()
            };
            self.opened_id = None;
        }
        if self.opened_id == session.opened.id {
            return;
        }
        self.opened_id = session.opened.id;
        let Some(opened) = session.opened.id else { return };
        self.state.cursor = Some(RowKey::Process(opened));
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let is_shown = rows.iter().any(|row| row.key() == RowKey::Process(opened));
        let summary = session.opened.relatives.get(&opened).and_then(|remote| remote.latest());
        let parent = summary.and_then(|known| known.value.process.parent);
        if let (false, Some(parent)) = (is_shown, parent) {
            self.state.unfolded.insert(parent);
        }
    }
}

impl Pane for TreePane {
    fn id(&self) -> PaneId {
        PaneId::Tree
    }

    fn scope(&self) -> Scope {
        Scope::Tree
    }

    fn title(&self, session: &Session) -> Line<'static> {
        match process::opened_title(session) {
            Some(opened) => format!("Tree  {opened}").into(),
            None => "Tree".into(),
        }
    }

    fn status_line(&self, session: &Session) -> Line<'static> {
        let chain = session.opened.chain_start.and_then(|id| session.lineage_of(id));
        let lineage = chain.and_then(Remote::latest);
        let summary = session.opened.id.and_then(|id| session.opened.relatives.get(&id)?.latest());
        let (Some(lineage), Some(summary)) = (lineage, summary) else {
            return Line::default();
        };
        let n_children = summary.value.children.len();
        let more = if session.has_more_children(summary.value.process.id) { " or more" } else { "" };
        let n_ancestors = lineage.value.ancestors.len();
        let ancestors = text::pluralize(n_ancestors, "ancestor", "ancestors");
        format!("{ancestors}, {n_children}{more} children").into()
    }

    fn legend(&self) -> String {
        legend::legend_line(self.scope())
    }

    fn slots(&self) -> &'static [Slot] {
        // Any relative stands for all of them.
        const RELATIVES: Slot = Slot::Summary(ProcessId(0));
        &[Slot::Lineage, RELATIVES]
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if cx.session().opened.chain_start.is_none() {
            cx.notify("No process open");
            return true;
        }
        let rows = rows::tree_rows(cx.session(), &self.state.unfolded);
        let at = self.cursor_index(&rows);
        let Some(row) = rows.get(at) else { return true };
        let parent = parent_row(&rows, at);
        let moved = match action {
            Action::GoParent => Some(parent.unwrap_or(at)),
            Action::GoRoot => rows.iter().position(|row| row.process().is_some()),
            Action::Fold if row.fold_state() != Some(Fold::Unfolded) => Some(parent.unwrap_or(at)),
            Action::Unfold if row.fold_state() == Some(Fold::Unfolded) => Some(at + 1),
            _ => cursor::new_cursor(action, at, self.height, rows.len() - 1),
        };
        if let Some(to) = moved {
            self.move_to(&rows, to.min(rows.len() - 1));
            return true;
        }
        match action {
            Action::Open => {
                let offer = RowAction::for_row(row);
                self.run_row_action(offer, cx);
            }
            Action::Unfold => {
                let offer = match row.content {
                    RowContent::Process(_, Fold::Leaf) => RowAction::Nothing("No children loaded"),
                    RowContent::Process(process, _) => RowAction::Unfold(process.id),
                    RowContent::Note(..) => RowAction::for_row(row),
                };
                self.run_row_action(offer, cx);
            }
            Action::Fold => {
                if let Some(process) = row.process() {
                    self.state.unfolded.remove(&process.id);
                }
            }
            Action::Deeper | Action::Shallower => {
                let levels: Vec<_> =
                    rows.iter().filter_map(|row| Some((row.depth, row.fold_state()?, row.process()?.id))).collect();
                if action == Action::Deeper {
                    self.unfold_level(&levels, cx);
                } else {
                    self.fold_level(&levels, cx);
                }
            }
            _ => {
                let Some(process) = row.process() else {
                    return false;
                };
                let process = process.clone();
                return pivot::pivot(action, cx, |_| vec![Observables::of_process(&process)])
                    || copy::copy_clip(copy::process_clip(&process, action), cx);
            }
        }
        true
    }

    fn observables(&self, session: &Session) -> Vec<Observables> {
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let process = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process);
        process.map(Observables::of_process).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let process = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process)?;
        Some((process::process_title(process), process.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::overlay_for(action, || self.observables(session).pop())
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        self.follow_opened(cx.session());
        let session = cx.session();
        let rows = rows::tree_rows(session, &self.state.unfolded);
        self.state.cursor_row = self.cursor_index(&rows);
        let unfolded = unfolded_ids(&rows);
        let under_cursor = rows.get(self.state.cursor_row).and_then(TreeRow::process);
        let shown = session.details_process().map(AsRef::as_ref);
        let is_other = shown != under_cursor;
        let looked_at = under_cursor.filter(|_| is_other);
        let looked_at = looked_at.map(|process| Arc::new(process.clone()));
        let rested = under_cursor.filter(|process| has_own_document(process));
        let rested = rested.map(|process| process.id);
        if is_other {
            cx.select_binary_of(looked_at.as_ref());
        }
        if rested != self.fetched_at_cursor {
            let before = std::mem::replace(&mut self.fetched_at_cursor, rested);
            let is_needed = |id: &ProcessId| unfolded.contains(id) || cx.session().opened.id == Some(*id);
            if let Some(before) = before.filter(|id| !is_needed(id)) {
                cx.cancel_relative(before);
            }
            if let Some(id) = rested {
                cx.fetch_relative_debounced(id);
            }
        }
        for id in unfolded {
            cx.fetch_children(id, self.child_limit());
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        self.height = usize::from(area.height).max(1);
        if session.opened.chain_start.is_none() {
            let text = "Open a process to see its parents and children";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        }
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let chain = session.opened.chain_start.and_then(|id| session.lineage_of(id));
        let chain = chain.and_then(Remote::latest).map(|known| known.as_of);
        let mut summaries = session.opened.relatives.values().filter_map(Remote::latest);
        let as_of = chain.or_else(|| summaries.next().map(|known| known.as_of));
        let shown = TreeStyle {
            as_of: as_of.unwrap_or_default(),
            cursor: self.cursor_index(&rows),
            opened: session.opened.id,
            has_signs: true,
        };
        render_rows(&rows, shown, &mut self.state.first_row, session, frame, area, look);
    }
}

/// What a row offers to whoever opens it.
#[derive(Clone, Copy)]
enum RowAction {
    /// To show what this process did.
    Open(ProcessId),
    /// To show its children.
    Unfold(ProcessId),
    /// To ask for its relatives again.
    Refetch(ProcessId),
    /// To ask for the chain again.
    Chain,
    /// To ask for more children, and at least for so many.
    FetchMore(u64),
    /// Nothing, and why.
    Nothing(&'static str),
}

impl RowAction {
    fn for_row(row: &TreeRow<'_>) -> Self {
        match row.content {
            RowContent::Process(process, _) if has_own_document(process) => Self::Open(process.id),
            RowContent::Process(..) => Self::Nothing("No record of this process on the server"),
            RowContent::Note(_, Note::Top(top, ..)) if *top == Top::Walking => Self::Chain,
            RowContent::Note(_, Note::Missing(_)) if row.depth == 0 => Self::Chain,
            RowContent::Note(of, Note::Missing(_) | Note::Unreadable(_)) => Self::Refetch(of),
            RowContent::Note(_, Note::More(_, counted)) => Self::FetchMore(counted.unwrap_or_default()),
            RowContent::Note(of, Note::Siblings(..)) => Self::Unfold(of),
            RowContent::Note(_, Note::Awaited) => Self::Nothing("Already loading"),
            RowContent::Note(..) => Self::Nothing("Nothing more to load"),
        }
    }
}

/// Whether the server has more of a process than a mention.
fn has_own_document(process: &Process) -> bool {
    !process.is_suppressed && !process.is_stub()
}

/// The processes whose children are shown.
fn unfolded_ids(rows: &[TreeRow<'_>]) -> BTreeSet<ProcessId> {
    let unfolded = rows.iter().filter(|row| row.fold_state() == Some(Fold::Unfolded));
    unfolded.filter_map(|row| Some(row.process()?.id)).collect()
}

/// The row of the parent of what stands in a row.
fn parent_row(rows: &[TreeRow<'_>], at: usize) -> Option<usize> {
    let depth = rows.get(at)?.depth;
    let mut above = rows[..at].iter();
    above.rposition(|row| row.depth < depth && row.process().is_some())
}
