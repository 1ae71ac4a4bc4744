//! The input line of a popup.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{
    RenderCx, TextInput,
    editor::{Editor, PasteForm},
    links,
};
use crate::model::Link;
use crate::query::Index;
use crate::session::Cx;
use crate::text;
use crate::theme::Theme;
use crate::widgets::to_cells;

/// A line of text with a cursor.
#[derive(Debug, Default)]
pub struct LineInput(Editor);

impl LineInput {
    /// Creates a line with an initial text, and the cursor behind it.
    pub(in crate::panes) fn new(text: &str) -> Self {
        let mut editor = Editor::default();
        editor.set_text(text);
        Self(editor)
    }

    /// Creates an empty line with a limit in characters.
    pub(in crate::panes) fn with_limit(limit: usize) -> Self {
        Self(Editor::with_limit(limit))
    }

    /// Replaces the text.
    pub(in crate::panes) fn set_text(&mut self, text: &str) {
        self.0.set_text(text);
    }

    /// Returns the text without leading and trailing blanks.
    pub(in crate::panes) fn text(&self) -> String {
        self.0.text().trim().to_owned()
    }

    /// Returns the text with leading and trailing blanks.
    pub(in crate::panes) fn raw_text(&self) -> String {
        self.0.text().clone()
    }

    /// Handles typed or pasted text; returns true if the text has changed.
    pub(in crate::panes) fn enter_text(&mut self, input: TextInput<'_>, form: PasteForm, cx: &mut Cx<'_>) -> bool {
        self.0.enter_text(input, form, cx)
    }

    /// Replaces a link to the web console by its query for `index`; returns false if the text is not a link. Warns if
    /// the link has no such query, and leaves it.
    pub(in crate::panes) fn replace_link(&mut self, index: Index, cx: &mut Cx<'_>) -> bool {
        let Some(link) = Link::parse(&self.text()) else {
            return false;
        };
        match links::link_query(index, &link, cx.session()) {
            Err(reason) => cx.warn(reason),
            Ok((query, other)) => {
                self.set_text(&query);
                let noun = link.label();
                match other {
                    None => cx.notify(format!("The link points to {noun}: this is its query")),
                    Some(server) => {
                        cx.warn(format!("The link points to {noun} on {server}: this is its query, for this server"));
                    }
                }
            }
        }
        true
    }

    /// Returns an error if typed characters were dropped.
    pub(in crate::panes) fn input_error(&self) -> Option<String> {
        self.0.input_error()
    }

    /// Draws the line behind a label, with the cursor. A text that is too long loses its start.
    pub(in crate::panes) fn render(&self, label: &str, frame: &mut Frame<'_>, area: Rect, cx: &RenderCx<'_>) {
        let at = self.render_idle(Span::styled(label, cx.theme.muted), frame, area, cx.theme);
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), area.y));
    }

    /// Draws the line without a cursor, and returns the column of the cursor.
    pub(in crate::panes) fn render_idle(
        &self,
        label: Span<'_>,
        frame: &mut Frame<'_>,
        area: Rect,
        theme: &Theme,
    ) -> u16 {
        let label_width = label.width();
        let room = usize::from(area.width).saturating_sub(label_width + 1);
        let typed = text::fit_end(&self.0.text().into(), room);
        let at = area.x + to_cells(label_width + text::width(&typed));
        let line = Line::from(vec![label, Span::styled(typed, theme.text)]);
        frame.render_widget(line, Rect { height: 1, ..area });
        at
    }
}
