//! Lists that the server sends in one answer.

use std::sync::Arc;

use super::{ListRow, SessionRow};
use crate::fetch::Fetch;
use crate::model::{Document, Feed, FeedId, Group, GroupId, Search, Site, Span, Team, User, Watchlist, WatchlistId};
use crate::session::{Pages, Session};
use crate::text::Untrusted;
use crate::worker::List;

/// Implements [`ListRow`] for a list without pages: row type, type and expression of the id, request, and field of
/// `Lists`.
macro_rules! impl_unpaged_list {
    ($row:ty, $id:ty, |$this:ident| $id_expr:expr, $list:ident, $pages:ident) => {
        impl ListRow for $row {
            type Id = $id;

            const LIST: List = List::$list;

            const PAGE_ROWS: u64 = 1 << 32;

            fn id(&self) -> $id {
                let $this = self;
                $id_expr
            }

            fn document(&self) -> &Document {
                &self.document
            }

            fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
                Some(Fetch::$list)
            }
        }

        impl SessionRow for $row {
            fn pages(session: &Session) -> &Pages<Self> {
                &session.lists.$pages
            }

            fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
                &mut session.lists.$pages
            }
        }
    };
}

impl_unpaged_list!(Watchlist, WatchlistId, |row| row.id, Watchlists, watchlists);
impl_unpaged_list!(Feed, FeedId, |row| row.id, Feeds, feeds);
impl_unpaged_list!(Group, GroupId, |row| row.id, SensorGroups, sensor_groups);
impl_unpaged_list!(User, Untrusted, |row| row.username.clone(), Users, users);
impl_unpaged_list!(Team, u64, |row| row.id, Teams, teams);
impl_unpaged_list!(Site, u64, |row| row.id, Sites, sites);
