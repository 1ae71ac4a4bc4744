//! Threat intelligence feeds, each fetched from a document (reference 2.11).

use serde_json::{Value, json};

use super::{action, method_not_allowed, or_not_found};
use crate::sim::http::json_body::{
    InvalidMember, JsonObject, non_null, parse_flag, parse_integer, take_flag, take_optional_text, take_text,
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
    let ["api", "v1", "feed", subpath @ ..] = path.as_slice() else {
        return None;
    };
    let find = |id: &str| {
        let id = id.parse().ok()?;
        server.detections.with_feeds(|feeds| feeds.get(id).cloned())
    };
    Some(match (method, subpath) {
        ("GET", []) => {
            let feeds = server.detections.with_feeds(|feeds| feeds.feeds().iter().map(to_record).collect());
            ApiResponse::json_pretty(feeds)
        }
        ("POST", []) => create_feed(server, request),
        // Servers before 5.1 have no route for a single feed.
        ("GET", [_]) if !server.version.is_at_least(5, 1, 0) => method_not_allowed(),
        ("GET", [id]) => or_not_found(find(id).map(|feed| ApiResponse::json_pretty(to_record(&feed)))),
        ("PUT", [id]) => or_not_found(find(id).map(|feed| update_feed(server, request, &feed))),
        ("DELETE", [id]) => or_not_found(find(id).map(|feed| {
            if !request.drops_change {
                server.detections.delete_feed(feed.id);
            }
            ApiResponse::success_result()
        })),
        ("POST", [id, "synchronize"]) => or_not_found(find(id).map(|feed| synchronize_feed(server, request, feed))),
        ("GET", [id, "stats"]) => or_not_found(find(id).map(|feed| ApiResponse::json_compact(feed_stats(&feed)))),
        ("GET", [id, "requirements"]) => {
            or_not_found(find(id).map(|feed| ApiResponse::json_compact(feed_requirements(&feed))))
        }
        (_, [id, "action", subpath @ ..]) => {
            or_not_found(find(id).map(|feed| action::handle(server, request, Owner::Feed(feed.id.into()), subpath)))
        }
        (_, [] | [_] | [_, "synchronize" | "stats" | "requirements"]) => method_not_allowed(),
        _ => return None,
    })
}

/// Adds a feed, unless its document cannot be fetched.
fn create_feed(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(Value::Object(body)) = request.json() else {
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
    if apply_body(&body, &mut feed).is_err() || feed.url.is_empty() {
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
    let Ok(Value::Object(body)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let mut feed = before.clone();
    if apply_body(&body, &mut feed).is_err() {
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

/// Fetches the document of a feed again; returns whether that succeeded. Reports that the feed already has keep their
/// time of the first fetch.
fn refetch_document(server: &Server, feed: &mut StoredFeed) -> bool {
    let Some(mut document) = fetch_document(feed, server.now().as_millisecond()) else {
        return false;
    };
    for report in &mut document.reports {
        if let Some(old) = feed.report(&report.id) {
            std::sync::Arc::make_mut(report).first_read_at = old.first_read_at;
        }
    }
    feed.name = document.name;
    feed.info = document.info;
    feed.category = document.category;
    feed.reports = document.reports;
    true
}

/// Returns the numbers of reports and indicators.
fn feed_stats(feed: &StoredFeed) -> Value {
    let sum = |count: fn(&StoredReport) -> usize| -> usize { feed.reports.iter().map(|report| count(report)).sum() };
    let times = feed.reports.iter().map(|report| report.timestamp);
    json!({
        "feed_id": feed.id,
        "report_count": feed.reports.len(),
        "ioc_counts": {
            "md5": sum(|report| report.md5.len()),
            "sha256": sum(|report| report.sha256.len()),
            "ipv4": sum(|report| report.ipv4.len()),
            "dns": sum(|report| report.dns.len()),
            "query": sum(|report| report.queries.len()),
        },
        "last_report_timestamp": times.max(),
    })
}

/// Returns the data sharing that a feed requires, which is none for all feeds here.
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

/// Applies the members of a body that clients may write.
fn apply_body(body: &JsonObject, feed: &mut StoredFeed) -> Result<(), InvalidMember> {
    take_text(body, "feed_url", &mut feed.url)?;
    take_flag(body, "enabled", &mut feed.enabled)?;
    take_flag(body, "manually_added", &mut feed.manual)?;
    for (name, target) in [("use_proxy", &mut feed.use_proxy), ("validate_server_cert", &mut feed.validates)] {
        if let Some(value) = non_null(body, name) {
            *target = Some(parse_flag(value).ok_or(InvalidMember)?);
        }
    }
    for (name, target) in [("local_rating", &mut feed.local_rating), ("order", &mut feed.order)] {
        if let Some(value) = body.get(name) {
            *target = match value {
                Value::Null => None,
                value => Some(parse_integer(value).ok_or(InvalidMember)?),
            };
        }
    }
    take_optional_text(body, "username", &mut feed.username)?;
    take_optional_text(body, "password", &mut feed.password)?;
    take_optional_text(body, "ssl_client_crt", &mut feed.certificate)?;
    take_optional_text(body, "ssl_client_key", &mut feed.key)
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
