//! Context of the process in the details: how common its file is, and the open alerts of its host.

use std::sync::Arc;

use super::AlertCx;
use crate::fetch::{AlertsFetch, PrevalenceFetch};
use crate::model::{OPEN_ALERTS, Search, Span};
use crate::query;
use crate::session::slots;
use crate::text::Untrusted;
use crate::worker::Slot;

/// Number of open alerts of a host that are loaded; of the others only the count is known.
const MAX_HOST_ALERTS: u64 = 100;

impl AlertCx<'_, '_> {
    /// Fetches how common the file of the process is, the open alerts of its host and the names of its watchlists,
    /// unless they were requested.
    pub fn fetch_context(&mut self) {
        let Some(process) = self.cx.session.selection.details_process.clone() else {
            return self.clear_context();
        };
        // A watchlist hit has the id of the watchlist, but not its name.
        if !process.watchlists.is_empty() {
            self.cx.details().fetch_watchlist_names();
        }
        self.cx.details().fetch_details(slots::PREVALENCE, process.md5.map(PrevalenceFetch));
        self.cx.details().fetch_details(slots::HOST_ALERTS, process.host.non_empty().map(open_alerts_fetch));
    }

    /// Refreshes prevalence and host alerts, past the cache.
    pub(super) fn refresh_context(&mut self) {
        self.cx.details().refresh_details(&[Slot::Prevalence, Slot::HostAlerts]);
    }

    /// Clears prevalence and host alerts, when no process is selected.
    pub(super) fn clear_context(&mut self) {
        for slot in [Slot::Prevalence, Slot::HostAlerts] {
            self.cx.details().clear_slot(slot);
        }
    }
}

/// Returns the request for the open alerts of `host`. The server cannot find alerts by their process (API reference
/// 2.13).
pub(in crate::session) fn open_alerts_fetch(host: &Untrusted) -> AlertsFetch {
    let host = query::quote(host.raw());
    let search = Search {
        query: format!("hostname:{host} ({OPEN_ALERTS})"),
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    AlertsFetch { search: Arc::new(search), span: Span { start: 0, rows: MAX_HOST_ALERTS } }
}
