//! The watchlist details pane: query, hits, actions.

use jiff::Timestamp;
use ratatui::text::Line;

use super::{Details, fetched_at, text_field};
use crate::keys::{Action, Scope};
use crate::model::{ActionKind, Document, Precision, StoredIndex, User, Watchlist, WatchlistId};
use crate::panes::{
    ActionResult,
    copy::{self, Clip},
    details::subject::missing_line,
    list::group_thousands,
    pivot::Observables,
};
use crate::query::{self, Index, Level, StoredQuery};
use crate::session::{Cx, Destination, Remote, RemoteState, Session, not_runnable_reason, runnable_query};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// Details of a watchlist.
#[derive(Debug)]
pub struct WatchlistDetails;

impl Details for WatchlistDetails {
    type Id = WatchlistId;

    const SCOPE: Scope = Scope::Watchlist;
    const SLOTS: &'static [Slot] = &[Slot::WatchActions, Slot::WatchCount];
    const PLACEHOLDER: &'static str = "Select a watchlist for details";

    fn subject_id(session: &Session) -> Option<WatchlistId> {
        session.selection.watchlist.as_ref().map(|watchlist| watchlist.id)
    }

    fn title(session: &Session) -> String {
        let watchlist = session.selection.watchlist.as_ref();
        watchlist.map_or("Watchlist".into(), |watchlist| format!("Watchlist {}", watchlist.id))
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        fetched_at(session.selection.watchlist.as_ref(), session)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let Some(watchlist) = &session.selection.watchlist else {
            return Vec::new();
        };
        let time = |label, at: Option<Timestamp>| {
            let at = session.connection.zone.format(at?, Precision::Second);
            Some(FieldRow::single_line(label, Line::styled(at, theme.time)))
        };
        let mut fields: Vec<_> = text_field("", &watchlist.name).into_iter().collect();
        fields.push(FieldRow::single_line("", status_line(watchlist, theme)));
        fields.extend(text_field("description", &watchlist.description));
        fields.push(FieldRow::single_line("", ""));
        fields.extend(query_fields(watchlist, theme));
        fields.push(FieldRow::multi_line("matches now", hit_count_line(watchlist, session, theme), 4));
        fields.push(FieldRow::single_line("", ""));
        let hits = |label, n: Option<u64>| Some(FieldRow::single_line(label, group_thousands(n?)));
        let hit_fields = [
            hits("total hits", watchlist.total_hits),
            hits("last run", watchlist.last_hits),
            time("last hit", watchlist.last_hit),
            time("last searched", watchlist.searched_until),
            time("created", watchlist.added),
        ];
        fields.extend(hit_fields.into_iter().flatten());
        if watchlist.searched_until.is_none() {
            let never = Line::styled("never (according to the server)", theme.muted);
            fields.push(FieldRow::single_line("last searched", never));
        }
        fields.push(FieldRow::single_line("", ""));
        fields.extend(action_fields(watchlist, session, theme));
        fields
    }

    fn destination(session: &Session) -> Option<Destination> {
        let (index, query) = runnable_query(session.selection.watchlist.as_ref()?)?;
        Some(Destination::Search(index, query))
    }

    fn no_destination_reason(session: &Session) -> String {
        let watchlist = session.selection.watchlist.as_ref();
        watchlist.map_or_else(String::new, |watchlist| not_runnable_reason(watchlist))
    }

    fn observables(session: &Session) -> Option<Observables> {
        let watchlist = session.selection.watchlist.as_ref()?;
        Some(Observables::of_watchlist(watchlist.id))
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.selection.watchlist.as_ref()?.document.clone())
    }

    fn clip(session: &Session, action: Action) -> Option<Clip> {
        let watchlist = session.selection.watchlist.as_ref()?;
        let query = query::describe_stored(watchlist.search_query.raw()).as_str().into();
        let fields = || [watchlist.name.clone(), query].into_iter();
        copy::fields_clip(fields, &watchlist.document, action)
    }

    fn handle_action(action: Action, cx: &mut Cx<'_>) -> ActionResult {
        if action != Action::CountHits {
            return ActionResult::Ignored;
        }
        cx.details().count_watchlist_hits();
        ActionResult::Done
    }
}

