//! Labels and values, one below the other.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{cells, draw, wrap};
use crate::theme::Theme;

/// A value and what it is.
#[derive(Clone, Debug, Default)]
pub struct Field<'a> {
    /// What it is; a value without a label takes the whole width.
    pub label: &'a str,
    /// The value; an empty one leaves a blank line.
    pub value: Line<'a>,
    /// The most lines it may take: one that is too long is continued below, and cut at the end of the last.
    pub most_lines: usize,
}

/// A column of fields that can be scrolled.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// What is shown, in order.
    pub fields: &'a [Field<'a>],
    /// How many lines are scrolled out of sight at the top.
    pub scroll: usize,
}

impl<'a> Field<'a> {
    /// A value on one line.
    pub fn cut(label: &'a str, value: impl Into<Line<'a>>) -> Self {
        Self {
            label,
            value: value.into(),
            most_lines: 1,
        }
    }

    /// A value on as many lines as it needs, up to so many.
    pub fn wrapped(label: &'a str, value: impl Into<Line<'a>>, most_lines: usize) -> Self {
        Self {
            label,
            value: value.into(),
            most_lines,
        }
    }

    fn lines(&self, width: usize) -> Vec<Line<'a>> {
        // What fits needs no wrapping, and nearly everything fits.
        if self.most_lines <= 1 || self.value.width() <= width {
            return vec![self.value.clone()];
        }
        let mut lines = wrap(&self.value, width);
        if lines.len() > self.most_lines {
            lines.truncate(self.most_lines);
            if let Some(last) = lines.last_mut() {
                // Where it finds no room, it takes the place of the last character.
                last.push_span(Span::raw("…"));
            }
        }
        lines
    }
}

impl Fields<'_> {
    /// Draws what can be seen, and returns how many lines there are in all.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> usize {
        let area = area.intersection(buf.area);
        let labels = self.label_width(area.width);
        let mut height = 0;
        for field in self.fields {
            let indent = if field.label.is_empty() { 0 } else { labels };
            let width = area.width - indent;
            let lines = field.lines(width.into());
            for (at, line) in lines.iter().enumerate() {
                let row = row(area, height + at, self.scroll);
                if at == 0 && indent > 0 {
                    let place = Rect {
                        width: indent - 1,
                        ..row
                    };
                    draw(&Line::styled(field.label, theme.muted), place, buf, theme);
                }
                let place = Rect {
                    x: row.x + indent,
                    width,
                    ..row
                };
                draw(line, place, buf, theme);
            }
            height += lines.len();
        }
        height
    }

    /// Room for the longest label and a blank, but no more than a third.
    fn label_width(&self, width: u16) -> u16 {
        let labels = self
            .fields
            .iter()
            .map(|field| Line::from(field.label).width());
        match labels.max().unwrap_or_default() {
            0 => 0,
            longest => cells(longest + 1).min(width / 3),
        }
    }
}

/// Where a line is drawn; nowhere if it is scrolled out of sight.
fn row(area: Rect, line: usize, scroll: usize) -> Rect {
    let offset = line
        .checked_sub(scroll)
        .map(cells)
        .filter(|offset| *offset < area.height);
    match offset {
        Some(offset) => Rect {
            y: area.y + offset,
            height: 1,
            ..area
        },
        None => Rect { height: 0, ..area },
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::canvas::{any_place, any_text, check_contained, shown};

    fn picture(fields: &[Field<'_>], scroll: usize, width: u16, height: u16) -> String {
        shown(width, height, |area, buf| {
            Fields { fields, scroll }.render(area, buf, &Theme::default());
        })
    }

    fn sensor() -> Vec<Field<'static>> {
        vec![
            Field::cut("", "WIN-IA9NQ1GN8OI  #3  as of 21:04:10Z"),
            Field::cut("group", "Default Group"),
            Field::default(),
            Field::wrapped("command line", r"net use y: \\test\blah", 9),
            Field::wrapped("名前", "世界地図世界地図", 9),
        ]
    }

    #[test]
    fn values_stand_below_each_other_and_wrap_beside_their_label() {
        assert_snapshot!(picture(&sensor(), 0, 40, 6), @r"
        WIN-IA9NQ1GN8OI  #3  as of 21:04:10Z    |
        group        Default Group              |
                                                |
        command line net use y: \\test\blah     |
        名前         世界地図世界地図           |
                                                |
        ");
        assert_snapshot!(picture(&sensor(), 0, 24, 8), @r"
        WIN-IA9NQ1GN8OI  #3  as…|
        group   Default Group   |
                                |
        comman… net use y:      |
                \\test\blah     |
        名前    世界地図世界地図|
                                |
                                |
        ");
    }

    #[test]
    fn a_value_with_too_many_lines_says_that_it_is_cut() {
        let fields = [
            Field::wrapped("a", "one two three four five", 2),
            Field::wrapped("b", "世界地図世界地図世界地図", 2),
        ];
        assert_snapshot!(picture(&fields, 0, 12, 5), @r"
        a one two   |
          three fou…|
        b 世界地図世|
          界地図世… |
                    |
        ");
    }

    #[test]
    fn lines_scroll_out_at_the_top() {
        assert_snapshot!(picture(&sensor(), 3, 24, 3), @r"
        comman… net use y:      |
                \\test\blah     |
        名前    世界地図世界地図|
        ");
    }

    #[test]
    fn the_height_is_told_whatever_can_be_seen() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 24, 2));
        let fields = sensor();
        let height = Fields {
            fields: &fields,
            scroll: 50,
        }
        .render(buf.area, &mut buf, &Theme::default());
        assert_eq!(height, 6);
    }

    proptest! {
        #[test]
        fn fields_stay_in_their_area(
            (area, screen) in any_place(), scroll in 0_usize..5,
            pairs in prop::collection::vec((any_text(), any_text(), 0_usize..4), 0..6),
        ) {
            let fields: Vec<_> = pairs
                .iter()
                .map(|(label, value, most_lines)| Field { label, value: value.as_str().into(), most_lines: *most_lines })
                .collect();
            check_contained(area, screen, |area, buf| {
                Fields { fields: &fields, scroll }.render(area, buf, &Theme::default());
            });
        }
    }
}
