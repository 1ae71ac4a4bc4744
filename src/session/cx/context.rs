//! What sets the process that is looked at beside others: how common its file is, and what is open on its host.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{OPEN_ALERTS, Search, Span};
use crate::query;
use crate::text::Untrusted;
use crate::worker::{FetchPolicy, Slot};

/// As many open alerts of a host are read; beyond them only their number is known.
const MAX_HOST_ALERTS: u64 = 100;

impl Cx<'_> {
    /// Asks how common the file of the process that is looked at is, which alerts are open on its host and what its
    /// watchlists are called, unless that was asked.
    pub fn fetch_context(&mut self) {
        let Some(process) = self.session.details.process.clone() else {
            return self.clear_context();
        };
        // A hit has the number of its watchlist, and no name.
        if !process.watchlists.is_empty() {
            self.fetch_watchlist_names();
        }
        self.fetch_details(Slot::Prevalence, process.md5.map(Fetch::Prevalence));
        let open = process.host.non_empty().map(open_alerts_fetch);
        self.fetch_details(Slot::HostAlerts, open);
    }

    /// Asks for both again, past the cache.
    pub(super) fn refresh_context(&mut self) {
        if let Some(fetch) = self.session.details.prevalence.last_question().cloned() {
            self.fetch(fetch, FetchPolicy::NoCache);
        }
        if let Some(fetch) = self.session.details.host_alerts.last_question().cloned() {
            self.fetch_into(Slot::HostAlerts, fetch, FetchPolicy::NoCache);
        }
    }

    /// Nothing is looked at.
    pub(super) fn clear_context(&mut self) {
        for slot in [Slot::Prevalence, Slot::HostAlerts] {
            self.fetch_details(slot, None);
        }
    }
}

/// The alerts of a host that nobody has closed. The server finds none by the process it is about (reference 2.13).
pub(in crate::session) fn open_alerts_fetch(host: &Untrusted) -> Fetch {
    let host = query::quote(host.raw());
    let search = Search {
        query: format!("hostname:{host} ({OPEN_ALERTS})"),
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    Fetch::Alerts { search: Arc::new(search), span: Span { start: 0, rows: MAX_HOST_ALERTS } }
}
