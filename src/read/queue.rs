//! The whole queue of a search for alerts: every page is reduced as it comes, and let go.

use futures::TryStreamExt;

use super::pages::pages;
use crate::api::{Client, Error};
use crate::model::{Alert, Gatherer, Queue, Search};

/// Reads all alerts that a search finds, up to [`Queue::MOST`].
pub(super) async fn whole(client: &Client, search: &Search) -> Result<Queue, Error> {
    let mut gatherer = Gatherer::default();
    let mut pages = std::pin::pin!(pages::<Alert>(client, search.clone(), Some(Queue::MOST)));
    while let Some(page) = pages.try_next().await? {
        gatherer.note(page.total, page.broken, page.is_incomplete);
        gatherer.take(page.rows);
    }
    Ok(gatherer.done())
}
