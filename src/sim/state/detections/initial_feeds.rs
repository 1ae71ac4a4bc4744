//! The feeds that a world begins with.

use std::sync::Arc;

use url::form_urlencoded;

use super::feeds::{About, Feed, Report};
use crate::sim::world::{self, Dice, World};

const SALT: u64 = 0xfeed;
const DAY: i64 = 86_400;
/// A picture of one point.
const ICON: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mOor/8PAAMBAX8SbXTDAAAAAElFTkSuQmCC";

/// A feed of the world, with its reports.
pub(super) fn feed(world: &World, sheet: &world::Feed) -> Feed {
    let reports = sheet.reports.iter().map(|told| report(world, &sheet.name, told));
    let drawn = (0..sheet.drawn).map(|number| drawn(world, sheet, number));
    Feed {
        id: sheet.id,
        name: sheet.name.clone(),
        about: About {
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
        is_told: true,
        reports: reports.chain(drawn).map(Arc::new).collect(),
    }
}

fn report(world: &World, feed: &str, told: &world::Report) -> Report {
    let timestamp = world.now / 1_000 - told.days * DAY;
    let mut report = Report {
        id: told.id.clone(),
        title: told.title.clone(),
        link: told.link.clone(),
        description: Some(told.description.clone()),
        timestamp,
        created: timestamp + 9,
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
            let binaries = world.binaries.places();
            let binaries = binaries.map(|place| &world.binaries.all[place]);
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
fn drawn(world: &World, sheet: &world::Feed, number: u32) -> Report {
    const KINDS: [&str; 4] = ["phishing", "malware", "c2", "spam"];
    let mut dice = Dice::new(world.seed, SALT ^ u64::from(sheet.id), number.into());
    let timestamp = world.now / 1_000 - DAY - dice.moment(700 * DAY);
    let kind = dice.pick(&KINDS).copied().unwrap_or("malware");
    let domain = format!("{}.{kind}.example", dice.hex(8));
    let score = i64::try_from(dice.below(90)).unwrap_or(0) + 5;
    let ip = format!("198.51.100.{}", dice.below(256));
    let id = format!("{}-{:04}", sheet.name, number + 1);
    Report {
        title: format!("{domain} serves {kind}"),
        link: format!("{}/{id}", sheet.provider_url),
        description: None,
        timestamp,
        created: timestamp + 60,
        score,
        tags: vec![kind.into()],
        ipv4: vec![ip],
        dns: vec![domain],
        id,
        ..Report::default()
    }
}
