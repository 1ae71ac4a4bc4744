//! Lists: searching, sorting, and fetching the rows on screen.

use crate::session::ColumnChoice;
use std::{ops::Range, sync::Arc};

use super::Cx;
use crate::model::{Alert, Binary, Process, Report, Search};
use crate::query::Index;
use crate::session::{Effect, HistoryEntry, ListRow, PeriodInput};
use crate::worker::{FetchPolicy, List, Request, Slot};

/// The operations on lists: searches, pages, columns, joins, facets.
#[derive(Debug)]
pub struct ListCx<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
}

impl ListCx<'_, '_> {
    /// Sets the columns of a list; `None` restores the default.
    pub fn set_columns(&mut self, list: &'static str, chosen: Option<Vec<ColumnChoice>>) {
        match chosen {
            Some(chosen) => self.cx.session.search.chosen_columns.insert(list.to_owned(), chosen),
            None => self.cx.session.search.chosen_columns.remove(list),
        };
    }

    /// Starts a search in an index.
    pub fn search_index(&mut self, index: Index, query: String) {
        match index {
            Index::Process => self.search::<Process>(query),
            Index::Alert => self.search::<Alert>(query),
            Index::Binary => self.search::<Binary>(query),
            Index::Report => self.search::<Report>(query),
        }
    }

    /// Starts a search in an index. It bypasses the cache, since the user wants to know what is there now.
    pub fn search<T: ListRow>(&mut self, query: String) {
        // A chosen order belongs to the query it was chosen for.
        let current = self.cx.session.lists.pages::<T>().search();
        if current.is_some_and(|current| current.query != query) {
            self.cx.session.search.sort_orders.remove(&T::LIST);
        }
        let search = Search {
            query,
            sort: self.cx.session.sort_order(T::LIST).map(|order| order.sort.into()),
            group_by: self.grouping_field::<T>(),
            ..Search::default()
        };
        let input = Some(&self.cx.session.search.period).filter(|_| T::LIST == List::Processes);
        let period = input.and_then(|input| input.period(self.cx.now));
        let search = period.unwrap_or_default().bind_to(search);
        if T::LIST == List::Processes {
            self.cx.session.search.pending_history_entry = Some((self.cx.now, self.cx.session.search.period.clone()));
        }
        self.start_search::<T>(search);
    }

    /// Fetches a list that comes in one answer, unless it was requested.
    pub fn load_once<T: ListRow>(&mut self) {
        if self.cx.session.lists.pages::<T>().search().is_none() {
            self.search::<T>(String::new());
        }
    }

    /// Refreshes the loaded rows of a list, or fetches the list if it was never requested. The rows remain until the
    /// answer arrives.
    pub fn refresh_or_load<T: ListRow>(&mut self) {
        if self.cx.session.lists.pages::<T>().search().is_none() {
            self.search::<T>(String::new());
        } else {
            self.refresh_loaded(T::LIST);
        }
    }

    /// Refreshes the loaded rows of a list, if it was ever requested.
    pub(super) fn refresh_loaded(&mut self, list: List) {
        let pages = self.cx.session.lists.state_mut(list).refetch_loaded();
        self.cx.requests().fetch_pages(list, pages, FetchPolicy::NoCache);
    }

    /// Sets the search of a list that follows the cursor of another one; it is sent once the cursor rests, and the
    /// cache may answer.
    pub fn search_debounced<T: ListRow>(&mut self, query: String) {
        let search = Search {
            query,
            sort: self.cx.session.sort_order(T::LIST).map(|order| order.sort.into()),
            ..Search::default()
        };
        let pending = self.cx.session.lists.pages_mut::<T>().set_search(Arc::new(search));
        self.cancel_pages(T::LIST, pending);
    }

    fn start_search<T: ListRow>(&mut self, search: Search) {
        self.cx.requests().fetch_server_info();
        self.cx.session.alert_state.is_restored_search &= T::LIST != List::Alerts;
        let pending = self.cx.session.lists.pages_mut::<T>().set_search(Arc::new(search));
        self.cancel_pages(T::LIST, pending);
        let pages = self.cx.session.lists.pages::<T>().missing_pages(&(0..1));
        self.cx.requests().fetch_pages(T::LIST, pages, FetchPolicy::NoCache);
    }

    /// Returns the field by which rows are collapsed: processes are grouped to one row each.
    fn grouping_field<T: ListRow>(&self) -> Option<String> {
        let is_grouped = T::LIST == List::Processes && !self.cx.session.is_by_segment();
        is_grouped.then(|| "id".into())
    }

