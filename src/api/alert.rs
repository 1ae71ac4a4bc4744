//! Alerts: searching them, and one by its id (reference 2.13).

use super::{Client, Error, ask::Ask, send::Answer};
use crate::model::{Alert, AlertId, Page, Search, Span};
use crate::text;
use crate::wire;

impl Client {
    /// Searches alerts. Of a search its query and its order count; the rest is about processes.
    pub async fn alerts(&self, search: &Search, span: Span) -> Result<Page<Alert>, Error> {
        self.searched("alerts", |ask| {
            ask.with("q", &search.query)
                .with_some("sort", search.sort.as_deref())
                .rows(span)
        })
        .await?
        .read(|json| wire::page(json, span))
    }

    /// Fetches one alert. No server gives one by its id alone: it is searched for, as the official client does.
    pub async fn alert(&self, id: &AlertId) -> Result<Alert, Error> {
        /// A UUID has 36 characters; what is longer is none, and fills no message.
        const NAME: usize = 48;
        let about = format!("alert {}", text::fit(&id.0, NAME));
        // A server that does not know the filter sends more than one, and the right one may be among them.
        let span = Span { start: 0, rows: 10 };
        let answer = self
            .searched(&about, |ask| {
                ask.with("q", "")
                    .with("cb.fq.unique_id", id.0.raw())
                    .rows(span)
            })
            .await?;
        let page: Page<Alert> = answer.read(|json| wire::page(json, span))?;
        let found = page.rows.into_iter().find(|alert| alert.id == *id);
        match found {
            Some(alert) => Ok(alert),
            None if page.broken > 0 => Err(answer.malformed("an alert that cannot be read")),
            None => Err(Error::NotFound { what: about }),
        }
    }

    /// The answer of the newer of both ways to ask; old servers know the older alone.
    async fn searched(&self, about: &str, asked: impl Fn(Ask) -> Ask) -> Result<Answer, Error> {
        let ask = |path| {
            let ask = Ask::get(path, about).with("cb.urlver", 1);
            self.unfaceted(asked(ask)).fitted()
        };
        match self.send(&ask("/api/v2/alert")).await {
            Err(Error::NotFound { .. }) => self.send(&ask("/api/v1/alert")).await,
            answer => answer,
        }
    }
}
