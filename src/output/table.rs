//! Tables of text, fitted to the terminal.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::{OutputCell, OutputRow, TableStyle};
use crate::text::{self, Charset};

/// The space between two columns.
const GAP: &str = "  ";
/// The widest cell that a column is widened for where nothing is shortened; otherwise one command line of a megabyte
/// would pad each row with a megabyte of spaces.
const MAX_CELL_WIDTH: usize = 200;

/// A column: its name, and how it gives way where space is short.
#[derive(Clone, Debug)]
pub struct OutputColumn {
    /// The name in the header of a CSV file; a table shows it in capitals.
    pub name: Cow<'static, str>,
    align: Align,
    /// The least width it is shortened to; `None` for a column that is never shortened.
    min_width: Option<usize>,
    /// Whether shortening removes the beginning of the text and not its end.
    keeps_end: bool,
    /// Columns with the highest rank are left out first if the minimum widths do not fit. 0 is never left out.
    rank: u8,
    is_in_table: bool,
}

/// The alignment of text in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

impl OutputColumn {
    /// Creates a column that is never shortened or left out.
    pub const fn new(name: &'static str, align: Align) -> Self {
        Self { name: Cow::Borrowed(name), align, min_width: None, keeps_end: false, rank: 0, is_in_table: true }
    }

    /// Allows shortening to `least` cells where space is short.
    #[must_use]
    pub const fn min_width(mut self, least: usize) -> Self {
        self.min_width = Some(least);
        self
    }

    /// Shortens at the beginning of the text, so that the file name at the end of a path stays.
    #[must_use]
    pub const fn keep_end(mut self) -> Self {
        self.keeps_end = true;
        self
    }

    /// Allows leaving the column out where space is short; the highest rank is left out first.
    #[must_use]
    pub const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }

    /// Writes the column only in CSV, because a table shows it in another way.
    #[must_use]
    pub const fn csv_only(mut self) -> Self {
        self.is_in_table = false;
        self
    }

    /// Returns the column as the user has chosen it: under a name, and in every format.
    #[must_use]
    pub(super) fn chosen_as(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), is_in_table: true, ..self }
    }

    /// Returns the width of the widest cell of this column, not counting cells wider than `max_width`.
    fn preferred_width(&self, rows: &[OutputRow], index: usize, max_width: usize) -> usize {
        rows.iter()
            .filter_map(|row| row.cells.get(index))
            .map(cell_width)
            .filter(|&width| width <= max_width)
            .max()
            .unwrap_or(0)
            .max(text::width(&*self.name))
    }
}

/// A table that keeps the widths of its columns from page to page.
pub(super) struct TextTable {
    columns: Cow<'static, [OutputColumn]>,
    style: TableStyle,
    /// Width of each column; 0 for one that is left out. Empty until the first rows.
    widths: Vec<usize>,
}

impl TextTable {
    pub(super) fn new(columns: Cow<'static, [OutputColumn]>, style: TableStyle) -> Self {
        Self { columns, style, widths: Vec::new() }
    }

