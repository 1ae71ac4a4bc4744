//! Watchlists: stored searches that run periodically (reference 2.10).

use serde_json::{Value, json};

use super::{action, method_not_allowed, or_not_found};
use crate::sim::http::json_body::{
    InvalidMember, JsonObject, non_null, parse_integer, take_flag, take_optional_text, take_text,
};
use crate::sim::{
    format,
    http::{request::ApiRequest, response::ApiResponse},
    search::watchlist_runs::with_watchlists,
    state::{
        detections::{Owner, StoredWatchlist, WatchlistRun},
        server::Server,
    },
};

/// Time of the last run of a watchlist that has never run or searches binaries.
const NEVER_RUN: &str = "1970-01-01T00:00:00.000Z";

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let subpath = match path.as_slice() {
        ["api", "v1", "watchlist", subpath @ ..] | ["api", "watchlist", subpath @ ..] => subpath,
        // Deprecated route.
        ["util", "v1", "watchlist", id, "action"] if method == "POST" => &[*id, "action"][..],
        _ => return None,
    };
    let find = |id: &str| {
        let id = id.parse().ok()?;
        with_watchlists(server, |lists| lists.get(id).cloned())
    };
    Some(match (method, subpath) {
        ("GET", []) => {
            let lists = with_watchlists(server, |lists| lists.watchlists().to_vec());
            ApiResponse::json_compact(lists.iter().map(|list| to_record(server, list)).collect())
        }
        ("POST", []) => create_watchlist(server, request),
        ("GET", [id]) => or_not_found(find(id).map(|list| ApiResponse::json_compact(to_record(server, &list)))),
        ("PUT", [id]) => or_not_found(find(id).map(|list| update_watchlist(server, request, &list))),
        ("DELETE", [id]) => or_not_found(find(id).map(|list| {
            if list.readonly {
                return read_only_error(&list);
            }
            if !request.drops_change {
                server.detections.delete_watchlist(list.id);
            }
            ApiResponse::success_result()
        })),
        ("GET", [id, "action_type"]) => {
            or_not_found(find(id).map(|list| action::handle(server, request, Owner::Watchlist(list.id), &[])))
        }
        (_, [id, "action", subpath @ ..]) => {
            or_not_found(find(id).map(|list| action::handle(server, request, Owner::Watchlist(list.id), subpath)))
        }
        (_, [] | [_] | [_, "action_type"]) => method_not_allowed(),
        _ => return None,
    })
}

fn create_watchlist(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(Value::Object(body)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let needed = ["name", "search_query", "index_type"];
    if needed.iter().any(|name| non_null(&body, name).is_none()) {
        return ApiResponse::app_error(400);
    }
    let mut list = StoredWatchlist {
        id: 0,
        name: String::new(),
        description: None,
        search: String::new(),
        index: String::new(),
        enabled: true,
        readonly: false,
        group: -1,
        alliance: None,
        created_at: server.now().as_millisecond(),
        hits: WatchlistRun::default(),
        is_due: true,
    };
    if apply_body(server, &body, &mut list).is_err() {
        return ApiResponse::app_error(400);
    }
    let requested_id = match non_null(&body, "id").map(parse_integer) {
        None => None,
        Some(id) => match id.and_then(|id| u64::try_from(id).ok()) {
            Some(id) if id > 0 => Some(id),
            _ => return ApiResponse::app_error(400),
        },
    };
    with_watchlists(server, |lists| {
        let id = requested_id.unwrap_or_else(|| lists.next_id());
        if lists.get(id).is_some() {
            return ApiResponse::text(409, &format!("Watchlist {id} already exists"));
        }
        lists.add(StoredWatchlist { id, ..list });
        ApiResponse::json_compact(json!({"id": id}))
    })
}

fn update_watchlist(server: &Server, request: &ApiRequest, before: &StoredWatchlist) -> ApiResponse {
    let Ok(Value::Object(body)) = request.json() else {
        return ApiResponse::app_error(400);
    };
    if before.readonly {
        return read_only_error(before);
    }
    let mut list = before.clone();
    if apply_body(server, &body, &mut list).is_err() {
        return ApiResponse::app_error(400);
    }
    if !server.version.is_at_least(7, 8, 0) {
        // Earlier servers accept a new search and ignore it (reference 7).
        before.search.clone_into(&mut list.search);
    }
    if request.drops_change {
        return ApiResponse::success_result();
    }
    let has_new_search = (&list.search, &list.index) != (&before.search, &before.index);
    // A watchlist that was disabled from the beginning has never run.
    list.is_due |= has_new_search || list.hits.searched_until.is_none();
    with_watchlists(server, |lists| {
        or_not_found(lists.get_mut(list.id).map(|stored| {
            *stored = list;
            ApiResponse::success_result()
        }))
    })
}

fn read_only_error(list: &StoredWatchlist) -> ApiResponse {
    ApiResponse::text(403, &format!("Watchlist {} is read-only", list.id))
}

/// Applies the members of a body that clients may write.
fn apply_body(server: &Server, body: &JsonObject, list: &mut StoredWatchlist) -> Result<(), InvalidMember> {
    take_text(body, "name", &mut list.name)?;
    take_optional_text(body, "description", &mut list.description)?;
    take_text(body, "search_query", &mut list.search)?;
    take_text(body, "index_type", &mut list.index)?;
    take_flag(body, "enabled", &mut list.enabled)?;
    take_flag(body, "readonly", &mut list.readonly)?;
    if let Some(group) = non_null(body, "group_id") {
        list.group = parse_integer(group).ok_or(InvalidMember)?;
    }
    let is_index = matches!(list.index.as_str(), "events" | "modules");
    let is_escaped = !server.version.is_at_least_7() || list.search.bytes().all(is_unescaped);
    (is_index && is_escaped).then_some(()).ok_or(InvalidMember)
}

/// Whether servers from 7.0 on accept `byte` in a stored search, which must be percent-encoded.
fn is_unescaped(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=+".contains(&byte)
}

fn to_record(server: &Server, list: &StoredWatchlist) -> Value {
    let release = &server.version;
    let id = if release.is_at_least(5, 1, 0) { json!(list.id.to_string()) } else { json!(list.id) };
    let until = list.hits.searched_until.filter(|_| list.index == "events");
    let until = match until {
        None => NEVER_RUN.to_owned(),
        Some(at) if release.is_at_least_6() => format::naive_micros_time(at + 467),
        Some(at) => format::micros_time(at + 750),
    };
    let mut record = json!({
        "id": id,
        "name": list.name,
        "description": list.description,
        "enabled": list.enabled,
        "readonly": list.readonly,
        "index_type": list.index,
        "search_query": list.search,
        "search_timestamp": until,
        "date_added": format::local_time(list.created_at),
        "last_hit": list.hits.last_hit.map(format::local_time),
        "last_hit_count": list.hits.last_count,
        "total_hits": list.hits.total.to_string(),
        "total_tags": list.hits.total.to_string(),
        "group_id": list.group,
    });
    if !release.is_at_least(6, 2, 0) {
        record["alliance_id"] = json!(list.alliance);
        record["from_alliance"] = json!(list.alliance.is_some());
    }
    record
}