    /// Returns to an earlier search, if another one was started since. The cache may still have the answer.
    pub fn restore_search(&mut self, list: List, search: Option<Arc<Search>>) {
        let current = self.cx.session.lists.search(list);
        let is_same = match (current, &search) {
            (Some(current), Some(search)) => Arc::ptr_eq(current, search),
            (current, search) => current.is_none() && search.is_none(),
        };
        if let Some(search) = search
            && !is_same
        {
            self.cx.session.restore_order(list, &search);
            self.cx.session.alert_state.is_restored_search |= list == List::Alerts;
            let pending = self.cx.session.lists.state_mut(list).set_search(search);
            self.cancel_pages(list, pending);
        }
    }

    /// Repeats the search in the next order.
    pub fn sort_next<T: ListRow>(&mut self) {
        *self.cx.session.search.sort_orders.entry(T::LIST).or_default() += 1;
        match self.cx.session.sort_order(T::LIST) {
            Some(order) => self.cx.notify(order.description),
            None => return self.cx.notify("This list has only one sort order"),
        }
        self.repeat_search::<T>();
    }

    /// Toggles between a row per segment and a row per process, and repeats the search.
    pub fn toggle_segment_rows(&mut self) {
        self.cx.session.search.is_split_by_segment = !self.cx.session.search.is_split_by_segment;
        self.cx.notify(if self.cx.session.search.is_split_by_segment {
            "one row per segment"
        } else {
            "one row per process"
        });
        self.repeat_search::<Process>();
    }

    /// Sets the period of the process search, and repeats the search if there is one.
    pub fn search_period(&mut self, period: PeriodInput) {
        self.set_period(period);
        if let Some(search) = self.cx.session.lists.pages::<Process>().search() {
            let query = search.query.clone();
            self.search::<Process>(query);
        }
        self.cx.notify(self.cx.session.search.period.describe());
    }

    /// Sets the period of the next process search.
    pub fn set_period(&mut self, period: PeriodInput) {
        // An unrestricted period needs no clock, so the clock is reset.
        self.cx.session.search.period = Some(period).filter(|period| !period.is_any_time()).unwrap_or_default();
    }

    fn repeat_search<T: ListRow>(&mut self) {
        // A repeated search is not a new one: the settings of the next search do not apply to it.
        if let Some(search) = self.cx.session.lists.pages::<T>().search() {
            let search = Search {
                sort: self.cx.session.sort_order(T::LIST).map(|order| order.sort.into()),
                group_by: self.grouping_field::<T>(),
                ..Search::clone(search)
            };
            if T::LIST == List::Processes {
                self.cx.session.search.pending_history_entry = None;
            }
            self.start_search::<T>(search);
        }
    }

    /// Fetches the rows of `window`, and drops pages far from it.
    pub fn fetch_window<T: ListRow>(&mut self, window: &Range<u64>) {
        let pages = self.cx.session.lists.pages::<T>().missing_pages(window);
        self.cx.requests().fetch_pages(T::LIST, pages, FetchPolicy::Debounced);
        let far = self.cx.session.lists.pages_mut::<T>().evict_far(window);
        self.cancel_pages(T::LIST, far);
    }

    /// Refreshes the rows of `window`, past the cache.
    pub fn refresh_window<T: ListRow>(&mut self, window: &Range<u64>) {
        let pages = self.cx.session.lists.pages_mut::<T>().refetch_pages(window);
        self.cx.requests().fetch_pages(T::LIST, pages, FetchPolicy::NoCache);
    }

    /// Cancels the requests of pages.
    pub(super) fn cancel_pages(&mut self, list: List, starts: Vec<u64>) {
        let cancels = starts.into_iter().map(|start| Effect::Send(Request::Cancel(Slot::Page(list, start))));
        self.cx.effects.extend(cancels);
    }

    /// Adds the query of the process search to the history once its first page has arrived.
    pub(super) fn add_to_history(&mut self) {
        let pages = &self.cx.session.lists.pages::<Process>();
        let (Some(search), Some(total)) = (pages.search(), pages.total()) else {
            return;
        };
        let query = search.query.clone();
        let Some((at, period)) = self.cx.session.search.pending_history_entry.take() else {
            return;
        };
        let took_ms = u64::try_from(self.cx.now.duration_since(at).as_millis()).unwrap_or(0);
        let entry = HistoryEntry { query, period, run_at: at, total: Some(total), took_ms: Some(took_ms) };
        let is_other = |other: &HistoryEntry| (&other.query, &other.period) != (&entry.query, &entry.period);
        self.cx.session.search.query_history.retain(is_other);
        self.cx.session.search.query_history.insert(0, entry.clone());
        self.cx.effects.push(Effect::AppendHistory(entry));
    }
}
