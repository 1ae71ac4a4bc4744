//! Facets: number of occurrences of each value of a field in a result (reference 1.8).
//!
//! Documents (segments) are counted, even if the rows are grouped; the reference leaves that open. A document with
//! several values counts for each of them. Time histograms end with the present and include their empty bars.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

use crate::query::{FieldValue, Index, SearchableRecord};

/// Limit of the values of a facet.
const MAX_VALUES: usize = 200;

/// Returns the facets of a search that names none.
pub(in crate::sim) fn default_facets(index: Index) -> Vec<String> {
    let names: &[&str] = match index {
        Index::Process => &[
            "process_md5",
            "hostname",
            "group",
            "path_full",
            "parent_name",
            "process_name",
            "host_type",
            "username_full",
            "hour_of_day",
            "day_of_week",
            "start",
        ],
        Index::Alert => &[
            "status",
            "alert_type",
            "feed_name",
            "watchlist_name",
            "hostname",
            "group",
            "username",
            "assigned_to",
            "created_time",
        ],
        Index::Report => &["feed_name", "feed_category", "tags", "is_ignored", "has_query"],
        Index::Binary => &[
            "product_name_facet",
            "file_version_facet",
            "digsig_result",
            "company_name_facet",
            "digsig_publisher_facet",
            "digsig_sign_time",
            "server_added_timestamp",
            "observed_filename_facet",
            "alliance_score_virustotal",
            "group",
            "hostname",
            "host_count",
        ],
    };
    names.iter().map(ToString::to_string).collect()
}

/// Calls `each` with every value of `record` for a facet.
pub(in crate::sim) fn for_each_value(
    index: Index,
    facet: &str,
    record: &dyn SearchableRecord,
    each: &mut dyn FnMut(&str),
) {
    let field = facet.strip_suffix("_facet").or_else(|| facet.strip_suffix("_full")).unwrap_or(facet);
    let field = match field {
        "hour_of_day" | "day_of_week" => "start",
        "id" if index == Index::Process => "process_id",
        other => other,
    };
    record.any_value(field, &mut |value| {
        match value {
            FieldValue::Text(text) if facet == "username" => {
                each(text.rsplit('\\').next().unwrap_or(&text));
            }
            // Processes and alerts have these values in lower case.
            FieldValue::Text(text) if index != Index::Binary && matches!(facet, "hostname" | "group") => {
                each(&text.to_lowercase());
            }
            FieldValue::Text(text) => each(&text),
            FieldValue::Number(number) => each(&number.to_string()),
            FieldValue::Time(at) => each(&bucket_name(facet, at)),
            FieldValue::Ip(ip) => each(&ip.to_string()),
            FieldValue::Flag(flag) => each(&flag.to_string()),
        }
        false
    });
}

/// Returns the name of the histogram bar that contains a time.
fn bucket_name(facet: &str, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(TimeZone::UTC);
    match facet {
        "hour_of_day" => at.hour().to_string(),
        // Sunday is 0.
        "day_of_week" => at.weekday().to_sunday_zero_offset().to_string(),
        "digsig_sign_time" => at.strftime("%Y-%m-01T00:00:00Z").to_string(),
        _ => at.strftime("%Y-%m-%dT00:00:00Z").to_string(),
    }
}

/// Formats the counts of a facet as the server lists them: histograms by time up to `now`, other values by count.
pub(in crate::sim) fn facet_list(facet: &str, counts: BTreeMap<String, u64>, now: Timestamp) -> Json {
    if let Some(bars) = bucket_names(facet, now) {
        return bars
            .into_iter()
            .map(|name| {
                let value = counts.get(&name).copied().unwrap_or(0);
                json!({"name": name, "value": value})
            })
            .collect();
    }
    let sum: u64 = counts.values().sum();
    let largest = counts.values().copied().max().unwrap_or(1);
    let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
    sorted.sort_by(|(a, first), (b, second)| second.cmp(first).then_with(|| a.cmp(b)));
    sorted.truncate(MAX_VALUES);
    sorted
        .into_iter()
        .map(|(name, value)| {
            json!({
                "name": name,
                "value": value,
                "percent": percent_of(value, largest),
                "ratio": format!("{:.1}", percent_of(value, sum)),
            })
        })
        .collect()
}

/// Returns the names of a histogram's bars, the earliest first; `None` for other facets.
fn bucket_names(facet: &str, now: Timestamp) -> Option<Vec<String>> {
    const DAYS: i64 = 30;
    const MONTHS: i64 = 48;
    let now = now.to_zoned_datetime(TimeZone::UTC);
    let numbers = |count: u8| (0..count).map(|number| number.to_string()).collect();
    let dates = |count: i64, unit: fn(Span, i64) -> Span| {
        let bars = (0..count).rev().filter_map(|ago| {
            let at = now.checked_sub(unit(Span::new(), ago)).ok()?;
            Some(bucket_name(facet, at.timestamp()))
        });
        bars.collect()
    };
    Some(match facet {
        "hour_of_day" => numbers(24),
        "day_of_week" => numbers(7),
        "digsig_sign_time" => dates(MONTHS, Span::months),
        "start" | "last_update" | "last_server_update" | "server_added_timestamp" | "created_time" => {
            dates(DAYS, Span::days)
        }
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn percent_of(value: u64, total: u64) -> f64 {
    value as f64 * 100.0 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_value_has_its_share_as_a_number_and_as_text() {
        let counts = BTreeMap::from([("b".into(), 206), ("a".into(), 412)]);
        assert_eq!(
            facet_list("process_name", counts, Timestamp::UNIX_EPOCH),
            json!([
                {"name": "a", "value": 412, "percent": 100.0, "ratio": "66.7"},
                {"name": "b", "value": 206, "percent": 50.0, "ratio": "33.3"},
            ])
        );
    }

    #[test]
    fn a_histogram_has_every_hour_and_nothing_but_counts() {
        let counts = BTreeMap::from([("3".into(), 5)]);
        let hours = facet_list("hour_of_day", counts, Timestamp::UNIX_EPOCH);
        assert_eq!(hours.as_array().map(Vec::len), Some(24));
        assert_eq!(hours[3], json!({"name": "3", "value": 5}));
        assert_eq!(hours[0], json!({"name": "0", "value": 0}));
    }

    #[test]
    fn a_time_histogram_ends_now() {
        let now = "2021-03-04T18:00:00Z".parse().unwrap();
        let counts = |name: &str| BTreeMap::from([(name.to_owned(), 7), ("1999-01-01".into(), 9)]);
        let days = facet_list("start", counts("2021-03-04T00:00:00Z"), now);
        let days = days.as_array().unwrap();
        assert_eq!(days.len(), 30);
        assert_eq!(days[0], json!({"name": "2021-02-03T00:00:00Z", "value": 0}));
        assert_eq!(days[29], json!({"name": "2021-03-04T00:00:00Z", "value": 7}));
        let months = facet_list("digsig_sign_time", counts("2020-12-01T00:00:00Z"), now);
        let months = months.as_array().unwrap();
        assert_eq!(months.len(), 48);
        assert_eq!(months[44], json!({"name": "2020-12-01T00:00:00Z", "value": 7}));
    }

    #[test]
    fn the_two_hundred_most_frequent_values_are_listed() {
        let counts = (1..=300).map(|count| (format!("{count:03}"), count));
        let listed = facet_list("username", counts.collect(), Timestamp::UNIX_EPOCH);
        let listed = listed.as_array().unwrap();
        assert_eq!((listed.len(), &listed[0]["value"]), (200, &json!(300)));
        assert_eq!(listed[199]["name"], "101");
    }
}
