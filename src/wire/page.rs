//! Parsing of responses with one or more records, each on its own, so that a broken one does not affect the others.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

use super::{FromRecord, Record, annotations::Annotations, record::MemberMap};
use crate::model::{Page, Span};

/// Why a response as a whole cannot be parsed. The text does not quote the response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    /// Creates an error with a fixed reason.
    pub(super) fn new(reason: &str) -> Self {
        Self(reason.to_owned())
    }

    /// Creates an error for another JSON value than expected.
    pub(super) fn unexpected_value(json: &str, expected: &str) -> Self {
        let actual = match json.trim_start().bytes().next() {
            Some(b'{') => "another object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            Some(b'<') => "a web page",
            Some(_) => "something else",
            None => "nothing",
        };
        Self(format!("{actual} instead of {expected}"))
    }

    /// Creates an error for a record without an id.
    pub(super) fn missing_id() -> Self {
        Self("the record has no ID".into())
    }

    fn syntax_error(error: &serde_json::Error) -> Self {
        match error.classify() {
            Category::Eof => Self("the JSON is truncated".into()),
            Category::Data | Category::Syntax | Category::Io => {
                Self(format!("invalid JSON at line {}, column {}", error.line(), error.column()))
            }
        }
    }
}

/// Parses a response that is one record or a list of one; `None` if the list is empty, which means "not found".
pub fn parse_one<T: FromRecord>(json: &str) -> Result<Option<T>, Malformed> {
    let json = validate_json(json)?;
    if let Some(record) = record::<T>(json) {
        return T::from_record(&record).map(Some).ok_or_else(Malformed::missing_id);
    }
    let list: Vec<&RawValue> =
        serde_json::from_str(json.get()).map_err(|_| Malformed::unexpected_value(json.get(), "an object"))?;
    match list[..] {
        [] => Ok(None),
        [row] => match record::<T>(row).as_ref().and_then(T::from_record) {
            Some(value) => Ok(Some(value)),
            None => Err(Malformed::missing_id()),
        },
        _ => Err(Malformed("several records instead of one".into())),
    }
}

/// Parses a response that is a complete list, as one page.
pub fn parse_list<T: FromRecord>(json: &str) -> Result<Page<T>, Malformed> {
    let json = validate_json(json)?;
    let list: Vec<&RawValue> =
        serde_json::from_str(json.get()).map_err(|_| Malformed::unexpected_value(json.get(), "a list"))?;
    let total = to_u64(list.len());
    let (rows, n_unreadable) = rows(list);
    Ok(Page { rows, n_unreadable, total, ..Page::default() })
}

/// Parses a page of a search (reference 1.9, 2.2); `requested` provides the start if the response lacks it.
pub fn parse_page<T: FromRecord>(json: &str, requested: Span) -> Result<Page<T>, Malformed> {
    let SearchAnswer { rows: list, members } = SearchAnswer::parse(json)?;
    let envelope = Record::envelope(&members, &["facets", "highlights", "events", "tagged_pids"]);
    let start = envelope.count("start").unwrap_or(requested.start);
    let total = envelope.count("total_results");
    if total.is_none() && requested.rows == 0 {
        // A request for no rows asks for this number alone.
        return Err(Malformed::new("no readable total_results"));
    }
    // The server's estimate may be less than the rows it sends. Beyond the end there are no rows to correct it by.
    let least_total = match to_u64(list.len()) {
        0 => 0,
        n_rows if total.is_none() && n_rows >= requested.rows => start.saturating_add(n_rows).saturating_add(1),
        n_rows => start.saturating_add(n_rows),
    };
    let annotations = Annotations::from_envelope(&members);
    let n_sent = list.len();
    let read = |row: &RawValue| {
        let record = record::<T>(row)?;
        match annotations.annotate(&record) {
            Some(annotated) => T::from_record(&annotated),
            None => T::from_record(&record),
        }
    };
    let rows: Vec<T> = list.into_iter().filter_map(read).collect();
    let n_unreadable = n_sent - rows.len();

    Ok(Page {
        rows,
        n_unreadable,
        total: total.unwrap_or(0).max(least_total),
        start,
        elapsed: envelope.float("elapsed"),
        is_incomplete: envelope.flag("incomplete_results").unwrap_or(false) || total.is_none(),
        hidden: envelope.sum("filtered"),
    })
}

