//! Alert updates: status, assigned user, and whether the report is ignored (reference 2.13).

use serde_json::Value;

use super::method_not_allowed;
use crate::query::Index;
use crate::sim::http::json_body::{non_null, parse_flag};
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    search::request::Search,
    state::{
        detections::{AlertUpdate, ReportUpdate, report_of},
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
    let Some(update) = request.json().ok().and_then(|body| AlertUpdateRequest::parse(server, &body)) else {
        return ApiResponse::app_error(400);
    };
    update.apply(server, request, vec![number]);
    ApiResponse::success_result()
}

/// Updates the alerts of a list of ids or those that a query finds now.
fn update_alerts(server: &Server, request: &ApiRequest) -> ApiResponse {
    let Ok(body) = request.json() else {
        return ApiResponse::app_error(400);
    };
    let Some(update) = AlertUpdateRequest::parse(server, &body) else {
        return ApiResponse::app_error(400);
    };
    let numbers = match (&body["alert_ids"], &body["query"]) {
        (Value::Array(ids), _) => {
            let ids = ids.iter().filter_map(Value::as_str);
            let existing: Vec<u32> = ids.clone().filter_map(|id| server.detections.alert(&server.world, id)).collect();
            // Unknown ids are skipped, unless all are unknown.
            if existing.is_empty() && ids.count() > 0 {
                return ApiResponse::app_error(404);
            }
            existing
        }
        (_, Value::String(query)) => match Search::parse_stored(server, Index::Alert, query) {
            // An empty query changes nothing instead of all alerts.
            Ok(search) if search.matches_everything() => Vec::new(),
            Ok(search) => search.sorted_groups(server).to_vec(),
            Err(response) => return response,
        },
        _ => return ApiResponse::app_error(400),
    };
    let numbers = if request.is_partial { numbers.into_iter().step_by(2).collect() } else { numbers };
    update.apply(server, request, numbers);
    ApiResponse::success_result()
}

/// Body of an alert update.
struct AlertUpdateRequest {
    update: AlertUpdate,
    ignored: Option<bool>,
}

impl AlertUpdateRequest {
    /// Parses a body; `None` if it is invalid.
    fn parse(server: &Server, body: &Value) -> Option<Self> {
        let body = body.as_object()?;
        let status = match non_null(body, "requested_status").or(non_null(body, "status")) {
            Some(status) => Some(Status::parse(status.as_str()?)?),
            None => None,
        };
        let assignee = match body.get("assigned_to") {
            Some(Value::String(name)) => Some(name.clone()),
            // As in the record of an unassigned alert.
            Some(Value::Null) | None => None,
            Some(_) => return None,
        };
        let ignored = match non_null(body, "set_ignored") {
            Some(value) => Some(parse_flag(value)?),
            None => None,
        };
        Some(Self { update: AlertUpdate { status, assignee, requested_at: server.now().as_millisecond() }, ignored })
    }

    fn apply(self, server: &Server, request: &ApiRequest, numbers: Vec<u32>) {
        if request.drops_change {
            return;
        }
        if let Some(is_ignored) = self.ignored {
            let index_state = server.detections.index_state();
            let alerts = numbers.iter().filter_map(|&number| index_state.alert(&server.world, number));
            let mut reports: Vec<_> = alerts.filter_map(|alert| report_of(&server.world, alert.origin)).collect();
            reports.sort_unstable();
            reports.dedup();
            server.detections.update_reports(ReportUpdate { ids: reports, is_ignored });
        }
        server.detections.update_alerts(numbers, self.update);
    }
}
