//! Searching alerts and fetching them by ID (reference 2.13).

use std::collections::HashSet;

use futures_util::future;

use super::super::{Client, Error, request::RequestSpec, send::Accepted};
use crate::model::{Alert, AlertId, Facets, Page, Search, Span};
use crate::text;
use crate::wire;

/// The number of IDs in one request; with more the URL would be too long for some servers.
const BATCH_SIZE: usize = 60;

impl Client {
    /// Searches alerts by the query and the sort order of `search`; its other parts apply to processes only.
    pub async fn alerts(&self, search: &Search, span: Span) -> Result<Page<Alert>, Error> {
        self.search_alerts("alerts", |spec| {
            spec.with_query(&search.query).with_optional_param("sort", search.sort.as_deref()).rows(span)
        })
        .await?
        .parse_body(|json| wire::parse_page(json, span))
    }

    /// Fetches one alert. There is no endpoint for a single alert, so it is searched for, as the official client does.
    pub async fn alert(&self, id: &AlertId) -> Result<Alert, Error> {
        /// The width of an ID in messages, which is more than the 36 characters of a UUID.
        const ID_CELLS: usize = 48;
        let about = format!("alert {}", text::fit(&id.0, ID_CELLS));
        // A server that does not know the filter sends several alerts, perhaps with the right one.
        let span = Span { start: 0, rows: 10 };
        let answer = self
            .search_alerts(&about, |spec| spec.with_param("q", "").with_param("cb.fq.unique_id", id.0.raw()).rows(span))
            .await?;
        let page: Page<Alert> = answer.parse_body(|json| wire::parse_page(json, span))?;
        let n_rows = page.rows.len();
        match page.rows.into_iter().find(|alert| alert.id == *id) {
            Some(alert) => Ok(alert),
            None if page.n_unreadable > 0 => Err(answer.malformed_error("an unreadable alert")),
            // The requested alert may be on a later page, so it must not be reported as not found.
            None if n_rows > 0 => Err(answer.mismatch_error(&about)),
            None => Err(Error::NotFound { what: about }),
        }
    }

    /// Fetches alerts by their IDs. Alerts that do not exist are left out.
    pub async fn alerts_by_id(&self, ids: &[AlertId]) -> Result<Vec<Alert>, Error> {
        let batches = future::try_join_all(ids.chunks(BATCH_SIZE).map(|ids| self.alert_batch(ids))).await?;
        Ok(batches.into_iter().flatten().collect())
    }

    /// Fetches the alerts of one batch of IDs.
    async fn alert_batch(&self, ids: &[AlertId]) -> Result<Vec<Alert>, Error> {
        let span = Span { start: 0, rows: u64::try_from(ids.len()).unwrap_or(u64::MAX) };
        let answer = self
            .search_alerts("alerts", |spec| {
                let spec = spec.with_param("q", "").rows(span);
                ids.iter().fold(spec, |spec, id| spec.with_param("cb.fq.unique_id", id.0.raw()))
            })
            .await?;
        let page: Page<Alert> = answer.parse_body(|json| wire::parse_page(json, span))?;
        // The permit of a large answer would block those of the requests below.
        drop(answer);
        let requested: HashSet<_> = ids.iter().collect();
        let mut alerts = page.rows;
        alerts.retain(|alert| requested.contains(&alert.id));
        // It is not documented that several values of a filter are alternatives (reference 1.7), so missing alerts are
        // requested one by one before they count as not found.
        let fetched: HashSet<_> = alerts.iter().map(|alert| alert.id.clone()).collect();
        let missing = ids.iter().filter(|id| !fetched.contains(*id)).map(|id| async move {
            match self.alert(id).await {
                Ok(alert) => Ok(Some(alert)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        alerts.extend(future::try_join_all(missing).await?.into_iter().flatten());
        Ok(alerts)
    }

    /// Counts the values of fields in an alert search.
    pub async fn alert_facets(&self, query: &str, fields: &[String]) -> Result<Facets, Error> {
        const NO_ROWS: Span = Span { start: 0, rows: 0 };
        let spec = |path| {
            let spec = RequestSpec::get(path, "alerts")
                .with_param("cb.urlver", 1)
                .with_query(query)
                .rows(NO_ROWS)
                .with_param("facet", true);
            fields.iter().fold(spec, |spec, field| spec.with_param("facet.field", field)).with_form_body()
        };
        let answer = match self.send(&spec("/api/v2/alert")).await {
            Err(Error::NotFound { .. }) => self.send(&spec("/api/v1/alert")).await,
            answer => answer,
        };
        answer?.parse_body(|json| wire::facets(json, fields))
    }

    /// Searches alerts with v2 of the API, and with v1 on old servers that do not know v2.
    async fn search_alerts(
        &self,
        about: &str,
        add_params: impl Fn(RequestSpec) -> RequestSpec,
    ) -> Result<Accepted, Error> {
        let spec = |path| {
            let spec = RequestSpec::get(path, about).with_param("cb.urlver", 1);
            self.without_facets(add_params(spec)).with_form_body()
        };
        match self.send(&spec("/api/v2/alert")).await {
            Err(Error::NotFound { .. }) => self.send(&spec("/api/v1/alert")).await,
            answer => answer,
        }
    }
}
