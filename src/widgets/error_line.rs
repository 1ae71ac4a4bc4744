//! An error at the bottom of a pane, below what is held.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{draw_line, to_cells, wrap_line};
use crate::theme::Theme;

/// An error and what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorLine<'a> {
    /// What happened to what.
    pub message: &'a str,
    /// What to do.
    pub hint: Option<&'a str>,
}

/// An error may take this many lines of a pane, and its hint as many again: it can be opened in full.
const MAX_LINES: usize = 2;

impl ErrorLine<'_> {
    /// Draws the error at the bottom and returns what is left above it.
    pub fn render(self, inner: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        // What is held stays in sight: the error leaves it a line if there is one.
        let most = usize::from(inner.height).saturating_sub(1).max(1);
        let width = usize::from(inner.width);
        let message = Line::styled(format!("! {}", self.message), theme.bad);
        let mut lines = limit_lines(&message, most.min(MAX_LINES), width, theme);
        if let Some(hint) = self.hint {
            let hint = Line::styled(format!("  {hint}"), theme.hint);
            let most = (most - lines.len()).min(MAX_LINES);
            lines.extend(limit_lines(&hint, most, width, theme));
        }
        let taken = to_cells(lines.len()).min(inner.height);
        let below = Rect { y: inner.bottom() - taken, height: taken, ..inner };
        for (line, row) in lines.iter().zip(below.rows()) {
            draw_line(line, row, buf, theme);
        }
        Rect { height: inner.height - taken, ..inner }
    }
}

/// At most so many lines; the last one says if there were more.
fn limit_lines(line: &Line<'_>, most: usize, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = wrap_line(line, width);
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let (true, Some(last)) = (is_cut, lines.last_mut()) {
        last.push_span(Span::styled(theme.glyphs.ellipsis, line.style));
    }
    lines
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::widgets::{Panel, test_canvas::render_to_text};

    fn picture(trouble: ErrorLine<'_>, width: u16, height: u16) -> String {
        let panel = Panel { title: "Processes 214".into(), error: Some(trouble), ..Panel::default() };
        render_to_text(width, height, |area, buf| {
            let theme = Theme::default();
            let inner = panel.render(area, buf, &theme);
            draw_line(&Line::from("content"), inner, buf, &theme);
        })
    }

    #[test]
    fn an_error_stands_below_what_is_held() {
        let trouble = ErrorLine {
            message: "cannot reach https://cb.example.com: connection refused",
            hint: Some("check the VPN, then press r"),
        };
        assert_snapshot!(picture(trouble, 40, 7), @"
        ╭ Processes 214 ───────────────────────╮|
        │content                               │|
        │                                      │|
        │! cannot reach https://cb.example.com:│|
        │connection refused                    │|
        │  check the VPN, then press r         │|
        ╰──────────────────────────────────────╯|
        ");
        assert_snapshot!(picture(trouble, 40, 4), @"
        ╭ Processes 214 ───────────────────────╮|
        │content                               │|
        │! cannot reach https://cb.example.com…│|
        ╰──────────────────────────────────────╯|
        ");
        assert_snapshot!(picture(trouble, 24, 3), @"
        ╭ Processes 214 ───────╮|
        │! cannot reach…       │|
        ╰──────────────────────╯|
        ");
    }
}
