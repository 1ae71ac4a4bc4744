//! Server information (reference 2.1).

use serde_json::{Value, json};

use super::method_not_allowed;
use crate::sim::{
    http::{request::ApiRequest, response::ApiResponse},
    state::server::Server,
};

pub(super) fn handle(server: &Server, request: &ApiRequest) -> Option<ApiResponse> {
    let (method, path) = request.route();
    let ["api", "info"] = path.as_slice() else {
        return None;
    };
    Some(if method == "GET" { ApiResponse::json_compact(server_info(server)) } else { method_not_allowed() })
}

fn server_info(server: &Server) -> Value {
    let mut features = json!({"thirdparty_sharing": false});
    if server.version.is_at_least_6() {
        features["immutable_documents"] = json!(true);
        features["event_exclusions"] = json!(false);
        features["ipv6_support"] = json!(server.version.is_at_least(6, 1, 0));
    }
    let mut info = json!({
        "version": server.version.text,
        "version_release": server.version.package_version(),
        "cblrEnabled": server.options.live_response,
        "banningEnabled": true,
        "liveResponseAutoAttach": true,
        "processPageSize": 10,
        "binaryPageSize": 10,
        "processOrder": "",
        "binaryOrder": "",
        "maxSearchResultRows": server.options.max_rows.unwrap_or(1_000),
        "maxRowsSolrReportQuery": 10_000,
        "searchExportCount": 1_000,
        "timestampDeltaThreshold": 5,
        "linuxInstallerExists": true,
        "osxInstallerExists": true,
        "vdiGloballyEnabled": false,
        "cloud_install": false,
        "features": features,
    });
    if server.version.is_at_least_6() {
        let expiration = json!({
            "timeframeUnits": "months",
            "enabled": "on",
            "ignoreIds": [],
            "timeframeVal": 6,
        });
        info["user_preferences"] = json!({
            "processSearchSortOrder": "",
            "searchTablePreferences": {"username": {"visible": true}, "start-time": {"visible": true}},
            "watchlists": {
                "expiration": expiration,
                "sortOrder": "name",
            },
            "watchlistExpiration": expiration,
            "savedSearches": [],
            "minimalLeftNavigation": false,
            "default": true,
            "userMgmt": {"sortOrder": "first_name"},
            "hudGridItems": {},
            "facetsEnabled": [],
        });
    }
    info
}
