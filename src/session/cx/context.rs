//! What sets the process that is looked at beside others: how common its file is, and what is open on its host.

use std::sync::Arc;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{OPEN_ALERTS, Search, Span};
use crate::query;
use crate::text::Untrusted;
use crate::worker::{Slot, Urgency};

/// As many open alerts of a host are read; beyond them only their number is known.
const ALERTS: u64 = 100;

impl Cx<'_> {
    /// Asks how common the file of the process that is looked at is, which alerts are open on its host and what its
    /// watchlists are called, unless that was asked.
    pub fn put_in_context(&mut self) {
        let Some(process) = self.session.looked_at.clone() else {
            return self.compare_nothing();
        };
        // A hit has the number of its watchlist, and no name.
        if !process.watchlists.is_empty() {
            self.name_watchlists();
        }
        self.want(Slot::Prevalence, process.md5.map(Fetch::Prevalence));
        let open = process.host.non_empty().map(open_alerts);
        self.want(Slot::HostAlerts, open);
    }

    /// Asks for both again, past the cache.
    pub(super) fn put_in_context_again(&mut self) {
        if let Some(fetch) = self.session.prevalence.asked().cloned() {
            self.fetch(fetch, Urgency::Fresh);
        }
        if let Some(fetch) = self.session.host_alerts.asked().cloned() {
            self.fetch_for(Slot::HostAlerts, fetch, Urgency::Fresh);
        }
    }

    /// Nothing is looked at.
    pub(super) fn compare_nothing(&mut self) {
        for slot in [Slot::Prevalence, Slot::HostAlerts] {
            self.want(slot, None);
        }
    }
}

/// The alerts of a host that nobody has closed. The server finds none by the process it is about (reference 2.13).
pub(in crate::session) fn open_alerts(host: &Untrusted) -> Fetch {
    let host = query::quote(host.raw());
    let search = Search {
        query: format!("hostname:{host} ({OPEN_ALERTS})"),
        sort: Some("alert_severity desc".into()),
        ..Search::default()
    };
    Fetch::Alerts { search: Arc::new(search), span: Span { start: 0, rows: ALERTS } }
}
