//! Feeds: sources of reports, each read from a document (reference 2.11).

use serde_json::{Value, json};

use super::{
    action, found,
    json_body::{Sent, Unfit, flag, given, take_flag, take_note, take_text, whole},
    not_allowed,
};
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::{
        detections::{About, Feed, Owner, Report, read_paper},
        server::Server,
    },
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "v1", "feed", rest @ ..] = path.as_slice() else {
        return None;
    };
    let known = |id: &str| {
        let id = id.parse().ok()?;
        server.intel.feeds(|feeds| feeds.get(id).cloned())
    };
    Some(match (method, rest) {
        ("GET", []) => {
            let feeds = server.intel.feeds(|feeds| feeds.all().iter().map(record).collect());
            Answer::pretty(feeds)
        }
        ("POST", []) => create(server, ask),
        // The first servers gave only all of them.
        ("GET", [_]) if !server.release.is_at_least(5, 1, 0) => not_allowed(),
        ("GET", [id]) => found(known(id).map(|feed| Answer::pretty(record(&feed)))),
        ("PUT", [id]) => found(known(id).map(|feed| change(server, ask, &feed))),
        ("DELETE", [id]) => found(known(id).map(|feed| {
            if !ask.is_in_vain {
                server.intel.forget_feed(feed.id);
            }
            Answer::success()
        })),
        ("POST", [id, "synchronize"]) => found(known(id).map(|feed| synchronize(server, ask, feed))),
        ("GET", [id, "stats"]) => found(known(id).map(|feed| Answer::compact(stats(&feed)))),
        ("GET", [id, "requirements"]) => found(known(id).map(|feed| Answer::compact(requirements(&feed)))),
        (_, [id, "action", rest @ ..]) => {
            found(known(id).map(|feed| action::answer(server, ask, Owner::Feed(feed.id.into()), rest)))
        }
        (_, [] | [_] | [_, "synchronize" | "stats" | "requirements"]) => not_allowed(),
        _ => return None,
    })
}

/// Adds a feed, if its document can be read at once.
fn create(server: &Server, ask: &Ask) -> Answer {
    let Ok(Value::Object(sent)) = ask.json() else {
        return Answer::werkzeug(400);
    };
    let mut feed = Feed {
        id: 0,
        name: String::new(),
        about: About::default(),
        url: String::new(),
        enabled: true,
        manual: true,
        category: None,
        local_rating: None,
        order: None,
        use_proxy: Some(false),
        validates: Some(false),
        username: None,
        password: None,
        certificate: None,
        key: None,
        is_told: false,
        reports: Vec::new(),
    };
    if fill(&sent, &mut feed).is_err() || feed.url.is_empty() {
        return Answer::werkzeug(400);
    }
    if !renew(server, &mut feed) {
        return unreadable(&feed);
    }
    let feed = server.intel.add_feed(feed);
    feed.map_or_else(
        |name| Answer::text(409, &format!("Feed '{name}' already exists")),
        |feed| Answer::pretty(record(&feed)),
    )
}

fn change(server: &Server, ask: &Ask, before: &Feed) -> Answer {
    let Ok(Value::Object(sent)) = ask.json() else {
        return Answer::werkzeug(400);
    };
    let mut feed = before.clone();
    if fill(&sent, &mut feed).is_err() {
        return Answer::werkzeug(400);
    }
    if feed.url != before.url {
        feed.is_told = false;
        if !renew(server, &mut feed) {
            return unreadable(&feed);
        }
    }
    if !ask.is_in_vain {
        server.intel.put_feed(feed.clone());
    }
    Answer::pretty(record(&feed))
}

fn synchronize(server: &Server, ask: &Ask, mut feed: Feed) -> Answer {
    if !feed.enabled {
        return Answer::text(409, &format!("Feed '{}' is disabled", feed.name));
    }
    if !matches!(ask.json(), Ok(Value::Null | Value::Object(_))) {
        return Answer::werkzeug(400);
    }
    if !feed.is_told {
        if !renew(server, &mut feed) {
            return unreadable(&feed);
        }
        if !ask.is_in_vain {
            server.intel.put_feed(feed);
        }
    }
    Answer::success()
}

