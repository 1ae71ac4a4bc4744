//! The formats of the headless commands: rows in, bytes out, as they come.

mod extract;
mod json;
mod table;

use std::{
    borrow::Cow,
    io::{self, Write},
};

use clap::ValueEnum;

pub use extract::FileForm;
pub use json::{escape_json, quote_json, with_leading_members, with_members};
pub use table::{Align, OutputColumn};

use crate::text::{self, Charset, Untrusted};
use table::TextTable;

/// How an answer is written.
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

/// One row in every format.
#[derive(Clone, Debug)]
pub struct OutputRow {
    /// What stands in each column.
    pub cells: Vec<OutputCell>,
    /// The record as one JSON object.
    pub json: String,
}

/// What stands in one column of one row.
#[derive(Clone, Debug, Default)]
pub struct OutputCell {
    /// What is drawn before the text in a table alone: the lines of a tree.
    pub prefix: String,
    /// The text itself, whoever wrote it.
    pub text: Untrusted,
    /// Whether it is set off from the other rows.
    pub is_strong: bool,
}

impl OutputCell {
    /// A text that may be anyone's.
    pub fn from_untrusted(text: &Untrusted) -> Self {
        Self { text: text.clone(), ..Self::default() }
    }

    /// A value of ours, or nothing.
    pub fn from_value<T: ToString>(value: Option<T>) -> Self {
        Self { text: value.map(|value| value.to_string()).unwrap_or_default().into(), ..Self::default() }
    }
}

/// How the answer is shown where it is shown to the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableStyle {
    /// The terminal's width in cells; `None` when there is none and nothing is shortened.
    pub width: Option<usize>,
    /// Whether headings and what is strong are set in bold.
    pub is_styled: bool,
    /// Which characters may be written.
    pub charset: Charset,
}

/// Writes rows in a format, page by page; holds no more than it is given at a time.
pub struct TableWriter<'a> {
    out: &'a mut dyn Write,
    form: FormatState,
}

/// A format with what it must remember between pages.
enum FormatState {
    Table(TextTable),
    Jsonl,
    Json { is_empty: bool },
    Csv { columns: Cow<'static, [OutputColumn]>, has_header: bool },
}

impl<'a> TableWriter<'a> {
    /// Begins an answer with these columns.
    pub fn new(
        out: &'a mut dyn Write,
        format: Format,
        columns: impl Into<Cow<'static, [OutputColumn]>>,
        look: TableStyle,
    ) -> Self {
        let columns = columns.into();
        let form = match format {
            Format::Table => FormatState::Table(TextTable::new(columns, look)),
            Format::Jsonl => FormatState::Jsonl,
            Format::Json => FormatState::Json { is_empty: true },
            Format::Csv => FormatState::Csv { columns, has_header: false },
        };
        Self { out, form }
    }

    /// Writes the next rows, and flushes: whoever reads them may be waiting.
    pub fn write_rows(&mut self, rows: &[OutputRow]) -> io::Result<()> {
        match &mut self.form {
            FormatState::Table(table) => table.write(rows, self.out)?,
            FormatState::Jsonl => {
                for row in rows {
                    writeln!(self.out, "{}", escape_json(&row.json))?;
                }
            }
            FormatState::Json { is_empty } => {
                for row in rows {
                    let before = if *is_empty { "[\n" } else { ",\n" };
                    *is_empty = false;
                    write!(self.out, "{before}{}", escape_json(&row.json))?;
                }
            }
            FormatState::Csv { columns, has_header } => write_csv(columns, has_header, rows, self.out)?,
        }
        self.out.flush()
    }

    /// Sets off what follows in a table.
    pub fn write_gap(&mut self) -> io::Result<()> {
        match self.form {
            FormatState::Table(_) => writeln!(self.out),
            FormatState::Jsonl | FormatState::Json { .. } | FormatState::Csv { .. } => Ok(()),
        }
    }

    /// Ends the answer: what a format needs even without a row.
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
        let names = columns.iter().map(|column| column.name);
        writer.write_record(names).map_err(into_io_error)?;
        *has_header = true;
    }
    for row in rows {
        let cells = row.cells.iter().map(|cell| text::csv_cell(&cell.text));
        writer.write_record(cells).map_err(into_io_error)?;
    }
    writer.flush()
}

/// What went wrong when a record was written. Converted as it is, it would no longer say that a pipe was closed.
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
        let mut sheet = TableWriter::new(&mut out, format, COLUMNS, TableStyle::default());
        for page in pages {
            sheet.write_rows(page).unwrap();
        }
        sheet.finish().unwrap();
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
    fn nothing_is_no_line_at_all() {
        check(Format::Table, &[], "");
        check(Format::Jsonl, &[], "");
    }

    #[test]
    fn hostile_text_is_inert_in_every_format() {
        let hostile = "\u{9b}2J\u{202e}gpj.exe";
        for format in [Format::Table, Format::Jsonl, Format::Json, Format::Csv] {
            let mut out = Vec::new();
            let mut sheet = TableWriter::new(&mut out, format, COLUMNS, TableStyle::default());
            sheet.write_rows(&[row(1, hostile)]).unwrap();
            sheet.finish().unwrap();
            let shown = String::from_utf8(out).unwrap();
            assert!(!shown.contains(['\u{9b}', '\u{202e}', '\x1b']), "{format:?}: {shown:?}");
        }
    }
}
