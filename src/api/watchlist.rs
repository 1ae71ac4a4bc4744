//! Watchlists and what they set off (reference 2.10).

use super::{Client, Error};
use crate::model::{Page, WatchAction, Watchlist, WatchlistId};

impl Client {
    /// Lists all watchlists.
    pub async fn watchlists(&self) -> Result<Page<Watchlist>, Error> {
        self.listed("/api/v1/watchlist", "watchlists").await
    }

    /// Fetches one watchlist.
    pub async fn watchlist(&self, id: WatchlistId) -> Result<Watchlist, Error> {
        let path = format!("/api/v1/watchlist/{id}");
        let is_it = |found: &Watchlist| found.id == id;
        self.single(path, format!("watchlist {id}"), is_it).await
    }

    /// Lists what a watchlist sets off.
    pub async fn watch_actions(&self, id: WatchlistId) -> Result<Page<WatchAction>, Error> {
        let path = format!("/api/v1/watchlist/{id}/action");
        self.listed(path, format!("actions of watchlist {id}"))
            .await
    }
}
