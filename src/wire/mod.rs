//! Lenient parsing of the server's JSON into [`model`](crate::model), for all server versions.
//!
//! A member may be missing, null, a number, or a number in a string; a row that cannot be parsed is counted and does
//! not affect the others. Everything that the server has sent remains in the row's
//! [`Document`](crate::model::Document).

mod admin;
mod alert;
mod annotations;
mod ban;
mod binary;
mod compact;
mod event;
mod facet;
mod feed;
mod group;
mod hits;
mod live_response;
mod member;
mod page;
mod prevalence;
mod process;
mod record;
mod sensor;
mod server;
mod summary;
mod time;
mod value;
mod watchlist;

pub use admin::partitions;
pub use event::{events, segments};
pub use facet::facets;
pub use live_response::{command_run, file_id};
pub use member::RecordMembers;
pub use page::{Malformed, parse_list, parse_one, parse_page};
pub use record::Record;
pub use summary::summary;

/// A type of the model that is parsed from one JSON object.
pub trait FromRecord: Sized {
    /// Whether the record is sent back to the server when it is changed; then it must not be truncated.
    const IS_WRITTEN_BACK: bool = false;

    /// Parses a record; `None` if it lacks the member that identifies it.
    fn from_record(record: &Record) -> Option<Self>;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;
    use crate::model::{Alert, Binary, Group, Prevalence, Process, Sensor, ServerInfo, Span};

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";

    /// Generates any JSON, with a preference for common content of the members.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            (-2_i64..3).prop_map(Value::from),
            Just(Value::from(u64::MAX)),
            any::<String>().prop_map(Value::from),
            prop::sample::select(vec![
                "-1",
                "",
                "99999999999999999999",
                "(unknown)",
                "2021-03-04 04:15:33.883886-06:00",
                "10.0.0.1,0050569a1b2c|",
                r#"{"highlights": [null, {"a": 1}], "hit_field_a": [2]}"#,
                "9E107D9D372BB6826BD81D3542A419D6",
                "00000007-0000-1092-01d7-10df4de391b0-0177fcbc770e",
            ])
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn name() -> impl Strategy<Value = String> {
        const NAMES: &str = "id unique_id segment_id sensor_id process_pid start parent_id parent_unique_id comms_ip \
            last_update terminated watchlists wid value alliance_score_x alliance_data_x watchlist_3 modload_count md5 \
            network_adapters last_checkin_time clock_delta isolation_exclusions ip_address enabled results filtered \
            total_results elapsed incomplete_results facets name ratio percent hostCount hostnames process parent \
            children siblings version uptime group_id ioc_attr ioc_value highlights alert_severity process_unique_id";
        prop::sample::select(NAMES.split_whitespace().collect::<Vec<_>>()).prop_map(str::to_owned)
    }

    fn object() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::btree_map(name(), anything(), 0..12).prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_json_can_be_parsed_without_a_panic(mut row in object(), envelope in object(), other in anything()) {
            let requested = Span { start: 0, rows: 10 };
            let answers = [Value::Object(row.clone()), Value::Object(envelope.clone()), other.clone()];
            for json in answers.map(|value| value.to_string()) {
                let _ = (parse_one::<Process>(&json), parse_one::<Sensor>(&json), parse_one::<Binary>(&json), parse_one::<Group>(&json));
                let _ = (parse_one::<ServerInfo>(&json), parse_list::<Sensor>(&json), summary(&json));
                let _ = (parse_page::<Process>(&json, requested), parse_one::<Prevalence>(&json));
                let _ = facets(&json, &["start".into()]);
                let _ = parse_one::<Alert>(&json);
            }
            // A process with an id is never lost, even if its other members are invalid.
            row.insert("id".into(), GUID.into());
            let mut envelope = envelope;
            envelope.insert("results".into(), vec![other, Value::Object(row.clone())].into());
            let page = parse_page::<Process>(&Value::Object(envelope).to_string(), requested).unwrap();
            prop_assert_eq!(page.n_sent(), 2);
            let process = page.rows.last().unwrap();
            prop_assert_eq!(process.id.to_string(), GUID);
            prop_assert_eq!(process.document.json(), Value::Object(row).to_string());
        }
    }
}