/// A response to a search: its rows, and everything else.
struct SearchAnswer<'a> {
    rows: Vec<&'a RawValue>,
    members: MemberMap<'a>,
}

impl<'a> SearchAnswer<'a> {
    /// Splits a response into its rows and its other members, in one pass, because it can be large.
    fn parse(json: &'a str) -> Result<Self, Malformed> {
        const EXPECTED: &str = "an object with results";
        match serde_json::from_str(strip_bom(json)?) {
            Ok(answer) => Ok(answer),
            Err(error) if error.classify() == Category::Data => {
                // The reason is found in a second pass, since the answer is of no use anyway.
                let members = read_members(json, EXPECTED)?;
                let results = members.get("results").ok_or_else(|| Malformed("an object without results".into()))?;
                Err(Malformed::unexpected_value(results.get(), "a list of results"))
            }
            Err(error) => Err(Malformed::syntax_error(&error)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for SearchAnswer<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SearchAnswerVisitor)
    }
}

struct SearchAnswerVisitor;

impl<'de> Visitor<'de> for SearchAnswerVisitor {
    type Value = SearchAnswer<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with results")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = None;
        let mut members = MemberMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "results" {
                rows = Some(map.next_value()?);
            } else {
                members.insert(name, map.next_value()?);
            }
        }
        let rows = rows.ok_or_else(|| A::Error::missing_field("results"))?;
        Ok(SearchAnswer { rows, members })
    }
}

/// Parses each row of a list on its own. Also returns how many cannot be parsed.
pub(super) fn rows<T: FromRecord>(list: Vec<&RawValue>) -> (Vec<T>, usize) {
    let n_sent = list.len();
    let rows: Vec<T> = list.into_iter().filter_map(|row| T::from_record(&record::<T>(row)?)).collect();
    let n_unreadable = n_sent - rows.len();
    (rows, n_unreadable)
}

/// Parses a record; very long texts are truncated unless it is written back.
fn record<T: FromRecord>(json: &RawValue) -> Option<Record> {
    if T::IS_WRITTEN_BACK { Record::from_uncut_row(json) } else { Record::from_row(json) }
}

/// Splits an object into its members.
pub(super) fn members<'a>(json: &'a RawValue, expected: &str) -> Result<MemberMap<'a>, Malformed> {
    serde_json::from_str(json.get()).map_err(|_| Malformed::unexpected_value(json.get(), expected))
}

/// Splits a response that is an object into its members, in one pass, because it can be large.
pub(super) fn read_members<'a>(json: &'a str, expected: &str) -> Result<MemberMap<'a>, Malformed> {
    let json = strip_bom(json)?;
    serde_json::from_str(json).map_err(|error| match error.classify() {
        Category::Data => Malformed::unexpected_value(json, expected),
        _ => Malformed::syntax_error(&error),
    })
}

/// Checks that the text is one valid JSON value.
pub(super) fn validate_json(json: &str) -> Result<&RawValue, Malformed> {
    serde_json::from_str(strip_bom(json)?).map_err(|error| Malformed::syntax_error(&error))
}

