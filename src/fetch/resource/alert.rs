//! Alerts: rows of a search, all of them reduced for grouping, and counts of their field values.

use std::sync::Arc;

use futures_util::TryStreamExt;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::fetch::pages;
use crate::model::{Alert, AlertDigest, DigestBuilder, Facets, Page, Search, Span};

/// A page of alerts; cache and screen share the rows.
pub type AlertRows = Page<Arc<Alert>>;

/// Rows of an alert search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlertsFetch {
    /// Only query and order are used.
    pub search: Arc<Search>,
    pub span: Span,
}

impl Resource for AlertsFetch {
    type Value = AlertRows;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<AlertRows, Error> {
        Ok(client.alerts(&self.search, self.span).await?.map(Arc::new))
    }
}

/// All alerts of a search, reduced for grouping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlertDigestFetch {
    pub search: Arc<Search>,
}

impl Resource for AlertDigestFetch {
    type Value = AlertDigest;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    /// Fetches up to [`AlertDigest::MAX_ALERTS`]; every page is reduced on arrival and then dropped.
    async fn request(&self, client: &Client) -> Result<AlertDigest, Error> {
        let mut builder = DigestBuilder::default();
        let search = Search::clone(&self.search);
        let mut pages = std::pin::pin!(pages::<Alert>(client, search, Some(AlertDigest::MAX_ALERTS)));
        while let Some(page) = pages.try_next().await? {
            builder.add_page(page);
        }
        Ok(builder.finish())
    }
}

/// How often each value of some fields occurs in an alert search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AlertFacetsFetch {
    pub query: Arc<str>,
    pub fields: Arc<[String]>,
}

impl Resource for AlertFacetsFetch {
    type Value = Facets;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Facets, Error> {
        client.alert_facets(&self.query, &self.fields).await
    }
}

impl HeapSize for Alert {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for AlertDigest {
    fn heap_size(&self) -> usize {
        Self::heap_size(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::tests::fetched_from;

    #[tokio::test]
    async fn duplicates_are_merged_and_missing_alerts_are_counted() {
        // Every page has identical rows, as if new alerts had pushed the earlier ones down.
        let body = r#"{"results": [{"unique_id": "a"}, {"unique_id": "b"}, {"id": 7}], "total_results": 7}"#;
        let fetched = fetched_from(AlertDigestFetch { search: Arc::default() }, body).await;
        let queue = &fetched.value;
        assert_eq!(queue.rows.len(), 2);
        assert!(queue.n_unreadable > 0 && queue.n_missed() > 0 && !queue.is_truncated());
    }
}
