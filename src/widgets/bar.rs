//! A one-line bar: pieces on the left that are dropped when there is no room, a state on the right that stays.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{draw_line, to_cells};
use crate::theme::Theme;

/// A line of pieces: the header, the tabs, the status, or the key hints.
#[derive(Clone, Debug, Default)]
pub struct Bar<'a> {
    /// Pieces on the left, most important first: the last ones are dropped first.
    pub left: Vec<Line<'a>>,
    /// Text on the right, drawn if the first piece fits beside it.
    pub right: Line<'a>,
    pub style: Style,
}

/// Cells between two pieces.
const GAP_WIDTH: u16 = 2;

impl Bar<'_> {
    /// Draws the bar in the first row of `area`, with a blank at either end.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = Rect { height: area.height.min(1), ..area }.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        buf.set_style(area, self.style);
        let end = area.right().saturating_sub(1);
        let mut x = area.x + 1;
        let width = |line: &Line<'_>| to_cells(line.width());

        let first = self.left.first().map_or(0, |piece| width(piece).saturating_add(GAP_WIDTH));
        // Beside a long first piece, the state gets a third of the width, or what it needs if that is less.
        let room = end.saturating_sub(x);
        let right = width(&self.right).min(room.saturating_sub(first).max(room / 3));
        let left_end = if right == 0 { end } else { end.saturating_sub(right + GAP_WIDTH).max(x.min(end)) };
        let right_area = Rect { x: end - right.min(end - area.x), width: right, ..area };
        draw_line(&self.right, right_area, buf, theme);

        for (at, piece) in self.left.iter().enumerate() {
            let left = left_end.saturating_sub(x);
            if at > 0 && width(piece) > left {
                return;
            }
            draw_line(piece, Rect { x, width: width(piece).min(left), ..area }, buf, theme);
            x = x.saturating_add(width(piece)).saturating_add(GAP_WIDTH);
        }
    }
}

/// Returns a key with its label as one piece of a bar.
pub fn key_hint<'a>(key: impl Into<String>, label: &'a str, theme: &Theme) -> Line<'a> {
    Line::from(vec![Span::styled(key.into(), theme.key), Span::raw(" "), Span::styled(label, theme.hint)])
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::test_canvas::{any_area, any_text, check_contained, render_to_text};

    fn picture(left: &[&'static str], right: &'static str, width: u16) -> String {
        let bar =
            Bar { left: left.iter().map(|text| Line::from(*text)).collect(), right: right.into(), style: Style::new() };
        render_to_text(width, 1, |area, buf| {
            bar.render(area, buf, &Theme::default());
        })
    }

    #[test]
    fn hints_give_way_from_the_end() {
        let theme = Theme::default();
        let left =
            vec![key_hint("?", "help", &theme), key_hint("/", "filter", &theme), key_hint("space", "mark", &theme)];
        let bar = Bar { left, right: "8 requests".into(), ..Bar::default() };
        let pictures = [44, 42, 41, 32, 30, 29, 20, 18, 12, 6, 2, 1]
            .map(|width| render_to_text(width, 1, |area, buf| bar.render(area, buf, &theme)));
        assert_snapshot!(pictures.concat(), @"
        ? help  / filter  space mark    8 requests |
        ? help  / filter  space mark  8 requests |
        ? help  / filter             8 requests |
        ? help  / filter    8 requests |
        ? help  / filter  8 requests |
        ? help           8 requests |
        ? help  8 requests |
        ? help  8 reque… |
        ? he…  8 … |
        …  … |
         |
        |
        ");
    }

    #[test]
    fn a_long_message_leaves_the_state_its_place() {
        assert_snapshot!(picture(&["a message that is longer than the line"], "8 requests", 30), @" a message that i…  8 reques… |");
        assert_snapshot!(picture(&["世界地図世界地図"], "", 11), @" 世界地図… |");
        assert_snapshot!(picture(&[], "right alone", 14), @"  right alone |");
    }

    proptest! {
        #[test]
        fn a_bar_stays_in_its_area((area, screen) in any_area(), left in prop::collection::vec(any_text(), 0..5), right in any_text()) {
            let bar = Bar {
                left: left.into_iter().map(Line::from).collect(),
                right: right.into(),
                style: Style::new(),
            };
            check_contained(area, screen, |area, buf| bar.render(area, buf, &Theme::default()));
        }
    }
}