    pub(super) fn write(&mut self, rows: &[OutputRow], out: &mut dyn Write) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ascii_rows: Vec<OutputRow>;
        let rows = match self.style.charset {
            Charset::Unicode => rows,
            Charset::Ascii => {
                ascii_rows = rows.iter().map(row_to_ascii).collect();
                &ascii_rows
            }
        };
        let is_first = self.widths.is_empty();
        self.set_widths(rows);
        if is_first {
            let names: Vec<OutputCell> = self
                .columns
                .iter()
                .map(|column| OutputCell {
                    text: column.name.to_uppercase().into(),
                    is_strong: true,
                    ..OutputCell::default()
                })
                .collect();
            self.write_line(&names, out)?;
        }
        rows.iter().try_for_each(|row| self.write_line(&row.cells, out))
    }

    fn set_widths(&mut self, rows: &[OutputRow]) {
        let is_first = self.widths.is_empty();
        let max_width = self.style.width.map_or(MAX_CELL_WIDTH, |_| usize::MAX);
        let preferred =
            self.columns.iter().enumerate().map(|(index, column)| {
                if column.is_in_table { column.preferred_width(rows, index, max_width) } else { 0 }
            });
        match self.style.width {
            // Nothing is shortened, and a later page may need wider columns than the first.
            None => {
                self.widths.resize(self.columns.len(), 0);
                for (width, preferred) in self.widths.iter_mut().zip(preferred) {
                    *width = preferred.max(*width);
                }
            }
            // The first page decides, so that the columns stay in place.
            Some(room) if is_first => self.widths = fit_widths(&self.columns, preferred.collect(), room),
            Some(_) => {}
        }
    }

    fn write_line(&self, cells: &[OutputCell], out: &mut dyn Write) -> io::Result<()> {
        let columns = self.columns.iter().zip(&self.widths).zip(cells).filter(|((_, width), _)| **width > 0);
        let mut line = String::new();
        // Padding is written only before more text, so that no line ends in spaces.
        let mut padding = 0;
        for (index, ((column, &width), cell)) in columns.enumerate() {
            if index > 0 {
                padding += GAP.len();
            }
            let (text, used) = self.cell(column, width, cell);
            let unused = width.saturating_sub(used);
            if column.align == Align::Right {
                padding += unused;
            }
            if used > 0 {
                line.extend(std::iter::repeat_n(' ', padding));
                line.push_str(&text);
                padding = 0;
            }
            if column.align == Align::Left {
                padding += unused;
            }
        }
        writeln!(out, "{line}")
    }

    /// Returns the text of a cell, fitted to `width`, and its width.
    fn cell(&self, column: &OutputColumn, width: usize, cell: &OutputCell) -> (String, usize) {
        let (prefix, text) = if self.style.width.is_none() {
            (cell.prefix.clone(), text::make_visible(&cell.text))
        } else {
            let prefix = text::fit(&cell.prefix.as_str().into(), width);
            let room = width - text::width(&prefix);
            let fit = if column.keeps_end { text::fit_end } else { text::fit };
            (prefix, fit(&cell.text, room))
        };
        let used = text::width(&prefix) + text::width(&text);
        if cell.is_strong && self.style.is_styled {
            (format!("{prefix}\x1b[1m{text}\x1b[0m"), used)
        } else {
            (prefix + &text, used)
        }
    }
}

/// Converts a row to ASCII. This comes before measuring, because the replacement of a character may be wider.
fn row_to_ascii(row: &OutputRow) -> OutputRow {
    let cell = |cell: &OutputCell| OutputCell {
        prefix: text::to_ascii_cells(&cell.prefix).into_owned(),
        text: text::to_ascii(&text::make_visible(&cell.text)).as_ref().into(),
        is_strong: cell.is_strong,
    };
    OutputRow { cells: row.cells.iter().map(cell).collect(), json: String::new() }
}

fn cell_width(cell: &OutputCell) -> usize {
    text::width(&cell.prefix) + text::width(&text::make_visible(&cell.text))
}

