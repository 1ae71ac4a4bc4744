//! The frame of a pane: border, title, status, error.

use ratatui::{
    buffer::Buffer,
    layout::{Margin, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{ErrorLine, clear_area, draw_line, to_cells, truncate};
use crate::theme::Theme;

/// A border with the title on the left, the status on the right, and an error at the bottom.
#[derive(Clone, Debug, Default)]
pub struct Panel<'a> {
    pub title: Line<'a>,
    /// Counts, order, time or keys; shortened before the title is.
    pub status: Line<'a>,
    pub is_focused: bool,
    /// Style of the focused border, such as the color of a profile, if it is not the theme's.
    pub tint: Option<Style>,
    /// Frame number of the spinner while an answer is pending.
    pub spinner: Option<usize>,
    /// Short note that the content is stale.
    pub stale_note: Option<&'a str>,
    /// Why the content could not be refreshed.
    pub error: Option<ErrorLine<'a>>,
}

/// A status shortened to less than this is not drawn.
const MIN_STATUS_WIDTH: usize = 8;

impl Panel<'_> {
    /// Draws the frame and returns the area for the content. An area too small for a frame is not changed.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        if area.width < 2 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        self.draw_border(area, buf, theme);
        self.draw_heading(area, buf, theme);
        let inner = area.inner(Margin::new(1, 1));
        match self.error {
            Some(error) => error.render(inner, buf, theme),
            None => inner,
        }
    }

    /// Draws the frame over other content, and returns the area for the content.
    pub fn render_over(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        clear_area(area, buf, theme);
        self.render(area, buf, theme)
    }

    fn border_style(&self, theme: &Theme) -> Style {
        match (self.is_focused, self.tint) {
            (true, Some(tint)) => theme.border_focused.patch(tint),
            (true, None) => theme.border_focused,
            (false, _) => theme.border,
        }
    }

    fn draw_border(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let style = self.border_style(theme);
        let set = theme.glyphs.border;
        let (left, right) = (area.left(), area.right() - 1);
        let (top, bottom) = (area.top(), area.bottom() - 1);
        let mut put = |x, y, symbol| {
            buf[(x, y)].set_symbol(symbol).set_style(style);
        };
        for x in left..=right {
            put(x, top, set.horizontal_top);
            put(x, bottom, set.horizontal_bottom);
        }
        for y in top..=bottom {
            put(left, y, set.vertical_left);
            put(right, y, set.vertical_right);
        }
        put(left, top, set.top_left);
        put(right, top, set.top_right);
        put(left, bottom, set.bottom_left);
        put(right, bottom, set.bottom_right);
    }

    /// Draws title and status into the upper border.
    fn draw_heading(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let ellipsis = theme.glyphs.ellipsis;
        // A blank on either side separates a text from the border line.
        let room = usize::from(area.width).saturating_sub(2);
        let signs = self.sign_spans(theme);
        let reserved = if signs.width() == 0 { 0 } else { signs.width() + 3 };
        let title = truncate(&self.title, room.saturating_sub(reserved + 2), ellipsis);
        let title_width = if title.width() == 0 { 0 } else { title.width() + 2 };
        if title_width > 0 {
            let title_area = Rect { x: area.x + 1, width: to_cells(title_width), height: 1, ..area };
            draw_line(&pad_line(title, theme.title), title_area, buf, theme);
        }

        // One cell of the border line separates title and status.
        let remaining = room.saturating_sub(title_width + usize::from(title_width > 0));
        let status = self.status_line(signs, remaining.saturating_sub(2), theme);
        if status.width() > 0 {
            let width = to_cells(status.width() + 2);
            let x = area.right() - 1 - width.min(area.width - 1);
            draw_line(&pad_line(status, theme.hint), Rect { x, width, height: 1, ..area }, buf, theme);
        }
    }

    /// Returns spinner and stale note, with the status if there is room.
    fn status_line(&self, signs: Line<'static>, room: usize, theme: &Theme) -> Line<'static> {
        let gap = usize::from(signs.width() > 0);
        if signs.width() > room {
            return Line::default();
        }
        let remaining = room.saturating_sub(signs.width() + gap);
        let is_shown = self.status.width() > 0 && remaining >= self.status.width().min(MIN_STATUS_WIDTH);
        if !is_shown {
            return signs;
        }
        let status = truncate(&self.status, remaining, theme.glyphs.ellipsis);
        let mut spans = signs.spans;
        if gap > 0 {
            spans.push(Span::raw(" "));
        }
        spans.extend(status.spans);
        Line::from(spans)
    }

    fn sign_spans(&self, theme: &Theme) -> Line<'static> {
        let mut spans = Vec::new();
        if let Some(index) = self.spinner {
            spans.push(Span::styled(theme.glyphs.spinner(index), theme.accent));
        }
        if let Some(note) = self.stale_note {
            if !spans.is_empty() {
                spans.push(Span::raw(" "));
            }
            spans.push(Span::styled(note.to_owned(), theme.stale));
        }
        Line::from(spans)
    }
}

