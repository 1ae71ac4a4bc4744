//! The examples of section 3.4 of the API reference, and which documents they match.

use super::*;

#[test]
fn dates_in_every_form() {
    let started = |moment: &str| TestDocument::default().with("start", FieldValue::Time(time(moment)));
    // The current time is noon of 4 March 2021.
    let table = [
        ("start:2021-03-04", "2021-03-04T00:00:00Z", true),
        ("start:2021-03-04", "2021-03-04T23:59:59.999Z", true),
        ("start:2021-03-04", "2021-03-05T00:00:00Z", false),
        ("start:2021-03-04T10:00:00", "2021-03-04T09:59:59Z", false),
        ("start:2021-03-04T10:00:00", "2021-03-04T10:00:00Z", true),
        ("start:2021-03-04T10:00:00", "2021-03-05T09:59:59Z", true),
        ("start:2021-03-04T10:00:00", "2021-03-05T10:00:00Z", false),
        ("start:[2021-03-01 TO 2021-03-31]", "2021-02-28T23:59:59Z", false),
        ("start:[2021-03-01 TO 2021-03-31]", "2021-03-01T00:00:00Z", true),
        ("start:[2021-03-01 TO 2021-03-31]", "2021-03-31T18:00:00Z", true),
        ("start:[2021-03-01 TO 2021-03-31]", "2021-04-01T00:00:00Z", false),
        ("start:[2021-03-04T10:00:00 TO *]", "2021-03-04T09:59:59Z", false),
        ("start:[2021-03-04T10:00:00 TO *]", "2031-03-04T10:00:00Z", true),
        ("start:[* TO 2021-03-04T10:00:00]", "2021-03-04T10:00:00Z", true),
        ("start:[* TO 2021-03-04T10:00:00]", "2021-03-04T10:00:01Z", false),
        ("start:-24h", "2021-03-03T12:00:00Z", true),
        ("start:-24h", "2021-03-03T11:59:59Z", false),
        ("start:-24h", "2021-03-04T12:00:01Z", false),
        ("start:-30m", "2021-03-04T11:30:00Z", true),
        ("start:-30m", "2021-03-04T11:29:59Z", false),
        ("start:-90s", "2021-03-04T11:58:30Z", true),
        ("start:-90s", "2021-03-04T11:58:29Z", false),
        ("start:-2d", "2021-03-02T12:00:00Z", true),
        ("start:[-48h TO -24h]", "2021-03-03T00:00:00Z", true),
        ("start:[-48h TO -24h]", "2021-03-04T00:00:00Z", false),
        ("-start:-24h", "2021-03-01T00:00:00Z", true),
        ("start:*", "1970-01-01T00:00:00Z", true),
        ("start:[* TO *]", "1970-01-01T00:00:00Z", true),
        ("start:yesterday", "2021-03-03T12:00:00Z", false),
    ];
    for (query, moment, expected) in table {
        let is_match = finds(Index::Process, query, &started(moment));
        assert_eq!(is_match, expected, "{query} {moment}");
    }
    let text = TestDocument::default().text("start", "2021-03-04T10:15:30.12Z");
    assert!(finds(Index::Process, "start:2021-03-04", &text));
    // A damaged document has -1 for its start.
    let broken = TestDocument::default().with("start", FieldValue::Number(-1.0));
    assert!(!finds(Index::Process, "start:[* TO 2021-03-04]", &broken));
}
