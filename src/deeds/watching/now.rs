//! A watchlist as the server has it, and as somebody wants it.

use serde_json::{Value, json};

use crate::model::{ActionKind, WatchAction, Watchlist};
use crate::query::{self, Level, Stored};
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

/// A watchlist as the server has it, if it has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// The watchlist.
    pub watchlist: Option<Watchlist>,
    /// What it sets off; `None` where that was of no matter.
    pub actions: Option<Vec<WatchAction>>,
    /// What one is called that is not there yet.
    pub(super) name: Untrusted,
    /// How many others have that name.
    pub(super) n_namesakes: usize,
}

impl WatchlistDraft {
    /// What is wrong with its query, if it cannot be read. It is kept all the same: servers read more than we do.
    pub(super) fn warning(&self) -> Option<String> {
        let stored = Stored::read(&self.search_query);
        let mut problems = query::parse(&stored.text).problems.into_iter();
        let error = problems.find(|problem| problem.level == Level::Error)?;
        Some(format!(
            "its query cannot be read, and may never find anything: {}",
            error.message
        ))
    }

    /// Whether a watchlist has this name and searches for this: servers store a query in other words than they were given
    /// (reference 2.10), so that what it says is compared.
    pub(super) fn is_held(&self, watchlist: &Watchlist) -> bool {
        let same = Stored::read(&self.search_query) == Stored::read(watchlist.search_query.raw());
        watchlist.name.raw() == self.name && same
    }

    /// Whether a watchlist has this description.
    pub(super) fn is_described(&self, watchlist: &Watchlist) -> bool {
        watchlist.description.raw() == self.description
    }

    /// What no server takes.
    pub(super) fn trouble(&self) -> Option<(&'static str, &'static str)> {
        if self.name.trim().is_empty() {
            return Some(("it has no name", "give it one that says what it looks for"));
        }
        if Stored::read(&self.search_query).text.trim().is_empty() {
            return Some((
                "its query is empty: it would tag everything",
                "say what it looks for",
            ));
        }
        None
    }
}

impl Watched {
    /// What people call it.
    pub(in crate::deeds) fn raw_name(&self) -> &Untrusted {
        let own = self.watchlist.as_ref().map(|one| &one.name);
        own.and_then(Untrusted::non_empty).unwrap_or(&self.name)
    }

    /// Whether it sets this off.
    pub(super) fn sets_off(&self, kind: ActionKind) -> bool {
        let mut actions = self.actions.iter().flatten();
        actions.any(|action| action.kind == kind)
    }

    /// What counts of it, for the log.
    pub(in crate::deeds) fn json(&self) -> Value {
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
            "index_type": one.index.word().raw(),
            "enabled": one.is_enabled,
            "actions": actions,
        })
    }
}

/// A stored query for people; one that holds none is shown as it is.
pub(super) fn readable(search_query: &Untrusted) -> String {
    let stored = Stored::read(search_query.raw());
    let text = if stored.text.is_empty() {
        search_query.clone()
    } else {
        stored.text.as_str().into()
    };
    let facets = stored.facets.iter();
    let facets: Vec<_> = facets
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let facets = match facets.len() {
        0 => String::new(),
        _ => format!("; only where {}", text::visible(&facets.join(", ").into())),
    };
    format!("{}{facets}", text::visible(&text))
}
