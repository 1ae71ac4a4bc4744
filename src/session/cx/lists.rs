//! Lists: asking an index, and seeing to the rows in sight.

use std::{ops::Range, sync::Arc};

use super::Cx;
use crate::model::{Alert, Binary, Process, Search};
use crate::query::Index;
use crate::session::{Effect, Listed, Past};
use crate::worker::{Request, Slot, Urgency};

impl Cx<'_> {
    /// Puts a new question to the index of this name.
    pub fn submit(&mut self, index: Index, query: String) {
        match index {
            Index::Process => self.ask::<Process>(query),
            Index::Alert => self.ask::<Alert>(query),
            Index::Binary => self.ask::<Binary>(query),
            Index::Report => self.warn("reports have no list"),
        }
    }

    /// Puts a new question to an index. It passes the cache: who submits wants to know what is there now.
    pub fn ask<T: Listed>(&mut self, query: String) {
        let is_grouped = T::INDEX == Index::Process && !self.session.is_split;
        let search = Search {
            query,
            sort: Some(self.session.order(T::INDEX).sort.into()),
            group_by: is_grouped.then(|| "id".into()),
            ..Search::default()
        };
        self.greet();
        let awaited = T::pages_mut(self.session).ask(Arc::new(search));
        self.cancel_pages(T::INDEX, awaited);
        if T::INDEX == Index::Process {
            self.session.asked_at = Some(self.now);
        }
        for fetch in T::pages(self.session).wanted(&(0..1)) {
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// Goes back to a question put before, if another was put since. The cache may still have the answer.
    pub fn return_to<T: Listed>(&mut self, search: Option<Arc<Search>>) {
        let current = T::pages(self.session).search();
        let is_same = match (current, &search) {
            (Some(current), Some(search)) => Arc::ptr_eq(current, search),
            (current, search) => current.is_none() && search.is_none(),
        };
        if let Some(search) = search
            && !is_same
        {
            self.session.ask_as(T::INDEX, &search);
            let awaited = T::pages_mut(self.session).ask(search);
            self.cancel_pages(T::INDEX, awaited);
        }
    }

    /// Asks the same again in the next order.
    pub fn sort<T: Listed>(&mut self) {
        *self.session.orders.entry(T::INDEX).or_default() += 1;
        self.notify(self.session.order(T::INDEX).words);
        self.ask_again::<T>();
    }

    /// Asks the same again with a row for each segment, or for each process.
    pub fn split(&mut self) {
        self.session.is_split = !self.session.is_split;
        self.notify(if self.session.is_split {
            "one row per segment"
        } else {
            "one row per process"
        });
        self.ask_again::<Process>();
    }

    fn ask_again<T: Listed>(&mut self) {
        if let Some(search) = T::pages(self.session).search() {
            let query = search.query.clone();
            self.ask::<T>(query);
            // The same question in another order is not a new one.
            self.session.asked_at = None;
        }
    }

    /// Sees to it that the rows of this window are here or on their way.
    pub fn show<T: Listed>(&mut self, window: &Range<u64>) {
        for fetch in T::pages(self.session).wanted(window) {
            self.fetch(fetch, Urgency::Settled);
        }
        let far = T::pages_mut(self.session).trim(window);
        self.cancel_pages(T::INDEX, far);
    }

    /// Asks again for the rows of this window, past the cache.
    pub fn renew<T: Listed>(&mut self, window: &Range<u64>) {
        for fetch in T::pages_mut(self.session).refresh(window) {
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// Gives up pages that the result no longer awaits.
    pub(super) fn cancel_pages(&mut self, index: Index, starts: Vec<u64>) {
        let cancels = starts
            .into_iter()
            .map(|start| Effect::Send(Request::Cancel(Slot::Page(index, start))));
        self.effects.extend(cancels);
    }

    /// The first page of a search is here: the query enters the history, once.
    pub(super) fn remember(&mut self) {
        let results = &self.session.results;
        let (Some(search), Some(total)) = (results.search(), results.total()) else {
            return;
        };
        let query = search.query.clone();
        let Some(at) = self.session.asked_at.take() else {
            return;
        };
        let took_ms = u64::try_from(self.now.duration_since(at).as_millis()).unwrap_or(0);
        let past = Past {
            query: query.clone(),
            at,
            total: Some(total),
            took_ms: Some(took_ms),
        };
        self.session
            .history
            .retain(|other| other.query != past.query);
        self.session.history.insert(0, past);
        self.effects.push(Effect::Remember {
            query,
            at,
            total,
            took_ms,
        });
    }
}
