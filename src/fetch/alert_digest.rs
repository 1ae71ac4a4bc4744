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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::fetch::tests::answered;
    use crate::fetch::{Answer, Fetch};

    #[tokio::test]
    async fn what_comes_twice_is_one_and_what_never_comes_is_missed() {
        // Every page is the same, whatever was asked for: others have come before it since.
        let body = r#"{"results": [{"unique_id": "a"}, {"unique_id": "b"}, {"id": 7}], "total_results": 7}"#;
        let fetch = Fetch::Queue { search: Arc::default() };
        let Answer::Queue(known) = answered(&fetch, body).await else {
            panic!("it is no queue");
        };
        let queue = &known.value;
        assert_eq!(queue.rows.len(), 2);
        assert!(queue.broken > 0 && queue.n_missed() > 0 && !queue.is_cut());
    }
}
