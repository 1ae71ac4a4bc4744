//! A table with a header and a cursor. Only visible rows are formatted.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    column::{GAP_WIDTH, TableColumn, column_widths},
    draw_line,
    row::{Gutter, TableRow},
    scroll_to_cursor, to_cells, wrap_line,
};
use crate::theme::Theme;

/// A table with a cursor.
#[derive(Clone, Debug, Default)]
pub struct TableWidget<'a> {
    /// Columns, left to right. If none has a title, there is no header.
    pub columns: &'a [TableColumn<'a>],
    /// Number of all rows.
    pub total: usize,
    /// Index of the row under the cursor.
    pub cursor: usize,
    pub is_focused: bool,
    /// What is drawn before the first column.
    pub gutter: Gutter,
    /// Text to show if there are no rows.
    pub empty_text: Line<'a>,
}

impl TableWidget<'_> {
    /// Returns the number of rows that fit into `area`.
    pub fn height(&self, area: Rect) -> usize {
        usize::from(area.height).saturating_sub(usize::from(self.has_header()))
    }

    /// Draws the visible rows and returns their range. `top` is the first visible row, and is scrolled to the cursor.
    /// `row` returns a row for its index and the width of every column (0 for a dropped one).
    pub fn render<'r>(
        &self,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
        top: &mut usize,
        mut row: impl FnMut(usize, &[usize]) -> TableRow<'r>,
    ) -> Range<usize> {
        let area = area.intersection(buf.area);
        let height = self.height(area);
        *top = scroll_to_cursor(*top, self.cursor, height, self.total);
        if area.is_empty() {
            return *top..*top;
        }
        let widths = column_widths(self.columns, self.split_gutter(area).1.width);
        let mut below = area;
        if self.has_header() {
            let titles: Vec<_> =
                self.columns.iter().zip(&widths).map(|(column, width)| column.heading_line(*width, theme)).collect();
            self.draw_cells(&titles, self.split_gutter(area).1, buf, theme, &widths);
            below.y += 1;
            below.height -= 1;
        }
        if self.total == 0 {
            let (_, content) = self.split_gutter(below);
            let lines = wrap_line(&self.empty_text.clone().patch_style(theme.muted), content.width.into());
            for (line, line_area) in lines.iter().zip(content.rows()) {
                draw_line(line, line_area, buf, theme);
            }
        }
        let visible = *top..self.total.min(top.saturating_add(height));
        for (index, row_area) in visible.clone().zip(below.rows()) {
            let (gutter, content) = self.split_gutter(row_area);
            let is_cursor = index == self.cursor;
            let cursor = if is_cursor { theme.glyphs.cursor } else { " " };
            match row(index, &widths) {
                TableRow::Loaded { cells, is_marked, style } => {
                    buf.set_style(row_area, style);
                    let mark = if is_marked { theme.glyphs.mark } else { " " };
                    draw_line(&self.gutter_signs(cursor, mark, theme), gutter, buf, theme);
                    self.draw_cells(&cells, content, buf, theme, &widths);
                }
                TableRow::Pending => {
                    draw_line(&self.gutter_signs(cursor, " ", theme), gutter, buf, theme);
                    let dots = [theme.glyphs.pending; 3].join(" ");
                    draw_line(&Line::styled(dots, theme.muted), content, buf, theme);
                }
            }
            if is_cursor {
                // Last, so that it overrides the colors of the cells; colors that it does not set remain.
                let style = self.is_focused.then_some(theme.selection);
                buf.set_style(row_area, style.unwrap_or(theme.selection_unfocused));
            }
        }
        visible
    }

    fn has_header(&self) -> bool {
        self.columns.iter().any(|column| !column.title.is_empty())
    }

    /// Splits an area into the gutter and the columns.
    fn split_gutter(&self, area: Rect) -> (Rect, Rect) {
        let gutter = match self.gutter {
            Gutter::None => 0,
            // The mark has the place of the blank behind the cursor, so that it takes no extra cell.
            Gutter::Cursor | Gutter::Marks => 2,
        };
        let gutter = gutter.min(area.width);
        let content = Rect { x: area.x + gutter, width: area.width - gutter, ..area };
        (Rect { width: gutter, ..area }, content)
    }

    /// Returns the line of the cursor and the mark of a row, as far as there is room for them.
    fn gutter_signs(&self, cursor: &'static str, mark: &'static str, theme: &Theme) -> Line<'static> {
        let (cursor, mark) = (Span::raw(cursor), Span::styled(mark, theme.mark));
        match self.gutter {
            Gutter::None => Line::default(),
            Gutter::Cursor => Line::from(cursor),
            Gutter::Marks => Line::from(vec![cursor, mark]),
        }
    }

    fn draw_cells(&self, lines: &[Line<'_>], content: Rect, buf: &mut Buffer, theme: &Theme, widths: &[usize]) {
        let mut x = content.x;
        for ((column, width), line) in self.columns.iter().zip(widths).zip(lines) {
            let width = to_cells(*width);
            if width == 0 {
                continue;
            }
            let used = to_cells(line.width()).min(width);
            let indent = if column.is_right { width - used } else { 0 };
            let cell_area = Rect { x: x.saturating_add(indent), width: width - indent, ..content };
            draw_line(line, cell_area, buf, theme);
            x = x.saturating_add(width).saturating_add(to_cells(GAP_WIDTH));
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::RowOrder;
    use crate::widgets::test_canvas::{any_area, any_text, check_contained, render_to_text};
    use ratatui::style::Style;

    const COLUMNS: &[TableColumn<'static>] = &[
        TableColumn { sort_order: Some(RowOrder::Descending), ..TableColumn::left_aligned("START", 8, 14, 1) },
        TableColumn::left_aligned("HOST", 6, 15, 2),
        TableColumn::right_aligned("PID", 4, 5, 4),
        TableColumn::left_aligned("PROCESS", 7, 10, 0),
        TableColumn::left_aligned("CMDLINE", 8, TableColumn::FILL, 3),
    ];

    fn table(total: usize, cursor: usize) -> TableWidget<'static> {
        TableWidget {
            columns: COLUMNS,
            total,
            cursor,
            is_focused: true,
            gutter: Gutter::Marks,
            empty_text: "nothing matched; widen the time".into(),
        }
    }

    fn process(index: usize) -> TableRow<'static> {
        if index == 4 {
            return TableRow::Pending;
        }
        let cells = ["11-11 20:59:31", "WIN-IA9NQ1GN8OI", "1084", "世界.exe", r"net use y: \\test\blah"];
        TableRow::Loaded { cells: cells.map(Line::from).into(), is_marked: index % 2 == 1, style: Style::new() }
    }

    fn picture(table: &TableWidget<'_>, width: u16, height: u16) -> String {
        render_to_text(width, height, |area, buf| {
            table.render(area, buf, &Theme::default(), &mut 0, |index, _| process(index));
        })
    }

    #[test]
    fn rows_stand_under_their_header() {
        assert_snapshot!(picture(&table(6, 1), 77, 8), @r"
          START v         HOST               PID  PROCESS     CMDLINE                |
          11-11 20:59:31  WIN-IA9NQ1GN8OI   1084  世界.exe    net use y: \\test\blah |
        >*11-11 20:59:31  WIN-IA9NQ1GN8OI   1084  世界.exe    net use y: \\test\blah |
          11-11 20:59:31  WIN-IA9NQ1GN8OI   1084  世界.exe    net use y: \\test\blah |
         *11-11 20:59:31  WIN-IA9NQ1GN8OI   1084  世界.exe    net use y: \\test\blah |
          · · ·                                                                      |
         *11-11 20:59:31  WIN-IA9NQ1GN8OI   1084  世界.exe    net use y: \\test\blah |
                                                                                     |
        ");
    }

    #[test]
    fn columns_give_way_by_priority() {
        let pictures = [59, 49, 43, 33, 25, 17, 9, 6, 3, 1].map(|width| picture(&table(1, 0), width, 2));
        assert_snapshot!(pictures.concat(), @"
          START v         HOST            PID  PROCESS     CMDLINE |
        > 11-11 20:59:31  WIN-IA9NQ1GN…  1084  世界.exe    net use…|
          START v      HOST     PID  PROCESS     CMDLINE |
        > 11-11 20:5…  WIN-I…  1084  世界.exe    net use…|
          START v   HOST     PID  PROCESS  CMDLINE |
        > 11-11 2…  WIN-I…  1084  世界.e…  net use…|
          START v      HOST    PROCESS   |
        > 11-11 20:5…  WIN-I…  世界.exe  |
          START v      PROCESS   |
        > 11-11 20:5…  世界.exe  |
          PROCESS        |
        > 世界.exe       |
          PROCESS|
        > 世界.e…|
          PRO…|
        > 世… |
          …|
        > …|
         |
        …|
        ");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_snapshot!(picture(&table(0, 0), 25, 4), @"
        START v      PROCESS   |
        nothing matched; widen |
        the time               |
                               |
        ");
    }

    #[test]
    fn without_titles_there_is_no_header() {
        let columns = [TableColumn::left_aligned("", 4, TableColumn::FILL, 0), TableColumn::right_aligned("", 4, 4, 0)];
        let table = TableWidget { columns: &columns, total: 2, gutter: Gutter::Cursor, ..TableWidget::default() };
        let picture = render_to_text(18, 3, |area, buf| {
            table.render(area, buf, &Theme::default(), &mut 0, |_, _| {
                TableRow::with_cells(vec!["└ smss.exe".into(), "536".into()])
            });
        });
        assert_snapshot!(picture, @"
        > └ smss.exe   536|
          └ smss.exe   536|
                          |
        ");
    }

    #[test]
    fn only_rows_in_sight_are_asked_for() {
        let mut drawn = Vec::new();
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 11));
        let mut top = 0;
        let visible =
            table(1_000_000, 500_000).render(buf.area, &mut buf, &Theme::default(), &mut top, |index, widths| {
                assert_eq!(widths.len(), COLUMNS.len());
                drawn.push(index);
                process(index)
            });
        assert_eq!(visible, 499_993..500_003);
        assert_eq!(drawn, visible.collect::<Vec<_>>());
        assert_eq!(top, 499_993);
    }

    #[test]
    fn the_cursor_row_keeps_the_colors_of_its_cells() {
        let theme = Theme::default();
        let columns = [TableColumn::left_aligned("", 4, 4, 0)];
        let table = TableWidget {
            columns: &columns,
            total: 1,
            is_focused: true,
            gutter: Gutter::None,
            ..TableWidget::default()
        };
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        table.render(buf.area, &mut buf, &theme, &mut 0, |_, _| {
            TableRow::with_cells(vec![Line::styled("bad", theme.bad)])
        });
        assert_eq!(buf[(0, 0)].style().fg, theme.bad.fg);
        assert_eq!(buf[(0, 0)].style().bg, theme.selection.bg);
        assert_eq!(buf[(5, 0)].style().bg, theme.selection.bg);
    }

    proptest! {
        #[test]
        fn a_table_stays_in_its_area(
            (area, screen) in any_area(), texts in prop::collection::vec(any_text(), 5),
            total in prop_oneof![0_usize..20, Just(usize::MAX)], cursor in any::<prop::sample::Index>(), mut top in any::<usize>(),
        ) {
            let cursor = if total == 0 { 0 } else { cursor.index(total) };
            check_contained(area, screen, |area, buf| {
                let visible = table(total, cursor).render(area, buf, &Theme::default(), &mut top, |index, _| match index % 3 {
                    0 => TableRow::Pending,
                    _ => TableRow::with_cells(texts.iter().map(|text| Line::from(text.as_str())).collect()),
                });
                assert!(visible.is_empty() || visible.contains(&cursor));
            });
        }
    }
}
