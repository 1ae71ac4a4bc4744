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

    /// Fetches one feed. Servers before 5.1 give none alone: theirs is found in the list.
    pub async fn feed(&self, id: FeedId) -> Result<Feed, Error> {
        let about = format!("feed {id}");
        let is_it = |found: &Feed| found.id == id;
        let path = format!("/api/v1/feed/{id}");
        let is_old = self.release().is_some_and(|release| release < (5, 1));
        if !is_old {
            match self.fetch_one(path, &about, is_it).await {
                // One whose release is not known yet.
                Err(Error::Refused { status: 405, .. }) => {}
                found => return found,
            }
        }
        let all = self.feeds().await?;
        let n_broken = all.n_unreadable;
        let found = all.rows.into_iter().find(is_it);
        found.ok_or_else(|| match n_broken {
            0 => Error::NotFound { what: about },
            _ => Error::Malformed {
                endpoint: "GET /api/v1/feed".into(),
                reason: format!("feeds that cannot be read, and {about} may be one of them"),
            },
        })
    }

    /// Searches threat reports. Of a search its query and its order count.
    pub async fn reports(&self, search: &Search, span: Span) -> Result<Page<Report>, Error> {
        let ask = RequestSpec::search("/api/v1/threat_report", "threat reports", search, span)
            .with_optional_param("sort", search.sort.as_deref());
        let answer = self.send(&self.without_facets(ask)).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(|json| wire::parse_page(json, span))
    }

    /// Fetches one report, with all that it looks for.
    pub async fn report(&self, id: &ReportId) -> Result<Report, Error> {
        /// What is longer is no name, and fills no message.
        const NAME: usize = 60;
        let about = format!("report {}:{}", id.feed, text::fit(&id.id, NAME));
        // An address cannot hold such a part: it would be another one.
        if matches!(id.id.raw(), "" | "." | "..") {
            return Err(Error::NotFound { what: about });
        }
        let path = format!("/api/v1/feed/{}/report/{}", id.feed, segment(id.id.raw()));
        let is_it = |found: &Report| found.id == *id;
        self.fetch_one(path, about, is_it).await
    }
}
