//! Rows taken out of a list, to be kept in a file.

use super::Document;
use crate::text::Untrusted;

/// Rows as they stood in their columns, with the records they were made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportData {
    /// What the rows are, in a word that can be part of a file's name.
    pub name: String,
    /// The names of the columns.
    pub columns: Vec<Untrusted>,
    /// What stands in the columns of each row; times are RFC 3339 in UTC.
    pub rows: Vec<Vec<Untrusted>>,
    /// The record of each row, as the server sent it.
    pub documents: Vec<Document>,
    /// How many columns, from the first, records are told with: what is known of them and does not stand in them.
    pub n_prefix_columns: usize,
}
