//! The process tree pane: ancestors, children and siblings of the opened process.

mod draw;
mod rows;

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Frame, layout::Rect, text::Line};

pub(super) use draw::{TreeStyle, render_rows};
pub(super) use rows::chain_rows;
use rows::{Fold, Note, RowContent, RowKey, TreeRow};

use super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, SavedState, ViewPane, copy, cursor,
    details::process,
    legend,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Process, ProcessId, Top};
use crate::session::{Cx, Destination, Remote, Session};
use crate::text;
use crate::worker::Slot;

/// Numbers of children to request, each tried after the one before it was too low. The first is the server's default.
const CHILD_LIMITS: [u32; 5] = [15, 100, 1_000, 10_000, 100_000];

/// Processes that one key expands at most, so that a wide tree is not loaded by mistake.
const MAX_UNFOLDED_AT_ONCE: usize = 50;

/// The slots of the ancestors and the relatives; one slot represents those of all relatives.
const SLOTS: &[Slot] = &[Slot::Lineage, Slot::Summary(ProcessId(0))];

/// The process tree pane.
#[derive(Debug, Default)]
pub struct TreePane {
    state: TreeState,
    /// The opened process at the last input.
    opened_id: Option<ProcessId>,
    /// The process whose relatives were fetched because the cursor is on it.
    fetched_at_cursor: Option<ProcessId>,
    height: usize,
}

/// Cursor and expanded processes of a tree, saved in the navigation history.
#[derive(Clone, Debug, Default)]
struct TreeState {
    /// The process that the chain of ancestors starts at.
    relatives_origin: Option<ProcessId>,
    unfolded: BTreeSet<ProcessId>,
    cursor: Option<RowKey>,
    /// Index of the row that the cursor was last on.
    cursor_row: usize,
    first_row: usize,
    /// Index into [`CHILD_LIMITS`].
    child_limit_step: usize,
}

impl TreePane {
    /// Returns the index of the row under the cursor: if several rows have its key, the one nearest to where it was.
    fn cursor_index(&self, rows: &[TreeRow<'_>]) -> usize {
        let matches = (0..rows.len()).filter(|at| Some(rows[*at].key()) == self.state.cursor);
        let nearest = matches.min_by_key(|at| at.abs_diff(self.state.cursor_row));
        nearest.unwrap_or(self.state.cursor_row.min(rows.len().saturating_sub(1)))
    }

    fn move_to(&mut self, rows: &[TreeRow<'_>], to: usize) {
        self.state.cursor_row = to;
        self.state.cursor = rows.get(to).map(TreeRow::key);
    }

    /// Returns the number of children to request.
    fn child_limit(&self) -> u32 {
        CHILD_LIMITS[self.state.child_limit_step.min(CHILD_LIMITS.len() - 1)]
    }

    /// Runs the action of a row.
    fn run_row_action(&mut self, action: RowAction, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            RowAction::Open(id) => return ActionResult::Navigate(Destination::Process(id)),
            RowAction::Unfold(id) => {
                self.state.unfolded.insert(id);
            }
            RowAction::Refetch(id) => cx.process().refresh_relative(id),
            RowAction::Chain => {
                cx.process().refresh_missing_relatives();
                cx.process().refresh_subject();
            }
            RowAction::FetchMore(at_least) => {
                let current = self.child_limit();
                let is_enough = |number: &u32| *number > current && u64::from(*number) >= at_least;
                let step = CHILD_LIMITS.iter().position(is_enough);
                self.state.child_limit_step = step.unwrap_or(CHILD_LIMITS.len() - 1);
                let n = self.child_limit();
                cx.notify(format!("Up to {n} children are loaded per process"));
            }
            RowAction::Nothing(reason) => cx.notify(reason),
        }
        ActionResult::Done
    }

    /// Expands every folded process of the topmost level that has one.
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

    /// Folds every expanded process of the lowest level that has one.
    fn fold_level(&mut self, levels: &[(usize, Fold, ProcessId)], cx: &mut Cx<'_>) {
        let unfolded = || levels.iter().filter(|(_, fold, _)| *fold == Fold::Unfolded);
        let Some(level) = unfolded().map(|(depth, ..)| *depth).max() else {
            return cx.notify("Nothing to collapse");
        };
        for (_, _, id) in unfolded().filter(|(depth, ..)| *depth == level) {
            self.state.unfolded.remove(id);
        }
    }

    /// Updates the state if another process was opened.
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
        let parent = summary.and_then(|summary| summary.value.process.parent);
        if let (false, Some(parent)) = (is_shown, parent) {
            self.state.unfolded.insert(parent);
        }
    }
}