/// Draws the meaning of the signs in a pane into its lower border, if there is room.
pub fn draw_legend(legend: &str, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let legend = Line::styled(legend.to_owned(), theme.muted);
    let area = area.intersection(buf.area);
    let width = legend.width();
    // The corners and a blank on either side.
    if width == 0 || width + 4 > usize::from(area.width) || area.height < 3 {
        return;
    }
    let legend_area = Rect { x: area.x + 1, y: area.bottom() - 1, width: to_cells(width + 2), height: 1 };
    draw_line(&pad_line(legend, theme.muted), legend_area, buf, theme);
}

/// Adds a blank on either side, and applies `style` where the line has none of its own.
fn pad_line(line: Line<'static>, style: Style) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    spans.extend(line.spans.into_iter().map(|span| {
        let style = style.patch(span.style);
        span.style(style)
    }));
    spans.push(Span::raw(" "));
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::theme::TerminalColors;
    use crate::widgets::test_canvas::{any_area, any_text, check_contained, render_to_text};

    fn results() -> Panel<'static> {
        Panel { title: "Processes 214".into(), status: "2 marked · start v".into(), ..Panel::default() }
    }

    fn picture(panel: &Panel<'_>, width: u16, height: u16) -> String {
        render_to_text(width, height, |area, buf| {
            let theme = Theme::default();
            let inner = panel.render(area, buf, &theme);
            draw_line(&Line::from("content"), inner, buf, &theme);
        })
    }

    #[test]
    fn the_title_is_left_and_the_state_right() {
        assert_snapshot!(picture(&results(), 40, 3), @"
        ╭ Processes 214 ─── 2 marked · start v ╮|
        │content                               │|
        ╰──────────────────────────────────────╯|
        ");
    }

    #[test]
    fn the_state_gives_way_to_the_title() {
        for width in [38, 37, 36, 28, 27, 17, 8, 4, 3, 2, 1] {
            let picture = picture(&results(), width, 2);
            assert_eq!(picture.lines().count(), 2);
        }
        let tops: Vec<_> = [38, 37, 36, 28, 27, 18, 17, 8, 5, 4, 3, 2]
            .map(|width| picture(&results(), width, 2).lines().next().unwrap().to_owned())
            .into();
        assert_snapshot!(tops.join("\n"), @"
        ╭ Processes 214 ─ 2 marked · start v ╮|
        ╭ Processes 214 ─ 2 marked · start… ╮|
        ╭ Processes 214 ─ 2 marked · star… ╮|
        ╭ Processes 214 ─ 2 marke… ╮|
        ╭ Processes 214 ──────────╮|
        ╭ Processes 214 ─╮|
        ╭ Processes 214 ╮|
        ╭ Pro… ╮|
        ╭ … ╮|
        ╭──╮|
        ╭─╮|
        ╭╮|
        ");
    }

    #[test]
    fn waiting_and_stale_are_said_before_the_state() {
        let panel = Panel { spinner: Some(0), stale_note: Some("stale"), ..results() };
        let tops = [60, 40, 28, 20].map(|width| picture(&panel, width, 2).lines().next().unwrap().to_owned());
        assert_snapshot!(tops.join("\n"), @"
        ╭ Processes 214 ─────────────── ⠋ stale 2 marked · start v ╮|
        ╭ Processes 214 ─ ⠋ stale 2 marked · … ╮|
        ╭ Processes 214 ── ⠋ stale ╮|
        ╭ Proce… ─ ⠋ stale ╮|
        ");
    }

    #[test]
    fn wide_characters_do_not_break_the_border() {
        let panel = Panel { title: "世界地図世界地図".into(), ..Panel::default() };
        assert_snapshot!(picture(&panel, 13, 2), @"
        ╭ 世界地図… ╮|
        ╰───────────╯|
        ");
    }

    #[test]
    fn the_border_can_be_ascii() {
        let theme =
            Theme::default().adapt_to_screen(&TerminalColors { locale: "C".into(), ..TerminalColors::default() });
        let picture = render_to_text(12, 3, |area, buf| {
            results().render(area, buf, &theme);
        });
        assert_snapshot!(picture, @"
        + Process~ +|
        |          ||
        +----------+|
        ");
    }

    #[test]
    fn the_focus_shows_the_color_of_the_profile() {
        let theme = Theme::default();
        let red = theme.profile("red");
        let corner = |panel: Panel<'_>| {
            let mut buf = Buffer::empty(Rect::new(0, 0, 9, 3));
            panel.render(buf.area, &mut buf, &theme);
            buf[(0, 0)].style().fg
        };
        assert_eq!(corner(Panel { tint: Some(red), ..results() }), theme.border.fg);
        assert_eq!(corner(Panel { is_focused: true, ..results() }), theme.border_focused.fg);
        assert_eq!(corner(Panel { is_focused: true, tint: Some(red), ..results() }), red.fg);
    }

    proptest! {
        #[test]
        fn a_panel_stays_in_its_area(
            (area, screen) in any_area(), title in any_text(), state in any_text(),
            message in any_text(), hint in any_text(), spinner in any::<Option<usize>>(),
        ) {
            let panel = Panel {
                title: title.into(),
                status: state.into(),
                spinner,
                stale_note: spinner.map(|_| "stale"),
                error: Some(ErrorLine { message: &message, hint: Some(&hint) }),
                ..Panel::default()
            };
            check_contained(area, screen, |area, buf| {
                let inner = panel.render(area, buf, &Theme::default());
                assert!(inner.is_empty() || area.intersection(inner) == inner);
            });
        }
    }
}
