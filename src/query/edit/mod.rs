//! Building, completing, highlighting and explaining a query.

pub(super) mod build;
pub(super) mod complete;
pub(super) mod explain;
pub(super) mod highlight;
pub(super) mod summary;
pub(super) mod value_completion;
