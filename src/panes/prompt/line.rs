//! The line that is typed in a popup.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{
    RenderCx,
    editor::{Editor, Pasted},
    links,
};
use crate::model::Link;
use crate::query::Index;
use crate::session::Cx;
use crate::text;
use crate::theme::Theme;
use crate::widgets::to_cells;

/// One line of text.
#[derive(Debug, Default)]
pub struct LineInput(Editor);

impl LineInput {
    /// Begins with a text, the cursor behind it.
    pub(in crate::panes) fn new(text: &str) -> Self {
        let mut editor = Editor::default();
        editor.set_text(text);
        Self(editor)
    }

    /// An empty line of at most so many characters.
    pub(in crate::panes) fn with_limit(limit: usize) -> Self {
        Self(Editor::with_limit(limit))
    }

    /// Replaces what is typed.
    pub(in crate::panes) fn set_text(&mut self, text: &str) {
        self.0.set_text(text);
    }

    /// What is typed, without blanks around it.
    pub(in crate::panes) fn text(&self) -> String {
        self.0.text().trim().to_owned()
    }

    /// What is typed, with every blank.
    pub(in crate::panes) fn raw_text(&self) -> String {
        self.0.text().clone()
    }

    /// Takes a key; true when the text has changed by it.
    pub(in crate::panes) fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) -> bool {
        self.0.type_key(key, cx)
    }

    /// Takes characters that were typed together; true when the text has changed by it.
    pub(in crate::panes) fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) -> bool {
        self.0.type_text(text, cx)
    }

    /// Takes what was pasted as one line, whole or not at all; a list of indicators is none.
    pub(in crate::panes) fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> Pasted {
        self.0.paste_line(text, cx)
    }

    /// Takes what was pasted as one line of words for people, whole or not at all.
    pub(in crate::panes) fn paste_plain(&mut self, text: &str, cx: &mut Cx<'_>) -> Pasted {
        self.0.paste_plain(text, cx)
    }

    /// Takes what was pasted with its lines as they are, whole or not at all.
    pub(in crate::panes) fn paste_lines(&mut self, text: &str, cx: &mut Cx<'_>) -> Pasted {
        self.0.paste(text, cx)
    }

    /// Puts the query of an index in the place of a link to the web console; false if no link stands there. A link that
    /// has none stays, and what is wrong is said.
    pub(in crate::panes) fn replace_link(&mut self, index: Index, cx: &mut Cx<'_>) -> bool {
        let Some(link) = Link::parse(&self.text()) else {
            return false;
        };
        match links::link_query(index, &link, cx.session()) {
            Err(why) => cx.warn(why),
            Ok((query, other)) => {
                self.set_text(&query);
                let noun = link.label();
                match other {
                    None => cx.notify(format!("The link names {noun}: this is its query")),
                    Some(server) => {
                        cx.warn(format!("The link names {noun} on {server}: this is its query, for this server"));
                    }
                }
            }
        }
        true
    }

    /// Why the text is not what was typed, if it is not.
    pub(in crate::panes) fn input_error(&self) -> Option<String> {
        self.0.input_error()
    }

    /// Draws it behind a label: the end of it where there is no room for all, and the cursor.
    pub(in crate::panes) fn render(&self, label: &str, frame: &mut Frame<'_>, place: Rect, look: &RenderCx<'_>) {
        let at = self.render_idle(Span::styled(label, look.theme.muted), frame, place, look.theme);
        frame.set_cursor_position((at.min(place.right().saturating_sub(1)), place.y));
    }

    /// Draws it without a cursor; says in which column that would be.
    pub(in crate::panes) fn render_idle(
        &self,
        label: Span<'_>,
        frame: &mut Frame<'_>,
        place: Rect,
        theme: &Theme,
    ) -> u16 {
        let labels = label.width();
        let room = usize::from(place.width).saturating_sub(labels + 1);
        let typed = text::fit_end(&self.0.text().into(), room);
        let at = place.x + to_cells(labels + text::width(&typed));
        let line = Line::from(vec![label, Span::styled(typed, theme.text)]);
        frame.render_widget(line, Rect { height: 1, ..place });
        at
    }
}
