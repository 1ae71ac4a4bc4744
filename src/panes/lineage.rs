//! The parent chain as a tree: who started it, and who started that.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{Look, Pane, PaneId, motion, yank};
use crate::keys::{Action, Scope};
use crate::model::{Lineage, Process, ProcessId, Top};
use crate::session::{Awaiting, Cx, Lead, Session};
use crate::text::{self, Untrusted};
use crate::widgets::{Field, Fields, cells};
use crate::worker::Slot;

/// Lines kept for the facts of the process under the cursor, however long the chain: a rule and its command line.
const FACTS: u16 = 3;

/// Lines from which some are kept for facts.
const ROOMY: u16 = 8;

/// Facts besides the command line.
const OTHERS: usize = 6;

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
}

impl LineagePane {
    /// The process under the cursor.
    fn at_cursor<'a>(&self, lineage: &'a Lineage) -> &'a Arc<Process> {
        self.above
            .checked_sub(1)
            .and_then(|at| lineage.ancestors.get(at))
            .unwrap_or(&lineage.subject)
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
        match session.lineage.held() {
            Some(known) => {
                let subject = &known.value.subject;
                let pid = subject.pid.map(|pid| format!(" {pid}")).unwrap_or_default();
                format!("Parent chain  {}{pid}", text::fit(&subject.name, 24)).into()
            }
            None => "Parent chain".into(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Lineage]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let Some(known) = cx.session().lineage.current() else {
            cx.notify("no process is selected");
            return true;
        };
        let lineage = known.value.clone();
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
            _ => motion::moved(action, row, self.height, last),
        };
        let Some(to) = to else {
            return yank::copy_one(yank::process(self.at_cursor(&lineage), action), cx);
        };
        self.above = last - to;
        cx.look_at(self.at_cursor(&lineage));
        true
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let subject = cx.session().subject.as_ref().map(|subject| subject.id);
        if subject != self.of {
            self.of = subject;
            self.above = 0;
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let Some(known) = session.lineage.held() else {
            let text = match (&session.subject, session.lineage.error()) {
                (None, _) => "select a process to see who started it",
                (Some(_), None) if session.lineage.is_pending() => "on its way",
                (Some(_), None) => "given up; r asks again",
                (Some(_), Some(_)) => "",
            };
            frame.render_widget(Line::styled(text, look.theme.muted), area);
            return;
        };
        let lineage = &known.value;
        let is_current = session.lineage.is_current();
        let note = note(lineage, session.lineage.is_pending());
        let n_rows = lineage.ancestors.len() + 1 + usize::from(note.is_some());
        let kept = if area.height < ROOMY { 0 } else { FACTS };
        let facts = area.height.saturating_sub(cells(n_rows)).max(kept);
        // A rule alone is not worth a line of the chain.
        let facts = if facts > 1 { facts } else { 0 };
        let [tree, below] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(facts)]).areas(area);
        self.height = usize::from(tree.height).max(1);
        self.render_tree(frame, tree, lineage, note.as_deref(), look);
        if facts > 0 {
            render_facts(frame, below, self.at_cursor(lineage), look);
        }
        if !is_current {
            // Another process's chain is dimmed while the one asked for is awaited.
            frame.buffer_mut().set_style(area, look.theme.stale);
        }
    }
}

impl LineagePane {
    fn render_tree(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        lineage: &Lineage,
        note: Option<&str>,
        look: &Look<'_>,
    ) {
        let n_notes = usize::from(note.is_some());
        let n_rows = lineage.ancestors.len() + 1 + n_notes;
        let cursor = n_rows - 1 - self.above.min(lineage.ancestors.len());
        // What is out of sight at the top is told in a line of its own, so the cursor stands below that.
        let above_cursor = usize::from(self.height > 1);
        let first = n_rows
            .saturating_sub(self.height)
            .min(cursor.saturating_sub(above_cursor));
        for (row, place) in (first..n_rows).zip(area.rows()) {
            if row == first && first > 0 && row != cursor {
                let text = format!("{} more above", first + 1 - n_notes);
                frame.render_widget(Line::styled(text, look.theme.muted), place);
                continue;
            }
            if row < n_notes {
                let text = note.unwrap_or_default();
                frame.render_widget(
                    Line::styled(
                        text::fit(&text.into(), usize::from(area.width)),
                        look.theme.caution,
                    ),
                    place,
                );
                continue;
            }
            let above = n_rows - 1 - row;
            let process = above
                .checked_sub(1)
                .map_or(&lineage.subject, |at| &lineage.ancestors[at]);
            let depth = lineage.ancestors.len() - above;
            frame.render_widget(branch(process, depth, place.width, look), place);
            if row == cursor {
                let style = if look.is_focused {
                    look.theme.selection
                } else {
                    look.theme.selection_unfocused
                };
                frame.buffer_mut().set_style(place, style);
            }
        }
    }
}

