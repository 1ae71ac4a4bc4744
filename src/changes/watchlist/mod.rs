//! What is done to watchlists (reference 2.10).

mod snapshot;

use serde_json::{Value, json};

use snapshot::display_query;
pub use snapshot::{NewWatchlist, WatchlistDraft, WatchlistEdit, WatchlistSnapshot};

use super::{Plan, PlanContext, Prepared, Rejection, Snapshot, Target, unreadable_rows};
use crate::api::{Client, Error, WriteRequest};
use crate::model::{ActionKind, StoredIndex, WatchlistId};
use crate::text;

/// The first release that lets the query of a watchlist be changed (reference 7).
const QUERIES_CHANGE: (u32, u32) = (7, 8);

/// Something that is done to a watchlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchlistChange {
    /// A search becomes a watchlist.
    Create(NewWatchlist),
    /// It gets another name, another description or another query.
    Edit {
        /// Which one.
        id: WatchlistId,
        /// What is to be another.
        change: Box<WatchlistEdit>,
    },
    /// It runs, or no longer.
    Switch {
        /// Which one.
        id: WatchlistId,
        /// Whether it is to run.
        is_enabled: bool,
    },
    /// It goes.
    Delete(WatchlistId),
    /// It sets something off.
    AddAction {
        /// Which one.
        id: WatchlistId,
        /// What it sets off.
        kind: ActionKind,
        /// The users who get an e-mail, by their numbers.
        recipients: Vec<u64>,
    },
    /// It sets something off no longer.
    RemoveAction {
        /// Which one.
        id: WatchlistId,
        /// What it sets off, by its number.
        action: u64,
    },
}