/// Reads the document of a feed anew; what it already knew keeps its age.
fn renew(server: &Server, feed: &mut Feed) -> bool {
    let Some(mut paper) = read_paper(feed, server.now().as_millisecond()) else {
        return false;
    };
    for report in &mut paper.reports {
        if let Some(known) = feed.report(&report.id) {
            std::sync::Arc::make_mut(report).created = known.created;
        }
    }
    feed.name = paper.name;
    feed.about = paper.about;
    feed.category = paper.category;
    feed.reports = paper.reports;
    true
}

/// How much a feed has of what.
fn stats(feed: &Feed) -> Value {
    let count = |many: fn(&Report) -> usize| -> usize { feed.reports.iter().map(|report| many(report)).sum() };
    let times = feed.reports.iter().map(|report| report.timestamp);
    json!({
        "feed_id": feed.id,
        "report_count": feed.reports.len(),
        "ioc_counts": {
            "md5": count(|report| report.md5.len()),
            "sha256": count(|report| report.sha256.len()),
            "ipv4": count(|report| report.ipv4.len()),
            "dns": count(|report| report.dns.len()),
            "query": count(|report| report.queries.len()),
        },
        "last_report_timestamp": times.max(),
    })
}

/// What has to be shared for a feed to be of use; none of those here wants anything.
fn requirements(feed: &Feed) -> Value {
    json!({
        "feed_id": feed.id,
        "requires": null,
        "requires_who": null,
        "requires_what": null,
        "is_satisfied": true,
    })
}

fn unreadable(feed: &Feed) -> Answer {
    Answer::text(500, &format!("Could not retrieve feed from {}", feed.url))
}

/// Takes over what was sent, as far as clients may say it.
fn fill(sent: &Sent, feed: &mut Feed) -> Result<(), Unfit> {
    take_text(sent, "feed_url", &mut feed.url)?;
    take_flag(sent, "enabled", &mut feed.enabled)?;
    take_flag(sent, "manually_added", &mut feed.manual)?;
    for (name, into) in [("use_proxy", &mut feed.use_proxy), ("validate_server_cert", &mut feed.validates)] {
        if let Some(value) = given(sent, name) {
            *into = Some(flag(value).ok_or(Unfit)?);
        }
    }
    for (name, into) in [("local_rating", &mut feed.local_rating), ("order", &mut feed.order)] {
        if let Some(value) = sent.get(name) {
            *into = match value {
                Value::Null => None,
                value => Some(whole(value).ok_or(Unfit)?),
            };
        }
    }
    take_note(sent, "username", &mut feed.username)?;
    take_note(sent, "password", &mut feed.password)?;
    take_note(sent, "ssl_client_crt", &mut feed.certificate)?;
    take_note(sent, "ssl_client_key", &mut feed.key)
}

fn record(feed: &Feed) -> Value {
    json!({
        "id": feed.id,
        "name": feed.name,
        "display_name": feed.about.display_name,
        "summary": feed.about.summary,
        "tech_data": feed.about.tech_data,
        "provider_url": feed.about.provider_url,
        "feed_url": feed.url,
        "enabled": feed.enabled,
        "manually_added": feed.manual,
        "category": feed.category,
        "provider_rating": 3.0,
        "local_rating": feed.local_rating,
        "order": feed.order,
        "icon": feed.about.icon,
        "icon_small": feed.about.icon_small,
        "use_proxy": feed.use_proxy,
        "validate_server_cert": feed.validates,
        "username": feed.username,
        "password": feed.password,
        "ssl_client_crt": feed.certificate,
        "ssl_client_key": feed.key,
        "requires": null,
        "requires_who": null,
        "requires_what": null,
    })
}
