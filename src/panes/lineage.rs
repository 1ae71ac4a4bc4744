//! The parent chain pane: ancestors of the selected process.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, ViewPane, copy, cursor,
    details::process,
    pivot::{self, Observables},
    tree::{self, TreeStyle},
};
use crate::keys::{Action, Scope};
use crate::model::{Document, Lineage, Process, ProcessId, Top};
use crate::session::{Cx, Destination, Remote, Session};
use crate::widgets::{FieldList, to_cells};
use crate::worker::Slot;

/// Lines reserved for details of the process under the cursor, however long the chain: a rule and the command line.
const DETAIL_LINES: u16 = 3;

/// Minimum height of the pane for details.
const MIN_HEIGHT_DETAILS: u16 = 8;

/// Fields besides the command line.
const MAX_OTHER_FIELDS: usize = 7;

/// Lines that the command line gets before the other fields.
const CMDLINE_LINES: usize = 3;

/// The parent chain pane.
#[derive(Debug, Default)]
pub struct LineagePane {
    /// Number of ancestors between the cursor and the process; 0 is the process itself.
    cursor_ancestor: usize,
    /// The process whose chain the cursor is in.
    scrolled_id: Option<ProcessId>,
    height: usize,
    first_row: usize,
}

impl LineagePane {
    /// Returns the chain of the selected process; until it is loaded, a chain of only that process.
    fn displayed_chain(session: &Session) -> Option<Arc<Lineage>> {
        let subject = session.selection.process.as_ref()?;
        let chain = session.lineage_of(subject.id).and_then(Remote::latest);
        Some(chain.map_or_else(
            || Arc::new(Lineage { subject: subject.clone(), ancestors: Vec::new(), top: Top::Walking }),
            |fetched| fetched.value.clone(),
        ))
    }

    fn process_at_cursor<'a>(&self, lineage: &'a Lineage) -> &'a Arc<Process> {
        self.cursor_ancestor.checked_sub(1).and_then(|at| lineage.ancestors.get(at)).unwrap_or(&lineage.subject)
    }
}

impl LineagePane {
    /// Returns the title.
    fn title(session: &Session) -> Line<'static> {
        match Self::displayed_chain(session) {
            Some(lineage) => format!("Parent chain  {}", process::process_title(&lineage.subject)).into(),
            None => "Parent chain".into(),
        }
    }
}

impl LineagePane {
    /// Returns the observables that actions apply to.
    fn observables(&self, session: &Session) -> Vec<Observables> {
        let lineage = Self::displayed_chain(session);
        let process = lineage.map(|lineage| Observables::of_process(self.process_at_cursor(&lineage)));
        process.into_iter().collect()
    }
}

impl ViewPane for LineagePane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        self.observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let lineage = Self::displayed_chain(session)?;
        let process = self.process_at_cursor(&lineage);
        Some((process::process_title(process), process.document.clone()))
    }

    fn refresh(&self, cx: &mut Cx<'_>) {
        cx.process().refresh_subject();
    }
}

impl Pane for LineagePane {
    fn scope(&self) -> Scope {
        Scope::Lineage
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(Self::title(session)).with_slots(&[Slot::Lineage])
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let Some(lineage) = Self::displayed_chain(cx.session()) else {
            return ActionResult::notify("No process selected", cx);
        };
        let last = lineage.ancestors.len();
        // Rows are in order from the root, ancestors from the process upwards.
        let row = last - self.cursor_ancestor.min(last);
        let to = match action {
            Action::GoParent => Some(row.saturating_sub(1)),
            Action::GoRoot => Some(0),
            Action::Open => {
                let process = self.process_at_cursor(&lineage);
                return ActionResult::Navigate(Destination::Process(process.id));
            }
            _ => cursor::new_cursor(action, row, self.height, last),
        };
        let Some(to) = to else {
            let process = self.process_at_cursor(&lineage);
            return pivot::pivot(action, cx, |_| vec![Observables::of_process(process)])
                .or_else(|| copy::copy_clip(copy::process_clip(process, action), cx));
        };
        self.cursor_ancestor = last - to;
        ActionResult::Done
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let subject = cx.session().selection.process.as_ref().map(|subject| subject.id);
        if subject != self.scrolled_id {
            self.scrolled_id = subject;
            self.cursor_ancestor = 0;
        }
        let lineage = Self::displayed_chain(cx.session());
        cx.process().select_binary_of(lineage.as_ref().map(|lineage| self.process_at_cursor(lineage)));
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let Some(lineage) = Self::displayed_chain(session) else {
            let text = "Select a process to see its parents";
            frame.render_widget(Line::styled(text, cx.theme.muted), area);
            return;
        };
        let lineage = &*lineage;
        let chain = session.lineage_of(lineage.subject.id);
        let rows = tree::chain_rows(lineage, chain);
        let chain_as_of = chain.and_then(Remote::latest).map(|fetched| fetched.as_of);
        let page_as_of = session.lists.pages::<Process>().loaded_pages().map(|page| page.as_of).max();
        let n_rows = rows.len();
        let reserved = if area.height < MIN_HEIGHT_DETAILS { 0 } else { DETAIL_LINES };
        let details = area.height.saturating_sub(to_cells(n_rows)).max(reserved);
        // A rule alone is no reason to hide a line of the chain.
        let details = if details > 1 { details } else { 0 };
        let [chain, below] = Layout::vertical([Constraint::Fill(1), Constraint::Length(details)]).areas(area);
        self.height = usize::from(chain.height).max(1);
        let style = TreeStyle {
            as_of: chain_as_of.or(page_as_of).unwrap_or_default(),
            cursor: n_rows - 1 - self.cursor_ancestor.min(lineage.ancestors.len()),
            opened: None,
            has_signs: false,
        };
        tree::render_rows(&rows, style, &mut self.first_row, session, frame, chain, cx);
        if details > 0 {
            render_details(frame, below, self.process_at_cursor(lineage), session, cx);
        }
    }
}

/// Draws details of a process in the lines that the chain leaves free.
fn render_details(frame: &mut Frame<'_>, area: Rect, process: &Process, session: &Session, cx: &RenderCx<'_>) {
    let theme = cx.theme;
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme.glyphs.border.horizontal_top.repeat(usize::from(rule.width));
    frame.render_widget(Line::styled(line, theme.border), rule);
    // The command line is shown in full only here: it gets its first lines before all other fields, and more if they
    // are free.
    let height = usize::from(below.height);
    let lines = height.saturating_sub(MAX_OTHER_FIELDS).max(CMDLINE_LINES).min(height);
    let mut fields = process::run_fields(process, session, (lines, below.width.into()), theme);
    fields.extend(process::id_fields(process));
    FieldList { fields: &fields, scroll: 0 }.render(below, frame.buffer_mut(), theme);
}
