//! The rows of a list that is loaded page by page.

use std::{fmt::Debug, sync::Arc};

use crate::fetch::Fetch;
use crate::model::{Document, Md5, Search, SensorId, Span};
use crate::worker::List;

/// A row of a list that is loaded page by page.
pub trait ListRow: Debug + Sized + 'static {
    /// Identifies a row, independent of its position in the list.
    type Id: Clone + Debug + Ord;

    /// The list of these rows.
    const LIST: List;

    /// Rows per request. The official client's page size, so every server can handle it.
    const PAGE_ROWS: u64 = 100;

    /// Returns the rows per request, where that depends on the search.
    fn page_rows(_: &Search) -> u64 {
        Self::PAGE_ROWS
    }

    /// Returns the row's identity.
    fn id(&self) -> Self::Id;

    /// Returns the record as the server sent it.
    fn document(&self) -> &Document;

    /// Returns the sensor that reported the row, if it names one.
    fn sensor(&self) -> Option<SensorId> {
        None
    }

    /// Returns the hash of the file that the row is about, if it names one.
    fn md5(&self) -> Option<Md5> {
        None
    }

    /// Returns the request for a page of rows; `None` for rows that need no request.
    fn page_fetch(search: Arc<Search>, span: Span) -> Option<Fetch>;

    /// Returns whether two searches find an identical set of rows, in any order.
    fn is_same_search(one: &Search, other: &Search) -> bool {
        one.query == other.query
    }
}
