//! Columns chosen by the user.

/// A column chosen by the user for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnChoice {
    /// Name of a field, or path of a member of the record.
    pub name: String,
    /// Width in cells; `None` for the default.
    pub width: Option<u16>,
}

impl ColumnChoice {
    /// Returns a column with its default width.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), width: None }
    }
}
