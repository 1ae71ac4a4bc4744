//! Export of list rows to a file: CSV, JSON lines or Markdown, by the ending of the file name.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{escape_json, quote_json, with_leading_members};
use crate::model::ExportData;
use crate::text::{self, Untrusted};

/// The format of an export file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// The columns, safe to open in a spreadsheet.
    Csv,
    /// The records as the server sent them, one per line.
    Jsonl,
    /// The columns as a Markdown table.
    Markdown,
}

impl FileForm {
    /// Returns the format for the ending of a file name; `None` for an unknown ending.
    pub fn from_path(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match &*ending {
            "csv" => Self::Csv,
            "jsonl" => Self::Jsonl,
            "md" => Self::Markdown,
            _ => return None,
        })
    }

    /// Writes the rows in this format.
    pub fn write(self, data: &ExportData, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Csv => write_csv(data, out),
            Self::Jsonl => write_jsonl(data, out),
            Self::Markdown => write_markdown(data, out),
        }
    }
}

fn write_jsonl(data: &ExportData, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<_> = data.columns.iter().take(data.n_prefix_columns).collect();
    for (row, document) in data.rows.iter().zip(&data.documents) {
        let leading = names.iter().zip(row);
        let leading: Vec<_> = leading.map(|(name, value)| (name.raw(), quote_json(value.raw()))).collect();
        if leading.is_empty() {
            writeln!(out, "{}", escape_json(document.json()))?;
        } else {
            writeln!(out, "{}", escape_json(&with_leading_members(document, &leading)))?;
        }
    }
    Ok(())
}

fn write_csv(data: &ExportData, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let names = data.columns.iter().map(text::csv_cell);
    writer.write_record(names).map_err(super::into_io_error)?;
    for row in &data.rows {
        let cells = row.iter().map(text::csv_cell);
        writer.write_record(cells).map_err(super::into_io_error)?;
    }
    writer.flush()
}

fn write_markdown(data: &ExportData, out: &mut dyn Write) -> io::Result<()> {
    let line = |cells: &[Untrusted]| {
        let cells: Vec<_> = cells.iter().map(cell).collect();
        format!("| {} |", cells.join(" | "))
    };
    writeln!(out, "{}", line(&data.columns))?;
    writeln!(out, "|{}", " --- |".repeat(data.columns.len()))?;
    for row in &data.rows {
        writeln!(out, "{}", line(row))?;
    }
    Ok(())
}

/// Escapes a cell of a Markdown table: addresses in it are defanged, and no character in it is markup.
fn cell(text: &Untrusted) -> String {
    let mut cell = String::new();
    for char in text::defang_cell(text).chars() {
        if matches!(char, '\\' | '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '&' | '~' | '#') {
            cell.push('\\');
        }
        cell.push(char);
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    fn extract() -> ExportData {
        ExportData {
            name: "processes".into(),
            columns: vec!["hostname".into(), "cmdline".into()],
            rows: vec![
                vec!["win-1".into(), "=cmd|' /c calc'!A0".into()],
                vec!["win-2".into(), "curl http://10.0.0.1/<b>\u{1b}[2J".into()],
            ],
            documents: vec![Document::new(r#"{"hostname":"win-1","x":"\u202e"}"#)],
            n_prefix_columns: 0,
        }
    }

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let mut out = Vec::new();
        let form = FileForm::from_path(Path::new(name)).unwrap();
        form.write(&extract(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn prefix_columns_are_added_to_the_json_record() {
        let extract = ExportData { n_prefix_columns: 1, ..extract() };
        let mut out = Vec::new();
        FileForm::Jsonl.write(&extract, &mut out).unwrap();
        let expected = "{\"hostname\":\"win-1\",\"x\":\"\\u202e\"}\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn the_ending_selects_the_format_and_the_content_is_inert() {
        check("a.CSV", "hostname,cmdline\nwin-1,'=cmd|' /c calc'!A0\nwin-2,curl http://10.0.0.1/<b>␛[2J\n");
        check("a.jsonl", "{\"hostname\":\"win-1\",\"x\":\"\\u202e\"}\n");
        check(
            "a.md",
            "| hostname | cmdline |\n| --- | --- |\n| win-1 | =cmd\\|' /c calc'!A0 |\n\
             | win-2 | curl hxxp://10\\[.\\]0\\[.\\]0\\[.\\]1/\\<b\\>␛\\[2J |\n",
        );
        assert_eq!(FileForm::from_path(Path::new("a.txt")), None);
        assert_eq!(FileForm::from_path(Path::new("csv")), None);
    }
}
