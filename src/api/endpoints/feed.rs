//! Feeds and their threat reports (reference 2.11, 2.12).

use super::super::{
    Client, Error,
    request::{RequestSpec, segment},
};
use crate::model::{Feed, FeedId, Page, Report, ReportId, Search, Span};
use crate::text;
use crate::wire;

impl Client {
    /// Lists all feeds.
    pub async fn feeds(&self) -> Result<Page<Feed>, Error> {
        self.fetch_list("/api/v1/feed", "feeds").await
    }

    /// Fetches one feed. Servers before 5.1 have no endpoint for a single feed, so it is taken from the list.
    pub async fn feed(&self, id: FeedId) -> Result<Feed, Error> {
        let about = format!("feed {id}");
        let is_requested = |feed: &Feed| feed.id == id;
        let path = format!("/api/v1/feed/{id}");
        let is_old = self.release().is_some_and(|release| release < (5, 1));
        if !is_old {
            match self.fetch_one(path, &about, is_requested).await {
                // An old server whose release is not known yet.
                Err(Error::Refused { status: 405, .. }) => {}
                result => return result,
            }
        }
        let feeds = self.feeds().await?;
        let n_unreadable = feeds.n_unreadable;
        feeds.rows.into_iter().find(is_requested).ok_or_else(|| match n_unreadable {
            0 => Error::NotFound { what: about },
            _ => Error::Malformed {
                endpoint: "GET /api/v1/feed".into(),
                reason: format!("unreadable feeds ({about} may be one of them)"),
            },
        })
    }

    /// Searches threat reports by the query and the sort order of `search`.
    pub async fn reports(&self, search: &Search, span: Span) -> Result<Page<Report>, Error> {
        let spec = RequestSpec::search("/api/v1/threat_report", "threat reports", search, span)
            .with_optional_param("sort", search.sort.as_deref());
        let answer = self.send(&self.without_facets(spec)).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(|json| wire::parse_page(json, span))
    }

    /// Fetches one report with its indicators.
    pub async fn report(&self, id: &ReportId) -> Result<Report, Error> {
        /// The maximum width of an ID in messages.
        const ID_CELLS: usize = 60;
        let about = format!("report {}:{}", id.feed, text::fit(&id.id, ID_CELLS));
        // A URL with such a segment would be normalized to another path.
        if matches!(id.id.raw(), "" | "." | "..") {
            return Err(Error::NotFound { what: about });
        }
        let path = format!("/api/v1/feed/{}/report/{}", id.feed, segment(id.id.raw()));
        let is_requested = |report: &Report| report.id == *id;
        self.fetch_one(path, about, is_requested).await
    }
}
