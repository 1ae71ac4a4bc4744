//! The parent chain as a tree: who started it, and who started that.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    Pane, PaneId, RenderCx, copy, cursor,
    details::process,
    pivot::{self, Observables},
    tree::{self, TreeStyle},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Lineage, Process, ProcessId, Top};
use crate::session::{Awaiting, Cx, Destination, Remote, Session};
use crate::widgets::{FieldList, to_cells};
use crate::worker::Slot;

/// Lines kept for the facts of the process under the cursor, however long the chain: a rule and its command line.
const DETAIL_LINES: u16 = 3;

/// Lines from which some are kept for facts.
const MIN_HEIGHT_DETAILS: u16 = 8;

/// Facts besides the command line.
const MAX_OTHER_FIELDS: usize = 7;

/// Lines that a command line may take before the facts below it do without.
const CMDLINE_LINES: usize = 3;

/// The pane with the parent chain.
#[derive(Debug, Default)]
pub struct LineagePane {
    /// Ancestors above the subject; 0 is the subject itself.
    cursor_ancestor: usize,
    /// Whose chain the cursor stands in.
    scrolled_id: Option<ProcessId>,
    height: usize,
    first_row: usize,
}

impl LineagePane {
    /// The chain of the process that is the subject: at first, it alone is known of it.
    fn displayed_chain(session: &Session) -> Option<Arc<Lineage>> {
        let subject = session.selection.process.as_ref()?;
        let chain = session.lineage_of(subject.id).and_then(Remote::latest);
        Some(chain.map_or_else(
            || Arc::new(Lineage { subject: subject.clone(), ancestors: Vec::new(), top: Top::Walking }),
            |known| known.value.clone(),
        ))
    }

    /// The process under the cursor.
    fn process_at_cursor<'a>(&self, lineage: &'a Lineage) -> &'a Arc<Process> {
        self.cursor_ancestor.checked_sub(1).and_then(|at| lineage.ancestors.get(at)).unwrap_or(&lineage.subject)
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
        match Self::displayed_chain(session) {
            Some(lineage) => format!("Parent chain  {}", process::process_title(&lineage.subject)).into(),
            None => "Parent chain".into(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Lineage]
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let Some(lineage) = Self::displayed_chain(cx.session()) else {
            cx.notify("No process selected");
            return true;
        };
        let last = lineage.ancestors.len();
        // The root is drawn first and the subject last; ancestors are counted from the subject.
        let row = last - self.cursor_ancestor.min(last);
        let to = match action {
            Action::GoParent => Some(row.saturating_sub(1)),
            Action::GoRoot => Some(0),
            Action::Open => {
                cx.navigate(Destination::Process(self.process_at_cursor(&lineage).id));
                return true;
            }
            _ => cursor::new_cursor(action, row, self.height, last),
        };
        let Some(to) = to else {
            let process = self.process_at_cursor(&lineage);
            return pivot::pivot(action, cx, |_| vec![Observables::of_process(process)])
                || copy::copy_clip(copy::process_clip(process, action), cx);
        };
        self.cursor_ancestor = last - to;
        true
    }

    fn observables(&self, session: &Session) -> Vec<Observables> {
        let lineage = Self::displayed_chain(session);
        let process = lineage.map(|lineage| Observables::of_process(self.process_at_cursor(&lineage)));
        process.into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let lineage = Self::displayed_chain(session)?;
        let process = self.process_at_cursor(&lineage);
        Some((process::process_title(process), process.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::overlay_for(action, || self.observables(session).pop())
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        let subject = cx.session().selection.process.as_ref().map(|subject| subject.id);
        if subject != self.scrolled_id {
            self.scrolled_id = subject;
            self.cursor_ancestor = 0;
        }
        let shown = Self::displayed_chain(cx.session());
        cx.select_binary_of(shown.as_ref().map(|lineage| self.process_at_cursor(lineage)));
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        let Some(lineage) = Self::displayed_chain(session) else {
            let text = "Select a process to see its parents";
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        };
        let lineage = &*lineage;
        let chain = session.lineage_of(lineage.subject.id);
        let rows = tree::chain_rows(lineage, chain.is_some_and(Awaiting::is_pending));
        let known = chain.and_then(Remote::latest).map(|known| known.as_of);
        let found = session.lists.processes.loaded_pages().map(|page| page.as_of).max();
        let n_rows = rows.len();
        let kept = if area.height < MIN_HEIGHT_DETAILS { 0 } else { DETAIL_LINES };
        let facts = area.height.saturating_sub(to_cells(n_rows)).max(kept);
        // A rule alone is not worth a line of the chain.
        let facts = if facts > 1 { facts } else { 0 };
        let [chain, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(facts)]).areas(area);
        self.height = usize::from(chain.height).max(1);
        let shown = TreeStyle {
            as_of: known.or(found).unwrap_or_default(),
            cursor: n_rows - 1 - self.cursor_ancestor.min(lineage.ancestors.len()),
            opened: None,
            has_signs: false,
        };
        tree::render_rows(&rows, shown, &mut self.first_row, session, frame, chain, look);
        if facts > 0 {
            render_details(frame, below, self.process_at_cursor(lineage), session, look);
        }
    }
}

/// The facts of one process, the most telling first: they take the room that the tree leaves.
fn render_details(frame: &mut Frame<'_>, area: Rect, process: &Process, session: &Session, look: &RenderCx<'_>) {
    let theme = look.theme;
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(usize::from(rule.width));
    frame.render_widget(Line::styled(line, theme.border), rule);
    // It is read here when nowhere else: it gets what the others leave, and before them its first lines.
    let height = usize::from(below.height);
    let lines = height.saturating_sub(MAX_OTHER_FIELDS).max(CMDLINE_LINES).min(height);
    let mut fields = process::run_fields(process, session, (lines, below.width.into()), theme);
    fields.extend(process::id_fields(process));
    FieldList { fields: &fields, scroll: 0 }.render(below, frame.buffer_mut(), theme);
}
