//! Lists: asking an index, and seeing to the rows in sight.

use std::{ops::Range, sync::Arc};

use super::Cx;
use crate::model::{Alert, Binary, Process, Report, Search};
use crate::query::Index;
use crate::session::{Effect, HistoryEntry, ListRow, PeriodInput};
use crate::worker::{FetchPolicy, List, Request, Slot};

impl Cx<'_> {
    /// Puts a new question to the index of this name.
    pub fn search_index(&mut self, index: Index, query: String) {
        match index {
            Index::Process => self.search::<Process>(query),
            Index::Alert => self.search::<Alert>(query),
            Index::Binary => self.search::<Binary>(query),
            Index::Report => self.search::<Report>(query),
        }
    }

    /// Puts a new question to an index. It passes the cache: who submits wants to know what is there now.
    pub fn search<T: ListRow>(&mut self, query: String) {
        // An order that was chosen is one of that query, and of no other.
        let asked = T::pages(self.session).search();
        if asked.is_some_and(|asked| asked.query != query) {
            self.session.search.sort_orders.remove(&T::LIST);
        }
        let search = Search {
            query,
            sort: self.session.sort_order(T::LIST).map(|order| order.sort.into()),
            group_by: self.grouping_field::<T>(),
            ..Search::default()
        };
        let when = Some(&self.session.search.period).filter(|_| T::LIST == List::Processes);
        let period = when.and_then(|when| when.period(self.now));
        let search = period.unwrap_or_default().bind_to(search);
        if T::LIST == List::Processes {
            self.session.search.pending_history_entry = Some((self.now, self.session.search.period.clone()));
        }
        self.start_search::<T>(search);
    }

    /// Asks for a list that comes whole, unless that was asked.
    pub fn load_once<T: ListRow>(&mut self) {
        if T::pages(self.session).search().is_none() {
            self.search::<T>(String::new());
        }
    }

    /// Asks anew for the rows of a list that are here, or for the list if that was not asked. They stay until the answer
    /// comes.
    pub fn refresh_or_load<T: ListRow>(&mut self) {
        if T::pages(self.session).search().is_none() {
            self.search::<T>(String::new());
        } else {
            self.refresh_loaded::<T>();
        }
    }

    /// Asks again for the rows of a list that are here, if it was ever asked for.
    pub(super) fn refresh_loaded<T: ListRow>(&mut self) {
        let pages = T::pages(self.session);
        let here = || pages.loaded_rows().map(|(at, _)| at);
        let span = here().min().unwrap_or(0)..here().max().unwrap_or(0) + 1;
        if pages.search().is_some() {
            self.refresh_window::<T>(&span);
        }
    }

    /// Puts a question that a list follows the cursor of another with: it is asked when that rests, and the cache may
    /// answer.
    pub fn search_debounced<T: ListRow>(&mut self, query: String) {
        let search = Search {
            query,
            sort: self.session.sort_order(T::LIST).map(|order| order.sort.into()),
            ..Search::default()
        };
        let awaited = T::pages_mut(self.session).set_search(Arc::new(search));
        self.cancel_pages(T::LIST, awaited);
    }

    fn start_search<T: ListRow>(&mut self, search: Search) {
        self.fetch_server_info();
        self.session.alert_state.is_restored_search &= T::LIST != List::Alerts;
        let awaited = T::pages_mut(self.session).set_search(Arc::new(search));
        self.cancel_pages(T::LIST, awaited);
        for fetch in T::pages(self.session).missing_pages(&(0..1)) {
            self.fetch(fetch, FetchPolicy::NoCache);
        }
    }

    /// Rows are collapsed by this field: one for each process.
    fn grouping_field<T: ListRow>(&self) -> Option<String> {
        let is_grouped = T::LIST == List::Processes && !self.session.is_by_segment();
        is_grouped.then(|| "id".into())
    }

    /// Goes back to a question put before, if another was put since. The cache may still have the answer.
    pub fn restore_search<T: ListRow>(&mut self, search: Option<Arc<Search>>) {
        let current = T::pages(self.session).search();
        let is_same = match (current, &search) {
            (Some(current), Some(search)) => Arc::ptr_eq(current, search),
            (current, search) => current.is_none() && search.is_none(),
        };
        if let Some(search) = search
            && !is_same
        {
            self.session.restore_order(T::LIST, &search);
            self.session.alert_state.is_restored_search |= T::LIST == List::Alerts;
            let awaited = T::pages_mut(self.session).set_search(search);
            self.cancel_pages(T::LIST, awaited);
        }
    }

    /// Asks the same again in the next order.
    pub fn sort_next<T: ListRow>(&mut self) {
        *self.session.search.sort_orders.entry(T::LIST).or_default() += 1;
        match self.session.sort_order(T::LIST) {
            Some(order) => self.notify(order.description),
            None => return self.notify("This list has only one sort order"),
        }
        self.repeat_search::<T>();
    }

    /// Asks the same again with a row for each segment, or for each process.
    pub fn toggle_segment_rows(&mut self) {
        self.session.search.is_split_by_segment = !self.session.search.is_split_by_segment;
        self.notify(if self.session.search.is_split_by_segment {
            "one row per segment"
        } else {
            "one row per process"
        });
        self.repeat_search::<Process>();
    }

    /// Looks for last events of another time, and asks again if anything was asked.
    pub fn search_period(&mut self, when: PeriodInput) {
        self.set_period(when);
        if let Some(search) = self.session.lists.processes.search() {
            let query = search.query.clone();
            self.search::<Process>(query);
        }
        self.notify(self.session.search.period.describe());
    }

    /// Looks for last events of another time from the next question on.
    pub fn set_period(&mut self, when: PeriodInput) {
        // Any time is any time by either clock.
        self.session.search.period = Some(when).filter(|when| !when.is_any_time()).unwrap_or_default();
    }

    fn repeat_search<T: ListRow>(&mut self) {
        // The same question in another order is not a new one: what is set for the next is not part of it.
        if let Some(search) = T::pages(self.session).search() {
            let search = Search {
                sort: self.session.sort_order(T::LIST).map(|order| order.sort.into()),
                group_by: self.grouping_field::<T>(),
                ..Search::clone(search)
            };
            if T::LIST == List::Processes {
                self.session.search.pending_history_entry = None;
            }
            self.start_search::<T>(search);
        }
    }

    /// Sees to it that the rows of this window are here or on their way.
    pub fn fetch_window<T: ListRow>(&mut self, window: &Range<u64>) {
        for fetch in T::pages(self.session).missing_pages(window) {
            self.fetch(fetch, FetchPolicy::Debounced);
        }
        let far = T::pages_mut(self.session).evict_far(window);
        self.cancel_pages(T::LIST, far);
    }

    /// Asks again for the rows of this window, past the cache.
    pub fn refresh_window<T: ListRow>(&mut self, window: &Range<u64>) {
        for fetch in T::pages_mut(self.session).refetch_pages(window) {
            self.fetch(fetch, FetchPolicy::NoCache);
        }
    }

    /// Gives up pages that the result no longer awaits.
    pub(super) fn cancel_pages(&mut self, list: List, starts: Vec<u64>) {
        let cancels = starts.into_iter().map(|start| Effect::Send(Request::Cancel(Slot::Page(list, start))));
        self.effects.extend(cancels);
    }

    /// The first page of a search is here: the query enters the history, once.
    pub(super) fn add_to_history(&mut self) {
        let results = &self.session.lists.processes;
        let (Some(search), Some(total)) = (results.search(), results.total()) else {
            return;
        };
        let query = search.query.clone();
        let Some((at, when)) = self.session.search.pending_history_entry.take() else {
            return;
        };
        let took_ms = u64::try_from(self.now.duration_since(at).as_millis()).unwrap_or(0);
        let past = HistoryEntry { query, period: when, asked_at: at, total: Some(total), took_ms: Some(took_ms) };
        let is_other = |other: &HistoryEntry| (&other.query, &other.period) != (&past.query, &past.period);
        self.session.search.query_history.retain(is_other);
        self.session.search.query_history.insert(0, past.clone());
        self.effects.push(Effect::AppendHistory(past));
    }
}
