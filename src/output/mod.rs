//! Output formats of the headless commands. Rows are written as they arrive.

mod column;
mod extract;
mod json;
mod table;

use std::{
    borrow::Cow,
    io::{self, Write},
};

use clap::ValueEnum;
use jiff::Timestamp;

pub use column::{AddedColumn, Column, ColumnError, ExtendedRow, RowColumns, RowFormat};
pub use extract::FileForm;
pub use json::{escape_json, quote_json, with_leading_members, with_members};
pub use table::{Align, OutputColumn};

use crate::model::Document;
use crate::text::{self, Charset, Untrusted};
use table::TextTable;

/// The output format of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for the eye, shortened to the terminal
    #[default]
    Table,
    /// One JSON object a line, with the server's own field names
    Jsonl,
    /// One JSON array
    Json,
    /// The table's columns, safe to open in a spreadsheet
    Csv,
}

/// One row, with what each format needs of it.
#[derive(Clone, Debug)]
pub struct OutputRow {
    /// The text of each column.
    pub cells: Vec<OutputCell>,
    /// The record as one JSON object.
    pub json: String,
}

/// The content of one column of one row.
#[derive(Clone, Debug, Default)]
pub struct OutputCell {
    /// Written before the text, only in a table: the lines of a tree.
    pub prefix: String,
    /// The text, possibly written by an attacker.
    pub text: Untrusted,
    /// Whether it is printed in bold in a table.
    pub is_strong: bool,
}

impl Format {
    /// Returns whether it has the records and no columns.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

impl OutputCell {
    /// Creates a cell with text from the wire.
    pub fn from_untrusted(text: &Untrusted) -> Self {
        Self { text: text.clone(), ..Self::default() }
    }

    /// Creates a cell with a value of ours; empty if `value` is `None`.
    pub fn from_value<T: ToString>(value: Option<T>) -> Self {
        Self { text: value.map(|value| value.to_string()).unwrap_or_default().into(), ..Self::default() }
    }
}

/// Formats a time for tables: UTC, to the second.
pub fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The style of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableStyle {
    /// The terminal's width in cells; `None` without a terminal, where nothing is shortened.
    pub width: Option<usize>,
    /// Whether headings and strong cells are printed in bold.
    pub is_styled: bool,
    /// Which characters may be written.
    pub charset: Charset,
}

/// Writes rows in a format, page by page, without collecting them.
pub struct TableWriter<'a> {
    out: &'a mut dyn Write,
    form: FormatState,
}

/// A format with its state between pages.
enum FormatState {
    Table(TextTable),
    Jsonl,
    Json { is_empty: bool },
    Csv { columns: Cow<'static, [OutputColumn]>, has_header: bool },
}

impl<'a> TableWriter<'a> {
    /// Starts the output of rows with these columns.
    pub fn new(
        out: &'a mut dyn Write,
        format: Format,
        columns: impl Into<Cow<'static, [OutputColumn]>>,
        style: TableStyle,
    ) -> Self {
        let columns = columns.into();
        let form = match format {
            Format::Table => FormatState::Table(TextTable::new(columns, style)),
            Format::Jsonl => FormatState::Jsonl,
            Format::Json => FormatState::Json { is_empty: true },
            Format::Csv => FormatState::Csv { columns, has_header: false },
        };
        Self { out, form }
    }

    /// Writes the next rows and flushes, so that a reader of a pipe gets them at once.
    pub fn write_rows(&mut self, rows: &[OutputRow]) -> io::Result<()> {
        match &mut self.form {
            FormatState::Table(table) => table.write(rows, self.out)?,
            FormatState::Jsonl | FormatState::Json { .. } => {
                rows.iter().try_for_each(|row| self.write_json(&row.json))?;
            }
            FormatState::Csv { columns, has_header } => write_csv(columns, has_header, rows, self.out)?,
        }
        self.out.flush()
    }

    /// Writes the next records of which only the JSON is needed, and flushes.
    pub fn write_documents<'d>(&mut self, documents: impl Iterator<Item = &'d Document>) -> io::Result<()> {
        for document in documents {
            self.write_json(document.json())?;
        }
        self.out.flush()
    }

