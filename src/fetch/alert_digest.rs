//! The whole queue of a search for alerts: every page is reduced as it comes, and let go.

use futures::TryStreamExt;

use super::pages::pages;
use crate::api::{Client, Error};
use crate::model::{Alert, AlertDigest, DigestBuilder, Search};

/// Reads all alerts that a search finds, up to [`AlertDigest::MAX_ALERTS`].
pub(super) async fn fetch_alert_digest(client: &Client, search: &Search) -> Result<AlertDigest, Error> {
    let mut gatherer = DigestBuilder::default();
    let mut pages = std::pin::pin!(pages::<Alert>(client, search.clone(), Some(AlertDigest::MAX_ALERTS)));
    while let Some(page) = pages.try_next().await? {
        gatherer.set_totals(page.total, page.n_unreadable, page.is_incomplete);
        gatherer.add_page(page.rows);
    }
    Ok(gatherer.finish())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::fetch::tests::answer_from;
    use crate::fetch::{Answer, Fetch};

    #[tokio::test]
    async fn what_comes_twice_is_one_and_what_never_comes_is_missed() {
        // Every page is the same, whatever was asked for: others have come before it since.
        let body = r#"{"results": [{"unique_id": "a"}, {"unique_id": "b"}, {"id": 7}], "total_results": 7}"#;
        let fetch = Fetch::AlertDigest { search: Arc::default() };
        let Answer::AlertDigest(known) = answer_from(&fetch, body).await else {
            panic!("it is no queue");
        };
        let queue = &known.value;
        assert_eq!(queue.rows.len(), 2);
        assert!(queue.n_unreadable > 0 && queue.n_missed() > 0 && !queue.is_truncated());
    }
}
