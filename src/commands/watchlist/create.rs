//! The `watchlist create` command: turns a query into a watchlist.

use super::super::change;
use super::{CommandCx, Exit, Failure, apply_changes, query_argument};
use crate::changes::{Change, NewWatchlist, WatchlistChange, WatchlistDraft};
use crate::cli::{self, WaitLimit};
use crate::model::StoredIndex;
use crate::query::{self, Index};

/// Runs `watchlist create`.
pub(super) async fn create(args: &cli::NewWatchlist, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    if args.name.trim().is_empty() {
        return Err(Failure::usage("the watchlist needs a name").with_hint("give a name that says what it detects"));
    }
    let (query_index, index) =
        if args.binary { (Index::Binary, StoredIndex::Modules) } else { (Index::Process, StoredIndex::Events) };
    let query = query_argument::read_query(query_index, &args.query, args.query_args, cx)?;
    if query.trim().is_empty() {
        return Err(Failure::usage("the query is empty: the watchlist would tag everything").with_hint("give a query"));
    }
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    let draft = WatchlistDraft {
        name: args.name.trim().to_owned(),
        description: args.description.trim().to_owned(),
        search_query: stored_query(&query),
    };
    let new = NewWatchlist { draft, index, actions: Vec::new(), is_enabled: true };
    let changes = vec![Change::Watch(WatchlistChange::Create(new))];
    let server = (&client, &access);
    apply_changes(changes, &args.justification, WaitLimit::None, server, cx).await
}

/// Encodes a query for a watchlist. Strict servers reject a slash in it (reference 2.10).
fn stored_query(query: &str) -> String {
    query::replace_query("", query).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::StoredQuery;

    #[test]
    fn what_strict_servers_reject_is_encoded_and_decodes_to_the_original_query() {
        let query = r#"path:/usr/bin/* -cmdline:"a b" é"#;
        let encoded = stored_query(query);
        assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%&=+".contains(&byte)), "{encoded}");
        assert_eq!(StoredQuery::parse(&encoded).text, query);
    }
}