    /// Writes a record in a format of JSON.
    fn write_json(&mut self, json: &str) -> io::Result<()> {
        match &mut self.form {
            FormatState::Json { is_empty } => {
                let before = if *is_empty { "[\n" } else { ",\n" };
                *is_empty = false;
                write!(self.out, "{before}{}", escape_json(json))
            }
            FormatState::Jsonl => writeln!(self.out, "{}", escape_json(json)),
            FormatState::Table(_) | FormatState::Csv { .. } => Ok(()),
        }
    }

    /// Writes an empty line between the parts of a table; nothing in other formats.
    pub fn write_gap(&mut self) -> io::Result<()> {
        match self.form {
            FormatState::Table(_) => writeln!(self.out),
            FormatState::Jsonl | FormatState::Json { .. } | FormatState::Csv { .. } => Ok(()),
        }
    }

    /// Completes the output, even if there were no rows.
    pub fn finish(mut self) -> io::Result<()> {
        match &mut self.form {
            FormatState::Json { is_empty: true } => writeln!(self.out, "[]")?,
            FormatState::Json { is_empty: false } => writeln!(self.out, "\n]")?,
            FormatState::Csv { columns, has_header } => write_csv(columns, has_header, &[], self.out)?,
            FormatState::Table(_) | FormatState::Jsonl => {}
        }
        self.out.flush()
    }
}

fn write_csv(
    columns: &[OutputColumn],
    has_header: &mut bool,
    rows: &[OutputRow],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if !*has_header {
        let names = columns.iter().map(|column| &*column.name);
        writer.write_record(names).map_err(into_io_error)?;
        *has_header = true;
    }
    for row in rows {
        let cells = row.cells.iter().map(|cell| text::csv_cell(&cell.text));
        writer.write_record(cells).map_err(into_io_error)?;
    }
    writer.flush()
}

/// Converts an error of the CSV writer. `io::Error::from` would lose its kind, by which a closed pipe is recognized.
fn into_io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[OutputColumn] = &[OutputColumn::new("id", Align::Right), OutputColumn::new("name", Align::Left)];

    fn row(id: u64, name: &str) -> OutputRow {
        OutputRow {
            cells: vec![OutputCell::from_value(Some(id)), OutputCell::from_untrusted(&name.into())],
            json: format!(r#"{{"id":{id},"name":"{name}"}}"#),
        }
    }

    #[track_caller]
    fn check(format: Format, pages: &[&[OutputRow]], expected: &str) {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&mut out, format, COLUMNS, TableStyle::default());
        for page in pages {
            writer.write_rows(page).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn json_is_an_array_across_pages() {
        let (one, two) = (row(1, "a"), row(2, "b"));
        check(Format::Json, &[&[one], &[two]], "[\n{\"id\":1,\"name\":\"a\"},\n{\"id\":2,\"name\":\"b\"}\n]\n");
        check(Format::Json, &[], "[]\n");
    }

    #[test]
    fn csv_has_one_header_and_no_formula() {
        let pages: &[&[OutputRow]] = &[&[row(1, "=1+1")], &[row(2, "a,\"b\"")]];
        check(Format::Csv, pages, "id,name\n1,'=1+1\n2,\"a,\"\"b\"\"\"\n");
        check(Format::Csv, &[], "id,name\n");
    }

    #[test]
    fn without_rows_nothing_is_printed() {
        check(Format::Table, &[], "");
        check(Format::Jsonl, &[], "");
    }

    #[test]
    fn hostile_text_is_inert_in_every_format() {
        let hostile = "\u{9b}2J\u{202e}gpj.exe";
        for format in [Format::Table, Format::Jsonl, Format::Json, Format::Csv] {
            let mut out = Vec::new();
            let mut writer = TableWriter::new(&mut out, format, COLUMNS, TableStyle::default());
            writer.write_rows(&[row(1, hostile)]).unwrap();
            writer.finish().unwrap();
            let shown = String::from_utf8(out).unwrap();
            assert!(!shown.contains(['\u{9b}', '\u{202e}', '\x1b']), "{format:?}: {shown:?}");
        }
    }
}
