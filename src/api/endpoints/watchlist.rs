//! Watchlists and their actions (reference 2.10).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{Page, WatchAction, Watchlist, WatchlistId};
use crate::wire;

impl Client {
    /// Lists all watchlists.
    pub async fn watchlists(&self) -> Result<Page<Watchlist>, Error> {
        self.fetch_list("/api/v1/watchlist", "watchlists").await
    }

    /// Fetches one watchlist.
    pub async fn watchlist(&self, id: WatchlistId) -> Result<Watchlist, Error> {
        let path = format!("/api/v1/watchlist/{id}");
        let is_requested = |watchlist: &Watchlist| watchlist.id == id;
        self.fetch_one(path, format!("watchlist {id}"), is_requested).await
    }

    /// Lists the actions of a watchlist.
    pub async fn watch_actions(&self, id: WatchlistId) -> Result<Page<WatchAction>, Error> {
        let path = format!("/api/v1/watchlist/{id}/action");
        let about = format!("the actions of watchlist {id}");
        let answer = self.send(&RequestSpec::get(path, &about)).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        let page: Page<WatchAction> = answer.parse_body(wire::parse_list)?;
        let mut owners = page.rows.iter().filter_map(|action| action.watchlist);
        if owners.any(|owner| owner != id) {
            return Err(answer.mismatch_error(&about));
        }
        Ok(page)
    }
}
