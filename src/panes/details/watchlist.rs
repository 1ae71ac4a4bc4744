//! The watchlist under the cursor: what it looks for, how far it has come, and what it sets off.

use jiff::Timestamp;
use ratatui::text::Line;

use super::{Card, page_of, said};
use crate::keys::{Action, Scope};
use crate::model::{ActionKind, Document, Precision, StoredIndex, Watchlist, WatchlistId};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    details::subject::missing,
    list::thousands,
    pivot::Clues,
};
use crate::query::{self, Index, Level, Stored};
use crate::session::{Awaiting, Cx, Lead, Remote, Session, runnable, why_not_runnable};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Field;
use crate::worker::Slot;

/// The card of a watchlist.
#[derive(Debug)]
pub struct WatchlistCard;

impl Card for WatchlistCard {
    type Id = WatchlistId;

    const PANE: PaneId = PaneId::Watchlist;
    const SCOPE: Scope = Scope::Watchlist;
    const SLOTS: &'static [Slot] = &[Slot::WatchActions, Slot::WatchCount];
    const NONE: &'static str = "Select a watchlist for details";

    fn shown(session: &Session) -> Option<WatchlistId> {
        session.watchlist.as_ref().map(|watchlist| watchlist.id)
    }

    fn title(session: &Session) -> String {
        let watchlist = session.watchlist.as_ref();
        watchlist.map_or("Watchlist".into(), |watchlist| format!("Watchlist {}", watchlist.id))
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        page_of(session.watchlist.as_ref(), session)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<Field<'static>> {
        let Some(watchlist) = &session.watchlist else {
            return Vec::new();
        };
        let time = |label, at: Option<Timestamp>| {
            let at = session.zone.show(at?, Precision::Second);
            Some(Field::cut(label, Line::styled(at, theme.time)))
        };
        let mut fields: Vec<_> = said("", &watchlist.name).into_iter().collect();
        fields.push(Field::cut("", state(watchlist, theme)));
        fields.extend(said("description", &watchlist.description));
        fields.push(Field::cut("", ""));
        fields.extend(looks_for(watchlist, theme));
        fields.push(Field::wrapped("matches now", now(watchlist, session, theme), 4));
        fields.push(Field::cut("", ""));
        let hits = |label, n: Option<u64>| Some(Field::cut(label, thousands(n?)));
        let rest = [
            hits("total hits", watchlist.total_hits),
            hits("last run", watchlist.last_hits),
            time("last hit", watchlist.last_hit),
            time("last searched", watchlist.searched),
            time("created", watchlist.added),
        ];
        fields.extend(rest.into_iter().flatten());
        if watchlist.searched.is_none() {
            let never = Line::styled("never (according to the server)", theme.muted);
            fields.push(Field::cut("last searched", never));
        }
        fields.push(Field::cut("", ""));
        fields.extend(sets_off(watchlist, session, theme));
        fields
    }

    fn lead(session: &Session) -> Option<Lead> {
        let (index, query) = runnable(session.watchlist.as_ref()?)?;
        Some(Lead::Search(index, query))
    }

    fn why_no_lead(session: &Session) -> String {
        let watchlist = session.watchlist.as_ref();
        watchlist.map_or_else(String::new, |watchlist| why_not_runnable(watchlist))
    }

    fn clues(session: &Session) -> Option<Clues> {
        let watchlist = session.watchlist.as_ref()?;
        Some(Clues::of_watchlist(watchlist.id))
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.watchlist.as_ref()?.document.clone())
    }

    fn copied(session: &Session, action: Action) -> Option<Copied> {
        let watchlist = session.watchlist.as_ref()?;
        let query = query::stored(watchlist.search_query.raw()).as_str().into();
        let fields = || [watchlist.name.clone(), query].into_iter();
        copy::fields(fields, &watchlist.document, action)
    }

    fn act(action: Action, cx: &mut Cx<'_>) -> bool {
        let is_counting = action == Action::CountHits;
        if is_counting {
            cx.count_hits();
        }
        is_counting
    }
}

fn state(watchlist: &Watchlist, theme: &Theme) -> Line<'static> {
    let (word, style) = match watchlist.is_enabled {
        Some(true) => ("enabled", theme.good),
        Some(false) => ("DISABLED", theme.caution),
        None => ("unknown whether it is enabled", theme.unknown),
    };
    let readonly = if watchlist.is_readonly == Some(true) { ", read-only" } else { "" };
    Line::styled(format!("{word}{readonly}"), style)
}

/// The query in full, what besides it must hold, and what is wrong with it.
fn looks_for(watchlist: &Watchlist, theme: &Theme) -> Vec<Field<'static>> {
    /// A query may be as long as it likes; beyond this, the JSON has it.
    const QUERY: usize = 24;
    let stored = Stored::read(watchlist.search_query.raw());
    let (index, label) = match &watchlist.index {
        StoredIndex::Events => (Some(Index::Process), "processes"),
        StoredIndex::Modules => (Some(Index::Binary), "binaries"),
        StoredIndex::Other(_) => (None, "query"),
    };
    let mut fields = Vec::new();
    if let StoredIndex::Other(word) = &watchlist.index {
        fields.extend(said("index", word));
    }
    let text = query::stored(watchlist.search_query.raw());
    let query = if text.is_empty() {
        Line::styled("everything", theme.muted)
    } else {
        Line::styled(text::excerpt(&text.as_str().into()), theme.found)
    };
    fields.push(Field::wrapped(label, query, QUERY));
    if let Some(why) = stored.malformed() {
        let why = format!("malformed: {why}");
        fields.push(Field::wrapped("", Line::styled(why, theme.bad), 3));
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
            Field::wrapped("", Line::styled(message, style), 3)
        }));
    }
    fields
}

/// How much it was counted to find.
fn now(watchlist: &Watchlist, session: &Session, theme: &Theme) -> Line<'static> {
    let Some(remote) = session.hits_of(watchlist) else {
        return Line::styled("press # to count", theme.muted);
    };
    match remote.current() {
        Some(known) => {
            let as_of = session.as_of(known.as_of);
            format!("{} {as_of}", thousands(*known.value)).into()
        }
        None => match remote.error() {
            Some(error) => {
                let why = text::excerpt(&error.to_string().into());
                Line::styled(format!("unknown: {why}"), theme.unknown)
            }
            None => missing(Some(remote), theme),
        },
    }
}

fn sets_off(watchlist: &Watchlist, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    const LABEL: &str = "actions";
    let remote = session.actions_of(watchlist.id);
    let Some(known) = remote.and_then(Remote::current) else {
        return vec![Field::cut(LABEL, missing(remote, theme))];
    };
    let actions = known.value.rows.iter().map(|action| match action.kind {
        ActionKind::Email if !action.recipients.is_empty() => {
            let to: Vec<_> = action.recipients.iter().map(u64::to_string).collect();
            format!("email to user {}", to.join(", "))
        }
        kind => kind.to_string(),
    });
    let mut fields: Vec<_> = actions.map(|action| Field::cut(LABEL, action)).collect();
    if fields.is_empty() {
        let text = "none (tags only)";
        fields.push(Field::wrapped(LABEL, Line::styled(text, theme.muted), 2));
    }
    if known.value.broken > 0 {
        let text = format!("{} unreadable", known.value.broken);
        fields.push(Field::cut("", Line::styled(text, theme.bad)));
    }
    fields
}
