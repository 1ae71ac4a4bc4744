//! The column picker of a list: which columns, in which order, how wide.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{
    ActionResult, Pane, PaneHeader, RenderCx,
    cursor::{self, Step},
};
use crate::keys::{Action, Scope};
use crate::session::{ColumnChoice, Cx, Session};
use crate::text;
use crate::widgets::scroll_to_cursor;

/// Width from which a column of automatic width is widened or narrowed, in cells.
const DEFAULT_WIDTH: u16 = 16;

/// Cells per step.
const WIDTH_STEP: u16 = 4;

/// Widest column, in cells: more than a screen shows of one.
const MAX_WIDTH: u16 = 200;

/// The popup to choose columns. Every change is applied at once.
#[derive(Debug)]
pub struct ColumnPicker {
    list: &'static str,
    /// The shown columns in order, followed by the hidden ones; with whether each is shown.
    rows: Vec<(ColumnChoice, bool)>,
    cursor: usize,
    top: usize,
    height: usize,
}

impl ColumnPicker {
    /// Creates the picker for a list with the shown columns `chosen`, out of all `choices`.
    pub fn new(list: &'static str, chosen: Vec<ColumnChoice>, choices: Vec<ColumnChoice>) -> Self {
        let others: Vec<_> =
            choices.into_iter().filter(|choice| chosen.iter().all(|column| column.name != choice.name)).collect();
        let shown = chosen.into_iter().map(|column| (column, true));
        Self {
            list,
            rows: shown.chain(others.into_iter().map(|column| (column, false))).collect(),
            cursor: 0,
            top: 0,
            height: 1,
        }
    }

    /// Hides the column under the cursor, or shows it as the last one.
    fn toggle(&mut self, cx: &mut Cx<'_>) {
        let n_shown = self.rows.iter().filter(|(_, is_shown)| *is_shown).count();
        let (column, is_shown) = self.rows.remove(self.cursor);
        if is_shown && n_shown == 1 {
            self.rows.insert(self.cursor, (column, true));
            cx.notify("At least one column is required");
            return;
        }
        // Shown columns come before hidden ones.
        let to = if is_shown { n_shown - 1 } else { n_shown };
        self.rows.insert(to, (column, !is_shown));
    }

    /// Moves the column under the cursor by one place among the shown ones.
    fn move_column(&mut self, step: Step) {
        let other = match step {
            Step::Back => self.cursor.checked_sub(1),
            Step::Forward => Some(self.cursor + 1),
        };
        let is_shown = |at: usize| self.rows.get(at).is_some_and(|(_, is_shown)| *is_shown);
        if let Some(other) = other.filter(|other| is_shown(*other) && is_shown(self.cursor)) {
            self.rows.swap(self.cursor, other);
            self.cursor = other;
        }
    }

    fn resize(&mut self, new_width: impl Fn(u16) -> u16) {
        let (column, _) = &mut self.rows[self.cursor];
        let width = column.width.unwrap_or(DEFAULT_WIDTH);
        column.width = Some(new_width(width).clamp(WIDTH_STEP, MAX_WIDTH));
    }
}

impl Pane for ColumnPicker {
    fn scope(&self) -> Scope {
        Scope::Columns
    }

    fn header(&self, _: &Session) -> PaneHeader {
        format!("Columns of {}", self.list.to_lowercase()).into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let last = self.rows.len().saturating_sub(1);
        if let Some(to) = cursor::new_cursor(action, self.cursor, self.height, last) {
            self.cursor = to;
            return ActionResult::Done;
        }
        match action {
            Action::Toggle => self.toggle(cx),
            Action::MoveColumnUp => self.move_column(Step::Back),
            Action::MoveColumnDown => self.move_column(Step::Forward),
            Action::Wider => self.resize(|width| width.saturating_add(WIDTH_STEP)),
            Action::Narrower => self.resize(|width| width.saturating_sub(WIDTH_STEP)),
            Action::ResetColumns => {
                cx.lists().set_columns(self.list, None);
                cx.notify("Columns reset to default");
                return ActionResult::Close;
            }
            _ => return ActionResult::Ignored,
        }
        let shown = self.rows.iter().filter(|(_, is_shown)| *is_shown);
        let chosen = shown.map(|(column, _)| column.clone()).collect();
        cx.lists().set_columns(self.list, Some(chosen));
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        self.height = usize::from(area.height).max(1);
        self.top = scroll_to_cursor(self.top, self.cursor, self.height, self.rows.len());
        let rows = self.rows.iter().enumerate().skip(self.top);
        for ((at, (column, is_shown)), row) in rows.zip(area.rows()) {
            let sign = if *is_shown { theme.glyphs.mark } else { " " };
            let width = column.width.map_or(String::new(), |width| format!("  {width} cells"));
            let room = usize::from(area.width).saturating_sub(4 + width.len());
            let name = text::fit(&column.name.as_str().into(), room);
            let style = if *is_shown { theme.text } else { theme.muted };
            let line = Line::from(vec![
                Span::styled(format!(" {sign} "), theme.mark),
                Span::styled(name, style),
                Span::styled(width, theme.muted),
            ]);
            frame.render_widget(line, row);
            if at == self.cursor {
                frame.buffer_mut().set_style(row, theme.selection);
            }
        }
    }
}