/// Removes a byte order mark. Fails if the text is empty or HTML.
fn strip_bom(json: &str) -> Result<&str, Malformed> {
    let json = json.trim_start_matches('\u{feff}');
    match json.trim_start() {
        start if start.is_empty() || start.starts_with('<') => Err(Malformed::unexpected_value(json, "JSON")),
        _ => Ok(json),
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Process, Sensor};

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
    const REQUESTED: Span = Span { start: 20, rows: 10 };

    fn read(json: &str) -> Page<Process> {
        parse_page(json, REQUESTED).unwrap()
    }

    #[test]
    fn a_row_that_cannot_be_parsed_does_not_affect_others() {
        let page = read(&format!(
            r#"{{"results": [{{"id": "{GUID}"}}, {{"id": 3}}, null, "x", [], {{}}, {{"id": "{GUID}", "cmdline": "\ud800"}}],
                "total_results": 7, "start": 0}}"#
        ));
        assert_eq!((page.rows.len(), page.n_unreadable, page.n_sent()), (2, 5, 7));
        assert_eq!(page.rows[1].cmdline.raw(), "\u{fffd}");
    }

    #[test]
    fn an_envelope_is_parsed_leniently() {
        let page = read(
            r#"{"results": [], "total_results": "34884", "start": "0", "elapsed": "0.5", "incomplete_results": "True", "filtered": {"a": 2, "b": "3", "hour_of_day": []}}"#,
        );
        assert_eq!((page.total, page.start, page.hidden), (34884, 0, 5));
        assert_eq!((page.elapsed, page.is_incomplete), (Some(0.5), true));
        let page = read(r#"{"results": [], "total_results": null, "elapsed": {}, "filtered": []}"#);
        assert_eq!((page.total, page.start, page.hidden), (0, 20, 0));
        assert_eq!((page.elapsed, page.is_incomplete), (None, true));
    }

    #[test]
    fn a_total_that_cannot_be_read_is_unknown_and_not_zero() {
        let row = format!(r#"{{"id": "{GUID}"}}"#);
        for total in ["", r#", "total_results": null"#, r#", "total_results": "many""#] {
            let json = |rows: &str| format!(r#"{{"results": [{rows}], "start": 0{total}}}"#);
            let count = parse_page::<Process>(&json(""), Span { start: 0, rows: 0 });
            assert_eq!(count.unwrap_err().to_string(), "no readable total_results");
            // After a full page there may be more.
            let full = parse_page::<Process>(&json(&row), Span { start: 0, rows: 1 }).unwrap();
            assert_eq!((full.total, full.is_incomplete), (2, true));
            let last = parse_page::<Process>(&json(&row), Span { start: 0, rows: 10 }).unwrap();
            assert_eq!((last.total, last.is_incomplete), (1, true));
        }
    }

    #[test]
    fn a_total_is_never_less_than_the_rows_seen() {
        let row = format!(r#"{{"id": "{GUID}"}}"#);
        let page = read(&format!(r#"{{"results": [{row}], "total_results": 3, "start": 20}}"#));
        assert_eq!(page.total, 21);
        let past = read(r#"{"results": [], "total_results": 3, "start": 20}"#);
        assert_eq!(past.total, 3);
        let max = u64::MAX;
        let absurd = read(&format!(
            r#"{{"results": [{row}], "start": {max}, "filtered": {{"a": {}, "b": {}}}}}"#,
            i64::MAX,
            i64::MAX
        ));
        assert_eq!((absurd.total, absurd.hidden), (max, max - 1));
    }

    #[test]
    fn other_json_than_a_page_is_malformed() {
        for (json, reason) in [
            ("{}", "an object without results"),
            (r#"{"results": null}"#, "something else instead of a list of results"),
            (r#"{"results": {}}"#, "another object instead of a list of results"),
            ("[]", "a list instead of an object with results"),
            ("[[]]", "a list instead of an object with results"),
            (r#""results""#, "a text instead of an object with results"),
            ("null", "something else instead of an object with results"),
            ("", "nothing instead of JSON"),
            ("<html>", "a web page instead of JSON"),
            (r#"{"results": ["#, "the JSON is truncated"),
            (r#"{"results": [nonsense]}"#, "invalid JSON at line 1, column 15"),
        ] {
            assert_eq!(parse_page::<Process>(json, REQUESTED).unwrap_err().to_string(), reason, "{json}");
        }
    }

    #[test]
    fn an_answer_of_one_may_be_a_list_of_one() {
        let id = |json| parse_one::<Sensor>(json).map(|result| result.map(|sensor| sensor.id.0));
        assert_eq!(id(r#"{"id": 7}"#), Ok(Some(7)));
        assert_eq!(id("\u{feff}[{\"id\": \"7\"}]"), Ok(Some(7)));
        assert_eq!(id("[]"), Ok(None));
        for json in [r#"{"id": null}"#, "[3]", "3", r#"[{"id": 7}, {"id": 8}]"#, "{"] {
            assert!(id(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_bare_list_is_one_page() {
        let page = parse_list::<Sensor>(r#"[{"id": 1}, {}, {"id": 2}]"#).unwrap();
        assert_eq!((page.rows.len(), page.n_unreadable, page.total), (2, 1, 3));
        assert!(parse_list::<Sensor>("{}").is_err());
    }
}
