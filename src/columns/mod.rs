//! The fields of each kind of row, with the names they have everywhere: in the lists of the console, filters, exports,
//! the tables of the commands, and `--fields`. A kind that only one list shows has its fields there.

pub mod admin;
pub mod alert;
pub mod ban;
pub mod binary;
pub mod event;
pub mod feed;
pub mod live_session;
pub mod members;
pub mod process;
pub mod report;
pub mod sensor;
mod value;
pub mod watchlist;

use crate::text::Untrusted;

pub use value::CellValue;

/// A field of the rows of one kind.
#[derive(Debug)]
pub struct Field<R> {
    /// The server's own name, where it has one.
    pub name: &'static str,
    pub value: fn(&R) -> CellValue,
}

impl<R> Field<R> {
    /// Creates a field.
    pub const fn new(name: &'static str, value: fn(&R) -> CellValue) -> Self {
        Self { name, value }
    }

    /// Returns the value of the field of `row` as text.
    pub fn text(&self, row: &R) -> Untrusted {
        (self.value)(row).text()
    }
}

/// Returns the field with this name. It is called when constants are computed, so that a wrong name does not compile.
pub const fn find<R>(fields: &'static [Field<R>], name: &str) -> &'static Field<R> {
    let mut at = 0;
    while !is_equal(fields[at].name, name) {
        at += 1;
    }
    &fields[at]
}

/// Whether two names are equal, in a constant.
const fn is_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
