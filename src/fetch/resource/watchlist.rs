//! Watchlists and their actions.

use std::sync::Arc;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::model::{Page, WatchAction, Watchlist, WatchlistId};

/// All watchlists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WatchlistsFetch;

impl Resource for WatchlistsFetch {
    type Value = Page<Arc<Watchlist>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.watchlists().await?.map(Arc::new))
    }
}

/// The actions of a watchlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WatchActionsFetch(pub WatchlistId);

impl Resource for WatchActionsFetch {
    type Value = Page<WatchAction>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        client.watch_actions(self.0).await
    }
}

impl HeapSize for Watchlist {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for WatchAction {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}
