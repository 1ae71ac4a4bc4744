//! The rows of a list that is loaded page by page.

use std::{fmt::Debug, sync::Arc};

use super::SortOrder;
use crate::fetch::Fetch;
use crate::model::{Document, Md5, Search, SensorId, Span};
use crate::worker::List;

/// A row of a list that is loaded page by page.
pub trait ListRow: Debug + Send + Sized + Sync + 'static {
    /// Identifies a row, independent of its position in the list.
    type Id: Clone + Debug + Ord + Send + Sync + 'static;

    /// The list of these rows.
    const LIST: List;

    /// Where the rows come from.
    const SOURCE: RowSource;

    /// The orders in which the list can be sorted, the default first; empty if there is only one.
    const SORT_ORDERS: &'static [SortOrder] = &[];

    /// Returns the rows per request, where that depends on the search.
    fn page_rows(_: &Search) -> u64 {
        Self::SOURCE.page_rows()
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

    /// Returns whether two searches find an identical set of rows, in any order.
    fn is_same_search(one: &Search, other: &Search) -> bool {
        one.query == other.query
    }
}

/// Where the rows of a list come from.
#[derive(Debug)]
pub enum RowSource {
    /// They need no request.
    Local,
    /// The server sends all of them in one answer.
    Whole(Fetch),
    /// The server searches them, and sends them page by page.
    Paged(fn(Arc<Search>, Span) -> Fetch),
}

impl RowSource {
    /// More rows than a list has.
    pub(super) const ALL_ROWS: u64 = 1 << 32;

    /// Returns the rows per request. Of pages it is the official client's page size, so every server can handle it.
    pub(super) const fn page_rows(&self) -> u64 {
        match self {
            Self::Local | Self::Whole(_) => Self::ALL_ROWS,
            Self::Paged(_) => 100,
        }
    }

    /// Returns the request for a page of rows; `None` for rows that need no request.
    pub(super) fn fetch(&self, search: Arc<Search>, span: Span) -> Option<Fetch> {
        match self {
            Self::Local => None,
            Self::Whole(fetch) => Some(fetch.clone()),
            Self::Paged(fetch) => Some(fetch(search, span)),
        }
    }
}
