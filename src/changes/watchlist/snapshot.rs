//! The state of a watchlist on the server, and the settings of a new or edited one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::changes::{members, snapshot::Snapshot};
use crate::model::{ActionKind, StoredIndex, WatchAction, Watchlist};
use crate::query::{self, Index, Level, StoredQuery};
use crate::text::{self, Untrusted};

/// The texts of a watchlist that a user enters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchlistDraft {
    pub name: String,
    pub description: String,
    /// The query, URL-encoded (`q=…`).
    pub search_query: String,
}

/// A watchlist to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWatchlist {
    pub draft: WatchlistDraft,
    /// Which index it searches: processes or binaries.
    pub index: StoredIndex,
    pub actions: Vec<ActionKind>,
    pub is_enabled: bool,
}

/// The edited texts of a watchlist; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchlistEdit {
    pub name: Option<String>,
    pub description: Option<String>,
    /// The query, URL-encoded (`q=…`).
    pub search_query: Option<String>,
}

/// A watchlist on the server, or its absence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchlistSnapshot {
    pub watchlist: Option<Watchlist>,
    /// Its actions; `None` if the change does not depend on them.
    pub actions: Option<Vec<WatchAction>>,
    /// The name to display if there is no such watchlist.
    pub(super) name: Untrusted,
    /// The number of unreadable records: of watchlists for a new one, otherwise of its actions.
    pub n_unreadable: usize,
    /// The number of watchlists that have this name already.
    pub(super) n_namesakes: usize,
}

impl WatchlistDraft {
    /// Returns why no server would accept the texts, with a hint.
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
    /// Parses a watchlist that was created or existed, with its actions, except e-mails: their recipients cannot be
    /// restored.
    pub(in crate::changes) fn from_logged(record: &Value) -> Option<Self> {
        let kinds = record.get("action_types").and_then(Value::as_array).into_iter().flatten();
        let mut actions: Vec<_> = kinds.filter_map(Value::as_i64).map(ActionKind::from_number).collect();
        let without_recipients =
            logged_actions(record).filter_map(logged_action).filter(|(_, recipients)| recipients.is_empty());
        actions.extend(without_recipients.map(|(kind, _)| kind));
        Some(Self {
            draft: WatchlistDraft {
                name: members::text(record, "name")?,
                description: members::text(record, "description").unwrap_or_default(),
                search_query: members::text(record, "search_query")?,
            },
            index: StoredIndex::parse(&members::text(record, "index_type")?.into()),
            actions,
            is_enabled: members::flag(record, "enabled").unwrap_or(true),
        })
    }

    /// Returns whether a watchlist has the name, the index and the query of this one.
    pub(super) fn is_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        watchlist.name.raw() == self.draft.name
            && watchlist.index == self.index
            && is_same_search(&self.draft.search_query, watchlist)
    }
}

impl WatchlistEdit {
    /// Returns the changed members as JSON.
    pub(super) fn changed_members(&self) -> Value {
        let members = [("name", &self.name), ("description", &self.description), ("search_query", &self.search_query)];
        let members = members.into_iter();
        let changed = members.filter_map(|(name, text)| Some((name.to_owned(), text.as_deref()?.into())));
        Value::Object(changed.collect())
    }

