//! Parsing of an alert document (reference 2.13), which has JSON inside strings and numbers as text.

use super::{FromRecord, Record, process};
use crate::model::{Alert, AlertId, AlertKind, AlertSource, AlertStatus, Indicator, ProcessId, SensorId};
use crate::text::Untrusted;

impl FromRecord for Alert {
    fn from_record(record: &Record) -> Option<Self> {
        let id = record.text("unique_id");
        let id = AlertId(id.non_empty()?.clone());
        let kind = AlertKind::parse(&record.text("alert_type"));
        let (process, segment) = subject(record);
        Some(Self {
            id,
            status: AlertStatus::parse(&record.text("status")),
            created: record.time("created_time"),
            resolved: record.time("resolved_time"),
            assigned_to: record.text("assigned_to"),
            severity: record.float("alert_severity"),
            report_score: record.int("report_score"),
            source: source(record, &kind),
            kind,
            source_id: record.text("watchlist_id"),
            source_name: record.text("watchlist_name"),
            feed_name: record.text("feed_name"),
            is_report_ignored: record.flag("report_ignored"),
            indicator: indicator(record),
            description: record.text("description"),
            link: record.text("link"),
            host: record.text("hostname"),
            sensor: record.count("sensor_id").map(SensorId),
            group: record.text("group"),
            os: record.text("os_type"),
            comms_ip: record.ip_address("comms_ip"),
            interface_ip: record.ip_address("interface_ip"),
            process,
            segment,
            process_name: record.text_if_known("process_name"),
            process_path: record.text_if_known("process_path"),
            user: record.text("username"),
            md5: record.md5("md5"),
            sha256: record.sha256("sha256"),
            counts: process::read_counts(record),
            observed_paths: record.texts("observed_filename"),
            hosts: record.count("total_hosts").or_else(|| record.count("host_count")),
            document: record.document(),
        })
    }
}

/// Returns the process of the alert and its segment. On 6.1, the field `segment_id` has lost its upper half, so it is
/// used only if the ids have no segment.
fn subject(record: &Record) -> (Option<ProcessId>, Option<u64>) {
    let read = |name| ProcessId::parse_with_segment(record.text(name).raw().trim());
    let (id, segment) = match (read("process_unique_id"), read("process_id")) {
        (Some((id, segment)), None) => (id, segment),
        // The ids may be of two processes; then `process_id` wins.
        (unique, Some((id, process_segment))) => {
            let segment = unique.filter(|(unique, _)| *unique == id);
            (id, segment.and_then(|(_, segment)| segment).or(process_segment))
        }
        (None, None) => return (None, None),
    };
    (Some(id), segment.or_else(|| record.count("segment_id")))
}

/// Returns the source of the alert. A watchlist has the feed id -1; without a feed id, the kind of the alert decides.
fn source(record: &Record, kind: &AlertKind) -> AlertSource {
    let is_query = matches!(kind, AlertKind::QueryProcess | AlertKind::QueryBinary);
    match record.int("feed_id") {
        Some(-1) => AlertSource::Watchlist,
        None if is_query => AlertSource::Watchlist,
        Some(feed) => AlertSource::Report(feed.try_into().ok()),
        None => AlertSource::Report(None),
    }
}

fn indicator(record: &Record) -> Indicator {
    let attributes = record.nested_record("ioc_attr").unwrap_or_default();
    // The value of a query indicator is JSON text that contains the search.
    let query = record.nested_record("ioc_value");
    let value = match &query {
        Some(query) => query.text("search_query"),
        None => record.text("ioc_value"),
    };
    Indicator {
        kind: record.text("ioc_type"),
        value,
        index: query.unwrap_or_default().text("index_type"),
        matched: match_texts(&attributes),
    }
}

