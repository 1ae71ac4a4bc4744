//! Changes of watchlists (reference 2.10).

mod snapshot;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) use snapshot::logged_action;
pub use snapshot::{NewWatchlist, WatchlistDraft, WatchlistEdit, WatchlistSnapshot};
use snapshot::{display_query, logged_actions};

use super::{
    Aspect, Justification, PlanContext, Rejection, Target,
    assessment::Assessment,
    blast_radius::ImpactSubject,
    members,
    operation::{ID_UNKNOWN, NOTHING_LOGGED, Operation, WriteContext, immediate_stage},
    snapshot::Snapshot,
    unreadable_rows,
};
use crate::api::{Client, Error, WriteRequest};
use crate::audit::LoggedStage;
use crate::model::{ActionKind, StoredIndex, WatchlistId};
use crate::text;

/// The first server version that lets the query of a watchlist be changed (reference 7).
const QUERIES_CHANGE: (u32, u32) = (7, 8);

/// A change of a watchlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchlistChange {
    Create(NewWatchlist),
    /// Changes the name, the description or the query.
    Edit {
        id: WatchlistId,
        change: Box<WatchlistEdit>,
    },
    /// Enables or disables a watchlist.
    Switch {
        id: WatchlistId,
        is_enabled: bool,
    },
    Delete(WatchlistId),
    /// Adds an action that runs for each hit.
    AddAction {
        id: WatchlistId,
        kind: ActionKind,
        /// The IDs of the users who get the e-mail.
        recipients: Vec<u64>,
    },
    /// Removes an action.
    RemoveAction {
        id: WatchlistId,
        /// The ID of the action.
        action: u64,
    },
}

impl WatchlistChange {
    /// Returns whether the server has applied a part of the change: a new watchlist without all of its actions, or only
    /// some of the edited members.
    fn is_partly_satisfied_by(&self, current: &WatchlistSnapshot) -> bool {
        match (self, &current.watchlist) {
            (Self::Create(_), Some(_)) => self.is_satisfied_by(current) == Some(false),
            (Self::Edit { change, .. }, Some(watchlist)) => change.is_partly_satisfied_by(watchlist),
            _ => false,
        }
    }

    /// Returns whether the watchlist on the server satisfies the change; `None` if the server does not say.
    fn is_satisfied_by(&self, current: &WatchlistSnapshot) -> Option<bool> {
        let Some(watchlist) = &current.watchlist else {
            let is_unknown = matches!(self, Self::Create(_)) && current.n_unreadable > 0;
            return (!is_unknown).then_some(matches!(self, Self::Delete(_)));
        };
        match self {
            Self::Create(new) => {
                let mut kinds = new.actions.iter();
                let is_desired_state = watchlist.is_enabled.is_none_or(|is| is == new.is_enabled);
                Some(is_desired_state && kinds.all(|kind| current.has_action(*kind, &[])))
            }
            Self::Edit { change, .. } => Some(change.is_satisfied_by(watchlist)),
            Self::Switch { is_enabled, .. } => watchlist.is_enabled.map(|is| is == *is_enabled),
            Self::Delete(_) => Some(false),
            Self::AddAction { kind, recipients, .. } => match current.has_action(*kind, recipients) {
                false if current.n_unreadable > 0 => None,
                has_action => Some(has_action),
            },
            Self::RemoveAction { action, .. } => {
                let mut actions = current.actions.as_ref()?.iter();
                let is_there = actions.any(|other| other.id == *action);
                (is_there || current.n_unreadable == 0).then_some(!is_there)
            }
        }
    }

    /// Returns the new query of the watchlist, if the change sets one.
    fn query(&self) -> Option<&str> {
        match self {
            Self::Create(new) => Some(&new.draft.search_query),
            Self::Edit { change, .. } => change.search_query.as_deref(),
            _ => None,
        }
    }

