//! Text in terminal cells: cutting, wrapping, drawing.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span, StyledGrapheme},
};
use unicode_width::UnicodeWidthStr;

use crate::theme::Theme;

/// Converts a number to cells, at most `u16::MAX`.
pub fn to_cells(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// Cuts a line to `width` cells, with `ellipsis` if something is left out.
pub fn truncate(line: &Line<'_>, width: usize, ellipsis: &'static str) -> Line<'static> {
    let mut pieces = Pieces::default();
    let is_complete = line.width() <= width;
    // If there is no room for the ellipsis, there is none for text either.
    let room = if is_complete { width } else { width.saturating_sub(ellipsis.width()) };
    let mut style = line.style;
    for grapheme in line.styled_graphemes(Style::new()) {
        if pieces.width + grapheme.symbol.width() > room {
            break;
        }
        style = grapheme.style;
        pieces.push(&grapheme);
    }
    if !is_complete && width >= ellipsis.width() {
        pieces.push(&StyledGrapheme { symbol: ellipsis, style });
    }
    pieces.finish()
}

/// Wraps a line at `width` cells, between words where possible; the blank there is left out.
pub fn wrap_line(line: &Line<'_>, width: usize) -> Vec<Line<'static>> {
    if width == 0 {
        return Vec::new();
    }
    let graphemes: Vec<_> =
        line.styled_graphemes(Style::new()).filter(|grapheme| (1..=width).contains(&grapheme.symbol.width())).collect();
    let mut lines = Vec::new();
    let mut remaining = &graphemes[..];
    loop {
        let fitting = fitting_count(remaining, width);
        if fitting == remaining.len() {
            lines.push(join_graphemes(remaining));
            return lines;
        }
        // The blank may be the first character that does not fit. A leading blank is no place to wrap: the line would
        // be empty.
        let is_blank = |grapheme: &StyledGrapheme<'_>| grapheme.symbol == " ";
        let blank = remaining[..=fitting].iter().rposition(is_blank);
        let (end, next) = match blank {
            Some(blank) if blank > 0 => (blank, blank + 1),
            _ => (fitting, fitting),
        };
        lines.push(join_graphemes(&remaining[..end]));
        remaining = &remaining[next..];
    }
}

/// Draws a line into the first row of the area, cut to its width. Cells without text are not styled.
pub fn draw_line(line: &Line<'_>, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return;
    }
    if line.width() <= usize::from(area.width) {
        buf.set_line(area.x, area.y, line, area.width);
    } else {
        let line = truncate(line, area.width.into(), theme.glyphs.ellipsis);
        buf.set_line(area.x, area.y, &line, area.width);
    }
}

/// Returns how many graphemes fit into `width` cells.
fn fitting_count(graphemes: &[StyledGrapheme<'_>], width: usize) -> usize {
    let mut used = 0;
    let overflow = graphemes.iter().position(|grapheme| {
        used += grapheme.symbol.width();
        used > width
    });
    overflow.unwrap_or(graphemes.len())
}

fn join_graphemes(graphemes: &[StyledGrapheme<'_>]) -> Line<'static> {
    let mut pieces = Pieces::default();
    for grapheme in graphemes {
        pieces.push(grapheme);
    }
    pieces.finish()
}

/// A line under construction; neighbors of equal style become one span.
#[derive(Default)]
struct Pieces {
    spans: Vec<(String, Style)>,
    width: usize,
}

impl Pieces {
    fn push(&mut self, grapheme: &StyledGrapheme<'_>) {
        self.width += grapheme.symbol.width();
        match self.spans.last_mut() {
            Some((text, style)) if *style == grapheme.style => text.push_str(grapheme.symbol),
            _ => self.spans.push((grapheme.symbol.to_owned(), grapheme.style)),
        }
    }

    fn finish(self) -> Line<'static> {
        self.spans.into_iter().map(|(text, style)| Span::styled(text, style)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::test_canvas::any_text;

    #[track_caller]
    fn check_cut(text: &str, width: usize, expected: &str) {
        assert_eq!(truncate(&Line::from(text), width, "…").to_string(), expected);
    }

    #[track_caller]
    fn check_wrap(text: &str, width: usize, expected: &[&str]) {
        let lines: Vec<_> = wrap_line(&Line::from(text), width).iter().map(Line::to_string).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_line_is_cut_to_cells() {
        check_cut("abcdef", 6, "abcdef");
        check_cut("abcdef", 5, "abcd…");
        check_cut("世界地図", 5, "世界…");
        check_cut("世界地図", 4, "世…");
        check_cut("ab", 1, "…");
        check_cut("ab", 0, "");
        check_cut("e\u{301}e\u{301}", 2, "e\u{301}e\u{301}");
    }

    #[test]
    fn lines_break_between_words() {
        check_wrap("net use y: z:", 7, &["net use", "y: z:"]);
        check_wrap("net  use", 8, &["net  use"]);
        check_wrap("abcdefgh ij", 3, &["abc", "def", "gh", "ij"]);
        check_wrap("a abcdef", 3, &["a", "abc", "def"]);
        check_wrap("a    b", 3, &["a  ", " b"]);
        check_wrap(" abcd", 3, &[" ab", "cd"]);
        check_wrap("世界地図", 5, &["世界", "地図"]);
        check_wrap("世", 1, &[""]);
        check_wrap("", 3, &[""]);
        check_wrap("abc", 0, &[]);
    }

    #[test]
    fn styles_survive_both() {
        let bold = Style::new().bold();
        let line = Line::from(vec![Span::raw("ab"), Span::styled("cdef", bold)]);
        let shown = truncate(&line, 4, "…");
        assert_eq!(shown.spans, [Span::raw("ab"), Span::styled("c…", bold)]);
        let lines = wrap_line(&line, 4);
        assert_eq!(lines[0].spans, [Span::raw("ab"), Span::styled("cd", bold)]);
        assert_eq!(lines[1].spans, [Span::styled("ef", bold)]);
    }

    #[test]
    fn a_width_that_no_terminal_has_is_capped() {
        assert_eq!(to_cells(80), 80);
        assert_eq!(to_cells(100_000), u16::MAX);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked_nor_lost(text in any_text(), width in 2_usize..30) {
            let line = Line::from(text);
            prop_assert!(truncate(&line, width, "…").width() <= width);
            let lines = wrap_line(&line, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
            // Blanks may be left out, and a mark without a letter takes no cell.
            let is_seen = |symbol: &str| symbol.width() > 0 && symbol != " ";
            let seen = |line: &Line<'_>| {
                let graphemes = line.styled_graphemes(Style::new()).map(|grapheme| grapheme.symbol);
                graphemes.filter(|symbol| is_seen(symbol)).collect::<String>()
            };
            prop_assert_eq!(lines.iter().map(seen).collect::<String>(), seen(&line));
        }
    }
}
