//! Tests with events of all versions, kinds and forms.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{ChildStage, EventKind};
use crate::text;

const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
const GOLDENS: [&str; 5] = [
    include_str!("../../../tests/goldens/get_process_events_v1.json"),
    include_str!("../../../tests/goldens/get_process_events_v2.json"),
    include_str!("../../../tests/goldens/get_process_events_v3.json"),
    include_str!("../../../tests/goldens/get_process_events_v4.json"),
    include_str!("../../../tests/goldens/get_process_events_v5.json"),
];

fn parse_events(json: &str) -> EventBatch {
    events(json, GUID.parse().unwrap(), Segment(1)).unwrap()
}

/// Parses events in lists of these kinds.
fn events_in_lists(lists: Value) -> EventBatch {
    let Value::Object(lists) = lists else {
        panic!("no object");
    };
    let lists: BTreeMap<String, Value> =
        lists.into_iter().map(|(kind, list)| (format!("{kind}{LIST}"), list)).collect();
    parse_events(&json!({ "process": lists }).to_string())
}

/// Checks the description of the only event in a list.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "records read better than borrows in a table")]
fn check(kind: &str, record: Value, expected: &str) {
    let events = events_in_lists(json!({ kind: [record] }));
    let descriptions: Vec<_> = events.rows.iter().map(Event::describe).collect();
    assert_eq!(descriptions.len(), 1, "{} broken", events.n_unreadable);
    assert_eq!(descriptions[0].raw(), expected);
}

/// Describes an event with all of its properties.
fn describe_event(event: &Event) -> String {
    let at = event.at.map_or_else(|| "?".to_owned(), |at| at.to_string());
    let facts: Vec<_> =
        event.properties().iter().map(|(name, value)| format!("{name}={}", text::make_visible(value))).collect();
    format!("{at} {}: {}\n    {}", event.kind(), text::make_visible(&event.describe()), facts.join("; "))
}

