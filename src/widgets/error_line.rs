//! An error at the bottom of a pane, below its content.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{draw_line, to_cells, wrap_line};
use crate::theme::Theme;

/// An error message with a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorLine<'a> {
    pub message: &'a str,
    pub hint: Option<&'a str>,
}

/// Lines for the message, and for the hint: both can be opened in full.
const MAX_LINES: usize = 2;

impl ErrorLine<'_> {
    /// Draws the error at the bottom of `inner`, and returns the area above it.
    pub fn render(self, inner: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        // At least one line is left for the content if the area has several.
        let n_left = usize::from(inner.height).saturating_sub(1).max(1);
        let width = usize::from(inner.width);
        let message = Line::styled(format!("! {}", self.message), theme.bad);
        let mut lines = limit_lines(&message, n_left.min(MAX_LINES), width, theme);
        if let Some(hint) = self.hint {
            let hint = Line::styled(format!("  {hint}"), theme.hint);
            let n_left = (n_left - lines.len()).min(MAX_LINES);
            lines.extend(limit_lines(&hint, n_left, width, theme));
        }
        let height = to_cells(lines.len()).min(inner.height);
        let below = Rect { y: inner.bottom() - height, height, ..inner };
        for (line, row) in lines.iter().zip(below.rows()) {
            draw_line(line, row, buf, theme);
        }
        Rect { height: inner.height - height, ..inner }
    }
}

/// Wraps a line into at most `most` lines; the last one ends with an ellipsis if text is left out.
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

    fn picture(error: ErrorLine<'_>, width: u16, height: u16) -> String {
        let panel = Panel { title: "Processes 214".into(), error: Some(error), ..Panel::default() };
        render_to_text(width, height, |area, buf| {
            let theme = Theme::default();
            let inner = panel.render(area, buf, &theme);
            draw_line(&Line::from("content"), inner, buf, &theme);
        })
    }

    #[test]
    fn an_error_is_drawn_below_the_content() {
        let error = ErrorLine {
            message: "cannot reach https://cb.example.com: connection refused",
            hint: Some("check the VPN, then press r"),
        };
        assert_snapshot!(picture(error, 40, 7), @"
        ╭ Processes 214 ───────────────────────╮|
        │content                               │|
        │                                      │|
        │! cannot reach https://cb.example.com:│|
        │connection refused                    │|
        │  check the VPN, then press r         │|
        ╰──────────────────────────────────────╯|
        ");
        assert_snapshot!(picture(error, 40, 4), @"
        ╭ Processes 214 ───────────────────────╮|
        │content                               │|
        │! cannot reach https://cb.example.com…│|
        ╰──────────────────────────────────────╯|
        ");
        assert_snapshot!(picture(error, 24, 3), @"
        ╭ Processes 214 ───────╮|
        │! cannot reach…       │|
        ╰──────────────────────╯|
        ");
    }
}
