//! The role of each part of a query text.

use std::ops::Range;

/// The role of a part of a query, which decides its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenRole {
    /// The name of a field, with its colon.
    Field,
    /// A name before a colon that is no field, with its colon.
    UnknownField,
    /// `and`, `or`, `not`, `-` and the `TO` of a range.
    Operator,
    Value,
    /// A value in quotes.
    Quoted,
    /// `*` or `?` in a value.
    Wildcard,
    /// Parentheses, and the brackets of a range.
    Group,
    /// Text that makes the query invalid.
    Error,
}

/// A byte range of the text and its role.
pub(in crate::query) type Mark = (Range<usize>, TokenRole);