impl TreePane {
    /// Returns the title.
    fn title(session: &Session) -> Line<'static> {
        match process::opened_title(session) {
            Some(opened) => format!("Tree  {opened}").into(),
            None => "Tree".into(),
        }
    }

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
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
}

impl TreePane {
    /// Returns the observables that actions apply to.
    fn observables(&self, session: &Session) -> Vec<Observables> {
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let process = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process);
        process.map(Observables::of_process).into_iter().collect()
    }
}

impl ViewPane for TreePane {
    fn legend(&self) -> String {
        legend::legend_line(self.scope())
    }

    fn action_targets(&self, session: &Session) -> ActionTargets {
        self.observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let process = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process)?;
        Some((process::process_title(process), process.document.clone()))
    }

    /// Fetches the shown relatives again.
    fn refresh(&self, cx: &mut Cx<'_>) {
        let rows = rows::tree_rows(cx.session(), &self.state.unfolded);
        let mut ids = unfolded_ids(&rows);
        ids.extend(cx.session().opened.id);
        let selected = rows.get(self.cursor_index(&rows)).and_then(TreeRow::process);
        ids.extend(selected.filter(|process| has_own_document(process)).map(|process| process.id));
        for id in ids {
            cx.process().refresh_relative(id);
        }
    }

    fn save(&self, session: &Session) -> SavedState {
        SavedState::new((session.opened.id, self.state.clone()))
    }

    fn restore(&mut self, state: &SavedState, cx: &mut Cx<'_>) {
        let Some((opened, state)) = state.get::<(Option<ProcessId>, TreeState)>() else {
            return;
        };
        if let (Some(id), Some(origin)) = (opened, state.relatives_origin) {
            cx.process().open_relative(id, origin);
        }
        (self.state, self.opened_id) = (state, opened);
    }
}