/// Returns what matched: highlighted texts without their markers, and then the matching fields.
fn match_texts(attributes: &Record) -> Vec<Untrusted> {
    let highlights = attributes.texts("highlights").into_iter().map(|text| {
        let plain = text.raw().replace("PREPREPRE", "").replace("POSTPOSTPOST", "");
        Untrusted::from(plain)
    });
    let fields = attributes.names().filter_map(|name| {
        let field = name.strip_prefix("hit_field_")?;
        let value = attributes.text(name);
        Some(format!("{field} {}", value.non_empty()?.raw()).into())
    });
    highlights.chain(fields).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::Span;
    use crate::wire;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    fn read(mut row: Value) -> Alert {
        row["unique_id"] = json!("6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845");
        Alert::from_record(&Record::parse(&row.to_string()).unwrap()).unwrap()
    }

    #[test]
    fn a_complete_document_is_parsed() {
        let json = include_str!("../../tests/goldens/get_alert_search.json");
        let page = wire::parse_page::<Alert>(json, Span { start: 0, rows: 2 }).unwrap();
        insta::assert_debug_snapshot!(page.rows[0]);
        let ingress = &page.rows[1];
        assert_eq!(ingress.kind, AlertKind::IngressProcess);
        assert_eq!(ingress.source, AlertSource::Report(Some(12)));
        assert_eq!(ingress.status, AlertStatus::FalsePositive);
        let matched: Vec<_> = ingress.indicator.matched.iter().map(Untrusted::raw).collect();
        assert_eq!(matched, [r"path c:\temp\a.exe", "processblock true", "result ProcessTerminated"]);
        assert!(!ingress.is_open() && page.rows[0].is_open());
    }

    #[test]
    fn the_segment_comes_from_the_unique_id() {
        let unique = format!("{GUID}-0177fcbc770e");
        let alert = read(json!({"process_id": GUID, "process_unique_id": unique, "segment_id": 1}));
        assert_eq!(alert.process, GUID.parse().ok());
        assert_eq!(alert.segment, Some(1_614_852_945_678));
        let alert = read(json!({"process_unique_id": unique}));
        assert_eq!(alert.segment, Some(1_614_852_945_678));
        let alert = read(json!({"process_id": GUID, "segment_id": "3"}));
        assert_eq!(alert.segment, Some(3));
        let other = "00000009-0000-1092-01d7-10df4de391b0-0177fcbc770e";
        let alert = read(json!({"process_id": GUID, "process_unique_id": other}));
        assert_eq!((alert.process, alert.segment), (GUID.parse().ok(), None));
        let alert = read(json!({"process_id": "", "segment_id": 3}));
        assert_eq!((alert.process, alert.segment), (None, None));
    }

    #[test]
    fn attributes_may_be_text_or_an_object_or_nothing() {
        let highlights = json!({"highlights": ["PREPREPREa.exePOSTPOSTPOST -x", ""]});
        for attributes in [json!(highlights.to_string()), highlights] {
            let alert = read(json!({"ioc_attr": attributes}));
            assert_eq!(alert.indicator.matched, ["a.exe -x".into()]);
        }
        for attributes in [json!({}), json!("{}"), json!(""), json!("{broken"), json!(null), json!([3])] {
            assert!(read(json!({"ioc_attr": attributes})).indicator.matched.is_empty());
        }
    }

    #[test]
    fn a_query_is_parsed_from_its_json_text() {
        let query = r#"{"index_type": "modules", "search_query": "cb.urlver=1&q=md5%3Ax"}"#;
        let alert = read(json!({"ioc_type": "query", "ioc_value": query}));
        assert_eq!(alert.indicator.value.raw(), "cb.urlver=1&q=md5%3Ax");
        assert_eq!(alert.indicator.index.raw(), "modules");
        let alert = read(json!({"ioc_type": "dns", "ioc_value": "cdn.example.net"}));
        assert_eq!(alert.indicator.value.raw(), "cdn.example.net");
        assert!(read(json!({})).indicator.value.is_empty());
    }

    #[test]
    fn a_watchlist_is_recognized_by_the_feed_id_or_the_kind() {
        let query = "watchlist.hit.query.binary";
        for (row, source) in [
            (json!({"feed_id": -1}), AlertSource::Watchlist),
            (json!({"feed_id": "-1"}), AlertSource::Watchlist),
            (json!({"alert_type": query}), AlertSource::Watchlist),
            (json!({"feed_id": "7", "alert_type": query}), AlertSource::Report(Some(7))),
            (json!({}), AlertSource::Report(None)),
        ] {
            assert_eq!(read(row.clone()).source, source, "{row}");
        }
    }

    #[test]
    fn an_alert_without_an_id_is_unreadable() {
        for json in [r#"{"status": "Resolved"}"#, r#"{"unique_id": ""}"#, r#"{"unique_id": null}"#] {
            assert_eq!(Alert::from_record(&Record::parse(json).unwrap()), None);
        }
    }
}
