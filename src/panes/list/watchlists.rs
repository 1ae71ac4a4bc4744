//! The watchlists: searches that the server runs by itself, and what they found.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::model::{StoredIndex, Watchlist};
use crate::panes::{FormPane, Pane, PaneId, pivot::Clues};
use crate::query;
use crate::session::{Cx, Lead, Session, runnable, why_not_runnable};
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// Every watchlist.
#[derive(Debug)]
pub struct Watchlists;

impl Kind for Watchlists {
    type Row = Watchlist;

    const PANE: PaneId = PaneId::Watchlists;
    const SCOPE: Scope = Scope::Watchlists;
    const NAME: &'static str = "Watchlists";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Watchlists, 0), Slot::Info];
    const UNASKED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No watchlists";
    const FIELDS: &'static [Field<Watchlist>] = FIELDS;
    const SHOWN: usize = 7;

    fn begin(cx: &mut Cx<'_>) {
        cx.load::<Watchlist>();
    }

    fn rest(row: Option<&Arc<Watchlist>>, cx: &mut Cx<'_>) {
        cx.consider_watchlist(row);
    }

    fn act(action: Action, cx: &mut Cx<'_>) -> bool {
        let is_counting = action == Action::CountHits;
        if is_counting {
            cx.count_hits();
        }
        is_counting
    }

    fn lead(row: &Watchlist) -> Option<Lead> {
        let (index, query) = runnable(row)?;
        Some(Lead::Search(index, query))
    }

    fn why_no_lead(row: &Watchlist) -> String {
        why_not_runnable(row)
    }

    fn clues(row: &Watchlist) -> Clues {
        Clues::of_watchlist(row.id)
    }

    fn popup(action: Action, chosen: impl FnOnce() -> Vec<Arc<Self::Row>>, session: &Session) -> Option<Box<dyn Pane>> {
        let row = || chosen().into_iter().next();
        let form = match action {
            Action::New => FormPane::new_watchlist(StoredIndex::Events, "", Vec::new()),
            Action::Edit => FormPane::edit_watchlist(&*row()?),
            Action::AddAction => FormPane::add_action(row()?.id),
            Action::RemoveAction => {
                // Those are of the one under the cursor, which need not be the one that is marked.
                let row = row()?;
                let known = session.actions_of(row.id)?.current()?;
                FormPane::remove_action(row.id, known.value.rows.clone())
            }
            _ => return None,
        };
        Some(Box::new(form))
    }
}

/// On, or off.
pub(super) fn switch(is_on: Option<bool>) -> Value {
    match is_on {
        Some(true) => Value::Judged("on".into(), true),
        Some(false) => Value::Judged("off".into(), false),
        None => Value::Missing,
    }
}

/// What it looks for, for people.
fn sought(watchlist: &Watchlist) -> Value {
    Value::Text(query::stored(watchlist.search_query.raw()).as_str().into())
}

const FIELDS: &[Field<Watchlist>] = &[
    Field::new("enabled", Column::left("ON", 3, 3, 1), |theme| theme.text, |watchlist, _| switch(watchlist.is_enabled)),
    Field::new("name", Column::left("NAME", 24, 30, 0), |theme| theme.accent, |watchlist, _| (&watchlist.name).into()),
    Field::new(
        "total_hits",
        Column::right("HITS", 6, 8, 1),
        |theme| theme.number,
        |watchlist, _| watchlist.total_hits.into(),
    ),
    Field::new(
        "last_hit_count",
        Column::right("LAST RUN", 8, 8, 5),
        |theme| theme.number,
        |watchlist, _| watchlist.last_hits.into(),
    ),
    Field::time("last_hit", "LAST HIT", 2, |watchlist, _| Value::time(watchlist.last_hit)),
    Field::new(
        "index_type",
        Column::left("FINDS", 9, 9, 6),
        |theme| theme.muted,
        |watchlist, _| match &watchlist.index {
            StoredIndex::Events => Value::Word("processes"),
            StoredIndex::Modules => Value::Word("binaries"),
            StoredIndex::Other(word) => word.into(),
        },
    ),
    Field::new(
        "search_query",
        Column::left("QUERY", 12, Column::REST, 3),
        |theme| theme.text,
        |watchlist, _| sought(watchlist),
    ),
    Field::new(
        "readonly",
        Column::left("READ-ONLY", 9, 9, 8),
        |theme| theme.muted,
        |watchlist, _| match watchlist.is_readonly {
            Some(true) => Value::Word("read-only"),
            Some(false) => Value::None,
            None => Value::Missing,
        },
    ),
    Field::new("id", Column::right("ID", 4, 6, 7), |theme| theme.number, |watchlist, _| Value::Number(watchlist.id.0)),
    Field::new(
        "description",
        Column::left("DESCRIPTION", 16, 40, 7),
        |theme| theme.text,
        |watchlist, _| (&watchlist.description).into(),
    ),
    Field::time("date_added", "MADE", 8, |watchlist, _| Value::time(watchlist.added)),
    Field::time("search_timestamp", "SEARCHED", 8, |watchlist, _| Value::time(watchlist.searched)),
];
