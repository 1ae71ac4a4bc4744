//! Lists of which the server gives all at once.

use std::sync::Arc;

use super::ListRow;
use crate::fetch::Fetch;
use crate::model::{Document, Feed, FeedId, Group, GroupId, Search, Site, Span, Team, User, Watchlist, WatchlistId};
use crate::session::{Pages, Session};
use crate::text::Untrusted;
use crate::worker::List;

/// All of a list: what tells its rows apart, its name, and where its rows are kept.
macro_rules! whole {
    ($row:ty, $id:ty, |$one:ident| $get:expr, $list:ident, $pages:ident) => {
        impl ListRow for $row {
            type Id = $id;

            const LIST: List = List::$list;

            const PAGE_ROWS: u64 = 1 << 32;

            fn id(&self) -> $id {
                let $one = self;
                $get
            }

            fn document(&self) -> &Document {
                &self.document
            }

            fn page_fetch(_: Arc<Search>, _: Span) -> Option<Fetch> {
                Some(Fetch::$list)
            }

            fn pages(session: &Session) -> &Pages<Self> {
                &session.lists.$pages
            }

            fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
                &mut session.lists.$pages
            }
        }
    };
}

whole!(Watchlist, WatchlistId, |one| one.id, Watchlists, watchlists);
whole!(Feed, FeedId, |one| one.id, Feeds, feeds);
whole!(Group, GroupId, |one| one.id, SensorGroups, sensor_groups);
whole!(User, Untrusted, |one| one.username.clone(), Users, users);
whole!(Team, u64, |one| one.id, Teams, teams);
whole!(Site, u64, |one| one.id, Sites, sites);
