//! The columns of a command's rows: fields of their kind, each with a heading and a layout.

use super::{OutputCell, OutputColumn, OutputRow};
use crate::columns::{CellValue, Field};
use crate::model::Document;

/// A column: the field that it shows, and its layout.
#[derive(Debug)]
pub struct Column<R: 'static> {
    pub field: &'static Field<R>,
    pub layout: OutputColumn,
    value: fn(&R) -> CellValue,
}

/// How rows of one kind are written.
#[derive(Debug)]
pub struct RowFormat<R: 'static> {
    pub columns: &'static [Column<R>],
    /// Returns the record of a row.
    pub document: fn(&R) -> &Document,
}

impl OutputColumn {
    /// Shows a field in this column.
    pub const fn of<R>(self, field: &'static Field<R>) -> Column<R> {
        Column { field, layout: self, value: field.value }
    }
}

impl<R> Column<R> {
    /// Shows the value in another form than the console does.
    #[must_use]
    pub const fn with_value(mut self, value: fn(&R) -> CellValue) -> Self {
        self.value = value;
        self
    }
}

impl<R> RowFormat<R> {
    /// Returns the layout of each column.
    pub fn layout(&self) -> Vec<OutputColumn> {
        self.columns.iter().map(|column| column.layout).collect()
    }

    /// Returns what each format needs of `row`.
    pub fn row(&self, row: &R) -> OutputRow {
        OutputRow { cells: self.cells(row), json: (self.document)(row).json().to_owned() }
    }

    /// Returns the text of each column of `row`.
    pub fn cells(&self, row: &R) -> Vec<OutputCell> {
        self.columns.iter().map(|column| (column.value)(row).into()).collect()
    }
}

impl From<CellValue> for OutputCell {
    fn from(value: CellValue) -> Self {
        match value {
            CellValue::Time(at) => Self::from_value(Some(super::format_time(at))),
            CellValue::Pending | CellValue::Unavailable => Self::default(),
            known => Self { text: known.text(), ..Self::default() },
        }
    }
}
