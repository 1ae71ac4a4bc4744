//! Threat reports as searchable documents (reference 3.5).

use std::net::IpAddr;

use super::super::{
    format,
    state::detections::{FeedReport, IndexState},
};
use crate::query::{FieldValue, SearchableRecord};

/// Searchable document of a threat report.
#[derive(Clone, Copy)]
pub(in crate::sim) struct ReportDocument<'k> {
    pub(in crate::sim) index_state: &'k IndexState,
    pub(in crate::sim) report: &'k FeedReport,
}

impl ReportDocument<'_> {
    /// Whether the index has the report as ignored.
    pub(in crate::sim) fn is_ignored(&self) -> bool {
        self.index_state.ignored.contains(self.report.feed, &self.report.report.id)
    }

    /// Returns the name of the feed, in lower case as in documents.
    pub(in crate::sim) fn feed_name(&self) -> String {
        self.report.feed_name.to_lowercase()
    }
}

impl SearchableRecord for ReportDocument<'_> {
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool {
        let report = &*self.report.report;
        let mut say = |text: &str| test(FieldValue::Text(text.into()));
        let number = |number: i64| i32::try_from(number).map_or(f64::MAX, f64::from);
        match field {
            "id" | "report_id" => say(&report.id),
            "title" => say(&report.title),
            "description" => report.description.as_deref().is_some_and(say),
            "tags" => report.tags.iter().any(|tag| say(tag)),
            "feed_name" => say(&self.feed_name()),
            "feed_category" => self.report.category.as_deref().is_some_and(say),
            "domain" => report.dns.iter().any(|name| say(name)),
            "md5" => report.md5.iter().any(|md5| say(md5)),
            "ipaddr" => report.ipv4.iter().any(|ip| {
                let ip = ip.parse::<IpAddr>();
                ip.is_ok_and(|ip| test(FieldValue::Ip(ip)))
            }),
            "feed_id" => test(FieldValue::Number(self.report.feed.into())),
            "score" | "severity_score" => test(FieldValue::Number(number(report.score))),
            "is_ignored" => test(FieldValue::Flag(self.is_ignored())),
            "has_query" => test(FieldValue::Flag(!report.queries.is_empty())),
            // Deleted reports are not in the index.
            "is_deleted" => test(FieldValue::Flag(false)),
            "create_time" => test(FieldValue::Time(format::timestamp(report.first_read_at * 1_000))),
            "update_time" | "timestamp" => test(FieldValue::Time(format::timestamp(report.timestamp * 1_000))),
            _ => false,
        }
    }
}
