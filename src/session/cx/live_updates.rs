//! Polling for new alerts while the alert queue is shown.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

use super::AlertCx;
use crate::fetch::AlertsFetch;
use crate::model::{Alert, AlertId, Search, Span};
use crate::session::{Effect, LiveMode, NewAlerts, Session, slots};
use crate::worker::{FetchPolicy, Request, Slot};

/// Number of the newest alerts that a poll fetches.
const MAX_NEWEST: u64 = 100;

impl AlertCx<'_, '_> {
    /// Turns live updates on or off; after a failure, turns them on again.
    pub fn toggle_live(&mut self) {
        let live = &mut self.cx.session.alert_state.live;
        let is_on = live.state == LiveMode::On;
        live.state = if is_on { LiveMode::Off } else { LiveMode::On };
        live.new_alerts = None;
        if !is_on {
            self.cx.effects.push(Effect::Send(Request::RetryCredentials));
        }
        self.cx.notify(if is_on { "Live off" } else { "Live on: new alerts are announced; r loads them" });
    }

    /// Schedules the next poll if live updates are on; called after every input while alerts are shown.
    pub fn schedule_live_poll(&mut self) {
        let values = &self.cx.session.values;
        match self.cx.session.live_fetch() {
            Some(question) if self.cx.session.is_polling() && values.question(slots::NEW_ALERTS) == Some(&question) => {
            }
            Some(question) => self.cx.requests().fetch(slots::NEW_ALERTS, question, FetchPolicy::Poll),
            None => self.cancel_live_poll(),
        }
    }

    /// Cancels the next poll.
    pub fn cancel_live_poll(&mut self) {
        self.cx.requests().cancel_slot(Slot::NewAlerts);
    }

    /// Clears the counts of new alerts, since the list is being refreshed.
    pub fn clear_new_alerts(&mut self) {
        self.cx.requests().cancel_slot(Slot::NewAlerts);
        self.cx.session.alert_state.live.new_alerts = None;
    }

    /// Recomputes the counts of new alerts after a poll or a refresh of the list; an older poll does not count.
    pub(super) fn update_new_alerts(&mut self) {
        let session = &*self.cx.session;
        let fetched = session.values.latest(slots::NEW_ALERTS);
        let new_alerts = fetched.and_then(|fetched| {
            let (shown, total, as_of) = session.baseline_alerts()?;
            if session.alert_state.live.state != LiveMode::On || fetched.as_of < as_of {
                return None;
            }
            let poll = &fetched.value;
            let newest = poll.rows.iter().map(|alert| &alert.id);
            Some(NewAlerts::compare(newest, poll.total, &shown, total, fetched.as_of))
        });
        self.cx.session.alert_state.live.new_alerts = new_alerts;
    }
}

impl Session {
    /// Returns whether another poll is scheduled.
    pub fn is_polling(&self) -> bool {
        self.values.is_pending(Slot::NewAlerts)
    }

    /// Returns the request of a poll; `None` if live updates are off or there is nothing to compare with.
    fn live_fetch(&self) -> Option<AlertsFetch> {
        let is_on = self.alert_state.live.state == LiveMode::On;
        let search = self.lists.pages::<Alert>().search().filter(|_| is_on)?;
        self.n_baseline_alerts()?;
        Some(AlertsFetch {
            search: Arc::new(Search {
                query: search.query.clone(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: MAX_NEWEST },
        })
    }

    /// Returns the number of alerts when the shown ones were fetched.
    fn n_baseline_alerts(&self) -> Option<u64> {
        match self.alert_state.group_by {
            Some(_) => Some(self.values.latest(slots::ALERT_DIGEST)?.value.total),
            None => self.lists.pages::<Alert>().total(),
        }
    }

    /// Returns the shown alerts that are loaded, how many there are in all, and when they were fetched.
    fn baseline_alerts(&self) -> Option<(HashSet<&AlertId>, u64, Timestamp)> {
        let total = self.n_baseline_alerts()?;
        if self.alert_state.group_by.is_some() {
            let queue = self.values.latest(slots::ALERT_DIGEST)?;
            let ids = queue.value.rows.iter().map(|alert| &alert.id);
            return Some((ids.collect(), total, queue.as_of));
        }
        let ids = self.lists.pages::<Alert>().loaded_rows().map(|(_, alert)| &alert.id);
        let as_of = self.lists.pages::<Alert>().loaded_pages().map(|page| page.as_of).max()?;
        Some((ids.collect(), total, as_of))
    }
}
