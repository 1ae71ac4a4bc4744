//! Columns that the user chose.

/// A column that the user chose for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChoice {
    /// A field, by its name, or a member of the record, by its path.
    pub name: String,
    /// Its width in cells, if it was set.
    pub width: Option<u16>,
}

impl ColumnChoice {
    /// A column of its own width.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), width: None }
    }
}
