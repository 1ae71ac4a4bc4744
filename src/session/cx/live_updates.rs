//! Being told of new alerts: a look after a while, and after that another, as long as the alerts are shown.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

use super::Cx;
use crate::fetch::Fetch;
use crate::model::{AlertId, Search, Span};
use crate::session::{Awaiting, Effect, News, Session, Watch};
use crate::worker::{Request, Slot, Urgency};

/// As many of the newest alerts are looked at.
const ROWS: u64 = 100;

impl Cx<'_> {
    /// Begins to look for new alerts, or begins again after a failure, or ends it.
    pub fn turn_live(&mut self) {
        let live = &mut self.session.triage.live;
        let is_on = live.watch == Watch::On;
        live.watch = if is_on { Watch::Off } else { Watch::On };
        live.news = None;
        if !is_on {
            self.effects.push(Effect::Send(Request::TryCredentials));
        }
        self.notify(if is_on { "Live off" } else { "Live on: new alerts are announced; r loads them" });
    }

    /// Comes after every input: sees to it that there will be a look, if the alerts are shown and it is wanted.
    pub fn watch(&mut self, is_shown: bool) {
        let look = &self.session.triage.live.look;
        match self.session.look().filter(|_| is_shown) {
            Some(fetch) if look.is_pending() && look.asked() == Some(&fetch) => {}
            Some(fetch) => self.fetch_for(Slot::Live, fetch, Urgency::Later),
            None => self.cancel(Slot::Live),
        }
    }

    /// What is shown is asked for anew: what was new is not any more.
    pub fn take_in(&mut self) {
        self.cancel(Slot::Live);
        self.session.triage.live.news = None;
    }

    /// A look has come back, or what it is compared with: an older look tells nothing of it.
    pub(super) fn look_at_news(&mut self) {
        let session = &*self.session;
        let known = session.triage.live.look.current();
        let news = known.and_then(|known| {
            let (shown, total, as_of) = session.seen()?;
            if session.triage.live.watch != Watch::On || known.as_of < as_of {
                return None;
            }
            let look = &known.value;
            let newest = look.rows.iter().map(|alert| &alert.id);
            Some(News::of(newest, look.total, &shown, total, known.as_of))
        });
        self.session.triage.live.news = news;
    }
}

impl Session {
    /// What a look asks for, if one is wanted and there is something to compare it with.
    fn look(&self) -> Option<Fetch> {
        let is_on = self.triage.live.watch == Watch::On;
        let search = self.alerts.search().filter(|_| is_on)?;
        self.n_seen()?;
        Some(Fetch::Alerts {
            search: Arc::new(Search {
                query: search.query.clone(),
                sort: Some("created_time desc".into()),
                ..Search::default()
            }),
            span: Span { start: 0, rows: ROWS },
        })
    }

    /// How many alerts there were when what is shown was asked for.
    fn n_seen(&self) -> Option<u64> {
        match self.triage.by {
            Some(_) => Some(self.triage.queue.current()?.value.total),
            None => self.alerts.total(),
        }
    }

    /// The alerts that are here of those, how many there were, and when.
    fn seen(&self) -> Option<(HashSet<&AlertId>, u64, Timestamp)> {
        let total = self.n_seen()?;
        if self.triage.by.is_some() {
            let queue = self.triage.queue.current()?;
            let ids = queue.value.rows.iter().map(|alert| &alert.id);
            return Some((ids.collect(), total, queue.as_of));
        }
        let ids = self.alerts.here().map(|(_, alert)| &alert.id);
        let as_of = self.alerts.held().map(|page| page.as_of).max()?;
        Some((ids.collect(), total, as_of))
    }
}
