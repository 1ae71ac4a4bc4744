//! Fields: labels with values, one below the other.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{draw_line, to_cells, wrap_line};
use crate::theme::Theme;

/// A label with its value.
#[derive(Clone, Debug, Default)]
pub struct FieldRow<'a> {
    /// Label; without one, the value takes the full width.
    pub label: &'a str,
    /// Value; if empty, the line is blank.
    pub value: Line<'a>,
    /// Lines that the value may take: it is wrapped, and cut at the end of the last line.
    pub max_lines: usize,
}

/// A scrolled list of fields.
#[derive(Clone, Copy, Debug)]
pub struct FieldList<'a> {
    pub fields: &'a [FieldRow<'a>],
    /// Lines that are scrolled out at the top.
    pub scroll: usize,
}

impl<'a> FieldRow<'a> {
    /// Creates a field on one line.
    pub fn single_line(label: &'a str, value: impl Into<Line<'a>>) -> Self {
        Self { label, value: value.into(), max_lines: 1 }
    }

    /// Creates a field on at most `max_lines` lines.
    pub fn multi_line(label: &'a str, value: impl Into<Line<'a>>, max_lines: usize) -> Self {
        Self { label, value: value.into(), max_lines }
    }

    fn lines(&self, width: usize) -> Vec<Line<'a>> {
        // Most values fit and need no wrapping.
        if self.max_lines <= 1 || self.value.width() <= width {
            return vec![self.value.clone()];
        }
        let mut lines = wrap_line(&self.value, width);
        if lines.len() > self.max_lines {
            lines.truncate(self.max_lines);
            if let Some(last) = lines.last_mut() {
                // Without room, it replaces the last character.
                last.push_span(Span::raw("…"));
            }
        }
        lines
    }
}

/// Fields wrapped for a width. Wrapping is expensive, and the result can be used until a field changes.
#[derive(Clone, Debug, Default)]
pub struct FieldLayout<'a> {
    /// Width of the labels with a blank.
    labels: u16,
    /// Lines with their labels; a wrapped line, or one of full width, has none.
    rows: Vec<(Option<Cow<'a, str>>, Line<'a>)>,
    /// Whether each line is indented by the width of the labels.
    is_indented: Vec<bool>,
    /// Index of the first line of each field.
    first_lines: Vec<usize>,
}

impl FieldList<'_> {
    /// Draws the visible lines, and returns the number of all lines.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> usize {
        let layout = FieldLayout::new(self.fields, area.intersection(buf.area).width);
        layout.render(area, self.scroll, buf, theme)
    }
}

impl<'a> FieldLayout<'a> {
    /// Wraps fields for a width in cells.
    pub fn new(fields: &[FieldRow<'a>], width: u16) -> Self {
        let labels = label_width(fields, width);
        let mut layout = FieldLayout { labels, ..FieldLayout::default() };
        for field in fields {
            layout.first_lines.push(layout.rows.len());
            let has_label = !field.label.is_empty();
            let indent = if has_label { labels } else { 0 };
            for (at, line) in field.lines((width - indent).into()).into_iter().enumerate() {
                let label = (at == 0 && indent > 0).then_some(Cow::Borrowed(field.label));
                layout.rows.push((label, line));
                layout.is_indented.push(has_label);
            }
        }
        layout
    }

    /// Copies the borrowed texts, so that the layout can be stored.
    #[must_use]
    pub fn into_owned(self) -> FieldLayout<'static> {
        let owned = |span: Span<'_>| Span::styled(span.content.into_owned(), span.style);
        let rows = self.rows.into_iter().map(|(label, line)| {
            let spans = line.spans.into_iter().map(owned).collect();
            let line = Line { spans, style: line.style, alignment: line.alignment };
            (label.map(|label| label.into_owned().into()), line)
        });
        FieldLayout {
            labels: self.labels,
            rows: rows.collect(),
            is_indented: self.is_indented,
            first_lines: self.first_lines,
        }
    }

    /// Returns the first line of the field at index `field`.
    pub fn line_of(&self, field: usize) -> Option<usize> {
        self.first_lines.get(field).copied()
    }

    /// Returns the number of lines of all fields.
    pub fn n_lines(&self) -> usize {
        self.rows.len()
    }

    /// Draws the visible lines below the first `scroll` ones, and returns the number of all lines.
    pub fn render(&self, area: Rect, scroll: usize, buf: &mut Buffer, theme: &Theme) -> usize {
        let area = area.intersection(buf.area);
        let rows = self.rows.iter().zip(&self.is_indented).skip(scroll);
        for (((label, line), is_indented), row) in rows.zip(area.rows()) {
            let indent = if *is_indented { self.labels } else { 0 };
            if let Some(label) = label {
                let label_area = Rect { width: indent - 1, ..row };
                draw_line(&Line::styled(&**label, theme.muted), label_area, buf, theme);
            }
            let value_area = Rect { x: row.x + indent, width: row.width - indent, ..row };
            draw_line(line, value_area, buf, theme);
        }
        self.rows.len()
    }
}

/// Returns the width of the longest label with a blank, but at most a third of the width.
fn label_width(fields: &[FieldRow<'_>], width: u16) -> u16 {
    let widths = fields.iter().map(|field| Line::from(field.label).width());
    match widths.max().unwrap_or_default() {
        0 => 0,
        longest => to_cells(longest + 1).min(width / 3),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::test_canvas::{any_area, any_text, check_contained, render_to_text};

    fn picture(fields: &[FieldRow<'_>], scroll: usize, width: u16, height: u16) -> String {
        render_to_text(width, height, |area, buf| {
            FieldList { fields, scroll }.render(area, buf, &Theme::default());
        })
    }

    fn sensor() -> Vec<FieldRow<'static>> {
        vec![
            FieldRow::single_line("", "WIN-IA9NQ1GN8OI  #3  as of 21:04:10Z"),
            FieldRow::single_line("group", "Default Group"),
            FieldRow::default(),
            FieldRow::multi_line("command line", r"net use y: \\test\blah", 9),
            FieldRow::multi_line("名前", "世界地図世界地図", 9),
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
            FieldRow::multi_line("a", "one two three four five", 2),
            FieldRow::multi_line("b", "世界地図世界地図世界地図", 2),
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
        let height = FieldList { fields: &fields, scroll: 50 }.render(buf.area, &mut buf, &Theme::default());
        assert_eq!(height, 6);
    }

    proptest! {
        #[test]
        fn fields_stay_in_their_area(
            (area, screen) in any_area(), scroll in 0_usize..5,
            pairs in prop::collection::vec((any_text(), any_text(), 0_usize..4), 0..6),
        ) {
            let fields: Vec<_> = pairs
                .iter()
                .map(|(label, value, max_lines)| FieldRow { label, value: value.as_str().into(), max_lines: *max_lines })
                .collect();
            check_contained(area, screen, |area, buf| {
                FieldList { fields: &fields, scroll }.render(area, buf, &Theme::default());
            });
        }
    }
}
