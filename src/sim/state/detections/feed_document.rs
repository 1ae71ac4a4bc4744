//! Fetches and parses the document at the URL of a feed.

use std::{collections::HashSet, fs, sync::Arc, time::Duration};

use reqwest::Client;
use serde_json::Value;
use tokio::runtime::Handle;
use url::{Host, Url};

use super::feeds::{FeedInfo, StoredFeed, StoredReport};

/// Size limit of a document; larger ones are rejected.
const MAX_BYTES: u64 = 64 << 20;
/// Shorter than the timeout of clients, so that they get a response.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Parsed feed document.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sim) struct FeedDocument {
    pub(in crate::sim) name: String,
    pub(in crate::sim) info: FeedInfo,
    pub(in crate::sim) category: Option<String>,
    pub(in crate::sim) reports: Vec<Arc<StoredReport>>,
}

/// Fetches the document of a feed at a time in milliseconds since 1970; `None` if it is missing, invalid or not on this
/// machine.
pub(in crate::sim) fn fetch_document(feed: &StoredFeed, now: i64) -> Option<FeedDocument> {
    let url: Url = feed.url.parse().ok()?;
    let bytes = match url.scheme() {
        "file" => {
            let path = url.to_file_path().ok()?;
            let metadata = fs::metadata(&path).ok()?;
            if !metadata.is_file() || metadata.len() > MAX_BYTES {
                return None;
            }
            fs::read(path).ok()?
        }
        "http" | "https" if is_loopback_url(&url) => {
            // Requests are handled on threads that may block.
            Handle::try_current().ok()?.block_on(download(feed, url))?
        }
        _ => return None,
    };
    parse_document(&serde_json::from_slice(&bytes).ok()?, now)
}

/// Whether a URL is on this machine, the only one that a simulator sends requests to.
fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

async fn download(feed: &StoredFeed, url: Url) -> Option<Vec<u8>> {
    // reqwest is built without a crypto provider. An error means that one is already installed, which is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(READ_TIMEOUT)
        .tls_danger_accept_invalid_certs(feed.validates != Some(true))
        .build()
        .ok()?;
    let mut request = client.get(url);
    if let Some(username) = &feed.username {
        request = request.basic_auth(username, feed.password.as_ref());
    }
    let mut response = request.send().await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if u64::try_from(bytes.len()).is_ok_and(|len| len > MAX_BYTES) {
            return None;
        }
    }
    Some(bytes)
}

/// Parses a feed document; `None` if it is invalid.
fn parse_document(document: &Value, now: i64) -> Option<FeedDocument> {
    let info = document.get("feedinfo")?.as_object()?;
    let text = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = text("name");
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let reports = document.get("reports")?.as_array()?;
    let reports: Vec<_> = reports.iter().map(|report| parse_report(report, now)).collect::<Option<_>>()?;
    let ids: HashSet<&str> = reports.iter().map(|report| &*report.id).collect();
    if ids.len() < reports.len() {
        return None;
    }
    Some(FeedDocument {
        info: FeedInfo {
            display_name: text("display_name"),
            summary: text("summary"),
            tech_data: text("tech_data"),
            provider_url: text("provider_url"),
            icon: text("icon"),
            icon_small: text("icon_small"),
        },
        category: info.get("category").and_then(Value::as_str).map(str::to_owned),
        name,
        reports: reports.into_iter().map(Arc::new).collect(),
    })
}

fn parse_report(report: &Value, now: i64) -> Option<StoredReport> {
    let text = |name: &str| report.get(name).and_then(Value::as_str).map(str::to_owned);
    let iocs = report.get("iocs")?.as_object()?;
    let list = |name: &str| match iocs.get(name) {
        None => Some(Vec::new()),
        Some(values) => parse_texts(values),
    };
    let score = report.get("score")?.as_i64()?;
    if !(-100..=100).contains(&score) {
        return None;
    }
    Some(StoredReport {
        id: text("id").filter(|id| !id.is_empty())?,
        title: text("title")?,
        link: text("link").unwrap_or_default(),
        description: text("description"),
        timestamp: report.get("timestamp")?.as_i64()?,
        first_read_at: now / 1_000,
        score,
        tags: report.get("tags").map_or(Some(Vec::new()), parse_texts)?,
        md5: list("md5")?,
        sha256: list("sha256")?,
        ipv4: list("ipv4")?,
        dns: list("dns")?,
        queries: match iocs.get("query") {
            None => Vec::new(),
            // Older documents have a single search instead of a list.
            Some(Value::Object(_)) => vec![parse_query(&iocs["query"])?],
            Some(searches) => searches.as_array()?.iter().map(parse_query).collect::<Option<_>>()?,
        },
    })
}

fn parse_query(report: &Value) -> Option<(String, String)> {
    let text = |name: &str| Some(report.get(name)?.as_str()?.to_owned());
    Some((text("index_type")?, text("search_query")?))
}

fn parse_texts(values: &Value) -> Option<Vec<String>> {
    values.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_with_any_invalid_part_is_rejected() {
        let valid = json!({
            "feedinfo": {"name": "corpintel", "display_name": "Corp Intel", "icon": "aGk="},
            "reports": [{"id": "CI-118", "title": "Loader", "link": "", "timestamp": 1_614_852_931, "score": 75,
                "tags": ["loader"], "iocs": {"md5": ["9e107d9d372bb6826bd81d3542a419d6"], "query":
                [{"index_type": "events", "search_query": "cb.urlver=1&q=a"}]}}],
        });
        let feed = parse_document(&valid, 5_000).unwrap();
        assert_eq!((&*feed.name, &*feed.info.icon), ("corpintel", "aGk="));
        assert_eq!(feed.reports[0].first_read_at, 5);
        assert_eq!(feed.reports[0].queries, [("events".into(), "cb.urlver=1&q=a".into())]);
        for (pointer, wrong) in [
            ("/feedinfo/name", json!("corp intel")),
            ("/feedinfo", json!(null)),
            ("/reports", json!({})),
            ("/reports/0/score", json!(101)),
            ("/reports/0/title", json!(null)),
            ("/reports/0/iocs", json!([])),
            ("/reports/0/iocs/md5", json!([7])),
        ] {
            let mut document = valid.clone();
            *document.pointer_mut(pointer).unwrap() = wrong;
            assert_eq!(parse_document(&document, 0), None, "{pointer}");
        }
        let mut twice = valid.clone();
        let report = twice["reports"][0].clone();
        twice["reports"].as_array_mut().unwrap().push(report);
        assert_eq!(parse_document(&twice, 0), None);
    }

    #[test]
    fn documents_are_fetched_from_this_machine_only() {
        for (url, expected) in [
            ("http://127.0.0.1:4000/feed.json", true),
            ("https://localhost/feed", true),
            ("http://[::1]/feed", true),
            ("https://intel.example/feed.json", false),
            ("http://localhost.example/", false),
        ] {
            assert_eq!(is_loopback_url(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
