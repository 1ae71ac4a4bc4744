//! The server itself (reference 2.1).

use serde_json::{Value, json};

use super::not_allowed;
use crate::sim::{
    http::{request::Ask, response::Answer},
    state::server::Server,
};

/// Whether sessions with hosts can be opened, which no route here does.
const LIVE_RESPONSE: bool = false;

pub(super) fn answer(server: &Server, ask: &Ask) -> Option<Answer> {
    let (method, path) = ask.route();
    let ["api", "info"] = path.as_slice() else {
        return None;
    };
    Some(if method == "GET" { Answer::compact(info(server)) } else { not_allowed() })
}

fn info(server: &Server) -> Value {
    let mut features = json!({"thirdparty_sharing": false});
    if server.release.is_6() {
        features["immutable_documents"] = json!(true);
        features["event_exclusions"] = json!(false);
        features["ipv6_support"] = json!(server.release.is_at_least(6, 1, 0));
    }
    let mut info = json!({
        "version": server.release.text,
        "version_release": server.release.package(),
        "cblrEnabled": LIVE_RESPONSE,
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
    if server.release.is_6() {
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
