//! A scroll position, shared by all panes that show more lines than fit.

use ratatui::{Frame, layout::Rect, text::Line, widgets::Clear};

use super::{ActionResult, cursor};
use crate::keys::Action;
use crate::theme::Theme;
use crate::widgets::{FieldList, FieldRow};

/// The first visible line, with the numbers of lines of the last frame.
#[derive(Clone, Debug)]
pub(super) struct ScrollView {
    offset: usize,
    n_lines: usize,
    height: usize,
}

impl Default for ScrollView {
    fn default() -> Self {
        Self { offset: 0, n_lines: 0, height: 1 }
    }
}

impl ScrollView {
    /// Scrolls if `action` is a movement; it is not available otherwise.
    pub(super) fn handle_action(&mut self, action: Action) -> ActionResult {
        let last = self.n_lines.saturating_sub(self.height);
        cursor::move_cursor(&mut self.offset, action, self.height, last)
    }

    /// Scrolls to the first line.
    pub(super) fn reset(&mut self) {
        self.offset = 0;
    }

    /// Sets the number of lines that there are and that fit. Returns the first one to draw.
    pub(super) fn resize(&mut self, n_lines: usize, height: u16) -> usize {
        self.n_lines = n_lines;
        self.height = usize::from(height).max(1);
        self.offset = self.offset.min(n_lines.saturating_sub(1));
        self.offset
    }

    /// Draws fields from the first visible line.
    pub(super) fn render_fields(&mut self, fields: &[FieldRow<'_>], frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        let first = self.resize(self.n_lines, area.height);
        self.n_lines = FieldList { fields, scroll: first }.render(area, frame.buffer_mut(), theme);
    }

    /// Draws columns of fields, which scroll together.
    pub(super) fn render_columns<const N: usize>(
        &mut self,
        columns: &[(Vec<FieldRow<'_>>, Rect); N],
        frame: &mut Frame<'_>,
        theme: &Theme,
    ) {
        let height = columns.iter().map(|(_, area)| area.height).max().unwrap_or(0);
        let scroll = self.resize(self.n_lines, height);
        let n_lines = columns.iter().map(|(fields, area)| {
            let list = FieldList { fields, scroll };
            list.render(*area, frame.buffer_mut(), theme)
        });
        self.n_lines = n_lines.max().unwrap_or(0);
    }

    /// Draws how many lines there are below over the last visible line.
    pub(super) fn render_rest(&self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        let n_below = self.n_lines.saturating_sub(self.offset + self.height);
        if n_below > 0
            && let Some(last) = area.rows().next_back()
        {
            frame.render_widget(Clear, last);
            let text = format!("{} more lines below", n_below + 1);
            frame.render_widget(Line::styled(text, theme.muted), last);
        }
    }
}
