//! `watchlist show` and `watchlist search`: one watchlist, and what it would find now.

use super::super::{
    details::{card, flag, said},
    page_summary, query_error, time_args,
};
use super::{COLUMNS, Caller, Exit, Failure, binary, find, readable, row, search, searches, state};
use crate::cli::{Asking, Reading};
use crate::model::{Binary, Process, Search, StoredIndex, WatchAction, Watchlist};
use crate::output::{self, Format, Row, Sheet};
use crate::query::{self, Index, Stored};
use crate::text;

/// Runs `watchlist show`.
pub(super) async fn show(word: &str, format: Format, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
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
    let shown = Row { json: output::extended(&watchlist.document, &[("actions", json)]), ..row(&watchlist) };
    let look = caller.look();
    let mut sheet = Sheet::new(caller.streams.out, format, COLUMNS, look);
    sheet.rows(&[shown])?;
    sheet.finish()?;
    Ok(Exit::Done)
}

/// What `watchlist search` is asked for beside the watchlist.
pub(super) struct Asked {
    /// Whether a query is refused that cannot be read.
    pub(super) asking: Asking,
    /// Whether only the number of rows is wanted.
    pub(super) count: bool,
    /// How much, and how.
    pub(super) reading: Reading,
}

/// Runs `watchlist search`.
pub(super) async fn search(word: &str, asked: Asked, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let watchlist = find(word, &client, caller).await?;
    let index = match &watchlist.index {
        StoredIndex::Events => Index::Process,
        StoredIndex::Modules => Index::Binary,
        StoredIndex::Other(word) => {
            let why = format!("it searches {word:?}, which is neither processes nor binaries");
            return Err(Failure::new(Exit::Failed, why));
        }
    };
    let stored = Stored::read(watchlist.search_query.raw());
    if let Some(why) = stored.malformed() {
        let why = format!("its stored query is malformed: {why}");
        if !asked.asking.as_typed {
            return Err(Failure::usage(why).hint(
                "`lampblack watchlist show` shows it; nothing was searched, --as-typed searches with what there is",
            ));
        }
        caller.warn(&why);
    }
    let query = query::one_line(&stored.query());
    query_error::check(index, &query, asked.asking, caller)?;
    let search = Search { query, ..Search::default() };
    match index {
        Index::Binary if asked.count => _ = page_summary::count::<Binary>(&search, &client, caller).await?,
        _ if asked.count => _ = page_summary::count::<Process>(&search, &client, caller).await?,
        Index::Binary => return binary::find(search, asked.reading, caller).await,
        _ => {
            let group_by = Some("id".into());
            return search::find(Search { group_by, ..search }, asked.reading, caller).await;
        }
    }
    Ok(Exit::Done)
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
    let stored = Stored::read(watchlist.search_query.raw());
    let filters = filters(&stored);
    let ran = watchlist.searched.filter(|at| at.as_second() > 0);
    let sets_off = actions.map(|actions| {
        let each: Vec<_> = actions.iter().map(action).collect();
        if each.is_empty() { "nothing".to_owned() } else { each.join(", ") }
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
            ("malformed", said(stored.malformed())),
            ("only where", said(Some(filters))),
            ("sets off", said(sets_off)),
            ("made", said(watchlist.added.map(time_args::shown))),
            ("searched until", said(ran.map(time_args::shown))),
            ("last hit", said(watchlist.last_hit.map(time_args::shown))),
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
