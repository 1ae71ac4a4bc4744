//! Table rows, and the signs before them.

use ratatui::{style::Style, text::Line};

/// What is drawn before the first column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gutter {
    None,
    #[default]
    Cursor,
    Marks,
}

/// A visible row.
#[derive(Clone, Debug)]
pub enum TableRow<'a> {
    /// A row that is loaded.
    Loaded {
        /// One line for each column; those of dropped columns are ignored.
        cells: Vec<Line<'a>>,
        is_marked: bool,
        style: Style,
    },
    /// A row that is loading.
    Pending,
}

impl<'a> TableRow<'a> {
    /// Creates a row that is not marked and has no style.
    pub fn with_cells(cells: Vec<Line<'a>>) -> Self {
        Self::Loaded { cells, is_marked: false, style: Style::new() }
    }
}
