//! Rows under a header, of which only those in sight are formatted.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    cells,
    column::{Column, GAP, widths},
    draw, follow,
    row::{Gutter, Row},
    wrap,
};
use crate::theme::Theme;

/// Rows under a header, with a cursor.
#[derive(Clone, Debug, Default)]
pub struct Table<'a> {
    /// The columns, left to right. Without any title there is no header.
    pub columns: &'a [Column<'a>],
    /// How many rows there are in all.
    pub total: usize,
    /// The row under the cursor.
    pub cursor: usize,
    /// Whether keys go here.
    pub is_focused: bool,
    /// What stands before the first column.
    pub gutter: Gutter,
    /// What is said when there are no rows.
    pub empty: Line<'a>,
}

impl Table<'_> {
    /// How many rows an area of this height has room for.
    pub fn height(&self, area: Rect) -> usize {
        usize::from(area.height).saturating_sub(usize::from(self.has_header()))
    }

    /// Draws the rows in sight, and returns which these are. `top` is the first of them; it follows the cursor.
    /// `row` gives a row's cells, from its index and the width of every column (0 if it gave way).
    pub fn render<'r>(
        &self,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
        top: &mut usize,
        mut row: impl FnMut(usize, &[usize]) -> Row<'r>,
    ) -> Range<usize> {
        let area = area.intersection(buf.area);
        let height = self.height(area);
        *top = follow(*top, self.cursor, height, self.total);
        if area.is_empty() {
            return *top..*top;
        }
        let widths = widths(self.columns, self.split(area).1.width);
        let mut below = area;
        if self.has_header() {
            let titles: Vec<_> =
                self.columns.iter().zip(&widths).map(|(column, width)| column.heading(*width, theme)).collect();
            self.draw_cells(&titles, self.split(area).1, buf, theme, &widths);
            below.y += 1;
            below.height -= 1;
        }
        if self.total == 0 {
            let (_, content) = self.split(below);
            let lines = wrap(&self.empty.clone().patch_style(theme.muted), content.width.into());
            for (line, place) in lines.iter().zip(content.rows()) {
                draw(line, place, buf, theme);
            }
        }
        let visible = *top..self.total.min(top.saturating_add(height));
        for (index, place) in visible.clone().zip(below.rows()) {
            let (gutter, content) = self.split(place);
            let is_cursor = index == self.cursor;
            match row(index, &widths) {
                Row::Here { cells, is_marked, style } => {
                    buf.set_style(place, style);
                    draw(&self.signs(is_cursor, is_marked, theme), gutter, buf, theme);
                    self.draw_cells(&cells, content, buf, theme, &widths);
                }
                Row::Awaited => {
                    draw(&self.signs(is_cursor, false, theme), gutter, buf, theme);
                    let dots = [theme.glyphs.awaited; 3].join(" ");
                    draw(&Line::styled(dots, theme.muted), content, buf, theme);
                }
            }
            if is_cursor {
                // Last, so that it lies over the colors of the cells; those it does not name remain.
                let focused = self.is_focused.then_some(theme.selection);
                buf.set_style(place, focused.unwrap_or(theme.selection_unfocused));
            }
        }
        visible
    }

    fn has_header(&self) -> bool {
        self.columns.iter().any(|column| !column.title.is_empty())
    }

    /// The gutter and the rest of an area.
    fn split(&self, area: Rect) -> (Rect, Rect) {
        let gutter = match self.gutter {
            Gutter::None => 0,
            // The mark takes the place of the blank behind the cursor: marks cost no room.
            Gutter::Cursor | Gutter::Marks => 2,
        };
        let gutter = gutter.min(area.width);
        let content = Rect { x: area.x + gutter, width: area.width - gutter, ..area };
        (Rect { width: gutter, ..area }, content)
    }

    /// What stands in the gutter of a row.
    fn signs(&self, is_cursor: bool, is_marked: bool, theme: &Theme) -> Line<'static> {
        let sign = |is_there, glyph| if is_there { glyph } else { " " };
        let cursor = Span::raw(sign(is_cursor, theme.glyphs.cursor));
        let mark = Span::styled(sign(is_marked, theme.glyphs.mark), theme.mark);
        match self.gutter {
            Gutter::None => Line::default(),
            Gutter::Cursor => Line::from(cursor),
            Gutter::Marks => Line::from(vec![cursor, mark]),
        }
    }

    fn draw_cells(&self, lines: &[Line<'_>], content: Rect, buf: &mut Buffer, theme: &Theme, widths: &[usize]) {
        let mut x = content.x;
        for ((column, width), line) in self.columns.iter().zip(widths).zip(lines) {
            let width = cells(*width);
            if width == 0 {
                continue;
            }
            let used = cells(line.width()).min(width);
            let indent = if column.is_right { width - used } else { 0 };
            let place = Rect { x: x.saturating_add(indent), width: width - indent, ..content };
            draw(line, place, buf, theme);
            x = x.saturating_add(width).saturating_add(cells(GAP));
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::widgets::Order;
    use crate::widgets::test_canvas::{any_place, any_text, check_contained, shown};
    use ratatui::style::Style;

    const COLUMNS: &[Column<'static>] = &[
        Column { sorted: Some(Order::Descending), ..Column::left("START", 8, 14, 1) },
        Column::left("HOST", 6, 15, 2),
        Column::right("PID", 4, 5, 4),
        Column::left("PROCESS", 7, 10, 0),
        Column::left("CMDLINE", 8, Column::REST, 3),
    ];

    fn table(total: usize, cursor: usize) -> Table<'static> {
        Table {
            columns: COLUMNS,
            total,
            cursor,
            is_focused: true,
            gutter: Gutter::Marks,
            empty: "nothing matched; widen the time".into(),
        }
    }

    fn process(index: usize) -> Row<'static> {
        if index == 4 {
            return Row::Awaited;
        }
        let cells = ["11-11 20:59:31", "WIN-IA9NQ1GN8OI", "1084", "世界.exe", r"net use y: \\test\blah"];
        Row::Here { cells: cells.map(Line::from).into(), is_marked: index % 2 == 1, style: Style::new() }
    }

    fn picture(table: &Table<'_>, width: u16, height: u16) -> String {
        shown(width, height, |area, buf| {
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
        let columns = [Column::left("", 4, Column::REST, 0), Column::right("", 4, 4, 0)];
        let table = Table { columns: &columns, total: 2, gutter: Gutter::Cursor, ..Table::default() };
        let picture = shown(18, 3, |area, buf| {
            table.render(area, buf, &Theme::default(), &mut 0, |_, _| {
                Row::plain(vec!["└ smss.exe".into(), "536".into()])
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
        let mut asked = Vec::new();
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 11));
        let mut top = 0;
        let visible =
            table(1_000_000, 500_000).render(buf.area, &mut buf, &Theme::default(), &mut top, |index, widths| {
                assert_eq!(widths.len(), COLUMNS.len());
                asked.push(index);
                process(index)
            });
        assert_eq!(visible, 499_993..500_003);
        assert_eq!(asked, visible.collect::<Vec<_>>());
        assert_eq!(top, 499_993);
    }

    #[test]
    fn the_cursor_row_keeps_the_colors_of_its_cells() {
        let theme = Theme::default();
        let columns = [Column::left("", 4, 4, 0)];
        let table = Table { columns: &columns, total: 1, is_focused: true, gutter: Gutter::None, ..Table::default() };
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        table.render(buf.area, &mut buf, &theme, &mut 0, |_, _| Row::plain(vec![Line::styled("bad", theme.bad)]));
        assert_eq!(buf[(0, 0)].style().fg, theme.bad.fg);
        assert_eq!(buf[(0, 0)].style().bg, theme.selection.bg);
        assert_eq!(buf[(5, 0)].style().bg, theme.selection.bg);
    }

    proptest! {
        #[test]
        fn a_table_stays_in_its_area(
            (area, screen) in any_place(), texts in prop::collection::vec(any_text(), 5),
            total in prop_oneof![0_usize..20, Just(usize::MAX)], cursor in any::<prop::sample::Index>(), mut top in any::<usize>(),
        ) {
            let cursor = if total == 0 { 0 } else { cursor.index(total) };
            check_contained(area, screen, |area, buf| {
                let visible = table(total, cursor).render(area, buf, &Theme::default(), &mut top, |index, _| match index % 3 {
                    0 => Row::Awaited,
                    _ => Row::plain(texts.iter().map(|text| Line::from(text.as_str())).collect()),
                });
                assert!(visible.is_empty() || visible.contains(&cursor));
            });
        }
    }
}
