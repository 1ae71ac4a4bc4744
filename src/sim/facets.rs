//! Facets: how often each value of a field occurs in a result (reference 1.8).

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json, json};

use super::{hits, search::Search, server::Server};
use crate::query::{Index, Record, Value};

/// The most values of a facet.
const MOST: usize = 200;

/// The facets of whoever does not say which.
pub(super) fn defaults(index: Index) -> Vec<String> {
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
        _ => &[
            "product_name_facet",
            "file_version_facet",
            "digsig_result",
            "company_name_facet",
            "digsig_publisher_facet",
            "digsig_sign_time",
            "server_added_timestamp",
            "observed_filename_facet",
            "group",
            "hostname",
            "host_count",
        ],
    };
    names.iter().map(ToString::to_string).collect()
}

/// Calls `each` with every value that a document counts under in a facet.
pub(super) fn values(index: Index, facet: &str, record: &dyn Record, each: &mut dyn FnMut(&str)) {
    let field = facet
        .strip_suffix("_facet")
        .or_else(|| facet.strip_suffix("_full"))
        .unwrap_or(facet);
    let field = match field {
        "hour_of_day" | "day_of_week" => "start",
        "id" if index == Index::Process => "process_id",
        other => other,
    };
    record.any(field, &mut |value| {
        match value {
            Value::Text(text) if facet == "username" => {
                each(text.rsplit('\\').next().unwrap_or(&text));
            }
            // Process documents have these in lower case.
            Value::Text(text)
                if index == Index::Process && matches!(facet, "hostname" | "group") =>
            {
                each(&text.to_lowercase());
            }
            Value::Text(text) => each(&text),
            Value::Number(number) => each(&number.to_string()),
            Value::Time(at) => each(&period(facet, at)),
            Value::Ip(ip) => each(&ip.to_string()),
            Value::Flag(flag) => each(&flag.to_string()),
        }
        false
    });
}

/// The bucket of a histogram that a moment falls into.
fn period(facet: &str, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(TimeZone::UTC);
    match facet {
        "hour_of_day" => at.hour().to_string(),
        // Sunday is 0.
        "day_of_week" => at.weekday().to_sunday_zero_offset().to_string(),
        "digsig_sign_time" => at.strftime("%Y-%m-01T00:00:00Z").to_string(),
        _ => at.strftime("%Y-%m-%dT00:00:00Z").to_string(),
    }
}

/// Counts what a search asks to be counted.
pub(super) fn count(server: &Server, index: Index, search: &Search) -> Json {
    let Some(facets) = &search.facets else {
        return json!({});
    };
    let mut counts: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); facets.len()];
    for &number in search.matches(server).iter() {
        for (facet, counts) in facets.iter().zip(&mut counts) {
            let mut each = |value: &str| match counts.get_mut(value) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(value.to_owned(), 1);
                }
            };
            match index {
                Index::Process => {
                    if let Some(document) = hits::document(server, number) {
                        values(index, facet, &document, &mut each);
                    }
                }
                _ => {
                    if let Some(file) = hits::file(server, number) {
                        values(index, facet, &file, &mut each);
                    }
                }
            }
        }
    }
    let lists = facets.iter().zip(counts);
    let lists: Map<String, Json> = lists
        .map(|(facet, counts)| (facet.clone(), list(facet, counts)))
        .collect();
    Json::Object(lists)
}

/// Counted values as the server lists them.
pub(super) fn list(facet: &str, counts: BTreeMap<String, u64>) -> Json {
    if is_histogram(facet) {
        let mut bars: Vec<(String, u64)> = match facet {
            "hour_of_day" => numbered(&counts, 24),
            "day_of_week" => numbered(&counts, 7),
            _ => counts.into_iter().collect(),
        };
        if facet == "start" {
            // Thirty days and no more.
            bars.drain(..bars.len().saturating_sub(30));
        }
        return bars
            .into_iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
    }
    let sum: u64 = counts.values().sum();
    let largest = counts.values().copied().max().unwrap_or(1);
    let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
    sorted.sort_by(|(a, first), (b, second)| second.cmp(first).then_with(|| a.cmp(b)));
    sorted.truncate(MOST);
    sorted
        .into_iter()
        .map(|(name, value)| {
            json!({
                "name": name,
                "value": value,
                "percent": percent(value, largest),
                "ratio": format!("{:.1}", percent(value, sum)),
            })
        })
        .collect()
}

fn is_histogram(facet: &str) -> bool {
    matches!(
        facet,
        "hour_of_day"
            | "day_of_week"
            | "start"
            | "digsig_sign_time"
            | "server_added_timestamp"
            | "last_update"
    )
}

fn numbered(counts: &BTreeMap<String, u64>, most: u64) -> Vec<(String, u64)> {
    (0..most)
        .map(|at| at.to_string())
        .map(|name| {
            let count = counts.get(&name).copied().unwrap_or(0);
            (name, count)
        })
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no count here comes near 2^53, where it would show"
)]
fn percent(value: u64, whole: u64) -> f64 {
    value as f64 * 100.0 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_has_a_number_and_a_text_for_its_share() {
        let counts = BTreeMap::from([("b".into(), 206), ("a".into(), 412)]);
        assert_eq!(
            list("process_name", counts),
            json!([
                {"name": "a", "value": 412, "percent": 100.0, "ratio": "66.7"},
                {"name": "b", "value": 206, "percent": 50.0, "ratio": "33.3"},
            ])
        );
    }

    #[test]
    fn a_histogram_has_every_hour_and_nothing_but_counts() {
        let hours = list("hour_of_day", BTreeMap::from([("3".into(), 5)]));
        assert_eq!(hours.as_array().map(Vec::len), Some(24));
        assert_eq!(hours[3], json!({"name": "3", "value": 5}));
        assert_eq!(hours[0], json!({"name": "0", "value": 0}));
    }
}
