//! Rows of a list to be exported to a file.

use super::Document;
use crate::text::Untrusted;

/// Rows as their columns show them, with their records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportData {
    /// Name of the list, usable in a file name.
    pub name: String,
    /// Names of the columns.
    pub columns: Vec<Untrusted>,
    /// Cells of each row; times are RFC 3339 in UTC.
    pub rows: Vec<Vec<Untrusted>>,
    /// The record of each row, as the server sent it.
    pub documents: Vec<Document>,
    /// Number of leading columns that a JSON record is given in addition, because it lacks their values.
    pub n_prefix_columns: usize,
}
