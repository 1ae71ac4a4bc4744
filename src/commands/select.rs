//! What a deed is done to where it is found by a query, or must be there.

use std::{collections::HashSet, hash::Hash, pin::pin};

use futures::TryStreamExt;

use super::{CommandCx, Exit, Failure, completeness::MissingParts, query_argument};
use crate::api::Client;
use crate::cli::QueryArgs;
use crate::fetch::{self, Paged};
use crate::model::Search;
use crate::query::Index;

/// The query that chooses them. One that is empty would choose everything, which nobody means by saying nothing.
pub(super) fn selecting_query(
    index: Index,
    given: &str,
    asking: QueryArgs,
    caller: &mut CommandCx<'_>,
) -> Result<String, Failure> {
    let query = query_argument::read_query(index, given, asking, caller)?;
    if query.trim().is_empty() {
        return Err(Failure::usage("the query is empty: it would choose everything")
            .with_hint("say what is meant; nothing was sent"));
    }
    Ok(query)
}

/// All that a search finds, each once; nothing, and that is said, if it finds none.
pub(super) async fn select<T: Paged, I: Clone + Eq + Hash>(
    noun: &str,
    search: Search,
    id: impl Fn(&T) -> I,
    client: &Client,
    caller: &mut CommandCx<'_>,
) -> Result<Option<Vec<I>>, Failure> {
    let mut gaps = MissingParts::default();
    let mut ids = Vec::new();
    let mut seen = HashSet::new();
    let mut pages = pin!(fetch::pages::<T>(client, search, None));
    while let Some(page) = pages.try_next().await? {
        gaps.n_unreadable += page.n_unreadable;
        gaps.hidden = gaps.hidden.max(page.hidden);
        gaps.is_incomplete |= page.is_incomplete;
        // Rows move between two pages while somebody else changes them.
        let new = page.rows.iter().map(&id).filter(|id| seen.insert(id.clone()));
        ids.extend(new);
        caller.progress(&format!("{} found", ids.len()));
    }
    caller.progress("");
    gaps.warn("rows", caller);
    if ids.is_empty() {
        caller.note(&format!("no {noun} matches; nothing was sent"));
        return Ok(None);
    }
    Ok(Some(ids))
}

/// Fails with what is not there; `list` is the command that shows what is.
pub(super) fn check_none_missing(missing: Vec<String>, list: &str) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let mut reports: Vec<_> = missing.into_iter().map(|one| (one, None)).collect();
    if let Some((_, hint)) = reports.last_mut() {
        *hint = Some(format!("{list} shows those there are; nothing was sent"));
    }
    Err(Failure { exit: Exit::NoResults, reports })
}
