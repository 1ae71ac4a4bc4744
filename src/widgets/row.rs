//! A row of a table, and what stands before it.

use ratatui::{style::Style, text::Line};

/// What stands before the first column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gutter {
    /// Nothing.
    None,
    /// The cursor.
    #[default]
    Cursor,
    /// The cursor and the marks.
    Marks,
}

/// A row that is in sight.
#[derive(Clone, Debug)]
pub enum TableRow<'a> {
    /// A row that is here.
    Loaded {
        /// One line for each column; those of columns that gave way are not looked at.
        cells: Vec<Line<'a>>,
        /// Whether it is marked.
        is_marked: bool,
        /// The look of the whole row.
        style: Style,
    },
    /// A row that is on its way.
    Pending,
}

impl<'a> TableRow<'a> {
    /// A row that is not marked and looks like any other.
    pub fn with_cells(cells: Vec<Line<'a>>) -> Self {
        Self::Loaded { cells, is_marked: false, style: Style::new() }
    }
}
