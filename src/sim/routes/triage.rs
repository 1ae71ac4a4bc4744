//! What people make of alerts: status, whose they are, and whether the report behind them was worth it (reference 2.13).

use serde_json::Value;

use super::{
    json_body::{flag, given},
    not_allowed,
};
use crate::query::Index;
use crate::sim::{
    http::{request::Ask, response::Answer},
    search::request::Search,
    state::{
        detections::{Turn, report_of},
        server::Server,
    },
    world::Status,
};

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    Some(match (method, path.as_slice()) {
        ("POST", ["api", "v1", "alert", id]) => one(server, ask, id),
        ("POST", ["api", "v1", "alerts"]) => many(server, ask),
        (_, ["api", "v1", "alert", _] | ["api", "v1", "alerts"]) => not_allowed(),
        _ => return None,
    })
}

fn one(server: &Server, ask: &Ask, id: &str) -> Answer {
    let Some(number) = server.intel.alert(&server.world, id) else {
        return Answer::werkzeug(404);
    };
    let wanted = ask.json().ok().and_then(|body| Wanted::read(server, &body));
    let Some(wanted) = wanted else {
        return Answer::werkzeug(400);
    };
    wanted.carry_out(server, ask, vec![number]);
    Answer::success()
}

/// Changes the alerts of a list, or whatever a query finds at the moment.
fn many(server: &Server, ask: &Ask) -> Answer {
    let Ok(body) = ask.json() else {
        return Answer::werkzeug(400);
    };
    let Some(wanted) = Wanted::read(server, &body) else {
        return Answer::werkzeug(400);
    };
    let numbers = match (&body["alert_ids"], &body["query"]) {
        (Value::Array(ids), _) => {
            let ids = ids.iter().filter_map(Value::as_str);
            let known: Vec<u32> = ids.clone().filter_map(|id| server.intel.alert(&server.world, id)).collect();
            // Some that are not there are no reason to leave the others as they are.
            if known.is_empty() && ids.count() > 0 {
                return Answer::werkzeug(404);
            }
            known
        }
        (_, Value::String(query)) => match Search::stored(server, Index::Alert, query) {
            // To ask for all alerts by saying nothing does not work.
            Ok(search) if search.is_for_all() => Vec::new(),
            Ok(search) => search.ordered(server).to_vec(),
            Err(refusal) => return refusal,
        },
        _ => return Answer::werkzeug(400),
    };
    let numbers = if ask.is_partial { numbers.into_iter().step_by(2).collect() } else { numbers };
    wanted.carry_out(server, ask, numbers);
    Answer::success()
}

/// What is asked of alerts.
struct Wanted {
    turn: Turn,
    ignored: Option<bool>,
}

impl Wanted {
    /// Nothing if it cannot be understood.
    fn read(server: &Server, body: &Value) -> Option<Self> {
        let body = body.as_object()?;
        let status = match given(body, "requested_status").or(given(body, "status")) {
            Some(word) => Some(Status::read(word.as_str()?)?),
            None => None,
        };
        let assigned = match body.get("assigned_to") {
            Some(Value::String(name)) => Some(name.clone()),
            // The record of an alert that nobody has.
            Some(Value::Null) | None => None,
            Some(_) => return None,
        };
        let ignored = match given(body, "set_ignored") {
            Some(value) => Some(flag(value)?),
            None => None,
        };
        Some(Self { turn: Turn { status, assigned, at: server.now().as_millisecond() }, ignored })
    }

    fn carry_out(self, server: &Server, ask: &Ask, numbers: Vec<u32>) {
        if ask.is_in_vain {
            return;
        }
        if let Some(ignored) = self.ignored {
            let known = server.intel.known();
            let alerts = numbers.iter().filter_map(|&number| known.alert(&server.world, number));
            let mut reports: Vec<_> = alerts.filter_map(|alert| report_of(&server.world, alert.origin)).collect();
            reports.sort_unstable();
            reports.dedup();
            server.intel.ignore(reports, ignored);
        }
        server.intel.turn(numbers, self.turn);
    }
}
