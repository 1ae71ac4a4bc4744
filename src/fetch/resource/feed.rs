//! Threat feeds and their reports.

use std::sync::Arc;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::model::{Feed, Page, Report, ReportId, Search, Span};

/// All threat feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeedsFetch;

impl Resource for FeedsFetch {
    type Value = Page<Arc<Feed>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.feeds().await?.map(Arc::new))
    }
}

/// Rows of a threat report search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportsFetch {
    /// Only query and order are used.
    pub search: Arc<Search>,
    pub span: Span,
}

impl Resource for ReportsFetch {
    type Value = Page<Arc<Report>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.reports(&self.search, self.span).await?.map(Arc::new))
    }
}

/// A threat report with its indicators.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportFetch(pub ReportId);

impl Resource for ReportFetch {
    type Value = Report;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Report, Error> {
        client.report(&self.0).await
    }
}

impl HeapSize for Feed {
    /// A feed also has images.
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document) + self.full_record.reveal().len()
    }
}

impl HeapSize for Report {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}
