//! Parses links to the server's own web console, as found in tickets (API reference 4.8 and 7).

use super::{AlertId, FeedId, Md5, ProcessId, ReportId, SensorId, WatchlistId};
use crate::text;

/// A link to the web console: its target and server. It is parsed, but never followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Host and port of the server, in lower case and without a default port. `None` if only the fragment (from `#`)
    /// was given.
    pub server: Option<String>,
    pub target: LinkTarget,
}

/// The target of a link. Searches are form-encoded, as watchlists store them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    Process(ProcessId),
    Binary(Md5),
    Host(SensorId),
    Watchlist(WatchlistId),
    Report(ReportId),
    /// A process search.
    Processes(String),
    /// A binary search.
    Binaries(String),
    /// An alert search; for a single alert if it is by id.
    Alerts(String),
    /// A threat report search.
    Reports(String),
    /// Another page, by its name in the URL.
    Other(String),
}

impl Link {
    /// Parses a link, defanged or not: a URL with a `#`, or only the fragment with a page of the web console. `None` if
    /// `text` is no link.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['<', '>', '"']);
        if text.contains(char::is_whitespace) || !text.contains('#') {
            return None;
        }
        let text = text::refang(text);
        let (address, fragment) = text.split_once('#')?;
        let server = match address {
            "" => None,
            address => Some(host(address)?),
        };
        let fragment = fragment.trim_start_matches(['/', '!']);
        let end = fragment.find(['/', '?']).unwrap_or(fragment.len());
        let (kind, arguments) = fragment.split_at(end);
        let arguments = arguments.trim_start_matches(['/', '?']);
        let target = Self::target(kind, arguments);
        let is_known = !matches!(target, LinkTarget::Other(_));
        // A comment also begins with `#`, and any web page may have a fragment.
        (is_known || server.is_some() && !kind.is_empty()).then_some(Self { server, target })
    }

    fn target(kind: &str, arguments: &str) -> LinkTarget {
        let mut parts = arguments.split(['/', '?']);
        let first = parts.next().unwrap_or_default();
        let target = match kind {
            "analyze" => ProcessId::parse_with_segment(first).map(|(id, _)| LinkTarget::Process(id)),
            "binary" => first.parse().ok().map(LinkTarget::Binary),
            "host" => first.parse().ok().map(|id| LinkTarget::Host(SensorId(id))),
            "watchlist" => first.parse().ok().map(|id| LinkTarget::Watchlist(WatchlistId(id))),
            "threat-details" => {
                let id = parts.next().filter(|id| !id.is_empty());
                let feed = first.parse().ok().map(FeedId);
                feed.zip(id).map(|(feed, id)| LinkTarget::Report(ReportId { feed, id: id.into() }))
            }
            "search" => Some(LinkTarget::Processes(arguments.to_owned())),
            "binaries" => Some(LinkTarget::Binaries(arguments.to_owned())),
            "alerts" => Some(LinkTarget::Alerts(arguments.to_owned())),
            "threats" => Some(LinkTarget::Reports(arguments.to_owned())),
            _ => None,
        };
        target.unwrap_or_else(|| LinkTarget::Other(kind.to_owned()))
    }

    /// Returns the hash that `text` is or links to. A hash identifies the file on every server.
    pub fn md5(text: &str) -> Option<Md5> {
        text.parse().ok().or_else(|| match Self::parse(text)?.target {
            LinkTarget::Binary(md5) => Some(md5),
            _ => None,
        })
    }

    /// Returns the alert that the link searches for by id; `None` for any other link.
    pub fn alert(&self) -> Option<AlertId> {
        let LinkTarget::Alerts(search) = &self.target else {
            return None;
        };
        let mut ids = url::form_urlencoded::parse(search.as_bytes()).filter_map(|(name, value)| {
            let id = match &*name {
                "cb.fq.unique_id" | "cb.q.unique_id" => &*value,
                "q" => value.trim().strip_prefix("unique_id:")?.trim_matches('"'),
                _ => return None,
            };
            let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            is_id.then(|| AlertId(id.into()))
        });
        let id = ids.next()?;
        ids.next().is_none().then_some(id)
    }

    /// Returns whether the link is for the server with this host and port, written as in [`Link::server`]; a link
    /// without a server is for any.
    pub fn is_for_server(&self, server: &str) -> bool {
        self.server.as_ref().is_none_or(|own| own == server)
    }

    /// Describes the target.
    pub fn label(&self) -> &'static str {
        match &self.target {
            LinkTarget::Process(_) => "a process",
            LinkTarget::Binary(_) => "a binary",
            LinkTarget::Host(_) => "a host",
            LinkTarget::Watchlist(_) => "a watchlist",
            LinkTarget::Report(_) => "a threat report",
            LinkTarget::Processes(_) => "a process search",
            LinkTarget::Binaries(_) => "a binary search",
            LinkTarget::Alerts(_) if self.alert().is_some() => "an alert",
            LinkTarget::Alerts(_) => "an alert search",
            LinkTarget::Reports(_) => "a report search",
            LinkTarget::Other(_) => "an unknown page",
        }
    }
}

