//! The blast radius of ignoring a threat report: the alerts that it would suppress.

use jiff::ToSpan;

use super::{ImpactLine, Probe};
use crate::api::{Client, Error};
use crate::fetch::pages;
use crate::model::{Alert, AlertId, OPEN_ALERTS, ReportId, Search, Span};
use crate::query;
use crate::text;

/// The names of the lines, in their order.
pub(super) const NAMES: [&str; 2] = ["last 90 days", "open alerts"];

/// The maximum number of open alerts that are listed by ID; more are handled in the alert list.
const MAX_OPEN_ALERTS: u64 = 5_000;

/// Returns the probes, in the order of `NAMES`.
pub(super) fn impact_probes<'a>(report: &'a ReportId, client: &'a Client) -> Vec<Probe<'a>> {
    vec![Box::pin(silenced_alerts(report, client)), Box::pin(open_alerts(report, client))]
}

/// Returns the query for the alerts that a report has raised.
fn alerts_query(report: &ReportId) -> String {
    let id = query::quote(report.id.raw());
    format!("feed_id:{} watchlist_id:{id}", report.feed)
}

/// Counts the alerts of the last 90 days that the report raised, and those that were resolved.
async fn silenced_alerts(report: &ReportId, client: &Client) -> Result<ImpactLine, Error> {
    let now = client.clock().now();
    let since = now.checked_sub((90 * 24).hours()).unwrap_or(now);
    let recent = format!("{} created_time:[{} TO *]", alerts_query(report), since.strftime("%Y-%m-%dT%H:%M:%S"));
    let count = async |query: String| {
        let search = Search { query, ..Search::default() };
        let none = Span { start: 0, rows: 0 };
        client.alerts(&search, none).await.map(|page| page.total)
    };
    let (all, resolved) =
        futures_util::future::try_join(count(recent.clone()), count(format!("{recent} status:Resolved"))).await?;
    let warnings = if resolved > 0 {
        let were = if resolved == 1 { "was" } else { "were" };
        vec![format!("{resolved} of its alerts {were} resolved as true positives")]
    } else {
        Vec::new()
    };
    Ok(ImpactLine {
        text: match all {
            0 => "no alert would have been suppressed".into(),
            n => {
                let alerts = text::pluralize(n, "alert", "alerts");
                format!("would have suppressed {alerts} ({resolved} resolved as true positives)")
            }
        },
        source: "alert search by creation time".into(),
        warnings,
        requests: 2,
        ..ImpactLine::default()
    })
}

/// Lists the open alerts of the report.
async fn open_alerts(report: &ReportId, client: &Client) -> Result<ImpactLine, Error> {
    use futures_util::TryStreamExt;
    let search = Search {
        query: format!("{} ({OPEN_ALERTS})", alerts_query(report)),
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    let pages: Vec<_> = pages::<Alert>(client, search, Some(MAX_OPEN_ALERTS)).try_collect().await?;
    let total = pages.first().map_or(0, |page| page.total);
    let requests = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let n_unreadable: usize = pages.iter().map(|page| page.n_unreadable).sum();
    let unreadable = match n_unreadable {
        0 => String::new(),
        n => format!("; {n} unreadable"),
    };
    let alerts: Vec<AlertId> = pages.into_iter().flat_map(|page| page.rows).map(|alert| alert.id).collect();
    let more = total.saturating_sub(u64::try_from(alerts.len()).unwrap_or(u64::MAX));
    let not_read = match more {
        0 => String::new(),
        n => format!("; {} not read", text::pluralize(n, "more", "more")),
    };
    Ok(ImpactLine {
        text: match alerts.len() {
            0 if n_unreadable > 0 => format!("unknown: {n_unreadable} unreadable"),
            0 => "none".into(),
            n => format!("{n}; their status stays unless you also mark them false positive{not_read}{unreadable}"),
        },
        source: "alert search".into(),
        requests,
        alerts,
        ..ImpactLine::default()
    })
}