impl Pane for TreePane {
    fn scope(&self) -> Scope {
        Scope::Tree
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(Self::title(session)).with_status(Self::status(session)).with_slots(SLOTS)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if cx.session().opened.chain_start.is_none() {
            return ActionResult::notify("No process open", cx);
        }
        let rows = rows::tree_rows(cx.session(), &self.state.unfolded);
        let at = self.cursor_index(&rows);
        let Some(row) = rows.get(at) else { return ActionResult::Done };
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
            return ActionResult::Done;
        }
        match action {
            Action::Open => {
                let row_action = RowAction::for_row(row);
                return self.run_row_action(row_action, cx);
            }
            Action::Unfold => {
                let row_action = match row.content {
                    RowContent::Process(_, Fold::Leaf) => RowAction::Nothing("No children loaded"),
                    RowContent::Process(process, _) => RowAction::Unfold(process.id),
                    RowContent::Note(..) => RowAction::for_row(row),
                };
                return self.run_row_action(row_action, cx);
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
                let Some(process) = row.process().cloned() else {
                    return ActionResult::notify(format!("{}: no process selected", action.label()), cx);
                };
                return pivot::pivot(action, cx, |_| vec![Observables::of_process(&process)])
                    .or_else(|| copy::copy_clip(copy::process_clip(&process, action), cx));
            }
        }
        ActionResult::Done
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        self.follow_opened(cx.session());
        let session = cx.session();
        let rows = rows::tree_rows(session, &self.state.unfolded);
        self.state.cursor_row = self.cursor_index(&rows);
        let unfolded = unfolded_ids(&rows);
        let selected = rows.get(self.state.cursor_row).and_then(TreeRow::process);
        let current = session.details_process().map(AsRef::as_ref);
        let is_other = current != selected;
        let changed = selected.filter(|_| is_other).map(|process| Arc::new(process.clone()));
        let rested = selected.filter(|process| has_own_document(process)).map(|process| process.id);
        if is_other {
            cx.process().select_binary_of(changed.as_ref());
        }
        if rested != self.fetched_at_cursor {
            let previous = std::mem::replace(&mut self.fetched_at_cursor, rested);
            let is_needed = |id: &ProcessId| unfolded.contains(id) || cx.session().opened.id == Some(*id);
            if let Some(previous) = previous.filter(|id| !is_needed(id)) {
                cx.process().cancel_relative(previous);
            }
            if let Some(id) = rested {
                cx.process().fetch_relative_debounced(id);
            }
        }
        for id in unfolded {
            cx.process().fetch_children(id, self.child_limit());
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        self.height = usize::from(area.height).max(1);
        if session.opened.chain_start.is_none() {
            let text = "Open a process to see its parents and children";
            frame.render_widget(Line::styled(text, cx.theme.muted), area);
            return;
        }
        let rows = rows::tree_rows(session, &self.state.unfolded);
        let chain = session.opened.chain_start.and_then(|id| session.lineage_of(id));
        let chain = chain.and_then(Remote::latest).map(|fetched| fetched.as_of);
        let mut summaries = session.opened.relatives.values().filter_map(Remote::latest);
        let as_of = chain.or_else(|| summaries.next().map(|fetched| fetched.as_of));
        let style = TreeStyle {
            as_of: as_of.unwrap_or_default(),
            cursor: self.cursor_index(&rows),
            opened: session.opened.id,
            has_signs: true,
        };
        render_rows(&rows, style, &mut self.state.first_row, session, frame, area, cx);
    }
}

/// What `Enter` does on a row.
#[derive(Clone, Copy)]
enum RowAction {
    /// Open the process.
    Open(ProcessId),
    /// Expand the process.
    Unfold(ProcessId),
    /// Fetch the relatives of the process again.
    Refetch(ProcessId),
    /// Fetch the chain of ancestors again.
    Chain,
    /// Fetch more children, at least this many.
    FetchMore(u64),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl RowAction {
    fn for_row(row: &TreeRow<'_>) -> Self {
        match row.content {
            RowContent::Process(process, _) if has_own_document(process) => Self::Open(process.id),
            RowContent::Process(..) => Self::Nothing("No record of this process on the server"),
            RowContent::Note(_, Note::Top(top, ..)) if *top == Top::Walking => Self::Chain,
            RowContent::Note(_, Note::Missing(_)) if row.depth == 0 => Self::Chain,
            RowContent::Note(id, Note::Missing(_) | Note::Unreadable(_)) => Self::Refetch(id),
            RowContent::Note(_, Note::More(_, n_children)) => Self::FetchMore(n_children.unwrap_or_default()),
            RowContent::Note(id, Note::Siblings(..)) => Self::Unfold(id),
            RowContent::Note(_, Note::Awaited) => Self::Nothing("Already loading"),
            RowContent::Note(..) => Self::Nothing("Nothing more to load"),
        }
    }
}

/// Whether the server has a record of the process: it does not have one if a parent or child record only names it.
fn has_own_document(process: &Process) -> bool {
    !process.is_suppressed && !process.is_stub()
}

/// Returns the processes whose children are shown.
fn unfolded_ids(rows: &[TreeRow<'_>]) -> BTreeSet<ProcessId> {
    let unfolded = rows.iter().filter(|row| row.fold_state() == Some(Fold::Unfolded));
    unfolded.filter_map(|row| Some(row.process()?.id)).collect()
}

/// Returns the index of the row with the parent of row `at`.
fn parent_row(rows: &[TreeRow<'_>], at: usize) -> Option<usize> {
    let depth = rows.get(at)?.depth;
    let mut above = rows[..at].iter();
    above.rposition(|row| row.depth < depth && row.process().is_some())
}