/// Returns the widths of the columns, fitted to `room`. Columns are included in order of their rank while their minimum
/// widths fit; then the widest are shortened until the line fits.
fn fit_widths(columns: &[OutputColumn], mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    let minimum = |index: usize, width: usize| columns[index].min_width.unwrap_or(width).min(width);
    let mut indexes: Vec<usize> = (0..columns.len()).filter(|&index| widths[index] > 0).collect();
    indexes.sort_by_key(|&index| columns[index].rank);
    let mut needed = 0;
    for index in indexes {
        let added = minimum(index, widths[index]) + GAP.len();
        if columns[index].rank > 0 && needed + added > room + GAP.len() {
            widths[index] = 0;
        } else {
            needed += added;
        }
    }
    loop {
        let shown = widths.iter().filter(|&&width| width > 0).count();
        let total = widths.iter().sum::<usize>() + shown.saturating_sub(1) * GAP.len();
        if total <= room {
            return widths;
        }
        let widest = (0..widths.len())
            .filter(|&index| widths[index] > minimum(index, widths[index]))
            .max_by_key(|&index| widths[index]);
        match widest {
            // One cell at a time, so that two long columns share the loss.
            Some(index) => widths[index] -= 1,
            // Columns of rank 0 stay, even if the terminal breaks the line.
            None => return widths,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[OutputColumn] = &[
        OutputColumn::new("pid", Align::Right),
        OutputColumn::new("path", Align::Left).min_width(6).keep_end(),
        OutputColumn::new("command", Align::Left).min_width(7),
        OutputColumn::new("id", Align::Left).rank(1),
    ];

    fn row(cells: [&str; 4]) -> OutputRow {
        OutputRow { cells: cells.map(|text| OutputCell::from_untrusted(&text.into())).to_vec(), json: String::new() }
    }

    #[track_caller]
    fn check(width: Option<usize>, rows: &[[&str; 4]], expected: &str) {
        let style = TableStyle { width, ..TableStyle::default() };
        let mut table = TextTable::new(COLUMNS.into(), style);
        let mut out = Vec::new();
        for cells in rows {
            table.write(&[row(*cells)], &mut out).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    const LONG: [&str; 4] = ["4", r"c:\windows\net.exe", r"net use z: \\test\blah", "00000003-0"];

    #[test]
    fn nothing_is_shortened_without_a_terminal() {
        check(
            None,
            &[LONG],
            "PID  PATH                COMMAND                 ID\n  \
               4  c:\\windows\\net.exe  net use z: \\\\test\\blah  00000003-0\n",
        );
    }

    #[test]
    fn the_widest_are_shortened_and_then_a_column_is_left_out() {
        check(Some(40), &[LONG], "PID  PATH         COMMAND     ID\n  4  …ws\\net.exe  net use z…  00000003-0\n");
        check(Some(24), &[LONG], "PID  PATH       COMMAND\n  4  …\\net.exe  net use…\n");
    }

    #[test]
    fn columns_are_aligned_in_ascii_too() {
        let style = TableStyle { charset: Charset::Ascii, ..TableStyle::default() };
        let mut table = TextTable::new(COLUMNS.into(), style);
        let mut out = Vec::new();
        let rows = [row(["1", "Grüße", "a", "b"]), row(["2", "x", "a", "b"])];
        table.write(&rows, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_ascii());
        let at: Vec<_> = text.lines().skip(1).map(|line| line.rfind(" b")).collect();
        assert_eq!(at[0], at[1], "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 24..120 {
            let mut table = TextTable::new(COLUMNS.into(), TableStyle { width: Some(width), ..TableStyle::default() });
            let mut out = Vec::new();
            table.write(&[row(LONG), row(["1", "", "世界", ""])], &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            for line in text.lines() {
                assert!(crate::text::width(line) <= width, "{width}: {line:?}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }

    #[test]
    fn a_later_page_may_be_wider() {
        check(
            None,
            &[["1", "a", "b", "c"], ["2", "longer", "b", "c"]],
            "PID  PATH  COMMAND  ID\n  1  a     b        c\n  2  longer  b        c\n",
        );
    }

    #[test]
    fn a_very_long_cell_is_complete_and_widens_no_other_line() {
        let long = "x".repeat(MAX_CELL_WIDTH + 1);
        check(
            None,
            &[["1", "a", "b", "c"], ["2", &long, "b", "c"], ["3", "a", "b", "c"]],
            &format!("PID  PATH  COMMAND  ID\n  1  a     b        c\n  2  {long}  b        c\n  3  a     b        c\n"),
        );
    }

    #[test]
    fn an_empty_cell_keeps_its_place() {
        check(None, &[["", "", "b", ""]], "PID  PATH  COMMAND  ID\n           b\n");
    }
}