/// Returns host and port of a URL, in lower case and without a default port. `None` if it is no web address.
pub fn host(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.to_lowercase();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "00000007-0000-1092-01d7-10df4de391b0";
    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";
    const ALERT: &str = "3f6e1b5a-9c2d-4a57-8e11-0d9f1c7b2a64";

    #[track_caller]
    fn check(text: &str, target: &LinkTarget) {
        let link = Link::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(link.target, *target, "{text}");
    }

    #[test]
    fn every_link_of_the_web_console_is_parsed_with_and_without_its_slash() {
        let id: ProcessId = GUID.parse().unwrap();
        for base in ["https://cb.example.com/", "https://CB.example.com", "hxxps://cb[.]example[.]com/", ""] {
            for slash in ["", "/"] {
                let link = |rest: &str| format!("{base}#{slash}{rest}");
                check(&link(&format!("analyze/{GUID}/1")), &LinkTarget::Process(id));
                check(&link(&format!("analyze/{GUID}/1614852945678?x=1")), &LinkTarget::Process(id));
                check(&link(&format!("analyze/{GUID}-0177fcbc770e")), &LinkTarget::Process(id));
                check(&link(&format!("binary/{}", MD5.to_uppercase())), &LinkTarget::Binary(MD5.parse().unwrap()));
                check(&link("host/4"), &LinkTarget::Host(SensorId(4)));
                check(&link("watchlist/14"), &LinkTarget::Watchlist(WatchlistId(14)));
                let report = ReportId { feed: FeedId(12), id: "CI-118".into() };
                check(&link("threat-details/12/CI-118"), &LinkTarget::Report(report));
                let search = "cb.urlver=1&q=a%2Fb&cb.fq.hour_of_day=3";
                check(&link(&format!("search/{search}")), &LinkTarget::Processes(search.into()));
                check(&link(&format!("search?{search}")), &LinkTarget::Processes(search.into()));
                check(&link(&format!("binaries/{search}")), &LinkTarget::Binaries(search.into()));
                check(&link(&format!("alerts?{search}")), &LinkTarget::Alerts(search.into()));
                check(&link(&format!("threats/{search}")), &LinkTarget::Reports(search.into()));
            }
        }
        check("https://cb.example.com/#/investigation/3", &LinkTarget::Other("investigation".into()));
        check("https://cb.example.com/#/analyze/x", &LinkTarget::Other("analyze".into()));
    }

    #[test]
    fn other_text_is_not_parsed_as_a_link() {
        for text in [
            "",
            "#",
            "# a comment",
            "#comment",
            "a#b",
            "https://cb.example.com/",
            "ftp://a/#/host/4",
            "process_name:a #/host/4",
        ] {
            assert_eq!(Link::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_has_the_server_it_is_for() {
        let server = |text: &str| Link::parse(text).unwrap().server;
        assert_eq!(server("https://CB.Example.com:443/#/host/4").as_deref(), Some("cb.example.com"));
        assert_eq!(server("https://cb.example.com:8443/#/host/4").as_deref(), Some("cb.example.com:8443"));
        assert_eq!(server("#/host/4"), None);
        let link = Link::parse("https://cb.example.com/#/host/4").unwrap();
        assert!(link.is_for_server("cb.example.com") && !link.is_for_server("other.example.com"));
    }

    #[test]
    fn a_link_is_for_an_alert_only_if_it_searches_one_id() {
        let alert = |search: &str| Link::parse(&format!("https://cb.example.com/#/alerts?{search}")).unwrap().alert();
        let id = Some(AlertId(ALERT.into()));
        assert_eq!(alert(&format!("cb.urlver=1&q=unique_id%3A{ALERT}")), id);
        assert_eq!(alert(&format!("q=&cb.fq.unique_id={ALERT}")), id);
        assert_eq!(alert("q=status%3AUnresolved"), None);
        assert_eq!(alert(&format!("cb.fq.unique_id={ALERT}&cb.fq.unique_id={ALERT}")), None);
    }
}
