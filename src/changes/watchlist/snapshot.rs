//! A watchlist as the server has it, and as somebody wants it.

use serde_json::{Value, json};

use crate::model::{ActionKind, StoredIndex, WatchAction, Watchlist};
use crate::query::{self, Index, Level, StoredQuery};
use crate::text::{self, Untrusted};

/// What somebody writes into a watchlist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchlistDraft {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its search, encoded as in an address.
    pub search_query: String,
}

/// A watchlist that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWatchlist {
    /// What it is to hold.
    pub draft: WatchlistDraft,
    /// Whether it searches processes, or else binaries.
    pub index: StoredIndex,
    /// What it is to set off.
    pub actions: Vec<ActionKind>,
    /// Whether it runs.
    pub is_enabled: bool,
}

/// What somebody changes of a watchlist; what is to stay as it is, nobody names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchlistEdit {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its search, encoded as in an address.
    pub search_query: Option<String>,
}

/// A watchlist as the server has it, if it has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchlistSnapshot {
    /// The watchlist.
    pub watchlist: Option<Watchlist>,
    /// What it sets off; `None` where that was of no matter.
    pub actions: Option<Vec<WatchAction>>,
    /// What one is called that is not there yet.
    pub(super) name: Untrusted,
    /// How many could not be read of those that it is looked for among: watchlists for a new one, or else its actions.
    pub n_unread: usize,
    /// How many others have that name.
    pub(super) n_namesakes: usize,
}

impl WatchlistDraft {
    /// What no server takes.
    pub(super) fn invalid_reason(&self) -> Option<(&'static str, &'static str)> {
        if self.name.trim().is_empty() {
            return Some(("the name is empty", "enter a name that says what it looks for"));
        }
        if StoredQuery::parse(&self.search_query).text.trim().is_empty() {
            return Some(("the query is empty: it would match everything", "enter a query"));
        }
        None
    }
}

impl NewWatchlist {
    /// Whether this is it, as far as one can tell.
    pub(super) fn is_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        watchlist.name.raw() == self.draft.name
            && watchlist.index == self.index
            && is_same_search(&self.draft.search_query, watchlist)
    }
}

impl WatchlistEdit {
    /// The members of the record that are to be others.
    pub(super) fn changed_members(&self) -> Value {
        let each = [("name", &self.name), ("description", &self.description), ("search_query", &self.search_query)];
        let each = each.into_iter();
        let named = each.filter_map(|(name, to)| Some((name.to_owned(), to.as_deref()?.into())));
        Value::Object(named.collect())
    }

    /// Whether a watchlist is so.
    pub(super) fn is_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        let (held, all) = self.satisfied_members(watchlist);
        held == all
    }

    /// Whether a watchlist is so in one part and not in another: before 7.8 servers ignore a new query (reference 7).
    pub(super) fn is_partly_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        let (held, all) = self.satisfied_members(watchlist);
        0 < held && held < all
    }

    /// How many of the members that are to be others a watchlist has so, and how many there are.
    fn satisfied_members(&self, watchlist: &Watchlist) -> (usize, usize) {
        let is_so = |to: &Option<String>, now: &Untrusted| Some(now.raw() == to.as_deref()?);
        let query = self.search_query.as_deref();
        let each = [
            is_so(&self.name, &watchlist.name),
            is_so(&self.description, &watchlist.description),
            query.map(|query| is_same_search(query, watchlist)),
        ];
        let each = each.into_iter().flatten();
        (each.clone().filter(|is_so| *is_so).count(), each.count())
    }

    /// What will be another, for people.
    pub(super) fn describe(&self, now: &Watchlist) -> String {
        /// Cells of a text.
        const WIDE: usize = 60;
        let fit = |text: &Untrusted| format!("{:?}", text::fit(text, WIDE));
        let other = |what: &str, now: &Untrusted, to: &Option<String>| {
            let to = to.as_deref()?.into();
            Some(format!("{what} {} -> {}", fit(now), fit(&to)))
        };
        let query = self.search_query.as_deref().map(|to| {
            let (now, to) = (display_query(&now.search_query), display_query(&to.into()));
            format!("query {now} -> {to}")
        });
        let each =
            [other("name", &now.name, &self.name), other("description", &now.description, &self.description), query];
        let each: Vec<_> = each.into_iter().flatten().collect();
        each.join(", ")
    }
}

impl WatchlistSnapshot {
    /// What people call it.
    pub(in crate::changes) fn target_name(&self) -> &Untrusted {
        let own = self.watchlist.as_ref().map(|one| &one.name);
        own.and_then(Untrusted::non_empty).unwrap_or(&self.name)
    }

    /// Whether it sets this off, for all of these users.
    pub(super) fn has_action(&self, kind: ActionKind, recipients: &[u64]) -> bool {
        let mut actions = self.actions.iter().flatten();
        actions.any(|action| {
            let mut wanted = recipients.iter();
            action.kind == kind && wanted.all(|user| action.recipients.contains(user))
        })
    }

    /// What counts of it, for the log.
    pub(in crate::changes) fn snapshot_json(&self) -> Value {
        let Some(one) = &self.watchlist else {
            return json!({"exists": false});
        };
        let actions = self.actions.as_ref().map(|actions| {
            let each = actions.iter().map(|action| {
                json!({
                    "id": action.id,
                    "action_type": action.kind.number(),
                    "email_recipients": action.recipients,
                })
            });
            each.collect::<Vec<_>>()
        });
        json!({
            "id": one.id.0,
            "name": one.name.raw(),
            "description": one.description.raw(),
            "search_query": one.search_query.raw(),
            "index_type": one.index.server_word().raw(),
            "enabled": one.is_enabled,
            "actions": actions,
        })
    }
}

/// What is wrong with a query, if it cannot be read. It is kept all the same: servers read more than we do.
pub(super) fn query_problem(search_query: &str) -> Option<String> {
    let stored = StoredQuery::parse(search_query);
    if let Some(why) = stored.malformed_reason() {
        return Some(format!("The query is malformed: {why}"));
    }
    // What is an error is one for every index.
    let problems = query::parse_for(Index::Process, &stored.text).problems;
    let mut problems = problems.into_iter();
    let error = problems.find(|problem| problem.level == Level::Error)?;
    Some(format!("The query has an error and may never match: {}", error.message))
}

/// Whether a watchlist searches for this: servers store a query in other words than they were given (reference 2.10), so
/// that what it says is compared.
pub(super) fn is_same_search(search_query: &str, watchlist: &Watchlist) -> bool {
    StoredQuery::parse(search_query) == StoredQuery::parse(watchlist.search_query.raw())
}

/// A stored query for people.
pub(super) fn display_query(search_query: &Untrusted) -> String {
    text::make_visible(&query::describe_stored(search_query.raw()).into())
}