    fn effect(&self, current: &WatchlistSnapshot) -> String {
        match self {
            Self::Create(new) => match new.index {
                StoredIndex::Modules => "new binary watchlist".into(),
                _ => "new process watchlist".into(),
            },
            Self::Edit { change, .. } => {
                let current = current.watchlist.as_ref();
                current.map_or_else(String::new, |current| change.describe(current))
            }
            Self::Switch { is_enabled: true, .. } => "disabled -> enabled".into(),
            Self::Switch { is_enabled: false, .. } => "enabled -> disabled".into(),
            Self::Delete(_) => match current.watchlist.as_ref().and_then(|one| one.total_hits) {
                Some(n) => format!("will be DELETED ({})", text::pluralize(n, "hit", "hits")),
                None => "will be DELETED".into(),
            },
            Self::AddAction { kind, recipients, .. } => match recipients.len() {
                0 => format!("add action: {kind}"),
                n => format!("add action: {kind} to {}", text::pluralize(n, "user", "users")),
            },
            Self::RemoveAction { action, .. } => {
                let actions = current.actions.iter().flatten();
                let kind = actions.filter(|one| one.id == *action).map(|one| one.kind);
                let kind = kind.map(|kind| kind.to_string()).next();
                format!("remove action: {}", kind.unwrap_or_default())
            }
        }
    }
}

impl Operation for WatchlistChange {
    type State = WatchlistSnapshot;

    fn verb(&self) -> &'static str {
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

    fn aspect(&self) -> Aspect {
        match self {
            Self::Create(_) => Aspect::Creation,
            Self::Edit { .. } => Aspect::Settings,
            Self::Switch { .. } => Aspect::Switch,
            Self::Delete(_) => Aspect::Deletion,
            Self::AddAction { .. } => Aspect::AddedAction,
            Self::RemoveAction { .. } => Aspect::RemovedAction,
        }
    }

    fn target(&self) -> Target {
        match self {
            Self::Create(new) => Target::New("watchlist", new.draft.name.clone()),
            Self::Edit { id, .. }
            | Self::Switch { id, .. }
            | Self::Delete(id)
            | Self::AddAction { id, .. }
            | Self::RemoveAction { id, .. } => Target::Watchlist(*id),
        }
    }

    fn needs_reason(&self) -> bool {
        matches!(self, Self::Switch { is_enabled: false, .. } | Self::Delete(_))
    }

    fn desired(&self, _: &Justification) -> Value {
        match self {
            Self::Create(new) => {
                let action_types = new.actions.iter().map(|kind| kind.number());
                json!({
                    "name": new.draft.name,
                    "description": new.draft.description,
                    "search_query": new.draft.search_query,
                    "index_type": new.index.server_word().raw(),
                    "enabled": new.is_enabled,
                    "action_types": action_types.collect::<Vec<_>>(),
                })
            }
            Self::Edit { change, .. } => change.changed_members(),
            Self::Switch { is_enabled, .. } => json!({"enabled": is_enabled}),
            Self::Delete(_) => json!({"deleted": true}),
            Self::AddAction { kind, recipients, .. } => {
                json!({"action_type": kind.number(), "email_recipients": recipients})
            }
            Self::RemoveAction { action, .. } => json!({"removed_action": action}),
        }
    }

    async fn read(&self, client: &Client) -> Result<WatchlistSnapshot, Error> {
        let mut snapshot = WatchlistSnapshot::default();
        let id = match self {
            Self::Create(new) => {
                let watchlists = client.watchlists().await?;
                snapshot.n_unreadable = watchlists.n_unreadable;
                let watchlists = watchlists.rows;
                let named = watchlists.iter().filter(|one| one.name.raw() == new.draft.name);
                snapshot.n_namesakes = named.count();
                snapshot.name = new.draft.name.as_str().into();
                // The newest of those that match.
                let found = watchlists.into_iter().filter(|one| new.is_satisfied_by(one));
                snapshot.watchlist = found.max_by_key(|one| one.id);
                snapshot.watchlist.as_ref().map(|one| one.id)
            }
            Self::Edit { id, .. }
            | Self::Switch { id, .. }
            | Self::Delete(id)
            | Self::AddAction { id, .. }
            | Self::RemoveAction { id, .. } => {
                snapshot.watchlist = match client.watchlist(*id).await {
                    Ok(found) => Some(found),
                    Err(Error::NotFound { .. }) => None,
                    Err(error) => return Err(error),
                };
                snapshot.name = format!("watchlist {id}").into();
                Some(*id)
            }
        };
        let is_about_actions = match self {
            Self::Create(new) => !new.actions.is_empty(),
            Self::Delete(_) | Self::AddAction { .. } | Self::RemoveAction { .. } => true,
            Self::Edit { .. } | Self::Switch { .. } => false,
        };
        if let Some(id) = id.filter(|_| is_about_actions && snapshot.watchlist.is_some()) {
            let actions = client.watch_actions(id).await?;
            snapshot.n_unreadable = actions.n_unreadable;
            snapshot.actions = Some(actions.rows);
        }
        Ok(snapshot)
    }

