//! Parsing of feeds and threat reports (reference 2.11, 2.12).

use super::{FromRecord, Record, record::is_secret};
use crate::model::{Feed, FeedId, Indicator, Report, ReportId, Sealed};
use crate::text::Untrusted;

/// Members of a feed that are not shown: icons, which may be large, and credentials.
const NOT_SHOWN: &[&str] = &["icon", "icon_small", "username", "ssl_client_crt", "ssl_client_key"];

/// The kinds of indicators of a report: the field in the search index, the member in the report itself, and the kind.
const KINDS: [(&str, &str, &str); 5] = [
    ("md5", "md5", "md5"),
    ("sha256", "sha256", "sha256"),
    ("domain", "dns", "dns"),
    ("ipaddr", "ipv4", "ipv4"),
    ("ipv6addr", "ipv6", "ipv6"),
];

/// Masks credentials in a URL: user name and password, and the values of parameters that are secret by their name.
/// `None` if there are none.
fn without_secrets(url: &Untrusted) -> Option<Untrusted> {
    let raw = url.raw();
    let (scheme, after_scheme) = raw.split_once("://")?;
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    let host = match after_scheme[..end].rsplit_once('@') {
        Some((_, host)) => format!("********@{host}"),
        None => after_scheme[..end].to_owned(),
    };
    let path_and_query = &after_scheme[end..];
    let path_and_query = match path_and_query.split_once('?') {
        Some((path, query)) => {
            let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                Some((name, value)) if is_secret(name) && !value.is_empty() => {
                    format!("{name}=********")
                }
                _ => pair.to_owned(),
            });
            format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
        }
        None => path_and_query.to_owned(),
    };
    let masked = format!("{scheme}://{host}{path_and_query}");
    (masked != raw).then(|| masked.into())
}

impl FromRecord for Feed {
    const IS_WRITTEN_BACK: bool = true;

    fn from_record(record: &Record) -> Option<Self> {
        let url = record.text("feed_url");
        let masked = without_secrets(&url);
        let mut hidden = NOT_SHOWN.to_vec();
        hidden.extend(masked.as_ref().map(|_| "feed_url"));
        hidden.extend(record.names().filter(|name| is_secret(name)));
        Some(Self {
            id: FeedId(record.count("id")?),
            name: record.text("name"),
            display_name: record.text("display_name"),
            summary: record.text("summary"),
            url: masked.unwrap_or(url),
            provider_url: record.text("provider_url"),
            category: record.text("category"),
            is_enabled: record.flag("enabled"),
            is_manual: record.flag("manually_added"),
            document: record.document_without(&hidden),
            full_record: Sealed::new(record.document().json()),
        })
    }
}

impl FromRecord for Report {
    fn from_record(record: &Record) -> Option<Self> {
        let id = record.text_or("id", "report_id");
        let created = record.time("create_time");
        Some(Self {
            id: ReportId { feed: FeedId(record.count("feed_id")?), id: id.non_empty()?.clone() },
            title: record.text("title"),
            description: record.text("description"),
            link: record.text("link"),
            feed_name: record.text("feed_name"),
            score: record.int("score").or_else(|| record.int("severity_score")),
            created: created.or_else(|| record.time("timestamp")),
            is_ignored: record.flag("is_ignored"),
            tags: record.texts("tags"),
            indicators: indicators(record),
            document: record.document(),
        })
    }
}

/// Returns the indicators of a report: from fields if it comes from a search, or from an object of lists in its own
/// record.
fn indicators(record: &Record) -> Vec<Indicator> {
    let new_indicator = |kind: &str, value: Untrusted| Indicator { kind: kind.into(), value, ..Indicator::default() };
    let inner = record.nested_record("iocs").unwrap_or_default();
    let mut all = Vec::new();
    for (field, member, kind) in KINDS {
        let values = record.texts(field).into_iter().chain(inner.texts(member));
        for value in values {
            let indicator = new_indicator(kind, value);
            if !all.contains(&indicator) {
                all.push(indicator);
            }
        }
    }
    all.extend(inner.records("query").iter().map(|query| Indicator {
        index: query.text("index_type"),
        ..new_indicator("query", query.text("search_query"))
    }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Page, Span};
    use crate::wire;

    #[test]
    fn icons_and_secrets_of_a_feed_are_only_in_the_sealed_record() {
        let page: Page<Feed> = wire::parse_list(include_str!("../../tests/goldens/get_feed_list.json")).unwrap();
        assert_eq!((page.rows.len(), page.n_unreadable), (1, 1));
        let feed = &page.rows[0];
        assert_eq!((feed.id, feed.name.raw()), (FeedId(12), "corpintel"));
        for secret in ["s3cret", "aWNvbg", "PRIVATE"] {
            assert!(!feed.document.json().contains(secret), "{secret}");
            assert!(!format!("{feed:?}").contains(secret), "{secret}");
            assert!(feed.full_record.reveal().contains(secret), "{secret}");
        }
    }

    #[test]
    fn credentials_in_a_url_are_masked() {
        let record = r#"{"id": 3, "feed_url": "https://ana:s3cret@intel.example/a@b?c=d"}"#;
        let feed: Feed = wire::parse_one(record).unwrap().unwrap();
        assert_eq!(feed.url.raw(), "https://********@intel.example/a@b?c=d");
        assert!(!feed.document.json().contains("s3cret"));
        let with_key = r#"{"id": 3, "feed_url": "https://intel.example/a?x=1&apikey=s3cret", "api_token": "s3cret"}"#;
        let feed: Feed = wire::parse_one(with_key).unwrap().unwrap();
        assert_eq!(feed.url.raw(), "https://intel.example/a?x=1&apikey=********");
        assert!(!feed.document.json().contains("s3cret"));
        let without_secret = r#"{"id": 3, "feed_url": "https://intel.example/a@b"}"#;
        let feed: Feed = wire::parse_one(without_secret).unwrap().unwrap();
        assert_eq!(feed.url.raw(), "https://intel.example/a@b");
        assert!(feed.document.json().contains("intel.example"));
    }

    #[test]
    fn a_report_is_parsed_from_a_search_and_from_its_own_record() {
        let search = r#"{"results": [{"feed_id": 12, "id": "CI-118", "title": "Loader", "is_ignored": "true",
            "severity_score": 75, "md5": ["9e107d9d372bb6826bd81d3542a419d6"], "domain": "cdn.example.net"}, {"id": "x"}],
            "total_results": 2, "start": 0}"#;
        let page: Page<Report> = wire::parse_page(search, Span { start: 0, rows: 2 }).unwrap();
        assert_eq!(page.n_unreadable, 1);
        let row = &page.rows[0];
        assert_eq!((row.id.raw().as_str(), row.score), ("12:CI-118", Some(75)));
        assert_eq!(row.is_ignored, Some(true));
        let own: Report = wire::parse_one(include_str!("../../tests/goldens/get_report.json")).unwrap().unwrap();
        assert_eq!(own.id, row.id);
        let kinds: Vec<_> = own.indicators.iter().map(|one| one.kind.raw()).collect();
        assert_eq!(kinds, ["md5", "dns", "ipv4", "query"]);
        assert_eq!(own.indicators[3].index.raw(), "events");
        assert_eq!(row.indicators[..], own.indicators[..2]);
    }
}
