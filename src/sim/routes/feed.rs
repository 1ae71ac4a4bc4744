//! Feeds: sources of reports, each read from a document (reference 2.11).

use serde_json::{Value, json};

use super::{
    action,
    json_body::{InvalidMember, Sent, non_null, parse_flag, parse_integer, take_flag, take_note, take_text},
    method_not_allowed, or_not_found,
};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::{
        detections::{FeedInfo, Owner, StoredFeed, StoredReport, fetch_document},
        server::Server,
    },
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "v1", "feed", rest @ ..] = path.as_slice() else {
        return None;
    };
    let known = |id: &str| {
        let id = id.parse().ok()?;
        server.detections.with_feeds(|feeds| feeds.get(id).cloned())
    };
    Some(match (method, rest) {
        ("GET", []) => {
            let feeds = server.detections.with_feeds(|feeds| feeds.feeds().iter().map(to_record).collect());
            ApiResponse::json_pretty(feeds)
        }
        ("POST", []) => create_feed(server, request),
        // The first servers gave only all of them.
        ("GET", [_]) if !server.version.is_at_least(5, 1, 0) => method_not_allowed(),
        ("GET", [id]) => or_not_found(known(id).map(|feed| ApiResponse::json_pretty(to_record(&feed)))),
        ("PUT", [id]) => or_not_found(known(id).map(|feed| update_feed(server, request, &feed))),
        ("DELETE", [id]) => or_not_found(known(id).map(|feed| {
            if !request.drops_change {
                server.detections.delete_feed(feed.id);
            }
            ApiResponse::success_result()
        })),
        ("POST", [id, "synchronize"]) => or_not_found(known(id).map(|feed| synchronize_feed(server, request, feed))),
        ("GET", [id, "stats"]) => or_not_found(known(id).map(|feed| ApiResponse::json_compact(feed_stats(&feed)))),
        ("GET", [id, "requirements"]) => {
            or_not_found(known(id).map(|feed| ApiResponse::json_compact(feed_requirements(&feed))))
        }
        (_, [id, "action", rest @ ..]) => {
            or_not_found(known(id).map(|feed| action::handle(server, request, Owner::Feed(feed.id.into()), rest)))
        }
        (_, [] | [_] | [_, "synchronize" | "stats" | "requirements"]) => method_not_allowed(),
        _ => return None,
    })
}

/// Adds a feed, if its document can be read at once.
fn create_feed(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(Value::Object(sent)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let mut feed = StoredFeed {
        id: 0,
        name: String::new(),
        info: FeedInfo::default(),
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
        is_initial: false,
        reports: Vec::new(),
    };
    if apply_body(&sent, &mut feed).is_err() || feed.url.is_empty() {
        return ApiResponse::app_error(400);
    }
    if !refetch_document(server, &mut feed) {
        return unreadable_response(&feed);
    }
    let feed = server.detections.add_feed(feed);
    feed.map_or_else(
        |name| ApiResponse::text(409, &format!("Feed '{name}' already exists")),
        |feed| ApiResponse::json_pretty(to_record(&feed)),
    )
}

fn update_feed(server: &Server, request: &ApiRequest, before: &StoredFeed) -> ApiResponse {
    let Ok(Value::Object(sent)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let mut feed = before.clone();
    if apply_body(&sent, &mut feed).is_err() {
        return ApiResponse::app_error(400);
    }
    if feed.url != before.url {
        feed.is_initial = false;
        if !refetch_document(server, &mut feed) {
            return unreadable_response(&feed);
        }
    }
    if !request.drops_change {
        server.detections.update_feed(feed.clone());
    }
    ApiResponse::json_pretty(to_record(&feed))
}

fn synchronize_feed(server: &Server, request: &ApiRequest, mut feed: StoredFeed) -> ApiResponse {
    if !feed.enabled {
        return ApiResponse::text(409, &format!("Feed '{}' is disabled", feed.name));
    }
    if !matches!(request.json(), Ok(Value::Null | Value::Object(_))) {
        return ApiResponse::app_error(400);
    }
    if !feed.is_initial {
        if !refetch_document(server, &mut feed) {
            return unreadable_response(&feed);
        }
        if !request.drops_change {
            server.detections.update_feed(feed);
        }
    }
    ApiResponse::success_result()
}

/// Reads the document of a feed anew; what it already knew keeps its age.
fn refetch_document(server: &Server, feed: &mut StoredFeed) -> bool {
    let Some(mut paper) = fetch_document(feed, server.now().as_millisecond()) else {
        return false;
    };
    for report in &mut paper.reports {
        if let Some(known) = feed.report(&report.id) {
            std::sync::Arc::make_mut(report).first_read_at = known.first_read_at;
        }
    }
    feed.name = paper.name;
    feed.info = paper.info;
    feed.category = paper.category;
    feed.reports = paper.reports;
    true
}

/// How much a feed has of what.
fn feed_stats(feed: &StoredFeed) -> Value {
    let count = |many: fn(&StoredReport) -> usize| -> usize { feed.reports.iter().map(|report| many(report)).sum() };
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
fn feed_requirements(feed: &StoredFeed) -> Value {
    json!({
        "feed_id": feed.id,
        "requires": null,
        "requires_who": null,
        "requires_what": null,
        "is_satisfied": true,
    })
}

fn unreadable_response(feed: &StoredFeed) -> ApiResponse {
    ApiResponse::text(500, &format!("Could not retrieve feed from {}", feed.url))
}

/// Takes over what was sent, as far as clients may say it.
fn apply_body(sent: &Sent, feed: &mut StoredFeed) -> Result<(), InvalidMember> {
    take_text(sent, "feed_url", &mut feed.url)?;
    take_flag(sent, "enabled", &mut feed.enabled)?;
    take_flag(sent, "manually_added", &mut feed.manual)?;
    for (name, into) in [("use_proxy", &mut feed.use_proxy), ("validate_server_cert", &mut feed.validates)] {
        if let Some(value) = non_null(sent, name) {
            *into = Some(parse_flag(value).ok_or(InvalidMember)?);
        }
    }
    for (name, into) in [("local_rating", &mut feed.local_rating), ("order", &mut feed.order)] {
        if let Some(value) = sent.get(name) {
            *into = match value {
                Value::Null => None,
                value => Some(parse_integer(value).ok_or(InvalidMember)?),
            };
        }
    }
    take_note(sent, "username", &mut feed.username)?;
    take_note(sent, "password", &mut feed.password)?;
    take_note(sent, "ssl_client_crt", &mut feed.certificate)?;
    take_note(sent, "ssl_client_key", &mut feed.key)
}

fn to_record(feed: &StoredFeed) -> Value {
    json!({
        "id": feed.id,
        "name": feed.name,
        "display_name": feed.info.display_name,
        "summary": feed.info.summary,
        "tech_data": feed.info.tech_data,
        "provider_url": feed.info.provider_url,
        "feed_url": feed.url,
        "enabled": feed.enabled,
        "manually_added": feed.manual,
        "category": feed.category,
        "provider_rating": 3.0,
        "local_rating": feed.local_rating,
        "order": feed.order,
        "icon": feed.info.icon,
        "icon_small": feed.info.icon_small,
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
