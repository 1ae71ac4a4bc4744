//! `watchlist create`: a query becomes a watchlist.

use super::super::change;
use super::{Caller, Exit, Failure, perform, query_argument};
use crate::changes::{Deed, NewWatchlist, Watching, WatchlistDraft};
use crate::cli::{self, Patience};
use crate::model::StoredIndex;
use crate::query::{self, Index};

/// Runs `watchlist create`.
pub(super) async fn create(args: &cli::NewWatchlist, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    if args.name.trim().is_empty() {
        return Err(Failure::usage("the watchlist has no name").hint("give it one that says what it looks for"));
    }
    let (searched, index) =
        if args.binary { (Index::Binary, StoredIndex::Modules) } else { (Index::Process, StoredIndex::Events) };
    let query = query_argument::read(searched, &args.query, args.asking, caller)?;
    if query.trim().is_empty() {
        return Err(
            Failure::usage("the query is empty: the watchlist would tag everything").hint("say what it looks for")
        );
    }
    let (client, access) = caller.reach()?;
    change::may_change(&access)?;
    let draft = WatchlistDraft {
        name: args.name.trim().to_owned(),
        description: args.description.trim().to_owned(),
        search_query: stored(&query),
    };
    let sets_off = Vec::new();
    let new = NewWatchlist { draft, index, sets_off, is_enabled: true };
    let deeds = vec![Deed::Watch(Watching::Create(new))];
    let server = (&client, &access);
    perform(deeds, &args.grounds, Patience::None, server, caller).await
}

/// A query as a watchlist holds it. Strict servers take no slash in it (reference 2.10).
fn stored(query: &str) -> String {
    query::replace_query("", query).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Stored;

    #[test]
    fn what_strict_servers_refuse_is_encoded_and_read_back_as_it_was() {
        let query = r#"path:/usr/bin/* -cmdline:"a b" é"#;
        let encoded = stored(query);
        assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%&=+".contains(&byte)), "{encoded}");
        assert_eq!(Stored::read(&encoded).text, query);
    }
}
