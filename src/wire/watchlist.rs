//! Parsing of watchlists and their actions (reference 2.10).

use jiff::Timestamp;

use super::{FromRecord, Record};
use crate::model::{ActionKind, StoredIndex, WatchAction, Watchlist, WatchlistId};

impl FromRecord for Watchlist {
    const IS_WRITTEN_BACK: bool = true;

    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            id: WatchlistId(record.count("id")?),
            name: record.text("name"),
            description: record.text("description"),
            search_query: record.text("search_query"),
            index: StoredIndex::parse(&record.text("index_type")),
            is_enabled: record.flag("enabled"),
            is_readonly: record.flag("readonly"),
            added: record.time("date_added"),
            last_hit: record.time("last_hit"),
            last_hits: record.count("last_hit_count"),
            total_hits: record.count("total_hits"),
            // The epoch means that it never ran (reference 1.2, T8).
            searched_until: record.time("search_timestamp").filter(|at| *at != Timestamp::UNIX_EPOCH),
            document: record.document(),
        })
    }
}

impl FromRecord for WatchAction {
    fn from_record(record: &Record) -> Option<Self> {
        let data = record.nested_record("action_data").unwrap_or_default();
        let recipients = data.texts("email_recipients").into_iter();
        Some(Self {
            id: record.count("id")?,
            kind: ActionKind::from_number(record.int("action_type")?),
            watchlist: record.count("watchlist_id").map(WatchlistId),
            recipients: recipients.filter_map(|id| id.raw().parse().ok()).collect(),
            document: record.document(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Page;
    use crate::wire;

    #[test]
    fn an_id_is_text_or_a_number_and_a_watchlist_without_one_is_unreadable() {
        let page: Page<Watchlist> =
            wire::parse_list(include_str!("../../tests/goldens/get_watchlist_list.json")).unwrap();
        assert_eq!((page.rows.len(), page.n_unreadable), (2, 1));
        let [text, number] = &page.rows[..] else {
            panic!("two watchlists");
        };
        assert_eq!((text.id, number.id), (WatchlistId(14), WatchlistId(222)));
        assert_eq!((text.total_hits, text.last_hits), (Some(32), Some(1)));
        assert_eq!(text.index, StoredIndex::Events);
        assert_eq!(text.searched_until.unwrap().to_string(), "2021-03-04T16:40:06.467689Z");
        assert_eq!(number.index, StoredIndex::Modules);
        assert_eq!((number.is_enabled, number.last_hit), (Some(false), None));
    }

    #[test]
    fn the_data_of_an_action_may_be_json_text() {
        let json = r#"[{"id": 9, "action_type": 0, "watchlist_id": 14, "action_data": "{\"email_recipients\":[1, 7]}"},
            {"id": "10", "action_type": "3", "action_data": null}, {"id": 11, "action_type": 8}, {"action_type": 3}]"#;
        let page: Page<WatchAction> = wire::parse_list(json).unwrap();
        let read: Vec<_> = page.rows.iter().map(|action| (action.kind, action.recipients.clone())).collect();
        let expected = [(ActionKind::Email, vec![1, 7]), (ActionKind::Alert, vec![]), (ActionKind::Other(8), vec![])];
        assert_eq!(read, expected);
        assert_eq!(page.n_unreadable, 1);
    }
}
