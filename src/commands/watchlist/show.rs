//! `watchlist show` and `watchlist search`: one watchlist, and what it would find now.

use super::{
    COLUMNS, Caller, Exit, Failure, binary,
    card::{card, flag, said},
    find, readable, row, search, searches, state, when,
};
use crate::cli::Reading;
use crate::model::{Search, StoredIndex, WatchAction, Watchlist};
use crate::output::{self, Format, Row, Sheet};
use crate::query::Stored;
use crate::text;

/// Runs `watchlist show`.
pub(super) async fn show(
    word: &str,
    format: Format,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let watchlist = find(word, &client, caller).await?;
    // The watchlist is the answer; actions that cannot be read do not take it away.
    let actions = match client.watch_actions(watchlist.id).await {
        Ok(page) => Some(page.rows),
        Err(error) => {
            caller.warn(&format!("what it sets off: {error}"));
            None
        }
    };
    if format == Format::Table {
        let details = details(&watchlist, actions.as_deref());
        caller.streams.out.write_all(details.as_bytes())?;
        return Ok(Exit::Done);
    }
    let json = actions.map_or_else(
        || "null".to_owned(),
        |actions| {
            let each: Vec<_> = actions.iter().map(|one| one.document.json()).collect();
            format!("[{}]", each.join(","))
        },
    );
    let shown = Row {
        json: output::extended(&watchlist.document, &[("actions", json)]),
        ..row(&watchlist)
    };
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
    sheet.rows(&[shown])?;
    sheet.finish()?;
    Ok(Exit::Done)
}

/// Runs `watchlist search`.
pub(super) async fn search(
    word: &str,
    reading: Reading,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let watchlist = find(word, &client, caller).await?;
    let query = Stored::read(watchlist.search_query.raw()).query();
    match &watchlist.index {
        StoredIndex::Events => search::find(query, reading, caller).await,
        StoredIndex::Modules => {
            let search = Search {
                query,
                ..Search::default()
            };
            binary::find(search, reading, caller).await
        }
        StoredIndex::Other(word) => Err(Failure::new(
            Exit::Failed,
            format!("it searches {word:?}, which is neither processes nor binaries"),
        )),
    }
}

/// What it asks for beside its query.
fn filters(stored: &Stored) -> String {
    let each = stored.filters().into_iter().map(|(field, values)| {
        let values = values.iter().map(|value| format!("{value:?}"));
        format!("{field} is {}", values.collect::<Vec<_>>().join(" or "))
    });
    each.collect::<Vec<_>>().join(" and ")
}

/// All of it, one fact a line.
fn details(watchlist: &Watchlist, actions: Option<&[WatchAction]>) -> String {
    let filters = filters(&Stored::read(watchlist.search_query.raw()));
    let ran = watchlist.searched.filter(|at| at.as_second() > 0);
    let sets_off = actions.map(|actions| {
        let each: Vec<_> = actions.iter().map(action).collect();
        if each.is_empty() {
            "nothing".to_owned()
        } else {
            each.join(", ")
        }
    });
    card(
        &watchlist.name,
        &[
            ("watchlist", said(Some(watchlist.id))),
            ("description", Some(watchlist.description.clone())),
            ("state", said(Some(state(watchlist.is_enabled)))),
            ("read-only", said(flag(watchlist.is_readonly))),
            ("searches", Some(searches(watchlist))),
            ("query", Some(readable(watchlist))),
            ("only where", said(Some(filters))),
            ("sets off", said(sets_off)),
            ("made", said(watchlist.added.map(when::shown))),
            ("searched until", said(ran.map(when::shown))),
            ("last hit", said(watchlist.last_hit.map(when::shown))),
            ("last run", said(watchlist.last_hits.map(hits))),
            ("all runs", said(watchlist.total_hits.map(hits))),
        ],
    )
}

fn hits(n: u64) -> String {
    text::counted(n, "hit", "hits")
}

/// What is set off, by its number.
pub(super) fn action(action: &WatchAction) -> String {
    let to: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
    let to = match &to[..] {
        [] => String::new(),
        users => format!(" to users {}", users.join(", ")),
    };
    format!("{}{to} (action {})", action.kind, action.id)
}
