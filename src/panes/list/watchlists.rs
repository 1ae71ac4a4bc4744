//! The list of watchlists: stored searches that the server runs periodically.

use std::sync::Arc;

use super::{ListView, RowField};
use crate::columns::watchlist;
use crate::keys::{Action, Scope};
use crate::model::{StoredIndex, Watchlist};
use crate::panes::{ActionResult, AfterInput, FormPane, pivot::Observables};
use crate::session::{Cx, Destination, Session, not_runnable_reason, runnable_query};
use crate::widgets::TableColumn;

/// The list view of watchlists.
#[derive(Debug)]
pub struct Watchlists;

impl ListView for Watchlists {
    type Row = Watchlist;

    const SCOPE: Scope = Scope::Watchlists;
    const NAME: &'static str = "Watchlists";
    const NOT_REQUESTED: &'static str = "Cancelled. r retries";
    const EMPTY: &'static str = "No watchlists";
    const FIELDS: &'static [RowField<Watchlist>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 7;

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.lists().load_once::<Watchlist>();
    }

    fn on_select(row: Option<&Arc<Watchlist>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.details().select_watchlist(row);
        AfterInput::Nothing
    }

    fn destination(row: &Watchlist) -> Option<Destination> {
        let (index, query) = runnable_query(row)?;
        Some(Destination::Search(index, query))
    }

    fn no_destination_reason(row: &Watchlist) -> String {
        not_runnable_reason(row)
    }

    fn observables(row: &Watchlist) -> Observables {
        Observables::of_watchlist(row.id)
    }

    fn handle_action(
        action: Action,
        chosen: impl FnOnce(&Session) -> Vec<Arc<Watchlist>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        let session = cx.session();
        let form: fn(&Watchlist, &Session) -> Result<FormPane, &'static str> = match action {
            Action::CountHits => {
                cx.details().count_watchlist_hits();
                return ActionResult::Done;
            }
            Action::New => return ActionResult::open(FormPane::new_watchlist(StoredIndex::Events, "", Vec::new())),
            Action::Edit => |row, _| Ok(FormPane::edit_watchlist(row)),
            Action::AddAction => |row, _| Ok(FormPane::add_action(row.id)),
            Action::RemoveAction => remove_action,
            _ => return ActionResult::Ignored,
        };
        // Without a row, the list says so.
        let Some(row) = chosen(session).into_iter().next() else { return ActionResult::Ignored };
        match form(&row, session) {
            Ok(form) => ActionResult::open_for_targets(form),
            Err(reason) => ActionResult::notify(format!("{}: {reason}", action.label()), cx),
        }
    }
}

/// Returns the form that removes an action of `row`, or why there is none.
fn remove_action(row: &Watchlist, session: &Session) -> Result<FormPane, &'static str> {
    // The loaded actions are those of the selected watchlist, even if another one is marked.
    let actions = session.watchlist_actions_of(row.id).ok_or("select the watchlist, so that its actions are loaded")?;
    match actions.latest().map(|actions| &actions.value.rows) {
        None => Err("the actions of the watchlist are not loaded"),
        Some(actions) if actions.is_empty() => Err("the watchlist has no actions"),
        Some(actions) => Ok(FormPane::remove_action(row.id, actions.clone())),
    }
}

const FIELDS: &[RowField<Watchlist>] = &[
    RowField::of(watchlist::field("enabled"), TableColumn::left_aligned("ON", 3, 3, 1), |theme| theme.text),
    RowField::of(watchlist::field("name"), TableColumn::left_aligned("NAME", 24, 30, 0), |theme| theme.accent),
    RowField::of(watchlist::field("total_hits"), TableColumn::right_aligned("HITS", 6, 8, 1), |theme| theme.number),
    RowField::of(watchlist::field("last_hit_count"), TableColumn::right_aligned("LAST RUN", 8, 8, 5), |theme| {
        theme.number
    }),
    RowField::time_of(watchlist::field("last_hit"), "LAST HIT", 2),
    RowField::of(watchlist::field("index_type"), TableColumn::left_aligned("FINDS", 9, 9, 6), |theme| theme.muted),
    RowField::of(
        watchlist::field("search_query"),
        TableColumn::left_aligned("QUERY", 12, TableColumn::FILL, 3),
        |theme| theme.text,
    ),
    RowField::of(watchlist::field("readonly"), TableColumn::left_aligned("READ-ONLY", 9, 9, 8), |theme| theme.muted),
    RowField::of(watchlist::field("id"), TableColumn::right_aligned("ID", 4, 6, 7), |theme| theme.number),
    RowField::of(watchlist::field("description"), TableColumn::left_aligned("DESCRIPTION", 16, 40, 7), |theme| {
        theme.text
    }),
    RowField::time_of(watchlist::field("date_added"), "MADE", 8),
    RowField::time_of(watchlist::field("search_timestamp"), "SEARCHED", 8),
];
