//! Threat reports as documents that can be searched (reference 3.5).

use std::net::IpAddr;

use super::super::{
    format,
    state::detections::{Filed, IndexState},
};
use crate::query::{FieldValue, SearchableRecord};

/// One report.
#[derive(Clone, Copy)]
pub(in crate::sim) struct ReportDocument<'k> {
    pub(in crate::sim) index_state: &'k IndexState,
    pub(in crate::sim) filed: &'k Filed,
}

impl ReportDocument<'_> {
    /// Whether it raises no alerts, as far as the index knows.
    pub(in crate::sim) fn is_ignored(&self) -> bool {
        self.index_state.ignored.contains(self.filed.feed, &self.filed.report.id)
    }

    /// The name of its feed, as documents have it.
    pub(in crate::sim) fn feed_name(&self) -> String {
        self.filed.feed_name.to_lowercase()
    }
}

impl SearchableRecord for ReportDocument<'_> {
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool {
        let report = &*self.filed.report;
        let mut say = |text: &str| test(FieldValue::Text(text.into()));
        let number = |number: i64| i32::try_from(number).map_or(f64::MAX, f64::from);
        match field {
            "id" | "report_id" => say(&report.id),
            "title" => say(&report.title),
            "description" => report.description.as_deref().is_some_and(say),
            "tags" => report.tags.iter().any(|tag| say(tag)),
            "feed_name" => say(&self.feed_name()),
            "feed_category" => self.filed.category.as_deref().is_some_and(say),
            "domain" => report.dns.iter().any(|name| say(name)),
            "md5" => report.md5.iter().any(|md5| say(md5)),
            "ipaddr" => report.ipv4.iter().any(|ip| {
                let ip = ip.parse::<IpAddr>();
                ip.is_ok_and(|ip| test(FieldValue::Ip(ip)))
            }),
            "feed_id" => test(FieldValue::Number(self.filed.feed.into())),
            "score" | "severity_score" => test(FieldValue::Number(number(report.score))),
            "is_ignored" => test(FieldValue::Flag(self.is_ignored())),
            "has_query" => test(FieldValue::Flag(!report.queries.is_empty())),
            // One that is deleted is gone.
            "is_deleted" => test(FieldValue::Flag(false)),
            "create_time" => test(FieldValue::Time(format::timestamp(report.first_read_at * 1_000))),
            "update_time" | "timestamp" => test(FieldValue::Time(format::timestamp(report.timestamp * 1_000))),
            _ => false,
        }
    }
}
