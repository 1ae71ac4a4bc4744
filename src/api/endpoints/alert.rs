//! Alerts: searching them, and one by its id (reference 2.13).

use std::collections::HashSet;

use futures::future;

use super::super::{Client, Error, request::RequestSpec, send::Accepted};
use crate::model::{Alert, AlertId, Facets, Page, Search, Span};
use crate::text;
use crate::wire;

/// Ids that are asked for at once: an address with more of them would be too long for some servers.
const BLOCK: usize = 60;

impl Client {
    /// Searches alerts. Of a search its query and its order count; the rest is about processes.
    pub async fn alerts(&self, search: &Search, span: Span) -> Result<Page<Alert>, Error> {
        self.search_alerts("alerts", |ask| {
            ask.with_query(&search.query).with_optional_param("sort", search.sort.as_deref()).rows(span)
        })
        .await?
        .parse_body(|json| wire::parse_page(json, span))
    }

    /// Fetches one alert. No server gives one by its id alone: it is searched for, as the official client does.
    pub async fn alert(&self, id: &AlertId) -> Result<Alert, Error> {
        /// A UUID has 36 characters; what is longer is none, and fills no message.
        const NAME: usize = 48;
        let about = format!("alert {}", text::fit(&id.0, NAME));
        // A server that does not know the filter sends more than one, and the right one may be among them.
        let span = Span { start: 0, rows: 10 };
        let answer = self
            .search_alerts(&about, |ask| ask.with_param("q", "").with_param("cb.fq.unique_id", id.0.raw()).rows(span))
            .await?;
        let page: Page<Alert> = answer.parse_body(|json| wire::parse_page(json, span))?;
        let n_others = page.rows.len();
        let found = page.rows.into_iter().find(|alert| alert.id == *id);
        match found {
            Some(alert) => Ok(alert),
            None if page.n_unreadable > 0 => Err(answer.malformed_error("an alert that cannot be read")),
            // The right one may be behind them: that it is gone would be said too soon.
            None if n_others > 0 => Err(answer.of_another(&about)),
            None => Err(Error::NotFound { what: about }),
        }
    }

    /// Fetches alerts by their ids, as many as are there; those that are not are left out.
    pub async fn alerts_by_id(&self, ids: &[AlertId]) -> Result<Vec<Alert>, Error> {
        let blocks = ids.chunks(BLOCK).map(|block| self.alert_batch(block));
        let found = future::try_join_all(blocks).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// So many alerts as one address can name.
    async fn alert_batch(&self, ids: &[AlertId]) -> Result<Vec<Alert>, Error> {
        let span = Span { start: 0, rows: u64::try_from(ids.len()).unwrap_or(u64::MAX) };
        let answer = self
            .search_alerts("alerts", |ask| {
                let each = ids.iter();
                let ask = ask.with_param("q", "").rows(span);
                each.fold(ask, |ask, id| ask.with_param("cb.fq.unique_id", id.0.raw()))
            })
            .await?;
        let page: Page<Alert> = answer.parse_body(|json| wire::parse_page(json, span))?;
        // A large answer that is held would keep out those of the requests below.
        drop(answer);
        let wanted: HashSet<_> = ids.iter().collect();
        let mut found = page.rows;
        found.retain(|alert| wanted.contains(&alert.id));
        // That a filter which comes several times means any of them is not written anywhere (reference 1.7): what is
        // missing is asked for alone before it is called gone.
        let here: HashSet<_> = found.iter().map(|alert| alert.id.clone()).collect();
        let missing = ids.iter().filter(|id| !here.contains(*id));
        let alone = missing.map(|id| async move {
            match self.alert(id).await {
                Ok(alert) => Ok(Some(alert)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let alone = future::try_join_all(alone).await?;
        found.extend(alone.into_iter().flatten());
        Ok(found)
    }

    /// Counts the values of fields in an alert search.
    pub async fn alert_facets(&self, query: &str, fields: &[String]) -> Result<Facets, Error> {
        const NONE: Span = Span { start: 0, rows: 0 };
        let ask = |path| {
            let ask = RequestSpec::get(path, "alerts")
                .with_param("cb.urlver", 1)
                .with_query(query)
                .rows(NONE)
                .with_param("facet", true);
            let fields = fields.iter();
            fields.fold(ask, |ask, field| ask.with_param("facet.field", field)).with_form_body()
        };
        let answer = match self.send(&ask("/api/v2/alert")).await {
            Err(Error::NotFound { .. }) => self.send(&ask("/api/v1/alert")).await,
            answer => answer,
        };
        answer?.parse_body(|json| wire::facets(json, fields))
    }

    /// The answer of the newer of both ways to ask; old servers know the older alone.
    async fn search_alerts(&self, about: &str, asked: impl Fn(RequestSpec) -> RequestSpec) -> Result<Accepted, Error> {
        let ask = |path| {
            let ask = RequestSpec::get(path, about).with_param("cb.urlver", 1);
            self.without_facets(asked(ask)).with_form_body()
        };
        match self.send(&ask("/api/v2/alert")).await {
            Err(Error::NotFound { .. }) => self.send(&ask("/api/v1/alert")).await,
            answer => answer,
        }
    }
}