/// Why the chain begins where it begins, as a row above the oldest that is known; nothing when that is the root.
fn note(lineage: &Lineage, is_awaited: bool) -> Option<String> {
    Some(match &lineage.top {
        Top::Root => return None,
        Top::Walking if !is_awaited => "gap: more ancestors were not fetched".into(),
        Top::Walking => "more ancestors are on their way".into(),
        Top::Unknown => "gap: the sensor saw no parent".into(),
        Top::NotRecorded(id) => {
            let pid = id.pid().map(|pid| format!(" {pid}")).unwrap_or_default();
            format!("gap: parent{pid} is not on the server")
        }
        Top::Suppressed(_) => "gap: the sensor filtered the parent out".into(),
        Top::Loop(_) => "loop: the parent is a descendant".into(),
        Top::TooDeep(depth) => format!("cut off after {depth} ancestors"),
    })
}

/// One process of the chain, indented by its depth. Deep chains are not indented out of sight.
fn branch(process: &Process, depth: usize, width: u16, look: &Look<'_>) -> Line<'static> {
    let width = usize::from(width);
    let indent = depth.saturating_sub(1).min(width / 3);
    let guide = if depth == 0 {
        String::new()
    } else {
        format!("{}{} ", " ".repeat(indent), look.theme.glyphs.last_branch)
    };
    let pid = process.pid.map_or("?".into(), |pid| pid.to_string());
    let name_only = process.user.raw().rsplit('\\').next().unwrap_or_default();
    let taken = text::width(&guide);
    let room = width.saturating_sub(taken);
    let tail_room = room.saturating_sub(12).min(18);
    let account = text::fit(
        &Untrusted::from(name_only),
        tail_room.saturating_sub(pid.len() + 3),
    );
    let tail = format!("{pid:>6}  {account}");
    let name_room = room.saturating_sub(text::width(&tail) + 1);
    let name = text::fit(&process.name, name_room);
    let pad = " ".repeat(
        22_usize
            .saturating_sub(taken)
            .min(name_room)
            .saturating_sub(text::width(&name))
            + 1,
    );
    let name_style = if process.feeds.is_empty() && process.watchlists.is_empty() {
        look.theme.text
    } else {
        look.theme.caution
    };
    Line::from(vec![
        Span::styled(guide, look.theme.guide),
        Span::styled(name, name_style),
        Span::raw(pad),
        Span::styled(format!("{pid:>6}"), look.theme.number),
        Span::raw("  "),
        Span::styled(account, look.theme.muted),
    ])
}

/// The facts of one process, the most telling first: they take the room that the tree leaves.
fn render_facts(frame: &mut Frame<'_>, area: Rect, process: &Process, look: &Look<'_>) {
    let theme = look.theme;
    let [rule, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let line = theme
        .glyphs
        .border
        .horizontal_top
        .repeat(usize::from(rule.width));
    frame.render_widget(Line::styled(line, theme.border), rule);
    let room = usize::from(below.width);
    // It is read here when nowhere else: it gets what the others leave, and before them its first lines.
    let height = usize::from(below.height);
    let cmdline_lines = height.saturating_sub(OTHERS).max(CMDLINE_LINES).min(height);
    let started = process.started.map_or("not known".into(), |at| {
        format!("{}Z", at.strftime("%Y-%m-%d %H:%M:%S%.3f"))
    });
    let state = match process.terminated {
        Some(true) => "ended",
        Some(false) => "running, as far as seen",
        None => "not known",
    };
    let md5 = process
        .md5
        .map_or("not recorded".into(), |md5| md5.to_string());
    let fields = [
        Field::wrapped(
            "cmdline",
            text::fit(&process.cmdline, room * cmdline_lines),
            cmdline_lines,
        ),
        Field::cut("start", Line::styled(started, theme.time)),
        Field::cut("path", text::fit_end(&process.path, room.saturating_sub(8))),
        Field::cut("user", text::visible(&process.user)),
        Field::cut("state", state),
        Field::cut("md5", md5),
        Field::cut("guid", process.id.to_string()),
    ];
    Fields {
        fields: &fields,
        scroll: 0,
    }
    .render(below, frame.buffer_mut(), theme);
}
