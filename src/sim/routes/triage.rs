//! What people make of alerts: status, whose they are, and whether the report behind them was worth it (reference 2.13).

use serde_json::Value;

use super::{
    json_body::{non_null, parse_flag},
    method_not_allowed,
};
use crate::query::Index;
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    search::request::Search,
    state::{
        detections::{AlertUpdate, report_of},
        server::Server,
    },
    world::Status,
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    Some(match (method, path.as_slice()) {
        ("POST", ["api", "v1", "alert", id]) => update_alert(server, request, id),
        ("POST", ["api", "v1", "alerts"]) => update_alerts(server, request),
        (_, ["api", "v1", "alert", _] | ["api", "v1", "alerts"]) => method_not_allowed(),
        _ => return None,
    })
}

fn update_alert(server: &Server, request: &ApiRequest, id: &str) -> ApiResponse {
    let Some(number) = server.detections.alert(&server.world, id) else {
        return ApiResponse::app_error(404);
    };
    let wanted = request.json().ok().and_then(|body| AlertUpdateRequest::parse(server, &body));
    let Some(wanted) = wanted else {
        return ApiResponse::app_error(400);
    };
    wanted.apply(server, request, vec![number]);
    ApiResponse::success_result()
}

/// Changes the alerts of a list, or whatever a query finds at the moment.
fn update_alerts(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(body) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let Some(wanted) = AlertUpdateRequest::parse(server, &body) else {
        return ApiResponse::app_error(400);
    };
    let numbers = match (&body["alert_ids"], &body["query"]) {
        (Value::Array(ids), _) => {
            let ids = ids.iter().filter_map(Value::as_str);
            let known: Vec<u32> = ids.clone().filter_map(|id| server.detections.alert(&server.world, id)).collect();
            // Some that are not there are no reason to leave the others as they are.
            if known.is_empty() && ids.count() > 0 {
                return ApiResponse::app_error(404);
            }
            known
        }
        (_, Value::String(query)) => match Search::parse_stored(server, Index::Alert, query) {
            // To ask for all alerts by saying nothing does not work.
            Ok(search) if search.matches_everything() => Vec::new(),
            Ok(search) => search.sorted_groups(server).to_vec(),
            Err(refusal) => return refusal,
        },
        _ => return ApiResponse::app_error(400),
    };
    let numbers = if request.is_partial { numbers.into_iter().step_by(2).collect() } else { numbers };
    wanted.apply(server, request, numbers);
    ApiResponse::success_result()
}

/// What is asked of alerts.
struct AlertUpdateRequest {
    update: AlertUpdate,
    ignored: Option<bool>,
}

impl AlertUpdateRequest {
    /// Nothing if it cannot be understood.
    fn parse(server: &Server, body: &Value) -> Option<Self> {
        let body = body.as_object()?;
        let status = match non_null(body, "requested_status").or(non_null(body, "status")) {
            Some(word) => Some(Status::parse(word.as_str()?)?),
            None => None,
        };
        let assigned = match body.get("assigned_to") {
            Some(Value::String(name)) => Some(name.clone()),
            // The record of an alert that nobody has.
            Some(Value::Null) | None => None,
            Some(_) => return None,
        };
        let ignored = match non_null(body, "set_ignored") {
            Some(value) => Some(parse_flag(value)?),
            None => None,
        };
        Some(Self {
            update: AlertUpdate { status, assignee: assigned, requested_at: server.now().as_millisecond() },
            ignored,
        })
    }

    fn apply(self, server: &Server, request: &ApiRequest, numbers: Vec<u32>) {
        if request.drops_change {
            return;
        }
        if let Some(ignored) = self.ignored {
            let known = server.detections.index_state();
            let alerts = numbers.iter().filter_map(|&number| known.alert(&server.world, number));
            let mut reports: Vec<_> = alerts.filter_map(|alert| report_of(&server.world, alert.origin)).collect();
            reports.sort_unstable();
            reports.dedup();
            server.detections.set_reports_ignored(reports, ignored);
        }
        server.detections.update_alerts(numbers, self.update);
    }
}