    fn write_requests(&self, current: &WatchlistSnapshot, _: &WriteContext<'_>) -> Vec<WriteRequest> {
        match (self, &current.watchlist) {
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
            (Self::Switch { is_enabled, .. }, Some(old)) => {
                vec![WriteRequest::watchlist(old, json!({"enabled": is_enabled}))]
            }
            (Self::Delete(id), Some(_)) => vec![WriteRequest::delete_watchlist(*id)],
            (Self::AddAction { id, kind, recipients }, Some(_)) => {
                vec![WriteRequest::new_action(*id, *kind, recipients)]
            }
            (Self::RemoveAction { id, action }, Some(_)) => vec![WriteRequest::delete_action(*id, *action)],
        }
    }

    fn has_follow_ups(&self) -> bool {
        matches!(self, Self::Create(new) if !new.actions.is_empty())
    }

    /// Returns the changes that add the actions of a new watchlist once it has an ID.
    fn follow_ups(&self, current: &WatchlistSnapshot) -> Vec<Self> {
        let (Self::Create(new), Some(watchlist)) = (self, &current.watchlist) else {
            return Vec::new();
        };
        let missing = new.actions.iter().filter(|kind| !current.has_action(**kind, &[]));
        let action = |kind: &ActionKind| Self::AddAction { id: watchlist.id, kind: *kind, recipients: Vec::new() };
        missing.map(action).collect()
    }

    fn stage(&self, current: &WatchlistSnapshot) -> LoggedStage {
        if self.is_partly_satisfied_by(current) {
            return LoggedStage::Partly;
        }
        immediate_stage(self.is_satisfied_by(current))
    }

    fn replaced_members(&self) -> Option<Value> {
        match self {
            Self::Edit { change, .. } => Some(change.changed_members()),
            _ => None,
        }
    }