#[test]
fn events_of_every_kind_and_version_are_parsed() {
    let mut all = String::new();
    for (golden, version) in GOLDENS.iter().zip(1..) {
        let events = parse_events(golden);
        assert_eq!(events.n_unreadable, 0, "v{version}");
        assert_eq!(events.process.as_ref().unwrap().name.raw(), "rundll32.exe");
        assert_eq!(events.signatures.len(), 1);
        assert_eq!(events.elapsed, Some(0.0126));
        all.extend(["v", &version.to_string(), "\n"]);
        for event in &events.rows {
            all.push_str(&describe_event(event));
            all.push('\n');
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_pipe_separated_record_becomes_an_object_and_an_object_is_unchanged() {
    let events = parse_events(GOLDENS[3]);
    let document_of = |kind| {
        let event = events.rows.iter().find(|event| event.kind() == kind).unwrap();
        event.document.json().to_owned()
    };
    assert_eq!(
        document_of(EventKind::Regmod),
        r#"{"type":"2","timestamp":"2021-03-04 10:15:39.55","path":"\\registry\\machine\\software\\microsoft\\windows\\currentversion\\run\\upd","tamper":"false"}"#
    );
    let golden: Value = serde_json::from_str(GOLDENS[3]).unwrap();
    let netconn: Value = serde_json::from_str(&document_of(EventKind::Netconn)).unwrap();
    assert_eq!(netconn, golden["process"]["netconn_complete"][0]);
    let block: Value = serde_json::from_str(&document_of(EventKind::Block)).unwrap();
    assert_eq!(block["block_result"], "a-ProcessTerminated");
}

#[test]
fn all_versions_yield_the_same_events() {
    let facts = |version: usize| {
        let events = parse_events(GOLDENS[version]);
        let timed_facts: Vec<_> = events
            .rows
            .into_iter()
            .filter(|event| matches!(event.kind(), EventKind::Filemod | EventKind::Regmod | EventKind::Crossproc))
            .map(|event| (event.at, event.what))
            .collect();
        timed_facts
    };
    assert_eq!(facts(0), facts(3));
    let stages = |version: usize| {
        let stage = |event: &Event| match &event.what {
            EventFacts::Childproc(child) => Some((event.at, child.stage, child.pid)),
            _ => None,
        };
        parse_events(GOLDENS[version]).rows.iter().filter_map(stage).collect::<Vec<_>>()
    };
    assert_eq!(stages(0), stages(4));
    assert_eq!(stages(4)[1].1, Some(ChildStage::End));
}

#[test]
fn a_record_may_have_fewer_or_more_fields() {
    check("filemod", json!("2|2021-03-04 10:15:40|c:\\a.txt|"), r"first wrote c:\a.txt");
    check("filemod", json!("2|2021-03-04 10:15:40|c:\\a.txt"), r"first wrote c:\a.txt");
    check("filemod", json!("8|x|c:\\a.dll||1|true||one|more"), r"last wrote c:\a.dll, PE, tampering with the sensor");
    check("filemod", json!("3|x|c:\\a"), r"changed c:\a");
    check("modload", json!("2021-03-04 10:15:30|9e107d9d372bb6826bd81d3542a419d6"), "loaded ");
    check("crossproc", json!("ProcessOpen|x|bad|bad|c:\\b.exe"), r"opened process c:\b.exe");
    check(
        "crossproc",
        json!("RemoteThread|x|||c:\\b.exe|||true|true"),
        r"had a thread started by c:\b.exe, tampering with the sensor",
    );
}

#[test]
fn an_address_may_be_a_number_or_text_and_an_invalid_one_is_ignored() {
    for (ip, shown) in [
        (json!(-889_163_511), "203.0.113.9:443"),
        (json!("-889163511"), "203.0.113.9:443"),
        (json!(3_405_803_785_u32), "203.0.113.9:443"),
        (json!("203.0.113.9"), "203.0.113.9:443"),
        (json!("::ffff:203.0.113.9"), "203.0.113.9:443"),
        (json!("2001:db8::7"), "[2001:db8::7]:443"),
        (json!("0.0.0.0"), "port 443"),
        (json!("nonsense"), "port 443"),
        (json!(null), "port 443"),
    ] {
        let record = json!({"remote_ip": ip, "remote_port": 443, "direction": "true"});
        check("netconn", record, &format!("connected to {shown}"));
    }
    check("netconn", json!("x|1||||"), "connection 0.0.0.1");
}

#[test]
fn a_blocked_attempt_is_not_a_connection() {
    for (direction, expected) in [
        ("true", "was blocked from connecting to 203.0.113.9:443, NetworkIsolation"),
        ("false", "blocked a connection from 203.0.113.9:443, NetworkIsolation"),
    ] {
        let record = json!({
            "remote_ip": "203.0.113.9", "remote_port": 443, "direction": direction,
            "block_type": "NetworkIsolation",
        });
        check("netconn", record, expected);
    }
    for no_block in [json!(null), json!(""), json!("None"), json!(0), json!(false)] {
        let record = json!({
            "remote_ip": "203.0.113.9", "remote_port": 443, "direction": "true", "block_type": no_block,
        });
        check("netconn", record, "connected to 203.0.113.9:443");
    }
}

#[test]
fn a_broken_record_does_not_affect_others_and_a_single_value_is_one_record() {
    let events = events_in_lists(json!({
        "filemod": [null, 3, true, [], "", "8|x", "2|x|c:\\a"],
        "netconn": {"domain": "cdn.example.net"},
        "regmod": null,
        "modload": "2021-03-04 10:15:30||c:\\b.dll",
        "childproc": [{}, {"type": "start"}],
        "crossproc": ["|||||"],
        "processblock": ["{", "{}"],
        "fileless_scriptload": ["2021-03-04 10:15:30|"],
        "emet": ["", null],
    }));
    let descriptions: Vec<_> = events.rows.iter().map(|event| event.describe().raw().to_owned()).collect();
    assert_eq!(descriptions, [r"loaded c:\b.dll", r"first wrote c:\a", "connection cdn.example.net"]);
    assert_eq!(events.n_unreadable, 14);
}

#[test]
fn the_text_of_an_unknown_kind_is_preserved() {
    check("dnsquery", json!("2021-03-04 10:15:30|cdn.example.net"), "reported 2021-03-04 10:15:30|cdn.example.net");
    let events = events_in_lists(
        json!({"dnsquery": ["7|2021-03-04 10:15:30|x"], "emet": [{"timestamp": "2021-03-04T10:15:29Z"}]}),
    );
    let at: Vec<_> = events.rows.iter().map(|event| event.at.unwrap().to_string()).collect();
    assert_eq!(at, ["2021-03-04T10:15:29Z", "2021-03-04T10:15:30Z"]);
    assert_eq!(events.rows[1].document.json(), r#"{"text":"7|2021-03-04 10:15:30|x"}"#);
    assert_eq!(events.rows[0].kind(), EventKind::Emet);
}

#[test]
fn an_answer_may_have_no_envelope_and_must_be_an_object() {
    let flat = json!({"id": GUID, "filemod_complete": ["1|2021-03-04 10:15:40|c:\\a|"]});
    let events = parse_events(&flat.to_string());
    assert_eq!((events.rows.len(), events.process.is_some()), (1, true));
    assert_eq!(parse_events("{}"), EventBatch::default());
    for json in ["[]", "null", "", "<html>", r#"{"process": []}"#, r#"{"process": 3}"#] {
        let id = GUID.parse().unwrap();
        assert!(super::events(json, id, Segment::ALL).is_err(), "{json}");
    }
}

#[test]
fn segments_are_in_order_of_age() {
    let golden = include_str!("../../../tests/goldens/get_process_segments.json");
    let (list, n_unreadable) = segments(golden).unwrap();
    let counts: Vec<_> = list.iter().map(|info| (info.segment.0, info.counts.modload, info.counts.regmod)).collect();
    assert_eq!(counts, [(1_614_852_128_768, Some(0), Some(4)), (1_614_852_945_678, Some(31), Some(0))]);
    assert_eq!(n_unreadable, 0);
    let invalid = r#"{"process": {"segments": [{"unique_id": "x"}, {"segment_id": "3"}, 7]}}"#;
    let (list, n_unreadable) = segments(invalid).unwrap();
    assert_eq!((list[0].segment, list[0].counts.modload, n_unreadable), (Segment(3), None, 2));
    assert!(segments("{}").is_err() && segments(r#"{"process": {"segments": 3}}"#).is_err());
}

/// Generates any JSON, with a preference for common content of records.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9a-z:|. -]{0,60}".prop_map(Value::from),
        "(1|8|ProcessOpen|2021-03-04 10:15:30.1)(\\|[^|]{0,8}){0,12}".prop_map(Value::from),
        Just(json!("{\"blocked_path\": \"c:\\\\a\"}")),
        Just(json!("\u{0}\u{1b}[2J|\u{202e}|\u{ffff}")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop::sample::select(
            "timestamp type processId pid path remote_ip remote_port proto direction domain start end id unique_id \
             digsig_result is_target blocked_md5 9E107D9D372BB6826BD81D3542A419D6"
                .split_whitespace()
                .collect::<Vec<_>>(),
        );
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_records_can_be_parsed_without_a_panic(
        records in prop::collection::vec(any_json(), 0..8),
        kind in prop::sample::select(vec![
            "filemod", "regmod", "netconn", "modload", "childproc", "crossproc", "processblock",
            "fileless_scriptload", "emet", "anything", "",
        ]),
        other in any_json(),
    ) {
        let good = "1|2021-03-04 10:15:30|c:\\good|";
        let n_records = records.len();
        let mut process = json!({"id": other, "filemod_complete": [good], "binaries": other});
        let list = format!("{kind}{LIST}");
        let mut records = records;
        if kind == "filemod" {
            records.push(good.into());
        }
        process[&list] = records.into();
        let events = parse_events(&json!({"process": process, "elapsed": other}).to_string());
        // Each record is parsed or counted, and the valid one is always parsed.
        prop_assert_eq!(events.rows.len() + events.n_unreadable, n_records + 1);
        prop_assert!(events.rows.iter().any(|event| event.object().raw() == r"c:\good"));
        for event in &events.rows {
            let document: Value = serde_json::from_str(event.document.json()).unwrap();
            prop_assert!(document.is_object());
            let _ = (describe_event(event), event.md5(), event.heap_size());
        }
        prop_assert!(events.rows.is_sorted_by_key(|event| event.at.unwrap_or(jiff::Timestamp::MAX)));
        let _ = (super::events(&other.to_string(), GUID.parse().unwrap(), Segment::ALL), segments(&other.to_string()));
    }
}

/// Returns the path of the only record of a list, and whether it is ambiguous.
#[track_caller]
fn path(kind: &str, record: &str) -> (String, bool) {
    let events = events_in_lists(json!({ kind: [record] }));
    let [event] = &events.rows[..] else {
        panic!("{} broken", events.n_unreadable);
    };
    let object = event.properties().into_iter().find(|(name, _)| matches!(*name, "path" | "domain"));
    (object.map(|(_, path)| path.raw().to_owned()).unwrap_or_default(), event.is_ambiguous)
}

#[test]
fn a_path_may_contain_pipes_and_the_fields_after_it_are_recognized_from_the_end() {
    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
    let sha = "ab".repeat(32);
    let at = "2021-03-04 10:15:41.007";
    for (kind, record, expected) in [
        ("filemod", format!(r"8|{at}|c:\a|b|c.exe|{MD5}|1|false"), r"c:\a|b|c.exe"),
        ("filemod", format!(r"8|{at}|c:\a|b.exe|{MD5}|1|true|{sha}"), r"c:\a|b.exe"),
        ("filemod", format!(r"1|{at}|c:\a|b.exe|||false"), r"c:\a|b.exe"),
        // A path that looks like the end of a record.
        ("filemod", format!(r"8|{at}|c:\x.exe||1|false|{MD5}|1|true"), r"c:\x.exe||1|false"),
        ("filemod", format!(r"8|{at}|c:\x|y|{MD5}|1|true|{sha}|new|newer"), r"c:\x|y"),
        ("regmod", format!(r"2|{at}|\registry\a|b|true"), r"\registry\a|b"),
        ("modload", format!(r"{at}|{MD5}|c:\a|b.dll|{sha}"), r"c:\a|b.dll"),
        ("childproc", format!(r"{at}|{GUID}|{MD5}|c:\a|b.exe|5120|true|false"), r"c:\a|b.exe"),
        (
            "crossproc",
            format!(r"ProcessOpen|{at}|{GUID}|{MD5}|c:\a|1|b.exe|1|2097151|false|true|{sha}"),
            r"c:\a|1|b.exe",
        ),
        ("crossproc", format!(r"RemoteThread|{at}|{GUID}||c:\a|b.exe|||false"), r"c:\a|b.exe"),
        ("netconn", format!("{at}|-889163511|443|6|a|b.example|true"), "a|b.example"),
    ] {
        assert_eq!(path(kind, &record), (expected.to_owned(), false), "{record}");
    }
    // The fields after the path have their own values.
    let event = &events_in_lists(json!({"filemod": [format!(r"8|{at}|c:\a|b|{MD5}|1|true|{sha}")]})).rows[0];
    assert!(event.is_tamper);
    assert_eq!(event.md5().map(|md5| md5.to_string()).as_deref(), Some(MD5));
}

#[test]
fn an_ambiguous_record_says_so() {
    for (kind, record, expected) in [
        ("filemod", r"2|x|c:\a|b", r"c:\a|b"),
        ("filemod", r"2|x|c:\a|b|", r"c:\a|b"),
        ("regmod", r"2|x|\a|b", r"\a|b"),
        // Two possible ends of the path.
        ("filemod", r"1|x|c:\a||1|true||||false", r"c:\a||1|true|"),
    ] {
        assert_eq!(path(kind, record), (expected.to_owned(), true), "{record}");
    }
    check("regmod", json!(r"2|x|\a|b"), r"first wrote \a|b, path uncertain");
}

proptest! {
    #[test]
    fn no_byte_of_a_path_is_lost(path in "[a-z|\\\\.]{1,30}", has_sha in any::<bool>()) {
        let sha = if has_sha { format!("|{}", "0f".repeat(32)) } else { String::new() };
        let record = format!("8|x|{path}|9e107d9d372bb6826bd81d3542a419d6|1|false{sha}");
        let (read, is_ambiguous) = super::tests::path("filemod", &record);
        prop_assert!(is_ambiguous || read == path.trim(), "{read:?} of {record:?}");
    }
}
