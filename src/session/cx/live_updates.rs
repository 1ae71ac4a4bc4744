//! Being told of new alerts: a look after a while, and after that another, as long as the alerts are shown.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{AlertId, Search, Span};
use crate::session::{Awaiting, Effect, LiveMode, NewAlerts, Session};
use crate::worker::{FetchPolicy, Request, Slot};

/// As many of the newest alerts are looked at.
const MAX_NEWEST: u64 = 100;

impl Cx<'_> {
    /// Begins to look for new alerts, or begins again after a failure, or ends it.
    pub fn toggle_live(&mut self) {
        let live = &mut self.session.alert_state.live;
        let is_on = live.state == LiveMode::On;
        live.state = if is_on { LiveMode::Off } else { LiveMode::On };
        live.new_alerts = None;
        if !is_on {
            self.effects.push(Effect::Send(Request::RetryCredentials));
        }
        self.notify(if is_on { "Live off" } else { "Live on: new alerts are announced; r loads them" });
    }

    /// Comes after every input: sees to it that there will be a look, if the alerts are shown and it is wanted.
    pub fn schedule_live_poll(&mut self, is_shown: bool) {
        let look = &self.session.alert_state.live.poll;
        match self.session.live_fetch().filter(|_| is_shown) {
            Some(fetch) if look.is_pending() && look.last_question() == Some(&fetch) => {}
            Some(fetch) => self.fetch_into(Slot::NewAlerts, fetch, FetchPolicy::Poll),
            None => self.cancel_slot(Slot::NewAlerts),
        }
    }

    /// What is shown is asked for anew: what was new is not any more.
    pub fn clear_new_alerts(&mut self) {
        self.cancel_slot(Slot::NewAlerts);
        self.session.alert_state.live.new_alerts = None;
    }

    /// A look has come back, or what it is compared with: an older look tells nothing of it.
    pub(super) fn update_new_alerts(&mut self) {
        let session = &*self.session;
        let known = session.alert_state.live.poll.latest();
        let news = known.and_then(|known| {
            let (shown, total, as_of) = session.baseline_alerts()?;
            if session.alert_state.live.state != LiveMode::On || known.as_of < as_of {
                return None;
            }
            let look = &known.value;
            let newest = look.rows.iter().map(|alert| &alert.id);
            Some(NewAlerts::compare(newest, look.total, &shown, total, known.as_of))
        });
        self.session.alert_state.live.new_alerts = news;
    }
}

impl Session {
    /// What a look asks for, if one is wanted and there is something to compare it with.
    fn live_fetch(&self) -> Option<Fetch> {
        let is_on = self.alert_state.live.state == LiveMode::On;
        let search = self.lists.alerts.search().filter(|_| is_on)?;
        self.n_baseline_alerts()?;
        Some(Fetch::Alerts {
            search: Arc::new(Search {
                query: search.query.clone(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: MAX_NEWEST },
        })
    }

    /// How many alerts there were when what is shown was asked for.
    fn n_baseline_alerts(&self) -> Option<u64> {
        match self.alert_state.group_by {
            Some(_) => Some(self.alert_state.digest.latest()?.value.total),
            None => self.lists.alerts.total(),
        }
    }

    /// The alerts that are here of those, how many there were, and when.
    fn baseline_alerts(&self) -> Option<(HashSet<&AlertId>, u64, Timestamp)> {
        let total = self.n_baseline_alerts()?;
        if self.alert_state.group_by.is_some() {
            let queue = self.alert_state.digest.latest()?;
            let ids = queue.value.rows.iter().map(|alert| &alert.id);
            return Some((ids.collect(), total, queue.as_of));
        }
        let ids = self.lists.alerts.loaded_rows().map(|(_, alert)| &alert.id);
        let as_of = self.lists.alerts.loaded_pages().map(|page| page.as_of).max()?;
        Some((ids.collect(), total, as_of))
    }
}
