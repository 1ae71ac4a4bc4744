//! The tree of a process: who started it, what it started, and what else these started.

mod draw;
mod rows;

use std::{collections::BTreeSet, sync::Arc};

use ratatui::{Frame, layout::Rect, text::Line};

pub(super) use draw::{Shown, draw};
pub(super) use rows::chain;
use rows::{Fold, Note, Row, Spot, What};

use super::{
    Look, Pane, PaneId, copy, cursor,
    details::process,
    legend,
    pivot::{self, Clues},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Process, ProcessId, Top};
use crate::session::{Cx, Lead, Remote, Session};
use crate::text;
use crate::worker::Slot;

/// Numbers of children to ask for, each where the one before was not enough. The first is the server's own.
const CHILDREN: [u32; 5] = [15, 100, 1_000, 10_000, 100_000];

/// As many processes are unfolded with one key, so that a wide tree is not asked for by mistake.
const AT_ONCE: usize = 50;

/// The pane with the tree.
#[derive(Debug, Default)]
pub struct TreePane {
    state: State,
    /// The process that was opened when this pane last looked.
    opened: Option<ProcessId>,
    /// The relative that was asked for because the cursor rests on it.
    rested: Option<ProcessId>,
    height: usize,
}

/// What is worth coming back to.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Whose tree it is.
    pub origin: Option<ProcessId>,
    unfolded: BTreeSet<ProcessId>,
    cursor: Option<Spot>,
    /// Where the cursor was seen last.
    at: usize,
    first: usize,
    /// How far the numbers of [`CHILDREN`] were gone through.
    step: usize,
}

impl TreePane {
    /// The state that is worth coming back to.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Goes back to a state.
    pub fn restore(&mut self, state: State, opened: Option<ProcessId>) {
        self.state = state;
        self.opened = opened;
    }

    /// Asks again for what is shown, past the cache.
    pub fn refresh(&self, cx: &mut Cx<'_>) {
        let rows = rows::tree(cx.session(), &self.state.unfolded);
        let mut shown = unfolded(&rows);
        shown.extend(cx.session().opened);
        let under_cursor = rows.get(self.index(&rows)).and_then(Row::process);
        shown.extend(under_cursor.filter(|process| has_document(process)).map(|process| process.id));
        for id in shown {
            cx.renew_relative(id);
        }
    }