    fn inverse(&self, before: &Value, after: &Value) -> Result<Self, &'static str> {
        Ok(match self {
            Self::Create(_) if members::number(before, "id").is_some() => return Err("the watchlist existed before"),
            Self::Create(_) => Self::Delete(WatchlistId(members::number(after, "id").ok_or(ID_UNKNOWN)?)),
            Self::Edit { id, change } => {
                let previous = |changed: &Option<String>, name| {
                    changed.as_ref().map(|_| members::text(before, name).unwrap_or_default())
                };
                Self::Edit {
                    id: *id,
                    change: Box::new(WatchlistEdit {
                        name: previous(&change.name, "name"),
                        description: previous(&change.description, "description"),
                        search_query: previous(&change.search_query, "search_query"),
                    }),
                }
            }
            Self::Switch { id, is_enabled } => Self::Switch { id: *id, is_enabled: !is_enabled },
            Self::Delete(_) => Self::Create(NewWatchlist::from_logged(before).ok_or(NOTHING_LOGGED)?),
            Self::AddAction { id, kind, recipients } => {
                let is_it = |(other, users): (ActionKind, Vec<u64>)| other == *kind && users == *recipients;
                let added = logged_actions(after).rfind(|one| logged_action(one).is_some_and(is_it));
                let action = added.and_then(|added| members::number(added, "id")).ok_or(ID_UNKNOWN)?;
                Self::RemoveAction { id: *id, action }
            }
            Self::RemoveAction { id, action: removed } => {
                let previous = logged_actions(before).find(|one| members::number(one, "id") == Some(*removed));
                let (kind, recipients) = previous.and_then(logged_action).ok_or(NOTHING_LOGGED)?;
                Self::AddAction { id: *id, kind, recipients }
            }
        })
    }

    fn no_op_reason(&self, current: &WatchlistSnapshot) -> Option<String> {
        let is_satisfied = self.is_satisfied_by(current) == Some(true);
        let text = match self {
            Self::Create(_) => "already exists with this query",
            Self::Edit { .. } => "already has these settings",
            Self::Switch { is_enabled: true, .. } => "is enabled already",
            Self::Switch { is_enabled: false, .. } => "is disabled already",
            Self::Delete(_) => "no longer exists",
            Self::AddAction { kind, .. } => {
                return is_satisfied.then(|| format!("already has the {kind} action"));
            }
            Self::RemoveAction { .. } => "does not have this action",
        };
        is_satisfied.then(|| text.into())
    }

    fn rejection(&self, current: &WatchlistSnapshot) -> Option<(&'static str, &'static str)> {
        match (self, &current.watchlist) {
            (Self::Create(_), None) => None,
            // It may belong to another user.
            (Self::Create(new), Some(watchlist)) if watchlist.is_enabled == Some(!new.is_enabled) => {
                Some(("already exists with this query, but in the other state", "enable or disable the existing one"))
            }
            (Self::Create(_), Some(_)) => {
                Some(("already exists with this query, but without this action", "add the action to the existing one"))
            }
            (_, None) => Some(("no longer exists", "reload the watchlists (r)")),
            (_, Some(watchlist)) if watchlist.is_readonly == Some(true) => {
                Some(("is read-only: the server does not allow changes", "create your own watchlist from its query"))
            }
            _ => None,
        }
    }

    fn describe(&self, current: &WatchlistSnapshot) -> String {
        let Some(watchlist) = &current.watchlist else {
            let among_readable = if current.n_unreadable > 0 { " among those that could be read" } else { "" };
            return format!("no such watchlist{among_readable}");
        };
        let state = match watchlist.is_enabled {
            Some(true) => "enabled",
            Some(false) => "disabled",
            None => "unknown whether it is enabled",
        };
        let actions = current.actions.as_ref().map(|actions| {
            let kinds: Vec<_> = actions.iter().map(|watchlist| watchlist.kind.to_string()).collect();
            if kinds.is_empty() { ", no actions".into() } else { format!(", actions: {}", kinds.join(", ")) }
        });
        let query = match self {
            Self::Edit { change, .. } if change.search_query.is_some() => {
                format!(", query {}", display_query(&watchlist.search_query))
            }
            _ => String::new(),
        };
        format!("watchlist {}, {state}{query}{}", watchlist.id, actions.unwrap_or_default())
    }

    async fn assess(
        &self,
        current: &WatchlistSnapshot,
        context: &PlanContext,
    ) -> Result<Result<Assessment, Rejection>, Error> {
        if let Self::Create(NewWatchlist { draft, .. }) = self
            && let Some((why, hint)) = draft.invalid_reason()
        {
            return Ok(Err(Rejection { why: why.into(), hint, is_policy: false }));
        }
        let mut effects = vec![format!("{}: {}", text::make_visible(&current.target_name()), self.effect(current))];
        let mut notes = Vec::new();
        let mut warnings: Vec<String> = self.query().and_then(snapshot::query_problem).into_iter().collect();
        if let Some(one) = current.watchlist.as_ref().filter(|_| self.query().is_none()) {
            effects.push(format!("Query: {}", display_query(&one.search_query)));
        }
        match self {
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
                notes.extend(unreadable_rows::unreadable_rows_warning(current.n_unreadable, names, "have this name"));
                if current.n_namesakes > 0 {
                    let n = text::pluralize(current.n_namesakes, "watchlist has", "watchlists have");
                    notes.push(format!("{n} this name already"));
                }
            }
            Self::Delete(_) => {
                effects.push("Existing tags stay; no new matches will be tagged".into());
                let mut actions = current.actions.iter().flatten();
                if actions.any(|action| !action.recipients.is_empty()) {
                    notes.push("Its email recipients are deleted and cannot be restored".into());
                }
            }
            Self::Switch { is_enabled: false, .. } => {
                notes.push("New matches will not be detected".into());
            }
            Self::Edit { change, .. } if change.search_query.is_some() => {
                let ignores_query = |release| release < QUERIES_CHANGE;
                if context.client.release().is_some_and(ignores_query) {
                    warnings.push("Servers before 7.8 ignore a changed query: create a new watchlist instead".into());
                }
            }
            _ => {}
        }
        let index = match self {
            Self::Create(new) => Some(&new.index),
            _ => current.watchlist.as_ref().map(|watchlist| &watchlist.index),
        };
        let impact = self.query().map_or(ImpactSubject::None, |query| ImpactSubject::Watchlist {
            query: query.to_owned(),
            index: index.unwrap_or(&StoredIndex::Events).clone(),
        });
        Ok(Ok(Assessment { effects, warnings, notes, impact, ..Assessment::default() }))
    }
}
