//! The parent chain as a tree: who started it, and who started that.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    Look, Pane, PaneId, copy, cursor,
    details::process,
    pivot::{self, Clues},
    tree::{self, Shown},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Lineage, Process, ProcessId, Top};
use crate::session::{Awaiting, Cx, Lead, Remote, Session};
use crate::widgets::{Fields, cells};
use crate::worker::Slot;

/// Lines kept for the facts of the process under the cursor, however long the chain: a rule and its command line.
const FACTS: u16 = 3;

/// Lines from which some are kept for facts.
const ROOMY: u16 = 8;

/// Facts besides the command line.
const OTHERS: usize = 7;

/// Lines that a command line may take before the facts below it do without.
const CMDLINE_LINES: usize = 3;

/// The pane with the parent chain.
#[derive(Debug, Default)]
pub struct LineagePane {
    /// Ancestors above the subject; 0 is the subject itself.
    above: usize,
    /// Whose chain the cursor stands in.
    of: Option<ProcessId>,
    height: usize,
    first: usize,
}

impl LineagePane {
    /// The chain of the process that is the subject: at first, it alone is known of it.
    fn shown(session: &Session) -> Option<Arc<Lineage>> {
        let subject = session.subject.as_ref()?;
        let chain = session.chain_of(subject.id).and_then(Remote::current);
        Some(chain.map_or_else(
            || Arc::new(Lineage { subject: subject.clone(), ancestors: Vec::new(), top: Top::Walking }),
            |known| known.value.clone(),
        ))
    }

    /// The process under the cursor.
    fn at_cursor<'a>(&self, lineage: &'a Lineage) -> &'a Arc<Process> {
        self.above.checked_sub(1).and_then(|at| lineage.ancestors.get(at)).unwrap_or(&lineage.subject)
    }
}

impl Pane for LineagePane {
    fn id(&self) -> PaneId {
        PaneId::Lineage
    }

    fn scope(&self) -> Scope {
        Scope::Lineage
    }

    fn title(&self, session: &Session) -> Line<'static> {
        match Self::shown(session) {
            Some(lineage) => format!("Parent chain  {}", process::title(&lineage.subject)).into(),
            None => "Parent chain".into(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Lineage]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let Some(lineage) = Self::shown(cx.session()) else {
            cx.notify("No process selected");
            return true;
        };
        let last = lineage.ancestors.len();
        // The root is drawn first and the subject last; ancestors are counted from the subject.
        let row = last - self.above.min(last);
        let to = match action {
            Action::GoParent => Some(row.saturating_sub(1)),
            Action::GoRoot => Some(0),
            Action::Open => {
                cx.lead(Lead::Process(self.at_cursor(&lineage).id));
                return true;
            }
            _ => cursor::moved(action, row, self.height, last),
        };
        let Some(to) = to else {
            let process = self.at_cursor(&lineage);
            return pivot::follow(action, cx, |_| vec![Clues::of_process(process)])
                || copy::copy_one(copy::process(process, action), cx);
        };
        self.above = last - to;
        true
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let lineage = Self::shown(session);
        let process = lineage.map(|lineage| Clues::of_process(self.at_cursor(&lineage)));
        process.into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let lineage = Self::shown(session)?;
        let process = self.at_cursor(&lineage);
        Some((process::title(process), process.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || self.clues(session).pop())
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let subject = cx.session().subject.as_ref().map(|subject| subject.id);
        if subject != self.of {
            self.of = subject;
            self.above = 0;
        }
        let shown = Self::shown(cx.session());
        cx.look_at(shown.as_ref().map(|lineage| self.at_cursor(lineage)));
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let Some(lineage) = Self::shown(session) else {
            let text = "Select a process to see its parents";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        };
        let lineage = &*lineage;
        let chain = session.chain_of(lineage.subject.id);
        let rows = tree::chain(lineage, chain.is_some_and(Awaiting::is_pending));
        let known = chain.and_then(Remote::current).map(|known| known.as_of);
        let found = session.results.held().map(|page| page.as_of).max();
        let n_rows = rows.len();
        let kept = if area.height < ROOMY { 0 } else { FACTS };
        let facts = area.height.saturating_sub(cells(n_rows)).max(kept);
        // A rule alone is not worth a line of the chain.
        let facts = if facts > 1 { facts } else { 0 };
        let [chain, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(facts)]).areas(area);
        self.height = usize::from(chain.height).max(1);
        let shown = Shown {
            as_of: known.or(found).unwrap_or_default(),
            cursor: n_rows - 1 - self.above.min(lineage.ancestors.len()),
            opened: None,
            has_signs: false,
        };
        tree::draw(&rows, shown, &mut self.first, session, frame, chain, look);
        if facts > 0 {
            render_facts(frame, below, self.at_cursor(lineage), session, look);
        }
    }
}

/// The facts of one process, the most telling first: they take the room that the tree leaves.
fn render_facts(frame: &mut Frame<'_>, area: Rect, process: &Process, session: &Session, look: &Look<'_>) {
    let theme = look.theme;
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(usize::from(rule.width));
    frame.render_widget(Line::styled(line, theme.border), rule);
    // It is read here when nowhere else: it gets what the others leave, and before them its first lines.
    let height = usize::from(below.height);
    let lines = height.saturating_sub(OTHERS).max(CMDLINE_LINES).min(height);
    let mut fields = process::run(process, session, (lines, below.width.into()), theme);
    fields.extend(process::names(process));
    Fields { fields: &fields, scroll: 0 }.render(below, frame.buffer_mut(), theme);
}
