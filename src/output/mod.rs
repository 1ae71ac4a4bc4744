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
pub use json::{escaped, extended, headed, quoted};
pub use table::{Align, Column};

use crate::text::{self, Charset, Untrusted};
use table::Table;

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
pub struct Row {
    /// What stands in each column.
    pub cells: Vec<Cell>,
    /// The record as one JSON object.
    pub json: String,
}

/// What stands in one column of one row.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// What is drawn before the text in a table alone: the lines of a tree.
    pub lead: String,
    /// The text itself, whoever wrote it.
    pub text: Untrusted,
    /// Whether it is set off from the other rows.
    pub is_strong: bool,
}

impl Cell {
    /// A text that may be anyone's.
    pub fn of(text: &Untrusted) -> Self {
        Self { text: text.clone(), ..Self::default() }
    }

    /// A value of ours, or nothing.
    pub fn from<T: ToString>(value: Option<T>) -> Self {
        Self { text: value.map(|value| value.to_string()).unwrap_or_default().into(), ..Self::default() }
    }
}

/// How the answer is shown where it is shown to the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The terminal's width in cells; `None` when there is none and nothing is shortened.
    pub width: Option<usize>,
    /// Whether headings and what is strong are set in bold.
    pub is_styled: bool,
    /// Which characters may be written.
    pub charset: Charset,
}

/// Writes rows in a format, page by page; holds no more than it is given at a time.
pub struct Sheet<'a> {
    out: &'a mut dyn Write,
    form: Form,
}

/// A format with what it must remember between pages.
enum Form {
    Table(Table),
    Jsonl,
    Json { is_empty: bool },
    Csv { columns: Cow<'static, [Column]>, has_header: bool },
}

impl<'a> Sheet<'a> {
    /// Begins an answer with these columns.
    pub fn new(out: &'a mut dyn Write, format: Format, columns: impl Into<Cow<'static, [Column]>>, look: Look) -> Self {
        let columns = columns.into();
        let form = match format {
            Format::Table => Form::Table(Table::new(columns, look)),
            Format::Jsonl => Form::Jsonl,
            Format::Json => Form::Json { is_empty: true },
            Format::Csv => Form::Csv { columns, has_header: false },
        };
        Self { out, form }
    }

    /// Writes the next rows, and flushes: whoever reads them may be waiting.
    pub fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        match &mut self.form {
            Form::Table(table) => table.write(rows, self.out)?,
            Form::Jsonl => {
                for row in rows {
                    writeln!(self.out, "{}", escaped(&row.json))?;
                }
            }
            Form::Json { is_empty } => {
                for row in rows {
                    let before = if *is_empty { "[\n" } else { ",\n" };
                    *is_empty = false;
                    write!(self.out, "{before}{}", escaped(&row.json))?;
                }
            }
            Form::Csv { columns, has_header } => write_csv(columns, has_header, rows, self.out)?,
        }
        self.out.flush()
    }

    /// Sets off what follows in a table.
    pub fn gap(&mut self) -> io::Result<()> {
        match self.form {
            Form::Table(_) => writeln!(self.out),
            Form::Jsonl | Form::Json { .. } | Form::Csv { .. } => Ok(()),
        }
    }

    /// Ends the answer: what a format needs even without a row.
    pub fn finish(mut self) -> io::Result<()> {
        match &mut self.form {
            Form::Json { is_empty: true } => writeln!(self.out, "[]")?,
            Form::Json { is_empty: false } => writeln!(self.out, "\n]")?,
            Form::Csv { columns, has_header } => write_csv(columns, has_header, &[], self.out)?,
            Form::Table(_) | Form::Jsonl => {}
        }
        self.out.flush()
    }
}

fn write_csv(columns: &[Column], has_header: &mut bool, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if !*has_header {
        let names = columns.iter().map(|column| column.name);
        writer.write_record(names).map_err(unwrapped)?;
        *has_header = true;
    }
    for row in rows {
        let cells = row.cells.iter().map(|cell| text::csv(&cell.text));
        writer.write_record(cells).map_err(unwrapped)?;
    }
    writer.flush()
}

/// What went wrong when a record was written. Converted as it is, it would no longer say that a pipe was closed.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::new("id", Align::Right), Column::new("name", Align::Left)];

    fn row(id: u64, name: &str) -> Row {
        Row {
            cells: vec![Cell::from(Some(id)), Cell::of(&name.into())],
            json: format!(r#"{{"id":{id},"name":"{name}"}}"#),
        }
    }

    #[track_caller]
    fn check(format: Format, pages: &[&[Row]], expected: &str) {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(&mut out, format, COLUMNS, Look::default());
        for page in pages {
            sheet.rows(page).unwrap();
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
        let pages: &[&[Row]] = &[&[row(1, "=1+1")], &[row(2, "a,\"b\"")]];
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
            let mut sheet = Sheet::new(&mut out, format, COLUMNS, Look::default());
            sheet.rows(&[row(1, hostile)]).unwrap();
            sheet.finish().unwrap();
            let shown = String::from_utf8(out).unwrap();
            assert!(!shown.contains(['\u{9b}', '\u{202e}', '\x1b']), "{format:?}: {shown:?}");
        }
    }
}