fn status_line(watchlist: &Watchlist, theme: &Theme) -> Line<'static> {
    let (word, style) = match watchlist.is_enabled {
        Some(true) => ("enabled", theme.good),
        Some(false) => ("DISABLED", theme.caution),
        None => ("unknown whether it is enabled", theme.unknown),
    };
    let readonly = if watchlist.is_readonly == Some(true) { ", read-only" } else { "" };
    Line::styled(format!("{word}{readonly}"), style)
}

/// Returns the query, its conditions beside the query text, and its problems.
fn query_fields(watchlist: &Watchlist, theme: &Theme) -> Vec<FieldRow<'static>> {
    /// Lines that a query may take; all of it is in the JSON record.
    const QUERY: usize = 24;
    let stored = StoredQuery::parse(watchlist.search_query.raw());
    let (index, label) = match &watchlist.index {
        StoredIndex::Events => (Some(Index::Process), "processes"),
        StoredIndex::Modules => (Some(Index::Binary), "binaries"),
        StoredIndex::Other(_) => (None, "query"),
    };
    let mut fields = Vec::new();
    if let StoredIndex::Other(word) = &watchlist.index {
        fields.extend(text_field("index", word));
    }
    let text = query::describe_stored(watchlist.search_query.raw());
    let query = if text.is_empty() {
        Line::styled("everything", theme.muted)
    } else {
        Line::styled(text::excerpt(&text.as_str().into()), theme.found)
    };
    fields.push(FieldRow::multi_line(label, query, QUERY));
    if let Some(reason) = stored.malformed_reason() {
        let reason = format!("malformed: {reason}");
        fields.push(FieldRow::multi_line("", Line::styled(reason, theme.bad), 3));
    }
    if let Some(index) = index {
        let parsed = query::parse_for(index, &stored.text);
        let problems = parsed.problems.iter();
        fields.extend(problems.map(|problem| {
            let style = match problem.level {
                Level::Error => theme.bad,
                Level::Warning => theme.caution,
                Level::Note => theme.muted,
            };
            let message = text::excerpt(&problem.message.as_str().into());
            FieldRow::multi_line("", Line::styled(message, style), 3)
        }));
    }
    fields
}

/// Returns the number of hits, if the user had them counted.
fn hit_count_line(watchlist: &Watchlist, session: &Session, theme: &Theme) -> Line<'static> {
    let Some(remote) = session.watchlist_hits_of(watchlist) else {
        return Line::styled("press # to count", theme.muted);
    };
    match remote.latest() {
        Some(fetched) => {
            let as_of = session.describe_answer_time(fetched.as_of);
            format!("{} {as_of}", group_thousands(*fetched.value)).into()
        }
        None => match remote.error() {
            Some(error) => {
                let reason = text::excerpt(&error.to_string().into());
                Line::styled(format!("unknown: {reason}"), theme.unknown)
            }
            None => missing_line(Some(remote), theme),
        },
    }
}

/// Names a user by the ID in an action, as far as the users are loaded.
fn describe_user(id: u64, session: &Session) -> String {
    let mut users = session.lists.pages::<User>().loaded_rows();
    match users.find(|(_, user)| user.id == Some(id)) {
        Some((_, user)) => format!("{} (user {id})", text::make_visible(&user.username)),
        None => format!("user {id} (name unknown)"),
    }
}

fn action_fields(watchlist: &Watchlist, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    const LABEL: &str = "actions";
    let remote = session.watchlist_actions_of(watchlist.id);
    let Some(fetched) = remote.and_then(Remote::latest) else {
        return vec![FieldRow::single_line(LABEL, missing_line(remote, theme))];
    };
    let actions = fetched.value.rows.iter().map(|action| match action.kind {
        ActionKind::Email if !action.recipients.is_empty() => {
            let to: Vec<_> = action.recipients.iter().map(|id| describe_user(*id, session)).collect();
            format!("email to {}", to.join(", "))
        }
        kind => kind.to_string(),
    });
    let mut fields: Vec<_> = actions.map(|action| FieldRow::single_line(LABEL, action)).collect();
    if fields.is_empty() {
        let text = "none (tags only)";
        fields.push(FieldRow::multi_line(LABEL, Line::styled(text, theme.muted), 2));
    }
    if fetched.value.n_unreadable > 0 {
        let text = format!("{} unreadable", fetched.value.n_unreadable);
        fields.push(FieldRow::single_line("", Line::styled(text, theme.bad)));
    }
    fields
}
