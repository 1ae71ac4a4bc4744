//! Feeds that a world begins with.

use std::sync::Arc;

use url::form_urlencoded;

use super::feeds::{FeedInfo, StoredFeed, StoredReport};
use crate::sim::world::{self, Rng, World};

const SALT: u64 = 0xfeed;
const DAY: i64 = 86_400;
/// PNG of one pixel, in Base64.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mOor/8PAAMBAX8SbXTDAAAAAElFTkSuQmCC";

/// Returns the feeds of the world, with their reports.
pub(super) fn load_feeds(world: &World) -> Vec<StoredFeed> {
    world.intelligence.feeds.iter().map(|feed| load_feed(world, feed)).collect()
}

fn load_feed(world: &World, feed: &world::Feed) -> StoredFeed {
    let reports = feed.reports.iter().map(|report| load_report(world, &feed.name, report));
    let random_reports = (0..feed.drawn).map(|number| random_report(world, feed, number));
    StoredFeed {
        id: feed.id,
        name: feed.name.clone(),
        info: FeedInfo {
            display_name: feed.display_name.clone(),
            summary: feed.summary.clone(),
            tech_data: "There are no requirements to share any data to receive this feed.".into(),
            provider_url: feed.provider_url.clone(),
            icon: ICON.into(),
            icon_small: ICON.into(),
        },
        url: feed.url.clone(),
        enabled: feed.enabled,
        manual: feed.manual,
        category: feed.category.clone(),
        local_rating: None,
        order: None,
        use_proxy: feed.manual.then_some(false),
        validates: feed.manual.then_some(false),
        username: None,
        password: None,
        certificate: None,
        key: None,
        is_initial: true,
        reports: reports.chain(random_reports).map(Arc::new).collect(),
    }
}

fn load_report(world: &World, feed: &str, source: &world::Report) -> StoredReport {
    let timestamp = world.now / 1_000 - source.days * DAY;
    let mut report = StoredReport {
        id: source.id.clone(),
        title: source.title.clone(),
        link: source.link.clone(),
        description: Some(source.description.clone()),
        timestamp,
        first_read_at: timestamp + 9,
        score: source.score,
        tags: source.tags.clone(),
        md5: source.md5.clone(),
        sha256: source.sha256.clone(),
        ipv4: source.ipv4.clone(),
        dns: source.dns.clone(),
        queries: Vec::new(),
    };
    match (&*source.ioc, &source.value) {
        ("query", Some(text)) => {
            let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let search = format!("cb.urlver=1&q={}", text.replace('+', "%20"));
            report.queries.push(("events".into(), search));
        }
        ("dns", Some(name)) => report.dns.push(name.clone()),
        ("md5", Some(md5)) => report.md5.push(md5.clone()),
        ("class", _) => {}
        // The binaries that the report is about.
        _ => {
            let binaries = world.binaries.indexes().map(|index| &world.binaries.entries[index]);
            let files = binaries.filter(|binary| {
                binary.feeds.iter().any(|entry| entry.name == feed && entry.reports.contains(&source.id))
            });
            report.md5.extend(files.map(|binary| binary.md5.clone()));
        }
    }
    report
}

/// Generates a report on a domain that occurs nowhere in the world.
fn random_report(world: &World, feed: &world::Feed, number: u32) -> StoredReport {
    const KINDS: [&str; 4] = ["phishing", "malware", "c2", "spam"];
    let mut rng = Rng::new(world.seed, SALT ^ u64::from(feed.id), number.into());
    let timestamp = world.now / 1_000 - DAY - rng.below_ms(700 * DAY);
    let kind = rng.choose(&KINDS).copied().unwrap_or("malware");
    let domain = format!("{}.{kind}.example", rng.hex_digits(8));
    let score = i64::try_from(rng.next_below(90)).unwrap_or(0) + 5;
    let ip = format!("198.51.100.{}", rng.next_below(256));
    let id = format!("{}-{:04}", feed.name, number + 1);
    StoredReport {
        title: format!("{domain} serves {kind}"),
        link: format!("{}/{id}", feed.provider_url),
        description: None,
        timestamp,
        first_read_at: timestamp + 60,
        score,
        tags: vec![kind.into()],
        ipv4: vec![ip],
        dns: vec![domain],
        id,
        ..StoredReport::default()
    }
}
