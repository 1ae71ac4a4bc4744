//! Targets of a change that are selected by a query, or that must exist.

use std::{collections::HashSet, hash::Hash, pin::pin};

use futures_util::TryStreamExt;

use super::{CommandCx, Exit, Failure, completeness::MissingParts, query_argument};
use crate::api::Client;
use crate::cli::QueryArgs;
use crate::fetch::{self, Paged};
use crate::model::Search;
use crate::query::Index;

/// Returns the query that selects the targets. An empty one is rejected, since it would select everything.
pub(super) fn selecting_query(
    index: Index,
    argument: &str,
    query_args: QueryArgs,
    cx: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let query = query_argument::read_query(index, argument, query_args, cx)?;
    if query.trim().is_empty() {
        return Err(
            Failure::usage("the query is empty: it would match everything").with_hint("give a query; nothing was sent")
        );
    }
    Ok(query)
}

/// Returns the IDs of everything that a search finds, without duplicates; prints a note and returns `None` if it finds
/// nothing.
pub(super) async fn select<T: Paged, I: Clone + Eq + Hash>(
    noun: &str,
    search: Search,
    id: impl Fn(&T) -> I,
    client: &Client,
    cx: &mut CommandCx<'_>,
) -> Result<Option<Vec<I>>, Failure> {
    let mut missing_parts = MissingParts::default();
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut pages = pin!(fetch::pages::<T>(client, search, None));
    while let Some(page) = pages.try_next().await? {
        missing_parts.n_unreadable += page.n_unreadable;
        missing_parts.hidden = missing_parts.hidden.max(page.hidden);
        missing_parts.is_incomplete |= page.is_incomplete;
        // Rows can move from one page to another while other users change them.
        let new = page.rows.iter().map(&id).filter(|id| seen.insert(id.clone()));
        ids.extend(new);
        cx.progress(&format!("{} found", ids.len()));
    }
    cx.progress("");
    missing_parts.warn("rows", cx);
    if ids.is_empty() {
        cx.note(&format!("no {noun} matches; nothing was sent"));
        return Ok(None);
    }
    Ok(Some(ids))
}

/// Fails if there are missing targets; `list` is the command that lists the existing ones.
pub(super) fn check_none_missing(missing: Vec<String>, list: &str) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let mut reports: Vec<_> = missing.into_iter().map(|one| (one, None)).collect();
    if let Some((_, hint)) = reports.last_mut() {
        *hint = Some(format!("{list} shows what exists; nothing was sent"));
    }
    Err(Failure { exit: Exit::NoResults, reports })
}
