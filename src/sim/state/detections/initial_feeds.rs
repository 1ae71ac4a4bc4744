//! The feeds that a world begins with.

use std::sync::Arc;

use url::form_urlencoded;

use super::feeds::{About, StoredFeed, StoredReport};
use crate::sim::world::{self, Rng, World};

const SALT: u64 = 0xfeed;
const DAY: i64 = 86_400;
/// A picture of one point.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mOor/8PAAMBAX8SbXTDAAAAAElFTkSuQmCC";

/// A feed of the world, with its reports.
pub(super) fn load_feed(world: &World, sheet: &world::Feed) -> StoredFeed {
    let reports = sheet.reports.iter().map(|told| load_report(world, &sheet.name, told));
    let drawn = (0..sheet.drawn).map(|number| random_report(world, sheet, number));
    StoredFeed {
        id: sheet.id,
        name: sheet.name.clone(),
        info: About {
            display_name: sheet.display_name.clone(),
            summary: sheet.summary.clone(),
            tech_data: "There are no requirements to share any data to receive this feed.".into(),
            provider_url: sheet.provider_url.clone(),
            icon: ICON.into(),
            icon_small: ICON.into(),
        },
        url: sheet.url.clone(),
        enabled: sheet.enabled,
        manual: sheet.manual,
        category: sheet.category.clone(),
        local_rating: None,
        order: None,
        use_proxy: sheet.manual.then_some(false),
        validates: sheet.manual.then_some(false),
        username: None,
        password: None,
        certificate: None,
        key: None,
        is_initial: true,
        reports: reports.chain(drawn).map(Arc::new).collect(),
    }
}

fn load_report(world: &World, feed: &str, told: &world::Report) -> StoredReport {
    let timestamp = world.now / 1_000 - told.days * DAY;
    let mut report = StoredReport {
        id: told.id.clone(),
        title: told.title.clone(),
        link: told.link.clone(),
        description: Some(told.description.clone()),
        timestamp,
        first_read_at: timestamp + 9,
        score: told.score,
        tags: told.tags.clone(),
        md5: told.md5.clone(),
        sha256: told.sha256.clone(),
        ipv4: told.ipv4.clone(),
        dns: told.dns.clone(),
        queries: Vec::new(),
    };
    match (&*told.ioc, &told.value) {
        ("query", Some(text)) => {
            let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let search = format!("cb.urlver=1&q={}", text.replace('+', "%20"));
            report.queries.push(("events".into(), search));
        }
        ("dns", Some(name)) => report.dns.push(name.clone()),
        ("md5", Some(md5)) => report.md5.push(md5.clone()),
        ("class", _) => {}
        // The files that it is told of.
        _ => {
            let binaries = world.binaries.indexes();
            let binaries = binaries.map(|place| &world.binaries.entries[place]);
            let files = binaries.filter(|binary| {
                let mut feeds = binary.feeds.iter();
                feeds.any(|sheet| sheet.name == feed && sheet.reports.contains(&told.id))
            });
            report.md5.extend(files.map(|binary| binary.md5.clone()));
        }
    }
    report
}

/// A report of a domain that nobody here asks for.
fn random_report(world: &World, sheet: &world::Feed, number: u32) -> StoredReport {
    const KINDS: [&str; 4] = ["phishing", "malware", "c2", "spam"];
    let mut dice = Rng::new(world.seed, SALT ^ u64::from(sheet.id), number.into());
    let timestamp = world.now / 1_000 - DAY - dice.below_ms(700 * DAY);
    let kind = dice.choose(&KINDS).copied().unwrap_or("malware");
    let domain = format!("{}.{kind}.example", dice.hex_digits(8));
    let score = i64::try_from(dice.next_below(90)).unwrap_or(0) + 5;
    let ip = format!("198.51.100.{}", dice.next_below(256));
    let id = format!("{}-{:04}", sheet.name, number + 1);
    StoredReport {
        title: format!("{domain} serves {kind}"),
        link: format!("{}/{id}", sheet.provider_url),
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
