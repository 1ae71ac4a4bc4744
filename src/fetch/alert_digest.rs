//! Fetches all alerts of a search; every page is reduced on arrival and then dropped.

use futures_util::TryStreamExt;

use super::pages::pages;
use crate::api::{Client, Error};
use crate::model::{Alert, AlertDigest, DigestBuilder, Search};

/// Fetches all alerts that match `search`, up to [`AlertDigest::MAX_ALERTS`].
pub(super) async fn fetch_alert_digest(client: &Client, search: &Search) -> Result<AlertDigest, Error> {
    let mut builder = DigestBuilder::default();
    let mut pages = std::pin::pin!(pages::<Alert>(client, search.clone(), Some(AlertDigest::MAX_ALERTS)));
    while let Some(page) = pages.try_next().await? {
        builder.set_totals(page.total, page.n_unreadable, page.is_incomplete);
        builder.add_page(page.rows);
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::fetch::tests::answer_from;
    use crate::fetch::{Answer, Fetch};

    #[tokio::test]
    async fn duplicates_are_merged_and_missing_alerts_are_counted() {
        // Every page has identical rows, as if new alerts had pushed the earlier ones down.
        let body = r#"{"results": [{"unique_id": "a"}, {"unique_id": "b"}, {"id": 7}], "total_results": 7}"#;
        let fetch = Fetch::AlertDigest { search: Arc::default() };
        let Answer::AlertDigest(fetched) = answer_from(&fetch, body).await else {
            panic!("it is no queue");
        };
        let queue = &fetched.value;
        assert_eq!(queue.rows.len(), 2);
        assert!(queue.n_unreadable > 0 && queue.n_missed() > 0 && !queue.is_truncated());
    }
}