impl WatchlistChange {
    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Create(_) => "create watchlist",
            Self::Edit { .. } => "edit watchlist",
            Self::Switch { is_enabled: true, .. } => "enable watchlist",
            Self::Switch { is_enabled: false, .. } => "disable watchlist",
            Self::Delete(_) => "delete watchlist",
            Self::AddAction { .. } => "add action",
            Self::RemoveAction { .. } => "remove action",
        }
    }

    pub(super) fn target(&self) -> Target {
        match self {
            Self::Create(new) => Target::New("watchlist", new.draft.name.clone()),
            Self::Edit { id, .. }
            | Self::Switch { id, .. }
            | Self::Delete(id)
            | Self::AddAction { id, .. }
            | Self::RemoveAction { id, .. } => Target::Watchlist(*id),
        }
    }

    pub(super) fn needs_reason(&self) -> bool {
        matches!(self, Self::Switch { is_enabled: false, .. } | Self::Delete(_))
    }

    pub(super) fn desired(&self) -> Value {
        match self {
            Self::Create(new) => {
                let sets_off = new.actions.iter().map(|kind| kind.number());
                json!({
                    "name": new.draft.name,
                    "description": new.draft.description,
                    "search_query": new.draft.search_query,
                    "index_type": new.index.server_word().raw(),
                    "enabled": new.is_enabled,
                    "action_types": sets_off.collect::<Vec<_>>(),
                })
            }
            Self::Edit { change, .. } => change.changed_members(),
            Self::Switch { is_enabled: on, .. } => json!({"enabled": on}),
            Self::Delete(_) => json!({"deleted": true}),
            Self::AddAction { kind, recipients, .. } => {
                json!({"action_type": kind.number(), "email_recipients": recipients})
            }
            Self::RemoveAction { action, .. } => json!({"removed_action": action}),
        }
    }

    /// Reads what the server has, past every cache.
    pub(super) async fn read(&self, client: &Client) -> Result<WatchlistSnapshot, Error> {
        let mut watched = WatchlistSnapshot::default();
        let id = match self {
            Self::Create(new) => {
                let all = client.watchlists().await?;
                watched.n_unread = all.n_unreadable;
                let all = all.rows;
                let named = all.iter().filter(|one| one.name.raw() == new.draft.name);
                watched.n_namesakes = named.count();
                watched.name = new.draft.name.as_str().into();
                // The newest of those that could be it.
                let found = all.into_iter().filter(|one| new.is_satisfied_by(one));
                watched.watchlist = found.max_by_key(|one| one.id);
                watched.watchlist.as_ref().map(|one| one.id)
            }
            Self::Edit { id, .. }
            | Self::Switch { id, .. }
            | Self::Delete(id)
            | Self::AddAction { id, .. }
            | Self::RemoveAction { id, .. } => {
                watched.watchlist = match client.watchlist(*id).await {
                    Ok(found) => Some(found),
                    Err(Error::NotFound { .. }) => None,
                    Err(error) => return Err(error),
                };
                watched.name = format!("watchlist {id}").into();
                Some(*id)
            }
        };
        let is_about_actions = match self {
            Self::Create(new) => !new.actions.is_empty(),
            Self::Delete(_) | Self::AddAction { .. } | Self::RemoveAction { .. } => true,
            Self::Edit { .. } | Self::Switch { .. } => false,
        };
        if let Some(id) = id.filter(|_| is_about_actions && watched.watchlist.is_some()) {
            let actions = client.watch_actions(id).await?;
            watched.n_unread = actions.n_unreadable;
            watched.actions = Some(actions.rows);
        }
        Ok(watched)
    }

    pub(super) fn write_requests(&self, now: &WatchlistSnapshot) -> Vec<WriteRequest> {
        match (self, &now.watchlist) {
            (Self::Create(new), None) => {
                let (draft, index) = (&new.draft, new.index.server_word());
                vec![WriteRequest::new_watchlist(json!({
                    "name": draft.name,
                    "search_query": draft.search_query,
                    "index_type": index.raw(),
                    "description": draft.description,
                    "enabled": new.is_enabled,
                }))]
            }
            (Self::Create(_), Some(_)) | (_, None) => Vec::new(),
            (Self::Edit { change, .. }, Some(old)) => {
                vec![WriteRequest::watchlist(old, change.changed_members())]
            }
            (Self::Switch { is_enabled: on, .. }, Some(old)) => {
                vec![WriteRequest::watchlist(old, json!({"enabled": on}))]
            }
            (Self::Delete(id), Some(_)) => vec![WriteRequest::delete_watchlist(*id)],
            (Self::AddAction { id, kind, recipients }, Some(_)) => {
                vec![WriteRequest::new_action(*id, *kind, recipients)]
            }
            (Self::RemoveAction { id, action }, Some(_)) => vec![WriteRequest::delete_action(*id, *action)],
        }
    }

    /// What is done once there is a number for what was made.
    pub(super) fn follow_ups(&self, now: &WatchlistSnapshot) -> Vec<Self> {
        let (Self::Create(new), Some(made)) = (self, &now.watchlist) else {
            return Vec::new();
        };
        let missing = new.actions.iter().filter(|kind| !now.has_action(**kind, &[]));
        let action = |kind: &ActionKind| Self::AddAction { id: made.id, kind: *kind, recipients: Vec::new() };
        missing.map(action).collect()
    }

    /// Whether a part of it is so: what was to be made is there and does not set off all that it should, or of several
    /// members one has changed and another has not.
    pub(super) fn is_partly_satisfied_by(&self, now: &WatchlistSnapshot) -> bool {
        match (self, &now.watchlist) {
            (Self::Create(_), Some(_)) => self.is_satisfied_by(now) == Some(false),
            (Self::Edit { change, .. }, Some(one)) => change.is_partly_satisfied_by(one),
            _ => false,
        }
    }

    /// Whether the server holds it.
    pub(super) fn is_satisfied_by(&self, now: &WatchlistSnapshot) -> Option<bool> {
        let Some(one) = &now.watchlist else {
            let is_unknown = matches!(self, Self::Create(_)) && now.n_unread > 0;
            return (!is_unknown).then_some(matches!(self, Self::Delete(_)));
        };
        match self {
            Self::Create(new) => {
                let mut kinds = new.actions.iter();
                let is_on = one.is_enabled.is_none_or(|is| is == new.is_enabled);
                Some(is_on && kinds.all(|kind| now.has_action(*kind, &[])))
            }
            Self::Edit { change, .. } => Some(change.is_satisfied_by(one)),
            Self::Switch { is_enabled: on, .. } => one.is_enabled.map(|is| is == *on),
            Self::Delete(_) => Some(false),
            Self::AddAction { kind, recipients, .. } => match now.has_action(*kind, recipients) {
                false if now.n_unread > 0 => None,
                is_so => Some(is_so),
            },
            Self::RemoveAction { action, .. } => {
                let mut actions = now.actions.as_ref()?.iter();
                let is_there = actions.any(|other| other.id == *action);
                (is_there || now.n_unread == 0).then_some(!is_there)
            }
        }
    }

    pub(super) fn no_op_reason(&self, now: &WatchlistSnapshot) -> Option<String> {
        let holds = self.is_satisfied_by(now) == Some(true);
        let said = match self {
            Self::Create(_) => "already exists with this query",
            Self::Edit { .. } => "already has these settings",
            Self::Switch { is_enabled: true, .. } => "is enabled already",
            Self::Switch { is_enabled: false, .. } => "is disabled already",
            Self::Delete(_) => "no longer exists",
            Self::AddAction { kind, .. } => {
                return holds.then(|| format!("already has the {kind} action"));
            }
            Self::RemoveAction { .. } => "does not have this action",
        };
        holds.then(|| said.into())
    }

    pub(super) fn rejection(&self, now: &WatchlistSnapshot) -> Option<(&'static str, &'static str)> {
        match (self, &now.watchlist) {
            (Self::Create(_), None) => None,
            // It may be somebody else's.
            (Self::Create(new), Some(one)) if one.is_enabled == Some(!new.is_enabled) => {
                Some(("already exists with this query, but in the other state", "enable or disable the existing one"))
            }
            (Self::Create(_), Some(_)) => {
                Some(("already exists with this query, but without this action", "add the action to the existing one"))
            }
            (_, None) => Some(("no longer exists", "reload the watchlists (r)")),
            (_, Some(one)) if one.is_readonly == Some(true) => {
                Some(("is read-only: the server does not allow changes", "create your own watchlist from its query"))
            }
            _ => None,
        }
    }

    pub(super) fn describe(&self, now: &WatchlistSnapshot) -> String {
        let Some(one) = &now.watchlist else {
            let read = if now.n_unread > 0 { " among those that could be read" } else { "" };
            return format!("no such watchlist{read}");
        };
        let state = match one.is_enabled {
            Some(true) => "enabled",
            Some(false) => "disabled",
            None => "unknown whether it is enabled",
        };
        let actions = now.actions.as_ref().map(|actions| {
            let kinds: Vec<_> = actions.iter().map(|one| one.kind.to_string()).collect();
            if kinds.is_empty() { ", no actions".into() } else { format!(", actions: {}", kinds.join(", ")) }
        });
        let query = match self {
            Self::Edit { change, .. } if change.search_query.is_some() => {
                format!(", query {}", display_query(&one.search_query))
            }
            _ => String::new(),
        };
        format!("watchlist {}, {state}{query}{}", one.id, actions.unwrap_or_default())
    }

    /// Finds out what it would do.
    pub(super) fn prepare(self, now: WatchlistSnapshot, estate: &PlanContext) -> Prepared {
        if let Self::Create(NewWatchlist { draft, .. }) = &self
            && let Some((why, hint)) = draft.invalid_reason()
        {
            return Prepared::Rejected(Rejection { why: why.into(), hint, is_policy: false });
        }
        let mut effects = vec![format!("{}: {}", text::make_visible(now.target_name()), self.effect(&now))];
        let mut notes = Vec::new();
        let mut warnings: Vec<String> = self.query().and_then(snapshot::query_problem).into_iter().collect();
        if let Some(one) = now.watchlist.as_ref().filter(|_| self.query().is_none()) {
            effects.push(format!("Query: {}", display_query(&one.search_query)));
        }
        match &self {
            Self::Create(new) => {
                effects.push(format!("Query: {}", display_query(&new.draft.search_query.as_str().into())));
                let kinds: Vec<_> = new.actions.iter().map(ToString::to_string).collect();
                effects.push(match &kinds[..] {
                    [] => "Tags its matches; no actions".into(),
                    kinds => format!(
                        "Then adds the {} action (POST /api/v1/watchlist/ID/action with its new ID)",
                        kinds.join(" and ")
                    ),
                });
                let names = ("watchlist", "watchlists");
                notes.extend(unreadable_rows::unreadable_rows_warning(now.n_unread, names, "have this name"));
                if now.n_namesakes > 0 {
                    let n = text::pluralize(now.n_namesakes, "watchlist has", "watchlists have");
                    notes.push(format!("{n} this name already"));
                }
            }
            Self::Delete(_) => {
                effects.push("Existing tags stay; no new matches will be tagged".into());
                let mut actions = now.actions.iter().flatten();
                if actions.any(|action| !action.recipients.is_empty()) {
                    notes.push("Its email recipients are deleted and cannot be restored".into());
                }
            }
            Self::Switch { is_enabled: false, .. } => {
                notes.push("New matches will not be detected".into());
            }
            Self::Edit { change, .. } if change.search_query.is_some() => {
                let is_old = |release| release < QUERIES_CHANGE;
                if estate.client.release().is_some_and(is_old) {
                    warnings.push("Servers before 7.8 ignore a changed query: create a new watchlist instead".into());
                }
            }
            _ => {}
        }
        let state = Snapshot::Watchlist(Box::new(now));
        Prepared::Ready(Box::new(Plan {
            effects,
            warnings,
            notes,
            ..Plan::new(super::Change::Watch(self), state, estate)
        }))
    }

    /// What it is to search for from now on, if that changes.
    pub(super) fn query(&self) -> Option<&str> {
        match self {
            Self::Create(new) => Some(&new.draft.search_query),
            Self::Edit { change, .. } => change.search_query.as_deref(),
            _ => None,
        }
    }

    fn effect(&self, now: &WatchlistSnapshot) -> String {
        match self {
            Self::Create(new) => match new.index {
                StoredIndex::Modules => "new binary watchlist".into(),
                _ => "new process watchlist".into(),
            },
            Self::Edit { change, .. } => {
                let now = now.watchlist.as_ref();
                now.map_or_else(String::new, |now| change.describe(now))
            }
            Self::Switch { is_enabled: true, .. } => "disabled -> enabled".into(),
            Self::Switch { is_enabled: false, .. } => "enabled -> disabled".into(),
            Self::Delete(_) => match now.watchlist.as_ref().and_then(|one| one.total_hits) {
                Some(n) => format!("will be DELETED ({})", text::pluralize(n, "hit", "hits")),
                None => "will be DELETED".into(),
            },
            Self::AddAction { kind, recipients, .. } => match recipients.len() {
                0 => format!("add action: {kind}"),
                n => format!("add action: {kind} to {}", text::pluralize(n, "user", "users")),
            },
            Self::RemoveAction { action, .. } => {
                let actions = now.actions.iter().flatten();
                let kind = actions.filter(|one| one.id == *action).map(|one| one.kind);
                let kind = kind.map(|kind| kind.to_string()).next();
                format!("remove action: {}", kind.unwrap_or_default())
            }
        }
    }
}