    /// Which row the cursor stands in: of those that may be meant, the one nearest to where it was.
    fn index(&self, rows: &[Row<'_>]) -> usize {
        let found = (0..rows.len()).filter(|at| Some(rows[*at].spot()) == self.state.cursor);
        let nearest = found.min_by_key(|at| at.abs_diff(self.state.at));
        nearest.unwrap_or(self.state.at.min(rows.len().saturating_sub(1)))
    }

    fn go(&mut self, rows: &[Row<'_>], to: usize) {
        self.state.at = to;
        self.state.cursor = rows.get(to).map(Row::spot);
    }

    /// How many children are asked for.
    fn n_children(&self) -> u32 {
        CHILDREN[self.state.step.min(CHILDREN.len() - 1)]
    }

    /// Does what a row offers.
    fn take(&mut self, offer: Offer, cx: &mut Cx<'_>) {
        match offer {
            Offer::Open(id) => cx.lead(Lead::Process(id)),
            Offer::Unfold(id) => {
                self.state.unfolded.insert(id);
            }
            Offer::Again(id) => cx.renew_relative(id),
            Offer::Chain => {
                cx.renew_relatives();
                cx.refresh();
            }
            Offer::More(counted) => {
                let asked = self.n_children();
                let is_enough = |number: &u32| *number > asked && u64::from(*number) >= counted;
                let step = CHILDREN.iter().position(is_enough);
                self.state.step = step.unwrap_or(CHILDREN.len() - 1);
                let n = self.n_children();
                cx.notify(format!("Up to {n} children are loaded per process"));
            }
            Offer::Nothing(why) => cx.notify(why),
        }
    }

    /// Unfolds every process of the highest level at which one is folded.
    fn unfold_level(&mut self, levels: &[(usize, Fold, ProcessId)], cx: &mut Cx<'_>) {
        let folded = || levels.iter().filter(|(_, fold, _)| *fold == Fold::Folded);
        let Some(level) = folded().map(|(depth, ..)| *depth).min() else {
            return cx.notify("Nothing to expand");
        };
        let ids: Vec<_> = folded().filter(|(depth, ..)| *depth == level).map(|(.., id)| *id).collect();
        if ids.len() > AT_ONCE {
            cx.notify(format!("Expanded {AT_ONCE} of {}. Press it again for more", ids.len()));
        }
        self.state.unfolded.extend(ids.into_iter().take(AT_ONCE));
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
    fn turn_to_opened(&mut self, session: &Session) {
        if self.state.origin != session.origin {
            self.state =
                State { origin: session.origin, unfolded: session.origin.into_iter().collect(), ..State::default() };
            self.opened = None;
        }
        if self.opened == session.opened {
            return;
        }
        self.opened = session.opened;
        let Some(opened) = session.opened else { return };
        self.state.cursor = Some(Spot::Process(opened));
        let rows = rows::tree(session, &self.state.unfolded);
        let is_shown = rows.iter().any(|row| row.spot() == Spot::Process(opened));
        let summary = session.family.get(&opened).and_then(|remote| remote.current());
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
        match process::opened(session) {
            Some(opened) => format!("Tree  {opened}").into(),
            None => "Tree".into(),
        }
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let chain = session.origin.and_then(|id| session.chain_of(id));
        let lineage = chain.and_then(Remote::current);
        let summary = session.opened.and_then(|id| session.family.get(&id)?.current());
        let (Some(lineage), Some(summary)) = (lineage, summary) else {
            return Line::default();
        };
        let n_children = summary.value.children.len();
        let more = if session.has_more_children(summary.value.process.id) { " or more" } else { "" };
        let n_ancestors = lineage.value.ancestors.len();
        let ancestors = text::counted(n_ancestors, "ancestor", "ancestors");
        format!("{ancestors}, {n_children}{more} children").into()
    }

    fn legend(&self) -> String {
        legend::line(self.scope())
    }

    fn slots(&self) -> &'static [Slot] {
        // Any relative stands for all of them.
        const RELATIVES: Slot = Slot::Summary(ProcessId(0));
        &[Slot::Lineage, RELATIVES]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if cx.session().origin.is_none() {
            cx.notify("No process open");
            return true;
        }
        let rows = rows::tree(cx.session(), &self.state.unfolded);
        let at = self.index(&rows);
        let Some(row) = rows.get(at) else { return true };
        let parent = parent_row(&rows, at);
        let moved = match action {
            Action::GoParent => Some(parent.unwrap_or(at)),
            Action::GoRoot => rows.iter().position(|row| row.process().is_some()),
            Action::Fold if row.fold() != Some(Fold::Unfolded) => Some(parent.unwrap_or(at)),
            Action::Unfold if row.fold() == Some(Fold::Unfolded) => Some(at + 1),
            _ => cursor::moved(action, at, self.height, rows.len() - 1),
        };
        if let Some(to) = moved {
            self.go(&rows, to.min(rows.len() - 1));
            return true;
        }
        match action {
            Action::Open => {
                let offer = Offer::of(row);
                self.take(offer, cx);
            }
            Action::Unfold => {
                let offer = match row.what {
                    What::Process(_, Fold::Leaf) => Offer::Nothing("No children loaded"),
                    What::Process(process, _) => Offer::Unfold(process.id),
                    What::Note(..) => Offer::of(row),
                };
                self.take(offer, cx);
            }
            Action::Fold => {
                if let Some(process) = row.process() {
                    self.state.unfolded.remove(&process.id);
                }
            }
            Action::Deeper | Action::Shallower => {
                let levels: Vec<_> =
                    rows.iter().filter_map(|row| Some((row.depth, row.fold()?, row.process()?.id))).collect();
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
                return pivot::follow(action, cx, |_| vec![Clues::of_process(&process)])
                    || copy::copy_one(copy::process(&process, action), cx);
            }
        }
        true
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let rows = rows::tree(session, &self.state.unfolded);
        let process = rows.get(self.index(&rows)).and_then(Row::process);
        process.map(Clues::of_process).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let rows = rows::tree(session, &self.state.unfolded);
        let process = rows.get(self.index(&rows)).and_then(Row::process)?;
        Some((process::title(process), process.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || self.clues(session).pop())
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        self.turn_to_opened(cx.session());
        let session = cx.session();
        let rows = rows::tree(session, &self.state.unfolded);
        self.state.at = self.index(&rows);
        let unfolded = unfolded(&rows);
        let under_cursor = rows.get(self.state.at).and_then(Row::process);
        let shown = session.looked_at().map(AsRef::as_ref);
        let is_other = shown != under_cursor;
        let looked_at = under_cursor.filter(|_| is_other);
        let looked_at = looked_at.map(|process| Arc::new(process.clone()));
        let rested = under_cursor.filter(|process| has_document(process));
        let rested = rested.map(|process| process.id);
        if is_other {
            cx.look_at(looked_at.as_ref());
        }
        if rested != self.rested {
            let before = std::mem::replace(&mut self.rested, rested);
            let is_needed = |id: &ProcessId| unfolded.contains(id) || cx.session().opened == Some(*id);
            if let Some(before) = before.filter(|id| !is_needed(id)) {
                cx.leave(before);
            }
            if let Some(id) = rested {
                cx.rest_on(id);
            }
        }
        for id in unfolded {
            cx.want_children(id, self.n_children());
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        self.height = usize::from(area.height).max(1);
        if session.origin.is_none() {
            let text = "Open a process to see its parents and children";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        }
        let rows = rows::tree(session, &self.state.unfolded);
        let chain = session.origin.and_then(|id| session.chain_of(id));
        let chain = chain.and_then(Remote::current).map(|known| known.as_of);
        let mut summaries = session.family.values().filter_map(Remote::current);
        let as_of = chain.or_else(|| summaries.next().map(|known| known.as_of));
        let shown = Shown {
            as_of: as_of.unwrap_or_default(),
            cursor: self.index(&rows),
            opened: session.opened,
            has_signs: true,
        };
        draw(&rows, shown, &mut self.state.first, session, frame, area, look);
    }
}

/// What a row offers to whoever opens it.
#[derive(Clone, Copy)]
enum Offer {
    /// To show what this process did.
    Open(ProcessId),
    /// To show its children.
    Unfold(ProcessId),
    /// To ask for its relatives again.
    Again(ProcessId),
    /// To ask for the chain again.
    Chain,
    /// To ask for more children, and at least for so many.
    More(u64),
    /// Nothing, and why.
    Nothing(&'static str),
}

impl Offer {
    fn of(row: &Row<'_>) -> Self {
        match row.what {
            What::Process(process, _) if has_document(process) => Self::Open(process.id),
            What::Process(..) => Self::Nothing("No record of this process on the server"),
            What::Note(_, Note::Top(top, ..)) if *top == Top::Walking => Self::Chain,
            What::Note(_, Note::Missing(_)) if row.depth == 0 => Self::Chain,
            What::Note(of, Note::Missing(_) | Note::Broken(_)) => Self::Again(of),
            What::Note(_, Note::More(_, counted)) => Self::More(counted.unwrap_or_default()),
            What::Note(of, Note::Siblings(..)) => Self::Unfold(of),
            What::Note(_, Note::Awaited) => Self::Nothing("Already loading"),
            What::Note(..) => Self::Nothing("Nothing more to load"),
        }
    }
}

/// Whether the server has more of a process than a mention.
fn has_document(process: &Process) -> bool {
    !process.is_suppressed && !process.is_stub()
}

/// The processes whose children are shown.
fn unfolded(rows: &[Row<'_>]) -> BTreeSet<ProcessId> {
    let unfolded = rows.iter().filter(|row| row.fold() == Some(Fold::Unfolded));
    unfolded.filter_map(|row| Some(row.process()?.id)).collect()
}

/// The row of the parent of what stands in a row.
fn parent_row(rows: &[Row<'_>], at: usize) -> Option<usize> {
    let depth = rows.get(at)?.depth;
    let mut above = rows[..at].iter();
    above.rposition(|row| row.depth < depth && row.process().is_some())
}
