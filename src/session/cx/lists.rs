//! Lists: asking an index, and seeing to the rows in sight.

use std::{ops::Range, sync::Arc};

use super::Cx;
use crate::model::{Alert, Binary, Process, Report, Search};
use crate::query::Index;
use crate::session::{Effect, Listed, Past, When};
use crate::worker::{List, Request, Slot, Urgency};

impl Cx<'_> {
    /// Puts a new question to the index of this name.
    pub fn submit(&mut self, index: Index, query: String) {
        match index {
            Index::Process => self.ask::<Process>(query),
            Index::Alert => self.ask::<Alert>(query),
            Index::Binary => self.ask::<Binary>(query),
            Index::Report => self.ask::<Report>(query),
        }
    }

    /// Puts a new question to an index. It passes the cache: who submits wants to know what is there now.
    pub fn ask<T: Listed>(&mut self, query: String) {
        // An order that was chosen is one of that query, and of no other.
        let asked = T::pages(self.session).search();
        if asked.is_some_and(|asked| asked.query != query) {
            self.session.orders.remove(&T::LIST);
        }
        let search = Search {
            query,
            sort: self.session.order(T::LIST).map(|order| order.sort.into()),
            group_by: self.grouping::<T>(),
            ..Search::default()
        };
        let when = Some(&self.session.when).filter(|_| T::LIST == List::Processes);
        let period = when.and_then(|when| when.period(self.now));
        let search = period.unwrap_or_default().bind(search);
        if T::LIST == List::Processes {
            self.session.asked_at = Some((self.now, self.session.when.clone()));
        }
        self.put::<T>(search);
    }

    /// Asks for a list that comes whole, unless that was asked.
    pub fn load<T: Listed>(&mut self) {
        if T::pages(self.session).search().is_none() {
            self.ask::<T>(String::new());
        }
    }

    /// Asks anew for the rows of a list that are here, or for the list if that was not asked. They stay until the answer
    /// comes.
    pub fn reload<T: Listed>(&mut self) {
        if T::pages(self.session).search().is_none() {
            self.ask::<T>(String::new());
        } else {
            self.again::<T>();
        }
    }

    /// Asks again for the rows of a list that are here, if it was ever asked for.
    pub(super) fn again<T: Listed>(&mut self) {
        let pages = T::pages(self.session);
        let here = || pages.here().map(|(at, _)| at);
        let span = here().min().unwrap_or(0)..here().max().unwrap_or(0) + 1;
        if pages.search().is_some() {
            self.renew::<T>(&span);
        }
    }

    /// Puts a question that a list follows the cursor of another with: it is asked when that rests, and the cache may
    /// answer.
    pub fn look_into<T: Listed>(&mut self, query: String) {
        let search =
            Search { query, sort: self.session.order(T::LIST).map(|order| order.sort.into()), ..Search::default() };
        let awaited = T::pages_mut(self.session).ask(Arc::new(search));
        self.cancel_pages(T::LIST, awaited);
    }

    fn put<T: Listed>(&mut self, search: Search) {
        self.greet();
        self.session.triage.is_back &= T::LIST != List::Alerts;
        let awaited = T::pages_mut(self.session).ask(Arc::new(search));
        self.cancel_pages(T::LIST, awaited);
        for fetch in T::pages(self.session).wanted(&(0..1)) {
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// Rows are collapsed by this field: one for each process.
    fn grouping<T: Listed>(&self) -> Option<String> {
        let is_grouped = T::LIST == List::Processes && !self.session.is_by_segment();
        is_grouped.then(|| "id".into())
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
            self.session.ask_as(T::LIST, &search);
            self.session.triage.is_back |= T::LIST == List::Alerts;
            let awaited = T::pages_mut(self.session).ask(search);
            self.cancel_pages(T::LIST, awaited);
        }
    }

    /// Asks the same again in the next order.
    pub fn sort<T: Listed>(&mut self) {
        *self.session.orders.entry(T::LIST).or_default() += 1;
        match self.session.order(T::LIST) {
            Some(order) => self.notify(order.words),
            None => return self.notify("This list has only one sort order"),
        }
        self.ask_again::<T>();
    }

    /// Asks the same again with a row for each segment, or for each process.
    pub fn split(&mut self) {
        self.session.is_split = !self.session.is_split;
        self.notify(if self.session.is_split { "one row per segment" } else { "one row per process" });
        self.ask_again::<Process>();
    }

    /// Looks for last events of another time, and asks again if anything was asked.
    pub fn search_when(&mut self, when: When) {
        self.keep_when(when);
        if let Some(search) = self.session.results.search() {
            let query = search.query.clone();
            self.ask::<Process>(query);
        }
        self.notify(self.session.when.words());
    }

    /// Looks for last events of another time from the next question on.
    pub fn keep_when(&mut self, when: When) {
        // Any time is any time by either clock.
        self.session.when = Some(when).filter(|when| !when.is_open()).unwrap_or_default();
    }

    fn ask_again<T: Listed>(&mut self) {
        // The same question in another order is not a new one: what is set for the next is not part of it.
        if let Some(search) = T::pages(self.session).search() {
            let search = Search {
                sort: self.session.order(T::LIST).map(|order| order.sort.into()),
                group_by: self.grouping::<T>(),
                ..Search::clone(search)
            };
            if T::LIST == List::Processes {
                self.session.asked_at = None;
            }
            self.put::<T>(search);
        }
    }

    /// Sees to it that the rows of this window are here or on their way.
    pub fn show<T: Listed>(&mut self, window: &Range<u64>) {
        for fetch in T::pages(self.session).wanted(window) {
            self.fetch(fetch, Urgency::Settled);
        }
        let far = T::pages_mut(self.session).trim(window);
        self.cancel_pages(T::LIST, far);
    }

    /// Asks again for the rows of this window, past the cache.
    pub fn renew<T: Listed>(&mut self, window: &Range<u64>) {
        for fetch in T::pages_mut(self.session).refresh(window) {
            self.fetch(fetch, Urgency::Fresh);
        }
    }

    /// Gives up pages that the result no longer awaits.
    pub(super) fn cancel_pages(&mut self, list: List, starts: Vec<u64>) {
        let cancels = starts.into_iter().map(|start| Effect::Send(Request::Cancel(Slot::Page(list, start))));
        self.effects.extend(cancels);
    }

    /// The first page of a search is here: the query enters the history, once.
    pub(super) fn remember(&mut self) {
        let results = &self.session.results;
        let (Some(search), Some(total)) = (results.search(), results.total()) else {
            return;
        };
        let query = search.query.clone();
        let Some((at, when)) = self.session.asked_at.take() else {
            return;
        };
        let took_ms = u64::try_from(self.now.duration_since(at).as_millis()).unwrap_or(0);
        let past = Past { query, when, at, total: Some(total), took_ms: Some(took_ms) };
        let is_other = |other: &Past| (&other.query, &other.when) != (&past.query, &past.when);
        self.session.history.retain(is_other);
        self.session.history.insert(0, past.clone());
        self.effects.push(Effect::Remember(past));
    }
}