    /// Returns whether a watchlist has all edited texts.
    pub(super) fn is_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        let (n_satisfied, n_edited) = self.satisfied_members(watchlist);
        n_satisfied == n_edited
    }

    /// Returns whether a watchlist has some of the edited texts only: servers before 7.8 ignore a new query (reference
    /// 7).
    pub(super) fn is_partly_satisfied_by(&self, watchlist: &Watchlist) -> bool {
        let (n_satisfied, n_edited) = self.satisfied_members(watchlist);
        0 < n_satisfied && n_satisfied < n_edited
    }

    /// Returns how many of the edited texts a watchlist has, and how many there are.
    fn satisfied_members(&self, watchlist: &Watchlist) -> (usize, usize) {
        let is_satisfied = |edited: &Option<String>, current: &Untrusted| Some(current.raw() == edited.as_deref()?);
        let query = self.search_query.as_deref();
        let members = [
            is_satisfied(&self.name, &watchlist.name),
            is_satisfied(&self.description, &watchlist.description),
            query.map(|query| is_same_search(query, watchlist)),
        ];
        let members = members.into_iter().flatten();
        (members.clone().filter(|is_satisfied| *is_satisfied).count(), members.count())
    }

    /// Describes the difference to `current`.
    pub(super) fn describe(&self, current: &Watchlist) -> String {
        /// Maximum width of a text, in cells.
        const WIDE: usize = 60;
        let fit = |text: &Untrusted| format!("{:?}", text::fit(text, WIDE));
        let describe_text = |what: &str, current: &Untrusted, edited: &Option<String>| {
            let edited = edited.as_deref()?.into();
            Some(format!("{what} {} -> {}", fit(current), fit(&edited)))
        };
        let query = self.search_query.as_deref().map(|edited| {
            let (current, edited) = (display_query(&current.search_query), display_query(&edited.into()));
            format!("query {current} -> {edited}")
        });
        let differences = [
            describe_text("name", &current.name, &self.name),
            describe_text("description", &current.description, &self.description),
            query,
        ];
        let differences: Vec<_> = differences.into_iter().flatten().collect();
        differences.join(", ")
    }
}

impl WatchlistSnapshot {
    /// Returns whether it has an action of this kind for all of these users.
    pub(super) fn has_action(&self, kind: ActionKind, recipients: &[u64]) -> bool {
        self.actions.iter().flatten().any(|action| {
            let mut recipients = recipients.iter();
            action.kind == kind && recipients.all(|user| action.recipients.contains(user))
        })
    }
}

impl Snapshot for WatchlistSnapshot {
    fn target_name(&self) -> Untrusted {
        let name = self.watchlist.as_ref().map(|watchlist| &watchlist.name);
        name.and_then(Untrusted::non_empty).unwrap_or(&self.name).clone()
    }

    fn snapshot_json(&self) -> Value {
        let Some(watchlist) = &self.watchlist else {
            return json!({"exists": false});
        };
        let actions = self.actions.as_ref().map(|actions| {
            actions
                .iter()
                .map(|action| {
                    json!({
                        "id": action.id,
                        "action_type": action.kind.number(),
                        "email_recipients": action.recipients,
                    })
                })
                .collect::<Vec<_>>()
        });
        json!({
            "id": watchlist.id.0,
            "name": watchlist.name.raw(),
            "description": watchlist.description.raw(),
            "search_query": watchlist.search_query.raw(),
            "index_type": watchlist.index.server_word().raw(),
            "enabled": watchlist.is_enabled,
            "actions": actions,
        })
    }
}

/// Returns the actions of a logged watchlist.
pub(super) fn logged_actions(record: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    record.get("actions").and_then(Value::as_array).into_iter().flatten()
}

/// Parses a logged action: its kind, and the users who get the e-mail.
pub(in crate::changes) fn logged_action(record: &Value) -> Option<(ActionKind, Vec<u64>)> {
    let kind = record.get("action_type")?.as_i64()?;
    let recipients = record.get("email_recipients").and_then(Value::as_array).into_iter().flatten();
    Some((ActionKind::from_number(kind), recipients.filter_map(Value::as_u64).collect()))
}

/// Returns why a query is malformed or has an error. It is a warning only: servers accept more than this parser.
pub(super) fn query_problem(search_query: &str) -> Option<String> {
    let stored = StoredQuery::parse(search_query);
    if let Some(why) = stored.malformed_reason() {
        return Some(format!("The query is malformed: {why}"));
    }
    // Errors do not depend on the index.
    let mut problems = query::parse_for(Index::Process, &stored.text).problems.into_iter();
    let error = problems.find(|problem| problem.level == Level::Error)?;
    Some(format!("The query has an error and may never match: {}", error.message))
}

/// Returns whether a watchlist has this query. The parsed queries are compared, since servers store a query in another
/// encoding than they receive it in (reference 2.10).
pub(super) fn is_same_search(search_query: &str, watchlist: &Watchlist) -> bool {
    StoredQuery::parse(search_query) == StoredQuery::parse(watchlist.search_query.raw())
}

/// Returns a stored query in readable form.
pub(super) fn display_query(search_query: &Untrusted) -> String {
    text::make_visible(&query::describe_stored(search_query.raw()).into())
}
