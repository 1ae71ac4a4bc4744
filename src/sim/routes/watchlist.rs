//! Watchlists: searches that are stored and run again and again (reference 2.10).

use serde_json::{Value, json};

use super::{
    action, found,
    json_body::{Sent, Unfit, given, take_flag, take_note, take_text, whole},
    not_allowed,
};
use crate::sim::{
    format,
    http::{request::Ask, response::Answer},
    state::{
        detections::{Found, List, Owner},
        server::Server,
    },
};

/// The epoch: one that has never run, or searches binaries.
const NEVER: &str = "1970-01-01T00:00:00.000Z";

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let rest = match path.as_slice() {
        ["api", "v1", "watchlist", rest @ ..] | ["api", "watchlist", rest @ ..] => rest,
        // As it was once done.
        ["util", "v1", "watchlist", id, "action"] if method == "POST" => &[*id, "action"][..],
        _ => return None,
    };
    let known = |id: &str| {
        let id = id.parse().ok()?;
        server.intel.lists(server, |lists| lists.get(id).cloned())
    };
    Some(match (method, rest) {
        ("GET", []) => {
            let lists = server.intel.lists(server, |lists| lists.all().to_vec());
            Answer::compact(lists.iter().map(|list| record(server, list)).collect())
        }
        ("POST", []) => create(server, ask),
        ("GET", [id]) => found(known(id).map(|list| Answer::compact(record(server, &list)))),
        ("PUT", [id]) => found(known(id).map(|list| change(server, ask, &list))),
        ("DELETE", [id]) => found(known(id).map(|list| {
            if list.readonly {
                return refused(&list);
            }
            if !ask.is_in_vain {
                server.intel.forget_list(list.id);
            }
            Answer::success()
        })),
        ("GET", [id, "action_type"]) => {
            found(known(id).map(|list| action::answer(server, ask, Owner::Watchlist(list.id), &[])))
        }
        (_, [id, "action", rest @ ..]) => {
            found(known(id).map(|list| action::answer(server, ask, Owner::Watchlist(list.id), rest)))
        }
        (_, [] | [_] | [_, "action_type"]) => not_allowed(),
        _ => return None,
    })
}

fn create(server: &Server, ask: &Ask) -> Answer {
    let Ok(Value::Object(sent)) = ask.json() else {
        return Answer::werkzeug(400);
    };
    let needed = ["name", "search_query", "index_type"];
    if needed.iter().any(|name| given(&sent, name).is_none()) {
        return Answer::werkzeug(400);
    }
    let mut list = List {
        id: 0,
        name: String::new(),
        description: None,
        search: String::new(),
        index: String::new(),
        enabled: true,
        readonly: false,
        group: -1,
        alliance: None,
        added: server.now().as_millisecond(),
        found: Found::default(),
        is_due: true,
    };
    if fill(server, &sent, &mut list).is_err() {
        return Answer::werkzeug(400);
    }
    let wanted = match given(&sent, "id").map(whole) {
        None => None,
        Some(id) => match id.and_then(|id| u64::try_from(id).ok()) {
            Some(id) if id > 0 => Some(id),
            _ => return Answer::werkzeug(400),
        },
    };
    server.intel.lists(server, |lists| {
        let id = wanted.unwrap_or_else(|| lists.next());
        if lists.get(id).is_some() {
            return Answer::text(409, &format!("Watchlist {id} already exists"));
        }
        lists.add(List { id, ..list });
        Answer::compact(json!({"id": id}))
    })
}

fn change(server: &Server, ask: &Ask, before: &List) -> Answer {
    let Ok(Value::Object(sent)) = ask.json() else {
        return Answer::werkzeug(400);
    };
    if before.readonly {
        return refused(before);
    }
    let mut list = before.clone();
    if fill(server, &sent, &mut list).is_err() {
        return Answer::werkzeug(400);
    }
    if !server.release.is_at_least(7, 8, 0) {
        // Earlier servers take it and ignore it (reference 7).
        before.search.clone_into(&mut list.search);
    }
    if ask.is_in_vain {
        return Answer::success();
    }
    let is_new = (&list.search, &list.index) != (&before.search, &before.index);
    // One that was switched off from the beginning has never run.
    list.is_due |= is_new || list.found.until.is_none();
    server.intel.lists(server, |lists| {
        found(lists.get_mut(list.id).map(|stored| {
            *stored = list;
            Answer::success()
        }))
    })
}

fn refused(list: &List) -> Answer {
    Answer::text(403, &format!("Watchlist {} is read-only", list.id))
}

/// Takes over what was sent, as far as clients may say it.
fn fill(server: &Server, sent: &Sent, list: &mut List) -> Result<(), Unfit> {
    take_text(sent, "name", &mut list.name)?;
    take_note(sent, "description", &mut list.description)?;
    take_text(sent, "search_query", &mut list.search)?;
    take_text(sent, "index_type", &mut list.index)?;
    take_flag(sent, "enabled", &mut list.enabled)?;
    take_flag(sent, "readonly", &mut list.readonly)?;
    if let Some(group) = given(sent, "group_id") {
        list.group = whole(group).ok_or(Unfit)?;
    }
    let is_index = matches!(list.index.as_str(), "events" | "modules");
    let is_escaped = !server.release.is_7() || list.search.bytes().all(is_plain);
    (is_index && is_escaped).then_some(()).ok_or(Unfit)
}

/// Whether a strict server takes it in a stored query.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%&=+".contains(&byte)
}

fn record(server: &Server, list: &List) -> Value {
    let release = &server.release;
    let id = if release.is_at_least(5, 1, 0) { json!(list.id.to_string()) } else { json!(list.id) };
    let until = list.found.until.filter(|_| list.index == "events");
    let until = match until {
        None => NEVER.to_owned(),
        Some(at) if release.is_6() => format::naive_micros(at + 467),
        Some(at) => format::micros(at + 750),
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
        "date_added": format::local(list.added),
        "last_hit": list.found.last.map(format::local),
        "last_hit_count": list.found.last_count,
        "total_hits": list.found.total.to_string(),
        "total_tags": list.found.total.to_string(),
        "group_id": list.group,
    });
    if !release.is_at_least(6, 2, 0) {
        record["alliance_id"] = json!(list.alliance);
        record["from_alliance"] = json!(list.alliance.is_some());
    }
    record
}
